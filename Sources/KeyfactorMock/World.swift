import MicroHTTP

/// One isolated copy of everything: estate, clock, scenario, tokens. All of it is one value behind one lock.
package final class World: Sendable {
    /// The world's name, `[A-Za-z0-9._-]{1,64}`.
    package let name: String
    /// What may strike its requests. Read without the lock.
    let rules: RuleBook
    private let state: Lock<WorldState>

    /// A world at the beginning of a scenario.
    ///
    /// - Parameters:
    ///   - name: the world's name; part of what the seed decides.
    ///   - scenario: what it starts with.
    ///   - wall: the wall clock's time.
    package init(name: String, scenario: Scenario, wall: Timestamp) {
        self.name = name
        rules = scenario.rules
        state = Lock(WorldState(name: name, scenario: scenario, wall: wall))
    }

    /// Uses the world alone. Nothing may wait, log or write to a socket meanwhile.
    func withState<Result>(_ body: (inout WorldState) -> Result) -> Result {
        state.withLock(body)
    }

    /// How often the world has been put back.
    var generation: Int { state.withLock { $0.generation } }

    /// The estate as it is now. A copy: what happens later does not show in it.
    package var estate: Estate { state.withLock { $0.estate } }
}

/// What a world consists of.
struct WorldState: Sendable {
    let name: String
    var estate: Estate
    var tokens = Tokens()
    let scenario: Scenario
    var clock: WorldClock
    /// How often the world has been put back.
    private(set) var generation = 0
    /// What its rules have counted and struck.
    var rules: RuleStates
    /// When its clock started.
    let start: Timestamp
    var fields: WireFields

    init(name: String, scenario: Scenario, wall: Timestamp) {
        self.name = name
        estate = scenario.estate
        clock = scenario.clock.started(wall: wall)
        estate.identifiers = Identifiers(seed: scenario.seed, world: name)
        self.scenario = scenario
        fields = WireFields(scenario.product)
        rules = RuleStates(scenario.rules)
        start = clock.now(wall: wall)
    }

    /// Puts the world back to its scenario.
    ///
    /// - Parameter wall: the wall clock's time.
    /// - Returns: how often it has been put back, and how many jobs went.
    mutating func reset(wall: Timestamp) -> (generation: Int, jobs: Int) {
        let (before, jobs) = (generation, estate.jobs.scheduled.count)
        self = WorldState(name: name, scenario: scenario, wall: wall)
        generation = before + 1
        return (generation, jobs)
    }

    /// The world's time.
    ///
    /// - Parameter wall: the wall clock's time.
    /// - Returns: the world's time, in whole milliseconds.
    func now(wall: Timestamp) -> Timestamp { clock.now(wall: wall) }
}
