import Base
import Certificates
import Entities
import Model
import ScenarioFormat
import Stores

/// What scenario files say of certificates and of requests for them.
extension EstateBuilder {
    /// The most certificates of an estate.
    private static let mostCertificates = 1_000_000

    mutating func addCertificates(_ node: YAMLNode?) {
        // First of all, so that their RequesterIds are what they were.
        for item in node?["numbers"]?["requesters"]?.items ?? [] { _ = estate.certificates.requester(item.text ?? "") }
        for item in node?["certificates"]?.items ?? [] { addCertificate(item) }
        for item in node?["certificateRequests"]?.items ?? [] {
            var seed = RequestSeed()
            RequestSeed.model.seed(item, into: &seed, &seeding)
            seed.add(to: &estate, at: item, &seeding)
        }
        for item in node?["generatedRequests"]?.items ?? [] {
            var seed = GeneratedSeed()
            GeneratedSeed.model.seed(item, into: &seed, &seeding)
            seed.add(to: &estate, at: item, &seeding)
        }
    }

    private mutating func addCertificate(_ node: YAMLNode) {
        var seed = CertificateSeed()
        CertificateSeed.certificate.seed(node, into: &seed, &seeding)
        if seed.id != nil, let count = seed.count, count != 1 {
            return seeding.note(node["id"], "'id' goes with one certificate, and 'count' makes \(count)")
        }
        guard estate.certificates.count + (seed.count ?? 1) <= Self.mostCertificates else {
            return seeding.note(node["count"] ?? node, "an estate has at most \(Self.mostCertificates) certificates")
        }
        for number in 1..<(seed.count ?? 1) + 1 where !isFull(at: node) && seeding.mistakes.count < 100 {
            let key = "certificate \(seed.id ?? estate.certificates.nextID)"
            let numbered = seed.count == nil ? seed : seed.numbered(number)
            _ = InventoryReader(key: key, subject: "CN=\(key)").certificate(numbered, at: node, &estate, &seeding)
        }
    }
}
