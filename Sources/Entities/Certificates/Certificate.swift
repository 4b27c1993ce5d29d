public import Base
import PKI

/// A certificate that Command knows: issued through it, imported, or found in a store.
public struct Certificate: Sendable {
    /// Its CertificateId.
    public let id: Int
    /// The distinguished name of its owner: Command's IssuedDN.
    public let subject: String
    /// The common name in it: Command's IssuedCN.
    public let commonName: String?
    /// The distinguished name of the authority that issued it.
    public var issuer: String
    /// Its serial number, in hexadecimal digits.
    public var serial: String
    /// 40 hexadecimal digits.
    public var thumbprint: String
    /// The first moment at which it is valid.
    public var notBefore: Timestamp
    /// The last moment at which it is valid.
    public var notAfter: Timestamp
    /// The signing algorithm, as Command names it.
    public var algorithm = "SHA-256withRSA"
    /// What else it says, and its bytes where they are known.
    public var content: CertificateContent
    /// When Command came to know it.
    public var imported: Timestamp
    /// Whether it is active, revoked, or of an authority that Command does not manage.
    public var state = CertificateState.unknown
    /// Where it came from.
    public var origin = Origin()
    /// The values of its metadata fields, by the fields' names.
    public var metadata: [String: String] = [:]
    /// The Id of the security role that owns it.
    public var owner: Int?
    /// When and why it was revoked or put on hold.
    public var revocation: Revocation?
    /// Where it was found by a scan of a network.
    public var endpoints: [Endpoint] = []
    /// Its private key, where Command keeps it.
    public var key: RetainedKey?
    /// What was done to it, the oldest first; at most `longestHistory` entries.
    public private(set) var history: [Event] = []

    /// The issuer of certificates that nobody described.
    public static let standardIssuer = "CN=Example Issuing CA"
    /// The most entries of a certificate's history; older ones are dropped.
    static let longestHistory = 50

    /// Where a certificate came from.
    public struct Origin: Sendable {
        /// The Id of the certificate authority that issued it, if Command manages that.
        public var authority: Int?
        /// The Id of the template that it was enrolled for.
        public var template: Int?
        /// The Id of the enrollment pattern that it was enrolled for.
        public var pattern: Int?
        /// The number of who asked for it, see `Certificates.requesters`.
        public var requester: Int?
        /// The Id of the request that was approved; `nil` for one that was issued at once.
        public var request: Int?

        /// An origin of which nothing is known.
        public init() {}
    }

    /// A port at which a certificate is served over TLS.
    public struct Endpoint: Sendable {
        /// The address of the machine.
        public var address: String
        /// The port.
        public var port: Int

        /// An endpoint by its parts.
        public init(address: String, port: Int) { (self.address, self.port) = (address, port) }

        /// An endpoint as files write it: `10.0.0.20:443`.
        public init?(_ text: String) {
            guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (1...65535).contains(port) else {
                return nil
            }
            self.init(address: String(text[..<colon]), port: port)
        }

        /// The endpoint as files write it.
        public var text: String { "\(address):\(port)" }
    }

    /// That a certificate was revoked.
    public struct Revocation: Sendable {
        /// From when on.
        public var effective: Timestamp
        /// Why, as a number of RFC 5280; 6 is a hold, which can be taken off.
        public var reason: Int
        /// What the caller said.
        public var comment: String

        /// A revocation by its parts.
        public init(effective: Timestamp, reason: Int, comment: String) {
            (self.effective, self.reason, self.comment) = (effective, reason, comment)
        }
    }

    /// Something that was done to a certificate.
    public struct Event: Sendable {
        /// When.
        public var at: Timestamp
        /// By whom.
        public var user: String
        /// What.
        public var action: String
        /// What else was said.
        public var comment: String

        /// An event by its parts.
        public init(at: Timestamp, user: String, action: String, comment: String = "") {
            (self.at, self.user, self.action, self.comment) = (at, user, action, comment)
        }
    }

    /// A certificate by its parts.
    public init(
        id: Int, subject: String, issuer: String, serial: String, thumbprint: String, notBefore: Timestamp, notAfter: Timestamp,
        algorithm: String = "SHA-256withRSA", content: CertificateContent = .undescribed, imported: Timestamp? = nil
    ) {
        self.id = id
        self.subject = subject
        commonName = Self.commonName(in: subject)
        self.issuer = issuer
        self.serial = serial
        self.thumbprint = thumbprint
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.algorithm = algorithm
        self.content = content
        self.imported = imported ?? notBefore
    }

