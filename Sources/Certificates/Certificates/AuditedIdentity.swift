import Base
import Entities
import Model

/// Somebody who may do something with certificates, and by what role.
struct AuditedIdentity: Modelled {
    let id: Int
    let name: String
    let kind: String
    let sid: String
    let permissions: [Permission]
    /// The claim that it is, in the second version.
    var claim: SecurityClaim?

    /// In the first version of the operation (shown), an account; in the second (written), a claim. Members as documented.
    static let model = Model<AuditedIdentity>([.shown: "CertificateIdentityAudit", .written: "CertificateIdentityAuditV2"]) {
        Member("Id", .number) { $0.id }.only(in: .shown)
        Member("AccountName", .text) { $0.name }.only(in: .shown)
        Member("IdentityType", .text) { $0.kind }.only(in: .shown)
        Member("SID", .text) { $0.sid }.only(in: .shown)
        Member("Identity", .object(shownOnly: Claim.model)) { Claim(identity: $0) }.only(in: .written)
        Member("Permissions", .list(.object(shownOnly: Permission.model))) { $0.permissions }
    }

    /// Something that somebody may do, by a role.
    struct Permission: Modelled {
        let name: String
        let role: String

        static let model = Model<Permission>([.shown: "CertificateIdentityAuditPermission"]) {
            Member("Name", .text) { $0.name }
            Member("GrantedBy", .text) { $0.role }
        }
    }

    /// The claim by which somebody is known.
    struct Claim: Modelled {
        let identity: AuditedIdentity

        static let model = Model<Claim>([.shown: "CertificateIdentityAuditClaim"]) {
            Member("Id", .number) { $0.identity.id }
            Member("Description", .text) { $0.identity.claim?.description ?? "" }
            Member("ClaimType", .text) { $0.identity.kind }
            Member("ClaimValue", .text) { $0.identity.name }
            Member("Provider", .object(shownOnly: Provider.model), nullable: { $0.identity.claim.map { Provider(claim: $0) } })
        }
    }

    /// The identity provider of a claim, with fewer members than elsewhere.
    struct Provider: Modelled {
        let claim: SecurityClaim

        static let model = Model<Provider>([.shown: "CertificateIdentityAuditProvider"]) {
            Member("Id", .guid) { $0.claim.provider($1.estate.identifiers) }
            Member("Name", .text) { $0.claim.scheme }
        }
    }

    /// Everybody who has a role with permissions on a certificate, for all certificates or for a collection that it is in: accounts, or
    /// claims in the second version.
    static func all(for certificate: Certificate, second: Bool, _ call: Call, _ estate: Estate) -> [AuditedIdentity] {
        let roles = CertificateAccess.words(for: certificate, call, estate)
        let members = Set(roles.flatMap { second ? $0.0.claims : $0.0.identities })
        return members.sorted().compactMap { member -> AuditedIdentity? in
            let permissions = roles.filter { (second ? $0.0.claims : $0.0.identities).contains(member) }
                .flatMap { role, words in words.map { Permission(name: $0, role: role.name) } }
            if second {
                guard let claim = estate.security.claims[member] else { return nil }
                return AuditedIdentity(
                    id: claim.id, name: claim.value, kind: claim.kind.name, sid: "", permissions: permissions, claim: claim)
            }
            guard let identity = estate.security.identities[member] else { return nil }
            return AuditedIdentity(id: identity.id, name: identity.accountName, kind: "User", sid: "", permissions: permissions)
        }
    }
}
