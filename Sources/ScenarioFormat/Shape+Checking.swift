import Base

extension Shape {
    /// Finds everything in a value that does not have this shape.
    ///
    /// - Parameter node: the value. Duplicate keys are found by the parser, not here.
    /// - Returns: the mistakes; empty if the value has this shape.
    func check(_ node: YAMLNode) -> [Mistake] {
        var checker = Checker()
        checker.check(node, self, .document)
        return checker.mistakes
    }
}

/// Checks one tree.
private struct Checker {
    /// Where a value is, so that a mistake can name it.
    enum Place {
        case document
        case value(of: String)
        case item(of: String)
        case key

        /// The subject of a sentence about the value.
        var subject: String {
            switch self {
            case .document: "the document"
            case .value(let key): "'\(Mistake.shortened(key))'"
            case .item(let key): "each item of '\(Mistake.shortened(key))'"
            case .key: "a key here"
            }
        }
    }

    /// The mistakes found so far.
    var mistakes: [Mistake] = []
    private var patterns: [String: Regex<AnyRegexOutput>] = [:]

    /// Checks a value.
    ///
    /// - Parameters:
    ///   - node: the value.
    ///   - shape: the shape it must have.
    ///   - place: where it is.
    mutating func check(_ node: YAMLNode, _ shape: Shape, _ place: Place) {
        switch (shape, node.content) {
        case (.any, _), (.orNull, .null):
            return
        case (.orNull(let shape), _):
            check(node, shape, place)
        case (.named(_, let shape), _):
            check(node, shape(), place)
        case (.oneOf(let shapes, let sentence), _):
            checkAlternatives(node, shapes, sentence, place)
        case (.list(let shape), .sequence(let items)):
            let place: Place = if case .value(let key) = place { .item(of: key) } else { place }
            for item in items { check(item, shape, place) }
        case (.map(let shape, let keys), .mapping(let entries)):
            for entry in entries {
                check(entry.value, shape, .value(of: entry.key.text ?? ""))
                if let keys, !matches(entry.key.text ?? "", keys.pattern) { refuse(entry.key, keys.wanted, .key) }
            }
        case (.object(let name, let fields), .mapping(let entries)):
            let isDocument = if case .document = place { true } else { false }
            checkObject(node, entries, name, fields, isDocument: isDocument)
        case (.variants(let name, let variants), .mapping(let entries)):
            checkVariants(node, entries, name, variants)
        case (_, .scalar(let text, let quoted)):
            if !fits(node, text, quoted, shape) { refuse(node, shape.expected, place, hint: hint(node, text, quoted, shape)) }
        default:
            refuse(node, shape.expected, place)
        }
    }

    private mutating func refuse(_ node: YAMLNode, _ expected: String, _ place: Place, hint: String? = nil) {
        mistakes.append(Mistake(node.mark, "\(place.subject) must be \(expected), found \(node.found)", hint: hint))
    }

    // MARK: - Objects

    private mutating func checkObject(
        _ node: YAMLNode, _ entries: [YAMLEntry], _ name: String, _ fields: [Shape.Field], isDocument: Bool = false
    ) {
        var suggested: Set<String> = []
        for entry in entries {
            let key = entry.key.text ?? ""
            if isDocument, key.hasPrefix(Shape.extensionPrefix) { continue }
            if let field = fields.first(where: { $0.key == key }) {
                check(entry.value, field.shape, .value(of: key))
                continue
            }
            let near = nearestWord(to: key, among: fields.lazy.map(\.key))
            if let near { suggested.insert(near) }
            let list = fields.isEmpty ? "it has no keys" : Mistake.oneOf(fields.map(\.key))
            let message = "unknown key '\(Mistake.shortened(key))' in \(name)"
            mistakes.append(Mistake(entry.key.mark, message, hint: near.map { "did you mean '\($0)'? (\(list))" } ?? list))
        }
        for field in fields where field.required && !suggested.contains(field.key) && node[field.key] == nil {
            mistakes.append(Mistake(node.mark, "\(name) needs the key '\(field.key)'", hint: "\(field.key): \(field.about)"))
        }
    }

