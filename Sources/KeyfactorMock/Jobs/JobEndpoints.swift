import MicroHTTP

/// What can be asked about jobs, and scheduled.
enum JobEndpoints {
    static let all: [Endpoint] =
        [
            Endpoint(.post, "/OrchestratorJobs/Custom", needs: .agentsModify, takesBody: true, seesTime: false, scheduleCustom),
            Endpoint(.post, "/OrchestratorJobs/Custom/Bulk", needs: .agentsModify, takesBody: true, scheduleBulk),
            Endpoint(.get, "/OrchestratorJobs/JobHistory", needs: .agentsRead, history),
            Endpoint(.get, "/OrchestratorJobs/ScheduledJobs", needs: .agentsRead, scheduledJobs),
            Endpoint(.get, "/OrchestratorJobs/JobStatus/Data", needs: .agentsRead, data),
        ] + JobActions.all

    /// `POST /OrchestratorJobs/Custom`: every call makes a job of its own, also one that repeats another.
    static func scheduleCustom(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let order = try CustomJobRequest.read(try call.object(knowing: CustomJobRequest.members), estate, call.fidelity)
        try requireRoom(for: 1, estate)
        let (now, style, misspelled) = (call.now, call.style, call.fidelity.timestampTypo)
        return .commit { estate in
            let job = estate.schedule(order, now: now)
            var writer = JSONWriter(style: style)
            job.write(to: &writer, misspelled: misspelled)
            return Reply(200, writer.bytes)
        }
    }

    /// `POST /OrchestratorJobs/Custom/Bulk`: an orchestrator that cannot run the job is named, and does not fail the request.
    static func scheduleBulk(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let body = try call.object(knowing: ["OrchestratorIds", "JobTypeName", "Schedule", "JobFields"])
        let bulk = try BulkJobRequest(body, estate, call.fidelity)
        try requireRoom(for: bulk.orders.count, estate)
        let (now, style, misspelled) = (call.now, call.style, call.fidelity.timestampTypo)
        return .commit { estate in
            let jobs = bulk.orders.map { estate.schedule($0, now: now) }
            var writer = JSONWriter(style: style)
            bulk.write(jobs, to: &writer, now: now, misspelled: misspelled)
            return Reply(200, writer.bytes)
        }
    }

    /// `GET /OrchestratorJobs/JobHistory`. Default sort is assumed: JobHistoryId. Reading moves on jobs whose steps count reads.
    static func history(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let fields = HistoryFields.all(estate)
        let filter = try call.filter(fields)
        let page = try call.page(of: estate.jobs.history, fields: fields, defaultSort: "JobHistoryId")
        let reply = call.list(page) { $1.write(to: &$0) }
        let now = call.now
        return .commit { estate in
            estate.noteRead(filter, now: now)
            return reply
        }
    }

    /// `GET /OrchestratorJobs/ScheduledJobs`. Default sort is assumed: the order in which they were asked for.
    static func scheduledJobs(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let page = try call.page(of: estate.jobs.scheduled, fields: ScheduledJobFields.all(estate), defaultSort: nil)
        return .reply(call.list(page) { $1.writeScheduled(to: &$0, estate, on: call.now) })
    }

    /// `GET /OrchestratorJobs/JobStatus/Data?jobHistoryId=N`: text of up to 2 MB that the job left behind, null if it left none.
    static func data(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        guard let text = call.query["jobhistoryid"], !text.isEmpty else {
            throw .badArgument("jobHistoryId: expected a JobHistoryId in the query, found nothing.", member: "jobHistoryId")
        }
        guard let id = Int(text) else {
            throw .badArgument("jobHistoryId: expected a whole number, found '\(text.prefix(60))'.", member: "jobHistoryId")
        }
        guard let entry = estate.jobs.history[id] else { throw .jobHistoryNotFound(id).forUnknownID(call.fidelity) }
        return .reply(
            call.object { writer in
                writer.object { writer in
                    writer.member("JobHistoryId", id)
                    writer.member("Data", entry.data)
                }
            })
    }

    /// Refuses jobs for which there is no room.
    ///
    /// - Parameters:
    ///   - count: how many are to be added.
    ///   - estate: where.
    /// - Throws: the refusal of a world that is full.
    static func requireRoom(for count: Int, _ estate: Estate) throws(Refusal) {
        guard estate.jobs.scheduled.count + count <= Estate.jobLimit else { throw .worldIsFull("jobs", limit: Estate.jobLimit) }
    }
}
