import Base
import Entities
import HashTreeCollections
import Model
import Orchestrators
import ScenarioFormat

/// What scenario files say of jobs and their history.
extension EstateBuilder {
    mutating func addJob(_ node: YAMLNode) {
        var seed = JobSeed()
        JobSeed.model.seed(node, into: &seed, &seeding)
        guard seed.order.agent != .empty else { return }
        if let id = seed.id {
            if seed.isScheduled {
                if let lost = lost(by: seed.order) { return seeding.note(node, lost) }
                estate.unschedule(id)
            }
            return estate.jobs.restore(seed, id: id, requested: seed.requested ?? seeding.now)
        }
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("AgentId", seed.order.agent)
            writer.member("JobTypeName", node["jobType"]?.text)
            for (name, key) in [("Schedule", "schedule"), ("JobFields", "fields")] {
                guard let part = node[key] else { continue }
                writer.name(name)
                part.write(to: &writer)
            }
        }
        guard let body = try? JSONDocument(writer.bytes, values: .max) else { return }
        do throws(Refusal) {
            let order = try CustomJobRequest(body.root, seeding.fidelity).order(estate, seeding.fidelity)
            estate.schedule(order, now: seeding.now)
        } catch {
            seeding.note(node, error.message)
        }
    }

    /// What a scheduled job needs and the estate does not have.
    private func lost(by order: JobOrder) -> String? {
        if estate.agents[order.agent] == nil { return "there is no agent of the id '\(order.agent.text)', and the job is scheduled" }
        guard let store = order.store, estate.stores[store] == nil else { return nil }
        return "there is no certificate store of the id '\(store.text)', and the job is scheduled"
    }

    /// Adds attempts, what falls due, and the numbers given out. Jobs must be there.
    mutating func addHistory(_ node: YAMLNode?) {
        let past = Dictionary(estate.jobs.past.map { ($0.number, $0) }) { one, _ in one }
        for item in node?["history"]?.items ?? [] where !isFull(at: item) {
            var seed = AttemptSeed()
            AttemptSeed.model.seed(item, into: &seed, &seeding)
            let known = past[seed.number].flatMap { $0.id == seed.job ? $0 : nil }
            guard let job = known ?? estate.jobs.scheduled[seed.job] else {
                seeding.note(item["job"] ?? item, "no job under 'jobs' has this id and number")
                continue
            }
            estate.jobs.history.restore(seed.entry(of: job))
        }
        estate.jobs.past = []
        for item in node?["due"]?.items ?? [] {
            var seed = DueSeed()
            DueSeed.model.seed(item, into: &seed, &seeding)
            estate.jobs.restore(seed)
        }
        guard let node = node?["numbers"] else { return }
        var numbers = NumberSeed(estate)
        NumberSeed.model.seed(node, into: &numbers, &seeding)
        estate.restore(numbers)
    }
}

extension Jobs {
    /// Puts in a job of which all is said.
    fileprivate mutating func restore(_ seed: JobSeed, id: GUID, requested: Timestamp) {
        let job = Job(id: id, number: seed.number, order: seed.order, requested: requested)
        count = max(count, seed.number + 1)
        guard seed.isScheduled else { return past.append(job) }
        scheduled.put(job, at: id)
        if let store = seed.order.store, seed.order.kind != .inventory { onStores[store, default: []].append(id) }
        if seed.isWaiting { waiting[seed.order.agent, default: []].insert(id) }
        if seed.finishedRuns > 0 { finishedRuns[id] = seed.finishedRuns }
        runs[id] = seed.run
    }

    /// Puts in what falls due.
    fileprivate mutating func restore(_ seed: DueSeed) {
        if !seed.endsStep, scheduled[seed.job]?.order.schedule.recurs == true { due[seed.job] = seed.at }
        timeline.add(seed.endsStep ? .stepEnds(seed.job) : .due(seed.job), at: seed.at)
    }

    /// What falls due and still counts, in order.
    var dues: [DueSeed] {
        timeline.inOrder.filter { stillCounts($0.happening, at: $0.at) }.map { at, happening in
            switch happening {
            case .due(let job): DueSeed(at: at, job: job)
            case .stepEnds(let job): DueSeed(at: at, job: job, endsStep: true)
            }
        }
    }
}

extension Estate {
    /// Takes over the numbers given out.
    fileprivate mutating func restore(_ numbers: NumberSeed) {
        jobs.count = max(jobs.count, numbers.jobs)
        jobs.history.skip(to: numbers.nextAttempt)
        jobs.history.evicted = numbers.lostAttempts
        highestStoreType = max(highestStoreType, numbers.highestStoreType)
        highestContainer = max(highestContainer, numbers.highestContainer)
        for (rows, path) in Self.highest { self[keyPath: path] = max(self[keyPath: path], numbers.highest[rows] ?? 0) }
        security.keep(given: numbers.securityIDs)
        certificates.items = max(certificates.items, numbers.inventoryItems)
        issued = numbers.issued
    }
}
