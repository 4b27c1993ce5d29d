/// What kind of certificate a CA issues: Command's certificate template.
public struct Template: NamedRow {
    /// What its certificates may be used for.
    public struct ExtendedKeyUsage: Sendable {
        /// Its Id.
        public var id = 0
        /// Its object identifier.
        public var oid = ""
        /// What people call it.
        public var name = ""

        /// A usage before anything is known of it.
        public init() {}

        /// A usage by its parts.
        public init(id: Int, oid: String, name: String) { (self.id, self.oid, self.name) = (id, oid, name) }
    }

    /// Its Id.
    public var id = 0
    /// Command's CommonName, the short name that enrollments give.
    public var name = ""
    /// Command's TemplateName.
    public var longName = ""
    /// Command's DisplayName.
    public var displayName = ""
    /// Its object identifier.
    public var oid = ""
    /// The least size of keys, as text.
    public var keySize = "2048"
    /// The first kind of key.
    public var keyType = "RSA"
    /// Command's Curve.
    public var curve: String?
    /// The root of the forest that it comes from.
    public var forestRoot = ""
    /// Where it comes from, such as a forest or a CA's management interface.
    public var configurationTenant = ""
    /// What people call it in enrollments.
    public var friendlyName: String?
    /// How long keys are kept.
    public var keyRetention = KeyRetention.none
    /// For how many days, where days count.
    public var keyRetentionDays: Int?
    /// Whether the CA archives keys.
    public var archivesKeys = false
    /// What is asked for at enrollment.
    public var enrollmentFields: [EnrollmentField] = []
    /// What holds for metadata fields here.
    public var metadata: [MetadataRule] = []
    /// The kinds of enrollment that are allowed.
    public var allowed: EnrollmentTypes = []
    /// What subjects must look like.
    public var regexes: [SubjectRegex] = []
    /// What subjects are where requests leave it out.
    public var defaults: [SubjectDefault] = []
    /// What may be enrolled for; `nil` for what the settings say that hold for all.
    public var policy: EnrollmentPolicy?
    /// The kinds of key that it has.
    public var keys: [KeyAlgorithm] = []
    /// Whether only those in the list may enroll.
    public var limitsRequesters = false
    /// The roles that may enroll, by name.
    public var requesters: [String] = []
    /// Whether the common name must be one of the alternative names.
    public var enforcesRFC = false
    /// Whether somebody must approve an enrollment.
    public var requiresApproval = false
    /// The bits of the key usage.
    public var keyUsage = 0
    /// What its certificates may be used for.
    public var extendedKeyUsages: [ExtendedKeyUsage] = []
    /// Whether certificates may be renewed with one click.
    public var allowsOneClickRenewals = false
    /// When expired certificates are deleted.
    public var cleanup = CertificateCleanup()
    /// For how many days its certificates are valid. Answers do not show it.
    public var lifetime = 365

    /// A template before anything is known of it.
    public init() {}
}
