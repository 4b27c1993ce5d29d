/// The shape of a value: the single definition used to check documents and to write the JSON Schema.
///
/// Descriptions are noun phrases (`an agent`, `a chance such as 30%`), so that a mistake reads `'chance' must be a chance such as 30%`.
public indirect enum Shape: Sendable {
    /// Text. Unquoted numbers and booleans count as text, unless quotes are required.
    ///
    /// The pattern is a regular expression for the whole text, in the syntax that Swift and ECMAScript share; the length is in
    /// characters (Unicode scalars).
    case text(_ expected: String = "text", pattern: String? = nil, length: ClosedRange<Int> = 0...Int.max, mustBeQuoted: Bool = false)
    /// One of these words, matched exactly.
    case word([String])
    /// A decimal whole number, not quoted.
    case integer(ClosedRange<Int> = Int.min...Int.max)
    /// A decimal number, not quoted.
    case number(ClosedRange<Double> = -.infinity ... .infinity)
    /// true or false, or YAML 1.1's yes, no, on, off; not quoted.
    case boolean
    /// A whole number with a unit: `250ms`, `3s`, `2m`, `1h`, `5d`.
    case duration
    /// An ISO 8601 date and time with its offset, or a time relative to a start: `+6d`, `-2h`.
    case time
    /// A list of values of the same shape.
    case list(Shape)
    /// A mapping of arbitrary keys to values of the same shape, optionally with restrictions on the keys.
    case map(of: Shape, keys: Keys? = nil)
    /// A mapping with known keys. The name has an article: `an agent`.
    case object(String, fields: [Field])
    /// An object of one of several variants. The name has an article: `an effect`.
    case variants(String, [Variant])
    /// Any value, without further checks.
    case any
    /// A value with at least one of several shapes. The text describes the alternatives.
    case oneOf([Shape], String)
    /// `null`, `~` or nothing, or a value of a shape.
    case orNull(Shape)
    /// A named shape, created on demand: shapes may be recursive, and the schema defines them once.
    case named(String, @Sendable () -> Shape)

    /// Text in which number-like values must be quoted: other parsers would read an unquoted `25.10` as 25.1.
    ///
    /// - Parameters:
    ///   - expected: a description, as a noun phrase.
    ///   - pattern: a regular expression for the whole text.
    /// - Returns: the shape.
    public static func quotedText(_ expected: String = "quoted text", pattern: String? = nil) -> Shape {
        .text(expected, pattern: pattern, mustBeQuoted: true)
    }

    /// A restriction on the keys of a mapping.
    public struct Keys: Sendable {
        /// A description, as a noun phrase.
        public let wanted: String
        /// A regular expression for the whole key.
        public let pattern: String

        /// A restriction by its parts.
        public init(wanted: String, pattern: String) {
            self.wanted = wanted
            self.pattern = pattern
        }
    }

    /// One variant of an object. It is identified by the key of its first field and, if variants share that key, by its value.
    public struct Variant: Sendable {
        /// The name, with an article: `a delay`.
        let name: String
        /// The fields, beginning with the one that identifies the variant.
        let fields: [Field]

        /// The values of the first field that identify this variant; empty if its key is enough.
        var words: [String] {
            if case .word(let words) = fields[0].shape { words } else { [] }
        }

        /// A variant by its name, with an article, and its keys.
        public init(name: String, fields: [Field]) {
            self.name = name
            self.fields = fields
        }
    }

    /// A key of an object.
    public struct Field: Sendable {
        /// The key, matched exactly.
        public let key: String
        /// The shape of its value.
        let shape: Shape
        /// Whether the field is required.
        let required: Bool
        /// What it is for: the description in the schema, and the hint when it is missing.
        let about: String

        /// Makes a field.
        ///
        /// - Parameters:
        ///   - key: the key.
        ///   - shape: the shape of its value.
        ///   - required: whether the field is required.
        ///   - about: what it is for, in a few words.
        public init(_ key: String, _ shape: Shape, required: Bool = false, about: String) {
            self.key = key
            self.shape = shape
            self.required = required
            self.about = about
        }
    }

    /// Keys of a document that begin with this are ignored, as a place for values to which aliases refer.
    static let extensionPrefix = "x-"

    /// A description of values of this shape, as a noun phrase for mistakes and for the schema.
    var expected: String {
        switch self {
        case .text(let expected, _, let length, _): expected + Self.range(length, in: 0...Int.max, unit: " characters", after: " of")
        case .word(let words): Mistake.oneOf(words)
        case .integer(let range): "a whole number" + Self.range(range, in: Int.min...Int.max)
        case .number(let range): "a number" + Self.range(range, in: -.infinity ... .infinity)
        case .boolean: "true or false"
        case .duration: "a duration such as 250ms, 3s, 2m, 1h or 5d"
        case .time: "a time such as 2026-03-01T09:00:00Z, +6d or -2h"
        case .list: "a list"
        case .map: "a mapping"
        case .object(let name, _), .variants(let name, _): "\(name) (a mapping)"
        case .any: "any value"
        case .oneOf(_, let sentence): sentence
        case .orNull(let shape): "\(shape.expected) or nothing"
        case .named(_, let shape): shape().expected
        }
    }

    /// Describes a range, for instance ` of at least 3` or ` from 1 to 9`; empty if there is no limit.
    private static func range<Bound>(
        _ range: ClosedRange<Bound>, in all: ClosedRange<Bound>, unit: String = "", after: String = " from"
    ) -> String {
        switch (range.lowerBound == all.lowerBound, range.upperBound == all.upperBound) {
        case (true, true): ""
        case (false, true): " of at least \(range.lowerBound)\(unit)"
        case (true, false): " of at most \(range.upperBound)\(unit)"
        case (false, false): "\(after) \(range.lowerBound) to \(range.upperBound)\(unit)"
        }
    }

    /// The shapes that a value may have: this one, or its alternatives, flattened.
    var alternatives: [Shape] {
        switch self {
        case .oneOf(let shapes, _): shapes.flatMap(\.alternatives)
        case .orNull(let shape): shape.alternatives
        case .named(_, let shape): shape().alternatives
        default: [self]
        }
    }
}
