extension Timestamp {
    /// Parses all date formats that clients of Command send; `nil` for other texts and for dates that do not exist.
    ///
    /// Accepted: `2026-11-22T20:00:00Z`, with 0 to 9 fractional digits (those after the seventh are dropped), with an offset
    /// such as `+02:00`, `+0200` or `+02`, without a zone (taken as UTC), without seconds or minutes (`2026-11-22T20Z`, which the
    /// Python SDKs send for a naive datetime), a date alone, and `/Date(1763841600000)/` (Windows PowerShell 5.1).
    ///
    /// - Parameter text: the text, without leading or trailing spaces.
    public init?(_ text: some StringProtocol) { self.init(Array(text.utf8)[...]) }

    /// Parses a date from bytes; see `init(_:)`.
    init?(_ text: ArraySlice<UInt8>) {
        var scanner = TimestampScanner(bytes: text)
        if scanner.isNext("/"), scanner.take("/Date(") {
            self.init(dotNetTicks: &scanner)
        } else {
            self.init(iso: &scanner)
        }
    }

    private init?(dotNetTicks scanner: inout TimestampScanner) {
        let negative = scanner.take(byte: "-")
        guard let milliseconds = scanner.number(digits: 1...14) else { return nil }
        // The zone after the number says how to display the time; it does not change the time.
        if scanner.take(byte: "+") || scanner.take(byte: "-") { guard scanner.number(digits: 4...4) != nil else { return nil } }
        guard scanner.take(")/"), scanner.isAtEnd else { return nil }
        ticks = Int64(negative ? -milliseconds : milliseconds) * 10_000
        guard (Self.first...Self.last).contains(self) else { return nil }
    }

    private init?(iso scanner: inout TimestampScanner) {
        guard let year = scanner.number(digits: 4...4), scanner.take(byte: "-"), let month = scanner.number(digits: 2...2),
            scanner.take(byte: "-"), let day = scanner.number(digits: 2...2)
        else { return nil }
        var clock = (hour: 0, minute: 0, second: 0, tick: 0)
        var offset = 0
        if scanner.take(byte: "T") || scanner.take(byte: "t") {
            guard let hour = scanner.number(digits: 2...2) else { return nil }
            clock.hour = hour
            if scanner.take(byte: ":") {
                guard let minute = scanner.number(digits: 2...2) else { return nil }
                clock.minute = minute
                if scanner.take(byte: ":") {
                    guard let second = scanner.number(digits: 2...2), let tick = scanner.fraction() else { return nil }
                    (clock.second, clock.tick) = (second, tick)
                }
            }
            guard let minutes = scanner.zone() else { return nil }
            offset = minutes
        }
        guard scanner.isAtEnd,
            let local = Timestamp(
                year: year, month: month, day: day, hour: clock.hour, minute: clock.minute, second: clock.second, tick: clock.tick)
        else { return nil }
        ticks = local.ticks - Int64(offset) * 60 * Self.ticksPerSecond
        guard (Self.first...Self.last).contains(self) else { return nil }
    }

    /// The most bytes that the time takes in Command's format.
    static let longestText = 28

    /// Appends the time in Command's format: ISO 8601, without trailing zeros in the fraction.
    ///
    /// - Parameters:
    ///   - out: where there is room for it.
    ///   - style: `.utc` ends with `Z`; `.bare`, used by Command 10, has neither zone nor fraction.
    func write(to out: inout OutputSpan<UInt8>, style: TimeStyle = .utc) {
        let parts = parts
        out.append(twoDigits: parts.year / 100)
        out.append(twoDigits: parts.year % 100)
        out.append(UInt8(ascii: "-"))
        out.append(twoDigits: parts.month)
        out.append(UInt8(ascii: "-"))
        out.append(twoDigits: parts.day)
        out.append(UInt8(ascii: "T"))
        out.append(twoDigits: parts.hour)
        out.append(UInt8(ascii: ":"))
        out.append(twoDigits: parts.minute)
        out.append(UInt8(ascii: ":"))
        out.append(twoDigits: parts.second)
        guard style == .utc else { return }
        if parts.tick > 0 {
            var (fraction, width) = (parts.tick, 7)
            while fraction % 10 == 0 { (fraction, width) = (fraction / 10, width - 1) }
            out.append(UInt8(ascii: "."))
            out.append(digits: fraction, width: width)
        }
        out.append(UInt8(ascii: "Z"))
    }

