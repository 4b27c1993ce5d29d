import Base

/// Why each rule of a scenario would strike a request, or why not.
public struct Explanation: Sendable {
    /// The outcome of one rule at one call.
    public struct Line: Sendable, Equatable {
        /// The name of the rule.
        public let rule: String
        /// Whether it would strike.
        public let strikes: Bool
        /// Why it does or does not strike.
        public let why: String
    }

    /// For each call, every rule in order.
    public let calls: [[Line]]

    /// Asks rules about a request, as a new world would.
    ///
    /// - Parameters:
    ///   - reading: the request.
    ///   - book: the rules.
    ///   - moment: who makes it, and when.
    ///   - times: how often it is made, one call after another.
    public init(of reading: RequestReading, by book: RuleBook, at moment: RuleStates.Moment, times: Int) {
        var reading = reading
        let matching = book.matching(&reading)
        var states = RuleStates(book)
        calls = (0..<times).map { _ in
            var struck: String?
            return book.rules.indices.map { number in
                let rule = book.rules[number]
                guard matching.contains(number) else { return Line(rule, Self.mismatch(number, &reading, book)) }
                if let struck { return Line(rule, "is not asked, since '\(struck)' strikes") }
                let phase = book.phases[states.phase]
                if let pass = states.ask(number, book, moment) { return Line(rule, Self.reason(pass, rule, moment, phase)) }
                guard states.land(number, book, moment) != nil else { return Line(rule, "has tokens left and takes one") }
                struck = rule.name
                let work = rule.effects.words.isEmpty ? "it counts and has no effect" : rule.effects.words.joined(separator: ", ")
                return Line(
                    rule: rule.name, strikes: true, why: "strikes: " + work + (rule.becomes.map { "; the world becomes \($0)" } ?? ""))
            }
        }
    }

    private static func reason(_ pass: RuleStates.Pass, _ rule: Rule, _ moment: RuleStates.Moment, _ phase: String) -> String {
        switch pass {
        case .unauthenticated: "does not match: the request fails log-in, and the rule does not say unauthenticated: true"
        case .caller: "does not match: the caller is '\(moment.caller)'"
        case .phase: "is not due: the world is \(phase), and the rule applies while it is \(rule.phase ?? "")"
        case .window: "is not due: \(moment.now.iso) is outside its window"
        case .calls(let call): "is not due: this is call \(call), and it strikes \(rule.calls.text)"
        case .chance: "is not due by chance"
        case .run: "is due by chance, but maxRun \(rule.maxRun ?? 0) forbids another strike in a row"
        }
    }

    private static func mismatch(_ number: Int, _ reading: inout RequestReading, _ book: RuleBook) -> String {
        let rule = book.rules[number]
        guard reading.matches(rule.operation) else { return "does not match: its operation is \(rule.operation.text)" }
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
