import Base
import Entities
import Model
import PKI

/// An extended key usage as certificates show it.
struct ExtendedKeyUsage: Modelled {
    /// Its number in Command: 1, 2 and 24 are recorded, the others assumed.
    let id: Int
    let oid: String
    let name: String

    static let model = Model<ExtendedKeyUsage>([.shown: "ExtendedKeyUsageModel"]) {
        Member("Id", .number) { $0.id }
        Member("Oid", .text) { $0.oid }
        Member("DisplayName", .text) { $0.name }
    }

    private static let known: [(id: Int, oid: String, name: String)] = [
        (1, "1.3.6.1.5.5.7.3.1", "Server Authentication"), (2, "1.3.6.1.5.5.7.3.2", "Client Authentication"),
        (3, "1.3.6.1.5.5.7.3.3", "Code Signing"), (4, "1.3.6.1.5.5.7.3.4", "Secure Email"), (8, "1.3.6.1.5.5.7.3.8", "Time Stamping"),
        (9, "1.3.6.1.5.5.7.3.9", "OCSP Signing"), (20, "1.3.6.1.4.1.311.20.2.2", "Smart Card Logon"), (24, "2.5.29.37.0", "Any Purpose"),
    ]

    /// The usage with an object identifier.
    init(oid: String) {
        let known = Self.known.first { $0.oid == oid }
        (id, self.oid, name) = (known?.id ?? 0, oid, known?.name ?? oid)
    }

    static func all(of certificate: Certificate) -> [ExtendedKeyUsage] {
        certificate.content.extendedKeyUsages.map { ExtendedKeyUsage(oid: $0) }
    }
}

/// A subject alternative name as certificates show it.
struct AlternativeNameElement: Modelled {
    let id: Int
    let name: CertificateContent.AlternativeName

    /// That the hash is the MD5 of the value is assumed; that it has 32 hexadecimal digits is recorded.
    static let model = Model<AlternativeNameElement>([.shown: "SubjectAlternativeNameModel"]) {
        Member("Id", .number) { $0.id }
        Member("Value", .text) { $0.name.value }
        Member("Type", .number) { $0.name.type }
        Member("ValueHash", .text) { CertificateFacts.md5(of: $0.name.value) }
    }

    /// The names of a certificate in the recorded order: addresses, then DNS names, then URIs.
    static func all(of certificate: Certificate) -> [AlternativeNameElement] {
        let order = [7, 2, 6, 1]
        let names = certificate.content.names.enumerated().sorted { one, other in
            let places = [one, other].map { order.firstIndex(of: $0.element.type) ?? order.count }
            return (places[0], one.offset) < (places[1], other.offset)
        }
        return names.enumerated().map { AlternativeNameElement(id: certificate.id * 100 + $0 + 1, name: $1.element) }
    }
}

/// Where a certificate's revocation list is found, as certificates show it.
struct RevocationListPlace: Modelled {
    let id: Int
    let url: String

    static let model = Model<RevocationListPlace>([.shown: "CRLDistributionPointModel"]) {
        Member("Id", .number) { $0.id }
        Member("Url", .text) { $0.url }
        Member("UrlHash", .text) { CertificateFacts.md5(of: $0.url) }
    }

    static func all(of certificate: Certificate) -> [RevocationListPlace] {
        certificate.content.revocationLists.enumerated().map { RevocationListPlace(id: certificate.id * 100 + $0 + 1, url: $1) }
    }
}

/// What a key may be used for, word by word.
struct DetailedKeyUsage: Modelled {
    let bits: Int

    static let model = Model<DetailedKeyUsage>([.shown: "DetailedKeyUsageModel"]) {
        Member("CrlSign", .flag) { $0.bits & 2 != 0 }
        Member("DataEncipherment", .flag) { $0.bits & 16 != 0 }
        Member("DecipherOnly", .flag) { $0.bits & 32_768 != 0 }
        Member("DigitalSignature", .flag) { $0.bits & 128 != 0 }
        Member("EncipherOnly", .flag) { $0.bits & 1 != 0 }
        Member("KeyAgreement", .flag) { $0.bits & 8 != 0 }
        Member("KeyCertSign", .flag) { $0.bits & 4 != 0 }
        Member("KeyEncipherment", .flag) { $0.bits & 32 != 0 }
        Member("NonRepudiation", .flag) { $0.bits & 64 != 0 }
        Member("HexCode", .text) { String($0.bits, radix: 16) }
    }
}

/// How many stores of a type hold a certificate.
struct LocationCount: Modelled {
    let type: String
    var count: Int

    static let model = Model<LocationCount>([.shown: "CertificateLocationCount"]) {
        Member("Type", .text) { $0.type }
        Member("Count", .number) { $0.count }
    }

    /// Endpoints count under the type SSL (assumed).
    static func all(of certificate: Certificate, _ estate: Estate) -> [LocationCount] {
        var counts: [LocationCount] = []
        if !certificate.endpoints.isEmpty { counts.append(LocationCount(type: "SSL", count: certificate.endpoints.count)) }
        for location in estate.locations(of: certificate.id) {
            let type = estate.storeTypes[location.store.type]?.shortName ?? ""
            if let known = counts.firstIndex(where: { $0.type == type }) {
                counts[known].count += 1
            } else {
                counts.append(LocationCount(type: type, count: 1))
            }
        }
        return counts
    }
}

/// An endpoint that serves a certificate, as certificates show it.
struct SSLLocation: Modelled {
    let endpoint: Certificate.Endpoint

    static let model = Model<SSLLocation>([.shown: "SSLLocation"]) {
        Member("StorePath", .text) { $0.endpoint.text }
        Member("AgentPool", .text) { _ in "Default Agent Pool" }
        Member("IPAddress", .text) { $0.endpoint.address }
        Member("Port", .number) { $0.endpoint.port }
        Member("NetworkName", .text) { _ in "Default" }
    }
}

/// A store that holds a certificate, as certificates show it.
struct CertificateLocation: Modelled {
    let store: CertificateStore
    let alias: String
    let level: Int

    static let model = Model<CertificateLocation>([.shown: "CertificateStoreLocation"]) {
        Member("StoreMachine", .text) { $0.store.machine }
        Member("StorePath", .text) { $0.store.path }
        Member("StoreType", .number) { $0.store.type }
        Member("Alias", .text) { $0.alias }
        Member("ChainLevel", .number) { $0.level }
        Member("CertStoreId", .guid) { $0.store.id }
    }

    static func all(of certificate: Int, _ estate: Estate) -> [CertificateLocation] {
        estate.locations(of: certificate).map { CertificateLocation(store: $0.store, alias: $0.entry.alias, level: $0.level) }
    }
}
