public import Base
public import Entities
import HashTreeCollections

extension Estate {
    // MARK: Scheduling

    /// Schedules a job. It falls due by its schedule.
    ///
    /// - Parameters:
    ///   - order: what is to be done.
    ///   - id: the JobId of a job that this one replaces or repeats; a new one if left out.
    ///   - now: the world's time.
    /// - Returns: the job.
    @discardableResult
    public mutating func schedule(_ order: JobOrder, id: GUID? = nil, now: Timestamp) -> Job {
        let job = Job(id: id ?? identifiers.next(.job), number: jobs.count, order: order, requested: now)
        jobs.count += 1
        jobs.scheduled.put(job, at: job.id)
        if let store = order.store, order.kind != .inventory { jobs.onStores[store, default: []].append(job.id) }
        enqueue(job, at: order.schedule.firstDue(from: now))
        return job
    }

    /// Takes a job off: it neither falls due nor continues. What it has done stays in the history.
    public mutating func unschedule(_ id: GUID) {
        guard let job = jobs.scheduled[id] else { return }
        jobs.scheduled.remove(id)
        jobs.due[id] = nil
        jobs.runs[id] = nil
        jobs.finishedRuns[id] = nil
        if let store = job.order.store, let others = jobs.onStores[store]?.filter({ $0 != id }) {
            jobs.onStores[store] = others.isEmpty ? nil : others
        }
        stopWaiting(job)
    }

    /// Sets or clears a store's inventory schedule, whoever asks for it: the job and the store's two members are one thing.
    ///
    /// A recurring job keeps its JobId over all runs and (assumed) over a change from one recurring schedule to another;
    /// a one-time job gets a new one, and so does a schedule that was off. A store that cannot be scheduled has no schedule.
    ///
    /// - Parameters:
    ///   - id: the store; nothing happens if there is none.
    ///   - schedule: `nil` turns the inventory off.
    ///   - now: the world's time.
    public mutating func scheduleInventory(of id: GUID, _ schedule: Schedule?, now: Timestamp) {
        guard let store = stores[id] else { return }
        let schedule = store.canBeScheduled ? schedule : nil
        var job: GUID?
        if schedule != nil {
            let keeps = (store.schedule?.recurs ?? false) && schedule?.recurs == true
            job = (keeps ? store.inventoryJob : nil) ?? identifiers.next(.job)
        }
        if let old = store.inventoryJob, old != job || jobs.scheduled[old]?.order.agent != store.agent { unschedule(old) }
        stores.change(id) { $0.setInventory(schedule, job: job) }
        guard let schedule, let job, let agent = store.agent else { return }
        let order = JobOrder(
            agent: agent, kind: .inventory, type: jobTypeName(.inventory, storeType: store.type), schedule: schedule, store: id,
            target: store.path)
        self.schedule(order, id: job, now: now)
    }

    /// The name of a job on a store: the store type's capability and the kind, as `PEMInventory`.
    public func jobTypeName(_ kind: Job.Kind, storeType: Int) -> String {
        (storeTypes[storeType]?.capability ?? "") + kind.rawValue
    }

    // MARK: Time

    /// Applies everything that has fallen due, in order.
    ///
    /// - Parameter now: the world's time.
    /// - Returns: how many runs began.
    @discardableResult
    public mutating func advance(to now: Timestamp) -> Int {
        var began = 0
        while let (moment, happening) = jobs.timeline.next(until: now) {
            guard jobs.stillCounts(happening, at: moment) else { continue }
            switch happening {
            case .due(let id): if let job = jobs.scheduled[id] { began += fallsDue(job, at: moment, until: now) }
            case .stepEnds(let id): moveOn(id, at: moment)
            }
        }
        return began
    }

    private mutating func fallsDue(_ job: Job, at moment: Timestamp, until now: Timestamp) -> Int {
        let agent = agents[job.order.agent].flatMap { $0.status == .approved && $0.polls ? $0 : nil }
        // What the history could not keep need not be played: years of minutes pass in bounded time.
        let playable = max(2, History.limit / max(1, jobs.scheduled.count))
        if let leap = job.order.schedule.leap(from: moment, until: now, leaving: playable) {
            // It falls due again later, in its turn: other jobs' runs may come before.
            enqueue(job, at: leap.due)
            guard let agent else { return 0 }
            let steps = jobs.runs[job.id]?.steps ?? jobs.progress.steps(of: job, on: agent.machine, run: jobs.runs(of: job.id))
            if steps.contains(where: { $0.length == .untilMoved }) { return 0 }
            jobs.finishedRuns[job.id, default: 0] += leap.passed
            jobs.history.evicted += leap.passed
            return leap.passed
        }
        if let next = job.order.schedule.next(after: moment) { enqueue(job, at: next) }
        if jobs.runs[job.id]?.readsLeft != nil { finish(job.id, at: moment) }
        guard jobs.runs[job.id] == nil else { return 0 }
        guard let agent else {
            jobs.waiting[job.order.agent, default: []].insert(job.id)
            return 0
        }
        begin(job, on: agent, at: moment)
        return 1
    }

