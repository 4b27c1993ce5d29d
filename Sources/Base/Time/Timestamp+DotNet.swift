extension Timestamp {
    /// Parses a time in any form that clients of Command send or .NET takes; blanks around it do not count.
    public init?(written text: String) {
        let text = text.trimmed
        guard let time = Timestamp(text) ?? Timestamp(dotNet: text) else { return nil }
        self = time
    }

    /// Parses what .NET's `DateTime.Parse` takes in the invariant culture and `init(_:)` does not read; `nil` for other texts.
    ///
    /// These are all forms in which .NET prints a date: `u` and everything with a blank for the T (`2026-11-26 10:00:00Z`), `R`
    /// (`Thu, 26 Nov 2026 10:00:00 GMT`), `G` and `g` of the invariant culture and of en-US (`11/26/2026 10:00:00 AM`), `F`, `f`, `U`, `D`
    /// and `Y` of both (`Thursday, November 26, 2026 10:00:00 AM`, `2026 November`), and dates as people write them (`26-Nov-2026`,
    /// `11/26/26`), each alone, with a time of day, and with an offset. Month comes before day, years of two digits end with 2049. Without a
    /// zone it is UTC. A weekday that is not the date's is refused. What leaves out the year, or the date, is not read: it depends on today.
    ///
    /// - Parameter text: the text, without blanks around it.
    public init?(dotNet text: String) {
        guard text.utf8.count <= 64 else { return nil }
        var scanner = TimestampScanner(bytes: Array(text.lowercased().utf8)[...])
        var date = WrittenDate()
        guard date.read(&scanner), let day = date.day else { return nil }
        ticks = day.ticks + date.clock - Int64(date.offset) * 60 * Self.ticksPerSecond
        guard (Self.first...Self.last).contains(self) else { return nil }
    }
}

/// The parts of a date, in whatever order they were written.
private struct WrittenDate {
    private static let days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    /// What follows the first three letters of a long name.
    private static let restsOfDays = ["day", "day", "sday", "nesday", "rsday", "day", "urday"]
    private static let restsOfMonths = ["uary", "ruary", "ch", "il", "", "e", "y", "ust", "tember", "ober", "ember", "ember"]

    /// Numbers of the date, with how many digits each has.
    private var numbers: [(value: Int, digits: Int)] = []
    private var month: Int?
    private var weekday: Int?
    /// Whether the time follows a T, as in ISO 8601.
    private var isISO = false
    private var hasClock = false
    /// Whether the date follows the time of day.
    private var isLate = false
    private(set) var clock = Int64(0)
    private(set) var offset = 0

    /// Reads all parts.
    ///
    /// - Returns: whether the text has nothing else.
    mutating func read(_ scanner: inout TimestampScanner) -> Bool {
        while !scanner.isAtEnd {
            if scanner.separator() { continue }
            if hasClock, let minutes = scanner.offset() {
                offset = minutes
                return scanner.isAtEnd
            }
            guard readPart(&scanner) else { return false }
        }
        return true
    }

    private mutating func readPart(_ scanner: inout TimestampScanner) -> Bool {
        if weekday == nil, let name = scanner.take(name: Self.days, Self.restsOfDays) {
            weekday = name
            return true
        }
        if month == nil, let name = scanner.take(name: Self.months, Self.restsOfMonths) {
            month = name + 1
            _ = scanner.take("-")
            return true
        }
        if numbers.count == 3, month == nil, !hasClock, scanner.take("t") { isISO = true }
        if !hasClock, let ticks = scanner.clock(takesMidnight: isISO) {
            (clock, hasClock, isLate) = (ticks, true, numbers.isEmpty && month == nil)
            return true
        }
        // A date is in one piece: none of it stands on the other side of the time of day.
        guard !isISO, !hasClock || isLate, numbers.count < 3, let number = scanner.dateNumber() else { return false }
        numbers.append(number)
        return numbers.count == 3 || !(scanner.take("-") || scanner.take("/") || scanner.take(".")) || !scanner.isAtEnd
    }

