import Base
public import Entities

extension JobType {
    /// The built-in job that brings an agent's logs. It can be scheduled as a custom job, needs LOGS and has no fields; the name is assumed.
    static let fetchLogs = JobType(id: .empty, name: "FetchLogs", description: "Orchestrator Log Retrieval", fields: [])

    /// Whether a name is that of the built-in job type, which a custom one would hide.
    public static func isBuiltIn(_ name: String) -> Bool { ["fetchlogs", "fetch logs"].contains(name.lowercased()) }

    private var isFetchLogs: Bool { id == Self.fetchLogs.id }

    /// What an agent must be able to do: a custom type's own name, or LOGS.
    var capability: String { isFetchLogs ? "LOGS" : name }

    /// What kind of job such a job is.
    var kind: Job.Kind { isFetchLogs ? .fetchLogs : .custom }
}
