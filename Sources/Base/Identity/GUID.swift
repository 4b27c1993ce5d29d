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
    /// - Parameter bytes: the array to append to.
    func write(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "-"), count: Self.length))
        write(over: &bytes, at: bytes.count - Self.length)
    }

    /// Overwrites bytes with the 36 characters.
    ///
    /// - Parameters:
    ///   - bytes: the array to write to; the hyphens must already be there.
    ///   - start: the index of the first character.
    public func write(over bytes: inout [UInt8], at start: Int) {
        var span = bytes.mutableSpan
        var place = start
        for digits in 0..<2 {
            let half = digits == 0 ? high : low
            for digit in 0..<16 {
                if place == start + 8 || place == start + 13 || place == start + 18 || place == start + 23 { place += 1 }
                let nibble = UInt8(truncatingIfNeeded: half >> UInt64(60 - digit * 4)) & 0xF
                span[place] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
                place += 1
            }
        }
    }

    /// The 36 characters.
    public var text: String {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
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
