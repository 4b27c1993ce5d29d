package import MicroHTTP

/// START HERE. Keyfactor Command, pretended: what every request goes through, from top to bottom.
package final class MockServer: Sendable {
    /// All worlds, by name.
    package let worlds: Worlds
    /// What is served under `/_mock/`.
    package let control: Control
    private let router: Router
    private let nearMiss: NearMiss
    private let time: TimeSource
    private let log: Log

    /// A server of a scenario, without sockets.
    ///
    /// - Parameters:
    ///   - scenario: what its worlds begin as.
    ///   - time: where the wall clock's time comes from.
    ///   - log: where misses are told.
    package init(scenario: Scenario, time: TimeSource = .system, log: Log = .silent) {
        worlds = Worlds(scenario: scenario, wall: time.now())
        control = Control(scenario: scenario, worlds: worlds, time: time)
        router = Router(API.endpoints, bases: scenario.basePaths)
        nearMiss = NearMiss(API.endpoints, bases: scenario.basePaths)
        self.time = time
        self.log = log
    }

    /// The path of every request.
    ///
    /// - Parameter request: what a client sent.
    /// - Returns: what to send back, and when.
    package func answer(_ request: Request) -> Answer {
        if let response = control.answer(request) { return .ready(response) }
        let wall = time.now()
        let world: World
        do throws(Refusal) {
            world = try worlds.find(request)
        } catch {
            if let why = error.why { log(.warning, why) }
            return .ready(worlds.standard.withState { state in state.response(error, now: state.now(wall: wall)) })
        }
        let exchange = Exchange(request, in: world, router)
        let conclusion = world.withState { state in
            let now = state.now(wall: wall)
            let caller = state.admit(exchange, now: now)
            let strike = exchange.rules.isEmpty ? nil : state.strike(exchange, caller, now: now)
            guard let strike, let pause = strike.pauseBeforeWork else { return conclude(exchange, caller, strike, &state, now: now) }
            let generation = state.generation
            return Conclusion(.later(pause) { self.goOn(exchange, caller, strike, generation) })
        }
        return told(conclusion, of: exchange)
    }

    /// A fault for a new connection, as the default world's rules have it.
    ///
    /// - Parameters:
    ///   - isSecure: whether it is for HTTPS; faults of TLS concern no other.
    ///   - peer: the client's address.
    /// - Returns: `nil` for none.
    package func connected(isSecure: Bool, peer: String) -> ConnectionFault? {
        let world = worlds.standard
        guard world.rules.concernsConnections else { return nil }
        let request = Request(.other("CONNECT"), "/", peer: peer)
        var reading = RequestReading(request, .connection, world: world.name, router, body: nil)
        let rules = world.rules.matching(&reading).filter { isSecure || world.rules.rules[$0].effects.connection?.needsTLS != true }
        let wall = time.now()
        let strike = world.withState { state in state.strike(request, rules, caller: peer, now: state.now(wall: wall)) }
        if let strike, log.tells(.debug) { log(.debug, "a connection from \(peer) is struck by the rule '\(strike.rule.name)'") }
        return strike?.rule.effects.connection
    }

    // MARK: Under the lock

    /// What became of an exchange, to be told once the lock is gone.
    private struct Conclusion {
        let answer: Answer
        var status: Int?
        /// Why there was nothing at the path, or another thing to be warned of.
        var miss: String?
        var rule: String?

        init(_ answer: Answer, status: Int? = nil, miss: String? = nil, rule: String? = nil) {
            (self.answer, self.status, self.miss, self.rule) = (answer, status, miss, rule)
        }
    }

    /// The work or what a rule puts in its place, then what a rule does to the reply.
    private func conclude(
        _ exchange: Exchange, _ caller: Caller?, _ strike: Strike?, _ state: inout WorldState, now: Timestamp
    ) -> Conclusion {
        let response: Response
        var miss: String?
        switch strike?.instead {
        case nil: response = work(exchange, caller, &state, now: now, &miss)
        case .refuse(let refuse): response = state.response(refuse, exchange, caller, now: now)
        case .answer(let answer): response = state.response(answer, now: now)
        case .broken(let kind): response = Response(503, delivery: kind == .reset ? .reset : .close)
        }
        guard let strike else { return Conclusion(.ready(response), status: response.status, miss: miss) }
        let rule = strike.rule.name
        if let change = strike.rule.effects.change, !state.merge(change, now: now) {
            miss = "the change of the rule '\(rule)' does not fit the estate any more; nothing was changed"
        }
        if case .broken(.stall) = strike.instead { return Conclusion(.never, rule: rule) }
        guard let reply = state.delivered(response, by: strike, now: now) else { return Conclusion(.never, rule: rule) }
        guard let pause = strike.pauseBeforeReply else { return Conclusion(.ready(reply), status: reply.status, miss: miss, rule: rule) }
        let generation = state.generation
        let answer = Answer.later(pause) { .ready(exchange.world.generation == generation ? reply : Self.nothing) }
        return Conclusion(answer, status: reply.status, miss: miss, rule: rule)
    }

    /// An endpoint's work, or a token.
    private func work(
        _ exchange: Exchange, _ caller: Caller?, _ state: inout WorldState, now: Timestamp, _ miss: inout String?
    ) -> Response {
        guard case .operation(let route, let body) = exchange.subject else { return state.tokenResponse(exchange, now: now) }
        guard let caller else { return state.unauthorized(now: now) }
        let (request, scenario) = (exchange.request, state.scenario)
        do throws(Refusal) {
            let (endpoint, parameters) = try self.endpoint(route, request, scenario.product)
            try HeaderChecks.check(request, scenario.fidelity)
            guard caller.permissions.allow(endpoint.needs) else { throw .forbidden(caller.name, endpoint.needs.text) }
            let call = Call(
                request: request, parameters: parameters, query: try QueryParameters(request),
                body: try body?.get(), caller: caller, now: now, product: scenario.product, fidelity: scenario.fidelity)
            if endpoint.seesTime { state.estate.advance(to: now) }
            switch try endpoint.work(call, state.estate) {
            case .reply(let reply): return state.response(reply, now: now)
            case .commit(let commit): return state.response(commit(&state.estate), now: now)
            }
        } catch {
            if error.status == 404 || error.status == 405 { miss = error.why }
            return state.response(error, now: now)
        }
    }

    // MARK: Afterwards

    /// Goes on with an exchange that waited before its work. One that waited across a reset is closed without it.
    private func goOn(_ exchange: Exchange, _ caller: Caller?, _ strike: Strike, _ generation: Int) -> Answer {
        let wall = time.now()
        let conclusion = exchange.world.withState { state in
            guard state.generation == generation else { return Conclusion(.ready(Self.nothing)) }
            return conclude(exchange, caller, strike, &state, now: state.now(wall: wall))
        }
        return told(conclusion, of: exchange)
    }

    private static let nothing = Response(503, delivery: .close)

    private func told(_ conclusion: Conclusion, of exchange: Exchange) -> Answer {
        if let miss = conclusion.miss { log(.warning, miss) }
        if log.tells(.debug) {
            let request = exchange.request
            let rule = conclusion.rule.map { " by the rule '\($0)'" } ?? ""
            let status = conclusion.status.map(String.init) ?? "held"
            log(.debug, "\(request.method.name) \(request.text(request.path).prefix(200)) \(status)\(rule)")
        }
        return conclusion.answer
    }

    /// The endpoint that a route leads to in a release.
    private func endpoint(
        _ route: Router.Match, _ request: Request, _ product: ProductVersion
    ) throws(Refusal) -> (Endpoint, [(name: String, value: String)]) {
        switch route {
        case .endpoint(let endpoint, _, let parameters):
            guard endpoint.since <= product else { throw .noOperation("Command \(product.rawValue) has no \(endpoint.name)") }
            return (endpoint, parameters)
        case .otherMethods(let methods):
            throw .methodNotAllowed("\(request.method.name) \(request.text(request.path).prefix(200))", methods)
        case .nothing: throw .noOperation(nearMiss.explain(request))
        case .badEncoding: throw .badArgument("The path is not properly percent-encoded UTF-8.")
        }
    }
}
