import MicroHTTP

/// What can be asked of agents, and done to them.
enum AgentEndpoints {
    static let all: [Endpoint] = [
        Endpoint(.get, "/Agents", needs: .agentsRead, list),
        Endpoint(.get, "/Agents/{id}", needs: .agentsRead, get),
        Endpoint(.delete, "/Agents/{id}", since: .v24, needs: .agentsModify, delete),
        Endpoint(.post, "/Agents/Approve", needs: .agentsModify, takesBody: true, approve),
        Endpoint(.post, "/Agents/Disapprove", needs: .agentsModify, takesBody: true, disapprove),
        Endpoint(.post, "/Agents/Reset", needs: .agentsModify, takesBody: true, resetMany),
        Endpoint(.post, "/Agents/{id}/Reset", needs: .agentsModify, resetOne),
        Endpoint(.post, "/Agents/{id}/FetchLogs", needs: .agentsModify, fetchLogs),
        Endpoint(
            .post, "/Agents/SetAuthCertificateReenrollment", needs: .agentsModify, takesBody: true, setCertificateReenrollment),
    ]

    static func list(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let page = try call.page(of: estate.agents, fields: AgentFields.all(on: call.now), defaultSort: "AgentId")
        return .reply(call.list(page) { $1.write(to: &$0, estate, call.product, on: call.now) })
    }

    static func get(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let agent = try agent(call, estate)
        return .reply(call.object { agent.write(to: &$0, estate, call.product, on: call.now) })
    }

    /// `DELETE /Agents/{id}?force`: without force an agent that serves stores or has jobs stays, as assumed.
    static func delete(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let id = try agent(call, estate).id
        if try !call.flag("force") {
            let (stores, jobs) = estate.dependents(of: [id])
            guard stores.isEmpty, jobs.isEmpty else { throw .agentInUse(id, stores: stores.count, jobs: jobs.count) }
        }
        return .commit { estate in
            estate.deleteAgent(id)
            return Reply(204)
        }
    }

    /// `POST /Agents/Approve`: an agent that is approved already stays so.
    static func approve(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let (ids, now) = (try agents(call, estate), call.now)
        return .commit { estate in
            estate.approve(ids, now: now)
            return Reply(204)
        }
    }

    static func disapprove(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let ids = try agents(call, estate)
        return .commit { estate in
            estate.disapprove(ids)
            return Reply(204)
        }
    }

    static func resetMany(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let ids = try agents(call, estate)
        return .commit { estate in
            estate.reset(ids)
            return Reply(204)
        }
    }

    static func resetOne(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let id = try agent(call, estate).id
        return .commit { estate in
            estate.reset([id])
            return Reply(204)
        }
    }

    /// `POST /Agents/{id}/FetchLogs`: schedules the job that brings the agent's logs. Nothing is answered; the job shows in the lists.
    static func fetchLogs(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let agent = try agent(call, estate)
        guard agent.status == .approved else {
            throw .badArgument("id: the agent '\(agent.machine)' is \(agent.status.name), expected an Approved one.")
        }
        let type = JobType.fetchLogs
        guard agent.can(type.capability) else {
            throw .badArgument("id: the agent '\(agent.machine)' lacks the capability '\(type.capability)'.")
        }
        try JobEndpoints.requireRoom(for: 1, estate)
        let (order, now) = (JobOrder(agent: agent.id, kind: type.kind, type: type.name, schedule: .immediate), call.now)
        return .commit { estate in
            estate.schedule(order, now: now)
            return Reply(204)
        }
    }

    /// `POST /Agents/SetAuthCertificateReenrollment`: an agent that is not there is named in the answer, and does not fail the request.
    static func setCertificateReenrollment(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let body = try call.object(knowing: ["OrchestratorIds", "Status"])
        let ids = try body.guids("OrchestratorIds", of: "orchestrator")
        let status = try Agent.CertificateReenrollment.read(body["Status"])
        let failed = ids.filter { estate.agents[$0] == nil }
        let reply = call.object { writer in
            writer.object { writer in
                writer.name("FailedOrchestratorIds")
                writer.array(failed) { $0.value($1) }
                writer.number("Status", status.rawValue, name: status.name)
            }
        }
        return .commit { estate in
            for id in ids { estate.agents.change(id) { $0.certificateReenrollment = status } }
            return reply
        }
    }

    /// The agent that the path names.
    private static func agent(_ call: Call, _ estate: Estate) throws(Refusal) -> Agent {
        let id = try call.guid("id")
        guard let agent = estate.agents[id] else { throw .agentNotFound(id).forUnknownID(call.fidelity) }
        return agent
    }

    /// The agents that the body names, all of them there; the whole request is refused otherwise, as assumed.
    private static func agents(_ call: Call, _ estate: Estate) throws(Refusal) -> [GUID] {
        let ids = try call.bodyIDs(of: "agent")
        let reasons = ids.filter { estate.agents[$0] == nil }.map { Refusal.agentNotFound($0).message }
        guard reasons.isEmpty else { throw .failed(reasons.joined(separator: ". ") + ".", reasons).forUnknownID(call.fidelity) }
        return ids
    }
}

/// What `GET /Agents` can be filtered and sorted by. Documented: Identity or Username, LastSeen, Platform, Status, Version;
/// AgentId, ClientMachine and Capabilities are used by clients and work.
enum AgentFields {
    static func all(on now: Timestamp) -> [QueryField<Agent>] {
        [
            QueryField("AgentId", .guid, isKey: true) { .guid($0.id) },
            QueryField("ClientMachine", .text, isKey: true) { .text($0.machine) },
            QueryField("Username", .text, aliases: ["Identity"]) { .text($0.username) },
            QueryField("Platform", .number, aliases: ["AgentPlatform"]) { .number($0.platform) },
            QueryField("Status", .words(["new": 1, "approved": 2, "disapproved": 3])) { .number($0.status.rawValue) },
            QueryField("Version", .text) { .text($0.version) },
            QueryField("LastSeen", .time) { .time($0.lastSeen(by: now)) },
            QueryField("Capabilities", .list) { .list($0.capabilities) },
            QueryField("Blueprint", .text, sortsOnly: true) { $0.blueprint.map { .text($0) } ?? .null },
            QueryField("AuthCertificateReenrollment", .text, sortsOnly: true) { .text($0.certificateReenrollment.name) },
        ]
            // Members that are the same for all agents here: sorting by them is right, and changes nothing.
            + ["Thumbprint", "LegacyThumbprint", "LastThumbprintUsed", "LastErrorCode", "LastErrorMessage"].map { name in
                QueryField(name, .text, sortsOnly: true) { _ in .null }
            }
    }
}
