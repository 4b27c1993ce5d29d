public import Base

/// A set of permissions with a name; each role belongs to one.
public struct PermissionSet: Sendable {
    /// Its Id.
    public var id: GUID
    /// What people call it; lists are sorted by it.
    public var name: String
    /// The paths of what it allows.
    public var permissions: [String]

    /// A permission set by its parts.
    public init(id: GUID, name: String, permissions: [String]) {
        self.id = id
        self.name = name
        self.permissions = permissions
    }
}
