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
        /// The part of the request that the rule does not match; `nil` if that is not why.
        public var mismatch: Mismatch?
    }

    /// A part of a request that a rule does not match, so that its value may be left out where it is a secret.
    public struct Mismatch: Sendable, Equatable {
        /// Which part.
        public let selector: Selector
        /// The reason without the value.
        public let withoutValue: String
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
        calls = (0..<times).map { _ in Self.ask(&states, &reading, matching, of: book, at: moment).lines }
    }

    /// Asks rules about a request. They count and draw as they do when nobody wants to know why.
    ///
    /// - Parameters:
    ///   - states: what the rules have counted so far.
    ///   - reading: the request.
    ///   - matching: the rules whose operation and conditions it matches.
    ///   - book: the rules.
    ///   - moment: who makes it, and when.
    /// - Returns: every rule in order, and the strike; `nil` if no rule is due.
    public static func ask(
        _ states: inout RuleStates, _ reading: inout RequestReading, _ matching: [Int], of book: RuleBook, at moment: RuleStates.Moment
    ) -> (lines: [Line], strike: Strike?) {
        var strike: Strike?
        let lines = book.rules.indices.map { number in
            let rule = book.rules[number]
            guard matching.contains(number) else { return mismatch(number, &reading, book) }
            if let strike { return Line(rule, "is not asked, since '\(strike.rule.name)' strikes") }
            let phase = book.phases[states.phase]
            if let pass = states.ask(number, book, moment) { return Line(rule, reason(pass, rule, moment, phase)) }
            strike = states.land(number, book, moment)
            guard strike != nil else { return Line(rule, "has tokens left and takes one") }
            let work = rule.effects.words.isEmpty ? "it counts and has no effect" : rule.effects.words.joined(separator: ", ")
            return Line(
                rule: rule.name, strikes: true, why: "strikes: " + work + (rule.becomes.map { "; the world becomes \($0)" } ?? ""))
        }
        return (lines, strike)
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

    private static func mismatch(_ number: Int, _ reading: inout RequestReading, _ book: RuleBook) -> Line {
        let rule = book.rules[number]
        guard reading.matches(rule.operation) else { return Line(rule, "does not match: its operation is \(rule.operation.text)") }
        for condition in rule.conditions where !condition.selector.needsCaller {
            guard let selector = book.selectors.firstIndex(of: condition.selector) else { continue }
            let value = reading.value(of: selector, in: book.selectors)
            guard !condition.fits(value) else { continue }
            let withoutValue = "does not match: \(condition.text) is "
            var line = Line(rule, withoutValue + value.shown)
            line.mismatch = Mismatch(selector: condition.selector, withoutValue: withoutValue)
            return line
        }
        return Line(rule, "does not match")
    }
}

extension Explanation.Line {
    fileprivate init(_ rule: Rule, _ why: String) {
        self.init(rule: rule.name, strikes: false, why: why)
    }
}
