import HeapModule

/// What falls due, in order. A value: a fork of a world has its own.
package struct Timeline: Sendable {
    /// What happens when its time has come.
    package enum Happening: Sendable, Hashable {
        /// A job is due to run.
        case due(GUID)
        /// A step of a job's run, which lasts for a while, is over.
        case stepEnds(GUID)
    }

    private struct Event: Sendable, Comparable {
        var at: Timestamp
        /// Of several at one time the first scheduled comes first.
        var number: UInt64
        var happening: Happening

        static func < (one: Event, other: Event) -> Bool { (one.at, one.number) < (other.at, other.number) }
        static func == (one: Event, other: Event) -> Bool { one.number == other.number }
    }

    private var events = Heap<Event>()
    private var count: UInt64 = 0

    /// Nothing to come.
    package init() {}

    /// Puts something down for a time. Whoever takes it off decides whether it still counts.
    package mutating func add(_ happening: Happening, at moment: Timestamp) {
        events.insert(Event(at: moment, number: count, happening: happening))
        count += 1
    }

    /// How much is put down, also what no longer counts.
    package var length: Int { events.count }

    /// What is put down, in the order in which it happens.
    var inOrder: [(at: Timestamp, happening: Happening)] { events.unordered.sorted().map { ($0.at, $0.happening) } }

    /// Takes off everything that no longer counts, and of what is put down twice one.
    ///
    /// - Parameter counts: whether something still does.
    mutating func keep(where counts: (_ happening: Happening, _ moment: Timestamp) -> Bool) {
        var seen: Set<Happening> = []
        events = Heap(events.unordered.filter { counts($0.happening, $0.at) && seen.insert($0.happening).inserted })
    }

    /// Whether most of what is put down no longer counts, so that taking it off costs no more than putting it down did.
    ///
    /// - Parameter most: how much can count at most.
    /// - Returns: whether it is time to take it off.
    func isOvergrown(with most: Int) -> Bool { events.count > 1024 + 2 * most }

    /// Takes off the first thing whose time has come.
    ///
    /// - Parameter now: what is due exactly then has come.
    /// - Returns: `nil` if nothing is due yet.
    package mutating func next(until now: Timestamp) -> (at: Timestamp, happening: Happening)? {
        guard let first = events.min, first.at <= now else { return nil }
        events.removeMin()
        return (first.at, first.happening)
    }
}
