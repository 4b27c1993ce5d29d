package import MicroHTTP

/// Why each rule of a scenario would strike a request, or would not.
package struct Explanation: Sendable {
    /// What became of one rule at one call.
    package struct Line: Sendable, Equatable {
        package let rule: String
        package let strikes: Bool
        /// Why it does or does not strike.
        package let why: String
    }

    /// For each call, every rule in order.
    package let calls: [[Line]]

    /// Asks a scenario's rules about a request, as a new world would.
    ///
    /// - Parameters:
    ///   - request: the request; its path is below a base path of the scenario.
    ///   - scenario: the scenario.
    ///   - times: how often it is made, one call behind another, at the moment the world begins.
    ///   - world: the world's name, from which chance comes.
    ///   - isAdmitted: whether it passes log-in.
    ///   - now: the wall clock's time.
    package init(
        of request: Request, by scenario: Scenario, times: Int = 1, world: String = "default", isAdmitted: Bool = true, now: Timestamp
    ) {
        let state = WorldState(name: world, scenario: scenario, wall: now, budget: JournalBudget(0))
        let exchange = Exchange(request, Credential(request), in: World(state), World.Guide(router: scenario.router, bases: scenario.basePaths, rules: scenario.rules))
        let start = scenario.clock.started(wall: now).now(wall: now)
        var states = RuleStates(scenario.rules)
        let moment = RuleStates.Moment(
            request: request, caller: exchange.caller(nil), isAdmitted: isAdmitted, world: world, seed: scenario.seed, now: start,
            start: start)
        calls = (0..<times).map { _ in
            var struck: String?
            return scenario.rules.rules.indices.map { number in
                let rule = scenario.rules.rules[number]
                guard exchange.rules.contains(number) else { return Line(rule, Self.mismatch(number, exchange, scenario.rules)) }
                if let struck { return Line(rule, "is not asked, since '\(struck)' strikes") }
                let phase = scenario.rules.phases[states.phase]
                if let pass = states.ask(number, scenario.rules, moment) { return Line(rule, Self.reason(pass, rule, moment, phase)) }
                guard states.land(number, scenario.rules, moment) != nil else { return Line(rule, "has tokens left and takes one") }
                struck = rule.name
                let work = rule.effects.words.isEmpty ? "nothing happens but that it counts" : rule.effects.words.joined(separator: ", ")
                return Line(
                    rule: rule.name, strikes: true, why: "strikes: " + work + (rule.becomes.map { "; the world becomes \($0)" } ?? ""))
            }
        }
    }

    private static func reason(_ pass: RuleStates.Pass, _ rule: Rule, _ moment: RuleStates.Moment, _ phase: String) -> String {
        switch pass {
        case .unauthenticated: "does not match: the request fails log-in, and the rule does not say unauthenticated: true"
        case .caller: "does not match: the caller is '\(moment.caller)'"
        case .phase: "is not due: the world is \(phase), and it is there while \(rule.phase ?? "")"
        case .window: "is not due: its window does not hold \(moment.now.iso)"
        case .calls(let call): "is not due: this is call \(call), and it strikes \(rule.calls.text)"
        case .chance: "is not due: chance said no"
        case .run: "is not due: chance said yes, and maxRun \(rule.maxRun ?? 0) no"
        }
    }

    private static func mismatch(_ number: Int, _ exchange: Exchange, _ book: RuleBook) -> String {
        let rule = book.rules[number]
        var reading = exchange.reading
        guard exchange.isMeant(by: rule.operation, &reading) else { return "does not match: its operation is \(rule.operation.text)" }
        for condition in rule.conditions where !condition.selector.needsCaller {
            guard let selector = book.selectors.firstIndex(of: condition.selector) else { continue }
            let value = reading.value(of: selector, in: book.selectors)
            if !condition.fits(value) { return "does not match: \(condition.text) is \(value.shown)" }
        }
        return "does not match"
    }
}

extension Explanation.Line {
    fileprivate init(_ rule: Rule, _ why: String) {
        self.init(rule: rule.name, strikes: false, why: why)
    }
}

extension Exchange {
    fileprivate func isMeant(by pattern: OperationPattern, _ reading: inout RequestReading) -> Bool {
        if case .token = subject { return pattern.subject == .token }
        return reading.path.map { pattern.matches(method: request.method.name, path: $0) } ?? false
    }
}
