/// A point in time in UTC, in ticks of 100 nanoseconds since 1970, with the resolution of .NET's DateTime.
///
/// Uses the proleptic Gregorian calendar for the years 1 to 9999, without leap seconds.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Ticks of 100 ns since 1970-01-01T00:00:00Z; negative before.
    public var ticks: Int64

    /// Ticks in a second.
    public static let ticksPerSecond: Int64 = 10_000_000
    /// Ticks in a day.
    public static let ticksPerDay: Int64 = 86_400 * ticksPerSecond

    /// A timestamp from ticks.
    ///
    /// - Parameter ticks: 100 ns each, since 1970-01-01T00:00:00Z.
    public init(ticks: Int64) {
        self.ticks = ticks
    }

    /// A timestamp from calendar components; `nil` if the date does not exist.
    ///
    /// - Parameters:
    ///   - year: 1–9999.
    ///   - month: 1–12.
    ///   - day: 1–31, depending on the month.
    ///   - hour: 0–23.
    ///   - minute: 0–59.
    ///   - second: 0–59.
    ///   - tick: 0–9,999,999, the fraction of the second in 100 ns.
    public init?(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, tick: Int = 0) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= Self.days(inMonth: month, of: year),
            (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second), (0..<10_000_000).contains(tick)
        else { return nil }
        let days = Self.daysSince1970(year: year, month: month, day: day)
        let seconds = Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
        ticks = seconds * Self.ticksPerSecond + Int64(tick)
    }

    /// Whether one time is before another.
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.ticks < right.ticks }

    /// The time after a duration, or before if it is negative; clamped to the years 1 to 9999.
    public static func + (moment: Timestamp, duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        let (ticks, overflows) = seconds.multipliedReportingOverflow(by: ticksPerSecond)
        guard !overflows else { return duration < .zero ? first : last }
        let (sum, isBeyond) = moment.ticks.addingReportingOverflow(ticks + attoseconds / 100_000_000_000)
        return isBeyond ? (duration < .zero ? first : last) : Timestamp(ticks: min(max(sum, first.ticks), last.ticks))
    }

    /// The duration from another time to this one; negative if the other time is later.
    public func since(_ other: Timestamp) -> Duration { .nanoseconds((ticks - other.ticks) * 100) }

    /// The same moment without fractions of a second.
    public var inSeconds: Timestamp {
        Timestamp(ticks: ticks - ((ticks % Self.ticksPerSecond) + Self.ticksPerSecond) % Self.ticksPerSecond)
    }

    /// The first moment of year 1.
    public static let first = Timestamp(ticks: -62_135_596_800 * ticksPerSecond)
    /// The last moment of year 9999.
    public static let last = Timestamp(ticks: 253_402_300_800 * ticksPerSecond - 1)

    /// Midnight UTC of the same day.
    public var startOfDay: Timestamp { Timestamp(ticks: ticks - timeOfDay) }

    /// Ticks since midnight UTC, 0 to one day.
    public var timeOfDay: Int64 {
        let rest = ticks % Self.ticksPerDay
        return rest < 0 ? rest + Self.ticksPerDay : rest
    }

    /// The calendar components in UTC.
    public var parts: Parts {
        let days = Int((ticks - timeOfDay) / Self.ticksPerDay)
        let seconds = Int(timeOfDay / Self.ticksPerSecond)
        let (year, month, day) = Self.date(daysSince1970: days)
        return Parts(
            year: year, month: month, day: day, hour: seconds / 3600, minute: seconds / 60 % 60, second: seconds % 60,
            tick: Int(timeOfDay % Self.ticksPerSecond), weekday: Weekday(rawValue: ((days % 7) + 11) % 7) ?? .sunday)
    }

    /// Calendar and clock components in UTC.
    public struct Parts: Sendable, Equatable {
        /// The year of the Gregorian calendar, 1 to 9999.
        public var year: Int
        /// The month, 1 to 12.
        public var month: Int
        /// The day of the month, 1 to 31.
        public var day: Int
        var hour: Int
        var minute: Int
        var second: Int
        /// The fraction of the second in 100 ns.
        var tick: Int
        /// The day of the week that the date falls on.
        public var weekday: Weekday
    }

    /// The number of days in a month.
    ///
    /// - Parameters:
    ///   - month: 1–12.
    ///   - year: needed for February.
    /// - Returns: 28 to 31.
    static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    // Howard Hinnant's "days from civil" algorithm: years begin in March, so that the leap day is the last day of a year.
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
        return (year, month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1)
    }
}

/// A day of the week, numbered as .NET's DayOfWeek is: Sunday is 0.
public enum Weekday: Int, Sendable, CaseIterable {
    case sunday, monday, tuesday, wednesday, thursday, friday, saturday

    /// The English name, as Command sends it.
    public var name: String {
        switch self {
        case .sunday: "Sunday"
        case .monday: "Monday"
        case .tuesday: "Tuesday"
        case .wednesday: "Wednesday"
        case .thursday: "Thursday"
        case .friday: "Friday"
        case .saturday: "Saturday"
        }
    }
}
