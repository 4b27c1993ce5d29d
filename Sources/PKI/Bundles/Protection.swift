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
        writer.algorithm("1.2.840.113549.1.5.13") { writer in
            writer.sequence { writer in
                writer.algorithm("1.2.840.113549.1.5.12") { writer in
                    writer.sequence { writer in
                        writer.node(Tag.octets, salt)
                        writer.integer(UInt64(Self.iterations))
                        writer.algorithm("1.2.840.113549.2.9") { $0.null() }
                    }
                }
                writer.algorithm("2.16.840.1.101.3.4.1.42") { $0.node(Tag.octets, vector) }
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
