public import Base
import Command
public import ScenarioFormat

/// What a scenario does to the requests that match it.
public final class Rule: Sendable {
    /// Its chance depends on it, among other things.
    public let name: String
    /// Which requests it is about.
    public let operation: OperationPattern
    /// What must hold of a request as well: the lines of `where`.
    public let conditions: [Condition]
    /// Which of the matching calls it strikes, by their number.
    public let calls: Calls
    /// By what its calls are counted separately; `nil` counts all of the world together.
    let per: CountKey?
    /// From 0 to 1; `nil` for always.
    public let chance: Double?
    /// The most strikes in a row.
    let maxRun: Int?
    /// The span of time in which it applies; `nil` for always.
    public let window: Window?
    /// The phase of the world in which it applies; `nil` for all.
    public let phase: String?
    /// The phase that it puts the world into.
    public let becomes: String?
    /// Whether it also applies to requests that fail authentication.
    public let meetsUnauthenticated: Bool
    /// What it does when it strikes.
    public let effects: Effects
    /// The place in the file of its name or, without one, of the rule.
    public let mark: Mark
    /// Whether it was added while the world ran.
    public let isLive: Bool
    /// The names that its conditions write.
    public let names: [WrittenName]
    /// When a live rule expires, on the wall clock.
    public let expiry: Timestamp?

    /// The numbers of the endpoints that its operation meets, each with whether it covers all of the endpoint's requests. Found once, so
    /// that a book of many rules is made quickly whenever one is added.
    public let endpoints: [(number: Int, coversAll: Bool)]

    /// About how many bytes it holds, with what a book and its states keep of it.
    let bytes: Int

    /// The phase in which every world begins.
    public static let firstPhase = "healthy"

    private static let patterns = API.operations.map(\.pattern)

    /// One line of `where`.
    public struct Condition: Sendable {
        /// Which part of a request is looked at.
        public let selector: Selector
        let matcher: Matcher
        /// The selector and the wanted value, as they were written.
        public let text: String
        /// The value that is wanted, as it was written.
        public let wanted: String

        /// Whether a value is what the rule wants.
        public func fits(_ value: Selected) -> Bool {
            matcher.fits(value, caseless: selector.ignoresCase)
        }
    }

    /// A span of the world's time. Relative bounds count from the start of the world's clock.
    public struct Window: Sendable {
        /// The first moment; `nil` for no lower bound.
        public let from: YAMLNode.Moment?
        /// The moment at which it ends; `nil` for no upper bound.
        public let to: YAMLNode.Moment?

        /// The same in ticks, which are faster to compare.
        struct Ticks: Sendable {
            fileprivate let from: Int64
            fileprivate let to: Int64
            fileprivate let fromStart: Bool
            fileprivate let toStart: Bool

            /// Whether a time is in it; its end is exclusive.
            func contains(_ now: Timestamp, start: Timestamp) -> Bool {
                now.ticks >= (fromStart ? start.ticks &+ from : from) && now.ticks < (toStart ? start.ticks &+ to : to)
            }
        }

        /// The window in ticks.
        var ticks: Ticks {
            let origin = Timestamp(ticks: 0)
            return Ticks(
                from: from?.resolved(from: origin).ticks ?? .min, to: to?.resolved(from: origin).ticks ?? .max,
                fromStart: from?.isRelative ?? false, toStart: to?.isRelative ?? false)
        }
    }

    /// Reads a rule that fits ``shape``.
    ///
    /// - Parameters:
    ///   - node: the rule.
    ///   - name: its name, where it does not give one itself.
    ///   - wall: the wall clock's time, for a rule that is added while the world runs.
    ///   - kinds: the kinds of effects that there are.
    ///   - mistakes: receives what the shape cannot express.
    public init(
        _ node: YAMLNode, named name: String, live wall: Timestamp? = nil, kinds: [any Effect.Type] = Effects.kinds,
        _ mistakes: inout [Mistake]
    ) {
        isLive = wall != nil
        expiry = node["ttl"]?.duration.flatMap { ttl in wall.map { $0 + ttl } }
        let operation = OperationPattern(node["operation"]?.text ?? "")
        self.operation = operation
        endpoints = Self.patterns.enumerated().compactMap { number, pattern in
            operation.meets(pattern) ? (number, operation.covers(pattern)) : nil
        }
        bytes = 1_024 + 2 * node.heldBytes + 96 * endpoints.count
        self.name = node["name"]?.text ?? name
        mark = (node["name"] ?? node["operation"] ?? node).mark
        conditions = (node["where"]?.entries ?? []).compactMap { Condition($0, operation, &mistakes) }
        names = WrittenName.inRule(node)
        calls = Calls(reading: node["calls"])
        if case .from(let first, to: let last) = calls, first > last, let calls = node["calls"] {
            mistakes.append(Mistake(calls.mark, "'calls' needs the smaller number first", hint: "\(last)-\(first)"))
        }
        if calls == .some([]), let calls = node["calls"] {
            mistakes.append(Mistake(calls.mark, "'calls' names no call", hint: "such as [ 1, 4 ]"))
        }
        per = CountKey(reading: node["per"])
        chance = node["chance"]?.text.flatMap { Double($0.dropLast()) }.map { $0 / 100 }
        maxRun = node["maxRun"]?.integer
        window = node["window"].map { Window(from: $0["from"]?.time, to: $0["to"]?.time) }
        phase = node["while"]?.text
        becomes = node["becomes"]?.text
        meetsUnauthenticated = node["unauthenticated"]?.boolean ?? false
        effects = Effects(node["do"]?.items ?? [], for: operation.subject, kinds: kinds, &mistakes)
        if maxRun != nil, chance == nil {
            mistakes.append(Mistake((node["maxRun"] ?? node).mark, "'maxRun' goes with 'chance'"))
        }
    }

