import Base
public import Entities

extension JobType {
    /// The built-in job that brings an agent's logs. It can be scheduled as a custom job, needs LOGS and has no fields; the name is assumed.
    static let fetchLogs = JobType(id: .empty, name: "FetchLogs", description: "Orchestrator Log Retrieval", fields: [])

    /// Whether a name is that of the built-in job type, which a custom one would hide.
    public static func isBuiltIn(_ name: String) -> Bool { ["fetchlogs", "fetch logs"].contains(name.lowercased()) }

    /// The kinds of jobs on stores, whose job types are named after the store type's capability and the kind.
    fileprivate static let storeKinds: [Job.Kind] = [.inventory, .management, .discovery, .reenrollment]

    private var isFetchLogs: Bool { id == Self.fetchLogs.id }

    /// What an agent must be able to do: a custom type's own name, or LOGS.
    var capability: String { isFetchLogs ? "LOGS" : name }

    /// What kind of job such a job is.
    var kind: Job.Kind { isFetchLogs ? .fetchLogs : .custom }
}

extension Estate {
    /// Whether jobs have this name without a custom job type, such as FetchLogs and PEMInventory.
    public func isBuiltInJobType(_ name: String) -> Bool {
        if JobType.isBuiltIn(name) { return true }
        let name = name.lowercased()
        guard let kind = JobType.storeKinds.map({ $0.rawValue.lowercased() }).first(where: { name.hasSuffix($0) }) else { return false }
        let capability = name.dropLast(kind.count)
        return storeTypes.all.contains { $0.capability.lowercased() == capability }
    }

    /// The custom job type whose name jobs on stores of a type with this capability would have.
    public func customJobType(inTheWayOf capability: String) -> JobType? {
        JobType.storeKinds.lazy.compactMap { jobType(named: capability + $0.rawValue) }.first
    }
}
