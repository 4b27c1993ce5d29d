/// A further name of a certificate's subject (RFC 5280, 4.2.1.6).
public struct SubjectAltName: Sendable, Hashable {
    /// What kind of name it is.
    public enum Kind: Sendable, Hashable, CaseIterable {
        /// Any type, as `1.2.3.4:text`.
        case other
        /// An email address.
        case rfc822
        /// A DNS name, which may begin with `*.`.
        case dns
        /// An X.400 address; only read.
        case x400
        /// A distinguished name.
        case directory
        /// An EDI party; only read.
        case ediParty
        /// A URI.
        case uri
        /// An IPv4 or IPv6 address.
        case ip
        /// An object identifier.
        case registeredID
        /// A user principal name of Windows.
        case principalName
        /// The GUID of a domain controller.
        case ntdsReplication
    }

    /// Its kind.
    public let kind: Kind
    /// The name as text.
    public let value: String
    /// The name in DER.
    let der: [UInt8]

    private static let principalNameOID: OID = "1.3.6.1.4.1.311.20.2.3"
    private static let ntdsReplicationOID: OID = "1.3.6.1.4.1.311.25.1"

    /// A name from text.
    ///
    /// - Parameters:
    ///   - kind: its kind. X.400 addresses and EDI parties cannot be made.
    ///   - value: the text, at most 1024 bytes.
    /// - Throws: ``PKIMistake``, which says what would be right.
    public init(_ kind: Kind, _ value: String) throws(PKIMistake) {
        guard value.utf8.count <= 1024 else {
            throw PKIMistake("A subject alternative name has at most 1024 bytes; this one has \(value.utf8.count).")
        }
        guard !value.isEmpty else { throw PKIMistake("A subject alternative name is empty.") }
        self.kind = kind
        (self.value, der) = try Self.encoded(kind, value)
    }

    private static func encoded(_ kind: Kind, _ value: String) throws(PKIMistake) -> (String, [UInt8]) {
        switch kind {
        case .rfc822: return (value, try visible(1, value, "an email address such as ann@example.org") { $0.contains("@") })
        case .dns: return (value, try visible(2, value, "a DNS name in ASCII such as shop.example") { $0.utf8.count <= 253 })
        case .uri: return (value, try visible(6, value, "a URI such as https://shop.example/") { $0.contains(":") })
        case .directory:
            let name = try DistinguishedName(value)
            return (name.text, node(Tag.wrapping(4), name.der))
        case .ip:
            guard !value.utf8.contains(0), let address = Cryptography.address(value) else {
                throw PKIMistake("'\(value)' is not an IPv4 or IPv6 address.")
            }
            return (Cryptography.text(ofAddress: address), node(Tag.replacing(7), address))
        case .registeredID:
            guard let oid = OID(value) else { throw PKIMistake("'\(value)' is not an object identifier such as 1.2.3.4.") }
            return (value, node(Tag.replacing(8), oid.bytes))
        case .principalName: return (value, other(principalNameOID, Tag.utf8, Array(value.utf8)))
        case .ntdsReplication:
            guard let bytes = Hex.bytes(value.filter { !"-{}".contains($0) }), bytes.count == 16 else {
                throw PKIMistake("'\(value)' is not a GUID.")
            }
            return (Hex.text(bytes), other(ntdsReplicationOID, Tag.octets, bytes))
        case .other:
            let halves = value.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2, let oid = OID(halves[0]) else {
                throw PKIMistake("'\(value)' is not an object identifier and a text with a colon between them, such as 1.2.3.4:text.")
            }
            return (value, other(oid, Tag.utf8, Array(halves[1].utf8)))
        case .x400, .ediParty: throw PKIMistake("X.400 addresses and EDI parties cannot be put into certificates here.")
        }
    }

    private static func visible(
        _ number: UInt8, _ value: String, _ right: String, _ check: (String) -> Bool
    ) throws(PKIMistake) -> [UInt8] {
        guard value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), check(value) else {
            throw PKIMistake("'\(value)' is not \(right).")
        }
        return node(Tag.replacing(number), value.utf8)
    }

    private static func node(_ tag: UInt8, _ content: some Collection<UInt8>) -> [UInt8] {
        DERWriter.bytes(room: content.count + 4) { $0.node(tag, content) }
    }

    private static func other(_ oid: OID, _ tag: UInt8, _ value: [UInt8]) -> [UInt8] {
        DERWriter.bytes(room: value.count + 32) { writer in
            writer.node(Tag.wrapping(0)) { writer in
                writer.oid(oid)
                writer.node(Tag.wrapping(0)) { $0.node(tag, value) }
            }
        }
    }

    // MARK: Reading

    /// Reads a name of a certificate or a request. What it cannot show as text is shown in hexadecimal.
    init(_ node: DERReader.Node) throws(PKIMistake) {
        der = Array(node.whole)
        let content = Array(node.content)
        let ascii = String(String.UnicodeScalarView(content.map { Unicode.Scalar($0) }))
        switch node.tag {
        case Tag.wrapping(0): (kind, value) = try Self.other(node.reader)
        case Tag.replacing(1): (kind, value) = (.rfc822, ascii)
        case Tag.replacing(2): (kind, value) = (.dns, ascii)
        case Tag.wrapping(3): (kind, value) = (.x400, Hex.text(content))
        case Tag.wrapping(4): (kind, value) = (.directory, try DistinguishedName(der: content).text)
        case Tag.wrapping(5): (kind, value) = (.ediParty, Hex.text(content))
        case Tag.replacing(6): (kind, value) = (.uri, ascii)
        case Tag.replacing(7):
            kind = .ip
            value = [4, 16].contains(content.count) ? Cryptography.text(ofAddress: content) : Hex.text(content)
        case Tag.replacing(8): (kind, value) = (.registeredID, OID(encoded: node.content).text)
        default: throw PKIMistake("There is no kind of subject alternative name with tag \(node.tag), at byte \(node.whole.startIndex).")
        }
    }

    private static func other(_ reader: DERReader) throws(PKIMistake) -> (Kind, String) {
        var reader = reader
        let oid = try reader.oid()
        var wrapping = try reader.node(Tag.wrapping(0)).reader
        let node = try wrapping.any()
        switch oid {
        case principalNameOID: return (.principalName, DirectoryString.text(node))
        case ntdsReplicationOID: return (.ntdsReplication, Hex.text(Array(node.content)))
        default: return (.other, "\(oid.text):\(DirectoryString.text(node))")
        }
    }

    /// The most names of a certificate or a request: GnuTLS takes a second for ten thousands.
    static let most = 1000

    /// Reads the content of the extension.
    static func list(_ extension: ArraySlice<UInt8>) throws(PKIMistake) -> [SubjectAltName] {
        var outer = DERReader(`extension`)
        var reader = try outer.sequence()
        var names: [SubjectAltName] = []
        while !reader.isAtEnd {
            guard names.count < most else { throw PKIMistake("There are more than \(most) subject alternative names.") }
            names.append(try SubjectAltName(try reader.any()))
        }
        return names
    }
}