    /// Reads rules that are checked against ``shape``. A rule without a name is named after its operation.
    ///
    /// - Parameters:
    ///   - nodes: the rules in order.
    ///   - wall: the wall clock's time, for rules that are added while the world runs.
    ///   - others: rules that exist already.
    ///   - mistakes: receives what the shape cannot express.
    /// - Returns: the rules in order.
    public static func read(_ nodes: [YAMLNode], live wall: Timestamp? = nil, among others: [Rule] = [], _ mistakes: inout [Mistake])
        -> [Rule]
    {
        var rules: [Rule] = []
        var places = Dictionary(others.map { ($0.name, "") }) { first, _ in first }
        var numbers: [String: Int] = [:]
        for node in nodes {
            let operation = node["operation"]?.text ?? ""
            var (name, number) = (operation, numbers[operation] ?? 1)
            while places[name] != nil {
                number += 1
                name = "\(operation) (\(number))"
            }
            numbers[operation] = number
            let rule = Rule(node, named: name, live: wall, &mistakes)
            if let place = places[rule.name] {
                mistakes.append(Mistake(rule.mark, "another rule\(place) has the name '\(Mistake.shortened(rule.name))'"))
            } else {
                places[rule.name] = " in line \(rule.mark.line)"
            }
            rules.append(rule)
        }
        return rules
    }

    /// What a rule looks like.
    public static let shape = Shape.object("a rule", fields: fields)

    /// What a rule looks like that is added while the world runs.
    public static let liveShape = Shape.object(
        "a rule", fields: fields + [.init("ttl", .duration, about: "how long it stays, on the wall clock; default forever")])

    private static let fields: [Shape.Field] =
        [
            .init("name", .text("a name", length: 1...128), about: "its name; chance depends on it"),
            .init("operation", OperationPattern.shape, required: true, about: "METHOD and path below the base path, token, or connection"),
            .init("where", .map(of: Matcher.shape, keys: Selector.keys), about: "what else the request must be; all must hold"),
            .init("calls", Calls.shape, about: "which of the matching requests, counted from 1; default all"),
            .init("per", CountKey.shape, about: "counts separately for each; default one count for the world"),
            .init(
                "chance", .text("a chance such as 30%", pattern: "(100|[0-9]{1,2}([.][0-9]{1,6})?)%"),
                about: "how likely a due call is to be struck"),
            .init("maxRun", .integer(1...1_000_000), about: "the most strikes in a row that chance may make"),
            .init(
                "window",
                .object(
                    "a window",
                    fields: [
                        .init("from", .time, about: "when it begins; +60m counts from the clock's start"),
                        .init("to", .time, about: "when it ends, exclusive"),
                    ]), about: "when, on the world's clock"),
            .init("while", phaseShape, about: "the phase of the world; the first is healthy; default any"),
            .init("becomes", phaseShape, about: "the phase that a strike puts the world into"),
            .init("unauthenticated", .boolean, about: "whether it also strikes requests that fail log-in; default false"),
            .init("do", .list(Effects.shape), required: true, about: "the effects; a rule without any still strikes and counts"),
        ]

    private static let phaseShape = Shape.text("a phase's name", length: 1...64)
}

extension Rule.Condition {
    /// Reads a line of `where`; `nil` if it has a mistake.
    public init?(_ entry: YAMLEntry, _ operation: OperationPattern, _ mistakes: inout [Mistake]) {
        let text = entry.key.text ?? ""
        guard let selector = Selector(text, in: operation) else {
            let parameters = operation.parameters.map(\.name)
            let name = String(text.dropFirst("path.".count))
            let hint =
                nearestWord(to: name, among: parameters).map { "did you mean 'path.\($0)'?" } ?? "write it as {\(name)} in the operation"
            mistakes.append(Mistake(entry.key.mark, "'\(operation.text)' has no {\(name)}", hint: hint))
            return nil
        }
        do throws(Mistake) {
            let wanted = entry.value.text ?? entry.value.json?.source ?? "null"
            self.init(selector: selector, matcher: try Matcher(entry.value), text: text, wanted: wanted)
        } catch {
            mistakes.append(error)
            return nil
        }
    }
}
