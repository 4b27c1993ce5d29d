import Base
public import Entities
public import Model
import PKI
public import ScenarioFormat
import Stores

/// A request that waits for an approval, or was denied, as scenario files describe it.
public struct RequestSeed: Modelled {
    var id: Int?
    var subject = ""
    var names: [String] = []
    var submitted: Timestamp?
    var authority: Int?
    var template: Int?
    var pattern: Int?
    var requester: String?
    var state = CertificateState.pending
    var comment: String?
    var metadata: [String: String] = [:]
    var owner: Int?
    var key: String?
    var publicKey: String?
    var keyNumber: Int?
    var deliveries: [StoreDelivery] = []

    /// A request of which nothing is said yet.
    public init() {}

    /// A request, every member of it said.
    public init(_ request: CertificateRequest, in estate: Estate) {
        (id, subject, submitted) = (request.id, request.subject, request.submitted)
        names = request.names.map { RequestSeed.text($0) }
        (authority, template, pattern) = (request.authority, request.template, request.pattern)
        requester = estate.certificates.requester(request.requester)
        (state, comment) = (request.state, request.denialComment)
        (metadata, owner) = (request.metadata, request.owner)
        publicKey = Base64.encode(request.publicKey)
        if case .made(let number) = request.key { keyNumber = number }
        deliveries = request.deliveries
    }

    /// What files say of a request.
    public static let model = Model<RequestSeed>([:], "a request for a certificate", blank: { .init() }) {
        Seed("id", .given(), about: "its KeyfactorRequestId; the next free one if left out", \.id)
        Seed("subject", .text, about: "its distinguished name; only a request that is there already may leave it out", \.subject)
        Seed("names", .list(.text), about: "its alternative names, such as dns:www.example.com", \.names)
        Seed("submitted", .time, about: "when it was sent in; default the world's start", \.submitted)
        Seed.name("authority", "certificate authority", about: "the authority that is to issue it", \.authority) {
            $0.authorities
        } of: {
            $1.authorities[$0]?.name
        }
        Seed.name("template", "certificate template", about: "the template that it is for", \.template) {
            $0.templates
        } of: {
            $1.templates[$0]?.name
        }
        Seed("pattern", .given(), about: "the Id of its enrollment pattern", \.pattern)
        Seed("requester", .text, about: "who asked for it", \.requester)
        Seed(
            "state", .word(nil), about: "Pending, Denied or External Validation; Active approves one that is there; default Pending",
            \.state)
        Seed("comment", .text, about: "what was said when it was denied", \.comment)
        Seed("metadata", .texts, about: "the metadata that the certificate will have", \.metadata)
        Seed("owner", .given(), about: "the Id of the security role that will own it", \.owner)
        Seed("key", .word(CertificateSeed.keys), about: "the kind of its key; default RSA 2048", \.key)
        Seed("publicKey", .text, about: "its key in base64 of SubjectPublicKeyInfo; the estate dump says it", \.publicKey)
        Seed("keyNumber", .given(from: 0), about: "which of the server's keys it has; the estate dump says it", \.keyNumber)
        Seed("deliveries", .list(.object(StoreDelivery.model)), about: "the stores that its certificate is to be put into", \.deliveries)
    }

    /// Puts the request where all are.
    public func add(to estate: inout Estate, at node: YAMLNode, _ seeding: inout Seeding) {
        let id = id ?? estate.requests.highest + 1
        if let known = estate.requests.waiting[id] { return change(known, in: &estate, at: node, &seeding) }
        // Rules approve requests that have yet to come.
        if subject.isEmpty, state == .active { return }
        guard !subject.isEmpty else { return seeding.note(node, "a certificate request needs a subject") }
        guard let authority = authority ?? estate.authorities.rows.all.first(where: \.isForEnrollment)?.id else {
            return seeding.note(node, "there is no certificate authority that could issue it")
        }
        do throws(PKIMistake) {
            let subject = try DistinguishedName(subject)
            let names = try names.map { text throws(PKIMistake) in try CertificateSeed.name(text) }
            var request = try blank(id, authority, &estate, seeding)
            request.subject = subject.text
            request.names = names
            (request.template, request.metadata, request.owner) = (template, metadata, owner)
            request.deliveries = deliveries
            let standard = estate.enrollmentPatterns.rows.all.first { $0.template == template && $0.isDefault }?.id
            // What the estate dump says is said in full.
            request.pattern = publicKey == nil ? pattern ?? standard : pattern
            if state == .denied { request.key = nil }
            request.requester = requester.flatMap { estate.certificates.requester($0) }
            (request.state, request.denialComment) = (state, comment)
            estate.requests.highest = max(estate.requests.highest, id)
            estate.requests.waiting.put(request, at: id)
        } catch {
            seeding.note(node["subject"] ?? node, error.message)
        }
    }

