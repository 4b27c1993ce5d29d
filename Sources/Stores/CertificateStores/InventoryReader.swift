import Base
public import Entities
public import Model
public import PKI
public import ScenarioFormat

/// Reads the certificates that a scenario file describes, by themselves or in the `inventory` of a store.
public struct InventoryReader {
    /// What is drawn for the certificates depends on it: the machine, path and type of their store.
    let key: String
    /// The subject of a certificate of which the file does not say it.
    let subject: String

    /// Reads the entries of an inventory, and puts their certificates where all are.
    ///
    /// - Parameters:
    ///   - node: the list, checked; `nil` if the store has none.
    ///   - estate: receives the certificates.
    ///   - seeding: takes mistakes.
    /// - Returns: the entries in the order of lists; one whose item id the file does not say has 0. `nil` if there is no list.
    public func entries(_ node: YAMLNode?, _ estate: inout Estate, _ seeding: inout Seeding) -> [InventoryEntry]? {
        guard let node else { return nil }
        var entries: [InventoryEntry] = []
        for (index, item) in node.items.enumerated() {
            var seed = CertificateSeed()
            CertificateSeed.entry.seed(item, into: &seed, &seeding)
            let reader = InventoryReader(key: "\(key)\n\(seed.alias)\n\(index)", subject: subject)
            guard let certificate = reader.certificate(seed, at: item, &estate, &seeding) else { continue }
            if let known = entries.firstIndex(where: { $0.isNamed(seed.alias) }) {
                entries[known].certificates.append(certificate)
                continue
            }
            entries.append(
                InventoryEntry(alias: seed.alias, certificates: [certificate], item: seed.item ?? 0, parameters: seed.parameters))
        }
        return entries.enumerated().sorted { one, other in
            (one.element.alias.lowercased(), one.offset) < (other.element.alias.lowercased(), other.offset)
        }.map(\.element)
    }

    /// The CertificateId of the certificate that a file describes: one of this thumbprint or id that exists already, or a new one.
    public func certificate(_ seed: CertificateSeed, at node: YAMLNode, _ estate: inout Estate, _ seeding: inout Seeding) -> Int? {
        let thumbprint = seed.thumbprint?.uppercased()
        if let id = seed.id, seed.describes, seeding.builtInCertificates.remove(id) != nil { estate.certificates.remove(id) }
        let certificates = estate.certificates
        if let known = seed.id.flatMap({ certificates[$0] }) ?? thumbprint.flatMap({ certificates.find(thumbprint: $0) }) {
            guard known.id == seed.id ?? known.id, known.thumbprint == thumbprint ?? known.thumbprint else {
                seeding.note(node, "certificate \(known.id) has the thumbprint \(known.thumbprint) already: another id or thumbprint")
                return nil
            }
            if seed.changes(known) {
                seeding.note(node, "certificate \(known.id) exists, and its subject, serial number and times cannot be changed: another id")
                return nil
            }
            var changed = known
            complete(&changed, seed, at: node, &estate, &seeding)
            estate.certificates.change(known.id) { $0 = changed }
            return known.id
        }
        if let begins = seed.notBefore, let ends = seed.notAfter, begins > ends {
            seeding.note(node, "a certificate's notBefore lies after its notAfter")
        }
        let isIssued = seed.content == nil && thumbprint == nil && (seed.authority != nil || seed.template != nil)
        let made = isIssued ? issued(seed, at: node, &estate, &seeding) : described(seed, at: node, estate, &seeding)
        guard var certificate = made else { return nil }
        complete(&certificate, seed, at: node, &estate, &seeding)
        estate.certificates.put(certificate)
        return certificate.id
    }

    /// A certificate of which no more is known than the file says.
    private func described(_ seed: CertificateSeed, at node: YAMLNode, _ estate: Estate, _ seeding: inout Seeding) -> Certificate? {
        let drawn = ["1", "2"].map { Identifiers.fixed(.certificate, key + $0, seed: seeding.seed).digits }.joined().uppercased()
        let notAfter = seed.notAfter ?? seeding.now + .seconds(180 * 86_400)
        let notBefore = seed.notBefore ?? notAfter + .seconds(-365 * 86_400)
        var content = CertificateContent.undescribed
        if let text = seed.content {
            guard let der = Base64.decode(Array(text.utf8)[...]), let facts = try? CertificateFacts(der: der) else {
                seeding.note(node["content"], "this is no certificate in base64 of its DER")
                return nil
            }
            content = CertificateContent(facts, der: der)
        }
        var certificate = Certificate(
            id: seed.id ?? estate.certificates.nextID, subject: seed.subject ?? subject, issuer: seed.issuer ?? Certificate.standardIssuer,
            serial: seed.serial ?? String(drawn.suffix(24)), thumbprint: seed.thumbprint?.uppercased() ?? String(drawn.prefix(40)),
            notBefore: notBefore.inSeconds, notAfter: notAfter.inSeconds, algorithm: seed.algorithm ?? "SHA-256withRSA", content: content,
            imported: seeding.now)
        // Assumed: what an agent reports is active.
        certificate.state = .active
        return certificate
    }

