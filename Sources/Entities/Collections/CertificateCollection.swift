/// The certificates that match a query, under a name: Command's certificate collection.
public struct CertificateCollection: NamedRow {
    /// Which certificates count as one and the same. Numbers as on the wire.
    public enum Duplicates: Int, NamedNumber {
        case none, commonName, distinguishedName, principalName, other

        /// The name on the wire, where names are sent (assumed).
        public var name: String {
            switch self {
            case .none: "None"
            case .commonName: "CommonName"
            case .distinguishedName: "DistinguishedName"
            case .principalName: "PrincipalName"
            case .other: "Other"
            }
        }
    }

    /// What a security role of 10.x may do with the certificates of a collection.
    public struct Grant: Sendable {
        /// The Id of the role.
        public var role = 0
        /// Words such as Read and EditMetadata.
        public var permissions: [String] = []

        /// Nothing, to nobody.
        public init() {}
    }

    /// Its Id.
    public var id = 0
    /// What people call it.
    public var name = ""
    /// What it is for; `nil` if nothing was given.
    public var description: String?
    /// The query; empty for all certificates.
    public var query = ""
    /// Which certificates count as one.
    public var duplicates = Duplicates.none
    /// Whether the portal's dashboard shows it.
    public var isOnDashboard = false
    /// Whether the portal's navigator shows it.
    public var isFavorite = false
    /// Command's Automated.
    public var isAutomated = false
    /// What roles may do with it, in 10.x.
    public var grants: [Grant] = []

    /// A collection of all certificates, without a name.
    public init() {}
}
