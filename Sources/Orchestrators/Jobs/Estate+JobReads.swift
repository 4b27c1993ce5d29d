public import Base
public import Entities
import HashTreeCollections
import Model

extension Estate {
    /// Counts a history request as a read of every job whose entry it selects, or would select, and moves on those whose step is over.
    ///
    /// - Parameters:
    ///   - filter: the request's filter; `nil` selects all.
    ///   - now: the world's time.
    mutating func noteRead(_ filter: Query<HistoryEntry>?, now: Timestamp) {
        let reading: [Job]
        if case .guid(let id)? = filter?.key?.value {
            // Only entries of one job can pass: a client that waits for its job does not pay for all the others.
            reading = jobs.scheduled[id].map { [$0] } ?? []
        } else {
            let all = jobs.runs.filter { $0.value.readsLeft != nil }.keys.compactMap { jobs.scheduled[$0] }
            reading = all.sorted { $0.number < $1.number }
        }
        for job in reading {
            guard let run = jobs.runs[job.id], filter?.matches(entry(of: job, run, now: now)) ?? true else { continue }
            countRead(of: job.id, now: now)
        }
    }

    /// Counts a request for a store's inventory as a read of every job on the store: some clients look nowhere else.
    ///
    /// - Parameters:
    ///   - store: the store.
    ///   - now: the world's time.
    public mutating func noteInventoryRead(of store: CertificateStore, now: Timestamp) {
        for job in (jobs.onStores[store.id] ?? []) + (store.inventoryJob.map { [$0] } ?? []) { countRead(of: job, now: now) }
    }

    private mutating func countRead(of job: GUID, now: Timestamp) {
        guard let left = jobs.runs[job]?.readsLeft else { return }
        if left > 1 { jobs.runs[job]?.readsLeft = left - 1 } else { moveOn(job, at: now) }
    }

    /// The entry of a job's present attempt, or of the one that ended last before a retry, or, while it is absent, as it would be.
    private func entry(of job: Job, _ run: Run, now: Timestamp) -> HistoryEntry {
        let isAbsent = run.steps[run.step].state == .absent
        if let entry = run.entry.flatMap({ jobs.history[$0] }) ?? (isAbsent ? nil : jobs.history.entries(of: job.id).last) { return entry }
        let machines = machines(of: job)
        return jobs.history.preview(job, agentMachine: machines.agent, clientMachine: machines.client, start: now)
    }

    /// Lets a job run once more: now, or when the present run is over.
    ///
    /// - Parameters:
    ///   - job: a job that has run.
    ///   - now: the world's time.
    mutating func runAgain(_ job: Job, now: Timestamp) {
        if jobs.runs[job.id] != nil {
            jobs.runs[job.id]?.isRepeated = true
        } else if jobs.scheduled[job.id] != nil {
            jobs.due[job.id] = now
            jobs.timeline.add(.due(job.id), at: now)
        } else {
            var order = job.order
            order.schedule = .immediate
            jobs.finishedRuns[job.id] = jobs.history.entries(of: job.id).filter { $0.status != .completedWillRetry }.count
            schedule(order, id: job.id, now: now)
        }
    }
}
