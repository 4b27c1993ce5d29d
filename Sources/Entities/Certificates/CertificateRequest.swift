public import Base

/// A request for a certificate that waits for an approval, or was denied.
public struct CertificateRequest: Sendable {
    /// Its KeyfactorRequestId, which the certificate keeps as CertRequestId.
    public let id: Int
    /// The distinguished name that is asked for.
    public var subject: String
    /// When it was sent in.
    public var submitted: Timestamp
    /// The Id of the authority that is to issue it.
    public var authority: Int
    /// The Id of the template.
    public var template: Int?
    /// The Id of the enrollment pattern.
    public var pattern: Int?
    /// The number of who asked for it, see `Certificates.requesters`.
    public var requester: Int?
    /// `pending`, `denied` or `externalValidation`.
    public var state = CertificateState.pending
    /// The metadata that the certificate will have.
    public var metadata: [String: String] = [:]
    /// The Id of the security role that will own it.
    public var owner: Int?
    /// The names beside the subject.
    public var names: [CertificateContent.AlternativeName] = []
    /// The public key, as a SubjectPublicKeyInfo in DER.
    public var publicKey: [UInt8]
    /// The private key, if the server made it and keeps it.
    public var key: RetainedKey?
    /// The kind of its key.
    public var keyType: KeyType
    /// The size of its key in bits.
    public var keySize: Int
    /// The curve of its key, as an object identifier.
    public var curve: String?
    /// What was said when it was denied.
    public var denialComment: String?
    /// The stores that the certificate is to be put into when it is issued.
    public var deliveries: [StoreDelivery] = []

    /// A request by its parts.
    public init(
        id: Int, subject: String, submitted: Timestamp, authority: Int, publicKey: [UInt8], keyType: KeyType, keySize: Int,
        curve: String? = nil
    ) {
        (self.id, self.subject, self.submitted, self.authority) = (id, subject, submitted, authority)
        (self.publicKey, self.keyType, self.keySize, self.curve) = (publicKey, keyType, keySize, curve)
    }
}

/// A store that a certificate is to be put into.
public struct StoreDelivery: Sendable {
    /// The store's id.
    public var store = GUID.empty
    /// Under which name; its thumbprint if left out.
    public var alias: String?
    /// Whether it takes the place of what has the name.
    public var overwrites = false
    /// When; at once if left out.
    public var moment: Timestamp?

    /// A delivery before anything is known of it.
    public init() {}

    /// A delivery by its parts.
    public init(store: GUID, alias: String?, overwrites: Bool) {
        (self.store, self.alias, self.overwrites) = (store, alias, overwrites)
    }
}

/// A private key that Command keeps.
public enum RetainedKey: Sendable, Equatable {
    /// The key that the server makes as the so-manieth of its kind; it can be made again at any time.
    case made(number: Int)
    /// A key that was sent in, as PKCS#8 in DER.
    case given([UInt8])
}

/// A request for signing that the server made with a key of its own, and whose certificate has not come yet.
public struct GeneratedRequest: Sendable {
    /// Its Id.
    public let id: Int
    /// The request in DER.
    public var der: [UInt8]
    /// When it was made.
    public var requested: Timestamp
    /// The parts of its subject, such as `CN=www.example.com`.
    public var subject: [String]
    /// The number of its key.
    public var key: Int
    /// The public part of its key, by which a certificate is recognised.
    public var publicKey: [UInt8]

    /// A request by its parts.
    public init(id: Int, der: [UInt8], requested: Timestamp, subject: [String], key: Int, publicKey: [UInt8]) {
        (self.id, self.der, self.requested, self.subject) = (id, der, requested, subject)
        (self.key, self.publicKey) = (key, publicKey)
    }
}
