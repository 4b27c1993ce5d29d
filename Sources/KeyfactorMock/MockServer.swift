package import MicroHTTP

/// START HERE. Keyfactor Command, pretended: what every request goes through, from top to bottom.
package final class MockServer: Sendable {
    /// All worlds, by name.
    package let worlds: Worlds
    /// What is served under `/_mock/`.
    package let control: Control
    private let metrics = Metrics()
    /// Whether `/_mock/` is served elsewhere.
    private let isControlApart: Bool
    private let time: TimeSource
    private let log: Log

    /// A server of a scenario, without sockets.
    ///
    /// - Parameters:
    ///   - scenario: what its worlds begin as.
    ///   - limits: how many worlds there may be, and how much their journals may hold.
    ///   - token: what the control interface asks for in `X-Mock-Token`; `nil` asks for nothing.
    ///   - isControlApart: whether `/_mock/` is served by ``control(_:)`` alone.
    ///   - time: where the wall clock's time comes from.
    ///   - log: where misses are told.
    package init(
        scenario: Scenario, limits: Worlds.Limits = Worlds.Limits(), token: String? = nil, isControlApart: Bool = false,
        time: TimeSource = .system, log: Log = .silent
    ) {
        self.isControlApart = isControlApart
        worlds = Worlds(scenario: scenario, wall: time.now(), limits: limits, log: log)
        control = Control(worlds: worlds, metrics: metrics, time: time, token: token)
        self.time = time
        self.log = log
    }

    /// The path of every request.
    ///
    /// - Parameter request: what a client sent.
    /// - Returns: what to send back, and when.
    package func answer(_ request: Request) -> Answer {
        if !isControlApart, let answer = control.answer(request) { return answer }
        let wall = time.now()
        let credential = Credential(request)
        let world: World
        var request = request
        do throws(Refusal) {
            world = try worlds.find(&request, credential, wall: wall)
        } catch {
            if let why = error.why { log(.warning, why) }
            return .ready(worlds.standard.withState { state in state.response(error, now: state.now(wall: wall)) })
        }
        let read = Exchange(request, credential, in: world, world.guide(at: wall))
        let conclusion = world.withState { state in
            guard state.generation >= 0 else { return Conclusion.nothing }
            // The rules may have been changed since they were asked.
            guard read.guide.rules === state.book else { return serve(read.held(against: state.book), &state, wall) }
            return serve(read, &state, wall)
        }
        return told(conclusion, of: read, since: wall)
    }

    /// Under the world's lock: log-in, rules, and the work unless a rule lets it wait.
    private func serve(_ exchange: Exchange, _ state: inout WorldState, _ wall: Timestamp) -> Conclusion {
        let now = state.now(wall: wall)
        let caller = state.admit(exchange, now: now)
        let strike = exchange.rules.isEmpty ? nil : state.strike(exchange, caller, now: now)
        guard let strike, let pause = strike.pauseBeforeWork else {
            return state.conclude(exchange, caller, strike, now: now, wall: wall)
        }
        let waiting = Waiting(exchange, caller, strike, generation: state.generation, since: wall, time)
        return Conclusion(.later(pause) { self.goOn(waiting) }, isOver: false)
    }

    /// Answers a request on the port of the control interface.
    ///
    /// - Parameter request: any request; below `/_mock/` alone there is something.
    /// - Returns: what to send back, and when.
    package func control(_ request: Request) -> Answer {
        control.answer(request) ?? .ready(ControlRefusal(404, "This port serves /_mock/ alone.").response)
    }

    /// Begins the default world anew with another scenario, with which new worlds begin from now on.
    package func begin(anew scenario: Scenario) {
        let world = worlds.standard
        worlds.scenario = scenario
        let wall = time.now()
        let before = world.withState { state in
            state.begin(anew: WorldState(name: world.name, scenario: scenario, wall: wall, budget: worlds.budget))
        }
        Worlds.release(before)
    }

    /// Goes on with an exchange that waited before its work. One that waited across a reset is closed without it.
    private func goOn(_ waiting: Waiting) -> Answer {
        let wall = time.now()
        let conclusion = waiting.exchange.world.withState { state in
            guard waiting.isOver() == false, state.generation == waiting.generation else { return Conclusion.nothing }
            return state.conclude(waiting.exchange, waiting.caller, waiting.strike, now: state.now(wall: wall), wall: wall)
        }
        return told(conclusion, of: waiting.exchange, since: waiting.since)
    }

    /// What is done once the lock is gone.
    private func told(_ conclusion: Conclusion, of exchange: Exchange, since began: Timestamp) -> Answer {
        worlds.trimJournals()
        if conclusion.isOver { metrics.note(time.now().ticks - began.ticks + conclusion.pause) }
        if let warning = conclusion.warning { log(.warning, warning) }
        if log.tells(.debug) { log(.debug, conclusion.line(of: exchange)) }
        return conclusion.answer
    }

    /// A fault for a new connection, as the default world's rules have it.
    ///
    /// - Parameters:
    ///   - isSecure: whether it is for HTTPS; faults of TLS concern no other.
    ///   - peer: the client's address.
    /// - Returns: `nil` for none.
    package func connected(isSecure: Bool, peer: String) -> ConnectionFault? {
        let world = worlds.standard
        let wall = time.now()
        let guide = world.guide(at: wall)
        guard guide.rules.concernsConnections else { return nil }
        let connection = Exchange(connectionFrom: peer, in: world, guide)
        let strike = world.withState { state -> Strike? in
            let rules = connection.held(against: state.book).rules.filter {
                isSecure || state.book.rules[$0].effects.connection?.needsTLS != true
            }
            return state.strike(connection.request, rules, caller: peer, now: state.now(wall: wall))
        }
        if let strike, log.tells(.debug) { log(.debug, "a connection from \(peer) is struck by the rule '\(strike.rule.name)'") }
        return strike?.rule.effects.connection
    }
}
