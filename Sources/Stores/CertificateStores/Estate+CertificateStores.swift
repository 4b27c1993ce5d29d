import Base
import Entities
import HashTreeCollections
import Model
import Orchestrators

extension Estate {
    /// The store that has this machine, path and type, of which there is only one. Machines are compared without case.
    func store(machine: String, path: String, type: Int) -> CertificateStore? {
        stores.stretch(
            from: { store in
                switch CaselessText.order(store.machine, machine) {
                case .less: false
                case .greater: true
                case .equal: store.path >= path
                }
            },
            while: { CaselessText.order($0.machine, machine) == .equal && $0.path == path }
        ).first { $0.type == type }
    }

    /// Puts a new store in. In a container it takes on the container's schedule, unless it has its own and may keep it.
    ///
    /// Assumed: a store that could not be scheduled itself, unapproved or without an agent, takes on nothing until it can be.
    ///
    /// - Parameters:
    ///   - store: the store, without a schedule.
    ///   - schedule: the inventory schedule asked for.
    ///   - now: the world's time.
    mutating func add(_ store: CertificateStore, schedule: Schedule?, now: Timestamp) {
        stores.put(store, at: store.id)
        var schedule = schedule
        if store.canBeScheduled, let container = store.container.flatMap({ containers[$0] }) {
            schedule = container.schedule(inPlaceOf: schedule)
        }
        if schedule != nil { scheduleInventory(of: store.id, schedule, now: now) }
    }

    /// Changes a store, and lets its inventory job follow: to another agent, and to the schedule asked for.
    ///
    /// A store that comes into a container, or can be scheduled for the first time in one, takes on the container's schedule as a new one does.
    /// A schedule that says the same leaves the job alone, so that an object that is sent back as it came restarts nothing. One that can no longer be scheduled has no schedule.
    ///
    /// - Parameters:
    ///   - id: the store; nothing happens if there is none.
    ///   - schedule: the inventory schedule asked for.
    ///   - now: the world's time.
    ///   - change: changes the store, not what its place in the list depends on.
    mutating func changeStore(
        _ id: GUID, schedule: Patch<Schedule> = .absent, now: Timestamp, _ change: (inout CertificateStore, inout Identifiers) -> Void
    ) {
        guard let old = stores[id] else { return }
        var new = old
        change(&new, &identifiers)
        stores.put(new, at: id)
        var wanted = schedule.applied(to: old.schedule)
        let isNew = new.container != old.container || !old.canBeScheduled
        if isNew, new.canBeScheduled, let container = new.container.flatMap({ containers[$0] }) {
            wanted = container.schedule(inPlaceOf: wanted)
        }
        if !new.canBeScheduled { wanted = nil }
        let moves = new.agent != old.agent
        guard moves || wanted?.shown(on: now) != old.schedule?.shown(on: now) else { return }
        scheduleInventory(of: id, wanted, now: now)
    }

    /// Takes a store out, and its jobs with it. What they have done stays in the history. Nothing happens if there is none.
    mutating func removeStore(_ id: GUID) {
        guard let store = stores[id] else { return }
        for job in jobs.onStores[id] ?? [] { unschedule(job) }
        if let job = store.inventoryJob { unschedule(job) }
        stores.remove(id)
    }
}
