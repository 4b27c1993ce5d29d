import MicroHTTP

/// What can be done to jobs that are scheduled or have run: Reschedule, Unschedule, Acknowledge. Each takes ids or a query, never both.
enum JobActions {
    static let all: [Endpoint] = [
        Endpoint(.post, "/OrchestratorJobs/Reschedule", needs: .agentsModify, takesBody: true, reschedule),
        Endpoint(.post, "/OrchestratorJobs/Unschedule", needs: .agentsModify, takesBody: true, unschedule),
        Endpoint(.post, "/OrchestratorJobs/Acknowledge", needs: .agentsModify, takesBody: true, acknowledge),
    ]

    /// Documented: failed attempts that are completed or acknowledged, of store management, reenrollment, discovery and recurring custom
    /// jobs; not inventory, one-time custom jobs or fetched logs.
    static func reschedule(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let entries = try self.entries(call, estate) { entry in
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
        for store in entries.compactMap(\.job.order.store) {
            try call.require(.storesSchedule, container: estate.stores[store]?.container)
        }
        let now = call.now
        return .commit { estate in
            var seen: Set<GUID> = []
            for entry in entries where seen.insert(entry.job.id).inserted { estate.runAgain(entry.job, now: now) }
            return Reply(204)
        }
    }

    /// Documented: store discovery and management, reenrollment, fetched logs and custom jobs; assumed: not inventory.
    static func unschedule(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let body = try call.object(knowing: ["JobIds", "Query"])
        let jobs: [Job]
        var reasons: [String] = []
        if let query = try exactlyOne(body, "JobIds") {
            let filter = try Query.parse(query, ScheduledJobFields.all(estate), call, named: "Query")
            jobs = estate.jobs.scheduled.all.filter { filter?.matches($0) ?? true }
        } else {
            let ids = try body.guids("JobIds", of: "job")
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
    static func acknowledge(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let entries = try self.entries(call, estate) { entry in
            let isEligible = [.failure, .warning].contains(entry.result) && [.completed, .completedWillRetry].contains(entry.status)
            return isEligible ? nil : "has neither failed nor warned, or is not completed"
        }
        return .commit { estate in
            for entry in entries { estate.jobs.history.change(entry.id) { $0.status = .acknowledged } }
            return Reply(204)
        }
    }

    /// The history entries that a request names or queries; one that is not eligible refuses all.
    private static func entries(
        _ call: Call, _ estate: Estate, _ objection: (HistoryEntry) -> String?
    ) throws(Refusal) -> [HistoryEntry] {
        let body = try call.object(knowing: ["JobAuditIds", "Query"])
        let entries: [HistoryEntry]
        var reasons: [String] = []
        if let query = try exactlyOne(body, "JobAuditIds") {
            let filter = try Query.parse(query, HistoryFields.all(estate), call, named: "Query")
            entries = estate.jobs.history.all.filter { filter?.matches($0) ?? true }
        } else {
            let ids = try body.integers("JobAuditIds", of: "job history")
            entries = ids.compactMap { estate.jobs.history[$0] }
            reasons += ids.filter { estate.jobs.history[$0] == nil }.map { "Job history with id '\($0)' does not exist." }
        }
        for entry in entries {
            if let objection = objection(entry) { reasons.append("Job history with id '\(entry.id)' \(objection).") }
        }
        guard reasons.isEmpty else { throw .failed(reasons.joined(separator: " "), reasons) }
        return entries
    }

    /// The query of a request that has one instead of ids. Both or none is refused, as assumed.
    private static func exactlyOne(_ body: JSONValue, _ ids: String) throws(Refusal) -> String? {
        let query = body["Query"].flatMap { $0.isNull ? nil : $0 }
        let hasIDs = body[ids].map { !$0.isNull } ?? false
        guard (query != nil) != hasIDs else {
            throw .badArgument("Expected either \(ids) or Query, found \(hasIDs ? "both" : "neither").")
        }
        guard let query else { return nil }
        guard let text = query.text else { throw .badArgument("Query: expected a string, found \(query.kindName).", member: "Query") }
        return text
    }
}
