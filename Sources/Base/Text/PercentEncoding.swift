/// Strict percent-decoding (RFC 3986, section 2.1).
public enum PercentEncoding {
    /// Decodes a part of a request target or of a form.
    ///
    /// - Parameters:
    ///   - text: the encoded bytes.
    ///   - plusIsSpace: whether `+` means a space, as in queries and forms.
    /// - Returns: `nil` if a `%` is not followed by two digits, or if the result has a control character or NUL, or is not UTF-8.
    public static func decode(_ text: some Collection<UInt8>, plusIsSpace: Bool = false) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var position = text.startIndex
        while position != text.endIndex {
            let byte = text[position]
            position = text.index(after: position)
            guard byte == UInt8(ascii: "%") else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                continue
            }
            var decoded: UInt8 = 0
            for _ in 0..<2 {
                guard position != text.endIndex, let digit = JSONParser.hexadecimal(text[position]) else { return nil }
                decoded = decoded << 4 | digit
                position = text.index(after: position)
            }
            bytes.append(decoded)
        }
        guard !bytes.contains(where: { $0 < 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D || $0 == 0x7F }) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
