public import Base

/// Scalars as numbers, booleans, durations and times. Each property is nil if the text has another form.
extension YAMLNode {
    /// A point in time in a scenario.
    public enum Moment: Sendable, Equatable {
        /// A date and time.
        case absolute(Timestamp)
        /// An offset, which may be negative, usually from the clock's start.
        case relative(Duration)

        /// Whether it is relative to a start.
        public var isRelative: Bool {
            if case .relative = self { true } else { false }
        }

        /// The date and time.
        ///
        /// - Parameter start: the base of a relative moment.
        /// - Returns: the date and time.
        public func resolved(from start: Timestamp) -> Timestamp {
            switch self {
            case .absolute(let moment): moment
            case .relative(let away): start + away
            }
        }
    }

    /// The longest duration: a hundred years of 365 days, in seconds. In nanoseconds it still fits into 64 bits.
    static let longestDuration = 36_500 * 86_400

    /// An unquoted decimal whole number, but not `017`, which is octal in YAML 1.1.
    public var integer: Int? {
        guard let plain, !plain.isZeroPadded else { return nil }
        return Int(plain)
    }

    /// An unquoted decimal number with or without fraction and exponent, exactly as written.
    public var decimal: DecimalNumber? {
        guard let plain, !plain.isZeroPadded else { return nil }
        return DecimalNumber(plain)
    }

    /// An unquoted decimal number, finite, with or without fraction and exponent.
    public var number: Double? {
        decimal.flatMap { _ in plain.flatMap { Double($0) } }.flatMap { $0.isFinite ? $0 : nil }
    }

    /// An unquoted true, yes, on, false, no or off in lower case, capitalised or in upper case, as in YAML 1.1.
    public var boolean: Bool? {
        switch plain {
        case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": true
        case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": false
        default: nil
        }
    }

    /// A whole number and a unit, quoted or not: `250ms`, `3s`, `2m`, `1h`, `5d`. At most ``longestDuration``.
    public var duration: Duration? {
        text.flatMap { Self.duration(Substring($0)) }
    }

    /// A time with its offset (`2026-03-01T09:00:00Z`, `…+01:00`) or relative to a start (`+6d`, `-2h`), quoted or not.
    public var time: Moment? {
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

    /// A time with a zone: the meaning of a file must not depend on the machine.
    private static func instant(_ text: String) -> Timestamp? {
        guard let clock = text.split(separator: "T", maxSplits: 1).dropFirst().first, clock.contains(where: { "Z+-".contains($0) }),
            clock.prefix(while: { !"Z+-".contains($0) }).count >= 8
        else { return nil }
        return Timestamp(text)
    }
}

extension String {
    /// Whether a number begins with a zero that makes it octal in YAML 1.1: `017`, but not `0` or `0.5`.
    var isZeroPadded: Bool {
        let digits = utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }.prefix(2)
        return digits.first == UInt8(ascii: "0") && digits.count == 2 && digits.last.map { (48...57).contains($0) } == true
    }
}
