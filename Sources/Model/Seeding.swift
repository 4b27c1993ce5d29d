public import Base
public import Entities
public import ScenarioFormat

/// What is needed to read the estate of a scenario file in addition to the file: the seed, the time, the release, and the names that rows refer to.
public struct Seeding: Sendable {
    /// What identifiers are drawn from.
    public let seed: UInt64
    /// What relative times are relative to.
    public let now: Timestamp
    /// The release of Command that the file is read for.
    public let product: ProductVersion
    /// The switches of the scenario, which decide how texts are read.
    public let fidelity: Fidelity
    /// What is wrong with the file, as far as it shows only when names are looked up.
    public var mistakes: [Mistake] = []
    /// By name in lower case, the agents (by machine), store types (by short name) and containers that exist so far.
    public var agents: [String: GUID] = [:]
    /// The numbers of the store types.
    public var storeTypes: [String: Int] = [:]
    /// The ids of the containers.
    public var containers: [String: Int] = [:]
    /// The Ids of the metadata fields.
    public var metadataFields: [String: Int] = [:]
    /// The Ids of the certificate templates.
    public var templates: [String: Int] = [:]
    /// The Ids of the certificate authorities, by logical name and by host and logical name.
    public var authorities: [String: Int] = [:]
    /// The CertificateIds of what comes with the mock: files may describe other certificates under them.
    public var builtInCertificates: Set<Int> = []
    /// The ids of the permission sets.
    public var permissionSets: [String: GUID] = [:]
    /// The ids of the types of PAM providers.
    public var pamTypes: [String: GUID] = [:]

    /// Looks a name up, without case. An unknown name is a mistake.
    ///
    /// - Parameters:
    ///   - node: the name in the file.
    ///   - names: where to look.
    ///   - what: what it names, for the mistake.
    /// - Returns: `nil` for an unknown name.
    public mutating func find<ID>(_ node: YAMLNode, in names: [String: ID], _ what: String) -> ID? {
        let name = node.text ?? ""
        if let id = names[name.lowercased()] { return id }
        // Only as many hints as are shown: finding the nearest of many names takes time.
        let nearest = mistakes.count < 20 ? nearestWord(to: name, among: names.keys.sorted()).map { "did you mean '\($0)'?" } : nil
        mistakes.append(Mistake(node.mark, "there is no \(what) '\(Mistake.shortened(name))'", hint: nearest))
        return nil
    }

    /// Notes a mistake.
    ///
    /// - Parameters:
    ///   - node: the place; `nil` is the beginning of the file.
    ///   - message: what is wrong, as one sentence without a full stop.
    public mutating func note(_ node: YAMLNode?, _ message: String) {
        mistakes.append(Mistake(node?.mark ?? Mark(line: 1, column: 1, width: 0), message))
    }

    /// A schedule.
    ///
    /// - Parameters:
    ///   - node: the schedule in the file; null is none.
    ///   - isInventory: whether it is one of inventories, for which some releases do not know every kind.
    /// - Returns: `nil` for no schedule, and for one that is wrong, which is noted.
    public mutating func schedule(_ node: YAMLNode?, ofInventory isInventory: Bool) -> Schedule? {
        guard let node, !node.isNull else { return nil }
        do throws(Refusal) {
            guard case .set(let schedule) = try Schedule.read(node.json, path: "schedule", fidelity) else { return nil }
            if isInventory { try schedule.requireInventory(product) }
            return schedule
        } catch {
            note(node, error.message)
        }
        return nil
    }

    /// A reading by its parts; no names are known at first.
    public init(
        seed: UInt64, now: Timestamp, product: ProductVersion, fidelity: Fidelity, mistakes: [Mistake] = [], agents: [String: GUID] = [:],
        storeTypes: [String: Int] = [:], containers: [String: Int] = [:]
    ) {
        self.seed = seed
        self.now = now
        self.product = product
        self.fidelity = fidelity
        self.mistakes = mistakes
        self.agents = agents
        self.storeTypes = storeTypes
        self.containers = containers
    }
}
