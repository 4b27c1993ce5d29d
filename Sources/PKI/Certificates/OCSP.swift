public import Base

/// What is asked of certificates' status (RFC 6960), and how it is answered.
public struct StatusRequest: Sendable {
    /// A certificate whose status is asked for.
    public struct Item: Sendable {
        /// Its serial number, without leading zeros.
        public let serial: [UInt8]
        /// The identifier as it was sent, which the answer repeats.
        fileprivate let identifier: [UInt8]
        fileprivate let hash: OID
        fileprivate let nameHash: [UInt8]
        fileprivate let keyHash: [UInt8]
    }

    /// What is known of a certificate.
    public enum Status: Sendable {
        case good
        /// Since when, and why; see ``Revocation/init(serial:when:reason:)``.
        case revoked(Timestamp, reason: Int)
        case unknown
    }

    /// The certificates, at least one.
    public let items: [Item]
    private let nonce: [UInt8]?

    /// The most bytes of a request.
    public static let mostBytes = 65536
    /// The most certificates of a request.
    private static let mostItems = 100

    private static let nonceID: OID = "1.3.6.1.5.5.7.48.1.2"
    private static let basic: OID = "1.3.6.1.5.5.7.48.1.1"

    /// The answer to what is no request.
    public static let malformed = failure(1)

    /// Reads a request.
    ///
    /// - Parameter der: at most 64 KiB. A signature is not looked at.
    /// - Throws: ``PKIMistake``, which says what is wrong.
    public init(der: [UInt8]) throws(PKIMistake) {
        guard der.count <= Self.mostBytes else { throw PKIMistake("An OCSP request has at most \(Self.mostBytes) bytes.") }
        var outer = try DERReader(der, Tag.sequence)
        var reader = try outer.sequence()
        _ = try reader.optional(Tag.wrapping(0))
        _ = try reader.optional(Tag.wrapping(1))
        var list = try reader.sequence()
        var items: [Item] = []
        while !list.isAtEnd {
            guard items.count < Self.mostItems else { throw PKIMistake("An OCSP request names at most \(Self.mostItems) certificates.") }
            var one = try list.sequence()
            let whole = try one.node(Tag.sequence)
            var parts = whole.reader
            var hash = try parts.sequence()
            items.append(
                Item(
                    identifier: Array(whole.whole), hash: try hash.oid(), nameHash: Array(try parts.content(Tag.octets)),
                    keyHash: Array(try parts.content(Tag.octets)), serial: Array(try parts.integer())))
        }
        guard !items.isEmpty else { throw PKIMistake("The OCSP request names no certificate.") }
        self.items = items
        guard var extensions = try reader.optional(Tag.wrapping(2))?.reader else {
            nonce = nil
            return
        }
        nonce = try Extension.all(try extensions.sequence())[Self.nonceID].map { Array($0) }
    }

    private static func failure(_ code: UInt8) -> [UInt8] {
        DERWriter.bytes(room: 8) { writer in writer.sequence { $0.node(Tag.enumerated, [code]) } }
    }

    /// Signs the answer of an authority, which is its own responder.
    ///
    /// - Parameters:
    ///   - authority: the authority. Certificates of others have an unknown status.
    ///   - now: when it is answered.
    ///   - nextUpdate: until when the answer holds.
    ///   - status: what is known of a certificate of the authority, by its serial number.
    /// - Returns: the answer in DER.
    public func answer(
        of authority: CertificateAuthority, now: Timestamp, nextUpdate: Timestamp, status: ([UInt8]) -> Status
    ) -> [UInt8] {
        let key = (try? CertificateFacts(der: authority.certificate)).flatMap { try? PublicKey(info: $0.publicKeyInfo) }?.key ?? []
        let signed = authority.signed { writer in
            writer.node(Tag.wrapping(2)) { $0.node(Tag.octets, authority.keyID) }
            writer.time(now, isLong: true)
            writer.sequence { writer in
                for item in items {
                    let isOurs = item.isIssued(by: authority.subject.der, key: Array(key))
                    item.write(isOurs ? status(item.serial) : .unknown, now, nextUpdate, to: &writer)
                }
            }
            guard let nonce else { return }
            writer.node(Tag.wrapping(1)) { writer in
                writer.sequence { writer in writer.extension(Self.nonceID) { $0.raw(nonce) } }
            }
        }
        return DERWriter.bytes(room: signed.count + 64) { writer in
            writer.sequence { writer in
                writer.node(Tag.enumerated, [0])
                writer.node(Tag.wrapping(0)) { writer in
                    writer.sequence { writer in
                        writer.oid(Self.basic)
                        writer.node(Tag.octets, signed)
                    }
                }
            }
        }
    }
}

extension StatusRequest.Item {
    fileprivate init(identifier: [UInt8], hash: OID, nameHash: [UInt8], keyHash: [UInt8], serial: [UInt8]) {
        (self.identifier, self.hash, self.serial) = (identifier, hash, serial)
        (self.nameHash, self.keyHash) = (nameHash, keyHash)
    }

    /// Whether it names an authority as who issued it. Hashes other than SHA-1 and SHA-256 name nobody.
    fileprivate func isIssued(by name: [UInt8], key: [UInt8]) -> Bool {
        switch hash {
        case "1.3.14.3.2.26": nameHash == Cryptography.sha1(name) && keyHash == Cryptography.sha1(key)
        case "2.16.840.1.101.3.4.2.1": nameHash == Cryptography.sha256(name) && keyHash == Cryptography.sha256(key)
        default: false
        }
    }

    fileprivate func write(_ status: StatusRequest.Status, _ now: Timestamp, _ nextUpdate: Timestamp, to writer: inout DERWriter) {
        writer.sequence { writer in
            writer.raw(identifier)
            switch status {
            case .good: writer.node(Tag.replacing(0), [])
            case .unknown: writer.node(Tag.replacing(2), [])
            case .revoked(let when, let reason):
                let revocation = Revocation(serial: serial, when: when, reason: reason)
                writer.node(Tag.wrapping(1)) { writer in
                    writer.time(revocation.when, isLong: true)
                    if revocation.reason > 0 { writer.node(Tag.wrapping(0)) { $0.node(Tag.enumerated, [revocation.reason]) } }
                }
            }
            writer.time(now, isLong: true)
            writer.node(Tag.wrapping(0)) { $0.time(nextUpdate, isLong: true) }
        }
    }
}
