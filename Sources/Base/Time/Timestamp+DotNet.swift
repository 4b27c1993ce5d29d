extension Timestamp {
    private static let days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    /// Parses the forms in which .NET prints times and `init(_:)` does not read them; `nil` for other texts.
    ///
    /// These are `u` and everything with a blank for the T (`2026-11-26 10:00:00Z`), `R` (`Thu, 26 Nov 2026 10:00:00 GMT`), and `G` and `g`
    /// of the invariant culture and of en-US (`11/26/2026 10:00:00 AM`, `11/26/2026 22:00`), which PowerShell prints, alone or with an
    /// offset. Without a zone it is UTC. A weekday that is not the date's is refused, as .NET does.
    ///
    /// - Parameter text: the text, without blanks around it.
    public init?(dotNet text: String) {
        guard text.utf8.count <= 64 else { return nil }
        var scanner = TimestampScanner(bytes: Array(text.lowercased().utf8)[...])
        guard let day = Self.day(&scanner) else { return nil }
        var (time, offset) = (Int64(0), 0)
        if !scanner.isAtEnd {
            guard scanner.blanks() || scanner.take("t"), let clock = Self.clock(&scanner) else { return nil }
            _ = scanner.blanks()
            guard let minutes = scanner.take("gmt") ? 0 : scanner.zone() else { return nil }
            (time, offset) = (clock, minutes)
        }
        guard scanner.isAtEnd else { return nil }
        ticks = day.ticks + time - Int64(offset) * 60 * Self.ticksPerSecond
        guard (Self.first...Self.last).contains(self) else { return nil }
    }

    /// Reads a date: `2026-11-26`, `11/26/2026` or `Thu, 26 Nov 2026`.
    private static func day(_ scanner: inout TimestampScanner) -> Timestamp? {
        if let weekday = scanner.takeOne(of: days) {
            guard scanner.take(","), scanner.blanks(), let day = scanner.number(digits: 1...2), scanner.blanks(),
                let month = scanner.takeOne(of: months), scanner.blanks(), let year = scanner.number(digits: 4...4),
                let date = Timestamp(year: year, month: month + 1, day: day), date.parts.weekday.rawValue == weekday
            else { return nil }
            return date
        }
        guard let first = scanner.number(digits: 1...4) else { return nil }
        if scanner.take("-") {
            guard let month = scanner.number(digits: 2...2), scanner.take("-"), let day = scanner.number(digits: 2...2) else { return nil }
            return first >= 1000 ? Timestamp(year: first, month: month, day: day) : nil
        }
        guard scanner.take("/"), let day = scanner.number(digits: 1...2), scanner.take("/"), let year = scanner.number(digits: 4...4)
        else { return nil }
        return Timestamp(year: year, month: first, day: day)
    }

    /// Reads a time of day, of 24 hours or with AM or PM, in ticks.
    private static func clock(_ scanner: inout TimestampScanner) -> Int64? {
        guard var hour = scanner.number(digits: 1...2), scanner.take(":"), let minute = scanner.number(digits: 2...2) else { return nil }
        var (second, tick) = (0, 0)
        if scanner.take(":") {
            guard let seconds = scanner.number(digits: 2...2), let fraction = scanner.fraction() else { return nil }
            (second, tick) = (seconds, fraction)
        }
        let end = scanner.position
        _ = scanner.blanks()
        if let half = scanner.takeOne(of: ["am", "pm"]) {
            guard (1...12).contains(hour) else { return nil }
            hour = hour % 12 + half * 12
        } else {
            scanner.position = end
        }
        guard hour < 24, minute < 60, second < 60 else { return nil }
        return Int64(hour * 3600 + minute * 60 + second) * ticksPerSecond + Int64(tick)
    }
}

extension TimestampScanner {
    /// Takes blanks.
    ///
    /// - Returns: whether there was one.
    fileprivate mutating func blanks() -> Bool {
        // .NET 7 and later print a narrow no-break space before AM and PM.
        var isFound = false
        while take(" ") || take("\u{A0}") || take("\u{202F}") { isFound = true }
        return isFound
    }

    /// Takes one of some words.
    ///
    /// - Returns: its place among them; `nil` if there is none.
    fileprivate mutating func takeOne(of words: [String]) -> Int? {
        for (place, word) in words.enumerated() where take(word) { return place }
        return nil
    }
}
