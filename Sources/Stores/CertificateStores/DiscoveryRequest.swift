import Base
import Entities
import MicroHTTP
import Model
import Orchestrators

/// `PUT /CertificateStores/DiscoveryJob`. What it would find is not known, so that no store comes of it.
struct DiscoveryRequest: Modelled {
    private var agent: JSONValue?
    private var machine = ""
    private var type = 0
    private var start: Timestamp?
    private var directories: String?

    private static let model = Model<DiscoveryRequest>([.update: "DiscoveryJobRequest"], blank: { .init() }) {
        Asked("Type", .number, in: .update, \.type)
        Asked(later: "AgentId", .guid, in: .update, isRequired: true, \.agent)
        Asked("JobExecutionTimestamp", .time, in: .update, \.start)
        Asked("Dirs", .text, in: .update, \.directories)
        Asked("ClientMachine", .text, in: .update, required: "the machine to look at", \.machine)
        ["IgnoredDirs", "Extensions", "NamePatterns"].map { Field(asked: [Asked(dropped: $0, .text, in: .update)]) }
        ["SymLinks", "Compatibility", "ServerUseSsl"].map { Field(asked: [Asked(dropped: $0, .flag, in: .update)]) }
        ["ServerUsername", "ServerPassword"].map { Field(asked: [Asked(dropped: $0, .secret, in: .update)]) }
    }

    static let operation = Operation(
        .put, "/CertificateStores/DiscoveryJob", needs: .containers(.storesModify), takes: Contents.of(model, .update),
        established:
            "body, ClientMachine and AgentId required, `Type` 0 (JKS) if left out, 204, without a time now, permission (documented)",
        assumed: "modify for any one container is enough; an approved agent is required; it finds nothing"
    ) { call, estate throws(Refusal) in
        let asked = try call.read(model, .update)
        let type = try StoreType.noun.find(asked.type, .storesModify, call, estate)
        guard type.supports.contains(.discovery) else {
            throw .badArgument("Type: stores of type '\(type.shortName)' cannot be discovered.")
        }
        let agent = try Agent.noun.find(asked.agentID(), .storesModify, call, estate)
        guard agent.status == .approved else {
            throw .badArgument("AgentId: the agent '\(agent.machine)' is \(agent.status.name), expected an Approved one.")
        }
        let order = JobOrder(
            agent: agent.id, kind: .discovery, type: estate.jobTypeName(.discovery, storeType: type.number),
            schedule: asked.start.map { .exactlyOnce($0) } ?? .immediate, target: asked.directories)
        try estate.requireRoom(forJobs: 1)
        return .commit { estate in
            estate.schedule(order, now: call.now)
            return Reply(204)
        }
    }

    private func agentID() throws(Refusal) -> GUID {
        guard let agent, !agent.isNothing, agent.guid != .empty else {
            throw .badArgument("AgentId: expected an agent's id, found nothing.", member: "AgentId")
        }
        guard let id = agent.guid else { throw .notAGUID("AgentId", agent.shortSource) }
        return id
    }
}
