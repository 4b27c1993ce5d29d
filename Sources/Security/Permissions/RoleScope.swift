import Base
import Entities
import Model

/// What permissions may be granted for one by one: collections, containers, PAM providers.
struct RoleScope: Sendable {
    /// The last segment of its path.
    let segment: String
    /// What comes before the action in the path of such a permission.
    let base: String
    /// The grants of it as they go over the wire.
    let model: Model<ScopedGrant>
    /// The name of one.
    let name: @Sendable (Int, Estate) -> String?
    /// The refusal of an Id that nothing has; `nil` if any is taken.
    let notFound: (@Sendable (Int) -> Refusal)?

    private init(
        _ segment: String, _ member: String, base: String, notFound: (@Sendable (Int) -> Refusal)?,
        name: @escaping @Sendable (Int, Estate) -> String?
    ) {
        self.segment = segment
        self.base = base
        self.name = name
        self.notFound = notFound
        model = Model([.shown: member + "Permission", .create: member + "PermissionRequest"], "a grant", blank: { .init() }) {
            Member(member + "Id", .number) { $0.id }.asked(.create, required: "an id", \.id)
            Member("Name", .text, nullable: { $0.name })
            Member("Permissions", .list(.text)) { $0.actions }.asked(.create, required: "an array of words such as Read", \.actions)
        }
    }

    /// Certificate collections, of which any Id is taken.
    static let collections = RoleScope("Collections", "Collection", base: "/certificates/collections/", notFound: nil) { _, _ in nil }
    /// Certificate store containers.
    static let containers = RoleScope(
        "Containers", "Container", base: "/certificate_stores/", notFound: { .containerNotFound($0) }
    ) { id, estate in estate.containers[id]?.name }
    /// PAM providers.
    static let pamProviders = RoleScope("PamProviders", "PamProvider", base: "/pam/", notFound: { .pamProviderNotFound($0) }) {
        id, estate in
        estate.security.pamProviders[id]?.name
    }

    /// The grants among permissions, by Id.
    func grants(in permissions: [String], _ estate: Estate) -> [ScopedGrant] {
        var actions: [Int: [String]] = [:]
        for case (let base, let number)? in permissions.map(PermissionWords.scope) where base.hasPrefix(self.base) {
            let action = base.dropFirst(self.base.count).split(separator: "/").joined(separator: "/")
            actions[number, default: []].append(action.prefix(1).uppercased() + action.dropFirst())
        }
        return actions.sorted { $0.key < $1.key }.map { ScopedGrant(id: $0.key, name: name($0.key, estate), actions: $0.value) }
    }

    /// Whether a permission is one for single objects of this kind.
    func holds(_ permission: String) -> Bool { PermissionWords.scope(permission)?.base.hasPrefix(base) ?? false }

    /// The permissions of a grant.
    func paths(_ grant: ScopedGrant) -> [String] { grant.actions.map { "\(base)\($0.lowercased())/\(grant.id)/" } }
}

/// What a role grants for one collection, container or PAM provider.
struct ScopedGrant: Modelled {
    var id = 0
    var name: String?
    var actions: [String] = []
}
