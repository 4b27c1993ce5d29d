import MicroHTTP

/// One isolated copy of everything: estate, clock, scenario, tokens. All of it is one value behind one lock.
package final class World: Sendable {
    /// The world's name, `[A-Za-z0-9._-]{1,64}`.
    package let name: String
    private let state: Lock<WorldState>

    /// A world at the beginning of a scenario.
    ///
    /// - Parameters:
    ///   - name: the world's name; part of what the seed decides.
    ///   - scenario: what it starts with.
    ///   - wall: the wall clock's time.
    package init(name: String, scenario: Scenario, wall: Timestamp) {
        self.name = name
        state = Lock(WorldState(name: name, scenario: scenario, wall: wall))
    }

    /// Uses the world alone. Nothing may wait, log or write to a socket meanwhile.
    func withState<Result>(_ body: (inout WorldState) -> Result) -> Result {
        state.withLock(body)
    }

    /// The estate as it is now. A copy: what happens later does not show in it.
    package var estate: Estate { state.withLock { $0.estate } }
}

/// What a world consists of.
struct WorldState: Sendable {
    var estate: Estate
    var tokens = Tokens()
    let scenario: Scenario
    var clock: WorldClock
    /// How often the world has been put back.
    private(set) var generation = 0
    private var fields: WireFields

    init(name: String, scenario: Scenario, wall: Timestamp) {
        estate = scenario.estate
        clock = scenario.clock.started(wall: wall)
        estate.identifiers = Identifiers(seed: scenario.seed, world: name)
        self.scenario = scenario
        fields = WireFields(scenario.product)
    }

    /// Puts the world back to its scenario.
    ///
    /// - Parameters:
    ///   - name: the world's name.
    ///   - wall: the wall clock's time.
    /// - Returns: how often it has been put back, and how many jobs went.
    mutating func reset(name: String, wall: Timestamp) -> (generation: Int, jobs: Int) {
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

    /// Gives a token to a client, or says why not.
    mutating func issueToken(_ request: TokenRequest, now: Timestamp) throws(TokenRequest.Failure) -> Response {
        let access = scenario.access
        guard request.secrets.contains(where: { access.admitsClient(request.client, $0) }) else {
            throw TokenRequest.Failure(
                status: 401, error: "invalid_client", description: "invalid client credentials", challenges: true)
        }
        let token = tokens.issue(to: request.client, expires: now + access.tokenLifetime, &estate.identifiers)
        var writer = JSONWriter(capacity: 192)
        writer.object { writer in
            writer.member("access_token", token)
            writer.member("token_type", "Bearer")
            writer.member("expires_in", Int(access.tokenLifetime.components.seconds))
            if let scope = request.scope { writer.member("scope", scope) }
        }
        return .ofTokenEndpoint(200, writer.bytes)
    }

    /// A response with the header fields that Command sends with every answer.
    ///
    /// - Parameters:
    ///   - reply: the vendor's part of it.
    ///   - now: the world's time, for `Date`.
    /// - Returns: the response, whole.
    mutating func response(_ reply: Reply, now: Timestamp) -> Response {
        var response = response(reply.status, reply.body.isEmpty ? .bare : .json, body: reply.body, now: now)
        if let total = reply.total { response.add("X-Total-Count", String(total)) }
        return response
    }

    /// A refusal as Command sends it.
    ///
    /// - Parameters:
    ///   - refusal: the refusal.
    ///   - now: the world's time, for `Date`.
    /// - Returns: the response, whole.
    mutating func response(_ refusal: Refusal, now: Timestamp) -> Response {
        var response: Response
        if refusal.bindingMember != nil, scenario.fidelity.bindingErrors == .problem {
            let body = refusal.problemBody(trace: estate.identifiers.next(.correlation))
            response = self.response(refusal.status, .other, body: body, now: now)
            response.add("Content-Type", "application/problem+json; charset=utf-8")
        } else {
            response = self.response(refusal.status, .refusal, body: refusal.body, now: now)
        }
        for header in refusal.headers { response.add(header.name, header.value) }
        if let why = refusal.why { response.add("X-Mock-Why", why) }
        return response
    }

    /// The 401 as IIS sends it before Command is asked, or as the fidelity switch says.
    ///
    /// - Parameter now: the world's time, for `Date`.
    /// - Returns: the response, whole.
    mutating func unauthorized(now: Timestamp) -> Response {
        var response: Response
        switch scenario.fidelity.unauthorizedBody {
        case .html:
            response = self.response(401, .other, body: Array(Self.unauthorizedPage.utf8), now: now)
            response.add("Content-Type", "text/html")
        case .json: response = self.response(401, .refusal, body: Refusal.unauthorized.body, now: now)
        case .empty: response = self.response(401, .other, body: [], now: now)
        }
        if scenario.access.mode != .bearer { response.add("WWW-Authenticate", "Basic realm=\"Keyfactor Command\"") }
        if scenario.access.mode != .basic { response.add("WWW-Authenticate", "Bearer") }
        return response
    }

    private mutating func response(_ status: Int, _ kind: WireFields.Kind, body: [UInt8], now: Timestamp) -> Response {
        Response(status, packed: fields.packed(kind, now: now, correlation: estate.identifiers.next(.correlation)), body: body)
    }

    /// In words of our own; the phrase is the one that clients look for.
    static let unauthorizedPage = """
        <!DOCTYPE html><html><head><title>401 - Unauthorized</title></head><body>
        <h1>401 - Unauthorized: Access is denied due to invalid credentials.</h1>
        </body></html>

        """
}
