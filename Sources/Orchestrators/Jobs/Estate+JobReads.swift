public import Base
public import Entities
import HashTreeCollections
public import Model

extension Operation {
    /// The same operation, which is also a read of jobs: some clients look nowhere else.
    ///
    /// - Parameter jobs: the jobs that a call reads; asked only while there are runs at all.
    /// - Returns: an operation that moves on those of them whose step is over then, once it has answered.
    public func reading(_ jobs: @escaping @Sendable (Call, Estate) throws(Refusal) -> [GUID]) -> Operation {
        noting(jobs) { $0.countRead(of: $1, now: $2) }
    }

    /// The same operation, which shows jobs or what they work on. Clients ask for it for other reasons too, so that one look moves nothing;
    /// who looks again and again waits for something, and some looks count as a read. See `reading(_:)`.
    public func showing(_ jobs: @escaping @Sendable (Call, Estate) throws(Refusal) -> [GUID]) -> Operation {
        noting(jobs) { $0.countLook(at: $1, now: $2) }
    }

    private func noting(
        _ jobs: @escaping @Sendable (Call, Estate) throws(Refusal) -> [GUID],
        _ note: @escaping @Sendable (inout Estate, GUID, Timestamp) -> Void
    ) -> Operation {
        Operation(self) { [work] call, estate throws(Refusal) in
            let outcome = try work(call, estate)
            guard case .reply(let reply) = outcome, !estate.jobs.runs.isEmpty else { return outcome }
            let shown = try jobs(call, estate).filter { estate.jobs.runs[$0]?.readsLeft != nil }
            guard !shown.isEmpty else { return outcome }
            return .commit { estate in
                for job in shown { note(&estate, job, call.now) }
                return reply
            }
        }
    }
}

extension Estate {
    /// The job whose present attempt has this JobHistoryId; `nil` for an attempt that is over.
    func job(underWayAs entry: Int) -> GUID? {
        jobs.history[entry].map(\.job.id).flatMap { jobs.runs[$0]?.entry == entry ? $0 : nil }
    }

    /// All jobs on a store, its inventory job last.
    public func jobs(on store: CertificateStore) -> [GUID] { (jobs.onStores[store.id] ?? []) + (store.inventoryJob.map { [$0] } ?? []) }

    /// The jobs on stores that change what these hold, in the order of their coming. To find them costs as much as there are such jobs.
    ///
    /// - Parameter isMeant: whether one is meant.
    /// - Returns: their ids.
    public func jobsOnStores(where isMeant: (Job) -> Bool) -> [GUID] {
        let found = jobs.onStores.values.joined().compactMap { jobs.scheduled[$0].flatMap { isMeant($0) ? $0 : nil } }
        return found.sorted { $0.number < $1.number }.map(\.id)
    }

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

    fileprivate mutating func countLook(at job: GUID, now: Timestamp) {
        guard var run = jobs.runs[job] else { return }
        run.looks = (run.looks + 1) % Run.looksPerRead
        jobs.runs[job] = run
        if run.looks == 0 { countRead(of: job, now: now) }
    }

    fileprivate mutating func countRead(of job: GUID, now: Timestamp) {
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
