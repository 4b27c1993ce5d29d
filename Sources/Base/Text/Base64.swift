/// Base64 (RFC 4648), as in Basic credentials.
public enum Base64 {
    /// Decodes a text. Padding may be missing; nothing else may be wrong.
    ///
    /// - Parameter text: the encoded bytes.
    /// - Returns: `nil` if it contains another character, or has a length that no bytes encode to.
    public static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var end = text.endIndex
        while end > text.startIndex, text.endIndex - end < 2, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
        let digits = text[..<end]
        guard digits.count % 4 != 1 else { return nil }
        var isGood = true
        var bytes: [UInt8] = []
        bytes.append(addingCapacity: digits.count * 3 / 4) { out in
            var (word, bits): (UInt32, Int) = (0, 0)
            for digit in digits {
                let value = values[Int(digit)]
                isGood = isGood && value < 64
                (word, bits) = (word << 6 | UInt32(value & 63), bits + 6)
                guard bits >= 8 else { continue }
                bits -= 8
                out.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
            }
        }
        return isGood ? bytes : nil
    }

    /// What each character stands for; 64 for those that stand for nothing.
    private static let values = (0...UInt8.max).map { value($0) ?? 64 }

    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Encodes bytes with padding, in one line.
    ///
    /// - Parameter bytes: any bytes.
    /// - Returns: the text.
    public static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var word: UInt32 = 0
            for index in 0..<3 { word = word << 8 | (index < count ? UInt32(bytes[start + index]) : 0) }
            for index in 0..<4 { text.append(index <= count ? digits[Int(word >> UInt32(18 - 6 * index) & 63)] : UInt8(ascii: "=")) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
