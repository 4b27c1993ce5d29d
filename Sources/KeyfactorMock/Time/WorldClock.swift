import FoundationEssentials

/// A world's time, from which everything in it that has a date takes it: timestamps, token expiry, the `Date` header.
package struct WorldClock: Sendable {
    /// The time to begin with.
    package init() {}

    /// The world's time at a wall-clock time: the same, cut to milliseconds as Command shows them.
    ///
    /// - Parameter wall: the wall clock's time.
    /// - Returns: the world's time, in whole milliseconds.
    package func now(wall: Timestamp) -> Timestamp {
        Timestamp(ticks: wall.ticks / 10_000 * 10_000)
    }
}

/// Where the wall clock's time comes from. Handed in, so that tests bring their own.
package struct TimeSource: Sendable {
    /// Reads the clock.
    package var now: @Sendable () -> Timestamp

    /// A source of time.
    ///
    /// - Parameter now: reads the clock.
    package init(now: @escaping @Sendable () -> Timestamp) {
        self.now = now
    }

    /// The machine's own clock.
    package static let system = TimeSource { Timestamp(ticks: Int64(Date().timeIntervalSince1970 * 10_000_000)) }
}
