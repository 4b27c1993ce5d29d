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

    /// Whether it has another scenario than the server has started with.
    var isOfItsOwn: Bool { withState { $0.hasOwnScenario } }

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

extension Worlds {
    /// The worlds that a final verdict is about: the default one, and those that were given a scenario of their own which expects something.
    ///
    /// Where no request came to the default world and its scenario is the one that the server has started with, as it is where every test has
    /// a world, its place is taken by the worlds that requests came to.
    public var judged: [World] {
        let others = all.dropFirst().filter(\.hasExpectations)
        let own = others.filter(\.isOfItsOwn)
        guard standard.hasExpectations, !standard.wasAsked, !standard.isOfItsOwn else { return [standard].filter(\.hasExpectations) + own }
        let asked = others.filter { !$0.isOfItsOwn && $0.wasAsked }
        return (asked.isEmpty ? [standard] : asked) + own
    }
}
