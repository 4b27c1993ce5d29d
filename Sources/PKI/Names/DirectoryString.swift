/// The kinds of text that X.509 knows.
enum DirectoryString {
    /// The text of a node; `#` and the hexadecimal digits of the whole node if it is none.
    static func text(_ node: DERReader.Node) -> String {
        let bytes = node.content
        switch node.tag {
        case Tag.utf8: if let text = String(validating: bytes, as: UTF8.self) { return text }
        // Numeric, printable, IA5, visible; Teletex is read as Latin 1, as everybody does.
        case 0x12, Tag.printable, 0x14, Tag.ia5, 0x1A: return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        case Tag.bmp where bytes.count % 2 == 0: return utf16(bytes)
        default: break
        }
        return "#" + Hex.text(Array(node.whole))
    }

    private static func utf16(_ bytes: ArraySlice<UInt8>) -> String {
        let units = stride(from: bytes.startIndex, to: bytes.endIndex, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        return String(decoding: units, as: UTF16.self)
    }

    /// A text in UTF-16, the high byte first.
    static func bmp(_ text: String) -> [UInt8] { text.utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] } }
}

/// Hexadecimal digits, in upper case.
public enum Hex {
    /// Two digits for each byte.
    public static func text(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The bytes of an even number of digits in either case; `nil` for anything else.
    public static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        let digits = text.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count % 2 == 0, !digits.contains(nil) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0]! << 4 | digits[$0 + 1]!) }
    }
}
