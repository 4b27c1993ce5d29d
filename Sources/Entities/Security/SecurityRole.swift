public import Base

/// A role: what those who have it may do.
public struct SecurityRole: Sendable {
    /// Its Id, rising and never given twice.
    public var id: Int
    /// What people call it; unlike all others without case.
    public var name: String
    /// What it is for.
    public var description = ""
    /// The address of a mailbox that all who have it share.
    public var emailAddress: String?
    /// Whether it grants anything at present.
    public var isEnabled = true
    /// Whether it is hidden from those who do not have it.
    public var isPrivate = false
    /// Whether only its members can be changed, as with Administrator.
    public var isImmutable = false
    /// The permission set that it belongs to; `nil` for none.
    public var permissionSet: GUID?
    /// What it grants: paths such as `/certificate_stores/read/3/`, or words such as `API:Read` for what has no path here.
    public var permissions: [String] = []
    /// The Ids of the identities that have it.
    public var identities: [Int] = []
    /// The Ids of the claims that give it.
    public var claims: [Int] = []

    /// A role by its Id and its name, which grants nothing yet.
    public init(id: Int, name: String) {
        self.id = id
        self.name = name
    }
}
