import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import KeyfactorMock
@testable import Model
@testable import Worlds

struct AccessTests {
    /// `EXAMPLE\ops:s3:cret` and so on, in base64.
    private static let ops = "Basic RVhBTVBMRVxvcHM6czM6Y3JldA=="
    private static let opsAt = "Basic b3BzQGV4YW1wbGU6czM6Y3JldA=="
    private static let opsBare = "Basic b3BzOnMzOmNyZXQ="
    private static let opsElsewhere = "Basic T1RIRVJcb3BzOnMzOmNyZXQ="
    private static let wrong = "Basic RVhBTVBMRVxvcHM6czM="

    private static func scenario(_ mode: String) -> String {
        """
        auth:
          mode: \(mode)
          users: [ { name: 'EXAMPLE\\ops', password: 's3:cret', permissions: [ /agents/management/read/ ] } ]
          clients: [ { id: ci, secret: 'a b&c' } ]
          tokens: { expiresIn: 60s }
        """
    }

    @Test(
        arguments: [
            ("any", nil, 200, "nobody has to log in"), ("any", ops, 200, "anybody may"), ("any", wrong, 200, "with any password"),
            ("any", "Bearer whatever", 200, "with any token"), ("any", "Basic !!!", 401, "but well formed"),
            ("any", "Basic b3Bz", 401, "a colon is needed"),
            ("any", "Digest x", 401, "another scheme"), ("any", "Basic", 401, "a scheme alone"),
            ("any", "Bearer a b", 401, "a token with a blank"),
            ("basic", nil, 401, "asked for"), ("basic", ops, 200, "DOMAIN\\user, a password with a colon"),
            ("basic", opsAt, 200, "user@DOMAIN, without case"),
            ("basic", opsBare, 200, "the user alone: the Python SDK never sends the domain"),
            ("basic", opsElsewhere, 401, "another domain"), ("basic", wrong, 401, "a wrong password"),
            ("basic", "Bearer whatever", 401, "no tokens here"), ("bearer", ops, 401, "no passwords here"),
            ("bearer", "Bearer whatever", 401, "a token of somebody else"),
            ("both", ops, 200, "either"), ("both", nil, 401, "but one of them"), ("none", "Basic !!!", 200, "the header is not read"),
            ("none", nil, 200, "nobody is asked"),
        ] as [(String, String?, Int, String)])
    func aCredential(in mode: String, _ header: String?, gets status: Int, _ reason: String) throws {
        let reply = try Mock(Self.scenario(mode)).send(.get, "/Agents", headers: header.map { [("authorization", $0)] } ?? [])
        #expect(reply.status == status)
    }

    @Test(arguments: [
        ("basic", ["Basic realm=\"Keyfactor Command\", charset=\"UTF-8\""]), ("bearer", ["Bearer"]),
        ("both", ["Basic realm=\"Keyfactor Command\", charset=\"UTF-8\"", "Bearer"]),
    ])
    func the401IsThatOfIIS(_ mode: String, _ schemes: [String]) throws {
        let reply = try Mock("auth: { mode: \(mode) }").get("/Agents")
        #expect(reply.headers.filter { $0.0 == "WWW-Authenticate" }.map(\.1) == schemes)
        #expect(reply["Content-Type"] == "text/html")
        #expect(reply.body.contains("401 - Unauthorized: Access is denied due to invalid credentials."))
    }

    @Test(
        arguments: [
            (
                "json", "application/json; charset=utf-8",
                #"{"ErrorCode":"0xA0140001","Message":"Access is denied due to invalid credentials."}"#
            ), ("empty", nil, ""),
        ] as [(String, String?, String)])
    func theUnauthorizedBodyIsASwitch(_ value: String, _ type: String?, _ body: String) throws {
        let reply = try Mock("{ auth: { mode: basic }, fidelity: { unauthorizedBody: \(value) } }").get("/Agents")
        #expect(reply["Content-Type"] == type)
        #expect(reply.body == body)
    }

    @Test func aMissingPermissionIsForbidden() throws {
        let mock = try Mock(Self.scenario("basic"))
        let headers = [("authorization", Self.ops), ("x-keyfactor-requested-with", "APIClient")]
        let reply = try mock.send(.post, "/OrchestratorJobs/Custom", headers: headers, body: "{}")
        #expect(reply.status == 403)
        #expect(reply.body == #"{"ErrorCode":"0xA0140002","Message":"User EXAMPLE\\ops doesn\u0027t have the required permission"}"#)
        #expect(reply["X-Mock-Why"] == "needed: /agents/management/modify/")
        let usable = try mock.send(.get, "/Status/Endpoints", headers: headers).json.elements.compactMap(\.text)
        #expect(usable.contains("GET /Agents"))
        #expect(!usable.contains("POST /OrchestratorJobs/Custom"))
    }