    /// The value of the first CN. Most names begin with one that needs no escapes.
    private static func commonName(in subject: String) -> String? {
        guard subject.hasPrefix("CN="), !subject.contains("\\"), !subject.contains("\""), !subject.contains("+") else {
            return (try? DistinguishedName(subject))?.values(of: "CN").first
        }
        return String(subject.dropFirst(3).prefix { $0 != "," })
    }

    /// Takes all entries from its history.
    public mutating func forgetHistory() { history = [] }

    /// Adds an entry to its history.
    public mutating func note(_ event: Event) {
        if history.count >= Self.longestHistory { history.removeFirst() }
        history.append(event)
    }
}

/// What a certificate says beyond names and times. It never changes, so that copies of a row share it.
public final class CertificateContent: Sendable {
    /// The certificate in DER; empty where it was only described.
    public let der: [UInt8]
    /// The kind of its key.
    public let keyType: KeyType
    /// The size of its key in bits.
    public let keySize: Int
    /// The curve of its key as an object identifier, for keys of type ECC.
    public let curve: String?
    /// What its key may be used for, as .NET's X509KeyUsageFlags; 0 where it does not say.
    public let keyUsage: Int
    /// The object identifiers of its extended key usages.
    public let extendedKeyUsages: [String]
    /// Its subject alternative names.
    public let names: [AlternativeName]
    /// Where its revocation list is found.
    public let revocationLists: [String]
    /// Whether it is an authority's.
    public let isAuthority: Bool
    /// How many authorities may follow it in a chain.
    public let pathLength: Int?

    /// A name for which a certificate holds beside its subject.
    public struct AlternativeName: Sendable {
        /// Its kind as Command numbers them: 1 RFC 822, 2 DNS, 6 URI, 7 IP address, 100 principal name.
        public var type: Int
        /// The name as text.
        public var value: String

        /// A name by its parts.
        public init(type: Int, value: String) { (self.type, self.value) = (type, value) }
    }

    /// A content by its parts.
    public init(
        der: [UInt8], keyType: KeyType, keySize: Int, curve: String? = nil, keyUsage: Int = 0, extendedKeyUsages: [String] = [],
        names: [AlternativeName] = [], revocationLists: [String] = [], isAuthority: Bool = false, pathLength: Int? = nil
    ) {
        (self.der, self.keyType, self.keySize, self.curve, self.keyUsage) = (der, keyType, keySize, curve, keyUsage)
        (self.extendedKeyUsages, self.names, self.revocationLists) = (extendedKeyUsages, names, revocationLists)
        (self.isAuthority, self.pathLength) = (isAuthority, pathLength)
    }

    /// What is assumed of a certificate of which only names and times are known: one of a web server.
    public static let undescribed = CertificateContent(
        der: [], keyType: .rsa, keySize: 2048, keyUsage: 160, extendedKeyUsages: ["1.3.6.1.5.5.7.3.1"])
}

/// Whether a certificate counts. The numbers from 0 to 5 are known from clients and documentation, the others are assumed.
public enum CertificateState: Int, NamedNumber {
    case unknown = 0
    case active, revoked, denied, failed, pending, authority, parentAuthority, externalValidation

    /// The name that `CertStateString` begins with.
    public var name: String {
        switch self {
        case .unknown: "Unknown"
        case .active: "Active"
        case .revoked: "Revoked"
        case .denied: "Denied"
        case .failed: "Failed"
        case .pending: "Pending"
        case .authority: "Certificate Authority"
        case .parentAuthority: "Parent CA"
        case .externalValidation: "External Validation"
        }
    }
}

/// The kind of a certificate's key. 1, 3 and 5 are recorded, the others assumed.
public enum KeyType: Int, NamedNumber {
    case unknown = 0
    case rsa, dsa, ecc, dh, ed448, ed25519

    /// The name that `KeyTypeString` sends.
    public var name: String {
        switch self {
        case .unknown: "Unknown"
        case .rsa: "RSA"
        case .dsa: "DSA"
        case .ecc: "ECC"
        case .dh: "DH"
        case .ed448: "Ed448"
        case .ed25519: "Ed25519"
        }
    }

    /// The object identifier of its algorithm.
    public var algorithm: String? {
        switch self {
        case .rsa: "1.2.840.113549.1.1.1"
        case .dsa: "1.2.840.10040.4.1"
        case .ecc: "1.2.840.10045.2.1"
        case .dh: "1.2.840.10046.2.1"
        case .ed448: "1.3.101.113"
        case .ed25519: "1.3.101.112"
        case .unknown: nil
        }
    }
}
