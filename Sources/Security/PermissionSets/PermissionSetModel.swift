import Base
public import Entities
public import Model

extension PermissionSet: Modelled {
    /// A permission set.
    public static let model = Model<PermissionSet>(
        [.shown: "PermissionSet", .create: "PermissionSetCreateRequest", .update: "PermissionSetUpdateRequest"], "a permission set",
        blank: { .init(id: .empty, name: "", permissions: []) }
    ) {
        Member("Id", .guid) { $0.id }.filtered(isKey: true)
            .asked(.update, required: "the id of a permission set", \.id)
            .seeded("id", about: "its Id; made from its name if left out", \.id)
        Member("Name", .text("a name", length: 1...128)) { $0.name }.filtered(isKey: true)
            .asked(.create, required: "at least one character", \.name)
            .seeded("name", required: true, about: "its name", \.name)
        Member("Permissions", .list(.permission())) { PermissionWords.expanded($0.permissions) }
            .asked(.requests, required: "an array of permissions", \.permissions)
            .seeded("permissions", about: "the paths of what it allows; `/` is everything", \.permissions)
    }

    /// The permission sets of an estate, and what their operations share.
    static let noun = Noun(
        "/PermissionSets", model, since: .v11, reads: .securityRead, rows: \.security.permissionSets,
        notFound: { .permissionSetNotFound($0) })
}