    @Test(
        arguments: [
            (
                [("Authorization", "Basic Y2k6YSUyMGIlMjZj")], "grant_type=client_credentials&scope=all&audience=x", 200, nil,
                "client_secret_basic, form-encoded as RFC 6749 says"
            ),
            ([], "grant_type=client_credentials&client_id=ci&client_secret=a+b%26c", 200, nil, "client_secret_post"),
            ([], "grant_type=client_credentials&client_id=ci&client_secret=wrong", 401, "invalid_client", "a wrong secret"),
            ([], "grant_type=client_credentials&client_id=other&client_secret=x", 401, "invalid_client", "an unknown client"),
            ([], "grant_type=client_credentials", 401, "invalid_client", "no client"),
            ([("Authorization", "Basic !")], "grant_type=client_credentials", 401, "invalid_client", "a header that is none"),
            (
                [("Authorization", "Basic Y2k6YSUyMGIlMjZj")], "grant_type=client_credentials&client_id=ci&client_secret=x", 400,
                "invalid_request", "the secret twice"
            ),
            ([], "client_id=ci&client_secret=a+b%26c", 400, "invalid_request", "no grant type"),
            ([], "grant_type=password&client_id=ci&client_secret=x", 400, "unsupported_grant_type", "another grant"),
            ([], "grant_type=client_credentials&grant_type=client_credentials", 400, "invalid_request", "a parameter twice"),
            ([], "grant_type=%zz", 400, "invalid_request", "no form"),
        ] as [([(String, String)], String, Int, String?, String)])
    func theTokenEndpointAnswersAsRFC6749Says(
        _ headers: [(String, String)], _ form: String, _ status: Int, _ error: String?, _ reason: String
    ) throws {
        let mock = try Mock(Self.scenario("bearer"))
        let reply = try mock.send(.post, "/oauth2/token", headers: headers, body: form)
        #expect(reply.status == status)
        #expect(reply.json["error"]?.text == error)
        #expect(reply["Cache-Control"] == "no-store")
        #expect(
            (reply["WWW-Authenticate"] != nil) == (status == 401 && reply.json["error_description"]?.text?.contains("neither") == false))
        guard status == 200 else { return }
        #expect(reply.json["token_type"]?.text == "Bearer")
        #expect(reply.json["expires_in"]?.integer == 60)
        #expect(reply.json["scope"]?.text == (form.contains("scope") ? "all" : nil))
        let token = reply.json["access_token"]?.text ?? ""
        #expect(try mock.send(.get, "/Agents", headers: [("Authorization", "bearer \(token)")]).status == 200)
    }

    @Test func theTokenEndpointTakesOnlyPOST() throws {
        let reply = try Mock().send(.get, "/oauth2/token")
        #expect(reply.status == 405)
        #expect(reply["Allow"] == "POST")
    }

    @Test(arguments: ["any", "bearer"])
    func anExpiredTokenIsRefused(_ mode: String) throws {
        let time = Lock(Mock.noon)
        let scenario = try Scenario(Array(Self.scenario(mode).utf8), now: Mock.noon)
        let server = MockServer(scenario: scenario, time: TimeSource { time.withLock { $0 } })
        func send(_ request: Request) -> Response? { if case .ready(let response) = server.answer(request) { response } else { nil } }
        let form = Array("grant_type=client_credentials&client_id=ci&client_secret=a+b%26c".utf8)
        let reply = try #require(send(Request(.post, "/oauth2/token", body: form)))
        let token = try JSONDocument(reply.body).root["access_token"]?.text ?? ""
        let request = Request(.get, "/KeyfactorAPI/Agents", headers: [("Authorization", "Bearer \(token)")])
        time.withLock { $0 = Mock.noon + .milliseconds(59_999) }
        #expect(send(request)?.status == 200)
        time.withLock { $0 = Mock.noon + .seconds(60) }
        #expect(send(request)?.status == 401)
    }

    @Test func theNumberOfTokensIsBounded() {
        var (tokens, identifiers) = (Tokens(), Identifiers(seed: 1, world: "w"))
        let first = tokens.issue(to: "a", in: "default", expires: Mock.noon, &identifiers)
        let second = tokens.issue(to: "b", in: "default", expires: Mock.noon, &identifiers)
        for _ in 0..<(Tokens.limit - 1) { _ = tokens.issue(to: "c", in: "default", expires: Mock.noon, &identifiers) }
        #expect(tokens.find(first, now: Mock.noon) == .unknown)
        #expect(tokens.find(second, now: Mock.noon) == .expired(client: "b", at: Mock.noon))
        #expect(tokens.find(second, now: Mock.noon + .seconds(-1)) == .valid(client: "b"))
    }

    @Test(
        arguments: [
            (["*"], Permission.agentsModify, nil, true, "everything"),
            (["/"], .agentsModify, nil, true, "everything, as Command writes it"),
            (["/agents/"], .agentsRead, nil, true, "what lies below"),
            (["/agents/management/read/"], .agentsModify, nil, false, "reading is not modifying"),
            (["/agents/management/read"], .agentsRead, nil, true, "a slash forgotten"),
            (["/certificate_stores/schedule/3/"], .storesSchedule, 3, true, "its container"),
            (["/certificate_stores/schedule/3/"], .storesSchedule, 33, false, "not 33"),
            (["/certificate_stores/schedule/3/"], .storesSchedule, nil, false, "nothing without container"),
            (["/certificate_stores/schedule/"], .storesSchedule, 3, true, "global grants each"), ([], .agentsRead, nil, false, "nothing"),
        ] as [([String], Permission, Int?, Bool, String)])
    func permissions(_ granted: [String], _ permission: Permission, _ container: Int?, _ allows: Bool, _ reason: String) {
        #expect(Permissions(granted).allow(permission, container: container) == allows)
    }

    @Test(arguments: [
        ("abc", "abc", true), ("abc", "abd", false), ("abc", "ab", false), ("ab", "abc", false), ("", "", true), ("", "a", false),
        ("a", "", false),
    ])
    func secretsAreCompared(_ secret: String, _ given: String, _ same: Bool) {
        #expect(AccessPolicy.isEqual(Array(secret.utf8), Array(given.utf8)) == same)
    }
}
