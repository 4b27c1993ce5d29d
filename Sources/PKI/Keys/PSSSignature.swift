/// A signature by RSA with PSS (RFC 8017, 8.1). GnuTLS 3.7 refuses those whose salt is not as long as the hash, which OpenSSL makes.
struct PSSSignature {
    /// The algorithm's identifier, and that of keys that sign with it alone.
    static let oid: OID = "1.2.840.113549.1.1.10"

    private let content: [UInt8]
    private let signature: [UInt8]
    private let hashBits: Int
    private let saltLength: Int

    private static let hashes: [OID: Int] = ["2.16.840.1.101.3.4.2.1": 256, "2.16.840.1.101.3.4.2.2": 384, "2.16.840.1.101.3.4.2.3": 512]
    private static let longestSalt = 1024

    /// Reads the signature of a request or a certificate; `nil` if it is by another algorithm.
    init?(of der: [UInt8]) throws(PKIMistake) {
        var outer = try DERReader(der, Tag.sequence)
        content = Array(try outer.node(Tag.sequence).whole)
        var algorithm = try outer.sequence()
        guard try algorithm.oid() == Self.oid else { return nil }
        signature = Array(try outer.bits())
        var parameters = try algorithm.sequence()
        var hash = try parameters.optional(Tag.wrapping(0))?.reader
        var mask = try parameters.optional(Tag.wrapping(1))?.reader
        var salt = try parameters.optional(Tag.wrapping(2))?.reader
        saltLength = try salt?.integer().reduce(0) { min($0, 1 << 20) << 8 | Int($1) } ?? 20
        var (own, other): (OID?, OID?)
        if var node = try hash?.sequence() { own = try node.oid() }
        if var node = try mask?.sequence() {
            _ = try node.oid()
            var inner = try node.sequence()
            other = try inner.oid()
        }
        guard let own, own == other, let bits = Self.hashes[own], saltLength <= Self.longestSalt else {
            throw PKIMistake("It is signed by RSA-PSS otherwise than with SHA-256, SHA-384 or SHA-512 and the same hash for the mask.")
        }
        hashBits = bits
    }

    /// Whether somebody with an RSA key has signed it.
    func isRight(by key: PublicKey) -> Bool {
        var outer = DERReader(key.key)
        guard case .rsa? = key.kind, var numbers = try? outer.sequence(), let modulus = try? numbers.integer(),
            let exponent = try? numbers.integer()
        else { return false }
        return Cryptography.isSigned(
            content, signature, hashBits: hashBits, saltLength: saltLength, modulus: Array(modulus), exponent: Array(exponent))
    }
}
