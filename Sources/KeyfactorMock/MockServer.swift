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
        let response = respond(to: request)
        if log.tells(.debug) { log(.debug, "\(request.method.name) \(request.text(request.path).prefix(200)) \(response.status)") }
        return .ready(response)
    }

    private func respond(to request: Request) -> Response {
        let wall = time.now()
        let world: World
        do throws(Refusal) {
            world = try worlds.find(request)
        } catch {
            if let why = error.why { log(.warning, why) }
            return worlds.standard.withState { state in state.response(error, now: state.now(wall: wall)) }
        }
        if Self.isTokenEndpoint(request) { return token(request, world, wall) }
        // Whatever needs no state is done before the lock is taken.
        let route = router.match(request)
        let credential = Credential(request)
        let body = Self.body(of: request, route)
        var miss: String?
        let response = world.withState { state in
            let now = state.now(wall: wall)
            guard let caller = state.scenario.access.admit(credential, state.tokens, now: now) else { return state.unauthorized(now: now) }
            do throws(Refusal) {
                let (endpoint, parameters) = try self.endpoint(route, request, state.scenario.product)
                try HeaderChecks.check(request, state.scenario.fidelity)
                guard caller.permissions.allow(endpoint.needs) else { throw .forbidden(caller.name, endpoint.needs.text) }
                let call = Call(
                    request: request, parameters: parameters, query: try QueryParameters(request),
                    body: try body?.get(), caller: caller, now: now, product: state.scenario.product, fidelity: state.scenario.fidelity)
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
        if let miss { log(.warning, miss) }
        return response
    }

    /// The endpoint that a route leads to in a release.
    private func endpoint(
        _ route: Router.Match, _ request: Request, _ product: ProductVersion
    ) throws(Refusal) -> (Endpoint, [(name: String, value: String)]) {
        switch route {
        case .endpoint(let endpoint, let parameters):
            guard endpoint.since <= product else { throw .noOperation("Command \(product.rawValue) has no \(endpoint.name)") }
            return (endpoint, parameters)
        case .otherMethods(let methods):
            throw .methodNotAllowed("\(request.method.name) \(request.text(request.path).prefix(200))", methods)
        case .nothing: throw .noOperation(nearMiss.explain(request))
        case .badEncoding: throw .badArgument("The path is not properly percent-encoded UTF-8.")
        }
    }

    /// The body as JSON, if the endpoint reads one; an empty body is none.
    private static func body(of request: Request, _ route: Router.Match) -> Result<JSONDocument, Refusal>? {
        guard case .endpoint(let endpoint, _) = route, endpoint.takesBody, !request.body.isEmpty else { return nil }
        do throws(JSONMistake) {
            return .success(try JSONDocument(request.bytes, in: request.body))
        } catch {
            return .failure(.invalidJSON(error))
        }
    }

    private static func isTokenEndpoint(_ request: Request) -> Bool {
        request.path.count == 13 && request.bytes[request.path].elementsEqual("/oauth2/token".utf8)
    }

    private func token(_ request: Request, _ world: World, _ wall: Timestamp) -> Response {
        do throws(TokenRequest.Failure) {
            let asked = try TokenRequest(request)
            let outcome = world.withState { state -> Result<Response, TokenRequest.Failure> in
                do throws(TokenRequest.Failure) {
                    return .success(try state.issueToken(asked, now: state.now(wall: wall)))
                } catch {
                    return .failure(error)
                }
            }
            return try outcome.get()
        } catch {
            return error.response
        }
    }
}
