public import Base
import Journal
public import MicroHTTP
public import Rules

extension Explanation {
    /// Asks a scenario's rules about a request, as a new world would.
    ///
    /// - Parameters:
    ///   - request: the request; its path is below a base path of the scenario. `nil` is a new connection for HTTPS.
    ///   - scenario: the scenario.
    ///   - times: how often it is made, one call after another, at the moment the world begins.
    ///   - world: the world's name; chance depends on it.
    ///   - isAdmitted: whether it passes authentication.
    ///   - now: the wall clock's time.
    public init(
        of request: Request?, by scenario: Scenario, times: Int = 1, world: String = "default", isAdmitted: Bool = true, now: Timestamp
    ) {
        let beginning = WorldState(name: world, scenario: scenario, wall: now, budget: Budget(.max, journals: 0))
        let state = World(beginning)
        let guide = World.Guide(router: scenario.router, bases: scenario.basePaths, rules: scenario.rules)
        let exchange =
            request.map(\.withMethodInAnyCase).map { Exchange($0, Credential($0), in: state, guide, at: now) }
            ?? Exchange(connectionFrom: "127.0.0.1", in: state, guide)
        let start = scenario.clock.started(wall: now).now(wall: now)
        let caller = isAdmitted ? beginning.admit(exchange, now: start) : nil
        // A request without a credential, or with a token, which a new world has not given, stands for one that has what is needed.
        let isOpen =
            switch exchange.credential {
            case .none, .bearer: true
            case .basic, .bearerOfNoWorld, .malformed: false
            }
        let passes = isAdmitted && (caller != nil || isOpen)
        let moment = RuleStates.Moment(
            request: exchange.request, caller: exchange.caller(caller), isAdmitted: passes, world: world, seed: scenario.seed, now: start,
            start: start)
        self.init(of: exchange.reading, by: scenario.rules, at: moment, times: times)
    }
}
