extension PrivateKey {
    /// A key on a curve whose PrivateKeyInfo does not say its public part, as Java writes it: GnuTLS does not read that.
    ///
    /// - Parameters:
    ///   - bytes: a PrivateKeyInfo in DER, or an EncryptedPrivateKeyInfo with AES-256 and HMAC-SHA-256.
    ///   - password: the password.
    ///   - iterations: how often the password may be hashed.
    init?(withoutPublicPart bytes: [UInt8], password: String, iterations: UInt32) {
        let info = Self.decrypted(bytes, password, iterations) ?? bytes
        guard let (curve, scalar) = try? Self.scalar(of: info) else { return nil }
        self.init(curve, scalar: scalar)
    }

    /// The PrivateKeyInfo in an EncryptedPrivateKeyInfo; `nil` if it is none, or encrypted otherwise.
    private static func decrypted(_ bytes: [UInt8], _ password: String, _ most: UInt32) -> [UInt8]? {
        guard var reader = try? DERReader(bytes, Tag.sequence), var outer = try? reader.sequence(),
            let protection = try? Protection(&outer, password: password, mostIterations: most),
            let content = try? reader.content(Tag.octets)
        else { return nil }
        return protection.decrypted(Array(content))
    }

    private static func scalar(of info: [UInt8]) throws(PKIMistake) -> (KeyKind.Curve, [UInt8]) {
        var reader = try DERReader(info, Tag.sequence)
        _ = try reader.integer()
        var algorithm = try reader.sequence()
        guard try algorithm.oid() == KeyKind.ecOID, let curve = KeyKind.Curve(rawValue: try algorithm.oid().text) else {
            throw PKIMistake("The key is on none of the curves P-256, P-384 and P-521.")
        }
        var key = try DERReader(Array(try reader.content(Tag.octets)), Tag.sequence)
        _ = try key.integer()
        let digits = try key.content(Tag.octets).drop { $0 == 0 }
        let size = (curve.bits + 7) / 8
        guard digits.count <= size else { throw PKIMistake("The key has more bytes than its curve.") }
        return (curve, Array(repeating: 0, count: size - digits.count) + digits)
    }
}