    /// Lets an agent that has begun to ask for work pick up what waits for it, in the order in which it was asked for.
    ///
    /// - Parameters:
    ///   - id: the agent.
    ///   - now: the world's time.
    public mutating func pickUp(by id: GUID, now: Timestamp) {
        guard let agent = agents[id], agent.status == .approved, agent.polls, let waiting = jobs.waiting[id] else { return }
        jobs.waiting[id] = nil
        let due = waiting.compactMap { jobs.scheduled[$0] }.sorted { $0.number < $1.number }
        for job in due { begin(job, on: agent, at: now) }
    }

    private mutating func begin(_ job: Job, on agent: Agent, at moment: Timestamp) {
        let steps = jobs.progress.steps(of: job, on: agent.machine, run: jobs.finishedRuns[job.id] ?? 0)
        jobs.runs[job.id] = Run(steps: steps)
        enter(job, at: moment)
    }

    // MARK: Steps

    /// Moves a job one step on: from being scheduled or waiting into its run, or from one step of it to the next.
    ///
    /// - Parameters:
    ///   - id: the job; nothing happens if there is none.
    ///   - moment: when.
    public mutating func moveOn(_ id: GUID, at moment: Timestamp) {
        guard let job = jobs.scheduled[id] else { return }
        if jobs.runs[id] == nil {
            guard let agent = agents[job.order.agent] else { return }
            stopWaiting(job)
            return begin(job, on: agent, at: moment)
        }
        jobs.runs[id]?.step += 1
        enter(job, at: moment)
    }

    /// Moves a run through all its steps.
    private mutating func finish(_ id: GUID, at moment: Timestamp) {
        while jobs.runs[id] != nil { moveOn(id, at: moment) }
    }

    /// Does what the step that a run has come to asks for.
    private mutating func enter(_ job: Job, at moment: Timestamp) {
        guard var run = jobs.runs[job.id] else { return }
        let step = run.steps[run.step]
        if step.state != .absent, run.entry == nil { run.entry = beginEntry(job, at: moment) }
        switch step.state {
        case .absent, .inProcess: break
        case .completedWillRetry:
            end(run.entry, step, .completedWillRetry, step.result ?? .failure, at: moment)
            run.entry = nil
        case .completed:
            let step = carryOut(job, step, at: moment)
            end(run.entry, step, .completed, step.result ?? .success, at: moment)
            if let entry = run.entry, job.order.kind == .fetchLogs { jobs.history.change(entry) { $0.bringLogs() } }
            return close(job, at: moment)
        }
        run.readsLeft = nil
        run.looks = 0
        run.ends = nil
        switch step.length {
        case .reads(let count): run.readsLeft = count
        case .duration(let duration):
            let ends = moment + duration
            run.ends = ends
            jobs.timeline.add(.stepEnds(job.id), at: ends)
        case .untilMoved: break
        }
        jobs.runs[job.id] = run
    }

    private mutating func beginEntry(_ job: Job, at moment: Timestamp) -> Int {
        let machines = machines(of: job)
        return jobs.history.begin(job, agentMachine: machines.agent, clientMachine: machines.client, start: moment)
    }

    /// The agent's machine and the machine that a job works on.
    func machines(of job: Job) -> (agent: String, client: String) {
        let agent = agents[job.order.agent]?.machine ?? ""
        return (agent, job.order.store.flatMap { stores[$0]?.machine } ?? agent)
    }

    private mutating func end(
        _ entry: Int?, _ step: Progress.Step, _ status: HistoryEntry.Status, _ result: HistoryEntry.Result, at moment: Timestamp
    ) {
        guard let entry else { return }
        jobs.history.change(entry) { entry in
            entry.end = moment
            entry.status = status
            entry.result = result
            entry.message = step.message
            entry.data = step.data
        }
    }

    /// A run is over: a recurring job stays scheduled, a one-time job leaves, and its store's schedule with it.
    private mutating func close(_ job: Job, at moment: Timestamp) {
        let isRepeated = jobs.runs[job.id]?.isRepeated ?? false
        jobs.runs[job.id] = nil
        guard !isRepeated, !job.order.schedule.recurs else {
            jobs.finishedRuns[job.id, default: 0] += 1
            if isRepeated { enqueue(job, at: moment) }
            return
        }
        unschedule(job.id)
        if job.order.kind == .inventory, let store = job.order.store, stores[store]?.inventoryJob == job.id {
            stores.change(store) { $0.setInventory(nil, job: nil) }
        }
    }

    private mutating func enqueue(_ job: Job, at moment: Timestamp) {
        if job.order.schedule.recurs { jobs.due[job.id] = moment }
        jobs.timeline.add(.due(job.id), at: moment)
        // Schedules that are set again and again leave times behind. A job counts once, and its run once more.
        guard jobs.timeline.isOvergrown(with: jobs.scheduled.count + jobs.runs.count) else { return }
        let jobs = jobs
        self.jobs.timeline.keep { jobs.stillCounts($0, at: $1) }
    }

    private mutating func stopWaiting(_ job: Job) {
        guard jobs.waiting[job.order.agent] != nil else { return }
        jobs.waiting[job.order.agent]?.remove(job.id)
        if jobs.waiting[job.order.agent]?.isEmpty == true { jobs.waiting[job.order.agent] = nil }
    }
}