    /// A certificate that an authority of the estate issues now.
    private func issued(_ seed: CertificateSeed, at node: YAMLNode, _ estate: inout Estate, _ seeding: inout Seeding) -> Certificate? {
        let template = seed.template.flatMap { estate.templates[$0] }
        guard let authority = seed.authority ?? estate.authorities.rows.all.first(where: \.isForEnrollment)?.id else {
            seeding.note(node, "there is no certificate authority that could issue it")
            return nil
        }
        let number = estate.certificates.keys
        guard let kind = CertificateSeed.kind(seed.key), let key = PrivateKey(kind, seed: seeding.seed, number: number) else { return nil }
        do throws(PKIMistake) {
            var order = IssueOrder(authority: authority, subject: try DistinguishedName(seed.subject ?? subject), for: key)
            order.names = try seed.names.map { text throws(PKIMistake) in try CertificateSeed.name(text) }
            if let template {
                (order.origin.template, order.days, order.keyUsage) = (template.id, template.lifetime, template.keyUsage)
                order.origin.pattern = estate.enrollmentPatterns.rows.all.first { $0.template == template.id && $0.isDefault }?.id
                order.extendedKeyUsages = template.extendedKeyUsages.map(\.oid)
            }
            (order.notBefore, order.notAfter, order.id) = (seed.notBefore, seed.notAfter, seed.id)
            if order.notBefore == nil, let ends = seed.notAfter { order.notBefore = ends + .seconds(-order.days * 86_400) }
            estate.certificates.keys += 1
            order.key = seed.keepsKey ? .made(number: number) : nil
            return estate.issue(order, now: seeding.now)
        } catch {
            seeding.note(node["subject"] ?? node, error.message)
            return nil
        }
    }

    /// What Command notes of a certificate beside what it says.
    /// Puts in what a file says beyond names and times; what it leaves out stays.
    private func complete(
        _ certificate: inout Certificate, _ seed: CertificateSeed, at node: YAMLNode, _ estate: inout Estate, _ seeding: inout Seeding
    ) {
        certificate.metadata.merge(seed.metadata) { $1 }
        if seed.content != nil {
            (certificate.origin.authority, certificate.origin.template) = (seed.authority, seed.template)
        }
        certificate.origin.pattern = seed.pattern ?? certificate.origin.pattern
        certificate.origin.request = certificate.origin.request ?? seed.request
        certificate.origin.requester = seed.requester.flatMap { estate.certificates.requester($0) } ?? certificate.origin.requester
        certificate.imported = seed.imported ?? certificate.imported
        complete(&certificate, stateOf: seed, at: node, &seeding)
        if let number = seed.keyNumber { certificate.key = .made(number: number) }
        if let text = seed.privateKey, let bytes = Base64.decode(Array(text.utf8)[...]) { certificate.key = .given(bytes) }
        if !seed.endpoints.isEmpty { certificate.endpoints = [] }
        for text in seed.endpoints {
            guard let endpoint = Certificate.Endpoint(text) else {
                seeding.note(node["endpoints"], "'\(Mistake.shortened(text))' is no endpoint such as 10.0.0.20:443")
                continue
            }
            certificate.endpoints.append(endpoint)
        }
        if !seed.history.isEmpty { certificate.forgetHistory() }
        for event in seed.history {
            certificate.note(.init(at: event.at, user: event.user, action: event.action, comment: event.comment))
        }
        if let name = seed.owner {
            let role = estate.security.roles.all.first { $0.name.lowercased() == name.lowercased() }
            if role == nil { seeding.note(node["owner"], "there is no security role '\(Mistake.shortened(name))'") }
            certificate.owner = role?.id
        }
        for name in seed.metadata.keys.sorted() where estate.metadataFields.named(name) == nil {
            let nearest = nearestWord(to: name, among: estate.metadataFields.rows.all.map(\.name)).map { "; did you mean '\($0)'?" } ?? ""
            seeding.note(node["metadata"], "there is no metadata field '\(Mistake.shortened(name))'\(nearest)")
        }
    }

    /// Revoked is what has a revocation, and nothing else is.
    private func complete(
        _ certificate: inout Certificate, stateOf seed: CertificateSeed, at node: YAMLNode, _ seeding: inout Seeding
    ) {
        if seed.revocation != nil, let state = seed.state, state != .revoked {
            seeding.note(node["state"], "a certificate that was revoked is Revoked: leave out 'state' or 'revoked'")
        }
        if let revocation = seed.revocation {
            certificate.revocation = .init(
                effective: revocation.at ?? seeding.now, reason: revocation.reason, comment: revocation.comment)
        } else if let state = seed.state {
            certificate.revocation =
                state == .revoked ? certificate.revocation ?? .init(effective: seeding.now, reason: 0, comment: "") : nil
        }
        certificate.state = seed.revocation != nil ? .revoked : seed.state ?? certificate.state
    }

    /// A reader that draws what a file leaves out from `key`, with this subject.
    public init(key: String, subject: String) {
        self.key = key
        self.subject = subject
    }
}

extension CertificateSeed {
    /// The kind of key that a word of files stands for.
    public static func kind(_ word: String?) -> KeyKind? {
        let parts = (word ?? keys[0]).split(separator: " ")
        switch parts[0] {
        case "RSA": return parts.last.flatMap { Int($0) }.map { .rsa($0) }
        case "EC": return KeyKind.Curve.allCases.first { "P-\($0.bits)" == parts[1] }.map { .ec($0) }
        case "Ed25519": return .ed25519
        default: return .ed448
        }
    }

    /// The alternative name that a text of files stands for: its kind, a colon, and the name.
    public static func name(_ text: String) throws(PKIMistake) -> CertificateContent.AlternativeName {
        let types = ["dns": 2, "ip": 7, "uri": 6, "email": 1, "upn": 100]
        guard let colon = text.firstIndex(of: ":"), let type = types[text[..<colon].lowercased()] else {
            throw PKIMistake(
                "'\(text.prefix(60))' is no alternative name such as dns:www.example.com, ip:10.0.0.1, uri:…, email:… or upn:….")
        }
        let name = CertificateContent.AlternativeName(type: type, value: String(text[text.index(after: colon)...]))
        _ = try name.encoded()
        return name
    }
}
