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
            Member("Provider", .json(.map(.any)), nullable: { _ in nil })
        }
    }

    /// Everybody who has a role with permissions on certificates: accounts, or claims in the second version.
    static func all(of estate: Estate, second: Bool) -> [AuditedIdentity] {
        let roles = estate.security.roles.all.map { ($0, CertificateAccess.words(of: $0)) }.filter { !$0.1.isEmpty }
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
