public import Base

/// What stands in a certificate, whoever made it.
public struct CertificateFacts: Sendable {
    /// Whom it is for.
    public let subject: DistinguishedName
    /// Who signed it.
    public let issuer: DistinguishedName
    /// The serial number, in upper-case hexadecimal digits, two for each byte.
    public let serial: String
    /// From when it is valid.
    public let notBefore: Timestamp
    /// Until when it is valid.
    public let notAfter: Timestamp
    /// The subject's key in DER.
    public let publicKeyInfo: [UInt8]
    /// The kind of its key; `nil` for algorithms and curves that are not a ``KeyKind``.
    public let keyKind: KeyKind?
    /// The size of its key in bits; 0 if that is not known.
    public let keyBits: Int
    /// The object identifier of its key's algorithm.
    public let keyAlgorithm: String
    /// The object identifier of its key's curve, if it has one.
    public let curve: String?
    /// The algorithm of its signature, as BouncyCastle names it: `SHA-256withRSA`, `Ed25519`.
    public let signingAlgorithm: String
    /// What the key may be used for; `nil` if it does not say.
    public let keyUsage: KeyUsage?
    /// The object identifiers of its purposes.
    public let extendedKeyUsages: [String]
    /// Its subject's further names.
    public let sans: [SubjectAltName]
    /// Where its issuer's CRLs are.
    public let crlURLs: [String]
    /// Whether it may sign others.
    public let isCA: Bool
    /// How many CAs may be below it; `nil` if it does not say.
    public let pathLength: Int?

    /// The most bytes of a certificate.
    public static let mostBytes = 65536

    /// Reads a certificate.
    ///
    /// - Parameter der: at most 64 KiB.
    /// - Throws: ``PKIMistake`` if it is none.
    public init(der: [UInt8]) throws(PKIMistake) {
        guard der.count <= Self.mostBytes else {
            throw PKIMistake("A certificate has at most \(Self.mostBytes) bytes; this one has \(der.count).")
        }
        do throws(PKIMistake) {
            try self.init(parsing: der)
        } catch {
            throw PKIMistake("This is not an X.509 certificate in DER. \(error.message)")
        }
        if let flaw = Cryptography.flaw(ofCertificate: der) { throw PKIMistake("This is not an X.509 certificate in DER: \(flaw).") }
    }

    private init(parsing der: [UInt8]) throws(PKIMistake) {
        var outer = try DERReader(der, Tag.sequence)
        var reader = try outer.sequence()
        _ = try reader.optional(Tag.wrapping(0))
        let number = try reader.content(Tag.integer)
        // A zero that only keeps the number positive is not shown.
        serial = Hex.text(Array(number.count > 1 && number.first == 0 ? number.dropFirst() : number))
        var algorithm = try reader.sequence()
        signingAlgorithm = SignatureAlgorithm.name(try algorithm.oid())
        issuer = try DistinguishedName(der: Array(try reader.node(Tag.sequence).whole))
        var validity = try reader.sequence()
        notBefore = try validity.time()
        notAfter = try validity.time()
        subject = try DistinguishedName(der: Array(try reader.node(Tag.sequence).whole))
        publicKeyInfo = Array(try reader.node(Tag.sequence).whole)
        let key = try PublicKey(info: publicKeyInfo)
        (keyKind, keyBits, keyAlgorithm, curve) = (key.kind, key.bits, key.algorithm.text, key.curve?.text)
        _ = try reader.optional(Tag.replacing(1))
        _ = try reader.optional(Tag.replacing(2))
        var wrapping = try reader.optional(Tag.wrapping(3))?.reader
        let extensions = try wrapping?.sequence()
        let found = if let extensions { try Extension.all(extensions) } else { [OID: ArraySlice<UInt8>]() }
        keyUsage = if let usage = found[Extension.keyUsage] { try KeyUsage(usage) } else { nil }
        sans = if let names = found[Extension.subjectAltName] { try SubjectAltName.list(names) } else { [] }
        crlURLs = if let points = found[Extension.crlPoints] { try Extension.urls(crlPoints: points) } else { [] }
        extendedKeyUsages = try Self.purposes(found[Extension.extendedKeyUsage])
        (isCA, pathLength) = try Self.constraints(found[Extension.basicConstraints])
    }

    private static func purposes(_ extension: ArraySlice<UInt8>?) throws(PKIMistake) -> [String] {
        guard let `extension` else { return [] }
        var outer = DERReader(`extension`)
        var reader = try outer.sequence()
        var purposes: [String] = []
        while !reader.isAtEnd { purposes.append(try reader.oid().text) }
        return purposes
    }

    private static func constraints(_ extension: ArraySlice<UInt8>?) throws(PKIMistake) -> (Bool, Int?) {
        guard let `extension` else { return (false, nil) }
        var outer = DERReader(`extension`)
        var reader = try outer.sequence()
        let isCA = try reader.optional(Tag.boolean)?.content.first ?? 0 != 0
        guard !reader.isAtEnd else { return (isCA, nil) }
        let length = try reader.integer()
        guard length.count <= 4 else { throw PKIMistake("The path length is out of range.") }
        return (isCA, length.reduce(0) { $0 << 8 | Int($1) })
    }

    // MARK: Hashes

    /// The SHA-1 hash of a certificate, in upper-case hexadecimal digits.
    ///
    /// - Parameter der: the certificate.
    /// - Returns: 40 digits.
    public static func thumbprint(of der: [UInt8]) -> String { Hex.text(Cryptography.sha1(der)) }

    /// The MD5 hash of a text, in upper-case hexadecimal digits.
    ///
    /// - Parameter text: any text.
    /// - Returns: 32 digits.
    public static func md5(of text: String) -> String { Hex.text(Cryptography.md5(Array(text.utf8))) }
}
