public import Base
import Model
public import ScenarioFormat

/// What a selected value must be.
public indirect enum Matcher: Sendable {
    case present
    case absent
    case equals(Literal)
    case contains(Literal)
    case pattern(TextPattern)
    case above(DecimalNumber)
    case below(DecimalNumber)
    /// Every member and element of this JSON text is in the value.
    case covers(JSONDocument)
    case not(Matcher)
    case any([Matcher])
    case all([Matcher])

    /// A value to compare with. Numbers are compared as numbers, everything else as text; a quoted value is text.
    public struct Literal: Sendable {
        /// `nil` for null.
        let text: String?
        /// What it is as a number, if it is one and not quoted.
        let number: DecimalNumber?
    }

    /// Whether a value matches. Of a header field in several lines, one line may match, or all of them joined with commas.
    ///
    /// - Parameters:
    ///   - value: what the selector found.
    ///   - caseless: whether case is ignored, as in header fields and methods.
    /// - Returns: whether it matches.
    func fits(_ value: Selected, caseless: Bool = false) -> Bool {
        if case .texts(let lines) = value, !isCombined {
            return lines.contains { fits(.text($0), caseless: caseless) } || fits(.text(value.text ?? ""), caseless: caseless)
        }
        return switch self {
        case .present: if case .absent = value { false } else { true }
        case .absent: if case .absent = value { true } else { false }
        case .equals(let literal): literal.equals(value, caseless: caseless)
        case .contains(let part): value.contains(part, caseless: caseless)
        case .pattern(let pattern): value.text.map { pattern.isFound(in: $0) } ?? false
        case .above(let bound): value.number.map { $0 > bound } ?? false
        case .below(let bound): value.number.map { $0 < bound } ?? false
        case .covers(let part): if case .json(let value) = value { value.covers(part.root) } else { false }
        case .not(let matcher): !matcher.fits(value, caseless: caseless)
        case .any(let matchers): matchers.contains { $0.fits(value, caseless: caseless) }
        case .all(let matchers): Self.all(matchers, fit: value, caseless: caseless)
        }
    }

    /// Whether several tests hold. Of several lines the same one must pass them all; what must not be, no line may be.
    private static func all(_ matchers: [Matcher], fit value: Selected, caseless: Bool) -> Bool {
        guard case .texts(let lines) = value else { return matchers.allSatisfy { $0.fits(value, caseless: caseless) } }
        let denials = matchers.filter { if case .not = $0 { true } else { false } }
        let tests = matchers.filter { if case .not = $0 { false } else { true } }
        guard denials.allSatisfy({ $0.fits(value, caseless: caseless) }) else { return false }
        return tests.isEmpty
            || (lines + [value.text ?? ""]).contains { line in tests.allSatisfy { $0.fits(.text(line), caseless: caseless) } }
    }

    /// Whether it is made of other matchers.
    private var isCombined: Bool {
        switch self {
        case .not, .any, .all: true
        default: false
        }
    }
}

extension Matcher.Literal {
    init(_ node: YAMLNode) {
        text = node.isNull ? nil : node.text ?? ""
        number = node.decimal
    }

    fileprivate func equals(_ value: Selected, caseless: Bool) -> Bool {
        guard let text else { return if case .json(let value) = value { value.isNull } else { false } }
        if case .json(let value) = value, value.isNumber, let number { return DecimalNumber(value.source) == number }
        guard let found = value.text else { return false }
        return found == text || caseless && found.lowercased() == text.lowercased()
    }
}

extension Selected {
    /// A text, or a number or boolean as the body has it.
    var text: String? {
        switch self {
        case .absent: nil
        case .text(let text): text
        case .texts(let texts): texts.joined(separator: ", ")
        case .json(let value): value.text ?? (value.isNumber || value.boolean != nil ? value.source : nil)
        }
    }

    /// As messages show it.
    public var shown: String {
        switch self {
        case .absent: "not there"
        case .text, .texts: "'\(text?.prefix(60) ?? "")'"
        case .json(let value): value.shortSource
        }
    }

    fileprivate var number: DecimalNumber? { text.flatMap { DecimalNumber($0) } }

