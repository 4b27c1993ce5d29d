import FoundationEssentials

/// A world's time, from which everything in it that has a date takes it: timestamps, schedules, token expiry, the `Date` header.
package struct WorldClock: Sendable {
    /// How the world's time passes.
    package enum Mode: String, Sendable, CaseIterable {
        /// With the wall clock.
        case running
        /// Not at all, but for being moved.
        case frozen
        /// So many times as fast as the wall clock.
        case scaled
    }

    /// How time passes.
    package private(set) var mode: Mode
    /// World seconds in a wall-clock second; 1 while running, 0 while frozen.
    package private(set) var rate: Double
    /// The world's time at `wall`.
    private var base: Timestamp
    private var wall: Timestamp

    /// A clock.
    ///
    /// - Parameters:
    ///   - mode: how time passes.
    ///   - start: the world's time to begin with.
    ///   - rate: world seconds in a wall-clock second, for a scaled clock; more than 0.
    ///   - wall: the wall clock's time.
    package init(_ mode: Mode = .running, start: Timestamp, rate: Double = 1, wall: Timestamp) {
        self.mode = mode
        self.rate = mode == .running ? 1 : mode == .frozen ? 0 : rate
        base = start
        self.wall = wall
    }

    /// The world's time at a wall-clock time, in milliseconds, as Command shows them.
    ///
    /// - Parameter wall: the wall clock's time.
    /// - Returns: the world's time, in whole milliseconds; never beyond the year 9999.
    package func now(wall: Timestamp) -> Timestamp {
        let passed = wall.ticks - self.wall.ticks
        let moved =
            switch mode {
            case .running: Timestamp(ticks: min(max(base.ticks + passed, Timestamp.first.ticks), Timestamp.last.ticks))
            case .frozen: base
            case .scaled: base + .seconds(Double(passed) / Double(Timestamp.ticksPerSecond) * rate)
            }
        return moved.inMilliseconds
    }

    /// Moves the world's time; how it passes stays.
    ///
    /// - Parameters:
    ///   - moment: the world's new time.
    ///   - wall: the wall clock's time.
    package mutating func set(to moment: Timestamp, wall: Timestamp) {
        base = moment
        self.wall = wall
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

extension Timestamp {
    /// The same moment, cut to milliseconds, as Command shows it.
    package var inMilliseconds: Timestamp { Timestamp(ticks: ticks / 10_000 * 10_000) }
}