    /// The day that was written; `nil` if it does not exist or is not all there.
    var day: Timestamp? {
        let year: (value: Int, digits: Int)
        var (month, day) = (month ?? 0, 1)
        switch (self.month, numbers.count) {
        case (_?, 2):
            let first = numbers[0].digits > 2
            (year, day) = (numbers[first ? 0 : 1], numbers[first ? 1 : 0].value)
        case (_?, 1): year = numbers[0]
        case (nil, 2):
            let first = numbers[0].digits > 2
            (year, month) = (numbers[first ? 0 : 1], numbers[first ? 1 : 0].value)
        case (nil, 3) where numbers[0].digits > 2: (year, month, day) = (numbers[0], numbers[1].value, numbers[2].value)
        case (nil, 3): (year, month, day) = (numbers[2], numbers[0].value, numbers[1].value)
        default: return nil
        }
        // A month and a day without a year are of this year.
        let isWhole = numbers.count + (self.month == nil ? 0 : 1) == 3
        guard year.digits == 4 || year.digits == 2 && isWhole else { return nil }
        let full = year.digits == 4 ? year.value : year.value + (year.value < 50 ? 2000 : 1900)
        guard let date = Timestamp(year: full, month: month, day: day) else { return nil }
        return weekday.map { $0 == date.parts.weekday.rawValue } ?? true ? date : nil
    }
}

extension TimestampScanner {
    /// Passes over a blank or a comma.
    fileprivate mutating func separator() -> Bool { blank() || take(",") }

    // .NET 7 and later print a narrow no-break space before AM and PM.
    private mutating func blank() -> Bool { take(" ") || take("\u{A0}") || take("\u{202F}") }

    /// Takes a name, short or long.
    ///
    /// - Returns: its place among them; `nil` if there is none.
    fileprivate mutating func take(name names: [String], _ rests: [String]) -> Int? {
        for (place, name) in names.enumerated() where take(name) {
            _ = take(rests[place])
            return place
        }
        return nil
    }

    /// Takes a number of a date.
    fileprivate mutating func dateNumber() -> (value: Int, digits: Int)? {
        let start = position
        return number(digits: 1...4).map { ($0, position - start) }
    }

    /// Takes a zone: `Z`, `GMT`, or an offset of at most 14 hours such as `+2`, `-0530` or `+02:00`.
    ///
    /// - Returns: minutes east of UTC; `nil` if there is none.
    fileprivate mutating func offset() -> Int? {
        if take("z") || take("gmt") { return 0 }
        let start = position
        guard isNext("+") || isNext("-") else { return nil }
        let east = take("+") || !take("-")
        if let number = dateNumber() {
            var (hours, minutes) = number.digits > 2 ? (number.value / 100, number.value % 100) : (number.value, 0)
            if number.digits <= 2, take(":") { minutes = self.number(digits: 2...2) ?? 60 }
            if minutes >= 60 { hours = 15 }
            let all = hours * 60 + minutes
            if all <= 14 * 60 { return east ? all : -all }
        }
        position = start
        return nil
    }

    /// Takes a time of day, of 24 hours or with AM or PM.
    ///
    /// - Parameter takesMidnight: whether 24:00:00 is the next day's beginning, as Json.NET reads ISO 8601.
    /// - Returns: ticks; `nil` if there is none.
    fileprivate mutating func clock(takesMidnight: Bool) -> Int64? {
        let start = position
        guard var hour = number(digits: 1...2) else { return nil }
        var (minute, second, tick) = (0, 0, 0)
        let hasMinutes = take(":")
        if hasMinutes {
            guard let minutes = number(digits: 2...2) else { return none(since: start) }
            minute = minutes
            if take(":") {
                guard let seconds = number(digits: 2...2), let fraction = fraction() else { return none(since: start) }
                (second, tick) = (seconds, fraction)
            }
        }
        let end = position
        while blank() {}
        if let half = take("am") ? 0 : take("pm") ? 12 : nil {
            guard (1...12).contains(hour) else { return none(since: start) }
            hour = hour % 12 + half
        } else {
            position = end
            guard hasMinutes else { return none(since: start) }
        }
        guard hour < 24 || takesMidnight && hour == 24 && minute + second + tick == 0, minute < 60, second < 60 else {
            return none(since: start)
        }
        return Int64(hour * 3600 + minute * 60 + second) * Timestamp.ticksPerSecond + Int64(tick)
    }

    private mutating func none(since start: Int) -> Int64? {
        position = start
        return nil
    }
}
