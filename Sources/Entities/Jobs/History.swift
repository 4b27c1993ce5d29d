public import Base
import HashTreeCollections

/// One attempt at a job, as `GET /OrchestratorJobs/JobHistory` shows it.
public struct HistoryEntry: Sendable {
    /// How an attempt ended. Numbers as on the wire; 1 is in the vendor's enum and not documented.
    public enum Result: Int, NamedNumber {
        case unknown = 0
        case success = 2
        case warning, failure

        /// The name that Command 10 sends.
        public var name: String {
            switch self {
            case .unknown: "Unknown"
            case .success: "Success"
            case .warning: "Warning"
            case .failure: "Failure"
            }
        }
    }

    /// How far an attempt is. Numbers as on the wire.
    public enum Status: Int, NamedNumber {
        case unknown, waiting, inProcess, completed, acknowledged, completedWillRetry

        /// The name that Command 10 sends.
        public var name: String {
            switch self {
            case .unknown: "Unknown"
            case .waiting: "Waiting"
            case .inProcess: "InProcess"
            case .completed: "Completed"
            case .acknowledged: "Acknowledged"
            case .completedWillRetry: "CompletedWillRetry"
            }
        }
    }

    /// The JobHistoryId, rising from 1.
    public let id: Int
    /// The job that was attempted.
    public let job: Job
    /// The machine of the agent that ran it.
    public let agentMachine: String
    /// The machine worked on: the store's, or the agent's own.
    public let clientMachine: String
    /// When the attempt began.
    public let start: Timestamp
    /// When the attempt ended; `nil` while it runs.
    public var end: Timestamp?
    /// How it ended; unknown while it runs.
    public var result = Result.unknown
    /// How far it has come.
    public var status = Status.inProcess
    /// What the agent reports of it, for people.
    public var message = ""
    /// What `JobStatus/Data` answers.
    public var data: String?

    /// Gives a successful attempt at fetching logs a log, unless a script said what it brought. Assumed: a text of our own.
    public mutating func bringLogs() {
        guard result == .success, data == nil else { return }
        data = "\(start.iso) [Information] \(agentMachine): the orchestrator has begun to collect its log, job \(job.id.text)\n"
    }

    /// An attempt by its parts; still running unless said otherwise.
    public init(
        id: Int, job: Job, agentMachine: String, clientMachine: String, start: Timestamp, end: Timestamp? = nil, result: Result = .unknown,
        status: Status = .inProcess, message: String = "", data: String? = nil
    ) {
        self.id = id
        self.job = job
        self.agentMachine = agentMachine
        self.clientMachine = clientMachine
        self.start = start
        self.end = end
        self.result = result
        self.status = status
        self.message = message
        self.data = data
    }
}

/// The attempts at all jobs of a world, the last so many of them.
public struct History: Sendable {
    /// The most entries kept; the oldest go first, and `evicted` says how many went.
    public static let limit = 20_000
    /// The JobHistoryIds that scenario files may give: of 64 bits, as Command's, with room for as many again.
    public static let ids = 1...Int.max / 2

    private var entries = TreeDictionary<Int, HistoryEntry>()
    private var byJob = TreeDictionary<GUID, [Int]>()
    private var first = 1
    /// About how many bytes the entries hold, and the jobs that they remember.
    public private(set) var bytes = ByteCount()
    /// The most bytes that the entries may hold; the oldest go first.
    public var mostBytes = Int.max
    /// The next JobHistoryId.
    public private(set) var next = 1
    /// How many attempts it does not hold: entries that had to go, and runs that were passed over when time leapt far ahead.
    public var evicted = 0

    /// No attempts.
    init() {}

    /// How many entries there are.
    public var count: Int { entries.count }

    /// An entry by its JobHistoryId.
    public subscript(id: Int) -> HistoryEntry? { entries[id] }

    /// Every entry, the oldest first.
    public var all: [HistoryEntry] { entries(from: 0, limit: count) }

