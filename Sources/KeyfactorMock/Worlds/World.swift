import MicroHTTP

/// One isolated copy of everything: estate, clock, scenario, rules' counts, tokens, journal. All of it is one value behind one lock.
package final class World: Sendable {
    /// The world's name, `[A-Za-z0-9._-]{1,64}`.
    package let name: String
    private let state: Lock<WorldState>
    /// What requests are held against before the world's lock is taken.
    private let guide: Lock<Guide>

    /// Where requests lead, and the rules that they may meet. One reference, since every request takes it.
    final class Guide: Sendable {
        let router: Router
        /// The base paths, for those who ask elsewhere.
        let bases: [String]
        let rules: RuleBook

        init(router: Router, bases: [String], rules: RuleBook) {
            (self.router, self.bases, self.rules) = (router, bases, rules)
        }
    }

    /// A world.
    ///
    /// - Parameter state: what it begins with.
    init(_ state: WorldState) {
        name = state.name
        guide = Lock(Guide(router: state.scenario.router, bases: state.scenario.basePaths, rules: state.book))
        self.state = Lock(state)
    }

    /// Uses the world alone. Nothing may wait, log or write to a socket meanwhile.
    func withState<Result>(_ body: (inout WorldState) -> Result) -> Result {
        state.withLock { state in
            let before = state.book
            defer { if state.book !== before { publish(state) } }
            return body(&state)
        }
    }

    /// Uses the world alone if nobody else does now.
    ///
    /// - Parameter body: uses it; must not change its rules.
    /// - Returns: `nil` if somebody else uses it.
    func withStateIfFree<Result>(_ body: (inout WorldState) -> Result) -> Result? {
        state.withLockIfFree(body)
    }

    private func publish(_ state: WorldState) {
        guide.withLock { $0 = Guide(router: state.scenario.router, bases: state.scenario.basePaths, rules: state.book) }
    }

    /// What holds now. Rules whose time is over are gone from it.
    ///
    /// - Parameter wall: the wall clock's time.
    /// - Returns: router and rules.
    func guide(at wall: Timestamp) -> Guide {
        let now = guide.withLock { $0 }
        guard let expiry = now.rules.expiry, wall >= expiry else { return now }
        withState { $0.dropExpiredRules(at: wall) }
        return guide.withLock { $0 }
    }

    /// How often the world has been put back; less than 0 once it has been dropped.
    var generation: Int { state.withLock { $0.generation } }

    /// The estate as it is now. A copy: what happens later does not show in it.
    package var estate: Estate { state.withLock { $0.estate } }
}

/// What a world consists of.
struct WorldState: Sendable {
    private(set) var name: String
    var estate: Estate
    var tokens = Tokens()
    private(set) var scenario: Scenario
    var clock: WorldClock
    /// How often the world has been put back; less than 0 once it has been dropped.
    private(set) var generation = 0
    /// The scenario's rules, and before them those that came while it ran.
    private(set) var book: RuleBook
    /// What its rules have counted and struck.
    var rules: RuleStates
    /// When its clock started.
    private(set) var start: Timestamp
    var fields: WireFields
    /// What was asked and answered.
    private(set) var journal: Journal
    /// How often what was answered since the world was last put back, and before that.
    private(set) var tally = Tally()
    private var before = Tally()
    /// Those who wait for something to happen here.
    var watchers: [Bell] = []

    /// The beginning of a scenario.
    ///
    /// - Parameters:
    ///   - name: the world's name; part of what the seed decides.
    ///   - scenario: what it starts with.
    ///   - wall: the wall clock's time.
    ///   - budget: what all journals of the server share.
    init(name: String, scenario: Scenario, wall: Timestamp, budget: JournalBudget) {
        self.name = name
        estate = scenario.estate
        clock = scenario.clock.started(wall: wall)
        estate.identifiers = Identifiers(seed: scenario.seed, world: name)
        estate.identifiers.skip(estate.issued)
        self.scenario = scenario
        fields = WireFields(scenario.product)
        book = scenario.rules
        rules = RuleStates(scenario.rules)
        start = clock.now(wall: wall)
        journal = Journal(budget)
    }

    /// A copy that goes on as another world, with an empty journal. Takes as long whatever the world holds.
    ///
    /// - Parameter name: the other world's name.
    /// - Returns: the copy.
    func forked(as name: String) -> WorldState {
        var fork = self
        fork.name = name
        fork.generation = 0
        fork.estate.identifiers.move(to: name)
        fork.journal = Journal(journal.budget)
        (fork.tally, fork.before) = (Tally(), Tally())
        fork.watchers = []
        return fork
    }

    /// Puts another state in the place of this one.
    ///
    /// - Parameter state: what the world begins anew with.
    /// - Returns: what it was before, to be let go of where that may take time.
    mutating func begin(anew state: WorldState) -> WorldState {
        let before = self
        journal.close()
        self = state.forked(as: name)
        generation = before.generation + 1
        self.before = before.total
        watchers = before.watchers
        for watcher in watchers { watcher.ring() }
        return before
    }

    /// Puts an exchange down and calls those who wait for one.
    mutating func note(_ entry: consuming JournalEntry) {
        tally.count(entry)
        journal.append(entry)
        for watcher in watchers { watcher.ring() }
    }

    /// Forgets all exchanges.
    ///
    /// - Returns: how many went.
    mutating func clearJournal() -> Int { journal.clear() }

    /// Lets the oldest exchanges go until the journal holds no more than so many bytes.
    mutating func shrinkJournal(to most: Int) { journal.shrink(to: most) }

    /// How often what was answered since the world is there.
    var total: Tally {
        var total = before
        total.add(tally)
        return total
    }

    /// Marks the world as dropped, so that what still waits in it ends.
    mutating func drop() {
        journal.close()
        generation = -1
        for watcher in watchers { watcher.ring() }
        watchers = []
    }

    /// Puts other rules in force. Rules that stay keep their counts.
    mutating func use(_ book: RuleBook) {
        rules = RuleStates(book, keeping: rules, of: self.book)
        self.book = book
    }

    /// Takes away the rules whose time is over.
    mutating func dropExpiredRules(at wall: Timestamp) {
        guard let expiry = book.expiry, wall >= expiry else { return }
        use(RuleBook(book.rules.filter { $0.expiry.map { $0 > wall } ?? true }))
    }

    /// The world's time.
    ///
    /// - Parameter wall: the wall clock's time.
    /// - Returns: the world's time, in whole milliseconds.
    func now(wall: Timestamp) -> Timestamp { clock.now(wall: wall) }
}
