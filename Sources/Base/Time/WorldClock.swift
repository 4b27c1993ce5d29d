import FoundationEssentials

/// A world's clock. Everything in the world that has a date uses it: timestamps, schedules, token expiry, the `Date` header.
public struct WorldClock: Sendable {
    /// How the world's time passes.
    public enum Mode: String, Sendable, CaseIterable {
        /// With the wall clock.
        case running
        /// Not at all, unless the clock is set or advanced.
        case frozen
        /// A constant number of times as fast as the wall clock.
        case scaled
    }

    /// How time passes.
    public private(set) var mode: Mode
    /// World seconds per wall-clock second; 1 if running, 0 if frozen.
    public private(set) var rate: Double
    /// The world's time at `wall`.
    private var base: Timestamp
    private var wall: Timestamp

    /// A clock.
    ///
    /// - Parameters:
    ///   - mode: how time passes.
    ///   - start: the initial world time.
    ///   - rate: world seconds per wall-clock second, for a scaled clock; greater than 0.
    ///   - wall: the wall clock's current time.
    public init(_ mode: Mode = .running, start: Timestamp, rate: Double = 1, wall: Timestamp) {
        self.mode = mode
        self.rate = mode == .running ? 1 : mode == .frozen ? 0 : rate
        base = start
        self.wall = wall
    }

    /// The world's time at a wall-clock time, in milliseconds, as in Command.
    ///
    /// - Parameter wall: the wall clock's time.
    /// - Returns: the world's time in whole milliseconds; never after the year 9999.
    public func now(wall: Timestamp) -> Timestamp {
        let passed = wall.ticks - self.wall.ticks
        let moved =
            switch mode {
            case .running: Timestamp(ticks: min(max(base.ticks + passed, Timestamp.first.ticks), Timestamp.last.ticks))
            case .frozen: base
            case .scaled: base + .seconds(Double(passed) / Double(Timestamp.ticksPerSecond) * rate)
            }
        return moved.inMilliseconds
    }

    /// Sets the world's time; the mode does not change.
    ///
    /// - Parameters:
    ///   - moment: the world's new time.
    ///   - wall: the wall clock's time.
    public mutating func set(to moment: Timestamp, wall: Timestamp) {
        base = moment
        self.wall = wall
    }
}

/// The source of the wall clock's time. It is injected, so that tests can use their own.
public struct TimeSource: Sendable {
    /// Reads the clock.
    public var now: @Sendable () -> Timestamp

    /// A time source.
    ///
    /// - Parameter now: reads the clock.
    public init(now: @escaping @Sendable () -> Timestamp) {
        self.now = now
    }

    /// The machine's clock.
    public static let system = TimeSource { Timestamp(ticks: Int64(Date().timeIntervalSince1970 * 10_000_000)) }
}

extension Timestamp {
    /// The same time, truncated to milliseconds, as in Command.
    public var inMilliseconds: Timestamp { Timestamp(ticks: ticks / 10_000 * 10_000) }
}
