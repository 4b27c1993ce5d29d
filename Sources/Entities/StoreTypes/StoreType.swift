public import Base

/// A kind of certificate store: what it can do and how it is called.
public struct StoreType: Sendable {
    /// Command's number of it: 0–101 built in, higher ones custom.
    public var number: Int
    /// What people call it: Command's Name.
    public var name: String
    /// At most 10 characters in Command 10, 64 in 25.
    public var shortName: String
    /// What agents call it in their capabilities.
    public var capability: String {
        didSet { rest = Rest(details, capability, supports) }
    }
    /// What jobs on such a store can do in addition to inventory.
    public var supports: Set<Operation> {
        didSet { rest = Rest(details, capability, supports) }
    }
    private var rest: Rest

    /// The rest of what it says. It is held by reference: types are copied often, and few look at it.
    public var details: Details {
        get { rest.details }
        set { rest = Rest(newValue, capability, supports) }
    }

    /// The job types that work on such stores. They are put together when the type changes: agents show those of all they can do.
    public var jobTypes: [AgentJobType] { rest.jobTypes }

    /// Whether such stores can be reenrolled.
    public var isReenrolled: Bool { rest.isReenrolled }

    private final class Rest: Sendable {
        let details: Details
        let jobTypes: [AgentJobType]
        let isReenrolled: Bool

        init(_ details: Details, _ capability: String, _ supports: Set<Operation>) {
            self.details = details
            isReenrolled = supports.contains(.enrollment)
            jobTypes = Self.operations(supports).map { operation in
                AgentJobType(
                    name: capability + " " + operation, operation: operation,
                    id: details.jobTypes[operation] ?? Identifiers.fixed(.storeJobType, capability + operation, seed: 0))
            }
        }

        /// The kinds of job that such stores have, in Command's words. A job's type is named capability + kind.
        private static func operations(_ supports: Set<Operation>) -> [String] {
            var kinds = ["Inventory"]
            if !supports.isDisjoint(with: [.add, .create, .remove]) { kinds.append("Management") }
            if supports.contains(.discovery) { kinds.append("Discovery") }
            if supports.contains(.enrollment) { kinds.append("Reenrollment") }
            return kinds
        }
    }

    /// What a job can do with a store, as `SupportedOperations` names it.
    public enum Operation: String, Sendable, CaseIterable {
        case add, create, discovery, enrollment, remove
    }

    /// The id of the job type that does an operation on such stores; `nil` where none does.
    public func jobType(_ operation: String) -> GUID? { jobTypes.first { $0.operation == operation }?.id }

    /// The types that every Command has. Numbers and names are the documentation's; short names and operations are assumed.
    public static let builtIn: [StoreType] = [
        StoreType(0, "Java Keystore", "JKS", [.add, .create, .discovery, .enrollment, .remove]),
        StoreType(2, "PEM File", "PEM", [.add, .create, .discovery, .enrollment, .remove]),
        StoreType(3, "F5 SSL Profiles", "F5", [.add, .remove]),
        StoreType(4, "IIS Trusted Roots", "IISRoots", [.add, .remove]),
        StoreType(5, "NetScaler", "NS", [.add, .remove]),
        StoreType(6, "IIS Personal", "IIS", [.add, .enrollment, .remove]),
        StoreType(7, "F5 Web Server", "F5WS", [.add]),
        StoreType(8, "IIS Revoked", "IISRevoked", [.add, .remove]),
        StoreType(9, "F5 CA Profiles REST", "F5-CA-REST", [.add, .discovery, .remove]),
        StoreType(10, "F5 Web Server REST", "F5-WS-REST", [.add]),
        StoreType(11, "F5 SSL Profiles REST", "F5-SL-REST", [.add, .discovery, .remove]),
        StoreType(100, "Amazon Web Services", "AWS", [.add, .remove]),
        StoreType(101, "File Transfer Protocol", "FTP", [.add, .remove]),
    ]

    /// Whether Command refuses to delete it. Its built-in types are listed so by a client's tests (kfutil).
    public var isFixed: Bool {
        number < 102 && ["F5-CA-REST", "F5-WS-REST", "F5-SL-REST", "F5", "IIS", "JKS", "NS", "PEM"].contains(shortName)
    }

    private init(_ number: Int, _ name: String, _ shortName: String, _ supports: Set<Operation>) {
        self.init(number: number, name: name, shortName: shortName, capability: shortName, supports: supports)
    }

    /// A store type by its parts.
    public init(
        number: Int, name: String, shortName: String, capability: String, supports: Set<Operation>, details: Details? = nil
    ) {
        self.number = number
        self.name = name
        self.shortName = shortName
        self.capability = capability
        self.supports = supports
        rest = Rest(details ?? .standard, capability, supports)
    }
}

/// A job type as agents show it.
public struct AgentJobType: Sendable {
    /// Of a job on stores, the capability and the operation.
    public let name: String
    /// What it does with stores, in Command's words; empty for other jobs.
    public let operation: String
    /// Its id, of a job on stores drawn from the capability unless one was given.
    public let id: GUID

    /// A job type by its parts.
    public init(name: String, operation: String, id: GUID) {
        (self.name, self.operation, self.id) = (name, operation, id)
    }
}
