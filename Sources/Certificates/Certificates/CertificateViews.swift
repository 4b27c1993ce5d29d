import Base
import Entities
import Model

/// Which roles may do what with a certificate.
struct CertificateAccess: Modelled {
    let roles: [Role]

    static let model = Model<CertificateAccess>([.shown: "SecurityCertificatePermissions"]) {
        Member("Roles", .list(.object(shownOnly: Role.model))) { $0.roles }
    }

    struct Role: Modelled {
        let name: String
        let permissions: [String]

        static let model = Model<Role>([.shown: "SecurityCertificateRole"]) {
            Member("Name", .text) { $0.name }
            Member("Permissions", .list(.text)) { $0.permissions }
        }
    }

    /// The permissions on certificates, each with the word that Command 10 has for it.
    static let words: [(word: String, permission: Permission)] = [
        ("Read", .certificatesRead), ("EditMetadata", .certificatesMetadata), ("Recover", .certificatesRecover),
        ("Revoke", .certificatesRevoke), ("Delete", .certificatesDelete),
    ]

    /// The roles that may do something with a certificate, since they may with all, or with a collection that it is in.
    static func words(for certificate: Certificate, _ call: Call, _ estate: Estate) -> [(role: SecurityRole, words: [String])] {
        let collections = estate.collections.rows.all.filter { collection in
            let query = try? CertificateScope.query(of: collection.query, call, estate)
            return query?.matches(certificate) ?? collection.query.isEmpty
        }
        return estate.security.roles.all.compactMap { role in
            let granted = Permissions(role.permissions)
            let words = words.filter { word in
                granted.allow(word.permission, container: nil)
                    || collections.contains { granted.allow(word.permission, container: $0.id) }
            }
            return words.isEmpty ? nil : (role, words.map(\.word))
        }
    }

    /// What the roles may do with a certificate.
    init(_ certificate: Certificate, _ call: Call, _ estate: Estate) {
        roles = Self.words(for: certificate, call, estate).map { Role(name: $0.role.name, permissions: $0.words) }
    }
}

/// Whether a certificate is valid, as far as the mock can say.
struct CertificateValidation: Modelled {
    let results: [String: String]
    let hasChain: Bool

    init(_ certificate: Certificate, _ now: Timestamp) {
        hasChain = certificate.origin.authority != nil
        results = [
            "NotTimeValid": certificate.notBefore <= now && now <= certificate.notAfter ? "Pass" : "Fail",
            "Revoked": certificate.state == .revoked ? "Fail" : "Pass", "PartialChain": hasChain ? "Pass" : "Fail",
        ]
    }

    static let model = Model<CertificateValidation>([.shown: "CertificateValidationResponse"]) {
        Member("Valid", .flag) { !$0.results.values.contains("Fail") }.sent { $0 < .v25 }
        Member("Results", .texts) { $0.results }.sent { $0 < .v25 }
        Member("RevocationServerOnline", .flag) { _ in true }.sent { $0 >= .v25 }
        Member("ChainBuilt", .flag) { $0.hasChain }.sent { $0 >= .v25 }
    }
}

/// Something that was done to a certificate, as its history lists it.
struct CertificateHistoryRow: Modelled {
    let id: Int
    let event: Certificate.Event

    static let model = Model<CertificateHistoryRow>([.shown: "CertificateOperation"]) {
        Member("Id", .number) { $0.id }.sorted()
        Member("OperationStart", .time) { $0.event.at }.sorted()
        Member("OperationEnd", .time) { $0.event.at }
        Member("Username", .text) { $0.event.user }
        Member("Comment", .text) { $0.event.comment }
        Member("Action", .text) { $0.event.action }.sorted()
    }
}