    /// Determines the variant and checks the object against it.
    private mutating func checkVariants(_ node: YAMLNode, _ entries: [YAMLEntry], _ name: String, _ variants: [Shape.Variant]) {
        var keys: [String] = []
        for variant in variants where !keys.contains(variant.fields[0].key) { keys.append(variant.fields[0].key) }
        guard let discriminator = entries.first(where: { keys.contains($0.key.text ?? "") }) else {
            let near = entries.lazy.compactMap { nearestWord(to: $0.key.text ?? "", among: keys) }.first
            let mark = entries.first?.key.mark ?? node.mark
            return mistakes.append(
                Mistake(mark, "\(name) needs one of the keys \(keys.joined(separator: ", "))", hint: near.map { "did you mean '\($0)'?" }))
        }
        let key = discriminator.key.text ?? ""
        let candidates = variants.filter { $0.fields[0].key == key }
        if candidates.count == 1 { return checkObject(node, entries, candidates[0].name, candidates[0].fields) }
        if let variant = candidates.first(where: { $0.words.contains(discriminator.value.text ?? "") }) {
            return checkObject(node, entries, variant.name, variant.fields)
        }
        check(discriminator.value, .word(candidates.flatMap(\.words)), .value(of: key))
    }

    // MARK: - Alternatives

    /// Reports the mistakes of the alternative that was probably meant, or else that none fits.
    private mutating func checkAlternatives(_ node: YAMLNode, _ shapes: [Shape], _ sentence: String, _ place: Place) {
        let before = mistakes
        for shape in shapes {
            mistakes = []
            check(node, shape, place)
            if mistakes.isEmpty {
                mistakes = before
                return
            }
        }
        mistakes = before
        let candidates = shapes.flatMap(\.alternatives).filter { $0.isMeant(by: node) }
        let areWords = candidates.allSatisfy { if case .word = $0 { true } else { false } }
        if areWords, let key = numberKey(shapes, node) {
            return refuse(node, sentence, place, hint: "write { \(key): \(node.text ?? "") }")
        }
        let known = candidates.map { $0.keys.count { node[$0] != nil } }
        if candidates.count == 1 {
            check(node, candidates[0], place)
        } else if let most = known.max(), most > 0, let index = known.firstIndex(of: most) {
            check(node, candidates[index], place)
        } else {
            let words = candidates.flatMap { if case .word(let words) = $0 { words } else { $0.keys } }
            let written = node.text ?? node.entries.first?.key.text ?? ""
            refuse(node, sentence, place, hint: nearestWord(to: written, among: words).map { "did you mean '\($0)'?" })
        }
    }

    /// The first key of an alternative that takes a number, where only the number is written.
    private func numberKey(_ shapes: [Shape], _ node: YAMLNode) -> String? {
        guard let number = node.integer else { return nil }
        return shapes.flatMap(\.alternatives).lazy.compactMap { shape -> String? in
            guard case .object(_, let fields) = shape else { return nil }
            return fields.first { if case .integer(let range) = $0.shape { range.contains(number) } else { false } }?.key
        }.first
    }

    // MARK: - Scalars

    /// The longest text, in bytes, that is matched against a pattern: Swift needs a hundred times as much memory.
    private static let longestWord = 4096

    private mutating func fits(_ node: YAMLNode, _ text: String, _ quoted: Bool, _ shape: Shape) -> Bool {
        switch shape {
        case .text(_, let pattern, let length, let mustBeQuoted):
            if mustBeQuoted, node.number != nil || node.boolean != nil { return false }
            if length != 0...Int.max, !length.contains(text.unicodeScalars.count) { return false }
            return pattern.map { matches(text, $0) } ?? true
        case .word(let words): return words.contains(text)
        case .integer(let range): return node.integer.map(range.contains) ?? false
        case .number(let range): return node.number.map(range.contains) ?? false
        case .boolean: return node.boolean != nil
        case .duration: return node.duration != nil
        case .time: return node.time != nil
        default: return false
        }
    }

