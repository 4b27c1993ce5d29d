/// How something is encrypted with a password.
struct Protection {
    /// How often a password is hashed: what Command does too. More would only make tests slow.
    static let iterations: UInt32 = 1024

    private let isLegacy: Bool
    private let salt: [UInt8]
    private let key: [UInt8]
    private let vector: [UInt8]

    /// AES-256 in CBC, with a key by PBKDF2 with HMAC-SHA-256.
    static func aes(password: String, salt: [UInt8]) -> Protection {
        let key = Cryptography.pbkdf2(password: Array(password.utf8), salt: salt, iterations: iterations, length: 32)
        return Protection(isLegacy: false, salt: salt, key: key, vector: Array(Cryptography.sha256(salt).prefix(16)))
    }

    /// Triple DES, with a key as in old PKCS#12 files.
    static func tripleDES(password: String, salt: [UInt8]) -> Protection {
        let bytes = PKCS12.bmp(password)
        let derive = { Cryptography.pkcs12($0, password: bytes, salt: salt, iterations: iterations, length: $1) }
        return Protection(isLegacy: true, salt: salt, key: derive(1, 24), vector: derive(2, 8))
    }

    /// Reads how something was encrypted: with AES-256 in CBC, with a key by PBKDF2 with HMAC-SHA-256.
    ///
    /// - Throws: ``PKIMistake`` if it was done otherwise, or the password is hashed too often.
    init(_ algorithm: inout DERReader, password: String, mostIterations: UInt32) throws(PKIMistake) {
        let oid = try algorithm.oid()
        var schemes = try algorithm.sequence()
        var derivation = try schemes.sequence()
        var cipher = try schemes.sequence()
        guard oid == Self.pbes2, try derivation.oid() == Self.pbkdf2, try cipher.oid() == Self.aes256 else {
            throw PKIMistake("It is encrypted otherwise than with AES-256 and PBKDF2.")
        }
        var parameters = try derivation.sequence()
        salt = Array(try parameters.content(Tag.octets))
        let iterations = try parameters.integer().reduce(0) { min($0, 1 << 24) << 8 | UInt64($1) }
        _ = try parameters.optional(Tag.integer)
        var hash = try parameters.sequence()
        guard try hash.oid() == Self.hmacSHA256, (1...UInt64(mostIterations)).contains(iterations) else {
            throw PKIMistake("Its password is hashed otherwise than with HMAC-SHA-256, or too often.")
        }
        isLegacy = false
        vector = Array(try cipher.content(Tag.octets))
        key = Cryptography.pbkdf2(password: Array(password.utf8), salt: salt, iterations: UInt32(iterations), length: 32)
    }

    private init(isLegacy: Bool, salt: [UInt8], key: [UInt8], vector: [UInt8]) {
        (self.isLegacy, self.salt, self.key, self.vector) = (isLegacy, salt, key, vector)
    }

    private static let pbes2: OID = "1.2.840.113549.1.5.13"
    private static let pbkdf2: OID = "1.2.840.113549.1.5.12"
    private static let hmacSHA256: OID = "1.2.840.113549.2.9"
    private static let aes256: OID = "2.16.840.1.101.3.4.1.42"

    /// What was encrypted; `nil` if the padding is wrong.
    func decrypted(_ bytes: [UInt8]) -> [UInt8]? { Cryptography.decrypted(bytes, key: key, vector: vector) }

    /// Writes the algorithm.
    func writeAlgorithm(to writer: inout DERWriter) {
        guard !isLegacy else {
            writer.algorithm("1.2.840.113549.1.12.1.3") { writer in
                writer.sequence { writer in
                    writer.node(Tag.octets, salt)
                    writer.integer(UInt64(Self.iterations))
                }
            }
            return
        }
        writer.algorithm(Self.pbes2) { writer in
            writer.sequence { writer in
                writer.algorithm(Self.pbkdf2) { writer in
                    writer.sequence { writer in
                        writer.node(Tag.octets, salt)
                        writer.integer(UInt64(Self.iterations))
                        writer.algorithm(Self.hmacSHA256) { $0.null() }
                    }
                }
                writer.algorithm(Self.aes256) { $0.node(Tag.octets, vector) }
            }
        }
    }

    func encrypted(_ bytes: [UInt8]) -> [UInt8] { Cryptography.encrypted(bytes, key: key, vector: vector) }

    /// Writes an EncryptedPrivateKeyInfo.
    func write(key: PrivateKey, to writer: inout DERWriter) {
        writer.sequence { writer in
            writeAlgorithm(to: &writer)
            writer.node(Tag.octets, encrypted(key.pkcs8))
        }
    }
}
