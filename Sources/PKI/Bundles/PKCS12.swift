/// Files with a private key and its certificates, protected by a password (RFC 7292).
public enum PKCS12 {
    /// The most bytes of a file that is opened.
    public static let mostBytes = 1 << 18
    /// How often a file may have its password hashed, all together.
    private static let mostIterations: UInt32 = 300_000

    private static let data: OID = "1.2.840.113549.1.7.1"
    private static let encryptedData: OID = "1.2.840.113549.1.7.6"
    private static let sha1: OID = "1.3.14.3.2.26"

    /// Makes a file: the key, then the certificates, the same bytes every time.
    ///
    /// - Parameters:
    ///   - key: the private key.
    ///   - certificates: in DER, the key's own first.
    ///   - password: the password, at most 1024 bytes; it may be empty.
    ///   - friendlyName: the name of key and certificate, if they have one.
    ///   - isLegacy: whether it is encrypted with triple DES, for old readers, and not with AES-256.
    /// - Returns: the file.
    public static func make(
        key: PrivateKey, certificates: [[UInt8]], password: String, friendlyName: String? = nil, isLegacy: Bool = false
    ) -> [UInt8] {
        let identifier = Cryptography.sha1(certificates.first ?? key.publicKeyInfo)
        let salts = Cryptography.sha256(identifier + key.pkcs8)
        let (salt, macSalt) = (Array(salts.prefix(16)), Array(salts.suffix(16)))
        let protection = isLegacy ? Protection.tripleDES(password: password, salt: salt) : .aes(password: password, salt: salt)
        let attributes = DERWriter.bytes(room: 128) { writeAttributes(identifier, friendlyName, to: &$0) }
        let keyBag = DERWriter.bytes(room: 3000) { writer in
            writer.sequence { writer in
                writeBag("1.2.840.113549.1.12.10.1.2", attributes, to: &writer) { protection.write(key: key, to: &$0) }
            }
        }
        let bags = DERWriter.bytes(room: 4096) { writer in
            writer.sequence { writer in
                for (index, certificate) in certificates.enumerated() {
                    writeBag("1.2.840.113549.1.12.10.1.3", index == 0 ? attributes : [], to: &writer) { writer in
                        writer.algorithm("1.2.840.113549.1.9.22.1") { writer in
                            writer.node(Tag.wrapping(0)) { $0.node(Tag.octets, certificate) }
                        }
                    }
                }
            }
        }
        let safe = DERWriter.bytes(room: 8192) { writer in
            writer.sequence { writer in
                write(data: keyBag, to: &writer)
                write(encrypted: protection.encrypted(bags), protection, to: &writer)
            }
        }
        return DERWriter.bytes(room: 8192) { writer in
            writer.sequence { writer in
                writer.integer(3)
                write(data: safe, to: &writer)
                writeMAC(of: safe, password, macSalt, to: &writer)
            }
        }
    }

    private static func write(data content: [UInt8], to writer: inout DERWriter) {
        writer.algorithm(data) { writer in
            writer.node(Tag.wrapping(0)) { $0.node(Tag.octets, content) }
        }
    }

    private static func write(encrypted content: [UInt8], _ protection: Protection, to writer: inout DERWriter) {
        writer.algorithm(encryptedData) { writer in
            writer.node(Tag.wrapping(0)) { writer in
                writer.sequence { writer in
                    writer.integer(0)
                    writer.sequence { writer in
                        writer.oid(data)
                        protection.writeAlgorithm(to: &writer)
                        writer.node(Tag.replacing(0), content)
                    }
                }
            }
        }
    }

    private static func writeBag(
        _ oid: OID, _ attributes: [UInt8], to writer: inout DERWriter, _ content: (inout DERWriter) -> Void
    ) {
        writer.sequence { writer in
            writer.oid(oid)
            writer.node(Tag.wrapping(0), content)
            if !attributes.isEmpty { writer.node(Tag.set, attributes) }
        }
    }

    /// What ties a key to its certificate: the same identifier, and the same name.
    private static func writeAttributes(_ identifier: [UInt8], _ friendlyName: String?, to writer: inout DERWriter) {
        let name = friendlyName.map { name in
            DERWriter.bytes(room: 64) { writer in
                writer.algorithm("1.2.840.113549.1.9.20") { writer in
                    writer.node(Tag.set) { $0.node(Tag.bmp, DirectoryString.bmp(name)) }
                }
            }
        }
        let local = DERWriter.bytes(room: 64) { writer in
            writer.algorithm("1.2.840.113549.1.9.21") { writer in
                writer.node(Tag.set) { $0.node(Tag.octets, identifier) }
            }
        }
        writer.sorted([name, local].compactMap { $0 })
    }

    private static func writeMAC(of content: [UInt8], _ password: String, _ salt: [UInt8], to writer: inout DERWriter) {
        let key = Cryptography.pkcs12(3, password: bmp(password), salt: salt, iterations: Protection.iterations, length: 20)
        writer.sequence { writer in
            writer.sequence { writer in
                writer.algorithm(sha1) { $0.null() }
                writer.node(Tag.octets, Cryptography.hmacSHA1(key: key, content))
            }
            writer.node(Tag.octets, salt)
            writer.integer(UInt64(Protection.iterations))
        }
    }

    /// A password as this format hashes it: with two bytes of zero after it.
    static func bmp(_ password: String) -> [UInt8] { DirectoryString.bmp(password) + [0, 0] }

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - bytes: the file, at most 256 KiB. Files without a MAC are refused.
    ///   - password: the password.
    /// - Throws: ``PKIMistake`` if it cannot be read, or the password is wrong.
    /// - Returns: the key, if it has one, and the certificates in DER, the key's own first. They have not been read.
    public static func open(_ bytes: [UInt8], password: String) throws(PKIMistake) -> (key: PrivateKey?, certificates: [[UInt8]]) {
        guard bytes.count <= mostBytes else {
            throw PKIMistake("A PKCS#12 file has at most \(mostBytes) bytes; this one has \(bytes.count).")
        }
        let items = try Cryptography.opened(pkcs12: bytes, password: password, iterations: mostIterations)
        var certificates = Array(items.dropFirst())
        guard let pkcs8 = items.first, !pkcs8.isEmpty else { return (nil, certificates) }
        let known = PrivateKey(pkcs8: pkcs8)
        guard let key = known ?? PrivateKey(withoutPublicPart: pkcs8, password: password, iterations: mostIterations) else {
            throw PKIMistake("The private key of the PKCS#12 file cannot be read: it is not of RSA, P-256, P-384, P-521, Ed25519 or Ed448.")
        }
        if let own = certificates.firstIndex(where: { (try? CertificateFacts(der: $0))?.publicKeyInfo == key.publicKeyInfo }) {
            certificates.insert(certificates.remove(at: own), at: 0)
        }
        return (key, certificates)
    }
}
