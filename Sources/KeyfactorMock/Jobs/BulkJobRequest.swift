/// A request for one custom job on many orchestrators, read and checked.
struct BulkJobRequest {
    /// A job for each orchestrator that can run it, in the order named.
    let orders: [JobOrder]
    /// The orchestrators that cannot.
    let failed: [GUID]
    private let typeName: String
    private let schedule: Schedule
    private let fields: [Job.Field]

    /// Reads and checks a ScheduleBulkJobRequest.
    ///
    /// - Parameters:
    ///   - body: the request's body, an object.
    ///   - estate: its agents and job types.
    ///   - fidelity: the world's switches.
    /// - Throws: a refusal of what is wrong whichever the orchestrator.
    init(_ body: JSONValue, _ estate: Estate, _ fidelity: Fidelity) throws(Refusal) {
        let ids = try body.guids("OrchestratorIds", of: "orchestrator")
        let type = try CustomJobRequest.type(body["JobTypeName"], estate, fidelity)
        schedule = try CustomJobRequest.schedule(body["Schedule"], fidelity)
        fields = try CustomJobRequest.fields(body["JobFields"], of: type)
        typeName = type.name
        var (orders, failed): ([JobOrder], [GUID]) = ([], [])
        for id in ids {
            guard let agent = estate.agents[id], agent.status == .approved, agent.can(type.capability) else {
                failed.append(id)
                continue
            }
            orders.append(
                JobOrder(
                    agent: id, kind: type.kind, type: type.name, schedule: schedule, fields: fields,
                    customType: type.kind == .custom ? type.id : nil))
        }
        self.orders = orders
        self.failed = failed
    }

    /// Writes the answer (BulkJobResponse).
    ///
    /// - Parameters:
    ///   - jobs: the jobs scheduled.
    ///   - writer: what to write to.
    ///   - now: the RequestTimestamp.
    ///   - misspelled: whether to send the documentation's spelling too.
    func write(_ jobs: [Job], to writer: inout JSONWriter, now: Timestamp, misspelled: Bool) {
        writer.object { writer in
            writer.name("OrchestratorJobPairs")
            writer.array(jobs) { writer, job in
                writer.object { writer in
                    writer.member("JobId", job.id)
                    writer.member("OrchestratorId", job.order.agent)
                }
            }
            writer.name("FailedOrchestratorIds")
            writer.array(failed) { $0.value($1) }
            writer.member("JobTypeName", typeName)
            writer.name("Schedule")
            schedule.write(to: &writer)
            writer.name("JobFields")
            writer.array(fields) { $1.write(to: &$0) }
            writer.member("RequestTimestamp", now)
            if misspelled { writer.member("RequestTimestmap", now) }
        }
    }
}
