import CPKI

/// The calculations that C does. All of this module's unsafe calls are here.
enum Cryptography {
    private typealias Bytes = [UInt8]

    static func md5(_ bytes: [UInt8]) -> [UInt8] { filled(16) { unsafe pki_md5(bytes, bytes.count, &$0) } }
    static func sha1(_ bytes: [UInt8]) -> [UInt8] { filled(20) { unsafe pki_sha1(bytes, bytes.count, &$0) } }
    static func sha256(_ bytes: [UInt8]) -> [UInt8] { filled(32) { unsafe pki_sha256(bytes, bytes.count, &$0) } }

    static func hmacSHA1(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        filled(20) { unsafe pki_hmac_sha1(key, key.count, bytes, bytes.count, &$0) }
    }

    static func pbkdf2(password: [UInt8], salt: [UInt8], iterations: UInt32, length: Int) -> [UInt8] {
        filled(length) { unsafe pki_pbkdf2(password, password.count, salt, salt.count, iterations, &$0, length) }
    }

    static func pkcs12(_ purpose: UInt8, password: [UInt8], salt: [UInt8], iterations: UInt32, length: Int) -> [UInt8] {
        filled(length) {
            unsafe pki_pkcs12_derive(purpose, password, password.count, salt, salt.count, iterations, &$0, length)
        }
    }

    /// Encrypts with AES-256 (a vector of 16 bytes) or triple DES (8), in CBC, after padding.
    static func encrypted(_ bytes: [UInt8], key: [UInt8], vector: [UInt8]) -> [UInt8] {
        let padding = vector.count - bytes.count % vector.count
        var blocks = bytes + [UInt8](repeating: UInt8(padding), count: padding)
        let count = blocks.count
        if vector.count == 16 {
            unsafe pki_encrypt_aes(key, vector, &blocks, count)
        } else {
            unsafe pki_encrypt_des(key, vector, &blocks, count)
        }
        return blocks
    }

    /// Decrypts whole blocks that were encrypted with AES-256 in CBC, and takes the padding off; `nil` if there is none.
    static func decrypted(_ bytes: [UInt8], key: [UInt8], vector: [UInt8]) -> [UInt8]? {
        guard key.count == 32, vector.count == 16, !bytes.isEmpty, bytes.count.isMultiple(of: 16) else { return nil }
        var blocks = bytes
        let count = blocks.count
        unsafe pki_decrypt_aes(key, vector, &blocks, count)
        let padding = Int(blocks[count - 1])
        guard (1...16).contains(padding), blocks.suffix(padding).allSatisfy({ Int($0) == padding }) else { return nil }
        return Array(blocks.dropLast(padding))
    }

    // MARK: Keys

    /// The uncompressed point of a scalar, which must be above zero and below the curve's order.
    static func ecPoint(bits: Int, scalar: [UInt8]) -> [UInt8] {
        let point = point(bits: bits, scalar: scalar)
        precondition(point != nil, "the scalar is between zero and the order")
        return point!
    }

    /// The uncompressed point of a scalar; `nil` if the scalar is zero or not below the curve's order.
    static func point(bits: Int, scalar: [UInt8]) -> [UInt8]? {
        var fits = false
        let point = filled(1 + 2 * scalar.count) { fits = unsafe pki_ec_public(Int32(bits), scalar, &$0) }
        return fits ? point : nil
    }

    static func edPublic(_ secret: [UInt8]) -> [UInt8] {
        filled(secret.count) {
            if secret.count == 32 { unsafe pki_ed25519_public(secret, &$0) } else { unsafe pki_ed448_public(secret, &$0) }
        }
    }

    static func rsaModulus(_ p: [UInt8], _ q: [UInt8]) -> [UInt8] {
        filled(2 * p.count) { unsafe pki_rsa_modulus(p, q, p.count, &$0) }
    }

    /// d, d mod (p - 1), d mod (q - 1), and the inverse of q modulo p.
    static func rsaPrivate(_ p: [UInt8], _ q: [UInt8]) -> [[UInt8]] {
        let size = p.count
        let all = filled(5 * size) { numbers in
            let suits = unsafe pki_rsa_private(p, q, size, &numbers)
            precondition(suits, "primes are published only if they suit the exponent")
        }
        return [Array(all[..<(2 * size)])] + (2..<5).map { Array(all[($0 * size)..<(($0 + 1) * size)]) }
    }

    /// Whether a signature by RSA-PSS is right; `hashBits` is 256, 384 or 512.
    static func isSigned(
        _ bytes: [UInt8], _ signature: [UInt8], hashBits: Int, saltLength: Int, modulus: [UInt8], exponent: [UInt8]
    ) -> Bool {
        unsafe pki_verify_pss(
            Int32(hashBits), saltLength, modulus, modulus.count, exponent, exponent.count, signature, signature.count, bytes, bytes.count)
    }

