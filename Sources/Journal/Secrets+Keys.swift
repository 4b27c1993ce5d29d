import Base

/// Private keys, found by what they are.
extension Secrets {
    /// Whether a text is a private key, or a file with one, in base64: DER of PKCS#1, PKCS#8, SEC 1 or PKCS#12. Certificates and requests for
    /// signing are not.
    static func isKeyFile(_ text: String) -> Bool {
        let digits = text.utf8.drop { $0 <= 0x20 }.prefix(28)
        guard digits.first == UInt8(ascii: "M"), digits.count >= 24, var bytes = Base64.decode(Array(digits.prefix(24))[...])?[...],
            bytes.removeFirst() == 0x30
        else { return false }
        dropLength(&bytes)
        // The version that keys and PKCS#12 begin with.
        if bytes.starts(with: [0x02, 0x01]) { return true }
        guard bytes.popFirst() == 0x30 else { return false }
        dropLength(&bytes)
        // An encrypted PKCS#8 key begins with the algorithm, one of PKCS#5 or PKCS#12.
        return [
            [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05], [0x06, 0x0A, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C],
        ]
        .contains { bytes.starts(with: $0) }
    }

    private static func dropLength(_ bytes: inout ArraySlice<UInt8>) {
        guard let first = bytes.popFirst(), first > 0x80 else { return }
        bytes = bytes.dropFirst(Int(first & 0x7F))
    }

    /// Whether a text in small letters shows a private key, and not only speaks of one.
    static func showsKey(_ small: String) -> Bool {
        guard let found = small.firstRange(of: "private key") else { return false }
        if small.contains("begin ") { return true }
        let rest = small[found.upperBound...]
        return rest.first.map { "-:=\"'".contains($0) } == true || rest.split(separator: " ").contains { $0.utf8.count >= 32 }
    }
}
