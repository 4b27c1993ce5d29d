import MicroHTTP

/// What can be asked about agents.
enum AgentEndpoints {
    static let all: [Endpoint] = [
        Endpoint(.get, "/Agents", needs: .agentsRead, list),
        Endpoint(.get, "/Agents/{id}", needs: .agentsRead, get),
    ]

    static func list(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let page = try call.page(of: estate.agents, fields: AgentFields.all(on: call.now), defaultSort: "AgentId")
        return .reply(call.list(page) { $1.write(to: &$0, estate, call.product, on: call.now) })
    }

    static func get(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let id = try call.guid("id")
        guard let agent = estate.agents[id] else { throw .agentNotFound(id).forUnknownID(call.fidelity) }
        return .reply(call.object { agent.write(to: &$0, estate, call.product, on: call.now) })
    }
}

/// What `GET /Agents` can be filtered and sorted by. Documented: Identity or Username, LastSeen, Platform, Status, Version;
/// AgentId, ClientMachine and Capabilities are used by clients and work.
enum AgentFields {
    static func all(on now: Timestamp) -> [QueryField<Agent>] {
        [
            QueryField("AgentId", .guid, isKey: true) { .guid($0.id) },
            QueryField("ClientMachine", .text) { .text($0.machine) },
            QueryField("Username", .text, aliases: ["Identity"]) { .text($0.username) },
            QueryField("Platform", .number, aliases: ["AgentPlatform"]) { .number($0.platform) },
            QueryField("Status", .words(["new": 1, "approved": 2, "disapproved": 3])) { .number($0.status.rawValue) },
            QueryField("Version", .text) { .text($0.version) },
            QueryField("LastSeen", .time) { .time($0.lastSeen(by: now)) },
            QueryField("Capabilities", .list) { .list($0.capabilities) },
        ]
    }
}
