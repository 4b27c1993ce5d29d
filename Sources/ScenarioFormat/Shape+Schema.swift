extension Shape {
    /// The JSON Schema for documents of this shape, in draft-07, the latest that the YAML servers of editors read.
    ///
    /// - Parameters:
    ///   - title: the schema's title.
    ///   - id: the schema's URI.
    /// - Returns: JSON with keys in a fixed order, indented by two spaces per level, without a line break at the end.
    public func jsonSchema(title: String, id: String) -> String {
        var writer = SchemaWriter()
        let body = writer.members(self, about: nil)
        var members: [(String, SchemaJSON)] = [
            ("$schema", .text("http://json-schema.org/draft-07/schema#")), ("$id", .text(id)), ("title", .text(title)),
        ]
        members += body
        if case .object = self { members.append(("patternProperties", .object([("^\(Self.extensionPrefix)", .object([]))]))) }
        if !writer.definitions.isEmpty {
            let sorted = writer.definitions.sorted { $0.key < $1.key }
            members.append(("definitions", .object(sorted.map { ($0.key, .object($0.value)) })))
        }
        return SchemaJSON.object(members).written(indentation: "")
    }

    /// The pattern of durations in the schema.
    static let durationPattern = "^[0-9]{1,9}(ms|s|m|h|d)$"
    /// The pattern of times in the schema; it does not check how many days a month has, but the parser does.
    static let timePattern =
        "^([+-][0-9]{1,9}(ms|s|m|h|d)|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2}))$"
}

/// Converts shapes to the members of schema objects, and collects the named ones.
private struct SchemaWriter {
    /// The members of each named shape.
    var definitions: [String: [(String, SchemaJSON)]] = [:]

    /// The members of the schema of a shape.
    ///
    /// - Parameters:
    ///   - shape: the shape.
    ///   - about: what the value is for, if known.
    /// - Returns: the members in the order to write them.
    mutating func members(_ shape: Shape, about: String?) -> [(String, SchemaJSON)] {
        let description = about.map { [("description", SchemaJSON.text($0))] } ?? []
        switch shape {
        case .text(let expected, let pattern, let length, let mustBeQuoted):
            let types = ["string"] + (mustBeQuoted ? [] : Self.plainTypes(pattern))
            let text = about ?? (expected == "text" ? nil : expected)
            return (text.map { [("description", .text($0))] } ?? [])
                + [("type", types.count == 1 ? .text(types[0]) : .array(types.map { .text($0) }))]
                + (length.lowerBound > 0 ? [("minLength", .bare("\(length.lowerBound)"))] : [])
                + (length.upperBound < Int.max ? [("maxLength", .bare("\(length.upperBound)"))] : [])
                + (pattern.map { [("pattern", .text("^(?:\($0))$"))] } ?? [])
        case .word(let words):
            return description + [("enum", .array(words.flatMap(Self.values)))]
        case .integer(let range):
            return description + [("type", .text("integer"))] + Self.limits(range, in: Int.min...Int.max)
        case .number(let range):
            return description + [("type", .text("number"))] + Self.limits(range, in: -.infinity ... .infinity)
        case .boolean:
            return description + [("type", .text("boolean"))]
        case .duration, .time:
            let pattern = if case .time = shape { Shape.timePattern } else { Shape.durationPattern }
            return [("description", .text(about ?? shape.expected)), ("type", .text("string")), ("pattern", .text(pattern))]
        case .any:
            return description
        case .orNull(let shape):
            return description + [("anyOf", .array([.object([("type", .text("null"))]), .object(members(shape, about: nil))]))]
        case .named where about != nil:  // what stands beside a reference does not count
            return description + [("allOf", .array([.object(composed(shape, about: nil))]))]
        case .list, .map, .object, .variants, .oneOf, .named:
            return description + composed(shape, about: about)
        }
    }

