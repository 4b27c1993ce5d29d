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

extension Estate {
    /// The most jobs, and the most attempts at each, that a list of all has.
    private static let mostJobs = (jobs: 500, attempts: 50)

    /// Writes all jobs with what has happened to them, the newest first, as `GET /_mock/jobs?all=true` shows them.
    func writeJobs(to writer: inout JSONWriter) {
        let scheduled = jobs.scheduled
        var over: [GUID: Job] = [:]
        for entry in jobs.history.all where scheduled[entry.job.id] == nil { over[entry.job.id] = entry.job }
        let all = (scheduled.all + over.values).sorted { $0.number > $1.number }
        writer.array(all.prefix(Self.mostJobs.jobs)) { writer, job in
            writer.object { writer in
                writer.member("id", job.id)
                writer.member("jobType", job.order.type)
                writer.member("agent", agents[job.order.agent]?.machine)
                writer.member("target", job.order.target)
                writer.name("schedule")
                job.order.schedule.write(to: &writer)
                writer.member("requested", job.requested)
                writer.member("state", scheduled[job.id] == nil ? "over" : jobs.state(of: job.id))
                writer.member("nextDue", scheduled[job.id] == nil ? nil : jobs.nextDue(of: job.id))
                writer.member("runs", jobs.runs(of: job.id))
                writer.name("attempts")
                writer.array(jobs.history.entries(of: job.id).suffix(Self.mostJobs.attempts)) { $1.writeAttempt(to: &$0) }
            }
        }
    }
}

extension HistoryEntry {
    /// Writes one attempt at a job.
    fileprivate func writeAttempt(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("began", start)
            writer.member("ended", end)
            writer.member("status", status.name)
            writer.member("result", end == nil ? nil : result.name)
            writer.member("message", message)
        }
    }
}
