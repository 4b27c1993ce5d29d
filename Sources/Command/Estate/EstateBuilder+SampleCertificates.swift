import Base
import Entities
import Model
import PKI

/// The certificates and requests that come with the mock: one for each thing that a client's first test looks for.
extension EstateBuilder {
    /// A certificate that comes with the mock.
    private struct Sample {
        let name: String
        var names: [CertificateContent.AlternativeName]?
        var key = KeyKind.rsa(2048)
        var keepsKey = false
        /// In how many days it expires; a year from now if left out.
        var days: Int?
        var revocation: Int?
        var endpoints: [Certificate.Endpoint] = []
        var metadata: [String: String] = [:]
    }

    /// The CertificateIds begin with 3, after those of Root-CA and Sub-CA.
    private static let samples: [Sample] = [
        Sample(name: "www.example.com", keepsKey: true, metadata: ["Environment": "Prod"]),
        Sample(name: "api.example.com"), Sample(name: "ec.example.com", key: .ec(.p256), keepsKey: true),
        Sample(
            name: "*.example.com",
            names: [
                .init(type: 2, value: "*.example.com"), .init(type: 2, value: "example.com"), .init(type: 7, value: "10.0.0.10"),
                .init(type: 6, value: "https://example.com/"),
            ]),
        Sample(name: "expiring.example.com", days: 10), Sample(name: "expired.example.com", days: -1),
        Sample(name: "revoked.example.com", revocation: 1), Sample(name: "hold.example.com", revocation: 6),
        Sample(name: "app.example.com", keepsKey: true, endpoints: [.init(address: "10.0.0.20", port: 443)]),
        Sample(name: "owned.example.com", metadata: ["Owner": "Certificate Owners", "Critical": "true"]),
    ]

    /// Adds the certificates, the requests that wait and the one that was denied.
    mutating func addSampleCertificates() {
        guard let authority = estate.authorities.rows.all.first, let template = estate.templates.named("WebServer-1y") else { return }
        let requester = estate.certificates.requester("EXAMPLE\\jdoe")
        for sample in Self.samples {
            var order = order(sample, authority, template)
            order.origin.requester = requester
            if sample.name.hasPrefix("owned") {
                order.owner = estate.security.roles.all.first { $0.name == "Certificate Owners" }?.id
            }
            let issued = estate.issue(order, now: seeding.now)
            estate.certificates.change(issued.id) { certificate in
                certificate.endpoints = sample.endpoints
                guard let reason = sample.revocation else { return }
                certificate.state = .revoked
                certificate.revocation = .init(effective: seeding.now, reason: reason, comment: reason == 6 ? "On hold" : "Key lost")
            }
        }
        addSampleRequests(authority, requester)
        seeding.builtInCertificates = Set(estate.certificates.table.all.map(\.id))
    }

    private mutating func order(_ sample: Sample, _ authority: Entities.CertificateAuthority, _ template: Template) -> IssueOrder {
        let number = estate.certificates.keys
        estate.certificates.keys += 1
        let key = PrivateKey(sample.key, seed: seeding.seed, number: number)!
        var order = IssueOrder(authority: authority.id, subject: DistinguishedName(commonName: sample.name), for: key)
        order.names = sample.names ?? [.init(type: 2, value: sample.name)]
        (order.days, order.keyUsage, order.metadata) = (template.lifetime, template.keyUsage, sample.metadata)
        order.extendedKeyUsages = template.extendedKeyUsages.map(\.oid)
        order.origin.template = template.id
        order.origin.pattern = estate.enrollmentPatterns.rows.all.first { $0.template == template.id }?.id
        order.key = sample.keepsKey ? .made(number: number) : nil
        if let days = sample.days {
            order.notAfter = seeding.now + .seconds(days * 86_400)
            order.notBefore = seeding.now + .seconds((days - template.lifetime) * 86_400)
        }
        return order
    }

    private mutating func addSampleRequests(_ authority: Entities.CertificateAuthority, _ requester: Int?) {
        guard let template = estate.templates.named("Server-Approval") else { return }
        for (name, state) in [("pending-1", CertificateState.pending), ("pending-2", .pending), ("denied", .denied)] {
            let number = estate.certificates.keys
            estate.certificates.keys += 1
            estate.requests.highest += 1
            let key = PrivateKey(.rsa(2048), seed: seeding.seed, number: number)!
            var request = CertificateRequest(
                id: estate.requests.highest, subject: "CN=\(name).example.com", submitted: seeding.now, authority: authority.id,
                publicKey: key.publicKeyInfo, keyType: .rsa, keySize: 2048)
            request.names = [.init(type: 2, value: "\(name).example.com")]
            (request.template, request.requester, request.state) = (template.id, requester, state)
            request.pattern = estate.enrollmentPatterns.rows.all.first { $0.template == template.id }?.id
            request.key = state == .pending ? .made(number: number) : nil
            request.denialComment = state == .denied ? "Not needed." : nil
            estate.requests.waiting.put(request, at: request.id)
        }
    }
}
