/// A decimal number of any size and precision, compared exactly: a `JobHistoryId` has 64 bits, of which a `Double` keeps 53.
public struct DecimalNumber: Sendable, Equatable, Comparable {
    private let isNegative: Bool
    /// Without zeros at either end; empty for zero.
    private let digits: [UInt8]
    /// Where the point stands, counted in digits from the first one to the right.
    private let point: Int

    /// Reads a number such as `12`, `-0.5`, `.5` or `1e3`; `nil` if the text is none.
    ///
    /// - Parameter text: the number, without blanks.
    public init?(_ text: some StringProtocol) {
        let (ten, zero) = (UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "0"))
        var rest = Array(text.utf8)[...]
        let sign = rest.first.flatMap { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") ? $0 : nil }
        if sign != nil { rest.removeFirst() }
        let whole = rest.prefix { ten.contains($0) }
        rest = rest.dropFirst(whole.count)
        var fraction: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix { ten.contains($0) }
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        var exponent = 0
        if let mark = rest.first {
            guard mark | 0x20 == UInt8(ascii: "e") else { return nil }
            let written = rest.dropFirst()
            let power = written.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
            guard !power.isEmpty, written.count - power.count <= 1, power.allSatisfy({ ten.contains($0) }) else { return nil }
            // Powers of more than nine digits are as good as boundless: no text has that many digits.
            let size = Int(String(decoding: power, as: UTF8.self)).map { min($0, 1 << 60) } ?? 1 << 60
            exponent = written.first == UInt8(ascii: "-") ? -size : size
        }
        let significant = (whole + fraction).drop { $0 == zero }
        let leading = whole.count + fraction.count - significant.count
        let trailing = significant.reversed().prefix { $0 == zero }.count
        digits = Array(significant.dropLast(trailing))
        point = digits.isEmpty ? 0 : whole.count - leading + exponent
        isNegative = sign == UInt8(ascii: "-") && !digits.isEmpty
    }

    /// A whole number.
    public init(_ number: Int) {
        var (left, digits): (UInt, [UInt8]) = (number.magnitude, [])
        while left > 0 {
            digits.append(UInt8(ascii: "0") + UInt8(left % 10))
            left /= 10
        }
        point = digits.count
        self.digits = digits.drop { $0 == UInt8(ascii: "0") }.reversed()
        isNegative = number < 0
    }

    /// Whether one number is smaller than another.
    public static func < (one: Self, other: Self) -> Bool {
        if one.isNegative != other.isNegative { return one.isNegative }
        return one.isNegative ? other.isSmaller(than: one) : one.isSmaller(than: other)
    }

    /// Whether the number is smaller than another, both without their signs.
    private func isSmaller(than other: Self) -> Bool {
        if digits.isEmpty || other.digits.isEmpty { return digits.isEmpty && !other.digits.isEmpty }
        return point == other.point ? digits.lexicographicallyPrecedes(other.digits) : point < other.point
    }
}
