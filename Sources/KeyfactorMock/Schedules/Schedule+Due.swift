extension Schedule {
    /// When a job that is scheduled now first falls due.
    ///
    /// A moment in the past is due at once. An interval begins with its first interval, as assumed.
    ///
    /// - Parameter moment: when it is scheduled.
    /// - Returns: not before that moment.
    package func firstDue(from moment: Timestamp) -> Timestamp {
        switch self {
        case .immediate: moment
        case .exactlyOnce(let time): max(time, moment)
        case .interval, .daily, .weekly, .monthly: next(after: moment) ?? moment
        }
    }

    /// The next time a recurring schedule falls due, in UTC.
    ///
    /// - Parameter moment: exclusive: a job due exactly then has run. For an interval, the moment it was last due.
    /// - Returns: `nil` if it never falls due again, or only after the year 9999.
    package func next(after moment: Timestamp) -> Timestamp? {
        switch self {
        case .immediate, .exactlyOnce: nil
        case .interval(let minutes): Self.valid(Timestamp(ticks: moment.ticks + Int64(minutes) * 60 * Timestamp.ticksPerSecond))
        case .daily(let time): Self.day(after: moment, at: time) { _ in true }
        case .weekly(let days, let time): Self.day(after: moment, at: time) { days.contains($0.weekday) }
        case .monthly(let day, let time): Self.day(after: moment, at: time) { $0.day == day }
        }
    }

    /// The first day that fits, at a time of day, after a moment. Every kind of schedule fits a day within 31 days.
    private static func day(after moment: Timestamp, at time: Timestamp, _ fits: (Timestamp.Parts) -> Bool) -> Timestamp? {
        let minute = 60 * Timestamp.ticksPerSecond
        let timeOfDay = time.timeOfDay / minute * minute
        for days in 0...31 {
            let due = Timestamp(ticks: moment.startOfDay.ticks + Int64(days) * Timestamp.ticksPerDay + timeOfDay)
            if due > moment, fits(due.parts) { return valid(due) }
        }
        return nil
    }

    private static func valid(_ moment: Timestamp) -> Timestamp? {
        moment.ticks < Timestamp.end.ticks ? moment : nil
    }
}

extension Timestamp {
    /// The first moment of the year 10000, which Command cannot write.
    package static let end = Timestamp(ticks: 253_402_300_800 * ticksPerSecond)
}
