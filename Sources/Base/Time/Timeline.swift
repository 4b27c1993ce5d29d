import HeapModule

/// Scheduled events, in order of time. It is a value, so a fork of a world has its own.
public struct Timeline: Sendable {
    /// An event.
    public enum Happening: Sendable, Hashable {
        /// A job is due to run.
        case due(GUID)
        /// A timed step of a job's run ends.
        case stepEnds(GUID)
    }

    private struct Event: Sendable, Comparable {
        var at: Timestamp
        /// Orders events with the same time by when they were scheduled.
        var number: UInt64
        var happening: Happening

        static func < (one: Event, other: Event) -> Bool { (one.at, one.number) < (other.at, other.number) }
        static func == (one: Event, other: Event) -> Bool { one.number == other.number }
    }

    private var events = Heap<Event>()
    private var count: UInt64 = 0

    /// An empty timeline.
    public init() {}

    /// Schedules an event. It cannot be cancelled: whoever removes it from the timeline decides whether it is still valid.
    ///
    /// - Parameters:
    ///   - happening: the event.
    ///   - moment: its time.
    public mutating func add(_ happening: Happening, at moment: Timestamp) {
        events.insert(Event(at: moment, number: count, happening: happening))
        count += 1
    }

    /// How many events are scheduled, including invalid ones.
    var length: Int { events.count }

    /// When the first event happens, which may be invalid; `nil` if none is scheduled.
    public var first: Timestamp? { events.min?.at }

    /// All events, in the order in which they happen.
    public var inOrder: [(at: Timestamp, happening: Happening)] { events.unordered.sorted().map { ($0.at, $0.happening) } }

    /// Removes invalid and duplicate events.
    ///
    /// - Parameter isValid: whether an event is still valid.
    public mutating func keep(where isValid: (_ happening: Happening, _ moment: Timestamp) -> Bool) {
        var seen: Set<Happening> = []
        events = Heap(events.unordered.filter { isValid($0.happening, $0.at) && seen.insert($0.happening).inserted })
    }

    /// Whether most events are invalid, so that removing them costs no more than scheduling them did.
    ///
    /// - Parameter most: the maximum number of valid events.
    /// - Returns: whether `keep(where:)` should be called.
    public func isOvergrown(with most: Int) -> Bool { events.count > 1024 + 2 * most }

    /// Removes and returns the first event that is due.
    ///
    /// - Parameter now: the current time; an event at exactly this time is due.
    /// - Returns: the event and its time; `nil` if nothing is due yet.
    public mutating func next(until now: Timestamp) -> (at: Timestamp, happening: Happening)? {
        guard let first = events.min, first.at <= now else { return nil }
        events.removeMin()
        return (first.at, first.happening)
    }
}
