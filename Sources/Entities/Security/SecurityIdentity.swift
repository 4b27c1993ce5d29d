/// A user or group of Active Directory to whom roles can be given.
public struct SecurityIdentity: Sendable {
    /// Its Id, rising and never given twice.
    public var id: Int
    /// `DOMAIN\name`, unlike all others without case.
    public var accountName: String
    /// What the directory says it is: `User` or `Group`.
    public var type = "User"

    /// An identity by its Id and its account.
    public init(id: Int, accountName: String) {
        self.id = id
        self.accountName = accountName
    }
}
