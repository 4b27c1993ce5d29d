/// A private key.
public struct PrivateKey: Sendable {
    /// Its algorithm and size.
    public let kind: KeyKind
    /// Its public part: a SubjectPublicKeyInfo in DER.
    public let publicKeyInfo: [UInt8]
    private let secret: Secret

    private enum Secret {
        case primes([UInt8], [UInt8])
        /// Of a curve: a number, or what Edwards curves hash to one.
        case bytes([UInt8])
        case pkcs8([UInt8])
    }

    /// A key that follows from a seed, in microseconds. It protects nothing: whoever knows the seed has it.
    ///
    /// RSA keys are made of published primes; there are 32,640 of 2048 bits and 2016 each of 3072 and 4096, then they begin again.
    ///
    /// - Parameters:
    ///   - kind: its algorithm and size. RSA keys have 2048, 3072 or 4096 bits; others are refused with `nil`.
    ///   - seed: the seed.
    ///   - number: which of the seed's keys of the kind.
    public init?(_ kind: KeyKind, seed: UInt64, number: Int) {
        let number = UInt64(truncatingIfNeeded: number)
        self.kind = kind
        switch kind {
        case .rsa(let bits):
            guard let (p, q) = Primes.pair(bits: bits, seed: seed, number: number) else { return nil }
            secret = .primes(p, q)
            publicKeyInfo = PublicKey.rsa(modulus: Cryptography.rsaModulus(p, q))
        case .ec(let curve):
            let scalar = Derivation.scalar(bits: curve.bits, "key of \(curve)", seed: seed, number: number)
            secret = .bytes(scalar)
            publicKeyInfo = PublicKey.info(kind, Cryptography.ecPoint(bits: curve.bits, scalar: scalar))
        case .ed25519, .ed448:
            let bytes = Derivation.bytes(kind.bits / 8, "key of \(kind)", seed: seed, number: number)
            secret = .bytes(bytes)
            publicKeyInfo = PublicKey.info(kind, Cryptography.edPublic(bytes))
        }
    }

    /// A key that was made elsewhere; `nil` if it cannot be read, or is of no ``KeyKind``.
    ///
    /// - Parameter pkcs8: a PrivateKeyInfo in DER, at most 16 KiB.
    public init?(pkcs8: [UInt8]) {
        guard pkcs8.count <= 16384, let info = Cryptography.publicKeyInfo(ofKey: pkcs8),
            let kind = try? PublicKey(info: info).kind
        else { return nil }
        self.kind = kind
        publicKeyInfo = info
        secret = .pkcs8(pkcs8)
    }

    /// A key on a curve by its number, of as many bytes as a coordinate; `nil` if the number is not one of the curve's.
    init?(_ curve: KeyKind.Curve, scalar: [UInt8]) {
        guard let point = Cryptography.point(bits: curve.bits, scalar: scalar) else { return nil }
        kind = .ec(curve)
        secret = .bytes(scalar)
        publicKeyInfo = PublicKey.info(kind, point)
    }

    /// A PrivateKeyInfo in DER, not encrypted.
    public var pkcs8: [UInt8] {
        if case .pkcs8(let bytes) = secret { return bytes }
        return DERWriter.bytes(room: 2500) { writer in
            writer.sequence { writer in
                writer.integer(0)
                PublicKey.writeAlgorithm(kind, to: &writer)
                writer.node(Tag.octets) { writeSecret(to: &$0) }
            }
        }
    }

    private func writeSecret(to writer: inout DERWriter) {
        switch secret {
        case .pkcs8: break
        case .primes(let p, let q):
            let numbers = Cryptography.rsaPrivate(p, q)
            writer.sequence { writer in
                writer.integer(0)
                writer.integer(Cryptography.rsaModulus(p, q))
                writer.integer(PublicKey.exponent)
                for number in [numbers[0], p, q, numbers[1], numbers[2], numbers[3]] { writer.integer(number) }
            }
        case .bytes(let bytes):
            guard case .ec(let curve) = kind else {
                writer.node(Tag.octets, bytes)
                return
            }
            writer.sequence { writer in
                writer.integer(1)
                writer.node(Tag.octets, bytes)
                writer.node(Tag.wrapping(1)) { $0.bits(Cryptography.ecPoint(bits: curve.bits, scalar: bytes)) }
            }
        }
    }

    /// The algorithm with which it signs, and a signature, always the same.
    func signature(of bytes: [UInt8]) -> (algorithm: SignatureAlgorithm, signature: [UInt8]) {
        let algorithm: SignatureAlgorithm =
            switch kind {
            case .rsa: .rsaSHA256
            case .ec(.p256): .ecdsaSHA256
            case .ec(.p384): .ecdsaSHA384
            case .ec(.p521): .ecdsaSHA512
            case .ed25519: .ed25519
            case .ed448: .ed448
            }
        let signature = Cryptography.signature(of: bytes, key: pkcs8, hashBits: algorithm.hashBits)
        return (algorithm, signature ?? [])
    }
}
