import Base
import Entities
import Model

extension CertificateStore.Draft {
    /// The schedule as a change: `{}` and Off turn it off like null.
    var scheduleChange: Patch<Schedule> {
        switch schedule {
        case .absent: .absent
        case .null, .value(.off), .value(.missing): .null
        case .value(.set(let schedule)): .value(schedule)
        }
    }

    /// The same, with what an update leaves out cleared. Documented: populated fields that are not sent are cleared.
    var clearingWhatIsLeftOut: Self {
        var draft = self
        if case .absent = container { draft.container = .null }
        if case .absent = agent { draft.agent = .null }
        if case .absent = schedule { draft.schedule = .null }
        draft.createsIfMissing = createsIfMissing ?? false
        draft.properties = properties ?? StoreProperties()
        return draft
    }

    /// Puts what is said into a store, but for the schedule.
    ///
    /// - Parameters:
    ///   - store: the store.
    ///   - secrets: the names of what its type declares to be secret.
    ///   - identifiers: where identifiers of new secrets come from.
    func apply(to store: inout CertificateStore, secrets: [String], _ identifiers: inout Identifiers) {
        store.container = container.applied(to: store.container)
        store.agent = agent.applied(to: store.agent)
        store.createsIfMissing = createsIfMissing ?? store.createsIfMissing
        store.properties = properties?.kept(over: store.properties, secrets: secrets, &identifiers) ?? store.properties
        store.hasPassword = password.over(store.hasPassword)
    }

    /// Refuses a container or an agent that does not exist.
    ///
    /// - Parameters:
    ///   - path: how to name members in refusals.
    ///   - call: the call.
    ///   - estate: its containers and agents.
    /// - Throws: the refusal.
    func requireKnown(at path: String = "", _ call: Call, _ estate: Estate) throws(Refusal) {
        if let id = container.value, estate.containers[id] == nil { throw .containerNotFound(id).forUnknownID(call.fidelity) }
        if let id = agent.value, estate.agents[id] == nil { throw .agentNotFound(id).forUnknownID(call.fidelity) }
    }

    /// Refuses a container that is limited to stores of another type, and a new schedule without an agent.
    ///
    /// - Parameters:
    ///   - store: the store as it is before; for a new one without a schedule.
    ///   - path: how to name members in refusals.
    ///   - call: the call.
    ///   - estate: its containers.
    /// - Throws: a refusal that names the member.
    func check(_ store: CertificateStore, at path: String = "", _ call: Call, _ estate: Estate) throws(Refusal) {
        if let container = container.value.flatMap({ estate.containers[$0] }), let type = container.storeType, type != store.type {
            throw .badArgument(
                "\(path)ContainerId: the container '\(container.name)' takes stores of type \(type), found a store of type \(store.type).")
        }
        guard let schedule = schedule.value?.schedule, schedule.shown(on: call.now) != store.schedule?.shown(on: call.now) else { return }
        guard store.isApproved else {
            throw .badArgument("\(path)InventorySchedule: the store must be approved before it can be scheduled.")
        }
        guard agent.applied(to: store.agent) != nil else {
            throw .badArgument("\(path)InventorySchedule: the store has no agent assigned.")
        }
    }

    /// Refuses what an approval cannot say of a store. See `check(_:at:_:_:)`.
    func checkApproval(of store: CertificateStore, at path: String, _ call: Call, _ estate: Estate) throws(Refusal) {
        if let type, type != store.type {
            throw .badArgument("\(path)CertStoreType: expected \(store.type), the store's type, found \(type).")
        }
        try call.require(.storesModify, container: container.applied(to: store.container))
        var approved = store
        approved.isApproved = true
        try check(approved, at: path, call, estate)
    }
}
