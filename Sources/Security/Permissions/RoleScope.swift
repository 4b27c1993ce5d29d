import Base
import Entities
import Model

/// What permissions may be granted for one by one: collections, containers, PAM providers.
struct RoleScope: Sendable {
    /// The last segment of its path.
    let segment: String
    /// What comes before the action in the path of such a permission.
    let base: String
    /// Whether each permission is a row of its own.
    let isFlat: Bool
    /// The grants of it as they go over the wire.
    let model: Model<ScopedGrant>
    /// The name of one.
    let name: @Sendable (Int, Estate) -> String?
    /// The refusal of an Id that nothing has; `nil` if any is taken.
    let notFound: (@Sendable (Int) -> Refusal)?

    private init(
        _ segment: String, _ member: String, base: String, isFlat: Bool, notFound: (@Sendable (Int) -> Refusal)?,
        name: @escaping @Sendable (Int, Estate) -> String?
    ) {
        self.segment = segment
        self.base = base
        self.isFlat = isFlat
        self.name = name
        self.notFound = notFound
        let word = Kind<String>.text.limited(to: 128)
        let permission = Member<ScopedGrant, String>("Permission", .text) { $0.actions.first ?? "" }
            .asked(.create, kind: word, required: "a permission such as Read") { $0.actions = $1.value.map { [$0] } ?? [] }
        let permissions = Member<ScopedGrant, [String]>("Permissions", .list(.text)) { $0.actions }
            .asked(.create, kind: .list(word), required: "an array of permissions such as Read", \.actions)
        model = Model([.shown: member + "Permission", .create: member + "PermissionRequest"], "a grant", blank: { .init() }) {
            Member(member + "Id", .number) { $0.id }.asked(.create, required: "an id", \.id)
            Member("Name", .text, nullable: { $0.name })
            isFlat ? [permission.field] : [permissions.field]
        }
    }

    /// Certificate collections, of which any Id is taken.
    static let collections = RoleScope(
        "Collections", "Collection", base: "/certificates/collections/", isFlat: true, notFound: nil
    ) { _, _ in nil }
    /// Certificate store containers.
    static let containers = RoleScope(
        "Containers", "Container", base: "/certificate_stores/", isFlat: true, notFound: { .containerNotFound($0) }
    ) { id, estate in estate.containers[id]?.name }
    /// PAM providers.
    static let pamProviders = RoleScope(
        "PamProviders", "PamProvider", base: "/pam/", isFlat: false, notFound: { .pamProviderNotFound($0) }
    ) { id, estate in estate.security.pamProviders[id]?.name }

    /// The grants among permissions, by Id.
    func grants(in permissions: [String], _ estate: Estate) -> [ScopedGrant] {
        var actions: [Int: [String]] = [:]
        for permission in permissions {
            guard let (number, action) = grant(permission) else { continue }
            actions[number, default: []].append(action)
        }
        return actions.sorted { $0.key < $1.key }.flatMap { id, actions -> [ScopedGrant] in
            let name = name(id, estate)
            return isFlat
                ? actions.map { ScopedGrant(id: id, name: name, actions: [$0]) } : [ScopedGrant(id: id, name: name, actions: actions)]
        }
    }

    /// What a permission grants for one object of this kind: `Read` for 3; `nil` for any other permission.
    func grant(_ permission: String) -> (number: Int, action: String)? {
        guard let (base, number) = PermissionWords.scope(permission), base.hasPrefix(self.base) else { return nil }
        let action = base.dropFirst(self.base.count).split(separator: "/").joined(separator: "/")
        return (number, action.prefix(1).uppercased() + action.dropFirst())
    }

    /// The permissions of a grant.
    func paths(_ grant: ScopedGrant) -> [String] { grant.actions.map { "\(base)\($0.lowercased())/\(grant.id)/" } }
}

/// What a role grants for one collection, container or PAM provider.
struct ScopedGrant: Modelled {
    var id = 0
    var name: String?
    var actions: [String] = []
}

/// A permission of a role in whatever part.
struct AreaGrant: Modelled {
    let type: String
    let area: String
    let permission: String

    /// A permission of a role.
    init(_ permission: String, _ estate: Estate) {
        for scope in [RoleScope.collections, .containers, .pamProviders] {
            guard let (number, action) = scope.grant(permission) else { continue }
            (type, area, self.permission) = (scope.segment, scope.name(number, estate) ?? String(number), action)
            return
        }
        let grant = GlobalGrant(permission)
        (type, area, self.permission) = ("Global", grant.area, grant.permission)
    }

    static let model = Model<AreaGrant>([.shown: "AreaPermission"]) {
        Member("Type", .text) { $0.type }
        Member("Area", .text) { $0.area }
        Member("Permission", .text) { $0.permission }
    }
}

/// A role with what it grants for one container.
struct RoleOfContainer: Modelled {
    var role = 0
    var name: String?
    var actions: [String] = []

    static let model = Model<RoleOfContainer>([.shown: "RoleOfContainer", .create: "RoleOfContainerRequest"], blank: { .init() }) {
        Member("SecurityRoleId", .number) { $0.role }.asked(.create, required: "the id of a role", \.role)
        Member("Name", .text, nullable: { $0.name })
        Asked(ignored: "Name", .text)
        Member("Permissions", .list(.text)) { $0.actions }
            .asked(.create, kind: .list(.text.limited(to: 128)), required: "an array of permissions such as Read", \.actions)
    }
}
