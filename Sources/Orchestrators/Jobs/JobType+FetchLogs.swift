import Base
import Entities

extension JobType {
    /// The built-in job that brings an agent's logs. It can be scheduled as a custom job, needs LOGS and has no fields; the name is assumed.
    static let fetchLogs = JobType(id: .empty, name: "FetchLogs", description: "Orchestrator Log Retrieval", fields: [])

    private var isFetchLogs: Bool { id == Self.fetchLogs.id }

    /// What an agent must be able to do: a custom type's own name, or LOGS.
    var capability: String { isFetchLogs ? "LOGS" : name }

    /// What kind of job such a job is.
    var kind: Job.Kind { isFetchLogs ? .fetchLogs : .custom }
}