    private mutating func matches(_ text: String, _ pattern: String) -> Bool {
        guard text.utf8.count <= Self.longestWord else { return false }
        if patterns[pattern] == nil {
            do {
                patterns[pattern] = try Regex(pattern).matchingSemantics(.unicodeScalar)
            } catch {
                preconditionFailure("a shape has the invalid pattern \(pattern): \(error)")
            }
        }
        return patterns[pattern].flatMap { text.wholeMatch(of: $0) } != nil
    }

    /// A number as a percentage: 0.3 and 30 are probably meant as 30%. Nil if the pattern does not match percentages.
    private mutating func percentage(_ number: Double, _ pattern: String) -> String? {
        let percent = number > 0 && number <= 1 ? number * 100 : number
        let rounded = (percent * 1_000_000).rounded() / 1_000_000
        let text = rounded == rounded.rounded() && abs(rounded) < 1000 ? "\(Int(rounded))%" : "\(rounded)%"
        return matches(text, pattern) ? text : nil
    }

    /// A suggestion for a scalar that does not fit, if it is a common mistake.
    private mutating func hint(_ node: YAMLNode, _ text: String, _ quoted: Bool, _ shape: Shape) -> String? {
        let unquoted = YAMLNode(content: .scalar(text, quoted: false), mark: node.mark)
        switch shape {
        case .text(_, .some, _, _) where text.utf8.count > Self.longestWord:
            return "it may have at most \(Self.longestWord) bytes"
        case .text(_, .some(let pattern), _, _) where unquoted.number.flatMap { percentage($0, pattern) } != nil:
            return unquoted.number.flatMap { percentage($0, pattern) }.map { "write \($0)" }
        case .text(_, let pattern, _, mustBeQuoted: true) where node.number != nil || node.boolean != nil:
            return pattern.map { matches(text, $0) } ?? true ? "quote it: \"\(text)\"" : nil
        case .text(_, .some(let pattern), _, _) where !text.hasPrefix("/") && matches(text.withFirstWordInCapitals, pattern):
            return "write '\(text.withFirstWordInCapitals)'"
        case .word(let words):
            return nearestWord(to: text, among: words).map { "did you mean '\($0)'?" }
        case .integer where quoted && unquoted.integer != nil, .number where quoted && unquoted.number != nil,
            .boolean where quoted && unquoted.boolean != nil:
            return "write it without quotes"
        case .integer where text.isZeroPadded, .number where text.isZeroPadded:
            return "remove the leading zero: in YAML 1.1 such numbers are octal"
        case .duration where unquoted.number != nil:
            return "add a unit: ms, s, m, h or d"
        case .duration where YAMLNode(content: .scalar(text.filter { $0 != " " }, quoted: false), mark: node.mark).duration != nil:
            return "write \(text.filter { $0 != " " }) without a blank"
        case .time where node.duration != nil:
            return "write +\(text) for a time that is so far away"
        case .time where text.first?.isNumber == true && !text.contains("T"):
            return "write date and time: 2026-03-01T09:00:00Z"
        case .time where text.contains("T") && YAMLNode(content: .scalar(text + "Z", quoted: true), mark: node.mark).time != nil:
            return "add the offset: Z or +01:00"
        default:
            return nil
        }
    }
}

extension String {
    /// `get /Agents` as `GET /Agents`.
    fileprivate var withFirstWordInCapitals: String {
        let word = prefix { $0 != " " }
        return word.uppercased() + dropFirst(word.count)
    }
}

extension Shape {
    /// The keys of an object; empty for other shapes.
    fileprivate var keys: [String] {
        if case .object(_, let fields) = self { fields.map(\.key) } else { [] }
    }

    /// Whether a value could be an attempt at this shape: a mapping at an object, a list at a list.
    fileprivate func isMeant(by node: YAMLNode) -> Bool {
        switch (self, node.content) {
        case (.object, .mapping), (.map, .mapping), (.variants, .mapping), (.list, .sequence): true
        case (.object, _), (.map, _), (.variants, _), (.list, _), (_, .mapping), (_, .sequence), (_, .null): false
        default: true
        }
    }
}
