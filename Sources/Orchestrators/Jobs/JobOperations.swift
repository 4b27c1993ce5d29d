import Base
public import Entities
import MicroHTTP
public import Model

/// What can be asked about jobs, and scheduled.
public enum JobOperations {
    /// All of them, as the router and the documentation list them.
    public static let all = [
        scheduleCustom, scheduleBulk, history, scheduled, data, JobActions.reschedule, JobActions.unschedule, JobActions.acknowledge,
    ]

    /// Every call makes a job of its own, also one that repeats another.
    private static let scheduleCustom = Operation(
        .post, "/OrchestratorJobs/Custom", needs: .agentsModify, takes: Contents.of(CustomJobRequest.model, .create),
        returns: Contents.of(Job.model, .written), seesTime: false,
        established: """
            body, default Immediate, defaults of fields filled in, 200 with six members, `RequestTimestamp` spelt so (documented); \
            numbers and booleans as field values (client)
            """,
        assumed: """
            all of its 400s and the 404 of an unknown job type; what `Schedule` shows for Immediate; text of stored values
            """
    ) { call, estate throws(Refusal) in
        let order = try CustomJobRequest(try call.object(), call.fidelity).order(estate, call.fidelity)
        try estate.requireRoom(forJobs: 1)
        let (now, style, misspelled) = (call.now, call.style, call.fidelity.timestampTypo)
        return .commit { estate in
            let job = estate.schedule(order, now: now)
            var writer = JSONWriter(style: style)
            job.write(to: &writer, misspelled: misspelled)
            return Reply(200, writer.bytes)
        }
    }

    private static let scheduleBulk = Operation(
        .post, "/OrchestratorJobs/Custom/Bulk", needs: .agentsModify, takes: Contents.of(CustomJobRequest.model, .update),
        returns: Contents.of(BulkJobAnswer.model, .written),
        established: """
            members of request and answer; a bad orchestrator is named in `FailedOrchestratorIds` and fails nothing (documented)
            """,
        assumed: "200 also if all are bad; bad is what `POST …/Custom` refuses"
    ) { call, estate throws(Refusal) in
        let bulk = try call.read(CustomJobRequest.model, .update).orders(estate, call.fidelity)
        try estate.requireRoom(forJobs: bulk.orders.count)
        return .commit { estate in
            let jobs = bulk.orders.map { estate.schedule($0, now: call.now) }
            return call.object(BulkJobAnswer(bulk: bulk, jobs: jobs, requested: call.now), BulkJobAnswer.model, .written, estate)
        }
    }

    /// Reading moves on jobs whose steps count reads.
    private static let history = Operation(
        .get, "/OrchestratorJobs/JobHistory", needs: .agentsRead, returns: Contents.array(Contents.of(HistoryEntry.model, .shown)),
        query: Operation.Parameter.list(), counts: true,
        established: """
            members, query fields, values of Result and Status (documented); names and times without zone on 10.x, what an attempt shows \
            while it runs and when it has ended (recorded)
            """,
        assumed: "`Schedule` is null for Immediate; JobType matches the type's name and its kind; sorted by JobHistoryId"
    ) { call, estate throws(Refusal) in
        let fields = HistoryEntry.model.queryFields(call.view(.shown, estate))
        let filter = try call.filter(fields)
        let page = try call.page(of: estate.jobs.history, fields: fields, defaultSort: "JobHistoryId")
        let reply = call.list(page, HistoryEntry.model, .shown, estate)
        return .commit { estate in
            estate.noteRead(filter, now: call.now)
            return reply
        }
    }

    /// Assumed: in the order in which they were asked for.
    private static let scheduled = Operation(
        .get, "/OrchestratorJobs/ScheduledJobs", needs: .agentsRead, returns: Contents.array(Contents.of(Job.model, .shown)),
        query: Operation.Parameter.list(), counts: true,
        established: "members; AgentId and JobType as query fields (documented, client)",
        assumed: "the other query fields; `Requested` is a date; ClientMachine is the orchestrator's; a look at the jobs that it shows"
    ) { call, estate throws(Refusal) in
        .reply(call.list(try page(call, estate), Job.model, .shown, estate))
    }.showing { call, estate throws(Refusal) in try page(call, estate).rows.map(\.id) }

    private static func page(_ call: Call, _ estate: Estate) throws(Refusal) -> Page<Job> {
        try call.page(of: estate.jobs.scheduled, fields: Job.model.queryFields(call.view(.shown, estate)), defaultSort: nil)
    }

    /// Text of up to 2 MB that the job left behind, null if it left none.
    private static let data = Operation(
        .get, "/OrchestratorJobs/JobStatus/Data", needs: .agentsRead, returns: Contents.of(JobData.model, .shown),
        query: [.init(name: "jobHistoryId", schema: .integer, isRequired: true)],
        established: "`jobHistoryId` required, two members, up to 2 MB of text (documented)",
        assumed: "null where a job left nothing; the 404; a look at the job while the attempt is in process"
    ) { call, estate throws(Refusal) in
        guard let text = call.query.trimmed("jobhistoryid"), !text.isEmpty else {
            throw .badArgument("jobHistoryId: expected a JobHistoryId in the query, found nothing.", member: "jobHistoryId")
        }
        guard let id = Int(text) else {
            throw .badArgument("jobHistoryId: expected a whole number, found '\(text.prefix(60))'.", member: "jobHistoryId")
        }
        guard let entry = estate.jobs.history[id] else { throw .jobHistoryNotFound(id).forUnknownID(call.fidelity) }
        return .reply(call.object(JobData(entry: entry), JobData.model, .shown, estate))
    }.showing { call, estate in
        call.query.trimmed("jobhistoryid").flatMap { Int($0) }.flatMap { estate.job(underWayAs: $0) }.map { [$0] } ?? []
    }
}

/// What an attempt left behind.
private struct JobData: Modelled {
    let entry: HistoryEntry

    static let model = Model<JobData>([.shown: "JobStatusDataResponse"]) {
        Member("JobHistoryId", .number) { $0.entry.id }
        Member("Data", .text, nullable: { $0.entry.data })
    }
}

extension Estate {
    /// Refuses jobs for which there is no room.
    ///
    /// - Parameter count: how many are to be added.
    /// - Throws: the refusal of a world that is full.
    public func requireRoom(forJobs count: Int) throws(Refusal) {
        guard jobs.scheduled.count + count <= Self.jobLimit else { throw .worldIsFull("jobs", limit: Self.jobLimit) }
    }
}
