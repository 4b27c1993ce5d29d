import Base
public import Entities
public import Model
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
        // Assumed: 1 is an active certificate.
        Member("CertState", .number) { _ in 1 }
        Member("Metadata", .texts) { $0.certificate.metadata }
    }
}

/// A certificate as scenario files describe it: by itself, or as an entry of a store's inventory.
public struct CertificateSeed: Modelled {
    var alias = ""
    /// Its CertificateId; `nil` to be given the next.
    public var id: Int?
    var item: Int?
    var subject: String?
    var issuer: String?
    var serial: String?
    var thumbprint: String?
    var notBefore: Timestamp?
    var notAfter: Timestamp?
    var algorithm: String?
    var metadata: [String: String] = [:]
    var parameters = "{}"

    /// What files say of a certificate that lies in no store, or that several entries refer to.
    public static let certificate = Model<CertificateSeed>([:], "a certificate") {
        Seed("id", .given(), about: "its CertificateId; the next free one if left out", \.id)
        details
    }

    /// What files say of an entry of an inventory.
    static let entry = Model<CertificateSeed>([:], "an inventory entry") {
        Seed("alias", .text("an alias", length: 1...256), required: true, about: "its name in the store", \.alias)
        Seed("id", .given(), about: "its CertificateId; the next free one if left out", \.id)
        Seed("item", .given(), about: "its CertStoreInventoryItemId; the next free one if left out", \.item)
        details
        Seed("parameters", .parameters, about: "its entry parameters", \.parameters)
    }

    @FieldBuilder<CertificateSeed> private static var details: [Field<CertificateSeed>] {
        Seed("subject", .text, about: "its IssuedDN; default CN= and the machine", \.subject)
        Seed("issuer", .text, about: "its IssuerDN", \.issuer)
        Seed("serial", .text, about: "its SerialNumber; drawn from the seed if left out", \.serial)
        Seed(
            "thumbprint", .text("40 hexadecimal digits", pattern: "[0-9A-Fa-f]{40}"), about: "drawn from the seed if left out",
            \.thumbprint)
        Seed("notBefore", .time, about: "default a year before notAfter", \.notBefore)
        Seed("notAfter", .time, about: "default +180d", \.notAfter)
        Seed("algorithm", .text, about: "its SigningAlgorithm; default sha256RSA", \.algorithm)
        Seed("metadata", .texts, about: "the values of its metadata fields", \.metadata)
    }

    /// The entries of a store's inventory as files have them: the certificates stand elsewhere, under their ids.
    static func entries(of store: CertificateStore) -> [CertificateSeed] {
        store.inventory.flatMap { entry in
            entry.certificates.map { CertificateSeed(alias: entry.alias, id: $0, item: entry.item, parameters: entry.parameters) }
        }
    }

    /// A certificate, every member of it said.
    public init(_ certificate: Certificate) {
        id = certificate.id
        subject = certificate.subject
        issuer = certificate.issuer
        serial = certificate.serial
        thumbprint = certificate.thumbprint
        notBefore = certificate.notBefore
        notAfter = certificate.notAfter
        algorithm = certificate.algorithm
        metadata = certificate.metadata
    }

    /// An entry, or nothing yet.
    public init(alias: String = "", id: Int? = nil, item: Int? = nil, parameters: String = "{}") {
        self.alias = alias
        self.id = id
        self.item = item
        self.parameters = parameters
    }
}

extension Kind where Value == String {
    /// A mapping of texts, kept as a JSON object.
    fileprivate static var parameters: Kind {
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
