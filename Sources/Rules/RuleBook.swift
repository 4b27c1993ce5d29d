public import Base
import Command
import MicroHTTP

/// The rules of a scenario in order, indexed by the requests that they can apply to. Never changes, so it is read without a lock.
public final class RuleBook: Sendable {
    /// The most rules that a scenario or a world may have.
    public static let most = 10_000
    /// All rules; earlier ones go first.
    public let rules: [Rule]
    /// Every phase named, `healthy` first.
    let phases: [String]
    /// What each rule requires in addition to operation and conditions, in a form that copies no references.
    let gates: [Gate]
    /// Each selector once, however many rules look at it.
    let selectors: [Selector]
    /// By the number of an endpoint, the rules that can apply to its requests.
    private let byEndpoint: [Candidates]
    /// The rules that can apply to requests which lead to no endpoint.
    private let others: Candidates
    private let token: Candidates
    private let connection: Candidates

    /// The rules that can apply to one kind of request.
    private struct Candidates: Sendable {
        struct One: Sendable {
            let rule: Int
            /// Whether the path must be compared.
            let checksPath: Bool
            /// The conditions that can be checked before the lock is taken, by the selector's number.
            let conditions: [(selector: Int, condition: Rule.Condition)]
        }

        let all: [One]
        /// The rules' numbers if every request of the kind matches all of them.
        let numbers: [Int]?
        /// The places in `all` that are always checked, and their rules' numbers if every request of the kind matches these.
        private let always: [Int]
        let alwaysNumbers: [Int]?
        /// By a selector's number and the text that it must find, the places of the rules that want exactly that.
        private let byText: [(selector: Int, places: [String: [Int]])]

        init(_ all: [One]) {
            self.all = all
            let isPlain = all.allSatisfy { !$0.checksPath && $0.conditions.isEmpty }
            numbers = isPlain ? all.map(\.rule) : nil
            var always: [Int] = []
            var byText: [Int: [String: [Int]]] = [:]
            for (place, one) in all.enumerated() {
                guard let (selector, text) = one.conditions.lazy.compactMap(Self.wanted).first else {
                    always.append(place)
                    continue
                }
                byText[selector, default: [:]][text, default: []].append(place)
            }
            self.always = always
            let needNothing = always.allSatisfy { !all[$0].checksPath && all[$0].conditions.isEmpty }
            alwaysNumbers = needNothing ? always.map { all[$0].rule } : nil
            self.byText = byText.map { (selector: $0.key, places: $0.value) }
        }

        /// The text that a condition wants, if it wants exactly one; a number can be written in several ways.
        private static func wanted(_ condition: (selector: Int, condition: Rule.Condition)) -> (Int, String)? {
            guard case .equals(let literal) = condition.condition.matcher, let text = literal.text, literal.number == nil else {
                return nil
            }
            return (condition.selector, condition.condition.selector.ignoresCase ? text.lowercased() : text)
        }

        /// The places in `all`, in order, of the rules that may match a request; `nil` for those that are always checked.
        func places(for request: inout RequestReading, _ selectors: [Selector]) -> [Int]? {
            var places: [Int] = []
            for (selector, byText) in byText {
                let found = request.value(of: selector, in: selectors)
                guard let text = found.text else { continue }
                if case .texts(let lines) = found {
                    for line in Set((lines + [text]).map { $0.lowercased() }) { places += byText[line] ?? [] }
                } else {
                    places += byText[selectors[selector].ignoresCase ? text.lowercased() : text] ?? []
                }
            }
            return places.isEmpty ? (alwaysNumbers == nil ? always : nil) : (always + places).sorted()
        }
    }

    /// The part of a rule that is checked under the lock.
    struct Gate: Sendable {
        /// The number of the phase, -1 for all.
        let phase: Int
        let becomes: Int
        let isCounted: Bool
        let hasKey: Bool
        let window: Rule.Window.Ticks?
        let hasChance: Bool
        let asksCaller: Bool
        let meetsUnauthenticated: Bool
    }

