public import Base
import HashTreeCollections

/// What exists in Command, such as agents, stores, jobs, templates and authorities, each in a table.
///
/// A value: a copy of it is a fork. Endpoints are given it to read; only a commit, which cannot fail, may change it.
public struct Estate: Sendable {
    /// The most jobs that a world keeps; what would be one too many is refused.
    public static let jobLimit = 2_000_000

    /// All agents by id, also found by machine without case.
    public var agents = Table<GUID, Agent>(
        sortedBy: { $0.id < $1.id }, groupedBy: { Agent.group(ofMachine: $0.machine) }, groupOfText: { Agent.group(ofMachine: $0) })
    /// All certificate stores by id.
    public var stores = CertificateStore.table([])
    /// All store types by number, built-in ones included.
    public private(set) var storeTypes = Table<Int, StoreType>(sortedBy: { $0.number < $1.number })
    /// The names, in lower case, of all that types ever declared to be secret: of stores properties and entry parameters, of PAM providers
    /// parameters.
    public private(set) var secretNames: Set<String> = []
    private var secretBytes = ByteCount()
    /// All containers by id.
    public var containers = Table<Int, Container>(sortedBy: { $0.id < $1.id })
    /// The custom job types by id, listed by name without case.
    public private(set) var jobTypes = Table<GUID, JobType>(sortedBy: { $0.name.lowercased() < $1.name.lowercased() })
    /// All metadata fields.
    public var metadataFields = Numbered<MetadataField>(sortedBy: MetadataField.isListedBefore)
    /// All certificate collections.
    public var collections = Numbered<CertificateCollection>()
    /// All certificate templates.
    public var templates = Numbered<Template>()
    /// All enrollment patterns.
    public var enrollmentPatterns = Numbered<EnrollmentPattern>()
    /// What holds for all templates and patterns that say nothing else.
    public var enrollmentSettings = EnrollmentSettings()
    /// All certificate authorities.
    public var authorities = Numbered<CertificateAuthority>()
    /// Who gets mail about the health of authorities.
    public var healthRecipients = Numbered<AlertRecipient>()
    /// Who gets mail when authorities issue, deny or fail too much.
    public var thresholdRecipients = Numbered<AlertRecipient>()
    /// Roles, identities, claims, permission sets, PAM providers and their types.
    public var security = SecurityTables()
    /// The jobs scheduled and run, and their history.
    public var jobs = Jobs()
    /// The certificates that Command knows.
    public var certificates = Certificates()
    /// Requests for certificates, and the keys of authorities.
    public var requests = CertificateRequests()
    /// Where new identifiers come from.
    public var identifiers: Identifiers
    /// The highest numbers ever given: a number is not given again when its owner is gone.
    public var highestStoreType = 101
    /// The highest container Id ever given; 0 before the first.
    public var highestContainer = 0
    /// How many identifiers of each kind a world that this estate was read from had drawn.
    public var issued: [Int] = []
    /// The most bytes that it should hold: the history leaves out its oldest entries earlier, and no job enrolls a certificate beyond.
    public var mostBytes = Int.max {
        didSet { jobs.history.mostBytes = mostBytes / 4 }
    }
    /// How many bytes had been put in when it was copied from one that stays: those are not its own.
    private var inherited = 0
    /// By name as spelt and by name in lower case, so that a name spelt right costs one look-up.
    private var jobTypeIDs = TreeDictionary<String, GUID>()

    /// An empty estate.
    ///
    /// - Parameter identifiers: where new identifiers come from.
    public init(identifiers: Identifiers) {
        self.identifiers = identifiers
    }

    /// Puts a store type in, or in the place of the one with its number.
    public mutating func put(_ type: StoreType) {
        storeTypes.put(type, at: type.number)
        let parameters = type.details.entryParameters.filter { $0.type == .secret }.map { $0.name.lowercased() }
        for name in type.details.secrets + parameters where secretNames.insert(name).inserted { secretBytes.add(name.heldBytes + 32) }
    }

