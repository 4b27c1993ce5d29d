extension DistinguishedName {
    /// Reads a name such as `CN=shop.example,O=Example\, Inc.` (RFC 4514), its first part first.
    ///
    /// Accepted as well: spaces around parts, `;` between them, a value in quotation marks, `E=` for an email address. Parts with an
    /// empty value are left out.
    ///
    /// - Parameter text: at most 4096 bytes.
    /// - Throws: ``PKIMistake``, which says what is wrong and where.
    public init(_ text: String) throws(PKIMistake) {
        guard text.utf8.count <= Self.mostBytes else {
            throw PKIMistake("A distinguished name has at most \(Self.mostBytes) bytes; this one has \(text.utf8.count).")
        }
        var parser = NameParser(bytes: Array(text.utf8))
        self.init(try parser.parts())
        guard der.count <= Self.mostBytes else {
            throw PKIMistake("A distinguished name has at most \(Self.mostBytes) bytes in DER; this one has \(der.count).")
        }
    }
}

/// Reads the text of a distinguished name.
private struct NameParser {
    let bytes: [UInt8]
    var place = 0

    mutating func parts() throws(PKIMistake) -> [DistinguishedName.Part] {
        var parts: [DistinguishedName.Part] = []
        var isJoined = false
        while skipSpaces(), place < bytes.count {
            let type = try type()
            let value = try value(type)
            if !value.isEmpty { parts.append(DistinguishedName.Part(type: type, value: value, isJoined: isJoined && !parts.isEmpty)) }
            guard place < bytes.count else { break }
            let joins = bytes[place] == UInt8(ascii: "+")
            // A part that is left out does not join its neighbours.
            isJoined = joins && (!value.isEmpty || isJoined)
            place += 1
        }
        return parts
    }

    private mutating func skipSpaces() -> Bool {
        while place < bytes.count, bytes[place] == UInt8(ascii: " ") { place += 1 }
        return true
    }

    private mutating func type() throws(PKIMistake) -> AttributeType {
        let start = place
        guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "=")) else {
            let rest = String(decoding: bytes[start...], as: UTF8.self)
            throw PKIMistake("'\(rest)' is not a part of a distinguished name: it has no '='. Write NAME=VALUE with commas between them.")
        }
        let spaces = bytes[start..<end].reversed().prefix { $0 == UInt8(ascii: " ") }.count
        let word = String(decoding: bytes[start..<(end - spaces)], as: UTF8.self)
        guard let type = AttributeType.named(word) else {
            throw PKIMistake(
                "A distinguished name has no part '\(word)'; known are \(AttributeType.words) and identifiers such as 2.5.4.3.")
        }
        place = end + 1
        return type
    }

    private mutating func value(_ type: AttributeType) throws(PKIMistake) -> String {
        _ = skipSpaces()
        var value: [UInt8] = []
        let isQuoted = place < bytes.count && bytes[place] == UInt8(ascii: "\"")
        if isQuoted { place += 1 }
        // How much of the value is not spaces at its end, which do not belong to it.
        var kept = 0
        scan: while place < bytes.count {
            let byte = bytes[place]
            switch byte {
            case UInt8(ascii: "\""):
                if isQuoted { break scan }
                throw PKIMistake("There is a '\"' within the value of \(type.name). Write '\\\"'.")
            case UInt8(ascii: "\\"):
                value.append(try escaped(type))
                kept = value.count
            case UInt8(ascii: ","), UInt8(ascii: "+"), UInt8(ascii: ";"):
                if !isQuoted { break scan }
                fallthrough
            default:
                value.append(byte)
                if isQuoted || byte != UInt8(ascii: " ") { kept = value.count }
            }
            place += 1
        }
        if isQuoted { try closeQuotes(type) }
        return try checked(Array(value.prefix(kept)), type)
    }

    /// Reads what is after a backslash, and stays on its last byte.
    private mutating func escaped(_ type: AttributeType) throws(PKIMistake) -> UInt8 {
        let next = bytes[(place + 1)...].prefix(2)
        if next.count == 2, let byte = Hex.bytes(String(decoding: next, as: UTF8.self)) {
            place += 2
            return byte[0]
        }
        guard let byte = next.first, " #=,+\"\\<>;".utf8.contains(byte) else {
            throw PKIMistake("The value of \(type.name) has a '\\' that escapes neither a special character nor two hexadecimal digits.")
        }
        place += 1
        return byte
    }

    private mutating func closeQuotes(_ type: AttributeType) throws(PKIMistake) {
        guard place < bytes.count else { throw PKIMistake("The value of \(type.name) has an opening '\"' and no closing one.") }
        place += 1
        _ = skipSpaces()
        guard place == bytes.count || ",+;".utf8.contains(bytes[place]) else {
            throw PKIMistake("After the closing '\"' of \(type.name) there is neither a comma nor the end.")
        }
    }

    private func checked(_ bytes: [UInt8], _ type: AttributeType) throws(PKIMistake) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw PKIMistake("The value of \(type.name) is not UTF-8.")
        }
        let isFit: (UInt8) -> Bool =
            switch type.tag {
            case Tag.printable: { Self.printable.contains($0) }
            case Tag.ia5: { (0x20...0x7E).contains($0) }
            default: { $0 >= 0x20 && $0 != 0x7F }
            }
        guard bytes.allSatisfy(isFit) else {
            throw PKIMistake("The value of \(type.name) has a character that X.509 does not allow there.")
        }
        return text
    }

    private static let printable = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 '()+,-./:=?".utf8)
}
