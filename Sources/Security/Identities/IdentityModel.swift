import Base
public import Entities
public import Model

extension SecurityIdentity: Modelled {
    /// An identity, with its roles as the first version has them.
    public static let model: Model<SecurityIdentity> = Model(
        [.shown: "SecurityIdentity", .listed: "SecurityIdentityOfRole", .create: "SecurityIdentityCreateRequest"], "an identity",
        blank: { .init(id: 0, accountName: "") }
    ) {
        Member("Id", .given()) { $0.id }.filtered(isKey: true)
            .seeded("id", about: "its Id; the next free one if left out", \.id)
        Member("AccountName", .text("an account such as DOMAIN\\user", length: 1...512)) { $0.accountName }.filtered(isKey: true)
            .asked(.create, required: "an account such as DOMAIN\\user", \.accountName)
            .seeded("account", required: true, about: "its account, DOMAIN\\user", \.accountName)
        Member("IdentityType", .text("a type", length: 1...64)) { $0.type }.filtered()
            .seeded("type", about: "what the directory says it is; default User", \.type)
        Member("Roles", .list(.object(shownOnly: SecurityRole.model, .listed))) { identity, view in
            view.estate.security.roles(ofIdentity: identity.id)
        }.only(in: .shown)
        // An identity within a role does not repeat its roles.
        Member("Roles", .list(.json(.any))) { _ in [] }.only(in: .listed)
        Member("Valid", .flag) { _ in true }
    }

    /// The identities of an estate, and what their operations share.
    static let noun = Noun(
        "/Security/Identities", model, reads: .securityRead, rows: \.security.identities, notFound: { .identityNotFound($0) })
}

/// Whether an account can be given roles.
struct AccountLookup: Modelled {
    let isValid: Bool

    static let model = Model<AccountLookup>([.shown: "SecurityIdentityLookup"]) {
        Member("Valid", .flag) { $0.isValid }
    }
}

/// What an identity may do, and by which of its roles.
struct IdentityPermissions: Modelled {
    /// A permission with the names of the roles that grant it.
    struct Pair: Modelled {
        let permission: String
        let roles: [String]

        static let model = Model<Pair>([.shown: "SecurityPermissionRoles"]) {
            Member("Permission", .text) { $0.permission }
            Member("GrantedByRoles", .list(.text)) { $0.roles }
        }
    }

    let account: String
    let pairs: [Pair]

    /// The permissions that an identity has by its roles.
    init(_ identity: SecurityIdentity, _ security: SecurityTables) {
        account = identity.accountName
        let roles = security.roles(ofIdentity: identity.id).filter(\.isEnabled)
        var names: [String: [String]] = [:]
        for role in roles {
            for permission in PermissionWords.expanded(role.permissions) { names[permission, default: []].append(role.name) }
        }
        pairs = names.sorted { $0.key < $1.key }.map { Pair(permission: $0.key, roles: $0.value) }
    }

    /// The pairs for single objects of one area, or those for everything.
    private func pairs(in area: String?) -> [Pair] {
        pairs.filter { pair in
            guard let scope = PermissionWords.scope(pair.permission) else { return area == nil }
            return area.map { scope.base.hasPrefix($0) } ?? false
        }
    }

    static let model = Model<IdentityPermissions>([.shown: "SecurityIdentityPermissions"]) {
        Member("Claim", .json(.any), nullable: { _ in nil })
        Member("Identity", .text) { $0.account }
        Member("SecuredAreaPermissions", .list(.object(shownOnly: Pair.model))) { $0.pairs(in: nil) }
        Member("CollectionPermissions", .list(.object(shownOnly: Pair.model))) { $0.pairs(in: RoleScope.collections.base) }
        Member("ContainerPermissions", .list(.object(shownOnly: Pair.model))) { $0.pairs(in: RoleScope.containers.base) }
        Member("PamProviderPermissions", .list(.object(shownOnly: Pair.model))) { $0.pairs(in: RoleScope.pamProviders.base) }
        Member("IdentityProviderPermissions", .list(.object(shownOnly: Pair.model))) { _ in [] }
        Member("PamPermissions", .list(.object(shownOnly: Pair.model))) { _ in [] }
    }
}

extension SecurityTables {
    /// The roles of an identity, by Id.
    func roles(ofIdentity id: Int) -> [SecurityRole] { roles.all.filter { $0.identities.contains(id) } }
}
