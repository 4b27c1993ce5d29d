import Base
public import Entities
public import Model
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
    ///   - certificates: the certificates of the estate.
    ///   - seeding: takes mistakes.
    /// - Returns: the entries in the order of lists; one whose item id the file does not say has 0. `nil` if there is no list.
    public func entries(_ node: YAMLNode?, _ certificates: inout Certificates, _ seeding: inout Seeding) -> [InventoryEntry]? {
        guard let node else { return nil }
        var entries: [InventoryEntry] = []
        for (index, item) in node.items.enumerated() {
            var seed = CertificateSeed()
            CertificateSeed.entry.seed(item, into: &seed, &seeding)
            let reader = InventoryReader(key: "\(key)\n\(seed.alias)\n\(index)", subject: subject)
            guard let certificate = reader.certificate(seed, at: item, &certificates, &seeding) else { continue }
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
    public func certificate(
        _ seed: CertificateSeed, at node: YAMLNode, _ certificates: inout Certificates, _ seeding: inout Seeding
    ) -> Int? {
        let drawn = ["1", "2"].map { Identifiers.fixed(.certificate, key + $0, seed: seeding.seed).digits }.joined().uppercased()
        let thumbprint = seed.thumbprint?.uppercased()
        if let known = seed.id.flatMap({ certificates[$0] }) ?? thumbprint.flatMap({ certificates.find(thumbprint: $0) }) {
            guard known.id == seed.id ?? known.id, known.thumbprint == thumbprint ?? known.thumbprint else {
                seeding.note(node, "certificate \(known.id) has the thumbprint \(known.thumbprint) already: another id or thumbprint")
                return nil
            }
            return known.id
        }
        let notAfter = seed.notAfter ?? seeding.now + .seconds(180 * 86_400)
        let notBefore = seed.notBefore ?? notAfter + .seconds(-365 * 86_400)
        if notBefore > notAfter { seeding.note(node, "a certificate's notBefore lies after its notAfter") }
        var certificate = Certificate(
            id: seed.id ?? certificates.nextID, subject: seed.subject ?? subject, issuer: seed.issuer ?? Certificate.standardIssuer,
            serial: seed.serial ?? String(drawn.suffix(24)), thumbprint: thumbprint ?? String(drawn.prefix(40)), notBefore: notBefore,
            notAfter: notAfter)
        if let algorithm = seed.algorithm { certificate.algorithm = algorithm }
        certificate.metadata = seed.metadata
        certificates.put(certificate)
        return certificate.id
    }

    /// A reader that draws what a file leaves out from `key`, with this subject.
    public init(key: String, subject: String) {
        self.key = key
        self.subject = subject
    }
}
