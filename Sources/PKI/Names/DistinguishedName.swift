/// A distinguished name, as DER and as text such as `CN=shop.example,O=Example`. The text begins with the last part of the DER, as RFC 4514
/// has it, and as .NET, Java and Go read and write it.
public struct DistinguishedName: Sendable, Hashable {
    /// The name in DER.
    public let der: [UInt8]
    /// The name as text, escaped as RFC 4514 asks, without spaces after commas.
    public let text: String

    /// The most bytes of a name, as text or in DER.
    static let mostBytes = 4096

    /// One attribute.
    struct Part {
        var type: AttributeType
        var value: String
        /// Whether it stands in one set with the part before it.
        var isJoined = false

        func write(to writer: inout DERWriter) {
            writer.sequence { writer in
                writer.oid(type.oid)
                writer.node(type.tag, value.utf8)
            }
        }
    }

    /// A name of a single part.
    ///
    /// - Parameter commonName: the CN.
    public init(commonName: String) {
        self.init([Part(type: .named("CN")!, value: commonName)])
    }

    /// A name from its parts.
    init(_ parts: [Part]) {
        der = DERWriter.bytes { writer in
            writer.sequence { writer in
                for index in parts.indices.reversed() where !parts[index].isJoined {
                    let joined = parts[(index + 1)...].prefix { $0.isJoined }
                    writer.node(Tag.set) { writer in
                        if joined.isEmpty {
                            parts[index].write(to: &writer)
                        } else {
                            writer.sorted(([parts[index]] + joined).map { part in DERWriter.bytes(room: 64) { part.write(to: &$0) } })
                        }
                    }
                }
            }
        }
        // Parts of one set have been sorted.
        text = Self.text(parts.contains { $0.isJoined } ? (try? Self.parts(of: der)) ?? parts : parts)
    }

    /// Reads a name in DER.
    ///
    /// - Throws: ``PKIMistake`` if it is none.
    init(der: [UInt8]) throws(PKIMistake) {
        guard der.count <= Self.mostBytes else {
            throw PKIMistake("A distinguished name has at most \(Self.mostBytes) bytes; this one has \(der.count).")
        }
        self.der = der
        text = Self.text(try Self.parts(of: der))
    }

    private static func parts(of der: [UInt8]) throws(PKIMistake) -> [Part] {
        var groups: [[Part]] = []
        var sets = try DERReader(der, Tag.sequence)
        while !sets.isAtEnd {
            var set = try sets.node(Tag.set).reader
            var parts: [Part] = []
            while !set.isAtEnd {
                var attribute = try set.sequence()
                let type = AttributeType.with(try attribute.oid())
                parts.append(Part(type: type, value: DirectoryString.text(try attribute.any()), isJoined: !parts.isEmpty))
            }
            groups.append(parts)
        }
        return groups.reversed().flatMap { $0 }
    }

    /// The values of all parts of a type, in their order.
    ///
    /// - Parameter type: such as `CN`, `OU` or `E`; case-insensitive.
    /// - Returns: none if there is no such part.
    public func values(of type: String) -> [String] {
        guard let oid = AttributeType.named(type)?.oid else { return [] }
        return ((try? Self.parts(of: der)) ?? []).filter { $0.type.oid == oid }.map(\.value)
    }

    /// Each part as text, such as `CN=shop.example`.
    public var parts: [String] {
        ((try? Self.parts(of: der)) ?? []).map { Self.text([$0]) }
    }

    /// Whether it has no parts.
    public var isEmpty: Bool { text.isEmpty }

    // MARK: Writing text

    private static func text(_ parts: [Part]) -> String {
        var text: [UInt8] = []
        for part in parts {
            if !text.isEmpty { text.append(part.isJoined ? UInt8(ascii: "+") : UInt8(ascii: ",")) }
            text += part.type.name.utf8
            text.append(UInt8(ascii: "="))
            write(part.value, to: &text)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Writes a value with the escapes that it needs.
    private static func write(_ value: String, to text: inout [UInt8]) {
        let last = value.utf8.count - 1
        for (place, byte) in value.utf8.enumerated() {
            switch byte {
            case 0...0x1F, 0x7F:
                text += "\\".utf8
                text += Hex.text([byte]).utf8
                continue
            case UInt8(ascii: ","), UInt8(ascii: "+"), UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(UInt8(ascii: "\\"))
            case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: ";"): text.append(UInt8(ascii: "\\"))
            case UInt8(ascii: " ") where place == 0 || place == last: text.append(UInt8(ascii: "\\"))
            case UInt8(ascii: "#") where place == 0: text.append(UInt8(ascii: "\\"))
            default: break
            }
            text.append(byte)
        }
    }
}
