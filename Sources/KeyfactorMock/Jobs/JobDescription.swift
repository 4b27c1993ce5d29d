/// What the operations of jobs take and answer.
enum JobDescription {
    static let all: [String: Description] = [
        "POST /OrchestratorJobs/Custom": .answers(
            .model("JobResponse", .object([.always("JobId", .guid), .always("OrchestratorId", .guid)] + answered)),
            to: .model("ScheduleJobRequest", .object([.always("AgentId", .guid)] + asked))),
        "POST /OrchestratorJobs/Custom/Bulk": .answers(
            .model(
                "BulkJobResponse",
                .object([.always("OrchestratorJobPairs", .array(pair)), .always("FailedOrchestratorIds", ids)] + answered)),
            to: .model("ScheduleBulkJobRequest", .object([.always("OrchestratorIds", ids)] + asked))),
        "GET /OrchestratorJobs/JobHistory": .list(of: history),
        "GET /OrchestratorJobs/ScheduledJobs": .list(of: scheduled),
        "GET /OrchestratorJobs/JobStatus/Data": .answers(
            .model("JobStatusDataResponse", .object([.always("JobHistoryId", .integer), .nullable("Data", .text)])),
            query: [.init(name: "jobHistoryId", schema: .integer, isRequired: true)]),
        "POST /OrchestratorJobs/Reschedule": .done(attempts),
        "POST /OrchestratorJobs/Unschedule": .done(
            .model("UnscheduleJobRequest", .object([.nullable("JobIds", ids), .nullable("Query", .text)]))),
        "POST /OrchestratorJobs/Acknowledge": .done(attempts),
    ]

    private static let ids = Schema.array(.guid)
    private static let pair = Schema.object([.always("JobId", .guid), .always("OrchestratorId", .guid)])

    /// Either ids or a query.
    private static let attempts = Schema.model(
        "JobAttemptsRequest", .object([.nullable("JobAuditIds", .array(.integer)), .nullable("Query", .text)]))

    private static let asked: [Schema.Member] = [
        .always("JobTypeName", .text), .nullable("Schedule", Schedule.schema),
        .nullable("JobFields", .map(.either([.text, .integer, .boolean]))),
    ]

    /// The last stands only where the switch `timestampTypo` says so.
    private static let answered: [Schema.Member] = [
        .always("JobTypeName", .text), .always("Schedule", Schedule.schema),
        .always("JobFields", .array(.object([.always("JobTypeField", .text), .always("Value", .text)]))),
        .always("RequestTimestamp", .time), .optional("RequestTimestmap", .time),
    ]

    private static let history = Schema.model(
        "JobHistoryResponse",
        .object([
            .always("JobHistoryId", .integer),
            .nullable("AgentMachine", .text),
            .always("JobId", .guid),
            .nullable("Schedule", Schedule.schema),
            .always("JobType", .text),
            .always("OperationStart", .time),
            .nullable("OperationEnd", .time),
            .nullable("Message", .text),
            .always("Result", .word(HistoryEntry.Result.self, \.name)),
            .always("Status", .word(HistoryEntry.Status.self, \.name)),
            .nullable("StorePath", .text),
            .nullable("ClientMachine", .text),
        ]))

    private static let scheduled = Schema.model(
        "ScheduledJobResponse",
        .object([
            .always("Id", .guid),
            .nullable("ClientMachine", .text),
            .nullable("Target", .text),
            .nullable("Schedule", Schedule.schema),
            .always("Requested", .time),
            .always("JobType", .text),
        ]))
}
