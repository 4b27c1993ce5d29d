import Base
import Entities
import Model
import Orchestrators
import ScenarioFormat
import Stores

/// When certificate stores are inventoried: by the rules that hold for requests, too.
extension EstateBuilder {
    /// What a store's schedule becomes: a container's reaches the stores put into it, and those with one of their own if it overwrites.
    ///
    /// - Parameters:
    ///   - store: the store.
    ///   - known: the store as it was; `nil` for a new one.
    ///   - asked: what the file says, if it says anything.
    ///   - isWhole: whether the file says all of the store.
    /// - Returns: `nil` to leave it as it is.
    func schedule(of store: CertificateStore, before known: CertificateStore?, asked: Schedule??, isWhole: Bool) -> Schedule?? {
        guard store.canBeScheduled else { return known?.schedule == nil ? nil : .some(nil) }
        if isWhole, let asked { return asked }
        let container = store.container.flatMap { estate.containers[$0] }
        if let container, container.overwritesSchedules, let schedule = container.schedule { return schedule }
        if let asked { return asked }
        let isNew = known.map { $0.container != store.container || !$0.canBeScheduled } ?? true
        if isNew, let schedule = container?.schedule { return container?.schedule(inPlaceOf: known?.schedule) ?? schedule }
        // Another agent takes the job over.
        return known.flatMap { $0.agent == store.agent || $0.schedule == nil ? nil : .some($0.schedule) }
    }

    /// Schedules a store's inventory once all stores and jobs are there.
    mutating func schedule(_ store: CertificateStore) {
        guard let (schedule, job) = schedules[store.id] else { return takeOnSchedule(store) }
        guard let job, let known = estate.jobs.scheduled[job] else {
            return estate.scheduleInventory(of: store.id, schedule, now: seeding.now)
        }
        estate.stores.change(store.id) { $0.setInventory(known.order.schedule, job: job) }
    }

    /// Lets a store follow its container, whose schedule has changed.
    private mutating func takeOnSchedule(_ store: CertificateStore) {
        guard store.canBeScheduled, let id = store.container, rescheduled.contains(id), let container = estate.containers[id] else {
            return
        }
        let wanted = container.schedule(inPlaceOf: store.schedule)
        if wanted != store.schedule { estate.scheduleInventory(of: store.id, wanted, now: seeding.now) }
    }

    /// Notes inventory jobs that are not those of their stores: nothing would ever take them off.
    mutating func checkInventories(_ node: YAMLNode?) {
        for job in estate.jobs.scheduled.all where job.order.kind == .inventory {
            let store = job.order.store.flatMap { estate.stores[$0] }
            guard store?.inventoryJob != job.id || store?.agent != job.order.agent else { continue }
            seeding.note(node?["jobs"], "the job '\(job.id.text)' is an inventory, and not that of its certificate store and agent")
        }
    }
}
