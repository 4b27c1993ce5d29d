public import Base
import Journal
public import MicroHTTP
import Model
import Rules
public import Worlds

/// START HERE. A simulated Keyfactor Command: the path of every request, from top to bottom.
public final class MockServer: Sendable {
    /// All worlds, by name.
    public let worlds: Worlds
    /// What is served under `/_mock/`.
    public let control: Control
    private let metrics = Metrics()
    /// Whether `/_mock/` is served elsewhere.
    private let isControlApart: Bool
    private let workers: Workers?
    private let maxBody: Int
    private let time: TimeSource
    private let log: Log

    /// A server of a scenario, without sockets.
    ///
    /// - Parameters:
    ///   - scenario: what its worlds begin as.
    ///   - limits: how many worlds there may be, and how much their journals may hold.
    ///   - token: what the control interface requires in `X-Mock-Token`; `nil` requires nothing.
    ///   - isControlApart: whether only ``control(_:)`` serves `/_mock/`.
    ///   - servesPage: whether there is a page for browsers at `/_mock/ui`.
    ///   - maxBody: the most bytes that a body may become when it is decoded.
    ///   - workers: who does what may take long; `nil` for doing it at once.
    ///   - time: where the wall clock's time comes from.
    ///   - log: where misses are reported.
    public init(
        scenario: Scenario, limits: Worlds.Limits = Worlds.Limits(), token: String? = nil, isControlApart: Bool = false,
        servesPage: Bool = true, maxBody: Int = 8 << 20, workers: Workers? = nil, time: TimeSource = .system, log: Log = .silent
    ) {
        self.isControlApart = isControlApart
        (self.maxBody, self.workers) = (maxBody, workers)
        worlds = Worlds(scenario: scenario, wall: time.now(), limits: limits, log: log)
        control = Control(worlds: worlds, metrics: metrics, time: time, token: token, servesPage: servesPage, workers: workers)
        self.time = time
        self.log = log
        control.serve.withLock { $0 = { [weak self] request, world in self?.answer(request, in: world) ?? .never } }
    }

    // MARK: The path of a request

    /// Answers a request: the control interface, or the world that the request is for.
    ///
    /// - Parameter request: what a client sent.
    /// - Returns: what to send back, and when.
    public func answer(_ request: Request) -> Answer {
        decoded(request) { [self] request in
            if !isControlApart, let answer = control.answer(request) { return answer }
            if request.isOfBrowserItself { return page(for: request) }
            return answer(request, wall: time.now(), workers)
        }
    }

    /// What a browser gets that looks what is there. It is no client of Command, so that it is not in the journal.
    private func page(for request: Request) -> Answer {
        if !isControlApart, let redirect = control.redirect(request) { return .ready(redirect) }
        return refuse(request, .noOperation("GET \(request.text(request.path))"), time.now(), isLogged: false)
    }

    /// Decodes a request's body, by a worker if it may take long to read.
    private func decoded(_ request: Request, then answer: @escaping @Sendable (Request) -> Answer) -> Answer {
        guard request.takesLongToRead else { return answer(request) }
        guard let workers else { return answer(request.decoded(limit: maxBody)) }
        return workers.answer(holding: request.bytes.count) { [maxBody] in answer(request.decoded(limit: maxBody)) }
    }

    /// Answers a request that is for a world, by a worker if it may take long and there are any. A request never waits for others of its
    /// world on the thread that serves its connection.
    private func answer(_ sent: Request, wall: Timestamp, _ workers: Workers?) -> Answer {
        for _ in 0..<Self.mostLookUps {
            var (request, credential) = (sent.withMethodInAnyCase, Credential(sent))
            let world: World
            do throws(Refusal) {
                world = try worlds.find(&request, &credential, wall: wall)
            } catch {
                return refuse(sent, error, wall)
            }
            let exchange = Exchange(request, credential, in: world, world.guide(at: wall), at: wall)
            switch serve(exchange, wall, workers) {
            case .done(let conclusion): return finish(conclusion, of: exchange, since: wall)
            case .dropped: continue
            case .later(let workers):
                return workers.answer(in: world.name, holding: sent.bytes.count) { [self] in answer(sent, wall: time.now(), nil) }
            }
        }
        return Conclusion.abandoned.answer
    }

    /// Answers a request in a world, whatever world it names.
    private func answer(_ request: Request, in world: World) -> Answer {
        let wall = time.now()
        let exchange = Exchange(request, Credential(request), in: world, world.guide(at: wall), at: wall)
        guard case .done(let conclusion) = serve(exchange, wall, nil) else { return Conclusion.abandoned.answer }
        return finish(conclusion, of: exchange, since: wall)
    }

    /// How often a world is looked up that is dropped before its lock is taken. Each time somebody else has dropped it.
    private static let mostLookUps = 100

    /// Refuses a request that names no world.
    private func refuse(_ request: Request, _ refusal: Refusal, _ wall: Timestamp, isLogged: Bool = true) -> Answer {
        if isLogged, let why = refusal.reason { log(.warning, "\(request.line) \(refusal.status): \(why)") }
        return using(worlds.standard) { state in
            .ready(state.response(refusal, now: state.now(wall: wall)))
        } then: {
            $0
        }
    }

    private enum Served {
        case done(Conclusion)
        /// The world has been dropped.
        case dropped
        /// Nothing has been done yet, since it may take long, or others use the world for long.
        case later(Workers)
    }

