public import Base
public import HashTreeCollections

/// All jobs of a world: what is scheduled, what runs, what has run, and what falls due when.
///
/// No thread ticks. Whoever is about to see or change jobs first calls `Estate.advance(to:)`.
public struct Jobs: Sendable {
    /// Jobs that are scheduled or running, in the order of their coming.
    public var scheduled = Table<GUID, Job>(sortedBy: { $0.number < $1.number })
    /// How many jobs have come so far.
    public var count = 0
    /// What jobs have done.
    public var history = History()
    /// How jobs move on.
    public var progress = Progress()
    /// The current runs, by JobId.
    public var runs = TreeDictionary<GUID, Run>()
    /// When each recurring job is next due; what the timeline holds for another time no longer counts.
    public var due = TreeDictionary<GUID, Timestamp>()
    /// Jobs that were due while their agent did not ask for work, by agent.
    public var waiting = TreeDictionary<GUID, TreeSet<GUID>>()
    /// How many runs each recurring job has finished.
    public var finishedRuns = TreeDictionary<GUID, Int>()
    /// What falls due, in order of time.
    public var timeline = Timeline()
    /// The scheduled jobs on each store, but for its inventory job, which the store knows.
    public var onStores = TreeDictionary<GUID, [GUID]>()

    /// While an estate is read, the jobs that only attempts remember.
    public var past: [Job] = []

    /// No jobs.
    init() {}

    /// Whether an event that was scheduled for a time is still valid.
    public func stillCounts(_ happening: Timeline.Happening, at moment: Timestamp) -> Bool {
        switch happening {
        case .due(let id): scheduled[id].map { $0.order.schedule.recurs ? due[id] == moment : runs[id] == nil } ?? false
        case .stepEnds(let id): runs[id]?.ends == moment
        }
    }

    /// What a job is doing, for the control interface.
    public func state(of id: GUID) -> String {
        if let run = runs[id] { return run.steps[run.step].state.rawValue }
        return scheduled[id].map { waiting[$0.order.agent]?.contains(id) ?? false } == true ? "waiting" : "scheduled"
    }

    /// When a recurring job is due next; `nil` for one that is not, or does not recur.
    public func nextDue(of id: GUID) -> Timestamp? { due[id] }

    /// How many runs of a job are over.
    public func runs(of id: GUID) -> Int { finishedRuns[id] ?? 0 }
}
