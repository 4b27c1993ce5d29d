import Base
public import Entities
public import Model
import PKI
import ScenarioFormat

/// A certificate as scenario files describe it: by itself, or as an entry of a store's inventory.
///
/// One with an authority or a template is issued when the file is read; of any other only what the file says is known.
public struct CertificateSeed: Modelled {
    var alias = ""
    /// Its CertificateId; `nil` to be given the next.
    public var id: Int?
    var item: Int?
    /// Its subject; `{n}` in it is the number of the certificate where `count` makes several.
    public var subject: String?
    var issuer: String?
    var serial: String?
    var thumbprint: String?
    var notBefore: Timestamp?
    var notAfter: Timestamp?
    var algorithm: String?
    var metadata: [String: String] = [:]
    var parameters = "{}"
    /// The certificate itself, in base64 of its DER.
    var content: String?
    var authority: Int?
    var template: Int?
    var pattern: Int?
    /// Alternative names such as `dns:www.example.com`.
    public var names: [String] = []
    var key: String?
    var keepsKey = false
    var keyNumber: Int?
    var privateKey: String?
    var owner: String?
    var requester: String?
    var request: Int?
    var state: CertificateState?
    var imported: Timestamp?
    var revocation: RevocationSeed?
    var endpoints: [String] = []
    var history: [EventSeed] = []
    /// How many there are.
    public var count: Int?

    /// A certificate, every member of it said.
    public init(_ certificate: Certificate, in estate: Estate) {
        id = certificate.id
        subject = certificate.subject
        issuer = certificate.issuer
        serial = certificate.serial
        thumbprint = certificate.thumbprint
        notBefore = certificate.notBefore
        notAfter = certificate.notAfter
        algorithm = certificate.algorithm
        metadata = certificate.metadata
        content = certificate.content.der.isEmpty ? nil : Base64.encode(certificate.content.der)
        (authority, template, pattern) = (certificate.origin.authority, certificate.origin.template, certificate.origin.pattern)
        owner = certificate.owner.flatMap { estate.security.roles[$0]?.name }
        requester = estate.certificates.requester(certificate.origin.requester)
        request = certificate.origin.request
        (state, imported) = (certificate.state, certificate.imported)
        revocation = certificate.revocation.map { RevocationSeed($0) }
        endpoints = certificate.endpoints.map(\.text)
        history = certificate.history.map { EventSeed($0) }
        switch certificate.key {
        case nil: break
        case .made(let number): keyNumber = number
        case .given(let bytes): privateKey = estate.requests.dumpsKeys ? Base64.encode(bytes) : nil
        }
    }

    /// An entry, or nothing yet.
    public init(alias: String = "", id: Int? = nil, item: Int? = nil, parameters: String = "{}") {
        self.alias = alias
        self.id = id
        self.item = item
        self.parameters = parameters
    }

    /// Whether it says more than an id.
    var describes: Bool {
        [subject, serial, thumbprint, content].contains { $0 != nil } || notAfter != nil || template != nil || authority != nil
    }

    /// Whether it says of a certificate what a certificate cannot change.
    func changes(_ known: Certificate) -> Bool {
        subject ?? known.subject != known.subject || serial?.uppercased() ?? known.serial != known.serial
            || notBefore?.inSeconds ?? known.notBefore != known.notBefore || notAfter?.inSeconds ?? known.notAfter != known.notAfter
    }

    /// One of several: with its number in place of `{n}`.
    public func numbered(_ number: Int) -> CertificateSeed {
        var seed = self
        seed.subject = subject?.replacing("{n}", with: String(number))
        seed.names = names.map { $0.replacing("{n}", with: String(number)) }
        return seed
    }

    /// The entries of a store's inventory as files have them: the certificates stand elsewhere, under their ids.
    static func entries(of store: CertificateStore) -> [CertificateSeed] {
        store.inventory.flatMap { entry in
            entry.certificates.map { CertificateSeed(alias: entry.alias, id: $0, item: entry.item, parameters: entry.parameters) }
        }
    }
}

/// That a certificate was revoked or put on hold.
struct RevocationSeed: Modelled {
    var reason = 0
    var at: Timestamp?
    var comment = ""

    init() {}

    init(_ revocation: Certificate.Revocation) {
        (reason, at, comment) = (revocation.reason, revocation.effective, revocation.comment)
    }

    static let model = Model<RevocationSeed>([:], "a revocation", blank: { .init() }) {
        Seed("reason", .number(0...999), about: "why, as a number of RFC 5280; 6 is a hold; default 0", \.reason)
        Seed("at", .time, about: "from when on; default the world's start", \.at)
        Seed("comment", .text, about: "what was said", \.comment)
    }
}

/// Something that was done to a certificate.
struct EventSeed: Modelled {
    var at = Timestamp.first
    var user = ""
    var action = ""
    var comment = ""

    init() {}

    init(_ event: Certificate.Event) { (at, user, action, comment) = (event.at, event.user, event.action, event.comment) }

    static let model = Model<EventSeed>([:], "an event", blank: { .init() }) {
        Seed("at", .time, required: true, about: "when", \.at)
        Seed("user", .text, about: "by whom", \.user)
        Seed("action", .text, required: true, about: "what", \.action)
        Seed("comment", .text, about: "what else was said", \.comment)
    }
}
