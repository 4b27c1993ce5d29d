/// How certificates of a template are enrolled: Command's enrollment pattern, of release 25.
public struct EnrollmentPattern: NamedRow {
    /// Its Id.
    public var id = 0
    /// What people call it.
    public var name = ""
    /// What it is for; `nil` if nothing was given.
    public var description: String?
    /// The Id of its template.
    public var template = 0
    /// Whether enrollments that name the template alone use it. At most one pattern of a template.
    public var isDefault = false
    /// Command's UseADPermissions.
    public var usesADPermissions = false
    /// The roles that may enroll, by name.
    public var roles: [String] = []
    /// The Ids of the authorities that enrollments may go to.
    public var authorities: [Int] = []
    /// Whether enrollments may go to no other authority.
    public var restrictsAuthorities = false
    /// The kinds of enrollment that are allowed.
    public var allowed: EnrollmentTypes = []
    /// What subjects must look like.
    public var regexes: [SubjectRegex] = []
    /// What holds for metadata fields here.
    public var metadata: [MetadataRule] = []
    /// What may be enrolled for.
    public var policy = EnrollmentPolicy()
    /// What subjects are where requests leave it out.
    public var defaults: [SubjectDefault] = []
    /// What is asked for at enrollment.
    public var enrollmentFields: [EnrollmentField] = []

    /// A pattern before anything is known of it.
    public init() {}
}