    /// A part of the entries, the oldest first.
    public func entries(from start: Int, limit: Int) -> [HistoryEntry] {
        guard start < count else { return [] }
        let end = start + min(limit, count - start)
        let isDense = next - first == count
        let ids = isDense ? Array(first + start..<first + end) : Array(entries.keys.sorted()[start..<end])
        return ids.compactMap { entries[$0] }
    }

    /// The entries of one job, the oldest first.
    public func entries(of job: GUID) -> [HistoryEntry] { (byJob[job] ?? []).compactMap { entries[$0] } }

    /// Puts in an entry of which all is said. Entries come in the order of their ids.
    public mutating func restore(_ entry: HistoryEntry) {
        guard entry.id >= next || entries[entry.id] == nil else { return }
        if entries.isEmpty { first = entry.id } else { first = min(first, entry.id) }
        append(entry)
        next = max(next, entry.id + 1)
    }

    private mutating func append(_ entry: HistoryEntry) {
        let last = byJob[entry.job.id]?.last.flatMap { entries[$0] }
        bytes.add(entry.heldBytes + (last?.job === entry.job ? 0 : entry.job.heldBytes))
        entries[entry.id] = entry
        byJob[entry.job.id, default: []].append(entry.id)
    }

    /// Leaves out ids that were given once.
    public mutating func skip(to id: Int) {
        next = max(next, id)
        if entries.isEmpty { first = next }
    }

    /// Begins an entry.
    ///
    /// - Parameters:
    ///   - job: what is attempted.
    ///   - agentMachine: where.
    ///   - clientMachine: the machine worked on.
    ///   - start: when.
    /// - Returns: the entry's JobHistoryId.
    public mutating func begin(_ job: Job, agentMachine: String, clientMachine: String, start: Timestamp) -> Int {
        append(preview(next, job, agentMachine: agentMachine, clientMachine: clientMachine, start: start))
        next += 1
        while entries.count > Self.limit || bytes.held > mostBytes && entries.count > 1 { evictOldest() }
        return next - 1
    }

    /// An entry as it would be, were the attempt to begin now: what a request may select although it is not there yet.
    public func preview(_ job: Job, agentMachine: String, clientMachine: String, start: Timestamp) -> HistoryEntry {
        preview(next, job, agentMachine: agentMachine, clientMachine: clientMachine, start: start)
    }

    private func preview(_ id: Int, _ job: Job, agentMachine: String, clientMachine: String, start: Timestamp) -> HistoryEntry {
        HistoryEntry(id: id, job: job, agentMachine: agentMachine, clientMachine: clientMachine, start: start)
    }

    /// Changes an entry. Nothing happens if it is gone.
    public mutating func change(_ id: Int, _ change: (inout HistoryEntry) -> Void) {
        guard var entry = entries[id] else { return }
        bytes.remove(entry.heldBytes)
        change(&entry)
        bytes.add(entry.heldBytes)
        entries[id] = entry
    }

    private mutating func evictOldest() {
        // Ids follow each other but for those that a scenario leaves out.
        if entries[first] == nil { first = entries.keys.min() ?? next }
        guard let oldest = entries.removeValue(forKey: first) else { return }
        first += 1
        // The oldest of all is the oldest of its job.
        byJob[oldest.job.id]?.removeFirst()
        let following = byJob[oldest.job.id]?.first.flatMap { entries[$0] }
        bytes.remove(oldest.heldBytes + (following?.job === oldest.job ? 0 : oldest.job.heldBytes))
        if byJob[oldest.job.id]?.isEmpty == true { byJob[oldest.job.id] = nil }
        evicted += 1
    }
}

extension HistoryEntry: HoldsBytes {
    /// The entry and its texts; the job counts once for all its entries.
    public var heldBytes: Int {
        MemoryLayout<HistoryEntry>.size + agentMachine.heldBytes + clientMachine.heldBytes + message.heldBytes + data.heldBytes + 96
    }
}
