public import Base

/// An authority that signs certificates and CRLs, with a key on P-256 that follows from a seed.
///
/// Its key protects nothing. It follows from a seed that everybody knows, and all its signatures have one nonce, from which anybody can
/// calculate the key. In exchange a signature takes a microsecond, and the same certificate always has the same bytes. Nobody must
/// trust such an authority but a client under test.
public struct CertificateAuthority: Sendable {
    /// Its name.
    public let subject: DistinguishedName
    /// Its certificate in DER.
    public let certificate: [UInt8]
    /// Its certificate, then those of the authorities above it, up to the root.
    public let chain: [[UInt8]]
    /// Its name, then those of the authorities above it.
    public let chainNames: [String]
    /// How certificates name its key.
    let keyID: [UInt8]
    private let signer: Cryptography.Signer

    /// An authority, in microseconds.
    ///
    /// - Parameters:
    ///   - commonName: the CN, which is all of its name. Key and serial number follow from it and the seed.
    ///   - seed: the seed.
    ///   - notBefore: from when its certificate is valid.
    ///   - notAfter: until when its certificate is valid.
    ///   - parent: the authority that signs its certificate; `nil` for a root. One with a parent has no further authority below it.
    ///   - crlURL: where the parent's CRL is.
    ///   - statusURL: where the status of its certificate can be asked for.
    public init(
        commonName: String, seed: UInt64, notBefore: Timestamp, notAfter: Timestamp, parent: CertificateAuthority? = nil,
        crlURL: String? = nil, statusURL: String? = nil
    ) {
        subject = DistinguishedName(commonName: commonName)
        let key = Derivation.scalar(bits: 256, "key of authority \(commonName)", seed: seed)
        let info = PublicKey.info(.ec(.p256), Cryptography.ecPoint(bits: 256, scalar: key))
        keyID = PublicKey.identifier(ofInfo: info)
        signer = Cryptography.Signer(key: key, nonce: Derivation.scalar(bits: 256, "nonce of authority \(commonName)", seed: seed))
        var own = Leaf(
            subject: subject, publicKeyInfo: info, serial: Leaf.serial("serial number of authority \(commonName)", seed: seed),
            notBefore: notBefore, notAfter: notAfter, keyUsage: [.digitalSignature, .keyCertSign, .crlSign], extendedKeyUsages: [],
            crlURL: crlURL, statusURL: statusURL, isCA: true)
        own.pathLength = parent == nil ? nil : 0
        certificate =
            parent?.issue(own) ?? Self.certificate(own, issuer: subject, issuerKeyID: keyID, signer)
        chain = [certificate] + (parent?.chain ?? [])
        chainNames = [subject.text] + (parent?.chainNames ?? [])
    }

    /// Signs a certificate, in some ten microseconds.
    ///
    /// - Parameter leaf: what is to stand in it.
    /// - Returns: the certificate in DER.
    public func issue(_ leaf: Leaf) -> [UInt8] { Self.certificate(leaf, issuer: subject, issuerKeyID: keyID, signer) }

    private static func certificate(
        _ leaf: Leaf, issuer: DistinguishedName, issuerKeyID: [UInt8], _ signer: Cryptography.Signer
    ) -> [UInt8] {
        signed(signer) { writer in
            writer.node(Tag.wrapping(0)) { $0.integer(2) }
            writer.integer(leaf.serial)
            SignatureAlgorithm.ecdsaSHA256.write(to: &writer)
            writer.raw(issuer.der)
            writer.sequence { writer in
                writer.time(leaf.notBefore)
                writer.time(leaf.notAfter)
            }
            writer.raw(leaf.subject.der)
            writer.raw(leaf.publicKeyInfo)
            writer.node(Tag.wrapping(3)) { writer in
                writer.sequence { leaf.writeExtensions(authorityKeyID: issuerKeyID, to: &$0) }
            }
        }
    }

    /// Signs what a closure writes.
    func signed(_ write: (inout DERWriter) -> Void) -> [UInt8] { Self.signed(signer, write) }

    private static func signed(_ signer: Cryptography.Signer, _ write: (inout DERWriter) -> Void) -> [UInt8] {
        let content = DERWriter.bytes(room: 1024) { $0.sequence(write) }
        let s = signer.s(Cryptography.sha256(content))
        return DERWriter.bytes(room: content.count + 128) { writer in
            writer.sequence { writer in
                writer.raw(content)
                SignatureAlgorithm.ecdsaSHA256.write(to: &writer)
                writer.node(Tag.bits) { writer in
                    writer.raw([0])
                    writer.sequence { writer in
                        writer.integer(signer.r)
                        writer.integer(s)
                    }
                }
            }
        }
    }
}
