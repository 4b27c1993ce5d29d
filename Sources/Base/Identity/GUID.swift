/// A 128-bit identifier in Command's format: lower case, hyphens, no braces.
public struct GUID: Sendable, Hashable, Comparable {
    /// The first eight bytes, the most significant first.
    let high: UInt64
    /// The last eight bytes.
    let low: UInt64

    /// The all-zero GUID, which Command uses as a value too.
    public static let empty = GUID(high: 0, low: 0)

    /// A GUID from its two halves.
    ///
    /// - Parameters:
    ///   - high: the first eight bytes.
    ///   - low: the last eight bytes.
    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Parses 32 hexadecimal digits in either case with hyphens in the usual four positions; `nil` for anything else.
    ///
    /// .NET also accepts braces, and GUIDs without hyphens, but no known client sends them.
    ///
    /// - Parameter text: 36 characters.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        self.init(bytes.span)
    }

    /// Parses a GUID where it lies; see `init(_:)`.
    public init?(_ text: String) { self.init(text.utf8Span.span) }

    /// Parses a GUID from bytes; see `init(_:)`.
    ///
    /// - Parameter text: 36 bytes of ASCII.
    init?(_ text: borrowing Span<UInt8>) {
        guard text.count == 36 else { return nil }
        var halves = (high: UInt64(0), low: UInt64(0))
        var digits = 0
        for index in text.indices {
            let byte = text[index]
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let nibble: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): nibble = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): nibble = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): nibble = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            if digits < 16 { halves.high = halves.high << 4 | UInt64(nibble) } else { halves.low = halves.low << 4 | UInt64(nibble) }
            digits += 1
        }
        (high, low) = halves
    }

    /// The number of characters of a GUID.
    public static let length = 36

    /// Appends the 36 characters.
    ///
    /// - Parameter out: where there is room for them.
    public func write(to out: inout OutputSpan<UInt8>) {
        Self.write(high >> 32, digits: 8, &out)
        out.append(UInt8(ascii: "-"))
        Self.write(high >> 16, digits: 4, &out)
        out.append(UInt8(ascii: "-"))
        Self.write(high, digits: 4, &out)
        out.append(UInt8(ascii: "-"))
        Self.write(low >> 48, digits: 4, &out)
        out.append(UInt8(ascii: "-"))
        Self.write(low, digits: 12, &out)
    }

    /// Appends the lowest digits of a half.
    private static func write(_ half: UInt64, digits: Int, _ out: inout OutputSpan<UInt8>) {
        var rest = half << UInt64(64 - digits * 4)
        for _ in 0..<digits {
            let nibble = UInt8(truncatingIfNeeded: rest >> 60)
            out.append(nibble &+ (nibble < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10))
            rest <<= 4
        }
    }

    /// The 36 characters.
    public var text: String {
        String(decoding: [UInt8](capacity: Self.length) { write(to: &$0) }, as: UTF8.self)
    }

    /// Orders GUIDs like their text.
    public static func < (left: GUID, right: GUID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    /// Both halves are already well distributed: combining them into one word is enough for a hash table.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(high ^ low)
    }
}
