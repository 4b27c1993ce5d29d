import Base
import Entities
import MicroHTTP
import Model

/// What can be done to jobs that are scheduled or have run. Each takes ids or a query, never both.
enum JobActions {
    /// Documented: failed attempts that are completed or acknowledged, of store management, reenrollment, discovery and recurring custom
    /// jobs; not inventory, one-time custom jobs or fetched logs.
    static let reschedule = Operation(
        .post, "/OrchestratorJobs/Reschedule", needs: .agentsModify, takes: Contents.of(Selection.model, .create),
        established: "ids or a query, 204, which jobs are eligible, also the permission of the stores (documented)",
        assumed: "all of its 400s; it runs at once and keeps its id"
    ) { call, estate throws(Refusal) in
        let entries = try entries(of: call, estate) { objection(toRescheduling: $0, estate) }
        for store in entries.compactMap(\.job.order.store) {
            try call.require(.storesSchedule, container: estate.stores[store]?.container)
        }
        return .commit { estate in
            var seen: Set<GUID> = []
            for entry in entries where seen.insert(entry.job.id).inserted { estate.runAgain(entry.job, now: call.now) }
            return Reply(204)
        }
    }

    /// Documented: store discovery and management, reenrollment, fetched logs and custom jobs; assumed: not inventory.
    static let unschedule = Operation(
        .post, "/OrchestratorJobs/Unschedule", needs: .agentsModify, takes: Contents.of(Selection.model, .update),
        established: "ids or a query, 204, which jobs are eligible (documented)",
        assumed: "all of its 400s; inventory is not eligible; a running attempt stays in process"
    ) { call, estate throws(Refusal) in
        let choice = try call.read(Selection.model, .update).choice("JobIds", call.fidelity)
        let jobs: [Job]
        var reasons: [String] = []
        if let query = choice.query {
            let filter = try Query.parse(query, Job.model.queryFields(call.view(.shown, estate)), call, named: "Query")
            jobs = estate.jobs.scheduled.all.filter { filter?.matches($0) ?? true }
        } else {
            let ids = try choice.ids?.guids(at: "JobIds", of: "job") ?? []
            jobs = ids.compactMap { estate.jobs.scheduled[$0] }
            reasons += ids.filter { estate.jobs.scheduled[$0] == nil }.map { "Job with id '\($0.text)' is not scheduled." }
        }
        reasons += jobs.filter { $0.order.kind == .inventory }
            .map { "Job with id '\($0.id.text)' is an inventory job: use CertificateStores/Schedule." }
        guard reasons.isEmpty else { throw .failed(reasons.joined(separator: " "), reasons) }
        for store in jobs.compactMap(\.order.store) { try call.require(.storesSchedule, container: estate.stores[store]?.container) }
        return .commit { estate in
            for job in jobs { estate.unschedule(job.id) }
            return Reply(204)
        }
    }

    /// Documented: failed or warned attempts that are completed, also those that will be retried. Sets their status to acknowledged.
    static let acknowledge = Operation(
        .post, "/OrchestratorJobs/Acknowledge", needs: .agentsModify, takes: Contents.of(Selection.model, .create),
        established: "ids or a query, 204, which attempts are eligible, permission (documented)", assumed: "all of its 400s"
    ) { call, estate throws(Refusal) in
        let entries = try entries(of: call, estate) { entry in
            let isEligible = [.failure, .warning].contains(entry.result) && [.completed, .completedWillRetry].contains(entry.status)
            return isEligible ? nil : "has neither failed nor warned, or is not completed"
        }
        return .commit { estate in
            for entry in entries { estate.jobs.history.change(entry.id) { $0.status = .acknowledged } }
            return Reply(204)
        }
    }

    private static func objection(toRescheduling entry: HistoryEntry, _ estate: Estate) -> String? {
        guard entry.result == .failure, [.completed, .acknowledged].contains(entry.status) else { return "has not failed for good" }
        let order = entry.job.order
        guard estate.agents[order.agent] != nil, order.store.map({ estate.stores[$0] != nil }) ?? true else {
            return "is of a job whose agent or certificate store no longer exists"
        }
        switch order.kind {
        case .management, .reenrollment, .discovery: return nil
        case .custom: return order.schedule.recurs ? nil : "is of a custom job that was to run once: schedule a new one"
        case .inventory: return "is of an inventory job: use CertificateStores/Schedule"
        case .fetchLogs: return "is of a job that fetches logs: fetch them again"
        }
    }

    /// The history entries that a request names or queries; one that is not eligible refuses all.
    private static func entries(
        of call: Call, _ estate: Estate, _ objection: (HistoryEntry) -> String?
    ) throws(Refusal) -> [HistoryEntry] {
        let choice = try call.read(Selection.model, .create).choice("JobAuditIds", call.fidelity)
        let entries: [HistoryEntry]
        var reasons: [String] = []
        if let query = choice.query {
            let filter = try Query.parse(query, HistoryEntry.model.queryFields(call.view(.shown, estate)), call, named: "Query")
            entries = estate.jobs.history.all.filter { filter?.matches($0) ?? true }
        } else {
            let ids = try choice.ids?.integers(at: "JobAuditIds", of: "job history") ?? []
            entries = ids.compactMap { estate.jobs.history[$0] }
            reasons += ids.filter { estate.jobs.history[$0] == nil }.map { "Job history with id '\($0)' does not exist." }
        }
        for entry in entries {
            if let objection = objection(entry) { reasons.append("Job history with id '\(entry.id)' \(objection).") }
        }
        guard reasons.isEmpty else { throw .failed(reasons.joined(separator: " "), reasons) }
        return entries
    }
}

/// The bodies of Reschedule and Acknowledge (create), which name attempts, and of Unschedule (update), which names jobs.
private struct Selection: Modelled {
    private var ids: JSONValue?
    private var query: String?

    static let model = Model<Selection>([.create: "JobAttemptsRequest", .update: "UnscheduleJobRequest"], blank: { .init() }) {
        Asked(later: "JobAuditIds", .array(.integer), in: .create, \.ids)
        Asked(later: "JobIds", .array(.guid), in: .update, \.ids)
        Asked("Query", .text, in: .requests, \.query)
    }

    /// The query or the ids that a request has. Both, none, or an empty query is refused (assumed).
    func choice(_ member: String, _ fidelity: Fidelity) throws(Refusal) -> (query: String?, ids: JSONValue?) {
        guard (query != nil) != (ids != nil) else {
            throw .badArgument("Expected either \(member) or Query, found \(ids != nil ? "both" : "neither").")
        }
        try query?.requireQuery(such: "JobType -eq \"PEMInventory\"", of: "job", fidelity)
        return (query, ids)
    }
}