    /// Whether a text contains a part, or a list contains it as an element.
    fileprivate func contains(_ literal: Matcher.Literal, caseless: Bool) -> Bool {
        if case .json(let value) = self, value.isArray {
            return value.elements.contains { literal.equals(.json($0), caseless: caseless) }
        }
        guard let text, let part = literal.text else { return false }
        return caseless ? text.lowercased().contains(part.lowercased()) : text.contains(part)
    }
}

extension JSONValue {
    /// Whether this value contains everything that is in another: members by name without case, elements anywhere in the list.
    func covers(_ part: JSONValue) -> Bool {
        if part.isObject { return isObject && part.members.allSatisfy { self[$0.name]?.covers($0.value) ?? false } }
        if part.isArray { return isArray && part.elements.allSatisfy { wanted in elements.contains { $0.covers(wanted) } } }
        if part.isNumber, isNumber { return DecimalNumber(source) == DecimalNumber(part.source) }
        return kindName == part.kindName && (text ?? source) == (part.text ?? part.source)
    }
}

// MARK: Reading

extension Matcher {
    /// What a matcher looks like: a value, `present`, `absent`, or one or several tests that must all hold.
    public static let shape: Shape = .named("matcher") {
        .oneOf(
            [
                .orNull(.text("a value")),
                .object(
                    "a matcher",
                    fields: [
                        .init("equals", literal, about: "the value; headers ignoring case, the rest exactly"),
                        .init("not", shape, about: "what it must not be"),
                        .init("contains", .text(), about: "part of the text, or an element of the list"),
                        .init("regex", .text("a regular expression"), about: "a regular expression found in the text"),
                        .init("oneOf", .list(literal), about: "the values that it may be"),
                        .init("above", .number(), about: "a number that it must be above"),
                        .init("below", .number(), about: "a number that it must be below"),
                        .init("covers", .any, about: "members and elements that it must contain"),
                    ]),
            ], "a value, present, absent, or a matcher such as { oneOf: [ a, b ] }")
    }

    private static let literal = Shape.orNull(.text("a value"))

    /// Reads a matcher that fits ``shape``.
    ///
    /// - Throws: a regular expression that cannot be parsed, or a matcher without a test.
    init(_ node: YAMLNode) throws(Mistake) {
        if case .mapping(let tests) = node.content, tests.isEmpty {
            throw Mistake(node.mark, "a matcher needs at least one test", hint: "such as { oneOf: [ a, b ] }")
        }
        guard node.entries.isEmpty else {
            if let above = node["above"]?.decimal, let lower = node["below"], let below = lower.decimal, above >= below {
                throw Mistake(
                    lower.mark, "no number is above \(node["above"]?.text ?? "") and below \(node["below"]?.text ?? "")",
                    hint: "exchange them")
            }
            var tests: [Matcher] = []
            for entry in node.entries { tests.append(try Self.test(entry.key.text ?? "", entry.value)) }
            self = tests.count == 1 ? tests[0] : .all(tests)
            return
        }
        // In quotes too: JSON has no other texts. The words themselves are matched by `equals`.
        switch node.text {
        case "present": self = .present
        case "absent": self = .absent
        default: self = .equals(Literal(node))
        }
    }

    private static func test(_ name: String, _ node: YAMLNode) throws(Mistake) -> Matcher {
        switch name {
        case "equals": return .equals(Literal(node))
        case "not": return .not(try Matcher(node))
        case "contains": return .contains(Literal(node))
        case "oneOf" where node.items.isEmpty: throw Mistake(node.mark, "'oneOf' names no value", hint: "such as [ a, b ]")
        case "oneOf": return .any(node.items.map { .equals(Literal($0)) })
        case "above": return .above(node.decimal ?? DecimalNumber(0))
        case "below": return .below(node.decimal ?? DecimalNumber(0))
        case "covers": return node.json.map { .covers($0.document) } ?? .present
        default:
            guard TextPattern.isBounded(node.text ?? "") else {
                throw Mistake(node.mark, "this regular expression is too large", hint: TextPattern.bounds)
            }
            guard let pattern = try? TextPattern(node.text ?? "") else {
                throw Mistake(node.mark, "'\(Mistake.shortened(node.text ?? ""))' is not a regular expression")
            }
            return .pattern(pattern)
        }
    }
}
