import Base

/// Text around DER (RFC 7468): lines of 64 characters that end with LF.
public enum PEM {
    /// A certificate.
    ///
    /// - Parameter der: the certificate.
    /// - Returns: the text, which ends with LF.
    public static func certificate(_ der: [UInt8]) -> String { text("CERTIFICATE", der) }

    /// A request for a certificate.
    ///
    /// - Parameter der: the request.
    /// - Returns: the text, which ends with LF.
    public static func request(_ der: [UInt8]) -> String { text(requestLabels[0], der) }

    /// A private key that is not encrypted (PKCS#8).
    ///
    /// - Parameter key: the key.
    /// - Returns: the text, which ends with LF.
    public static func key(_ key: PrivateKey) -> String { text("PRIVATE KEY", key.pkcs8) }

    /// A private key that is encrypted (PKCS#8) with AES-256.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - password: the password.
    /// - Returns: the text, which ends with LF.
    public static func encryptedKey(_ key: PrivateKey, password: String) -> String {
        let protection = Protection.aes(password: password, salt: Array(Cryptography.sha256(key.pkcs8).prefix(16)))
        return text("ENCRYPTED PRIVATE KEY", DERWriter.bytes(room: 3000) { protection.write(key: key, to: &$0) })
    }

    /// The most bytes of a text with certificates.
    public static let mostBytes = 1 << 20

    /// All certificates in a text, in their order. Anything else in it is passed over.
    ///
    /// - Parameter text: at most 1 MiB.
    /// - Throws: ``PKIMistake`` if a certificate is not closed, or is not base64.
    /// - Returns: the certificates in DER. They have not been read.
    public static func certificates(in text: String) throws(PKIMistake) -> [[UInt8]] {
        guard text.utf8.count <= mostBytes else {
            throw PKIMistake("A PEM text has at most \(mostBytes) bytes; this one has \(text.utf8.count).")
        }
        var certificates: [[UInt8]] = []
        for block in try blocks(text) where ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"].contains(block.label) {
            guard let der = decoded(block.body) else {
                throw PKIMistake("Certificate \(certificates.count + 1) in the PEM text is not base64.")
            }
            certificates.append(der)
        }
        return certificates
    }

    static let requestLabels = ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"]

    private static func text(_ label: String, _ der: [UInt8]) -> String {
        let digits = Array(Base64.encode(der).utf8)
        var text = Array("-----BEGIN \(label)-----\n".utf8)
        for start in stride(from: 0, to: digits.count, by: 64) {
            text += digits[start..<min(start + 64, digits.count)]
            text.append(UInt8(ascii: "\n"))
        }
        return String(decoding: text + "-----END \(label)-----\n".utf8, as: UTF8.self)
    }

    /// The blocks of a text.
    static func blocks(_ text: String) throws(PKIMistake) -> [(label: String, body: ArraySlice<UInt8>)] {
        let bytes = Array(text.utf8)
        var blocks: [(String, ArraySlice<UInt8>)] = []
        var place = 0
        while let begin = find("-----BEGIN ", in: bytes, from: place) {
            guard let dashes = find("-----", in: bytes, from: begin), dashes - begin <= 64 else {
                throw PKIMistake("A line '-----BEGIN …-----' of a PEM text does not end with dashes.")
            }
            let label = String(decoding: bytes[begin..<(dashes - 5)], as: UTF8.self)
            guard let end = find("-----END \(label)-----", in: bytes, from: dashes) else {
                throw PKIMistake("A PEM text has '-----BEGIN \(label)-----' without '-----END \(label)-----' after it.")
            }
            place = end
            blocks.append((label, bytes[dashes..<(end - label.utf8.count - 14)]))
        }
        return blocks
    }

    /// The place after the first occurrence of a word.
    private static func find(_ word: String, in bytes: [UInt8], from start: Int) -> Int? {
        let word = Array(word.utf8)
        var place = start
        while place + word.count <= bytes.count {
            if bytes[place] == word[0], bytes[place..<(place + word.count)].elementsEqual(word) { return place + word.count }
            place += 1
        }
        return nil
    }

    /// The bytes of base64 with spaces and line ends in it; `nil` if there is anything else, or nothing.
    static func decoded(_ body: ArraySlice<UInt8>) -> [UInt8]? {
        let digits = body.filter { !" \t\r\n".utf8.contains($0) }
        return digits.isEmpty ? nil : Base64.decode(digits[...])
    }
}
