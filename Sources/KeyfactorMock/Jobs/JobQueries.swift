/// What `GET /OrchestratorJobs/JobHistory` can be filtered and sorted by, as documented for 11.3 to 24.4.
enum HistoryFields {
    /// The fields.
    ///
    /// - Parameter estate: where machines and paths come from.
    /// - Returns: each with its names and what it holds.
    static func all(_ estate: Estate) -> [QueryField<HistoryEntry>] {
        [
            QueryField("JobHistoryId", .number) { .number($0.id) },
            QueryField("AgentId", .guid) { .guid($0.job.order.agent) },
            QueryField("Agent", .text, aliases: ["AgentMachine"]) { .text($0.agentMachine) },
            QueryField("JobId", .guid, isKey: true) { .guid($0.job.id) },
            QueryField("Result", .words(words(HistoryEntry.Result.allCases.map { ($0.name, $0.rawValue) }))) {
                .number($0.result.rawValue)
            },
            QueryField("Status", .words(words(HistoryEntry.Status.allCases.map { ($0.name, $0.rawValue) }))) {
                .number($0.status.rawValue)
            },
            // The answer has the concrete name, queries in the field ask for the kind: either fits.
            QueryField("JobType", .list) { .list([$0.job.order.type, $0.job.order.kind.rawValue]) },
            QueryField("Message", .text) { .text($0.message) },
            QueryField("OperationStart", .time) { .time($0.start) },
            QueryField("OperationEnd", .time) { $0.end.map { .time($0) } ?? .null },
            QueryField("ScheduleType", .text) { $0.job.order.schedule.compact.map { .text($0) } ?? .null },
            QueryField("TargetPath", .text, aliases: ["StorePath"]) { $0.job.order.target.map { .text($0) } ?? .null },
            QueryField("ClientMachine", .text) { .text($0.clientMachine) },
        ]
    }

    private static func words(_ names: [(String, Int)]) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: names.map { ($0.0.lowercased(), $0.1) })
    }
}

/// What `GET /OrchestratorJobs/ScheduledJobs` can be filtered and sorted by. AgentId and JobType are used by scripts; the rest is assumed.
enum ScheduledJobFields {
    /// The fields.
    ///
    /// - Parameter estate: where machines come from.
    /// - Returns: each with its names and what it holds.
    static func all(_ estate: Estate) -> [QueryField<Job>] {
        [
            QueryField("JobId", .guid, aliases: ["Id"], isKey: true) { .guid($0.id) },
            QueryField("AgentId", .guid) { .guid($0.order.agent) },
            QueryField("ClientMachine", .text, aliases: ["Agent"]) { .text(estate.agents[$0.order.agent]?.machine ?? "") },
            QueryField("JobType", .list) { .list([$0.order.type, $0.order.kind.rawValue]) },
            QueryField("ScheduleType", .text) { $0.order.schedule.compact.map { .text($0) } ?? .null },
            QueryField("Requested", .time) { .time($0.requested) },
            QueryField("TargetPath", .text, aliases: ["Target"]) { $0.order.target.map { .text($0) } ?? .null },
        ]
    }
}