    /// Approves or denies a request that is there.
    private func change(_ known: CertificateRequest, in estate: inout Estate, at node: YAMLNode, _ seeding: inout Seeding) {
        guard subject.isEmpty || state != .pending else {
            return seeding.note(node["id"], "another certificate request has this id already")
        }
        switch state {
        case .active:
            guard let order = try? IssueOrder(known, known.template.flatMap { estate.templates[$0] }) else { return }
            _ = estate.grant(known, order, now: seeding.now)
        case .denied: estate.requests.waiting.change(known.id) { ($0.state, $0.denialComment, $0.key) = (.denied, comment, nil) }
        default: break
        }
    }

    /// The request with its key: the one that the file says, or one that the server makes.
    private func blank(_ id: Int, _ authority: Int, _ estate: inout Estate, _ seeding: Seeding) throws(PKIMistake) -> CertificateRequest {
        let submitted = submitted ?? seeding.now
        if let publicKey {
            guard let info = Base64.decode(Array(publicKey.utf8)[...]) else { throw PKIMistake("The public key is not in base64.") }
            let kind = try KeyKind(publicKeyInfo: info)
            var request = CertificateRequest(
                id: id, subject: "", submitted: submitted, authority: authority, publicKey: info, keyType: KeyType(kind),
                keySize: kind.bits,
                curve: kind.curve)
            request.key = keyNumber.map { .made(number: $0) }
            return request
        }
        let number = estate.certificates.keys
        estate.certificates.keys += 1
        guard let kind = CertificateSeed.kind(key), let key = PrivateKey(kind, seed: seeding.seed, number: number) else {
            throw PKIMistake("The mock makes no such key.")
        }
        var request = CertificateRequest(
            id: id, subject: "", submitted: submitted, authority: authority, publicKey: key.publicKeyInfo, keyType: KeyType(kind),
            keySize: kind.bits, curve: kind.curve)
        request.key = .made(number: number)
        return request
    }

    private static func text(_ name: CertificateContent.AlternativeName) -> String {
        let kinds = [2: "dns", 7: "ip", 6: "uri", 1: "email", 100: "upn"]
        return "\(kinds[name.type] ?? "dns"):\(name.value)"
    }
}

/// A request for signing that the server made, as the estate dump describes it.
public struct GeneratedSeed: Modelled {
    var id = 0
    var request = ""
    var at = Timestamp.first
    var keyNumber = 0

    /// A request of which nothing is said yet.
    public init() {}

    /// A request, every member of it said.
    public init(_ request: GeneratedRequest) {
        (id, self.request, at, keyNumber) = (request.id, Base64.encode(request.der), request.requested, request.key)
    }

    /// What files say of such a request.
    public static let model = Model<GeneratedSeed>([:], "a generated request", blank: { .init() }) {
        Seed("id", .given(), required: true, about: "its Id", \.id)
        Seed("request", .text, required: true, about: "the request in base64 of its DER", \.request)
        Seed("at", .time, required: true, about: "when it was made", \.at)
        Seed("keyNumber", .given(from: 0), required: true, about: "which of the server's keys it has", \.keyNumber)
    }

    /// Puts the request where all are.
    public func add(to estate: inout Estate, at node: YAMLNode, _ seeding: inout Seeding) {
        guard let der = Base64.decode(Array(request.utf8)[...]), let known = try? SigningRequest(der: der) else {
            return seeding.note(node["request"], "this is no request for signing in base64 of its DER")
        }
        let row = GeneratedRequest(
            id: id, der: der, requested: at, subject: known.subject.parts, key: keyNumber, publicKey: known.publicKeyInfo)
        estate.requests.highestGenerated = max(estate.requests.highestGenerated, id)
        estate.requests.generated.put(row, at: id)
    }
}
