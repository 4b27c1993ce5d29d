/// What plain scalars mean where a number, a switch, a duration or a time is wanted. Each is nil where the text means no such thing.
extension YAMLNode {
    /// A point in time as a scenario gives it.
    enum Moment: Sendable, Equatable {
        /// Since 1970-01-01T00:00:00Z.
        case absolute(Duration)
        /// Before (negative) or after the moment that the reader of the scenario chooses, as a rule the clock's start.
        case relative(Duration)
    }

    /// The longest duration: a hundred years of 365 days, in seconds. Nanoseconds of it still fit 64 bits.
    static let longestDuration = 36_500 * 86_400

    /// An unquoted decimal whole number. `017` is none: YAML 1.1 would read it as octal.
    var integer: Int? {
        guard let plain, !plain.isZeroPadded else { return nil }
        return Int(plain)
    }

    /// An unquoted decimal number, finite, with or without fraction and exponent.
    var number: Double? {
        guard let plain, !plain.isZeroPadded, let first = plain.utf8.first else { return nil }
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        let others = "+-.eE".utf8
        guard first != UInt8(ascii: "e"), plain.utf8.allSatisfy({ digits.contains($0) || others.contains($0) }) else { return nil }
        return Double(plain).flatMap { $0.isFinite ? $0 : nil }
    }

    /// An unquoted true, yes, on, false, no or off: small, capitalised or in capitals, as YAML 1.1 has it.
    var boolean: Bool? {
        switch plain {
        case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": true
        case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": false
        default: nil
        }
    }

    /// A whole number and a unit, quoted or not: `250ms`, `3s`, `2m`, `1h`, `5d`. At most ``longestDuration``.
    var duration: Duration? {
        text.flatMap { Self.duration(Substring($0)) }
    }

    /// A time with its offset (`2026-03-01T09:00:00Z`, `…+01:00`) or relative to a start (`+6d`, `-2h`), quoted or not.
    var time: Moment? {
        guard let text else { return nil }
        return switch text.first {
        case "+": Self.duration(text.dropFirst()).map { .relative($0) }
        case "-": Self.duration(text.dropFirst()).map { .relative(.zero - $0) }
        default: Self.instant(text).map { .absolute($0) }
        }
    }

    private static func duration(_ text: Substring) -> Duration? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard (1...9).contains(digits.utf8.count), let amount = Int(digits) else { return nil }
        let duration: Duration
        switch text[digits.endIndex...] {
        case "ms": duration = .milliseconds(amount)
        case "s": duration = .seconds(amount)
        case "m": duration = .seconds(amount * 60)
        case "h": duration = .seconds(amount * 3600)
        case "d": duration = .seconds(amount * 86_400)
        default: return nil
        }
        return duration <= .seconds(longestDuration) ? duration : nil
    }

    private static func instant(_ text: String) -> Duration? {
        var rest = Substring(text)
        guard let year = take(4, 0...9999, from: &rest), take("-", from: &rest), let month = take(2, 1...12, from: &rest),
            take("-", from: &rest), let day = take(2, 1...31, from: &rest), day <= days(in: month, of: year),
            take("T", from: &rest), let hour = take(2, 0...23, from: &rest), take(":", from: &rest),
            let minute = take(2, 0...59, from: &rest), take(":", from: &rest), let second = take(2, 0...59, from: &rest),
            let fraction = takeFraction(from: &rest), let offset = takeOffset(from: &rest), rest.isEmpty
        else { return nil }
        let seconds = daysSinceEpoch(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
        return .seconds(seconds) + fraction
    }

    /// Takes exactly so many digits that make a number in a range.
    private static func take(_ count: Int, _ range: ClosedRange<Int>, from rest: inout Substring) -> Int? {
        let digits = rest.prefix(count)
        guard digits.utf8.count == count, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let value = Int(digits), range.contains(value)
        else { return nil }
        rest.removeFirst(count)
        return value
    }

    private static func take(_ character: Character, from rest: inout Substring) -> Bool {
        guard rest.first == character else { return false }
        rest.removeFirst()
        return true
    }

    /// Takes `.25`, or nothing. At most nine digits: nanoseconds.
    private static func takeFraction(from rest: inout Substring) -> Duration? {
        guard take(".", from: &rest) else { return .zero }
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard (1...9).contains(digits.utf8.count) else { return nil }
        rest.removeFirst(digits.count)
        let padded = digits + String(repeating: "0", count: 9 - digits.utf8.count)
        return Int(padded).map { .nanoseconds($0) }
    }

    /// Takes `Z` or `+01:00`: the offset in seconds.
    private static func takeOffset(from rest: inout Substring) -> Int? {
        if take("Z", from: &rest) { return 0 }
        let sign = rest.first == "-" ? -1 : 1
        guard take("+", from: &rest) || take("-", from: &rest), let hours = take(2, 0...23, from: &rest), take(":", from: &rest),
            let minutes = take(2, 0...59, from: &rest)
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    private static func days(in month: Int, of year: Int) -> Int {
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Days from 1970-01-01 in the Gregorian calendar. The year is taken to begin in March, so that the leap day comes last.
    private static func daysSinceEpoch(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = (month < 3 ? year - 1 : year) + 400  // never negative, so that division rounds down
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468 - 146_097
    }
}

extension String {
    /// Whether a number begins with a zero that YAML 1.1 takes for the sign of octal: `017`, not `0` or `0.5`.
    var isZeroPadded: Bool {
        let digits = utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }.prefix(2)
        return digits.first == UInt8(ascii: "0") && digits.count == 2 && digits.last.map { (48...57).contains($0) } == true
    }
}
