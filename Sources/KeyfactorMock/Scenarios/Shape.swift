/// What a value must look like: the one definition from which documents are checked and the JSON Schema is written.
///
/// Sentences given to shapes are noun phrases (`an agent`, `a chance such as 30%`): a mistake reads `'chance' wants a chance such as 30%`.
indirect enum Shape: Sendable {
    /// Text. Numbers and switches that are not quoted count as the characters they are written with, unless they must be quoted.
    ///
    /// The sentence says what is wanted; the pattern is a regular expression for the whole text, in the part of the language
    /// that Swift and ECMAScript share; the length is in characters (Unicode scalars).
    case text(_ wanted: String = "text", pattern: String? = nil, length: ClosedRange<Int> = 0...Int.max, mustBeQuoted: Bool = false)
    /// One of some words, matched exactly.
    case word([String])
    /// A decimal whole number, not quoted.
    case integer(ClosedRange<Int> = Int.min...Int.max)
    /// A decimal number, not quoted.
    case number(ClosedRange<Double> = -.infinity ... .infinity)
    /// true or false, or YAML 1.1's yes, no, on, off; not quoted.
    case boolean
    /// A whole number with its unit: `250ms`, `3s`, `2m`, `1h`, `5d`.
    case duration
    /// An ISO 8601 date and time with its offset, or a time relative to a start: `+6d`, `-2h`.
    case time
    /// Values of one shape.
    case list(Shape)
    /// Free keys with values of one shape; what the keys must look like, if not all are right.
    case map(of: Shape, keys: Keys? = nil)
    /// Known keys. The sentence says what the object is, with its article: `an agent`.
    case object(String, fields: [Field])
    /// An object of one of several kinds. The sentence says what it is, with its article: `an effect`.
    case variants(String, [Variant])
    /// Any value, checked no further.
    case any
    /// A value that fits at least one of some shapes. The sentence describes the alternatives.
    case oneOf([Shape], String)
    /// Nothing (`null`, `~`, or nothing written), or a value of a shape.
    case orNull(Shape)
    /// A shape by its name, made when it is asked for: so shapes may contain themselves, and the schema says them once.
    case named(String, @Sendable () -> Shape)

    /// Text whose number-like values must be quoted: a plain `25.10` would be 25.1 to other readers of the file.
    ///
    /// - Parameters:
    ///   - wanted: what is wanted, as a noun phrase.
    ///   - pattern: a regular expression for the whole text.
    /// - Returns: the shape.
    static func quotedText(_ wanted: String = "quoted text", pattern: String? = nil) -> Shape {
        .text(wanted, pattern: pattern, mustBeQuoted: true)
    }

    /// What the free keys of a mapping must look like.
    struct Keys: Sendable {
        /// What is wanted, as a noun phrase.
        let wanted: String
        /// A regular expression for the whole key.
        let pattern: String
    }

    /// One kind of an object. It is told by its first field's key and, where kinds share that key, by the word that stands there.
    struct Variant: Sendable {
        /// What it is, with its article: `a delay`.
        let name: String
        /// Its fields, the telling one first.
        let fields: [Field]

        /// The words of the telling field, none if it is not told by a word.
        var words: [String] {
            if case .word(let words) = fields[0].shape { words } else { [] }
        }
    }

    /// A key of an object.
    struct Field: Sendable {
        /// The key, matched exactly.
        let key: String
        /// What its value must look like.
        let shape: Shape
        /// Whether the object is wrong without it.
        let required: Bool
        /// What it is for: the schema's description, and the hint when it is missing.
        let about: String

        /// Makes a field.
        ///
        /// - Parameters:
        ///   - key: the key.
        ///   - shape: what its value must look like.
        ///   - required: whether the object is wrong without it.
        ///   - about: what it is for, in a few words.
        init(_ key: String, _ shape: Shape, required: Bool = false, about: String) {
            self.key = key
            self.shape = shape
            self.required = required
            self.about = about
        }
    }

    /// What this shape wants, as a noun phrase for mistakes and descriptions.
    var wanted: String {
        switch self {
        case .text(let wanted, _, let length, _): wanted + Self.range(length, in: 0...Int.max, unit: " characters", after: " of")
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
        case .orNull(let shape): "\(shape.wanted) or nothing"
        case .named(_, let shape): shape().wanted
        }
    }

    /// Says a range: nothing if it is everything, else for instance ` of at least 3`, ` from 1 to 9`.
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

    /// The shapes that a value may have: this one, or the alternatives of it, taken apart down to the last.
    var alternatives: [Shape] {
        switch self {
        case .oneOf(let shapes, _): shapes.flatMap(\.alternatives)
        case .orNull(let shape): shape.alternatives
        case .named(_, let shape): shape().alternatives
        default: [self]
        }
    }
}
