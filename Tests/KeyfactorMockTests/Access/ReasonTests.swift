import MicroHTTP
import TestSupport
import Testing

@testable import Base

/// Every 4xx and every broken reply has its reason in `X-Mock-Why`, the journal and the log, in the same words.
struct ReasonTests {
    private final class Recording: Sendable {
        let lines = Lock<[String]>([])
        var log: Log { Log(.info) { line in self.lines.withLock { $0.append(line) } } }
    }

    private static func scenario(_ mode: String) -> String {
        """
        auth:
          mode: \(mode)
          users: [ { name: 'EXAMPLE\\ops', password: right }, { name: reader, password: p, permissions: [ /pam/ ] } ]
          clients: [ { id: ci, secret: s } ]
          tokens: { expiresIn: 60s }
        """
    }

    private static func basic(_ user: String, _ password: String) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        let bytes = Array("\(user):\(password)".utf8)
        var text = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let word = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
            for place in 0...part.count { text.append(digits[word >> (18 - 6 * place) & 63]) }
        }
        return "Basic " + text
    }

    /// Asks for the agents and compares the three places.
    private static func reason(_ scenario: String, _ request: Request, status: Int = 401) throws -> String {
        let recording = Recording()
        let mock = try Mock(scenario, log: recording.log)
        return try reason(mock, recording, request, status: status)
    }

    private static func reason(_ mock: Mock, _ recording: Recording, _ request: Request, status: Int) throws -> String {
        let answered = try mock.raw(request)
        let why = answered["X-Mock-Why"] ?? "no reason"
        #expect(answered.status == status, "\(why)")
        let entry = try mock.get("/_mock/journal").json["exchanges"]?.elements.first
        #expect(entry?["why"]?.text == why)
        #expect(recording.lines.withLock { $0.contains { $0.hasSuffix(" \(why)\n") } }, "\(recording.lines.withLock { $0 })")
        return why
    }

    @Test(
        arguments: [
            ("basic", nil, "no Authorization header", "nothing sent"),
            ("bearer", nil, "/oauth2/token", "nothing sent, and where to get a token"),
            ("basic", basic("opps", "right"), "did you mean 'EXAMPLE\\ops'", "a misspelt user"),
            ("basic", basic("EXAMPLE\\osp", "right"), "did you mean 'EXAMPLE\\ops'", "letters swapped"),
            ("basic", basic("nobody-like-this", "x"), "the scenario's users are", "nobody near"),
            ("basic", basic("OTHER\\ops", "right"), "of another domain", "another domain"),
            ("both", basic("EXAMPLE\\ops", "hush-1"), "the password of the user 'EXAMPLE\\ops' is wrong", "a wrong password"),
            ("bearer", basic("ops", "right"), "auth.mode is bearer", "no passwords here"),
            ("basic", "Bearer abc", "auth.mode is basic", "no tokens here"),
            ("bearer", "Bearer hush-1", "none that this mock issues", "a nonsense token"),
            ("any", "Digest a=hush-1", "the scheme 'Digest'", "another scheme"),
            ("any", "hush-1", "neither Basic nor Bearer", "no scheme: it may be the secret"),
            ("any", "Basic !!!", "not base64", "no base64"),
            ("any", "Basic b3Bz", "no ':'", "no colon"), ("any", "Basic ", "nothing more", "nothing after Basic"),
            ("bearer", "Bearer a b", "RFC 6750", "a token with a blank"),
            (
                "bearer", "Bearer kfm-default-00000000-0000-0000-0000-000000000000-00000000-0000-0000-0000-000000000000",
                "knows no such token", "never issued"
            ),
        ] as [(String, String?, String, String)])
    func a401HasAReason(_ mode: String, _ header: String?, _ wanted: String, _ reason: String) throws {
        let headers = [("Host", "localhost")] + (header.map { [("Authorization", $0)] } ?? [])
        let why = try Self.reason(Self.scenario(mode), Request(.get, "/KeyfactorAPI/Agents", headers: headers))
        #expect(why.contains(wanted), "\(reason): \(why)")
        #expect(!why.contains("hush-1"))
    }

    private static func token(_ mock: Mock, _ world: String = "") throws -> String {
        let request = Request(
            .post, world + "/oauth2/token", body: Array("grant_type=client_credentials&client_id=ci&client_secret=s".utf8))
        return try mock.raw(request).json["access_token"]?.text ?? ""
    }

    @Test func anExpiredTokenSaysWhen() throws {
        let (recording, time) = (Recording(), Lock(Mock.noon))
        let mock = try Mock(Self.scenario("bearer"), log: recording.log, time: TimeSource { time.withLock { $0 } })
        let token = try Self.token(mock)
        time.withLock { $0 = $0 + .seconds(61) }
        let request = Request(.get, "/KeyfactorAPI/Agents", headers: [("Authorization", "Bearer \(token)")])
        let why = try Self.reason(mock, recording, request, status: 401)
        #expect(why == "the token of client ci expired 2026-11-22T12:01:00Z, the world's time is 2026-11-22T12:01:01Z")
    }

    @Test func aTokenOfAnotherWorldIsNamed() throws {
        let recording = Recording()
        let mock = try Mock(Self.scenario("bearer"), log: recording.log)
        let token = try Self.token(mock, "/w/other")
        let headers = [("Authorization", "Bearer \(token)"), ("X-Mock-World", "default")]
        let why = try Self.reason(mock, recording, Request(.get, "/KeyfactorAPI/Agents", headers: headers), status: 401)
        #expect(why == "the token was issued by the world 'other', and this is the world 'default'")
    }

    @Test(arguments: [
        ("client_id=cii&client_secret=s", 401, "there is no client 'cii'; did you mean 'ci'?"),
        ("client_id=ci&client_secret=hush-1", 401, "the secret of the client 'ci' is wrong"),
        ("client_id=ci&client_id=ci", 400, "came twice"),
        ("client_id=ci", 401, "the form has no client_secret for the client 'ci'"),
        ("client_id=ci&client_secret=", 401, "the secret of the client 'ci' is wrong"),
        ("", 401, "neither Basic credentials nor"), ("client_id=%", 400, "not properly encoded"),
    ])
    func aTokenRequestHasAReason(_ form: String, _ status: Int, _ wanted: String) throws {
        let body = Array("grant_type=client_credentials&\(form)".utf8)
        let why = try Self.reason(Self.scenario("both"), Request(.post, "/oauth2/token", body: body), status: status)
        #expect(why.contains(wanted) && !why.contains("hush-1"), "\(why)")
    }

    @Test func aTokenRequestInJSONIsAskedForAForm() throws {
        let body = Array(#" {"grant_type":"client_credentials","client_secret":"hush-1"}"#.utf8)
        let why = try Self.reason(Self.scenario("both"), Request(.post, "/oauth2/token", body: body), status: 400)
        #expect(why == "grant_type is missing: expected a form (application/x-www-form-urlencoded), found JSON")
    }

    @Test(
        arguments: [
            "/oauth/token", "/OAuth2/Token", "/connect/token", "/KeyfactorAPI/oauth2/token", "/auth/realms/x/protocol/openid-connect/token",
        ], [("any", 404), ("bearer", 401)])
    func aTokenRequestElsewhereIsToldWhereTheEndpointIs(_ path: String, _ access: (mode: String, status: Int)) throws {
        let request = Request(.post, path, body: Array("grant_type=client_credentials".utf8))
        let why = try Self.reason(Self.scenario(access.mode), request, status: access.status)
        #expect(why.contains("the token endpoint is POST /oauth2/token"), "\(why)")
    }

    @Test(
        arguments: [
            ("token", "limit: { tokens: 1, refill: 1/h }", 429, "the rule 'token' strikes: limit of 1, refilled 1/h"),
            (
                "api-key: x", "limit: { tokens: 1, refill: 20/h, per: caller }", 429,
                "the rule 'api-key: x' strikes: limit of 1, refilled 20/h"
            ),
            ("password: y", "refuse: unavailable", 503, "the rule 'password: y' strikes: refuse unavailable"),
            ("changed", "alter: { status: 409 }", 409, "the rule 'changed' strikes: alter"),
            ("gone", "alter: { status: 404, headers: { X-A: b } }", 404, "the rule 'gone' strikes: alter"),
        ])
    func whatARuleDoesIsSaidWithItsName(_ name: String, _ effect: String, _ status: Int, _ wanted: String) throws {
        let rule = "rules: [ { name: '\(name)', operation: GET /Agents, do: [ { \(effect) } ] } ]"
        let mock = try Mock(rule)
        if status == 429 { _ = try mock.get("/Agents") }
        let answered = try mock.get("/Agents")
        #expect(answered.status == status)
        if status < 500 { #expect(answered["X-Mock-Why"]?.hasPrefix(wanted) == true, "\(answered["X-Mock-Why"] ?? "")") }
        let why = try mock.get("/_mock/journal").json["exchanges"]?.elements.first?["why"]?.text
        #expect(why?.hasPrefix(wanted) == true, "\(why ?? "")")
    }

    @Test(
        arguments: [
            (.get, "/Agnts", 404, "nearest is GET /Agents"), (.delete, "/Agents", 405, "this path has"), (.get, "/Agents/x", 400, "GUID"),
            (.get, "/CertificateStores/00000000-0000-0000-0000-000000000001", 404, "does not exist"),
            (.get, "/%zz", 400, "percent-encoded"),
            (.post, "/OrchestratorJobs/Custom", 400, "x-keyfactor-requested-with"),
        ] as [(MicroHTTP.Method, String, Int, String)])
    func anyOther4xxHasAReason(_ method: MicroHTTP.Method, _ path: String, _ status: Int, _ wanted: String) throws {
        let why = try Self.reason("", Request(method, "/KeyfactorAPI" + path), status: status)
        #expect(why.contains(wanted), "\(why)")
    }

    @Test func a403NamesThePermission() throws {
        let headers = [("Authorization", Self.basic("reader", "p"))]
        let why = try Self.reason(Self.scenario("basic"), Request(.get, "/KeyfactorAPI/Agents", headers: headers), status: 403)
        #expect(why.contains("/agents/management/read/"))
    }

    @Test(
        arguments: [
            ("refuse: unauthorized", 401), ("refuse: throttled", 429), ("refuse: not-found-agent", 404),
            ("answer: { status: 418, body: x }", 418),
            ("refuse: forbidden", 403),
        ] as [(String, Int)])
    func aRuleIsTheReason(_ effect: String, _ status: Int) throws {
        let rules = "rules: [ { name: planned, operation: GET /Agents, do: [ { \(effect) } ] } ]"
        let why = try Self.reason(rules, Request(.get, "/KeyfactorAPI/Agents"), status: status)
        #expect(why.hasPrefix("the rule 'planned' strikes: \(effect.prefix(6))"), "\(why)")
    }

    @Test(
        arguments: [
            ("break: reset, at: reply", "reset", "reset without a reply"), ("break: close", "closed", "closed without a reply"),
            ("break: bad-chunk", "broken", "200 broken"), ("break: stall, at: body", "broken", "200 broken"),
            ("break: stall", "never", "never answered"), ("break: dribble", "whole", "200"), ("break: slow-headers", "whole", "200"),
        ] as [(String, String, String)])
    func aBrokenReplyIsRecordedAsWhatItIs(_ effect: String, _ delivery: String, _ line: String) throws {
        let recording = Lock<[String]>([])
        let mock = try Mock(
            "rules: [ { name: planned, operation: GET /Agents, do: [ { \(effect) } ] } ]",
            log: Log(.debug) { line in recording.withLock { $0.append(line) } })
        _ = try? mock.get("/Agents")
        let entry = try mock.get("/_mock/journal").json["exchanges"]?.elements.first
        #expect(entry?["delivery"]?.text == delivery)
        let why = entry?["why"]?.text
        #expect((why != nil) == (delivery != "whole"))
        let lines = recording.withLock { $0 }
        #expect(lines.contains { $0.contains("GET /KeyfactorAPI/Agents \(line) by the rule 'planned'") }, "\(lines)")
        if let why { #expect(lines.contains { $0.contains("INFO GET /KeyfactorAPI/Agents \(line): \(why)") }, "\(lines)") }
    }
}
