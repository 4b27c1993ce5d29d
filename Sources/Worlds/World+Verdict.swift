public import Journal

extension World {
    /// Judges what the scenario expects.
    public func verdict() -> Verdict { verdict(nil) }

    /// Judges expectations against the world as it is.
    ///
    /// - Parameter expectations: `nil` for the scenario's.
    /// - Returns: the verdict.
    public func verdict(_ expectations: [Expectation]?) -> Verdict {
        let (judge, own) = withState { (Judge($0), $0.scenario.expectations) }
        return judge.verdict(expectations ?? own)
    }

    /// Whether requests to operations came to it since it was last reset.
    public var wasAsked: Bool { withState { $0.journal.count > 0 } }

    /// What was met since the world was last reset.
    public var coverage: Coverage { withState { Coverage($0.tally, of: $0.scenario.product, $0.book, $0.rules) } }
}

extension Judge {
    /// A judge of a world as it is.
    public init(_ state: WorldState) {
        self.init(
            journal: state.journal, estate: state.estate, book: state.book, rules: state.rules, router: state.scenario.router,
            world: state.name, scenario: state.scenario.name, seed: state.scenario.seed)
    }
}
