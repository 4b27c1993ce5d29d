import Base
import Entities
import HashTreeCollections

extension Estate {
    /// Approves agents; one that asks for work picks up what has waited for it.
    ///
    /// - Parameters:
    ///   - ids: the agents.
    ///   - now: the world's time.
    mutating func approve(_ ids: [GUID], now: Timestamp) {
        for id in ids {
            agents.change(id) { $0.status = .approved }
            pickUp(by: id, now: now)
        }
    }

    /// Disapproves agents. A running job continues; what falls due from now on waits.
    mutating func disapprove(_ ids: [GUID]) {
        for id in ids { agents.change(id) { $0.status = .disapproved } }
    }

    /// Makes agents new again: their stores and jobs are gone, what they have done stays in the history.
    mutating func reset(_ ids: [GUID]) {
        dropDependents(of: Set(ids))
        for id in ids { agents.change(id) { $0.status = .new } }
    }

    /// Deletes an agent with its stores and jobs. What it has done stays in the history.
    mutating func deleteAgent(_ id: GUID) {
        dropDependents(of: [id])
        agents.remove(id)
    }

    /// What depends on agents: the stores that they serve, and the jobs that are scheduled on them or on those stores.
    ///
    /// This looks at every store and job: agents go seldom.
    func dependents(of ids: Set<GUID>) -> (stores: [GUID], jobs: [GUID]) {
        let stores = Set(self.stores.all.filter { $0.agent.map { ids.contains($0) } ?? false }.map(\.id))
        let jobs = self.jobs.scheduled.all.filter { job in
            ids.contains(job.order.agent) || job.order.store.map { stores.contains($0) } ?? false
        }
        return (Array(stores), jobs.map(\.id))
    }

    private mutating func dropDependents(of ids: Set<GUID>) {
        let (stores, jobs) = dependents(of: ids)
        // First what waits, all at once.
        for id in ids { self.jobs.waiting[id] = nil }
        for job in jobs { unschedule(job) }
        for store in stores { self.stores.remove(store) }
    }
}
