import Base
import Entities
import Model
import ScenarioFormat

/// An entry of an inventory with the store that it lies in.
struct InventoryRow: Modelled {
    let store: CertificateStore
    let entry: InventoryEntry

    /// An entry as inventories send it (CertificateStoreInventoryResponse): one for each alias, with its chain. The query fields are assumed.
    static let model = Model<InventoryRow>([.shown: "InventoryResponse"]) {
        Member("Name", .text) { $0.entry.alias }.filtered(aliases: ["Alias"])
        Member("Certificates", .list(.object(InventoryCertificate.model))) { row, view in
            row.entry.certificates.compactMap { view.estate.certificates[$0] }.map { .init(certificate: $0, item: row.entry.item) }
        }
        Member("Parameters", .json(.map(.any))) { $0.entry.parameters }
        Member("CertStoreId", .guid) { $0.store.id }
        Member("CertStoreInventoryItemId", .number) { $0.entry.item }.queryOnly()
    }
}

/// A certificate as part of an inventory (CertificateStoreInventoryCertificateResponse).
struct InventoryCertificate: Modelled {
    let certificate: Certificate
    /// The CertStoreInventoryItemId of the entry that it stands in.
    let item: Int

    static let model = Model<InventoryCertificate>([.shown: "InventoryCertificateResponse"]) {
        Member("Id", .number) { $0.certificate.id }
        Member("IssuedDN", .text) { $0.certificate.subject }
        Member("SerialNumber", .text) { $0.certificate.serial }
        Member("NotBefore", .time) { $0.certificate.notBefore }
        Member("NotAfter", .time) { $0.certificate.notAfter }
        Member("SigningAlgorithm", .text) { $0.certificate.algorithm }
        Member("IssuerDN", .text) { $0.certificate.issuer }
        Member("Thumbprint", .text) { $0.certificate.thumbprint }
        Member("CertStoreInventoryItemId", .number) { $0.item }
        Member("CertState", .number) { $0.certificate.state.rawValue }
        Member("Metadata", .texts) { $0.certificate.metadata }
    }
}

extension Kind where Value == String {
    /// A mapping of texts, kept as a JSON object.
    static var parameters: Kind {
        var kind = Kind.json(.map(.any))
        kind.shape = .map(of: .text())
        kind.seed = { node, _ in
            var writer = JSONWriter(capacity: 64)
            writer.object { writer in
                for entry in node.entries {
                    writer.name(anyText: entry.key.text ?? "")
                    writer.value(entry.value.text ?? "")
                }
            }
            return String(decoding: writer.bytes, as: UTF8.self)
        }
        kind.dump = { json, _, writer in writer.raw(json) }
        return kind
    }
}
