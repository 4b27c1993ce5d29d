public import Base

/// What is to stand in a certificate.
public struct Leaf: Sendable {
    /// Whom it is for. If it is empty, the names in ``sans`` count alone.
    public var subject: DistinguishedName
    /// The subject's key: a SubjectPublicKeyInfo in DER.
    public var publicKeyInfo: [UInt8]
    /// The serial number: 1 to 20 bytes, the first bit clear.
    public var serial: [UInt8]
    /// From when it is valid, to the second.
    public var notBefore: Timestamp
    /// Until when it is valid, to the second.
    public var notAfter: Timestamp
    /// Further names, in their order.
    public var sans: [SubjectAltName]
    /// What the key may be used for; if it is empty, nothing is said about that.
    public var keyUsage: KeyUsage
    /// The object identifiers of its purposes; if there are none, nothing is said about them.
    public var extendedKeyUsages: [String]
    /// Where the CRL is that it would be in.
    public var crlURL: String?
    /// Where its status can be asked for.
    public var statusURL: String?
    /// Whether it may sign others.
    public var isCA: Bool
    /// How many CAs may be below it.
    var pathLength: UInt64?

    /// What is to stand in a certificate.
    ///
    /// - Parameters:
    ///   - subject: whom it is for.
    ///   - publicKeyInfo: the subject's key in DER.
    ///   - serial: the serial number; see ``serial(seed:number:)``.
    ///   - notBefore: from when it is valid.
    ///   - notAfter: until when it is valid.
    ///   - sans: further names.
    ///   - keyUsage: what the key may be used for.
    ///   - extendedKeyUsages: object identifiers of its purposes.
    ///   - crlURL: where the CRL is.
    ///   - statusURL: where its status can be asked for.
    ///   - isCA: whether it may sign others.
    public init(
        subject: DistinguishedName, publicKeyInfo: [UInt8], serial: [UInt8], notBefore: Timestamp, notAfter: Timestamp,
        sans: [SubjectAltName] = [], keyUsage: KeyUsage = [.digitalSignature, .keyEncipherment],
        extendedKeyUsages: [String] = ["1.3.6.1.5.5.7.3.1"], crlURL: String? = nil, statusURL: String? = nil,
        isCA: Bool = false
    ) {
        (self.subject, self.publicKeyInfo, self.serial) = (subject, publicKeyInfo, serial)
        (self.notBefore, self.notAfter, self.sans) = (notBefore, notAfter, sans)
        (self.keyUsage, self.extendedKeyUsages, self.crlURL, self.isCA) = (keyUsage, extendedKeyUsages, crlURL, isCA)
        self.statusURL = statusURL
    }

    /// A serial number that follows from a seed: 20 bytes, of which the first is neither 0 nor above 127.
    ///
    /// - Parameters:
    ///   - seed: the seed.
    ///   - number: which of the seed's.
    /// - Returns: the number's bytes.
    public static func serial(seed: UInt64, number: Int) -> [UInt8] {
        serial("serial number", seed: seed, number: UInt64(truncatingIfNeeded: number))
    }

    static func serial(_ purpose: String, seed: UInt64, number: UInt64 = 0) -> [UInt8] {
        var bytes = Derivation.bytes(20, purpose, seed: seed, number: number)
        bytes[0] = bytes[0] & 0x3F | 0x40
        return bytes
    }

    /// Writes the extensions.
    func writeExtensions(authorityKeyID: [UInt8], to writer: inout DERWriter) {
        if !sans.isEmpty { writer.subjectAltNames(sans, isCritical: subject.isEmpty) }
        if !keyUsage.isEmpty { writer.extension(Extension.keyUsage, isCritical: true) { keyUsage.write(to: &$0) } }
        let purposes = extendedKeyUsages.compactMap { OID($0) }
        if !purposes.isEmpty {
            writer.extension(Extension.extendedKeyUsage) { writer in
                writer.sequence { writer in for purpose in purposes { writer.oid(purpose) } }
            }
        }
        writer.extension(Extension.basicConstraints, isCritical: true) { writer in
            writer.sequence { writer in
                if isCA { writer.boolean(true) }
                if isCA, let pathLength { writer.integer(pathLength) }
            }
        }
        writer.extension(Extension.subjectKeyID) { $0.node(Tag.octets, PublicKey.identifier(ofInfo: publicKeyInfo)) }
        writer.authorityKeyID(authorityKeyID)
        if let crlURL { writer.crlPoint(crlURL) }
        if let statusURL { writer.statusPlace(statusURL) }
    }
}
