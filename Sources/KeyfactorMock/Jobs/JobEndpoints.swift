import MicroHTTP

/// What can be asked about jobs.
enum JobEndpoints {
    static let all: [Endpoint] = [
        Endpoint(.post, "/OrchestratorJobs/Custom", needs: .agentsModify, takesBody: true, scheduleCustom)
    ]

    /// `POST /OrchestratorJobs/Custom`: every call makes a job of its own, also one that repeats another.
    static func scheduleCustom(_ call: Call, _ estate: Estate) throws(Refusal) -> Outcome {
        let asked = try CustomJobRequest(try call.object(knowing: CustomJobRequest.members), estate, call.fidelity)
        guard estate.jobs.count < Estate.jobLimit else { throw .worldIsFull("jobs", limit: Estate.jobLimit) }
        let (now, style, misspelled) = (call.now, call.style, call.fidelity.timestampTypo)
        return .commit { estate in
            let job = Job(
                id: estate.identifiers.next(.job), agent: asked.agent, type: asked.typeName, schedule: asked.schedule,
                fields: asked.fields, requested: now)
            estate.jobs.put(job, at: job.id)
            var writer = JSONWriter(style: style)
            job.write(to: &writer, misspelled: misspelled)
            return Reply(200, writer.bytes)
        }
    }
}
