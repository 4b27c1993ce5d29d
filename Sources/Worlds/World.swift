public import Base
import Command
public import Entities
public import Journal
import MicroHTTP
public import Rules
internal import Synchronization

/// An isolated copy of everything: estate, clock, scenario, rules' counts, tokens, journal. All of it is one value under one lock.
public final class World: Sendable {
    /// The world's name, `[A-Za-z0-9._-]{1,64}`.
    public let name: String
    private let state: Lock<WorldState>
    /// How long its longest list is.
    private let rows: Atomic<Int>
    /// What requests are checked against before the world's lock is taken.
    private let guide: Lock<Guide>

    /// The routes and rules of a world, in one reference, since every request takes it.
    public final class Guide: Sendable {
        let router: Router
        /// The base paths, to name them to whoever asks for another.
        let bases: [String]
        /// The rules that the requests are checked against.
        public let rules: RuleBook
        let hasExpectations: Bool

        init(router: Router, bases: [String], rules: RuleBook, hasExpectations: Bool = false) {
            (self.router, self.bases, self.rules, self.hasExpectations) = (router, bases, rules, hasExpectations)
        }

        init(_ state: WorldState) {
            (router, bases, rules) = (state.scenario.router, state.scenario.basePaths, state.book)
            hasExpectations = !state.scenario.expectations.isEmpty
        }
    }

    /// A world.
    ///
    /// - Parameter state: what it begins with.
    init(_ state: WorldState) {
        var state = state
        state.count()
        name = state.name
        rows = Atomic(state.estate.longestList)
        guide = Lock(Guide(state))
        self.state = Lock(state)
    }

    /// Uses the world exclusively. Nothing may wait, log or write to a socket meanwhile.
    public func withState<Result>(_ body: (inout WorldState) -> Result) -> Result {
        state.withLock { use(&$0, body) }
    }

    /// Uses the world exclusively, as ``withState(_:)``, unless others use it for longer than ordinary requests do.
    ///
    /// - Parameters:
    ///   - tries: how often to try.
    ///   - pause: how long to sleep after each, in microseconds.
    ///   - body: uses it.
    /// - Returns: what the body returned, `nil` if the world has not become free.
    public func withStateIfSoonFree<Result>(
        tries: Int = 4_000, pause: UInt32 = 0, _ body: (inout WorldState) -> Result
    ) -> Result? {
        state.withLockIfSoonFree(tries: tries, pause: pause) { use(&$0, body) }
    }

    private func use<Result>(_ state: inout WorldState, _ body: (inout WorldState) -> Result) -> Result {
        let (before, expected) = (state.book, state.scenario.expectations.count)
        defer {
            if state.book !== before || state.scenario.expectations.count != expected { publish(state) }
            state.count()
            rows.store(state.estate.longestList, ordering: .relaxed)
        }
        return body(&state)
    }

    /// Whether its scenario expects anything. Asks without the state's lock, so that nobody is waited for.
    public var hasExpectations: Bool { guide.withLock { $0.hasExpectations } }

    /// Whether a list of it may take long.
    var isLarge: Bool { rows.load(ordering: .relaxed) > 5_000 }

    /// Uses the world exclusively if nobody else does right now.
    ///
    /// - Parameter body: uses it; must not change its rules.
    /// - Returns: `nil` if somebody else is using it.
    func withStateIfFree<Result>(_ body: (inout WorldState) -> Result) -> Result? {
        state.withLockIfFree(body)
    }

    private func publish(_ state: WorldState) {
        guide.withLock { $0 = Guide(state) }
    }

    /// The current routes and rules, without rules that have expired.
    ///
    /// - Parameter wall: the wall clock's time.
    /// - Returns: routes and rules.
    public func guide(at wall: Timestamp) -> Guide {
        let now = guide.withLock { $0 }
        guard let expiry = now.rules.expiry, wall >= expiry else { return now }
        withStateIfSoonFree { $0.dropExpiredRules(at: wall) }
        return guide.withLock { $0 }
    }

    /// How often the world has been reset; less than 0 once it has been dropped.
    var generation: Int { state.withLock { $0.generation } }

    /// The estate as it is now. A copy: later changes do not show in it.
    public var estate: Estate { state.withLock { $0.estate } }
}

/// The value that a world is.
public struct WorldState: Sendable {
    /// The name that requests reach it by.
    public private(set) var name: String
    /// Everything that Command knows here: agents, stores, jobs and the rest.
    public var estate: Estate
    var tokens = Tokens()
    /// The scenario that it started from.
    public private(set) var scenario: Scenario
    /// Its own time, which may stand, run fast or be moved.
    public var clock: WorldClock
    /// How often the world has been reset; less than 0 once it has been dropped.
    public private(set) var generation = 0
    /// The scenario's rules, and before them those that were added while it ran.
    public private(set) var book: RuleBook
    /// What its rules have counted and struck.
    public var rules: RuleStates
    /// When its clock started.
    private(set) var start: Timestamp
    var fields: WireFields
    /// The exchanges so far.
    public private(set) var journal: Journal
    /// The counts since the world was last reset, and those from before.
    public private(set) var tally = Tally()
    private var before = Tally()
    /// Rung whenever something happens here.
    var watchers: [Bell] = []
    /// How often something has happened here.
    public private(set) var revision = 0
    /// Until when somebody wants to know of each request which rules were asked, on the wall clock.
    var explainsUntil = Timestamp(ticks: .min)
    /// What all worlds may hold.
    public let budget: Budget
    /// Whether it has another scenario than the server has started with.
    let hasOwnScenario: Bool
    /// How many bytes of the budget it has taken.
    private(set) var counted = 0

