/// What a scenario does to the requests that match it.
final class Rule: Sendable {
    /// Part of what its chance depends on.
    let name: String
    let operation: OperationPattern
    let conditions: [Condition]
    let calls: Calls
    /// By what its calls are counted apart; `nil` counts all of the world together.
    let per: CountKey?
    /// From 0 to 1; `nil` for always.
    let chance: Double?
    /// The most strikes in a row.
    let maxRun: Int?
    let window: Window?
    /// The phase of the world in which it is there; `nil` for all.
    let phase: String?
    /// The phase that it puts the world into.
    let becomes: String?
    /// Whether it also meets requests that fail log-in.
    let meetsUnauthenticated: Bool
    let effects: Effects
    /// Where its name or, without one, the rule itself stands in the file.
    let mark: Mark

    /// The phase that every world begins with.
    static let firstPhase = "healthy"

    /// One line of `where`.
    struct Condition: Sendable {
        let selector: Selector
        let matcher: Matcher
        /// As it was written.
        let text: String

        /// Whether a request is as the rule wants it.
        func fits(_ value: Selected) -> Bool {
            if case .header = selector { matcher.fits(value, caseless: true) } else { matcher.fits(value) }
        }
    }

    /// A part of the world's time. Relative bounds count from the time at which the world's clock started.
    struct Window: Sendable {
        let from: YAMLNode.Moment?
        let to: YAMLNode.Moment?

        /// Whether a time is in it; `to` is not.
        func contains(_ now: Timestamp, start: Timestamp) -> Bool {
            if let from, now < from.resolved(from: start) { return false }
            if let to, now >= to.resolved(from: start) { return false }
            return true
        }
    }

    /// Reads a rule that fits ``shape``.
    ///
    /// - Parameters:
    ///   - node: the rule.
    ///   - number: how many rules of the same operation stand above it, for the name of one that has none.
    ///   - mistakes: receives what the shape could not say.
    init(_ node: YAMLNode, number: Int, _ mistakes: inout [Mistake]) {
        let operation = OperationPattern(node["operation"]?.text ?? "")
        self.operation = operation
        name = node["name"]?.text ?? operation.text + (number == 0 ? "" : " (\(number + 1))")
        mark = (node["name"] ?? node["operation"] ?? node).mark
        conditions = (node["where"]?.entries ?? []).compactMap { Condition($0, operation, &mistakes) }
        calls = Calls(reading: node["calls"])
        if case .from(let first, to: let last) = calls, first > last, let calls = node["calls"] {
            mistakes.append(Mistake(calls.mark, "'calls' wants the smaller number first", hint: "\(last)-\(first)"))
        }
        per = CountKey(reading: node["per"])
        chance = node["chance"]?.text.flatMap { Double($0.dropLast()) }.map { $0 / 100 }
        maxRun = node["maxRun"]?.integer
        window = node["window"].map { Window(from: $0["from"]?.time, to: $0["to"]?.time) }
        phase = node["while"]?.text
        becomes = node["becomes"]?.text
        meetsUnauthenticated = node["unauthenticated"]?.boolean ?? false
        effects = Effects(node["do"]?.items ?? [], for: operation.subject, &mistakes)
        if maxRun != nil, chance == nil {
            mistakes.append(Mistake((node["maxRun"] ?? node).mark, "'maxRun' goes with 'chance'"))
        }
    }

    /// Reads the rules of a scenario, checked against ``shape``.
    ///
    /// - Parameters:
    ///   - node: a list, or nothing.
    ///   - mistakes: receives what the shape could not say.
    /// - Returns: the rules in order.
    static func read(_ node: YAMLNode?, _ mistakes: inout [Mistake]) -> [Rule] {
        var rules: [Rule] = []
        var nameless: [OperationPattern: Int] = [:]
        var names: [String: Mark] = [:]
        for item in node?.items ?? [] {
            let operation = OperationPattern(item["operation"]?.text ?? "")
            let rule = Rule(item, number: nameless[operation, default: 0], &mistakes)
            if item["name"] == nil { nameless[operation, default: 0] += 1 }
            if let other = names.updateValue(rule.mark, forKey: rule.name) {
                mistakes.append(Mistake(rule.mark, "another rule in line \(other.line) has the name '\(Mistake.shortened(rule.name))'"))
            }
            rules.append(rule)
        }
        return rules
    }

    /// What a rule looks like.
    static let shape = Shape.object(
        "a rule",
        fields: [
            .init("name", .text("a name", length: 1...128), about: "its name; part of what its chance depends on"),
            .init("operation", OperationPattern.shape, required: true, about: "METHOD and path below the base path, token, or connection"),
            .init("where", .map(of: Matcher.shape, keys: Selector.keys), about: "what the request must be besides; all must hold"),
            .init("calls", Calls.shape, about: "which of the matching requests, counted from 1; default all"),
            .init("per", CountKey.shape, about: "counts apart for each; default all of the world together"),
            .init(
                "chance", .text("a chance such as 30%", pattern: "(100|[0-9]{1,2}([.][0-9]{1,6})?)%"),
                about: "how likely a due call is struck"),
            .init("maxRun", .integer(1...1_000_000), about: "the most strikes in a row that chance may make"),
            .init(
                "window",
                .object(
                    "a window",
                    fields: [
                        .init("from", .time, about: "from when on; +60m counts from the clock's start"),
                        .init("to", .time, about: "until when, that moment not included"),
                    ]), about: "when, on the world's clock"),
            .init("while", phaseShape, about: "the phase of the world; the first is healthy; default any"),
            .init("becomes", phaseShape, about: "the phase that a strike puts the world into"),
            .init("unauthenticated", .boolean, about: "whether requests that fail log-in meet it too; default false"),
            .init("do", .list(Effects.shape), required: true, about: "the effects; none at all strikes too"),
        ])

    private static let phaseShape = Shape.text("a phase's name", length: 1...64)
}

extension Rule.Condition {
    /// Reads a line of `where`.
    fileprivate init?(_ entry: YAMLEntry, _ operation: OperationPattern, _ mistakes: inout [Mistake]) {
        let text = entry.key.text ?? ""
        guard let selector = Selector(text, in: operation) else {
            let holes = operation.holes.map(\.name)
            let name = String(text.dropFirst("path.".count))
            let hint = nearestWord(to: name, among: holes).map { "did you mean 'path.\($0)'?" } ?? "write it as {\(name)} in the operation"
            mistakes.append(Mistake(entry.key.mark, "'\(operation.text)' has no {\(name)}", hint: hint))
            return nil
        }
        do throws(Mistake) {
            self.init(selector: selector, matcher: try Matcher(entry.value), text: text)
        } catch {
            mistakes.append(error)
            return nil
        }
    }
}