    /// Puts a type of PAM providers in, or in the place of the one with its Id. What each secret says for a secret parameter stands in the
    /// properties of stores, under the parameter's name; what providers say is known by where it stands.
    public mutating func put(_ type: PamType) {
        security.put(type)
        for parameter in type.parameters where parameter.dataType == .secret && parameter.isInstanceLevel {
            let name = parameter.name.lowercased()
            if secretNames.insert(name).inserted { secretBytes.add(name.heldBytes + 32) }
        }
    }

    /// Takes a store type out, whose number is not given again. Nothing happens if there is none.
    public mutating func removeStoreType(_ number: Int) {
        highestStoreType = max(highestStoreType, storeTypes.lastKey ?? 0)
        storeTypes.remove(number)
    }

    /// Puts a custom job type in, or in the place of the one with its id.
    public mutating func put(_ type: JobType) {
        if let old = jobTypes[type.id] {
            jobTypeIDs[old.name] = nil
            jobTypeIDs[old.name.lowercased()] = nil
        }
        jobTypes.put(type, at: type.id)
        jobTypeIDs[type.name] = type.id
        jobTypeIDs[type.name.lowercased()] = type.id
    }

    /// Takes a custom job type out. Nothing happens if there is none.
    public mutating func removeJobType(_ id: GUID) {
        guard let old = jobTypes[id] else { return }
        jobTypes.remove(id)
        jobTypeIDs[old.name] = nil
        jobTypeIDs[old.name.lowercased()] = nil
    }

    /// A custom job type by its name, without case.
    public func jobType(named name: String) -> JobType? {
        (jobTypeIDs[name] ?? jobTypeIDs[name.lowercased()]).flatMap { jobTypes[$0] }
    }
}

extension Estate {
    /// The highest Ids ever given, by the key of scenario files under which the rows stand: what the estate dump says of them.
    public static let highest: [(key: String, path: any WritableKeyPath<Estate, Int> & Sendable)] = [
        ("metadataFields", \.metadataFields.highest), ("collections", \.collections.highest), ("templates", \.templates.highest),
        ("enrollmentPatterns", \.enrollmentPatterns.highest), ("authorities", \.authorities.highest),
        ("healthRecipients", \.healthRecipients.highest), ("thresholdRecipients", \.thresholdRecipients.highest),
        ("certificates", \.certificates.highest), ("certificateRequests", \.requests.highest),
        ("generatedRequests", \.requests.highestGenerated), ("keys", \.certificates.keys), ("serials", \.certificates.serialsGiven),
        ("workflows", \.certificates.workflows),
    ]

    /// A certificate authority by its logical name, or by host and logical name as `host\\logical`, without case.
    public func authority(named name: String) -> CertificateAuthority? {
        if let authority = authorities.named(name) { return authority }
        let name = name.lowercased()
        return authorities.rows.all.first { $0.logicalName.lowercased() == name }
    }

    /// How many rows its longest list has.
    public var longestList: Int { max(agents.count, stores.count, certificates.table.count, jobs.history.count) }

    /// About how many bytes everything in it holds. Every table has its line here, which a test asks for.
    public var bytes: ByteCount {
        let places = agents.bytes + stores.bytes + storeTypes.bytes + containers.bytes
        let kinds = jobTypes.bytes + security.bytes + templates.bytes + enrollmentPatterns.bytes + authorities.bytes
        let asked = requests.waiting.bytes + requests.generated.bytes + certificates.requesterBytes
        let issued = certificates.table.bytes + asked + metadataFields.bytes + collections.bytes
        let mail = healthRecipients.bytes + thresholdRecipients.bytes
        return places + kinds + issued + mail + jobs.scheduled.bytes + jobs.history.bytes + secretBytes
    }

    /// About how many of these bytes it shares with no estate that it was copied from.
    public var ownBytes: Int {
        let bytes = bytes
        return min(bytes.held, bytes.written - inherited)
    }

    /// Whether it holds as much as it may.
    var isFull: Bool { bytes.held >= mostBytes }

    /// Leaves what it holds now to the estate that it was copied from.
    public mutating func share() { inherited = bytes.written }
}