    /// A world at the beginning of a scenario.
    ///
    /// - Parameters:
    ///   - name: the world's name; identifiers and chance depend on it.
    ///   - scenario: what it starts with.
    ///   - wall: the wall clock's time.
    ///   - budget: what all worlds may hold.
    ///   - isShared: whether others have the same scenario, which the server has started with.
    public init(name: String, scenario: Scenario, wall: Timestamp, budget: Budget, isShared: Bool = true) {
        self.name = name
        (self.budget, hasOwnScenario) = (budget, !isShared)
        estate = scenario.estate
        estate.share()
        estate.mostBytes = budget.limit
        clock = scenario.clock.started(wall: wall)
        estate.identifiers = Identifiers(seed: scenario.seed, world: name)
        estate.identifiers.skip(estate.issued)
        self.scenario = scenario
        fields = WireFields(scenario.product)
        book = scenario.rules
        rules = RuleStates(scenario.rules)
        start = clock.now(wall: wall)
        journal = Journal(budget.journals)
    }

    /// The world as it began, or would begin now.
    ///
    /// - Parameter wall: the wall clock's time.
    /// - Returns: that state.
    public func beginning(wall: Timestamp) -> WorldState {
        WorldState(name: name, scenario: scenario, wall: wall, budget: budget, isShared: !hasOwnScenario)
    }

    /// A copy that continues as another world, with an empty journal. Takes the same time whatever the world holds.
    ///
    /// - Parameter name: the other world's name.
    /// - Returns: the copy.
    func forked(as name: String) -> WorldState {
        var fork = self
        fork.name = name
        fork.generation = 0
        fork.estate.identifiers.move(to: name)
        fork.journal = Journal(journal.budget)
        fork.counted = 0
        (fork.tally, fork.before) = (Tally(), Tally())
        (fork.watchers, fork.revision) = ([], 0)
        return fork
    }

    /// Resets the world to another state.
    ///
    /// - Parameter state: what it begins with again.
    /// - Returns: its former state, to be released where that may take time.
    public mutating func restart(as state: WorldState) -> WorldState {
        let before = self
        journal.close()
        self = state.forked(as: name)
        generation = before.generation + 1
        counted = before.counted
        self.before = before.total
        (watchers, revision, explainsUntil) = (before.watchers, before.revision, before.explainsUntil)
        changed()
        return before
    }

    /// Records an exchange and rings the bells of those who wait for one.
    mutating func record(_ entry: consuming JournalEntry) {
        tally.count(entry)
        journal.append(entry)
        changed()
    }

    /// Rings the bells of those who wait for something to happen.
    public mutating func changed() {
        revision += 1
        for watcher in watchers { watcher.ring() }
    }

    /// Records an exchange that waits before its work.
    ///
    /// - Returns: the ticket with which its record ends.
    mutating func hold(_ entry: JournalEntry) -> Int {
        defer { changed() }
        return journal.hold(entry)
    }

    /// Ends the record of an exchange that waited.
    public mutating func release(_ ticket: Int) { journal.release(ticket) }

    /// Removes all exchanges.
    ///
    /// - Returns: how many there were.
    public mutating func clearJournal() -> Int {
        defer { changed() }
        return journal.clear()
    }

    /// Takes as much of the budget as the world holds now.
    mutating func count() {
        let bytes = isDropped ? 0 : ownBytes
        budget.change(bytes - counted, of: name)
        counted = bytes
    }

    /// Evicts the oldest exchanges until the journal holds at most so many bytes.
    mutating func shrinkJournal(to most: Int) { journal.shrink(to: most) }

    /// The counts since the world was made.
    var total: Tally {
        var total = before
        total.add(tally)
        return total
    }

    /// Marks the world as dropped, so that what still waits in it ends.
    ///
    /// - Returns: its final counts.
    mutating func drop() -> Tally {
        journal.close()
        generation = -1
        changed()
        watchers = []
        count()
        return total
    }

    /// Replaces the rules. Rules that stay keep their counts.
    public mutating func use(_ book: RuleBook) {
        rules = RuleStates(book, keeping: rules, of: self.book)
        self.book = book
        changed()
    }

    /// Removes rules that have expired.
    public mutating func dropExpiredRules(at wall: Timestamp) {
        guard let expiry = book.expiry, wall >= expiry else { return }
        use(RuleBook(book.rules.filter { $0.expiry.map { $0 > wall } ?? true }))
    }

    /// Whether the world has been dropped: then nothing may happen in it any more.
    public var isDropped: Bool { generation < 0 }

    /// The world's time.
    ///
    /// - Parameter wall: the wall clock's time.
    /// - Returns: the world's time, in whole milliseconds.
    public func now(wall: Timestamp) -> Timestamp { clock.now(wall: wall) }
}
