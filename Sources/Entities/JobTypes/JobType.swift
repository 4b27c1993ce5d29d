public import Base

/// A custom job type: the name of something that agents can do, and the fields that it takes.
public struct JobType: Sendable {
    /// What a field's values must look like. Numbers as on the wire; a fifth is undocumented and not offered.
    public enum FieldType: Int, NamedNumber {
        case string = 1
        case int, dateTime, bool

        /// The name in the vendor's documentation.
        public var name: String {
            switch self {
            case .string: "String"
            case .int: "Int"
            case .dateTime: "DateTime"
            case .bool: "Bool"
            }
        }

        /// Whether a value can be read as this type. Assumed: Command itself leaves the conversion to the job.
        public func accepts(_ value: String, _ reading: JSONReading = .strict) -> Bool {
            let value = reading == .lenient && self != .string ? value.trimmed : value
            return switch self {
            case .string: true
            case .int: Int32(value) != nil
            case .dateTime: Timestamp(value) != nil || reading == .lenient && Timestamp(dotNet: value) != nil
            case .bool: ["true", "false"].contains(value.lowercased())
            }
        }
    }

    /// A field that a job of this type is given.
    public struct Field: Sendable {
        /// The field's name, by which requests give it a value.
        public var name: String
        /// What values it takes, 1 to 4 on the wire.
        public var type: FieldType
        /// Whether a request must give it a value.
        public var isRequired: Bool
        /// What Command fills in where a request leaves the field out.
        public var defaultValue: String?

        /// A field by its parts.
        public init(name: String, type: FieldType, isRequired: Bool, defaultValue: String? = nil) {
            self.name = name
            self.type = type
            self.isRequired = isRequired
            self.defaultValue = defaultValue
        }
    }

    /// Its Id, by which requests name it.
    public var id: GUID
    /// Command's JobTypeName; agents list it among their capabilities.
    public var name: String
    /// A sentence for people; may be empty.
    public var description: String
    /// What its jobs are given, in order.
    public var fields: [Field]

    /// A job type by its parts.
    public init(id: GUID, name: String, description: String, fields: [Field]) {
        self.id = id
        self.name = name
        self.description = description
        self.fields = fields
    }
}

extension JobType: HoldsBytes {
    /// Its texts and fields, and its two places among the names.
    public var heldBytes: Int { 3 * name.heldBytes + description.heldBytes + fields.heldBytes + 128 }
}

extension JobType.Field: HoldsBytes {
    /// Its texts.
    public var heldBytes: Int { name.heldBytes + defaultValue.heldBytes }
}
