package import Base
import HashTreeCollections

/// What exists in Command: agents, stores, store types, containers, job types and jobs, each in a table.
///
/// A value: a copy of it is a fork. Endpoints are given it to read; only a commit, which cannot fail, may change it.
package struct Estate: Sendable {
    /// The most jobs that a world keeps; what would be one too many is refused.
    package static let jobLimit = 2_000_000

    package var agents = Table<GUID, Agent>(
        sortedBy: { $0.id < $1.id }, groupedBy: { Agent.group(ofMachine: $0.machine) }, groupOfText: { Agent.group(ofMachine: $0) })
    package var stores = CertificateStore.table([])
    package private(set) var storeTypes = Table<Int, StoreType>(sortedBy: { $0.number < $1.number })
    /// The names, in lower case, of all that store types ever declared to be secret: properties and entry parameters.
    package private(set) var secretNames: Set<String> = []
    package var containers = Table<Int, Container>(sortedBy: { $0.id < $1.id })
    package private(set) var jobTypes = Table<GUID, JobType>(sortedBy: { $0.name.lowercased() < $1.name.lowercased() })
    package var pamProviders = Table<Int, PamProvider>(sortedBy: { $0.id < $1.id })
    package var jobs = Jobs()
    /// The certificates that stores hold.
    package var certificates = Certificates()
    /// Where new identifiers come from.
    package var identifiers: Identifiers
    /// The highest numbers ever given: a number is not given again when its owner is gone.
    package var highestStoreType = 101
    package var highestContainer = 0
    /// How many identifiers of each kind a world that this estate was read from had drawn.
    package var issued: [Int] = []
    /// By name as spelt and by name in lower case, so that a name spelt right costs one look-up.
    private var jobTypeIDs = TreeDictionary<String, GUID>()

    /// An empty estate.
    ///
    /// - Parameter identifiers: where new identifiers come from.
    package init(identifiers: Identifiers) {
        self.identifiers = identifiers
    }

    /// Puts a store type in, or in the place of the one with its number.
    package mutating func put(_ type: StoreType) {
        storeTypes.put(type, at: type.number)
        secretNames.formUnion(type.details.secrets)
        secretNames.formUnion(type.details.entryParameters.filter { $0.type == .secret }.map { $0.name.lowercased() })
    }

    /// Takes a store type out. Nothing happens if there is none.
    package mutating func removeStoreType(number: Int) { storeTypes.remove(number) }

    /// Puts a custom job type in, or in the place of the one with its id.
    package mutating func put(_ type: JobType) {
        if let old = jobTypes[type.id] {
            jobTypeIDs[old.name] = nil
            jobTypeIDs[old.name.lowercased()] = nil
        }
        jobTypes.put(type, at: type.id)
        jobTypeIDs[type.name] = type.id
        jobTypeIDs[type.name.lowercased()] = type.id
    }

    /// Takes a custom job type out. Nothing happens if there is none.
    package mutating func removeJobType(_ id: GUID) {
        guard let old = jobTypes[id] else { return }
        jobTypes.remove(id)
        jobTypeIDs[old.name] = nil
        jobTypeIDs[old.name.lowercased()] = nil
    }

    /// A custom job type by its name, without case.
    package func jobType(named name: String) -> JobType? {
        (jobTypeIDs[name] ?? jobTypeIDs[name.lowercased()]).flatMap { jobTypes[$0] }
    }
}
