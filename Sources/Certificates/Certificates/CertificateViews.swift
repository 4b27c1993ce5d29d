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

    /// What a role may do with all certificates.
    static func words(of role: SecurityRole) -> [String] {
        let granted = Permissions(role.permissions)
        return words.filter { granted.allow($0.permission, container: nil) }.map(\.word)
    }

    /// The roles that may do something with all certificates.
    static func roles(of estate: Estate) -> [Role] {
        estate.security.roles.all.map { Role(name: $0.name, permissions: words(of: $0)) }.filter { !$0.permissions.isEmpty }
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
