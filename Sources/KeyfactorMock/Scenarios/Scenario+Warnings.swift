/// What is allowed and yet hardly meant.
extension Scenario {
    /// Rules that can never strike, each with its place and a hint.
    package var warnings: Mistakes {
        let questions = [noOperation, noPhase, noTime, noChance, noSuchSelector, shadowed]
        return Mistakes(rules.rules.indices.compactMap { number in questions.lazy.compactMap { $0(number) }.first })
    }

    private func warning(_ rule: Rule, _ message: String, _ hint: String? = nil) -> Mistake {
        Mistake(rule.mark, "the rule '\(Mistake.shortened(rule.name))' never strikes: \(message)", hint: hint)
    }

    /// A path that is no operation, unless the rule answers there itself.
    private func noOperation(_ number: Int) -> Mistake? {
        let rule = rules.rules[number]
        guard rule.operation.subject == .operation else { return nil }
        if rule.effects.substitute?.servesAnyPath == true { return nil }
        let met = API.operations.filter { rule.operation.meets($0.pattern) }
        if met.contains(where: { $0.since <= product }) { return nil }
        if let later = met.first { return warning(rule, "Command \(product.rawValue) has no \(later.name)") }
        let near = nearestWord(to: rule.operation.text, among: Catalogue.operations)
        let hint = near.map { "did you mean '\($0)'?" } ?? "keyfactor-mock operations lists them"
        return Mistake(
            rule.mark, "the rule '\(Mistake.shortened(rule.name))' only meets what is answered 404: \(rule.operation.text) is no operation",
            hint: hint)
    }

    private func noPhase(_ number: Int) -> Mistake? {
        let rule = rules.rules[number]
        guard let phase = rule.phase, phase != Rule.firstPhase else { return nil }
        let made = rules.rules.compactMap(\.becomes)
        guard !made.contains(phase) else { return nil }
        let near = nearestWord(to: phase, among: made + [Rule.firstPhase]).map { "did you mean '\($0)'?" }
        return warning(rule, "no rule makes the world become '\(Mistake.shortened(phase))'", near)
    }

    private func noTime(_ number: Int) -> Mistake? {
        let rule = rules.rules[number]
        guard let window = rule.window, let from = window.from, let to = window.to else { return nil }
        // Where the file names no start, a moment and a time from the start cannot be compared.
        guard clock.start != nil || from.isRelative == to.isRelative else { return nil }
        let start = clock.start ?? Timestamp(ticks: 0)
        return from.resolved(from: start) < to.resolved(from: start) ? nil : warning(rule, "its window ends before it begins")
    }

    private func noChance(_ number: Int) -> Mistake? {
        rules.rules[number].chance == 0 ? warning(rules.rules[number], "its chance is 0%") : nil
    }

    /// What of a connection or a token request there is not.
    private func noSuchSelector(_ number: Int) -> Mistake? {
        let rule = rules.rules[number]
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
        let rule = rules.rules[number]
        let above = rules.rules[..<number].first { other in
            other.operation.covers(rule.operation) && other.conditions.isEmpty && [.all, .from(1, to: .max)].contains(other.calls)
                && other.chance == nil && other.window == nil && (other.phase == nil || other.phase == rule.phase)
                && other.effects.limit == nil && other.effects.connectionFault?.needsTLS != true
                && (other.meetsUnauthenticated || !rule.meetsUnauthenticated)
        }
        // A rule that ends its own phase makes room for those below.
        guard let above, above.becomes == nil || above.phase == nil else { return nil }
        return warning(
            rule, "'\(Mistake.shortened(above.name))' in line \(above.mark.line) strikes whatever it could", "put it above that rule")
    }
}