    private func serve(_ exchange: Exchange, _ wall: Timestamp, _ workers: Workers?) -> Served {
        guard let workers else { return exchange.world.withState { serve(exchange, wall, &$0) } }
        if exchange.mayTakeLong { return .later(workers) }
        return exchange.world.withStateIfSoonFree { serve(exchange, wall, &$0) } ?? .later(workers)
    }

    /// Authentication, rules and, unless a rule makes it wait, the work, under the world's lock.
    private func serve(_ exchange: Exchange, _ wall: Timestamp, _ state: inout WorldState) -> Served {
        guard !state.isDropped else { return .dropped }
        state.dropExpiredRules(at: wall)
        // The rules may have changed since they were matched.
        var exchange = exchange.guide.rules === state.book ? exchange : exchange.checked(against: state.book)
        let now = state.now(wall: wall)
        let caller = state.admit(exchange, now: now)
        let strike = state.strike(&exchange, caller, now: now, wall: wall)
        guard let strike, let pause = strike.pauseBeforeWork else {
            return .done(state.conclude(exchange, caller, strike, now: now, wall: wall, time))
        }
        let ticket = state.hold(exchange, caller, strike, now: now, wall: wall)
        let waiting = Waiting(exchange, caller, strike, generation: state.generation, ticket: ticket, since: wall, time)
        return .done(.waiting(.later(pause) { self.resume(waiting) }, by: strike.rule.name))
    }

    /// Resumes an exchange that waited before its work. If its world was reset or dropped meanwhile, the connection is closed.
    private func resume(_ waiting: Waiting) -> Answer {
        using(waiting.exchange.world) { [time] state in
            guard waiting.claim(), state.generation == waiting.generation else { return Conclusion.abandoned }
            let wall = time.now()
            state.release(waiting.ticket)
            return state.conclude(waiting.exchange, waiting.caller, waiting.strike, now: state.now(wall: wall), wall: wall, time)
        } then: { [self] in
            finish($0, of: waiting.exchange, since: waiting.since)
        }
    }

    /// Answers with a world's state, by a worker if others use it for long.
    private func using<Result>(
        _ world: World, _ body: @escaping @Sendable (inout WorldState) -> Result, then answer: @escaping @Sendable (Result) -> Answer
    ) -> Answer {
        guard let workers else { return answer(world.withState(body)) }
        if let result = world.withStateIfSoonFree(body) { return answer(result) }
        return workers.answer(in: world.name, holding: 0) { answer(world.withState(body)) }
    }

    /// Measures and logs, now that the lock is released.
    private func finish(_ conclusion: Conclusion, of exchange: Exchange, since began: Timestamp) -> Answer {
        worlds.trim()
        if conclusion.isOver { metrics.record(time.now().ticks - began.ticks + conclusion.pause) }
        if let reason = conclusion.reasonLine(of: exchange) { log(conclusion.level, reason) }
        if log.tells(.debug) { log(.debug, conclusion.line(of: exchange)) }
        return completed(conclusion.answer)
    }

    /// An answer whose body is completed, by a worker: that takes some milliseconds.
    private func completed(_ answer: Answer) -> Answer {
        switch answer {
        case .ready(let response) where response.finish != nil:
            workers?.answer(holding: response.body.count) { .ready(response.completed) } ?? .ready(response.completed)
        case .later(let pause, let bytes, let then): .later(pause, holding: bytes) { [self] in completed(then()) }
        default: answer
        }
    }

    // MARK: Without a request

    /// Answers a request on the port of the control interface.
    ///
    /// - Parameter request: any request; only paths below `/_mock/` are served.
    /// - Returns: what to send back, and when.
    public func control(_ request: Request) -> Answer {
        if let redirect = control.redirect(request) { return .ready(redirect) }
        return decoded(request) { [control] in control.answer($0) ?? .ready(ControlRefusal(404, "This port serves only /_mock/.").response)
        }
    }

    /// Restarts the default world with another scenario, with which new worlds begin from now on.
    public func restart(with scenario: Scenario) {
        let world = worlds.standard
        worlds.scenario = scenario
        let wall = time.now()
        let before = world.withState { state in
            state.restart(as: WorldState(name: world.name, scenario: scenario, wall: wall, budget: worlds.budget))
        }
        Worlds.release(before)
    }

    /// A fault for a new connection, as the default world's rules say.
    ///
    /// - Parameters:
    ///   - isSecure: whether it is for HTTPS; faults of TLS affect no other connection.
    ///   - peer: the client's address.
    /// - Returns: `nil` for none.
    public func connected(isSecure: Bool, peer: String) -> ConnectionFault? {
        let world = worlds.standard
        let wall = time.now()
        let guide = world.guide(at: wall)
        guard guide.rules.concernsConnections else { return nil }
        let connection = Exchange(connectionFrom: peer, in: world, guide)
        // The thread that accepts serves others too. A world that is worked on for this long asks no rule.
        let struck = world.withStateIfSoonFree(tries: 20, pause: 1_000) { state -> Strike? in
            let rules = connection.checked(against: state.book).rules.filter {
                isSecure || state.book.rules[$0].effects.connectionFault?.needsTLS != true
            }
            return state.strike(connection.request, rules, caller: peer, now: state.now(wall: wall))
        }
        guard let strike = struck else {
            log(.warning, "a connection from \(peer) passed without its rules: the world '\(world.name)' was busy")
            return nil
        }
        if let strike, log.tells(.debug) { log(.debug, "the rule '\(strike.rule.name)' strikes a connection from \(peer)") }
        return strike?.rule.effects.connectionFault
    }
}
