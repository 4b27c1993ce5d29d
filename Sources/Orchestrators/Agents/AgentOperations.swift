import Base
import Entities
import MicroHTTP
public import Model

/// What can be asked of agents, and done to them.
public enum AgentOperations {
    /// All of them, as the router and the documentation list them.
    public static let all: [Operation] =
        [
            Agent.noun.list(
                sortedBy: "AgentId",
                established: "members, paging, `X-Total-Count`, default sort AgentId, most query fields (recorded, documented)",
                assumed: "thumbprints are always empty and errors always null; ids of built-in job types"),
            Agent.noun.get(established: "members (documented); text of the 404 (recorded)", assumed: "as the list"),
        ] + [delete, approve, disapprove, resetMany, resetOne, fetchLogs, setCertificateReenrollment]

    private static let delete = Operation(
        .delete, "/Agents/{id}", since: .v12, needs: .agentsModify, query: [.init(name: "force", schema: .boolean)],
        established: """
            `force`, 204 without a body, not in 10 and 11; only a Disapproved agent can be deleted; with force what depends on it goes too: \
            its certificate stores and jobs (documented)
            """,
        assumed: "400 for an agent that is not Disapproved, with force too, and for one with dependents without force; its history stays"
    ) { call, estate throws(Refusal) in
        let agent = try Agent.noun.find(.agentsModify, call, estate)
        let (id, isForced) = (agent.id, try call.flag("force"))
        guard agent.status == .disapproved else { throw .agentNotDisapproved(agent.machine, agent.status.name) }
        if !isForced {
            let (stores, jobs) = estate.dependents(of: [id])
            guard stores.isEmpty, jobs.isEmpty else { throw .agentInUse(id, stores: stores.count, jobs: jobs.count) }
        }
        return .commit { estate in
            estate.deleteAgent(id)
            return Reply(204)
        }
    }

    private static let approve = onMany(
        "/Agents/Approve", established: "a bare array of ids, 204 without a body (documented, client)",
        assumed: "an unknown id refuses all; what waited is picked up at once"
    ) { $0.approve($1, now: $2) }

    private static let disapprove = onMany(
        "/Agents/Disapprove", established: "as Approve (documented)",
        assumed: "a running job continues, what falls due afterwards waits"
    ) { estate, ids, _ in estate.disapprove(ids) }

    private static let resetMany = onMany(
        "/Agents/Reset",
        established: "a bare array of ids, 204, 400 on a failure; the agent is New again, its stores and jobs are deleted (documented)",
        assumed: "its history stays; an unknown id refuses all"
    ) { estate, ids, _ in estate.reset(ids) }

    private static let resetOne = Operation(
        .post, "/Agents/{id}/Reset", needs: .agentsReadAndModify,
        established: "204, no body or `null` (documented, client); a failure such as an unknown id is a 400 (documented)",
        assumed: "as above"
    ) { call, estate throws(Refusal) in
        let id = try call.guid("id")
        guard estate.agents[id] != nil else {
            let reason = Refusal.agentNotFound(id).message
            throw .failed(reason + ".", [reason])
        }
        return .commit { estate in
            estate.reset([id])
            return Reply(204)
        }
    }

    /// Schedules the job that brings the agent's logs. Nothing is returned; the job shows in the lists.
    private static let fetchLogs = Operation(
        .post, "/Agents/{id}/FetchLogs", needs: .agentsModify,
        established: "204 without a body and without a job's id (documented, client)",
        assumed: "400 for an agent that is not approved or lacks `LOGS`; the job type is called FetchLogs"
    ) { call, estate throws(Refusal) in
        let agent = try Agent.noun.find(.agentsModify, call, estate)
        guard agent.status == .approved else {
            throw .badArgument("id: the agent '\(agent.machine)' is \(agent.status.name), expected an Approved one.")
        }
        let type = JobType.fetchLogs
        guard agent.can(type.capability) else {
            throw .badArgument("id: the agent '\(agent.machine)' lacks the capability '\(type.capability)'.")
        }
        try estate.requireRoom(forJobs: 1)
        let (order, now) = (JobOrder(agent: agent.id, kind: type.kind, type: type.name, schedule: .immediate), call.now)
        return .commit { estate in
            estate.schedule(order, now: now)
            return Reply(204)
        }
    }

    /// An unknown agent is named in the answer and does not fail the request.
    private static let setCertificateReenrollment = Operation(
        .post, "/Agents/SetAuthCertificateReenrollment", needs: .agentsReadAndModify, takes: Contents.of(AgentReenrollment.model, .create),
        returns: Contents.of(AgentReenrollment.model, .written),
        established: "members of request and answer, numbers 0 to 2, `None`; ids that failed come back with 200 (documented, recorded)",
        assumed: "the names Requested and Required and their order"
    ) { call, estate throws(Refusal) in
        let asked = try call.read(AgentReenrollment.model)
        var answer = asked
        answer.agents = asked.agents.filter { estate.agents[$0] == nil }
        let reply = call.object(answer, AgentReenrollment.model, .written, estate)
        return .commit { estate in
            for id in asked.agents { estate.agents.change(id) { $0.certificateReenrollment = asked.status } }
            return reply
        }
    }

    /// An operation on the agents that its body names, all of which must exist.
    private static func onMany(
        _ path: String, established: String, assumed: String, _ change: @escaping @Sendable (inout Estate, [GUID], Timestamp) -> Void
    ) -> Operation {
        Operation(
            .post, path, needs: .agentsReadAndModify, takes: Contents.guids, established: established, assumed: assumed
        ) { call, estate throws(Refusal) in
            let (ids, now) = (try Agent.noun.keys(of: "agent", call, estate), call.now)
            return .commit { estate in
                change(&estate, ids, now)
                return Reply(204)
            }
        }
    }
}

/// A request to have agents log in with new certificates; its answer names the agents that do not exist.
struct AgentReenrollment: Modelled {
    var agents: [GUID] = []
    var status = Agent.CertificateReenrollment.none

    static let model = Model<AgentReenrollment>(
        [.create: "AgentReenrollmentRequest", .written: "AgentReenrollmentResponse"], blank: { .init() }
    ) {
        Asked("OrchestratorIds", .guids(of: "orchestrator"), required: "at least one orchestrator id", \.agents)
        Member("FailedOrchestratorIds", .list(.guid)) { $0.agents }
        Member("Status", .word(.agents)) { $0.status }.asked(.create, required: Agent.CertificateReenrollment.oneOfAll, \.status)
    }
}