    // MARK: Signatures with one nonce

    /// What all signatures with one key and one nonce have in common.
    struct Signer: Sendable {
        let r: [UInt8]
        private let product: [UInt8]
        private let inverse: [UInt8]

        init(key: [UInt8], nonce: [UInt8]) {
            var (r, product, inverse) = (Bytes(repeating: 0, count: 32), Bytes(repeating: 0, count: 32), Bytes(repeating: 0, count: 32))
            let fits = unsafe pki_p256_prepare(key, nonce, &r, &product, &inverse)
            precondition(fits, "the nonce is between zero and the order")
            (self.r, self.product, self.inverse) = (r, product, inverse)
        }

        /// s of a signature.
        func s(_ hash: [UInt8]) -> [UInt8] { filled(32) { unsafe pki_p256_sign(product, inverse, hash, &$0) } }
    }

    // MARK: What GnuTLS does

    /// Why GnuTLS cannot read a certificate; `nil` if it can.
    static func flaw(ofCertificate der: [UInt8]) -> String? {
        failure { error in unsafe pki_check_certificate(der, der.count, &error) }
    }

    /// Why a request cannot be read or is not rightly signed; `nil` if it is.
    static func flaw(ofRequest der: [UInt8]) -> String? {
        failure { error in unsafe pki_check_request(der, der.count, &error) }
    }

    /// The public part of a private key; `nil` if it is none.
    static func publicKeyInfo(ofKey pkcs8: [UInt8]) -> [UInt8]? {
        written(pkcs8.count + 512) { unsafe pki_public_key(pkcs8, pkcs8.count, &$0, $1) }
    }

    /// A signature that is always the same; `nil` if the key is none. `hashBits` is 0 for keys that hash themselves.
    static func signature(of bytes: [UInt8], key pkcs8: [UInt8], hashBits: Int) -> [UInt8]? {
        written(pkcs8.count + 512) { unsafe pki_sign(pkcs8, pkcs8.count, Int32(hashBits), bytes, bytes.count, &$0, $1) }
    }

    /// The private key of a PKCS#12 file, empty if it has none, and its certificates in their order.
    static func opened(pkcs12 bytes: [UInt8], password: String, iterations: UInt32) throws(PKIMistake) -> [[UInt8]] {
        var all: [UInt8]?
        let flaw = failure { error in
            all = written(2 * bytes.count + 4096) {
                unsafe pki_open_pkcs12(bytes, bytes.count, password, iterations, &$0, $1, &error)
            }
            return all != nil
        }
        guard let all else { throw PKIMistake("The PKCS#12 file cannot be opened: \(flaw ?? "it is empty").") }
        var (items, rest): ([[UInt8]], ArraySlice<UInt8>) = ([], all[...])
        while !rest.isEmpty {
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            items.append(Array(rest.dropFirst(4).prefix(length)))
            rest = rest.dropFirst(4 + length)
        }
        return items
    }

    // MARK: Addresses

    /// The 4 or 16 bytes of an address; `nil` if the text is none.
    static func address(_ text: String) -> [UInt8]? {
        var bytes = Bytes(repeating: 0, count: 16)
        let count = unsafe pki_read_address(text, &bytes)
        return count == 0 ? nil : Array(bytes.prefix(count))
    }

    /// An address of 4 or 16 bytes as text.
    static func text(ofAddress bytes: [UInt8]) -> String {
        var text = [CChar](repeating: 0, count: 46)
        unsafe pki_write_address(bytes, bytes.count, &text)
        return string(text)
    }

    // MARK: Memory for C

    private static func filled(_ count: Int, _ fill: (inout [UInt8]) -> Void) -> [UInt8] {
        var bytes = Bytes(repeating: 0, count: count)
        fill(&bytes)
        return bytes
    }

    private static func written(_ room: Int, _ write: (inout [UInt8], Int) -> Int) -> [UInt8]? {
        var bytes = Bytes(repeating: 0, count: room)
        let count = write(&bytes, room)
        return count == 0 ? nil : Array(bytes.prefix(count))
    }

    /// Why something failed, without the full stop that GnuTLS writes; `nil` if it did not fail.
    private static func failure(_ isGood: (inout [CChar]) -> Bool) -> String? {
        var error = [CChar](repeating: 0, count: Int(PKI_ERROR_SIZE))
        guard !isGood(&error) else { return nil }
        let text = string(error)
        return String(text.last == "." ? text.dropLast() : text[...])
    }

    private static func string(_ text: [CChar]) -> String {
        String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
