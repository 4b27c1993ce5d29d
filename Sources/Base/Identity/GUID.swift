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
    /// `init(dotNet:)` takes the other forms of .NET.
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

    /// Appends the 36 characters, by words of eight: 190 instructions, where digit by digit takes 680.
    ///
    /// - Parameter out: where there is room for them.
    public func write(to out: inout OutputSpan<UInt8>) {
        let hyphen = UInt64(UInt8(ascii: "-"))
        let (first, second) = (Self.digits(high >> 32), Self.digits(high & 0xFFFF_FFFF))
        let (third, fourth) = (Self.digits(low >> 32), Self.digits(low & 0xFFFF_FFFF))
        out.append(bytesOf: first)
        // A hyphen, four digits, a hyphen and two digits; then the other two, a hyphen, four digits and a hyphen.
        out.append(bytesOf: hyphen | second << 8 & 0xFF_FFFF_FF00 | hyphen << 40 | (second >> 32) << 48)
        out.append(bytesOf: second >> 48 | hyphen << 16 | third << 24 & 0xFF_FFFF_FF00_0000 | hyphen << 56)
        out.append(bytesOf: third >> 32 | fourth << 32)
        out.append(bytesOf: UInt32(truncatingIfNeeded: fourth >> 32))
    }

    /// The eight hexadecimal digits of a word of 32 bits, the first in the lowest byte.
    @inline(__always)
    private static func digits(_ word: UInt64) -> UInt64 {
        // Each half is moved to the middle of twice the room, until every digit has a byte of its own.
        var digits = (word << 16 | word) & 0x0000_FFFF_0000_FFFF
        digits = (digits << 8 | digits) & 0x00FF_00FF_00FF_00FF
        digits = (digits << 4 | digits) & 0x0F0F_0F0F_0F0F_0F0F
        // 1 in the byte of each digit above 9: those are letters, which lie 39 further on than the characters after "9".
        let letters = (digits &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return (digits &+ 0x3030_3030_3030_3030 &+ letters &* 39).byteSwapped
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

extension GUID {
    /// Parses a GUID as .NET's `Guid.Parse` does, in any of its forms: `D` as Command writes it, `N` without hyphens, `B` in braces, `P` in
    /// parentheses, and `X`, `{0x…,0x…,0x…,{0x…,…}}`; `nil` for other texts. Blanks around it do not count.
    public init?(dotNet text: String) {
        if let plain = GUID(text) {
            self = plain
            return
        }
        // The shortest is N, and the longest X with blanks: what is shorter or longer is not looked at.
        guard (32...256).contains(text.utf8.count) else { return nil }
        let text = text.trimmed
        let inner = String(text.dropFirst().dropLast())
        switch (text.first, text.last) {
        case ("{", "}") where inner.contains(","): self.init(groups: inner)
        case ("{", "}"), ("(", ")"): self.init(inner)
        default: self.init(digits: text)
        }
    }

    /// 32 digits, or 36 characters.
    private init?(digits text: String) {
        guard text.utf8.count == 32 else {
            self.init(text)
            return
        }
        guard text.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }), let high = UInt64(text.prefix(16), radix: 16),
            let low = UInt64(text.suffix(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }

    /// The eleven numbers of form `X` without its outer braces.
    private init?(groups text: String) {
        let parts = text.lowercased().filter { !$0.isWhitespace }.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 11, parts[3].hasPrefix("{"), parts[10].hasSuffix("}") else { return nil }
        let bare = parts.enumerated().map { place, part in
            place == 3 ? String(part.dropFirst()) : place == 10 ? String(part.dropLast()) : part
        }
        var digits = ""
        for (number, width) in zip(bare, [8, 4, 4] + Array(repeating: 2, count: 8)) {
            guard number.hasPrefix("0x"), (3...width + 2).contains(number.utf8.count) else { return nil }
            digits += String(repeating: "0", count: width + 2 - number.utf8.count) + number.dropFirst(2)
        }
        self.init(digits: digits)
    }
}
