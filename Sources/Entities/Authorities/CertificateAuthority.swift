public import Base

/// Who issues certificates: Command's certificate authority.
public struct CertificateAuthority: NamedRow {
    /// How Command talks to it. Numbers as on the wire.
    public enum Kind: Int, NamedNumber {
        case dcom, https

        /// The name in the vendor's documentation.
        public var name: String { self == .dcom ? "DCOM" : "HTTPS" }
    }

    /// Its Id.
    public var id = 0
    /// Its name at its host.
    public var logicalName = ""
    /// The host it runs on.
    public var host = ""
    /// Host and logical name as enrollments give them: `host\logical`.
    public var name: String { host.isEmpty ? logicalName : "\(host)\\\(logicalName)" }
    /// How Command talks to it.
    public var kind = Kind.https
    /// The root of the forest that it is in.
    public var forestRoot = ""
    /// Where it is configured, such as a forest.
    public var configurationTenant = ""
    /// Whether managing it is done in the caller's name.
    public var delegates = false
    /// Whether enrolling is done in the caller's name.
    public var delegatesEnrollment = false
    /// Command's UseCAConnector.
    public var usesConnector = false
    /// Command's ConnectorPool.
    public var connectorPool = ""
    /// Whether an orchestrator reaches it in Command's place.
    public var isRemote = false
    /// The AgentId of that orchestrator.
    public var agent: GUID?
    /// Whether it has no templates.
    public var isStandalone = false
    /// Whether its numbers of issued, denied and failed requests are watched.
    public var monitors = false
    /// The most certificates that it should issue between two checks.
    public var mostIssued: Int?
    /// The fewest certificates that it should issue between two checks.
    public var fewestIssued: Int?
    /// The most requests that it should deny between two checks.
    public var mostDenied: Int? = 0
    /// The most requests that should fail between two checks.
    public var mostFailed: Int?
    /// Whether the common name must be one of the alternative names.
    public var enforcesRFC = false
    /// A JSON object as text.
    public var properties = #"{"syncExternal":false}"#
    /// The kinds of enrollment that are allowed.
    public var allowed: EnrollmentTypes = []
    /// How long keys are kept.
    public var keyRetention = KeyRetention.none
    /// For how many days, where days count.
    public var keyRetentionDays: Int?
    /// Whether Command logs in to it with an account of its own.
    public var hasOwnAccount = false
    /// That account.
    public var user: String?
    /// Whether that account has a password, which is not kept.
    public var hasPassword = false
    /// Whether requesters must accept its terms.
    public var hasTerms = false
    /// Whether only those in the list may enroll.
    public var limitsRequesters = false
    /// The roles that may enroll, by name.
    public var requesters: [String] = []
    /// When all its certificates are read.
    public var fullScan: Schedule?
    /// When its new certificates are read.
    public var incrementalScan: Schedule?
    /// When the watched numbers are checked.
    public var thresholdCheck: Schedule?
    /// Whether Command logs in to it with a certificate, which is not kept.
    public var hasCertificate = false
    /// Whether it refuses a second certificate with a subject.
    public var enforcesUniqueSubjects = false
    /// Whether certificates may be renewed with one click.
    public var allowsOneClickRenewals = false
    /// Command's NewEndEntityOnRenewAndReissue.
    public var makesNewEndEntities = false
    /// Where Command gets tokens for it.
    public var tokenURL: String?
    /// The client as which Command gets tokens.
    public var client: String?
    /// The scope of these tokens.
    public var scope: String?
    /// The audience of these tokens.
    public var audience: String?
    /// Whether there is a secret of that client, which is not kept.
    public var hasClientSecret = false
    /// When its certificates were last read.
    public var lastScan: Timestamp?
    /// When expired certificates are deleted.
    public var cleanup = CertificateCleanup()
    /// Whether certificates are enrolled from it.
    public var isForEnrollment = false

    /// An authority before anything is known of it.
    public init() {}
}

/// Somebody who gets mail about authorities.
public struct AlertRecipient: NamedRow {
    /// Its Id.
    public var id = 0
    /// The mail address.
    public var email = ""
    /// The mail address.
    public var name: String { email }

    /// Nobody yet.
    public init() {}
}
