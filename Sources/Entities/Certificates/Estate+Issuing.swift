public import Base
public import PKI

/// What is to be in a certificate that an authority of the estate issues.
public struct IssueOrder: Sendable {
    /// The Id of the authority.
    public var authority: Int
    /// Whom it is for.
    public var subject: DistinguishedName
    /// The names beside the subject.
    public var names: [CertificateContent.AlternativeName] = []
    /// The public key, as a SubjectPublicKeyInfo in DER.
    public var publicKey: [UInt8]
    /// The kind of its key.
    public var keyType: KeyType
    /// The size of its key in bits.
    public var keySize: Int
    /// The curve of its key, as an object identifier.
    public var curve: String?
    /// For how many days it is valid.
    public var days = 365
    /// What the key may be used for, as .NET's X509KeyUsageFlags.
    public var keyUsage = 160
    /// The object identifiers of what it may be used for.
    public var extendedKeyUsages: [String] = []
    /// Where it comes from; the authority is filled in.
    public var origin = Certificate.Origin()
    /// The metadata that it has.
    public var metadata: [String: String] = [:]
    /// The Id of the security role that owns it.
    public var owner: Int?
    /// The private key, where the server keeps it.
    public var key: RetainedKey?
    /// From when it is valid; ten minutes before it is issued if left out.
    public var notBefore: Timestamp?
    /// Until when; so many `days` after `notBefore` if left out.
    public var notAfter: Timestamp?
    /// Its CertificateId; the next free one if left out.
    public var id: Int?

    /// An order by what every certificate has.
    public init(
        authority: Int, subject: DistinguishedName, publicKey: [UInt8], keyType: KeyType, keySize: Int, curve: String? = nil
    ) {
        (self.authority, self.subject, self.publicKey) = (authority, subject, publicKey)
        (self.keyType, self.keySize, self.curve) = (keyType, keySize, curve)
    }

    /// An order for a key that the server makes.
    public init(authority: Int, subject: DistinguishedName, for key: PrivateKey) {
        self.init(
            authority: authority, subject: subject, publicKey: key.publicKeyInfo, keyType: KeyType(key.kind), keySize: key.kind.bits,
            curve: key.kind.curve)
    }
}

extension Estate {
    /// The key and certificate of an authority of the estate, made when they are first needed.
    public mutating func issuer(_ authority: Int) -> PKI.CertificateAuthority {
        requests.issuer(authorities[authority]?.logicalName ?? CertificateRequests.root, seed: identifiers.seed)
    }

    /// Issues a certificate. Nothing can go wrong here: the order was checked before.
    ///
    /// - Parameters:
    ///   - order: what is to be in it.
    ///   - now: the world's time.
    /// - Returns: the certificate, as it lies in the estate.
    @discardableResult
    public mutating func issue(_ order: IssueOrder, now: Timestamp) -> Certificate {
        let issuer = issuer(order.authority)
        record(issuer)
        let name = authorities[order.authority]?.logicalName ?? CertificateRequests.root
        let list = requests.list(of: name)
        let from = (order.notBefore ?? now + .seconds(-600)).inSeconds
        let until = (order.notAfter ?? from + .seconds(order.days * 86_400 - 1)).inSeconds
        let serial = Leaf.serial(seed: identifiers.seed, number: certificates.serialsGiven)
        certificates.serialsGiven += 1
        // Only RSA keys encipher others (RFC 8813, 3; RFC 9295, 3).
        let usage = order.keyType == .rsa ? order.keyUsage : order.keyUsage & ~Int(KeyUsage.keyEncipherment.rawValue)
        let leaf = Leaf(
            subject: order.subject, publicKeyInfo: order.publicKey, serial: serial, notBefore: from, notAfter: max(from, until),
            sans: order.names.compactMap { try? $0.encoded() }, keyUsage: KeyUsage(rawValue: UInt16(usage)),
            extendedKeyUsages: order.extendedKeyUsages, crlURL: list, statusURL: requests.responder(of: name))
        let der = issuer.issue(leaf)
        let content = CertificateContent(
            der: der, keyType: order.keyType, keySize: order.keySize, curve: order.curve, keyUsage: usage,
            extendedKeyUsages: order.extendedKeyUsages, names: order.names, revocationLists: [list])
        var certificate = Certificate(
            id: order.id ?? certificates.nextID, subject: order.subject.text, issuer: issuer.subject.text, serial: Hex.text(serial),
            thumbprint: CertificateFacts.thumbprint(of: der), notBefore: from, notAfter: max(from, until), algorithm: "SHA-256withECDSA",
            content: content, imported: now)
        certificate.state = .active
        certificate.origin = order.origin
        certificate.origin.authority = order.authority
        (certificate.metadata, certificate.owner, certificate.key) = (order.metadata, order.owner, order.key)
        certificates.put(certificate)
        return certificate
    }

    /// Puts the certificates of an authority and of those above it among all others, as Command finds them in chains: in state Unknown.
    private mutating func record(_ issuer: PKI.CertificateAuthority) {
        // Who issues has its chain, whatever records were deleted.
        let isKnown = issuer.chainNames.allSatisfy { certificates.authority(named: $0) != nil }
        guard !isKnown || certificates.authority(named: issuer.subject.text)?.content.der != issuer.certificate else { return }
        for der in issuer.chain.reversed() {
            let thumbprint = CertificateFacts.thumbprint(of: der)
            guard certificates.find(thumbprint: thumbprint) == nil, let facts = try? CertificateFacts(der: der) else { continue }
            certificates.put(Certificate(id: certificates.nextID, facts, der: der, imported: facts.notBefore))
        }
    }
}
