import Base
import Entities
import Model

extension Job {
    /// Writes the job as `GET /_mock/jobs` shows it.
    ///
    /// - Parameters:
    ///   - writer: what to write to.
    ///   - estate: where its agent and its state come from.
    func writeControl(to writer: inout JSONWriter, _ estate: Estate) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("jobType", order.type)
            writer.member("agent", estate.agents[order.agent]?.machine)
            writer.name("schedule")
            order.schedule.write(to: &writer)
            writer.member("state", estate.jobs.state(of: id))
            writer.member("runs", estate.jobs.runs(of: id))
        }
    }
}

extension HistoryEntry {
    /// Writes the last attempt at a job that is over, as `GET /_mock/jobs/over` shows it.
    func writeControl(to writer: inout JSONWriter, _ estate: Estate) {
        writer.object { writer in
            writer.member("id", job.id)
            writer.member("jobType", job.order.type)
            writer.member("agent", agentMachine)
            writer.name("schedule")
            job.order.schedule.write(to: &writer)
            writer.member("state", end == nil ? "unscheduled" : "over")
            writer.member("attempts", estate.jobs.history.entries(of: job.id).count)
            writer.member("result", result.name)
            writer.member("message", message)
            writer.member("ended", end)
        }
    }
}
