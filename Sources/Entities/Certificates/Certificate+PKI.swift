public import Base
public import PKI

extension KeyType {
    /// The type of a kind of key.
    public init(_ kind: KeyKind) {
        self =
            switch kind {
            case .rsa: .rsa
            case .ec: .ecc
            case .ed25519: .ed25519
            case .ed448: .ed448
            }
    }
}

extension CertificateContent {
    /// The kind of key that a certificate is for; `nil` if the mock makes none like it.
    public var keyKind: KeyKind? {
        switch keyType {
        case .rsa: .rsa(keySize)
        case .ecc: curve.flatMap { KeyKind.Curve(rawValue: $0) }.map { .ec($0) }
        case .ed25519: .ed25519
        case .ed448: .ed448
        case .unknown, .dsa, .dh: nil
        }
    }

    /// What a certificate says.
    public convenience init(_ facts: CertificateFacts, der: [UInt8]) {
        self.init(
            der: der,
            keyType: facts.keyKind.map { KeyType($0) } ?? KeyType.allCases.first { $0.algorithm == facts.keyAlgorithm } ?? .unknown,
            keySize: facts.keyBits, curve: facts.curve, keyUsage: Int(facts.keyUsage?.rawValue ?? 0),
            extendedKeyUsages: facts.extendedKeyUsages, names: facts.sans.map { AlternativeName($0) }, revocationLists: facts.crlURLs,
            isAuthority: facts.isCA, pathLength: facts.pathLength)
    }
}

extension Certificate {
    /// A certificate that was made elsewhere, by what it says.
    public init(id: Int, _ facts: CertificateFacts, der: [UInt8], imported: Timestamp) {
        self.init(
            id: id, subject: facts.subject.text, issuer: facts.issuer.text, serial: facts.serial,
            thumbprint: CertificateFacts.thumbprint(of: der), notBefore: facts.notBefore, notAfter: facts.notAfter,
            algorithm: facts.signingAlgorithm, content: CertificateContent(facts, der: der), imported: imported)
    }
}

extension CertificateContent.AlternativeName {
    private static let types: [(kind: SubjectAltName.Kind, type: Int)] = [
        (.other, 0), (.rfc822, 1), (.dns, 2), (.x400, 3), (.directory, 4), (.ediParty, 5), (.uri, 6), (.ip, 7), (.registeredID, 8),
        (.principalName, 100), (.ntdsReplication, 101),
    ]

    /// A name of a certificate or a request.
    public init(_ name: SubjectAltName) {
        self.init(type: Self.types.first { $0.kind == name.kind }?.type ?? 999, value: name.value)
    }

    /// The name as it stands in certificates.
    ///
    /// - Throws: `PKIMistake` if it cannot stand there.
    public func encoded() throws(PKIMistake) -> SubjectAltName {
        guard let kind = Self.types.first(where: { $0.type == type })?.kind else {
            throw PKIMistake("Names of type \(type) cannot be put into certificates here.")
        }
        return try SubjectAltName(kind, value)
    }
}
