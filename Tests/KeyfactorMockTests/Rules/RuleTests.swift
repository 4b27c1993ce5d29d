import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Rules

/// Which rule strikes: while, window, calls, chance, in this order, counted as scenarios say.
struct RuleTests {
    static let job = #"{"AgentId":"A","JobTypeName":"SampleCustomJobType","JobFields":{"ParamInt":1}}"#

    /// The statuses of some GETs in a row.
    static func statuses(_ mock: Mock, _ count: Int, _ path: String = "/Agents", as user: String? = nil) throws -> [Int] {
        try (0..<count).map { _ in try status(mock, path, as: user) }
    }

    static func status(_ mock: Mock, _ path: String = "/Agents", as user: String? = nil) throws -> Int {
        let credentials = user.map { [("Authorization", "Basic " + base64($0 + ":x"))] } ?? []
        return try mock.send(.get, path, headers: credentials).status
    }

    static func base64(_ text: String) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var out = ""
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let word = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
            for place in 0..<4 { out.append(place <= part.count ? digits[word >> (18 - 6 * place) & 63] : "=") }
        }
        return out
    }

    @Test(arguments: Door.allCases) func aRuleStrikesTheCallsItNames(_ door: Door) throws {
        let mock = try Mock("rules: [ { operation: GET /Agents, calls: 2-3, do: [ { refuse: unavailable } ] } ]", through: door)
        #expect(try Self.statuses(mock, 5) == [200, 503, 503, 200, 200])
        #expect(try Self.statuses(mock, 2, "/JobTypes/Custom") == [200, 200], "and no other operation")
    }

    @Test func theFirstDueRuleStrikesAndThoseAfterItNeitherCountNorDraw() throws {
        let mock = try Mock(
            """
            rules:
              - { name: first, operation: GET /Agents, calls: 1-2, do: [ { refuse: forbidden } ] }
              - { name: second, operation: "* /**", calls: 1-2, do: [ { refuse: unavailable } ] }
            """)
        #expect(try Self.statuses(mock, 5) == [403, 403, 503, 503, 200])
    }

    @Test func callsAreCountedSeparatelyPerCaller() throws {
        let mock = try Mock("rules: [ { operation: GET /Agents, calls: 1, per: caller, do: [ { refuse: unavailable } ] } ]")
        #expect(try Self.statuses(mock, 2, as: "ann") == [503, 200])
        #expect(try Self.statuses(mock, 2, as: "bob") == [503, 200])
        #expect(try Self.statuses(mock, 2) == [503, 200], "who has no name is known by the address")
    }

    @Test func callsAreCountedSeparatelyPerHeaderOrQuery() throws {
        let mock = try Mock(
            """
            rules:
              - { operation: GET /Agents, calls: 1, per: header.X-Run, do: [ { refuse: unavailable } ] }
              - { operation: GET /JobTypes/Custom, calls: 1, per: query.PageReturned, do: [ { refuse: unavailable } ] }
            """)
        func run(_ name: String) throws -> Int { try mock.send(.get, "/Agents", headers: [("x-run", name)]).status }
        #expect(try [run("1"), run("2"), run("1"), run("2")] == [503, 503, 200, 200])
        #expect(try Self.statuses(mock, 1, "/JobTypes/Custom?pq.pageReturned=1") == [503])
        #expect(try Self.statuses(mock, 2, "/JobTypes/Custom?PageReturned=2") == [503, 200])
    }

    @Test func keysBeyondTheLimitShareACount() throws {
        let scenario = "rules: [ { operation: GET /Status/Endpoints, calls: 1, per: header.x-run, do: [ { refuse: unavailable } ] } ]"
        let mock = try Mock(scenario)
        func run(_ number: Int) throws -> Int { try mock.send(.get, "/Status/Endpoints", headers: [("x-run", "\(number)")]).status }
        for number in 0..<RuleStates.mostKeys { #expect(try run(number) == 503) }
        #expect(try run(70_000) == 503)
        #expect(try run(70_001) == 200, "the second call of those that share a count")
        #expect(try run(5) == 200, "who has a count keeps it")
    }

    @Test func aPhaseBeginsHealthyAndMovesWithAStrike() throws {
        let mock = try Mock(
            """
            rules:
              - { operation: GET /Agents, while: healthy, calls: 3, becomes: degraded, do: [] }
              - { operation: GET /Agents, while: degraded, calls: 1-2, do: [ { refuse: unavailable } ] }
              - { operation: GET /Agents, while: degraded, becomes: healthy, do: [ { refuse: throttled } ] }
            """)
        #expect(try Self.statuses(mock, 8) == [200, 200, 200, 503, 503, 429, 200, 200])
    }

    @Test func callsCountOnlyWhilePhaseAndWindowHold() throws {
        let life = try Life(
            """
            clock: { start: 2026-03-01T09:00:00Z, mode: frozen }
            rules: [ { operation: GET /Agents, window: { from: +60m, to: +90m }, calls: 2, do: [ { refuse: unavailable } ] } ]
            """)
        #expect(try Self.statuses(life.mock, 3) == [200, 200, 200])
        _ = try life.mock.post("/_mock/clock/advance", #"{"by":"60m"}"#)
        #expect(try Self.statuses(life.mock, 3) == [200, 503, 200])
        _ = try life.mock.post("/_mock/clock/advance", #"{"by":"30m"}"#)
        #expect(try Self.statuses(life.mock, 2) == [200, 200], "the end of a window is not in it")
    }

    @Test func aWindowCanNameTimes() throws {
        let life = try Life(
            """
            clock: { start: 2026-03-01T09:00:00Z, mode: frozen }
            rules: [ { operation: GET /Agents, window: { from: 2026-03-01T10:00:00Z }, do: [ { refuse: unavailable } ] } ]
            """)
        #expect(try Self.status(life.mock) == 200)
        _ = try life.mock.send(.put, "/_mock/clock", body: #"{"now":"2026-03-01T10:00:00Z"}"#)
        #expect(try Self.status(life.mock) == 503)
    }

    @Test func chanceIsRepeatableAndMaxRunHolds() throws {
        let scenario =
            "seed: 42\nrules: [ { name: flaky, operation: GET /Agents, chance: 60%, maxRun: 2, do: [ { refuse: unavailable } ] } ]"
        let first = try Self.statuses(try Mock(scenario), 400)
        #expect(try Self.statuses(try Mock(scenario), 400) == first)
        #expect(!first.split(separator: 200, omittingEmptySubsequences: true).contains { $0.count > 2 })
        #expect(first.split(separator: 200).contains { $0.count == 2 } && first.count { $0 == 503 } > 150)
        #expect(try Self.statuses(try Mock("seed: 43" + scenario.dropFirst(8)), 400) != first)
    }

    @Test func anotherRuleDoesNotChangeTheDraws() throws {
        let flaky = "{ name: flaky, operation: GET /Agents, chance: 50%, do: [ { refuse: unavailable } ] }"
        let alone = try Self.statuses(try Mock("rules: [ \(flaky) ]"), 200)
        let other = "{ name: other, operation: GET /JobTypes/Custom, chance: 50%, do: [ { refuse: unavailable } ] }"
        let mock = try Mock("rules: [ \(other), \(flaky) ]")
        let together = try (0..<200).map { _ in
            _ = try Self.status(mock, "/JobTypes/Custom")
            return try Self.status(mock)
        }
        #expect(alone == together)
    }

    @Test func aResetResetsCountsPhasesAndDraws() throws {
        let mock = try Mock(
            """
            rules:
              - { operation: GET /Agents, calls: 1, becomes: later, do: [ { refuse: unavailable } ] }
              - { operation: GET /Agents, while: later, chance: 50%, do: [ { refuse: forbidden } ] }
            """)
        let before = try Self.statuses(mock, 50)
        #expect(try mock.post("/_mock/reset", "").status == 200)
        #expect(try Self.statuses(mock, 50) == before)
    }

    @Test func aRuleStrikesARequestThatFailsLogInOnlyIfItSaysSo() throws {
        let auth = "auth: { mode: basic, users: [ { name: ann, password: x } ] }\n"
        let mock = try Mock(auth + "rules: [ { operation: GET /Agents, calls: 1, do: [ { refuse: unavailable } ] } ]")
        #expect(try Self.statuses(mock, 3) == [401, 401, 401])
        #expect(try Self.statuses(mock, 2, as: "ann") == [503, 200], "no budget was spent")
        let open = try Mock(
            auth + "rules: [ { operation: GET /Agents, calls: 1, unauthenticated: true, do: [ { refuse: unavailable } ] } ]")
        #expect(try Self.statuses(open, 2) == [503, 401])
        #expect(try Self.statuses(open, 1, as: "ann") == [200])
    }

    @Test func theCallerIsTheUserTheClientOrTheAddress() throws {
        let mock = try Mock(
            """
            rules:
              - { operation: GET /Agents, where: { caller: ann }, do: [ { refuse: { status: 461 } } ] }
              - { operation: GET /Agents, where: { caller: ci }, do: [ { refuse: { status: 462 } } ] }
              - { operation: GET /Agents, where: { caller: 127.0.0.1 }, do: [ { refuse: { status: 463 } } ] }
            """)
        #expect(try Self.status(mock, as: "ann") == 461)
        let form = "grant_type=client_credentials&client_id=ci&client_secret=s"
        let token = try mock.send(.post, "/oauth2/token", headers: [], body: form).json["access_token"]?.text ?? ""
        #expect(try mock.send(.get, "/Agents", headers: [("Authorization", "Bearer \(token)")]).status == 462)
        #expect(try Self.status(mock) == 463)
        #expect(try mock.send(.get, "/Agents", headers: [("Authorization", "Bearer strange")]).status == 463)
    }

    @Test func noRuleStrikesTheControlInterface() throws {
        let mock = try Mock("rules: [ { operation: '* /**', do: [ { refuse: unavailable } ] } ]")
        #expect(try Self.status(mock) == 503)
        #expect(try Self.status(mock, "/_mock/livez") == 200)
    }

    @Test(arguments: ["KeyfactorAPI", "keyfactorapi", "Keyfactor/API"]) func rulesApplyBelowEveryBasePath(_ base: String) throws {
        let mock = try Mock("rules: [ { operation: GET /Certificates, do: [ { answer: { body: [] } } ] } ]")
        #expect(try mock.raw(Request(.get, "/\(base)/certificates/", headers: [("Host", "h")])).body == "[]")
        #expect(try mock.raw(Request(.get, "/Elsewhere/Certificates", headers: [("Host", "h")])).status == 404)
    }
}
