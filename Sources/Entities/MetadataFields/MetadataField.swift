/// Something that may be noted about a certificate in addition to what is in it: Command's metadata field.
public struct MetadataField: NamedRow {
    /// What values it takes. Numbers as on the wire.
    public enum DataType: Int, NamedNumber {
        case string = 1
        case integer, date, boolean, multipleChoice, bigText, email

        /// The name in the vendor's portal.
        public var name: String {
            switch self {
            case .string: "String"
            case .integer: "Integer"
            case .date: "Date"
            case .boolean: "Boolean"
            case .multipleChoice: "MultipleChoice"
            case .bigText: "BigText"
            case .email: "Email"
            }
        }
    }

    /// Whether a value is asked for when a certificate is enrolled. Numbers as on the wire.
    public enum Enrollment: Int, NamedNumber {
        case optional, required, hidden

        /// The name in the vendor's portal.
        public var name: String {
            switch self {
            case .optional: "Optional"
            case .required: "Required"
            case .hidden: "Hidden"
            }
        }
    }

    /// Its Id.
    public var id = 0
    /// Letters, digits, `-` and `_`.
    public var name = ""
    /// What it is for.
    public var description = ""
    /// What values it takes.
    public var type = DataType.string
    /// What helps people to fill it in; `nil` for none.
    public var hint: String?
    /// A regular expression for its values; `nil` for none.
    public var validation: String?
    /// Whether a value is asked for at enrollment.
    public var enrollment = Enrollment.optional
    /// What people are shown whose value does not fit.
    public var message: String?
    /// The choices of a multiple choice, separated by commas.
    public var options: String?
    /// The value offered at first.
    public var defaultValue: String?
    /// Command's AllowAPI, of releases until 12.
    public var allowsAPI = true
    /// Command's ExplicitUpdate, of releases until 12.
    public var isExplicitlyUpdated = false
    /// Its place among the fields; `nil` for none.
    public var displayOrder: Int?
    /// Whether its regular expression looks at case.
    public var isCaseSensitive = false

    /// A field before anything is known of it.
    public init() {}

    /// The order of lists: by DisplayOrder, those without one first, then by Id.
    static func isListedBefore(_ one: MetadataField, _ other: MetadataField) -> Bool {
        (one.displayOrder ?? Int.min, one.id) < (other.displayOrder ?? Int.min, other.id)
    }
}
