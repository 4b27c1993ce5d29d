/// A request for a certificate (PKCS#10) whose signature has been checked.
public struct SigningRequest: Sendable {
    /// The request in DER.
    public let der: [UInt8]
    /// Whom the certificate is to be for.
    public let subject: DistinguishedName
    /// Further names, in their order.
    public let sans: [SubjectAltName]
    /// The subject's key in DER.
    public let publicKeyInfo: [UInt8]
    /// The kind of its key.
    public let kind: KeyKind

    /// The most bytes of a request, as text or in DER.
    public static let mostBytes = 65536
    /// The sizes of RSA keys that are accepted, in bits.
    static let rsaBits = 1024...PublicKey.mostBits.modulus

    private static let extensions: OID = "1.2.840.113549.1.9.14"
    /// What Microsoft's tools wrote before there was a standard.
    private static let oldExtensions: OID = "1.3.6.1.4.1.311.2.1.14"

    /// Reads a request as text: PEM with any line ends, or base64 without its first and last line, in one line or many.
    ///
    /// - Parameter text: at most 64 KiB.
    /// - Throws: ``PKIMistake``, which says what is wrong.
    public init(_ text: String) throws(PKIMistake) {
        guard text.utf8.count <= Self.mostBytes else {
            throw PKIMistake("A CSR has at most \(Self.mostBytes) bytes; this one has \(text.utf8.count).")
        }
        var body = Array(text.utf8)
        if text.contains("-----BEGIN") {
            let block = try PEM.blocks(text).first { PEM.requestLabels.contains($0.label) }
            guard let block else { throw PKIMistake("The PEM text has no CERTIFICATE REQUEST in it.") }
            body = Array(block.body)
        }
        guard let der = PEM.decoded(body[...]) else {
            throw PKIMistake("The CSR is neither PEM nor base64.")
        }
        try self.init(der: der)
    }

    /// Reads a request in DER.
    ///
    /// - Parameter der: at most 64 KiB.
    /// - Throws: ``PKIMistake``, which says what is wrong.
    public init(der: [UInt8]) throws(PKIMistake) {
        guard der.count <= Self.mostBytes else {
            throw PKIMistake("A CSR has at most \(Self.mostBytes) bytes; this one has \(der.count).")
        }
        let parsed: (DistinguishedName, [UInt8], [SubjectAltName])
        let key: PublicKey
        do throws(PKIMistake) {
            parsed = try Self.parsed(der)
            key = try PublicKey(info: parsed.1)
        } catch {
            throw PKIMistake("The CSR cannot be read. \(error.message)")
        }
        self.der = der
        (subject, publicKeyInfo, sans) = parsed
        kind = try Self.accepted(key)
        if let flaw = try Self.flaw(der, key) { throw PKIMistake("The CSR cannot be read, or its signature is wrong: \(flaw).") }
    }

    /// What is wrong with a request's signature; `nil` if it is right.
    private static func flaw(_ der: [UInt8], _ key: PublicKey) throws(PKIMistake) -> String? {
        guard let signature = try PSSSignature(of: der) else { return Cryptography.flaw(ofRequest: der) }
        return signature.isRight(by: key) ? nil : "RSA-PSS says so"
    }

    private static func parsed(_ der: [UInt8]) throws(PKIMistake) -> (DistinguishedName, [UInt8], [SubjectAltName]) {
        var outer = try DERReader(der, Tag.sequence)
        var reader = try outer.sequence()
        _ = try reader.integer()
        let subject = try DistinguishedName(der: Array(try reader.node(Tag.sequence).whole))
        let info = Array(try reader.node(Tag.sequence).whole)
        var names: [SubjectAltName] = []
        guard var attributes = try reader.optional(Tag.wrapping(0))?.reader else { return (subject, info, names) }
        var count = 0
        while !attributes.isAtEnd {
            count += 1
            guard count <= Extension.most else { throw PKIMistake("There are more than \(Extension.most) attributes.") }
            var attribute = try attributes.sequence()
            let oid = try attribute.oid()
            guard oid == extensions || oid == oldExtensions else { continue }
            var values = try attribute.node(Tag.set).reader
            if let found = try Extension.all(try values.sequence())[Extension.subjectAltName] {
                names += try SubjectAltName.list(found)
            }
        }
        return (subject, info, names)
    }

    private static func accepted(_ key: PublicKey) throws(PKIMistake) -> KeyKind {
        guard let kind = key.kind else {
            throw PKIMistake(
                "The CSR's key is of \(key.curve.map { "curve \($0.text)" } ?? "algorithm \(key.algorithm.text)"); "
                    + "RSA, P-256, P-384, P-521, Ed25519 and Ed448 are known.")
        }
        if case .rsa(let bits) = kind, !rsaBits.contains(bits) {
            throw PKIMistake("The CSR's RSA key has \(bits) bits; it may have \(rsaBits.lowerBound) to \(rsaBits.upperBound).")
        }
        return kind
    }

    /// Makes a request, the same bytes every time.
    ///
    /// - Parameters:
    ///   - key: the subject's key, which signs it.
    ///   - subject: whom the certificate is to be for.
    ///   - sans: further names.
    /// - Returns: the request in DER.
    public static func make(key: PrivateKey, subject: DistinguishedName, sans: [SubjectAltName] = []) -> [UInt8] {
        let content = DERWriter.bytes { writer in
            writer.sequence { writer in
                writer.integer(0)
                writer.raw(subject.der)
                writer.raw(key.publicKeyInfo)
                writer.node(Tag.wrapping(0)) { if !sans.isEmpty { writeExtensions(sans, to: &$0) } }
            }
        }
        let signed = key.signature(of: content)
        return DERWriter.bytes(room: content.count + 600) { writer in
            writer.sequence { writer in
                writer.raw(content)
                signed.algorithm.write(to: &writer)
                writer.bits(signed.signature)
            }
        }
    }

    private static func writeExtensions(_ sans: [SubjectAltName], to writer: inout DERWriter) {
        writer.sequence { writer in
            writer.oid(extensions)
            writer.node(Tag.set) { writer in
                writer.sequence { $0.subjectAltNames(sans) }
            }
        }
    }
}
