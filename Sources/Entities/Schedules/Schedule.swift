public import Base

/// When a job runs: Command's KeyfactorSchedule, of which exactly one member is set.
///
/// For daily, weekly and monthly schedules only hour and minute of the time count; the date that a client sent is kept just long
/// enough to be repeated in the answer to it.
public enum Schedule: Sendable, Hashable {
    /// As soon as possible, once.
    case immediate
    /// Every so many minutes, at least 1.
    case interval(minutes: Int)
    /// Every day at this time of day.
    case daily(Timestamp)
    /// On these days of the week, in the order given, at this time of day.
    case weekly([Weekday], Timestamp)
    /// On this day of the month, 1–27, at this time of day.
    case monthly(day: Int, Timestamp)
    /// Once, at this moment.
    case exactlyOnce(Timestamp)

    /// The kinds of schedule.
    public enum Kind: String, Sendable, CaseIterable {
        case immediate = "Immediate"
        case interval = "Interval"
        case daily = "Daily"
        case weekly = "Weekly"
        case monthly = "Monthly"
        case exactlyOnce = "ExactlyOnce"
    }

    /// Which kind this is.
    public var kind: Kind {
        switch self {
        case .immediate: .immediate
        case .interval: .interval
        case .daily: .daily
        case .weekly: .weekly
        case .monthly: .monthly
        case .exactlyOnce: .exactlyOnce
        }
    }

    /// Whether it falls due more than once. A recurring job keeps its JobId over all runs.
    public var recurs: Bool {
        switch self {
        case .immediate, .exactlyOnce: false
        case .interval, .daily, .weekly, .monthly: true
        }
    }

    /// The schedule as a later GET shows it: the time of day, to the minute, on the day of the GET.
    ///
    /// Recorded from 25.4.1: the date of a daily, weekly or monthly time is not kept, that of ExactlyOnce is.
    ///
    /// - Parameter now: the moment of the GET.
    /// - Returns: the schedule to send.
    public func shown(on now: Timestamp) -> Schedule {
        switch self {
        case .immediate, .interval, .exactlyOnce: self
        case .daily(let time): .daily(Self.today(time, now))
        case .weekly(let days, let time): .weekly(days, Self.today(time, now))
        case .monthly(let day, let time): .monthly(day: day, Self.today(time, now))
        }
    }

    private static func today(_ time: Timestamp, _ now: Timestamp) -> Timestamp {
        let minute = 60 * Timestamp.ticksPerSecond
        return Timestamp(ticks: now.startOfDay.ticks + time.timeOfDay / minute * minute)
    }
}
