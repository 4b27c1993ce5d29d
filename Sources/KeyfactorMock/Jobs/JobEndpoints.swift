import MicroHTTP

/// What can be asked about jobs.
enum JobEndpoints {
    static let all: [Endpoint] = [
        Endpoint(.post, "/OrchestratorJobs/Custom", needs: .agentsModify, takesBody: true, scheduleCustom)
    ]

    /// `POST /OrchestratorJobs/Custom`: every call makes a job of its own, also one that repeats another.
    static func scheduleCustom(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let order = try CustomJobRequest.read(try call.object(knowing: CustomJobRequest.members), estate, call.fidelity)
        guard estate.jobs.scheduled.count < Estate.jobLimit else { throw .worldIsFull("jobs", limit: Estate.jobLimit) }
        let (now, style, misspelled) = (call.now, call.style, call.fidelity.timestampTypo)
        return .commit { estate in
            let job = estate.schedule(order, now: now)
            var writer = JSONWriter(style: style)
            job.write(to: &writer, misspelled: misspelled)
            return Reply(200, writer.bytes)
        }
    }
}
