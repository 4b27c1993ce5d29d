import Base
public import Entities
public import Model
import ScenarioFormat

extension SecurityRole: Modelled {
    /// What a request says of a role, in either version.
    public struct Draft: Sendable {
        var id = 0
        var name = ""
        var description = ""
        var emailAddress: String?
        var isEnabled = true
        var isPrivate = false
        var permissionSet: GUID?
        var permissions: [String] = []
        var accounts: [AccountReference] = []
        var claims: [ClaimReference] = []
    }

    /// A role as the first version of the API has it: with identities, and permissions as words. Within an identity, its identities are
    /// left out and its permission set is empty (recorded).
    public static let model: Model<SecurityRole> = Model(
        [
            .shown: "SecurityRole", .listed: "SecurityRoleOfIdentity", .create: "SecurityRoleCreateRequest",
            .update: "SecurityRoleUpdateRequest",
        ], "a security role", blank: { .init() }
    ) {
        Member("Id", .given()) { $0.id }.filtered(aliases: ["RoleId"], isKey: true)
            .asked(.update, required: "the id of a role", \.id)
            .seeded("id", about: "its Id; the next free one if left out", \.id)
        Member("Description", .text) { $0.description }.filtered()
            .asked(.requests, required: "a description", \.description)
            .seeded("description", about: "what it is for", \.description)
        Member("EmailAddress", .text, nullable: { $0.emailAddress })
            .asked(.requests, kind: .text.limited(to: 256), of: { $0 >= .v25 }) { $0.emailAddress = $1.value }
            .seeded("email", about: "the address of a mailbox that all who have it share", \.emailAddress)
        Member("Enabled", .flag) { $0.isEnabled }.filtered()
            .asked(.requests, \.isEnabled)
            .seeded("enabled", about: "whether it grants anything; default true", \.isEnabled)
        Member("Immutable", .flag) { $0.isImmutable }.filtered()
            .seeded("immutable", about: "whether only its identities and claims can be changed; default false", \.isImmutable)
        Member("Valid", .flag) { _ in true }
        Member("Private", .flag) { $0.isPrivate }.filtered()
            .asked(.requests, \.isPrivate)
            .seeded("private", about: "whether others do not see it; default false", \.isPrivate)
        Member("PermissionSetId", .guid) { role, view in view.form == .listed ? .empty : role.permissionSet ?? .empty }
            .asked(.requests) { $0.permissionSet = $1.value }
            .seeded(.permissionSet)
        Member("Identities", .list(.object(shownOnly: SecurityIdentity.model, .listed))) { role, view in
            role.identities.compactMap { view.estate.security.identities[$0] }
        }.only(in: .shown)
        Member("Identities", .list(.json(.any))) { _ in [] }.only(in: .listed)
        Asked("Identities", .objects(AccountReference.model), in: .requests) { $0.accounts = $1.value ?? [] }
        Member("Name", .text("a name", length: 1...128)) { $0.name }.filtered(isKey: true)
            .asked(.requests, required: "at least one character", \.name)
            .seeded("name", required: true, about: "its name", \.name)
        Member("Permissions", .list(.permission(asWord: true))) { role in
            PermissionWords.expanded(role.permissions).filter { PermissionWords.scope($0) == nil }
        }
        .asked(.requests, \.permissions)
        Seed("permissions", .list(.permission()), about: "what it grants, as paths", \.permissions)
        Seed("identities", .list(.given()), about: "the ids of the identities that have it", \.identities)
        Seed("claims", .list(.given()), about: "the ids of the claims that give it", \.claims)
    }

    /// A role as the second version has it: with claims, and permissions as paths; a row of a list has neither (documented).
    static let modelTwo = Model<SecurityRole>(
        [
            .shown: "SecurityRoleV2", .listed: "SecurityRoleV2Row", .create: "SecurityRoleV2CreateRequest",
            .update: "SecurityRoleV2UpdateRequest",
        ], "a security role",
        blank: { .init() }
    ) {
        Member("Id", .number) { $0.id }.asked(.update, required: "the id of a role", \.id)
        Member("Name", .text.limited(to: 128)) { $0.name }.asked(.requests, required: "at least one character", \.name)
        Member("Description", .anyText.limited(to: 512)) { $0.description }.only(in: .shown)
            .asked(.requests, required: "a description", \.description)
        Member("EmailAddress", .text.limited(to: 256), nullable: { $0.emailAddress }).asked(.requests, \.emailAddress)
        Member("Immutable", .flag) { $0.isImmutable }
        Member("PermissionSetId", .guid) { $0.permissionSet ?? .empty }
            .asked(.requests, required: "the id of a permission set") { $0.permissionSet = $1.value }
        Member("Permissions", .list(.permission())) { PermissionWords.expanded($0.permissions) }.only(in: .shown)
            .asked(.requests, \.permissions)
        Member("ClaimsCount", .number) { $0.claims.count }.only(in: .listed)
        Member("Claims", .list(.object(shownOnly: SecurityClaim.model))) { role, view in
            role.claims.compactMap { view.estate.security.claims[$0] }
        }.only(in: .shown)
        Asked("Claims", .objects(ClaimReference.model), in: .requests) { $0.claims = $1.value ?? [] }
    }

    /// The roles of an estate, and what their operations share.
    static let noun = Noun(
        "/Security/Roles", model, second: { modelTwo }, versionTwoSince: .v11, reads: .securityRead, rows: \.security.roles,
        notFound: { .roleNotFound($0) })
}

extension Kind where Value == String {
    /// A string that may be empty, also where it must be there.
    static var anyText: Kind {
        var kind = Kind.text
        kind.isEmpty = { _ in false }
        return kind
    }
}

extension Seed where Row == SecurityRole {
    /// The permission set of a role, which files name.
    fileprivate static var permissionSet: Seed {
        Seed("permissionSet", .orNull(.text()), about: "the name of its permission set; default Global") { role, estate, writer in
            writer.member("permissionSet", role.permissionSet.flatMap { estate.security.permissionSets[$0]?.name })
        } read: { node, role, seeding in
            role.permissionSet = node.isNull ? nil : seeding.find(node, in: seeding.permissionSets, "permission set")
        }
    }
}

/// An identity as a role's request names it.
public struct AccountReference: Modelled {
    var account = ""

    static let model = Model<AccountReference>([.create: "AccountReference", .update: "AccountReference"], blank: { .init() }) {
        Asked("AccountName", .text, in: .requests, required: "an account such as DOMAIN\\user", \.account)
        Asked(ignored: "Sid", .text, in: .requests)
    }
}

/// A claim as a role's request describes it.
public struct ClaimReference: Modelled {
    var claim = SecurityClaim(id: 0, kind: .user, value: "", description: "", scheme: "")

    static let model = Model<ClaimReference>([.create: "ClaimReference", .update: "ClaimReference"], blank: { .init() }) {
        Asked("ClaimType", .word(nil), in: .requests, required: SecurityClaim.Kind.oneOfAll, \.claim.kind)
        Asked("ClaimValue", .text.limited(to: 512), in: .requests, required: "at least one character", \.claim.value)
        Asked(
            "ProviderAuthenticationScheme", .text.limited(to: 512), in: .requests, required: "the scheme of an identity provider",
            \.claim.scheme)
        Asked("Description", .anyText.limited(to: 512), in: .requests, required: "a description", \.claim.description)
    }
}
