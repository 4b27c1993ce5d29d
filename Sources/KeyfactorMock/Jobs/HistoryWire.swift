extension HistoryEntry {
    /// Writes the entry as `GET /OrchestratorJobs/JobHistory` sends it (JobHistoryResponse).
    ///
    /// Result and Status were recorded as names on 10.x; SDKs of 25 read numbers. Immediate shows as null, as assumed from the
    /// documentation of ScheduleType.
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("JobHistoryId", id)
            writer.member("AgentMachine", agentMachine)
            writer.member("JobId", job.id)
            job.order.schedule.writeUnlessImmediate(to: &writer, on: start)
            writer.member("JobType", job.order.type)
            writer.member("OperationStart", start)
            writer.member("OperationEnd", end)
            writer.member("Message", message)
            writer.versioned("Result", result.rawValue, name: result.name)
            writer.versioned("Status", status.rawValue, name: status.name)
            writer.member("StorePath", job.order.target)
            writer.member("ClientMachine", clientMachine)
        }
    }
}

extension Job {
    /// Writes the job as `GET /OrchestratorJobs/ScheduledJobs` sends it. ClientMachine is the orchestrator's; Requested is plain text
    /// in the description, assumed to be a date.
    ///
    /// - Parameters:
    ///   - writer: what to write to.
    ///   - estate: where its agent's machine comes from.
    ///   - now: the day on which recurring schedules are shown.
    func writeScheduled(to writer: inout JSONWriter, _ estate: Estate, on now: Timestamp) {
        writer.object { writer in
            writer.member("Id", id)
            writer.member("ClientMachine", estate.agents[order.agent]?.machine)
            writer.member("Target", order.target)
            order.schedule.writeUnlessImmediate(to: &writer, on: now)
            writer.member("Requested", requested)
            writer.member("JobType", order.type)
        }
    }
}

extension Schedule {
    /// Writes the member `Schedule` as lists of jobs show it: null for immediate.
    fileprivate func writeUnlessImmediate(to writer: inout JSONWriter, on day: Timestamp) {
        guard self != .immediate else { return writer.null("Schedule") }
        writer.name("Schedule")
        shown(on: day).write(to: &writer)
    }
}
