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
    package init(name: String, scenario: Scenario) {
        self.name = name
        state = Lock(WorldState(name: name, scenario: scenario))
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
    private let clock = WorldClock()
    private let fields: WireFields
    private var date: (second: Int64, field: [UInt8]) = (.min, [])

    init(name: String, scenario: Scenario) {
        estate = scenario.estate
        estate.identifiers = Identifiers(seed: scenario.seed, world: name)
        self.scenario = scenario
        fields = WireFields(scenario.product)
    }

    /// The world's time.
    ///
    /// - Parameter wall: the wall clock's time.
    /// - Returns: the world's time, in whole milliseconds.
    func now(wall: Timestamp) -> Timestamp { clock.now(wall: wall) }

    /// Gives a token to a client, or says why not.
    mutating func issueToken(_ request: TokenRequest, now: Timestamp) throws(TokenRequest.Failure) -> Response {
        let access = scenario.access
        guard access.admitsClient(request.client, request.secret) else {
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
        var response = Response(reply.status, body: reply.body)
        if !reply.body.isEmpty { response.add(packed: fields.json) }
        if reply.status < 300 { response.add(packed: fields.versions) }
        addCommon(to: &response, now: now)
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
        let isProblem = refusal.bindingMember != nil && scenario.fidelity.bindingErrors == .problem
        var response = Response(refusal.status)
        if isProblem {
            response.body = refusal.problemBody(trace: estate.identifiers.next(.correlation))
            response.add("Content-Type", "application/problem+json; charset=utf-8")
        } else {
            response.body = refusal.body
            response.add(packed: fields.json)
        }
        addCommon(to: &response, now: now)
        for header in refusal.headers { response.add(header.name, header.value) }
        if let why = refusal.why { response.add("X-Mock-Why", why) }
        return response
    }

    /// The 401 as IIS sends it before Command is asked, or as the fidelity switch says.
    ///
    /// - Parameter now: the world's time, for `Date`.
    /// - Returns: the response, whole.
    mutating func unauthorized(now: Timestamp) -> Response {
        var response = Response(401)
        switch scenario.fidelity.unauthorizedBody {
        case .html:
            response.body = Array(WireFields.unauthorizedPage.utf8)
            response.add("Content-Type", "text/html")
        case .json:
            response.body =
                Refusal(
                    status: 401, code: "0xA0140001", message: "Access is denied due to invalid credentials.", provenance: .assumed
                ).body
            response.add(packed: fields.json)
        case .empty: break
        }
        if scenario.access.mode != .bearer { response.add("WWW-Authenticate", "Basic realm=\"Keyfactor Command\"") }
        if scenario.access.mode != .basic { response.add("WWW-Authenticate", "Bearer") }
        addCommon(to: &response, now: now)
        return response
    }

    /// `X-Keyfactor-Correlation-Id`, new on every answer, `X-Keyfactor-Product-Version` and `Date`.
    private mutating func addCommon(to response: inout Response, now: Timestamp) {
        let second = now.ticks / Timestamp.ticksPerSecond
        if date.second != second { date = (second, WireFields.pack("Date", now.httpDate)) }
        response.add(packed: fields.product)
        response.add(packed: date.field)
        response.add("X-Keyfactor-Correlation-Id", estate.identifiers.next(.correlation))
    }
}

/// Header fields that never change while a world runs, packed once.
struct WireFields: Sendable {
    let json = Self.pack("Content-Type", "application/json; charset=utf-8")
    let versions = Self.pack("Api-Supported-Versions", "1.0")
    let product: [UInt8]

    init(_ version: ProductVersion) {
        product = Self.pack("X-Keyfactor-Product-Version", version.traits.header)
    }

    static func pack(_ name: String, _ value: String) -> [UInt8] {
        var response = Response(200)
        response.add(name, value)
        return response.fields
    }

    /// In words of our own; the phrase is the one that clients look for.
    static let unauthorizedPage = """
        <!DOCTYPE html><html><head><title>401 - Unauthorized</title></head><body>
        <h1>401 - Unauthorized: Access is denied due to invalid credentials.</h1>
        </body></html>

        """
}

extension Response {
    /// Adds a header field whose value is a GUID, without making a String of it.
    mutating func add(_ name: StaticString, _ guid: GUID) {
        var packed: [UInt8] = []
        packed.reserveCapacity(name.utf8CodeUnitCount + 38)
        packed.append(contentsOf: "\(name)".utf8)
        packed.append(0)
        guid.write(to: &packed)
        packed.append(0)
        add(packed: packed)
    }
}
