public import Base
public import Entities
public import Model
import ScenarioFormat

extension Agent: Modelled {
    /// An agent as `GET /Agents` sends it (AgentResponse).
    ///
    /// Query fields. Documented: Identity or Username, LastSeen, Platform, Status, Version; AgentId, ClientMachine and Capabilities are used
    /// by clients and work. Sorting by members that are the same for all agents here is right, and changes nothing.
    public static let model = Model<Agent>([.shown: "AgentResponse"], "an agent", byHand: { $0.isWritten($1, $2, to: &$3) }) {
        Member("AgentId", .guid) { $0.id }.filtered(isKey: true)
            .seeded("id", about: "its AgentId; drawn from the seed if left out", \.id)
        Member("ClientMachine", .text("a machine's name", length: 1...256)) { $0.machine }.filtered(isKey: true)
            .seeded("machine", required: true, about: "the host it runs on", \.machine)
        Member("Username", .text) { $0.username }.filtered(aliases: ["Identity"])
            .seeded("username", about: "the user it logs in as", \.username)
        Member("AgentPlatform", .word(.agents)) { $0.platform }.filtered("Platform", aliases: ["AgentPlatform"])
            .seeded("platform", .byNumber, about: "1 is .NET, 2 Java, 5 native, 6 Bash", \.platform)
        Member("Version", .text) { $0.version }.filtered().seeded("version", about: "its version", \.version)
        Member("Status", .word(.agents, lowercasedInFiles: true)) { $0.status }.filtered()
            .seeded("status", about: "default approved", \.status)
        Member("LastSeen", .time) { agent, view in agent.lastSeen(by: view.now) }.filtered()
        Member("Capabilities", .list(.text("a capability"))) { $0.capabilities }.filtered()
            .seeded("capabilities", about: "store types, custom job types by name, LOGS", \.capabilities)
        Seed("polls", .flag, about: "whether it asks for jobs at all; default true", \.polls)
        Member("Blueprint", .text, nullable: { $0.blueprint }).sorted()
            .seeded("blueprint", about: "the blueprint it came with", \.blueprint)
        Member("Thumbprint", .text) { _ in "" }.sorted()
        Member("LegacyThumbprint", .text) { _ in "" }.sorted()
        Member("AuthCertificateReenrollment", .word(nil, lowercasedInFiles: true)) { $0.certificateReenrollment }.sorted()
            .seeded(
                "certificateReenrollment", about: "whether it is to get a new certificate; default none", \.certificateReenrollment)
        Seed("lastSeen", .time, about: "when it last polled; null for an agent that polls all the time", \.lastSeen)
        Member("LastThumbprintUsed", .text) { _ in "" }.sorted()
        Member("LastErrorCode", .number, nullable: { _ in nil }).sorted()
        Member("LastErrorMessage", .text, nullable: { _ in nil }).sorted()
        Member("JobTypes", .list(.object(AgentJobType.model))) { agent, view in
            agent.capabilities.flatMap { view.estate.agentJobTypes(for: $0) }
        }.sent { $0.traits.agentJobTypes }
    }

    /// The agents of an estate, and what their operations share.
    public static let noun = Noun("/Agents", model, reads: .agentsRead, rows: \.agents, notFound: { .agentNotFound($0) })
}

extension Kind where Value == Agent.Platform {
    /// A platform as scenario files say it: by its number.
    fileprivate static var byNumber: Kind {
        var kind = Kind.word(.agents)
        kind.shape = .integer(0...7)
        kind.seed = { node, _ in node.integer.flatMap { Agent.Platform(rawValue: $0) } }
        kind.dump = { platform, _, writer in writer.value(platform.rawValue) }
        return kind
    }
}

/// Job types as agents show them, since release 25.
extension AgentJobType: Modelled {
    static let model = Model<AgentJobType>([.shown: "AgentJobTypeResponse"]) {
        Member("Name", .text) { $0.name }
        // Recorded as an empty string, whatever the store type.
        Member("CertStoreTypeShortName", .text) { _ in "" }
        Member("CertStoreJobType", .text) { $0.operation }
        Member("JobTypeId", .guid) { $0.id }
    }

    /// What lets an agent send its logs.
    fileprivate static let logs = AgentJobType(
        name: "Orchestrator Log Retrieval", operation: "", id: Identifiers.fixed(.storeJobType, "logs", seed: 0))
}

extension Estate {
    /// What a capability lets an agent do.
    func agentJobTypes(for capability: String) -> [AgentJobType] {
        if CaselessText.order(capability, "LOGS") == .equal { return [.logs] }
        if let type = jobType(named: capability) { return [AgentJobType(name: type.name, operation: "", id: type.id)] }
        var found: [AgentJobType] = []
        storeTypes.walk(backwards: false) { type in
            let isMeant = CaselessText.order(type.capability, capability) == .equal
            if isMeant { found = type.jobTypes }
            return !isMeant
        }
        return found
    }
}
