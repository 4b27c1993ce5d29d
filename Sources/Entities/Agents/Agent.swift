public import Base

/// An orchestrator, which Command's API calls agent: it runs jobs for the machines it serves.
public struct Agent: Sendable {
    /// How far an agent is trusted. Numbers as on the wire.
    public enum Status: Int, NamedNumber {
        case new = 1
        case approved, disapproved

        /// The name in the vendor's documentation.
        public var name: String {
            switch self {
            case .new: "New"
            case .approved: "Approved"
            case .disapproved: "Disapproved"
            }
        }
    }

    /// Whether an agent is to get a new certificate to log in with. Numbers as on the wire; of the names None is recorded.
    public enum CertificateReenrollment: Int, NamedNumber {
        case none
        case requested, required

        /// The name on the wire.
        public var name: String {
            switch self {
            case .none: "None"
            case .requested: "Requested"
            case .required: "Required"
            }
        }
    }

    /// What it runs on. Numbers as on the wire.
    public enum Platform: Int, NamedNumber {
        case unknown, dotNet, java, mac, android, native, bash
        /// The Universal Orchestrator until release 11.
        case universal

        /// The name in the vendor's documentation.
        public var name: String {
            switch self {
            case .unknown: "Unknown"
            case .dotNet: ".NET"
            case .java: "Java"
            case .mac: "Mac"
            case .android: "Android"
            case .native: "Native"
            case .bash: "Bash"
            case .universal: "Universal"
            }
        }
    }

    /// Its AgentId, by which jobs name it.
    public var id: GUID
    /// The host it runs on: Command's ClientMachine.
    public var machine: String
    /// The account under which it logs in to Command.
    public var username: String
    /// .NET for Windows and Universal Orchestrators.
    public var platform: Platform
    /// The release of its software, as it reports it.
    public var version: String
    /// Whether it is new, approved or refused.
    public var status: Status
    /// When it was last there; `nil` for one that asks for jobs all the time.
    public var lastSeen: Timestamp?

    /// When it was last there: one that asks for jobs does so once a minute (assumed).
    public func lastSeen(by now: Timestamp) -> Timestamp {
        let minute = 60 * Timestamp.ticksPerSecond
        return lastSeen ?? Timestamp(ticks: now.ticks / minute * minute)
    }
    /// What it can do: store type capabilities, custom job types by name, and `LOGS`.
    public var capabilities: [String]
    /// Whether it asks for jobs at all. Not the vendor's: a scenario's way of making one silent.
    public var polls: Bool
    /// The blueprint it came with; `nil` for none.
    public var blueprint: String?
    /// Whether it is to get a new certificate of its own.
    public var certificateReenrollment = CertificateReenrollment.none

    /// Where a table keeps the agents of a machine; of some other machines too, by chance.
    static func group(ofMachine machine: String) -> Int { machine.lowercased().hashValue }

    /// Whether it has a capability; compared without case.
    public func can(_ capability: String) -> Bool {
        if capabilities.contains(capability) { return true }
        let capability = capability.lowercased()
        return capabilities.contains { $0.lowercased() == capability }
    }

    /// An agent by its parts.
    public init(
        id: GUID, machine: String, username: String, platform: Platform, version: String, status: Status, lastSeen: Timestamp? = nil,
        capabilities: [String], polls: Bool, blueprint: String? = nil, certificateReenrollment: CertificateReenrollment = .none
    ) {
        self.id = id
        self.machine = machine
        self.username = username
        self.platform = platform
        self.version = version
        self.status = status
        self.lastSeen = lastSeen
        self.capabilities = capabilities
        self.polls = polls
        self.blueprint = blueprint
        self.certificateReenrollment = certificateReenrollment
    }
}

extension Agent: HoldsBytes {
    /// Its texts, and its place among the machines.
    public var heldBytes: Int {
        machine.heldBytes + username.heldBytes + version.heldBytes + capabilities.heldBytes + blueprint.heldBytes + 64
    }
}
