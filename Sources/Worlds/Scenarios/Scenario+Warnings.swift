import Journal
import Rules
public import ScenarioFormat

/// What is allowed and yet hardly meant.
extension Scenario {
    /// Rules that can never strike, callers who are the same, and names of what does not exist, each with its place and a hint.
    public var warnings: Mistakes {
        let all = rules.rules
        let doubts = RuleDoubts(rules: all, product: product, bases: basePaths, clock: clock)
        let written = all.lazy.flatMap(\.names) + expectations.flatMap(\.names) + progressNames
        let own = (clientDoubt.map { [$0] } ?? []) + accessDoubts
        return Mistakes(own + doubts.warnings(all.indices) + Names(self).warnings(written))
    }
}
