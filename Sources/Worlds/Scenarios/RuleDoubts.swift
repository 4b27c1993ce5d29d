import Base
import Command
public import Model
public import Rules
public import ScenarioFormat

/// What is allowed in a rule and yet hardly meant: it can never strike.
public struct RuleDoubts: Sendable {
    /// All rules of a scenario or a world, in order.
    let rules: [Rule]
    let product: ProductVersion
    let bases: [String]
    let clock: ClockSettings
    /// The phases that rules put a world into.
    private let phases: Set<String>

    /// Prepares to ask about rules.
    public init(rules: [Rule], product: ProductVersion, bases: [String], clock: ClockSettings) {
        (self.rules, self.product, self.bases, self.clock) = (rules, product, bases, clock)
        phases = Set(rules.compactMap(\.becomes))
    }

    /// Asks about some rules.
    ///
    /// - Parameters:
    ///   - numbers: their places in the order.
    ///   - asksAbove: whether a rule above may always strike first, which costs a look at each rule above.
    /// - Returns: at most one doubt for each rule, each with its place and a hint; ``Names/most`` in all.
    public func warnings(_ numbers: some Sequence<Int>, asksAbove: Bool = true) -> [Mistake] {
        let questions = [noOperation, noPhase, noTime, noChance, noSuchSelector] + (asksAbove ? [shadowed] : [])
        return Array(numbers.lazy.compactMap { number in questions.lazy.compactMap { $0(number) }.first }.prefix(Names.most))
    }

    private func warning(_ rule: Rule, _ message: String, _ hint: String? = nil) -> Mistake {
        Mistake(rule.mark, "the rule '\(Mistake.shortened(rule.name))' never strikes: \(message)", hint: hint)
    }

    /// A path that is no operation, unless the rule answers there itself.
    private func noOperation(_ number: Int) -> Mistake? {
        let rule = rules[number]
        guard rule.operation.subject == .operation else { return nil }
        if let elsewhere = Names.elsewhere(rule.operation) { return warning(rule, "\(rule.operation.text) is no operation", elsewhere) }
        if rule.effects.substitute?.servesAnyPath == true { return nil }
        let met = rule.endpoints.map { API.operations[$0.number] }
        if met.contains(where: { $0.isServed(by: product) }) { return nil }
        if let later = met.first { return warning(rule, "Command \(product.rawValue) has no \(later.name)") }
        return Mistake(
            rule.mark,
            "the rule '\(Mistake.shortened(rule.name))' only matches requests that get 404: \(rule.operation.text) is no operation",
            hint: Names.hint(rule.operation, bases))
    }

    /// Whether a rule replies by itself at a path that is unlike any operation, so that it stands for an operation that the mock lacks.
    public func standsAlone(_ rule: Rule) -> Bool {
        rule.operation.subject == .operation && rule.effects.substitute != nil
            && rule.endpoints.isEmpty && Names.hint(rule.operation, bases) == Names.noHint
    }

    private func noPhase(_ number: Int) -> Mistake? {
        let rule = rules[number]
        guard let phase = rule.phase, phase != Rule.firstPhase else { return nil }
        guard !phases.contains(phase) else { return nil }
        let near = nearestWord(to: phase, among: phases.sorted() + [Rule.firstPhase]).map { "did you mean '\($0)'?" }
        return warning(rule, "no rule makes the world become '\(Mistake.shortened(phase))'", near)
    }

    private func noTime(_ number: Int) -> Mistake? {
        let rule = rules[number]
        guard let window = rule.window, let from = window.from, let to = window.to else { return nil }
        // Where the file names no start, a moment and a time from the start cannot be compared.
        guard clock.start != nil || from.isRelative == to.isRelative else { return nil }
        let start = clock.start ?? Timestamp(ticks: 0)
        return from.resolved(from: start) < to.resolved(from: start) ? nil : warning(rule, "its window ends before it begins")
    }

    private func noChance(_ number: Int) -> Mistake? {
        rules[number].chance == 0 ? warning(rules[number], "its chance is 0%") : nil
    }

    /// What of a connection or a token request there is not.
    private func noSuchSelector(_ number: Int) -> Mistake? {
        let rule = rules[number]
        guard rule.operation.subject != .operation else { return nil }
        let missing = rule.conditions.first { condition in
            switch condition.selector {
            case .caller, .world, .status: false
            case .header, .query, .method: rule.operation.subject == .connection
            case .body, .path: true
            }
        }
        return missing.map { warning(rule, "a \(rule.operation.text == "token" ? "token request" : "connection") has no \($0.text)") }
    }

    /// A rule above that strikes all that this one could.
    private func shadowed(_ number: Int) -> Mistake? {
        let rule = rules[number]
        let above = rules[..<number].first { other in
            other.operation.covers(rule.operation) && other.conditions.isEmpty && [.all, .from(1, to: .max)].contains(other.calls)
                && other.chance == nil && other.window == nil && (other.phase == nil || other.phase == rule.phase)
                && other.effects.limit == nil && other.effects.connectionFault?.needsTLS != true
                && (other.meetsUnauthenticated || !rule.meetsUnauthenticated) && other.outlives(rule)
        }
        // A rule that ends its own phase makes room for those below.
        guard let above, above.becomes == nil || above.phase == nil else { return nil }
        return warning(
            rule, "'\(Mistake.shortened(above.name))'\(rule.isLive ? "" : " in line \(above.mark.line)") strikes whatever it could",
            "put it above that rule")
    }
}

extension Rule {
    /// Whether a rule is there as long as another one.
    fileprivate func outlives(_ other: Rule) -> Bool {
        guard let expiry else { return true }
        return other.expiry.map { $0 <= expiry } ?? false
    }
}
