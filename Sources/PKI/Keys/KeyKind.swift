/// The algorithm of a key and its size.
public enum KeyKind: Sendable, Hashable {
    /// RSA with a modulus of so many bits.
    case rsa(Int)
    /// Elliptic curves as NIST has them.
    case ec(Curve)
    /// Edwards curve 25519.
    case ed25519
    /// Edwards curve 448.
    case ed448

    /// A curve of NIST, by its object identifier.
    public enum Curve: String, Sendable, CaseIterable {
        /// secp256r1.
        case p256 = "1.2.840.10045.3.1.7"
        /// secp384r1.
        case p384 = "1.3.132.0.34"
        /// secp521r1.
        case p521 = "1.3.132.0.35"

        /// The size of a coordinate in bits.
        public var bits: Int {
            switch self {
            case .p256: 256
            case .p384: 384
            case .p521: 521
            }
        }
    }

    /// The kind of a public key.
    ///
    /// - Parameter info: a SubjectPublicKeyInfo in DER.
    /// - Throws: `PKIMistake` if it cannot be read, or is of another kind.
    public init(publicKeyInfo info: [UInt8]) throws(PKIMistake) {
        guard let kind = try PublicKey(info: info).kind else { throw PKIMistake("This is not a key of RSA, EC, Ed25519 or Ed448.") }
        self = kind
    }

    /// The size in bits, as it is usually shown: of the modulus, of a coordinate, or of a whole key of Ed25519 or Ed448.
    public var bits: Int {
        switch self {
        case .rsa(let bits): bits
        case .ec(let curve): curve.bits
        case .ed25519: 256
        case .ed448: 456
        }
    }

    /// The algorithm's object identifier.
    public var algorithm: String { algorithmOID.text }

    /// The curve's object identifier; `nil` but for ``ec(_:)``.
    public var curve: String? { if case .ec(let curve) = self { curve.rawValue } else { nil } }

    /// The algorithm's object identifier, encoded.
    var algorithmOID: OID {
        switch self {
        case .rsa: Self.rsaOID
        case .ec: Self.ecOID
        case .ed25519: Self.ed25519OID
        case .ed448: Self.ed448OID
        }
    }

    static let rsaOID: OID = "1.2.840.113549.1.1.1"
    static let ecOID: OID = "1.2.840.10045.2.1"
    static let ed25519OID: OID = "1.3.101.112"
    static let ed448OID: OID = "1.3.101.113"
}