    /// About how many bytes the rules hold.
    public let bytes: Int
    /// When the first rule expires, on the wall clock; `nil` if none does.
    public let expiry: Timestamp?

    /// No rules.
    public static let empty = RuleBook([])

    /// Whether it has no rules at all.
    public var isEmpty: Bool { rules.isEmpty }

    /// Whether any rule applies to new connections.
    public var concernsConnections: Bool { !connection.all.isEmpty }

    /// A book of rules.
    ///
    /// - Parameter rules: the rules in the order in which they are asked.
    public init(_ rules: [Rule]) {
        self.rules = rules
        bytes = rules.reduce(0) { $0 + $1.bytes }
        expiry = rules.compactMap(\.expiry).min()
        var phases = [Rule.firstPhase]
        for name in rules.flatMap({ [$0.phase, $0.becomes] }).compactMap({ $0 }) where !phases.contains(name) { phases.append(name) }
        self.phases = phases
        func number(_ phase: String?) -> Int { phase.flatMap { phases.firstIndex(of: $0) } ?? -1 }
        gates = rules.map { rule in
            Gate(
                phase: number(rule.phase), becomes: number(rule.becomes), isCounted: rule.calls != .all, hasKey: rule.per != nil,
                window: rule.window?.ticks, hasChance: rule.chance != nil,
                asksCaller: rule.conditions.contains { $0.selector.needsCaller }, meetsUnauthenticated: rule.meetsUnauthenticated)
        }
        var numbers: [Selector: Int] = [:]
        for selector in rules.flatMap({ $0.conditions.map(\.selector) }) where numbers[selector] == nil {
            numbers[selector] = numbers.count
        }
        selectors = numbers.sorted { $0.value < $1.value }.map(\.key)
        var byEndpoint = Array(repeating: [Candidates.One](), count: rules.isEmpty ? 0 : API.operations.count)
        var (others, token, connection): ([Candidates.One], [Candidates.One], [Candidates.One]) = ([], [], [])
        for (number, rule) in rules.enumerated() {
            let early = rule.conditions.filter { !$0.selector.needsCaller }.map { (numbers[$0.selector] ?? 0, $0) }
            switch rule.operation.subject {
            case .token: token.append(Candidates.One(rule: number, checksPath: false, conditions: early))
            case .connection: connection.append(Candidates.One(rule: number, checksPath: false, conditions: early))
            case .operation:
                others.append(Candidates.One(rule: number, checksPath: true, conditions: early))
                for (endpoint, coversAll) in rule.endpoints {
                    byEndpoint[endpoint].append(Candidates.One(rule: number, checksPath: !coversAll, conditions: early))
                }
            }
        }
        self.byEndpoint = byEndpoint.map { Candidates($0) }
        (self.others, self.token, self.connection) = (Candidates(others), Candidates(token), Candidates(connection))
    }

    /// The rules whose operation and conditions a request matches, except conditions on its caller. Needs no lock.
    ///
    /// - Parameter request: the request as far as it has been read.
    /// - Returns: their numbers, in order.
    public func matching(_ request: inout RequestReading) -> [Int] {
        guard !rules.isEmpty else { return [] }
        let candidates =
            switch request.route {
            case .token: token
            case .connection: connection
            case .endpoint(let number): byEndpoint[number]
            case .nothing: others
            }
        if let numbers = candidates.numbers { return numbers }
        guard let places = candidates.places(for: &request, selectors) else { return candidates.alwaysNumbers ?? [] }
        var matching: [Int] = []
        for place in places where fits(candidates.all[place], &request) {
            matching.append(candidates.all[place].rule)
        }
        return matching
    }

    private func fits(_ candidate: Candidates.One, _ request: inout RequestReading) -> Bool {
        if candidate.checksPath {
            guard let path = request.path else { return false }
            guard rules[candidate.rule].operation.matches(method: request.request.method.name, path: path) else { return false }
        }
        for (selector, condition) in candidate.conditions {
            guard condition.fits(request.value(of: selector, in: selectors)) else { return false }
        }
        return true
    }
}
