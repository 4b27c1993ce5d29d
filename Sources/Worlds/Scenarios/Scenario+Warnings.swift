import Journal
import Rules
public import ScenarioFormat

/// What is allowed and yet hardly meant.
extension Scenario {
    /// Rules that can never strike, callers who are the same, and names of what does not exist, each with its place and a hint.
    public var warnings: Mistakes { warnings { _, _ in true } }

    /// The warnings but for those of rules that stand for an operation which the mock lacks: what is refused where names are checked
    /// strictly.
    public var strictWarnings: Mistakes { warnings { doubts, rule in !doubts.standsAlone(rule) } }

    private func warnings(_ isAsked: (RuleDoubts, Rule) -> Bool) -> Mistakes {
        let all = rules.rules
        let doubts = RuleDoubts(rules: all, product: product, bases: basePaths, clock: clock)
        let written = all.lazy.flatMap(\.names) + expectations.flatMap(\.names) + progressNames
        let own = (clientDoubt.map { [$0] } ?? []) + self.doubts
        return Mistakes(own + doubts.warnings(all.indices.filter { isAsked(doubts, all[$0]) }) + Names(self).warnings(written))
    }
}
