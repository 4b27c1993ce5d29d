public import Base

/// What an identity provider may say of a caller, such as a subject or a group; whoever shows it has its roles.
public struct SecurityClaim: Sendable {
    /// What is claimed.
    public enum Kind: Int, NamedNumber {
        case user
        case group, computer, oauthOid, oauthRole, oauthSubject, oauthClientID

        /// The name in answers.
        public var name: String {
            switch self {
            case .user: "User"
            case .group: "Group"
            case .computer: "Computer"
            case .oauthOid: "OAuthOid"
            case .oauthRole: "OAuthRole"
            case .oauthSubject: "OAuthSubject"
            case .oauthClientID: "OAuthClientId"
            }
        }
    }

    /// Its Id, rising and never given twice.
    public var id: Int
    /// What is claimed.
    public var kind: Kind
    /// The value that is claimed.
    public var value: String
    /// What people call it.
    public var description: String
    /// The authentication scheme of the identity provider that says so.
    public var scheme: String

    /// A claim by its parts.
    public init(id: Int, kind: Kind, value: String, description: String, scheme: String) {
        self.id = id
        self.kind = kind
        self.value = value
        self.description = description
        self.scheme = scheme
    }

    /// The Id of its identity provider, made from the scheme, since no operation makes providers.
    public func provider(_ identifiers: Identifiers) -> GUID { identifiers.fixed(.security, "identity provider " + scheme) }

    /// Whether it is the same claim, whatever it is called: same kind, and same value and scheme without case.
    public func isSame(as other: SecurityClaim) -> Bool {
        kind == other.kind && value.lowercased() == other.value.lowercased() && scheme.lowercased() == other.scheme.lowercased()
    }
}
