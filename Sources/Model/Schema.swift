public import Base

/// What a JSON value looks like, for the description of the API.
public indirect enum Schema: Sendable {
    case text
    case guid
    case time
    case integer
    case boolean
    /// Any value; for what the mock reads and drops.
    case any
    /// An enum: its numbers and its names. Releases and the switch `enums` decide which of the two is sent; both are read.
    case word(numbers: [Int], names: [String])
    case either([Schema])
    case array(Schema)
    case map(Schema)
    case object([Member])
    /// A model with a name of its own, written once, among the components.
    case model(String, Schema)

    /// A member of an object.
    public struct Member: Sendable {
        /// Whether a member is there.
        enum Presence: Sendable {
            case always
            /// Null where there is no value, or left out where the world says `nulls: omit`. In requests both mean the same.
            case nullable
            /// Left out in some releases, or where there is no value, whatever the world says about nulls.
            case optional
        }

        let name: String
        let schema: Schema
        let presence: Presence

        /// A member that is always there and never null.
        public static func always(_ name: String, _ schema: Schema) -> Member { Member(name: name, schema: schema, presence: .always) }
        /// A member that may be null.
        public static func nullable(_ name: String, _ schema: Schema) -> Member { Member(name: name, schema: schema, presence: .nullable) }
        /// A member that may be left out.
        public static func optional(_ name: String, _ schema: Schema) -> Member { Member(name: name, schema: schema, presence: .optional) }
    }

    /// An enum of ours with its numbers and names.
    ///
    /// - Parameters:
    ///   - type: the enum.
    ///   - name: a case's name on the wire.
    /// - Returns: its schema.
    static func word<Word: RawRepresentable<Int> & CaseIterable>(_ type: Word.Type, _ name: (Word) -> String) -> Schema {
        .word(numbers: type.allCases.map(\.rawValue), names: type.allCases.map(name))
    }

    /// The members of an object, also of a model and of each of several choices; empty for other values.
    public var namedMembers: [(name: String, schema: Schema)] {
        switch self {
        case .object(let members): members.map { ($0.name, $0.schema) }
        case .model(_, let schema): schema.namedMembers
        case .either(let choices): choices.flatMap(\.namedMembers)
        default: []
        }
    }

    /// What the elements of a list look like; empty for other values.
    public var elements: [Schema] {
        switch self {
        case .array(let element): [element]
        case .model(_, let schema): schema.elements
        case .either(let choices): choices.flatMap(\.elements)
        default: []
        }
    }

    /// The models in this schema and below, each under its name.
    ///
    /// - Parameter found: where to put them.
    public func collectModels(_ found: inout [String: Schema]) {
        switch self {
        case .model(let name, let schema):
            found[name] = schema
            schema.collectModels(&found)
        case .array(let element), .map(let element): element.collectModels(&found)
        case .either(let choices): for choice in choices { choice.collectModels(&found) }
        case .object(let members): for member in members { member.schema.collectModels(&found) }
        case .text, .guid, .time, .integer, .boolean, .any, .word: break
        }
    }
}

extension Schema {
    /// Writes the schema as OpenAPI 3.1 has it, which is JSON Schema.
    ///
    /// - Parameters:
    ///   - writer: what to write to.
    ///   - isNullable: whether null will do too.
    public func write(to writer: inout JSONWriter, isNullable: Bool = false) {
        switch self {
        case .model(let name, _) where !isNullable:
            writer.object { $0.member("$ref", "#/components/schemas/\(name)") }
        case .either(let choices):
            Self.writeChoice(choices, isNullable, to: &writer)
        case .model, .word, .object:
            if isNullable { Self.writeChoice([self], true, to: &writer) } else { writer.object { writeParts(to: &$0) } }
        default:
            writer.object { writer in
                if let type { writer.type(type, isNullable) }
                writeParts(to: &writer)
            }
        }
    }

    private var type: String? {
        switch self {
        case .text, .guid, .time: "string"
        case .integer: "integer"
        case .boolean: "boolean"
        case .array: "array"
        case .map: "object"
        case .any, .word, .either, .object, .model: nil
        }
    }

    /// What stands in the schema's object in addition to its type.
    private func writeParts(to writer: inout JSONWriter) {
        switch self {
        case .guid: writer.member("format", "uuid")
        case .time: writer.member("format", "date-time")
        case .integer: writer.member("format", "int32")
        case .word(let numbers, let names):
            writer.name("type")
            writer.array(["integer", "string"]) { $0.value($1) }
            writer.name("enum")
            writer.array(numbers.map(String.init) + names.map { "\"\($0)\"" }) { $0.raw($1) }
        case .array(let element):
            writer.name("items")
            element.write(to: &writer)
        case .map(let element):
            writer.name("additionalProperties")
            element.write(to: &writer)
        case .object(let members): Self.write(members, to: &writer)
        case .text, .boolean, .any, .either, .model: break
        }
    }

    /// An object has no members but those described: answers have no others, and what else a request says counts for nothing.
    private static func write(_ members: [Member], to writer: inout JSONWriter) {
        writer.member("type", "object")
        writer.name("properties")
        writer.object { writer in
            for member in members {
                writer.name(member.name)
                member.schema.write(to: &writer, isNullable: member.presence == .nullable)
            }
        }
        let needed = members.filter { $0.presence == .always }
        if !needed.isEmpty {
            writer.name("required")
            writer.array(needed) { $0.value($1.name) }
        }
        writer.member("additionalProperties", false)
    }

    private static func writeChoice(_ choices: [Schema], _ isNullable: Bool, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.name("anyOf")
            writer.array(choices.indices.map { Optional($0) } + (isNullable ? [nil] : [])) { writer, index in
                if let index { choices[index].write(to: &writer) } else { writer.object { $0.member("type", "null") } }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func type(_ name: String, _ isNullable: Bool) {
        guard isNullable else { return member("type", name) }
        self.name("type")
        array([name, "null"]) { $0.value($1) }
    }
}
