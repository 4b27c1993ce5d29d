public import Base

extension Schedule {
    /// When a job that is scheduled now first falls due.
    ///
    /// A moment in the past is due at once. An interval begins with its first interval (assumed).
    ///
    /// - Parameter moment: when it is scheduled.
    /// - Returns: not before that moment.
    public func firstDue(from moment: Timestamp) -> Timestamp {
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
    public func next(after moment: Timestamp) -> Timestamp? {
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
        moment <= .last ? moment : nil
    }

    /// Passes over what fell due long ago, so that years pass in bounded time: all but the last so many times.
    ///
    /// - Parameters:
    ///   - due: a time it falls due at.
    ///   - now: until when it falls due.
    ///   - playable: how many times are to be left, at least.
    /// - Returns: a later time it falls due at and how many times were passed over; `nil` if there is nothing to pass over.
    public func leap(from due: Timestamp, until now: Timestamp, leaving playable: Int) -> (due: Timestamp, passed: Int)? {
        let (period, times): (Int64, Int)
        switch self {
        case .immediate, .exactlyOnce: return nil
        case .interval(let minutes): (period, times) = (Int64(minutes) * 60 * Timestamp.ticksPerSecond, 1)
        case .daily: (period, times) = (Timestamp.ticksPerDay, 1)
        case .weekly(let days, _): (period, times) = (7 * Timestamp.ticksPerDay, days.count)
        case .monthly: return leapMonths(from: due, until: now, leaving: playable)
        }
        let periods = (now.ticks - due.ticks) / period - Int64(playable / times + 1)
        return periods > 0 ? (Timestamp(ticks: due.ticks + periods * period), Int(periods) * times) : nil
    }

    private func leapMonths(from due: Timestamp, until now: Timestamp, leaving playable: Int) -> (due: Timestamp, passed: Int)? {
        let (start, end) = (due.parts, now.parts)
        let months = (end.year - start.year) * 12 + end.month - start.month - playable - 1
        guard months > 0 else { return nil }
        let month = start.month - 1 + months
        let first = Timestamp(year: start.year + month / 12, month: month % 12 + 1, day: start.day)
        return first.map { (Timestamp(ticks: $0.ticks + due.timeOfDay), months) }
    }
}