    /// The time in the format of Command 11 and later, such as `2026-03-20T00:20:11.017Z`.
    public var iso: String {
        String(decoding: [UInt8](capacity: Self.longestText) { write(to: &$0) }, as: UTF8.self)
    }

    /// The time in the format of HTTP's `Date` header (RFC 9110, IMF-fixdate): `Sun, 22 Nov 2026 12:00:01 GMT`.
    public var httpDate: String {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = parts
        var bytes = Array("\(parts.weekday.name.prefix(3)), ".utf8)
        bytes.append(digits: parts.day, width: 2)
        bytes.append(contentsOf: " \(months[parts.month - 1]) ".utf8)
        bytes.append(digits: parts.year, width: 4)
        for (mark, number) in [(" ", parts.hour), (":", parts.minute), (":", parts.second)] {
            bytes.append(contentsOf: mark.utf8)
            bytes.append(digits: number, width: 2)
        }
        bytes.append(contentsOf: " GMT".utf8)
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// How times are written: with `Z` and fractions, or with neither, as in Command 10.
public enum TimeStyle: Sendable {
    case utc
    case bare
}

extension OutputSpan<UInt8> {
    /// Appends a number from 0 to 99 as two digits.
    @inline(__always)
    fileprivate mutating func append(twoDigits number: Int) {
        append(bytesOf: UInt16(truncatingIfNeeded: 0x3030 + number / 10 + (number % 10) * 0x100))
    }

    /// Appends a decimal number, padded with zeros.
    ///
    /// - Parameters:
    ///   - number: not negative.
    ///   - width: the number of digits; higher digits are dropped.
    mutating func append(digits number: Int, width: Int) {
        var divisor = 1
        for _ in 1..<Swift.max(width, 1) { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
            divisor /= 10
        }
    }
}

extension [UInt8] {
    /// Appends a decimal number, padded with zeros. See `OutputSpan.append(digits:width:)`.
    mutating func append(digits number: Int, width: Int) {
        append(addingCapacity: Swift.max(width, 1)) { $0.append(digits: number, width: width) }
    }
}

/// Scans a time from left to right, byte by byte.
struct TimestampScanner {
    let bytes: ArraySlice<UInt8>
    var position: Int

    init(bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var isAtEnd: Bool { position == bytes.endIndex }

    mutating func take(_ text: String) -> Bool {
        guard bytes[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    /// Whether a character of ASCII is next.
    func isNext(_ character: Unicode.Scalar) -> Bool { position < bytes.endIndex && bytes[position] == UInt8(ascii: character) }

    /// Passes over a character of ASCII if it is next.
    mutating func take(byte character: Unicode.Scalar) -> Bool {
        guard isNext(character) else { return false }
        position += 1
        return true
    }

    mutating func number(digits: ClosedRange<Int>) -> Int? {
        var (value, count) = (0, 0)
        while count < digits.upperBound, let digit = digit() { (value, count) = (value * 10 + digit, count + 1) }
        return count >= digits.lowerBound ? value : nil
    }

    /// Reads an optional point and up to nine digits. Returns ticks; `nil` if no digit follows the point.
    mutating func fraction() -> Int? {
        guard take(byte: ".") else { return 0 }
        var (ticks, count) = (0, 0)
        while count < 9, let digit = digit() {
            if count < 7 { ticks = ticks * 10 + digit }
            count += 1
        }
        for _ in Swift.min(count, 7)..<7 { ticks *= 10 }
        return count > 0 ? ticks : nil
    }

    /// Reads an optional zone: `Z`, or an offset of at most 14 hours. Returns minutes east of UTC.
    mutating func zone() -> Int? {
        if isAtEnd || take(byte: "Z") || take(byte: "z") { return 0 }
        let east = take(byte: "+")
        guard east || take(byte: "-"), let hours = number(digits: 2...2) else { return nil }
        var minutes = 0
        if take(byte: ":") || !isAtEnd {
            guard let number = number(digits: 2...2), number < 60 else { return nil }
            minutes = number
        }
        let offset = hours * 60 + minutes
        return offset <= 14 * 60 ? (east ? offset : -offset) : nil
    }

    private mutating func digit() -> Int? {
        guard position < bytes.endIndex, bytes[position] >= UInt8(ascii: "0"), bytes[position] <= UInt8(ascii: "9") else { return nil }
        defer { position += 1 }
        return Int(bytes[position] - UInt8(ascii: "0"))
    }
}