    /// The types, other than text, that unquoted text can have for a YAML parser if it matches the pattern.
    private static func plainTypes(_ pattern: String?) -> [String] {
        guard let pattern else { return ["number", "boolean"] }
        guard let regex = try? Regex(pattern).matchingSemantics(.unicodeScalar) else { return [] }
        func fits(_ texts: [String]) -> Bool { texts.contains { $0.wholeMatch(of: regex) != nil } }
        return (fits(["0", "7", "42", "-7", "0.5", "7.5"]) ? ["number"] : []) + (fits(["true", "false"]) ? ["boolean"] : [])
    }

    private mutating func composed(_ shape: Shape, about: String?) -> [(String, SchemaJSON)] {
        switch shape {
        case .list(let item):
            return [("type", .text("array")), ("items", .object(members(item, about: nil)))]
        case .map(let value, let keys):
            return [("type", .text("object"))]
                + (keys.map { [("propertyNames", .object([("pattern", .text("^(?:\($0.pattern))$"))]))] } ?? [])
                + [("additionalProperties", .object(members(value, about: nil)))]
        case .object(_, let fields):
            var properties: [(String, SchemaJSON)] = []
            for field in fields { properties.append((field.key, .object(members(field.shape, about: field.about)))) }
            let required = fields.filter(\.required).map { SchemaJSON.text($0.key) }
            return [("type", .text("object"))] + (required.isEmpty ? [] : [("required", .array(required))])
                + [("properties", .object(properties)), ("additionalProperties", .bare("false"))]
        case .variants(_, let variants):
            var kinds: [SchemaJSON] = []
            for variant in variants {
                kinds.append(
                    .object([("title", .text(variant.name))] + composed(.object(variant.name, fields: variant.fields), about: nil)))
            }
            return [("anyOf", .array(kinds))]
        case .oneOf(let shapes, let sentence):
            var alternatives: [SchemaJSON] = []
            for shape in shapes { alternatives.append(.object(members(shape, about: nil))) }
            return (about == nil ? [("description", .text(sentence))] : []) + [("anyOf", .array(alternatives))]
        case .named(let name, let make):
            if definitions[name] == nil {
                definitions[name] = []  // ends the recursion of a shape that contains itself
                definitions[name] = members(make(), about: nil)
            }
            return [("$ref", .text("#/definitions/\(name)"))]
        default:
            return []
        }
    }

    /// A word, and the value it has for JSON and YAML parsers when it is not quoted.
    private static func values(of word: String) -> [SchemaJSON] {
        let plain = YAMLNode(content: .scalar(word, quoted: false), mark: Mark(line: 1, column: 1, width: 0))
        if let truth = plain.boolean { return [.text(word), .bare(String(truth))] }
        return [.text(word)] + (plain.integer != nil ? [.bare(word)] : [])
    }

    private static func limits<Bound>(_ range: ClosedRange<Bound>, in all: ClosedRange<Bound>) -> [(String, SchemaJSON)] {
        (range.lowerBound == all.lowerBound ? [] : [("minimum", .bare("\(range.lowerBound)"))])
            + (range.upperBound == all.upperBound ? [] : [("maximum", .bare("\(range.upperBound)"))])
    }
}

/// The JSON values that a schema needs, with members in a fixed order.
private indirect enum SchemaJSON {
    case bare(String)
    case text(String)
    case array([SchemaJSON])
    case object([(String, SchemaJSON)])

    /// Writes the value.
    ///
    /// - Parameter indentation: the indentation of the line in which the value begins.
    /// - Returns: JSON; arrays and objects that hold anything go over several lines.
    func written(indentation: String) -> String {
        let inner = indentation + "  "
        switch self {
        case .bare(let text): return text
        case .text(let text): return Self.quoted(text)
        case .array(let items):
            let isFlat = items.allSatisfy { if case .object = $0 { false } else { true } }
            if isFlat { return "[" + items.map { $0.written(indentation: "") }.joined(separator: ", ") + "]" }
            return "[\n" + items.map { inner + $0.written(indentation: inner) }.joined(separator: ",\n") + "\n\(indentation)]"
        case .object(let members):
            if members.isEmpty { return "{}" }
            let lines = members.map { "\(inner)\(Self.quoted($0.0)): \($0.1.written(indentation: inner))" }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indentation)}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\0"..<" ":
                let hex = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
