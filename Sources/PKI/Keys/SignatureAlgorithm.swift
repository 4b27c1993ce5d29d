/// An algorithm of signatures.
struct SignatureAlgorithm: Sendable {
    let oid: OID
    /// The bits of the hash that is signed; 0 if the algorithm hashes by itself.
    let hashBits: Int

    static let rsaSHA256 = SignatureAlgorithm(oid: "1.2.840.113549.1.1.11", hashBits: 256)
    static let ecdsaSHA256 = SignatureAlgorithm(oid: "1.2.840.10045.4.3.2", hashBits: 256)
    static let ecdsaSHA384 = SignatureAlgorithm(oid: "1.2.840.10045.4.3.3", hashBits: 384)
    static let ecdsaSHA512 = SignatureAlgorithm(oid: "1.2.840.10045.4.3.4", hashBits: 512)
    static let ed25519 = SignatureAlgorithm(oid: KeyKind.ed25519OID, hashBits: 0)
    static let ed448 = SignatureAlgorithm(oid: KeyKind.ed448OID, hashBits: 0)

    /// Writes the algorithm. Only that of RSA has parameters, and they are null.
    func write(to writer: inout DERWriter) {
        writer.algorithm(oid) { if oid == Self.rsaSHA256.oid { $0.null() } }
    }

    /// The name that BouncyCastle has for an algorithm; the identifier as text if it has none.
    static func name(_ oid: OID) -> String { names[oid] ?? oid.text }

    private static let names: [OID: String] = [
        "1.2.840.113549.1.1.2": "MD2withRSA", "1.2.840.113549.1.1.4": "MD5withRSA", "1.2.840.113549.1.1.5": "SHA-1withRSA",
        "1.2.840.113549.1.1.10": "PSSwithRSA", "1.2.840.113549.1.1.11": "SHA-256withRSA", "1.2.840.113549.1.1.12": "SHA-384withRSA",
        "1.2.840.113549.1.1.13": "SHA-512withRSA", "1.2.840.113549.1.1.14": "SHA-224withRSA", "1.2.840.10040.4.3": "SHA-1withDSA",
        "2.16.840.1.101.3.4.3.1": "SHA-224withDSA", "2.16.840.1.101.3.4.3.2": "SHA-256withDSA", "1.2.840.10045.4.1": "SHA-1withECDSA",
        "1.2.840.10045.4.3.1": "SHA-224withECDSA", "1.2.840.10045.4.3.2": "SHA-256withECDSA",
        "1.2.840.10045.4.3.3": "SHA-384withECDSA", "1.2.840.10045.4.3.4": "SHA-512withECDSA", "1.3.101.112": "Ed25519",
        "1.3.101.113": "Ed448",
    ]
}
