import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Entities
@testable import KeyfactorMock
@testable import Rules
@testable import Worlds

/// Rules that are added while a world runs.
struct RuleControlTests {
    private static func post(_ mock: Mock, _ body: String) -> Answer {
        mock.server.answer(Request(.post, "/_mock/rules", headers: [("Host", "localhost")], body: Array(body.utf8)))
    }

    private static func names(_ mock: Mock) -> [String] { mock.server.worlds.standard.withState { $0.book.rules.map(\.name) } }

    @Test(arguments: ["[]", "[ ]", "# nothing\n[]"]) func anEmptyListAddsNothing(_ body: String) throws {
        let mock = try Mock("rules: [ { name: own, operation: connection, do: [ { tls: expired } ] } ]")
        #expect(try mock.settle(Self.post(mock, body)).status == 200)
        #expect(Self.names(mock) == ["own"])
        #expect(mock.server.connected(isSecure: true, peer: "::1") == .expired, "no rule without a subject hides it")
    }

    @Test(arguments: ["", "~", "{}", "[ {} ]", "[ ~ ]", "5"]) func whatIsNotARuleIsRefused(_ body: String) throws {
        let mock = try Mock()
        #expect(try mock.settle(Self.post(mock, body)).status == 400)
        #expect(Self.names(mock) == [])
    }

    @Test func theAnswerHasTheRulesThatWereAddedAndTheNumberOfAll() throws {
        let mock = try Mock("rules: [ { name: own, operation: GET /Agents, do: [] } ]")
        let steps: [(Request, [String], String)] = [
            (
                Self.request(.post, "rules", "[ { name: a, operation: GET /Agents, do: [] }, { name: b, operation: token, do: [] } ]"),
                ["a", "b"], "3"
            ),
            (Self.request(.put, "rules/c", "{ operation: GET /Agents, do: [] }"), ["c"], "4"),
            (Self.request(.put, "rules/own", "{ operation: token, do: [] }"), ["own"], "4"),
            (Self.request(.post, "rules", "[]"), [], "4"),
            (Self.request(.get, "rules", ""), ["a", "b", "c", "own"], "4"),
        ]
        for (request, names, total) in steps {
            let answered = try mock.raw(request)
            #expect(answered.json.elements.compactMap { $0["name"]?.text } == names)
            #expect(answered["X-Total-Count"] == total)
        }
    }

    private static func request(_ method: MicroHTTP.Method, _ page: String, _ body: String) -> Request {
        Request(method, "/_mock/" + page, headers: [("Host", "localhost")], body: Array(body.utf8))
    }

    private static func changes(_ count: Int) -> String {
        let rules = (0..<count).map {
            "{ name: c\($0), operation: 'GET /Agents/{id}', do: [ { change: { agents: [ { machine: m\($0) } ] } } ] }"
        }
        return "[ \(rules.joined(separator: ", ")) ]"
    }

    /// Each change is merged in a turn of its own, so that other requests have theirs in between.
    @Test func changesAreCheckedBetweenOtherRequests() throws {
        let mock = try Mock()
        var answer = Self.post(mock, Self.changes(20))
        var turns = 0
        while case .later(_, _, let then) = answer {
            #expect(try mock.get("/Agents").status == 200 && Self.names(mock).isEmpty, "all or nothing")
            answer = then()
            turns += 1
        }
        #expect(turns == 19 && Self.names(mock).count == 20)
        #expect(mock.world.agents.all.count { $0.machine.hasPrefix("m") } == 0, "checking changes nothing")
    }

    @Test func rulesThatWereAddedMeanwhileStay() throws {
        let mock = try Mock()
        guard case .later(_, _, let then) = Self.post(mock, Self.changes(3)) else { return #expect(Bool(false)) }
        #expect(try mock.settle(Self.post(mock, "{ name: other, operation: GET /Agents, do: [] }")).status == 200)
        #expect(try mock.settle(then()).status == 200)
        #expect(Self.names(mock) == ["other", "c0", "c1", "c2"])
    }

    @Test func aNameThatWasTakenMeanwhileIsRefused() throws {
        let mock = try Mock()
        guard case .later(_, _, let then) = Self.post(mock, Self.changes(3)) else { return #expect(Bool(false)) }
        #expect(try mock.settle(Self.post(mock, "{ name: c1, operation: GET /Agents, do: [] }")).status == 200)
        let refused = try mock.settle(then())
        #expect(refused.status == 400 && refused.json["error"]?.text?.contains("another rule") == true)
        #expect(Self.names(mock) == ["c1"])
    }

    @Test func everyMistakeOfEveryChangeIsReported() throws {
        let mock = try Mock()
        let rule = "operation: GET /Agents, do: [ { change: { certificateStores: [ { machine: a, path: b, agent: none-"
        let refused = try mock.settle(Self.post(mock, "[ { name: a, \(rule)1 } ] } } ] }, { name: b, \(rule)2 } ] } } ] } ]"))
        #expect(refused.status == 400 && Self.names(mock).isEmpty)
        for name in ["none-1", "none-2"] { #expect(refused.json["error"]?.text?.contains(name) == true) }
    }

    @Test func aBookOfManyRulesGrowsQuickly() throws {
        let mock = try Mock()
        let rules = (0..<9_000).map { "{\"name\":\"r\($0)\",\"operation\":\"GET /Agents\",\"calls\":1000,\"do\":[]}" }
        #expect(try mock.settle(Self.post(mock, "[\(rules.joined(separator: ","))]")).status == 200)
        let clock = ContinuousClock()
        let book = mock.server.worlds.standard.withState { $0.book }
        let took = clock.measure { for _ in 0..<10 { _ = RuleBook(book.rules) } }
        #expect(took < .milliseconds(2_000) * slowness, "\(took) for ten books")
    }
}

/// Setting a world's clock.
struct ClockControlTests {
    @Test(
        arguments: [
            ([#"{"now":"2030-01-01T00:00:00Z"}"#], "scaled", "0.5", "a rate below 1 stays"),
            ([#"{"mode":"scaled"}"#], "scaled", "0.5", "the same mode"), ([#"{"rate":3}"#], "scaled", "3.0", "another rate"),
            ([#"{"mode":"frozen"}"#], "frozen", "0.0", "another mode"),
            ([#"{"mode":"running"}"#], "running", "1.0", "the wall clock's rate"),
            ([#"{"mode":"frozen"}"#, #"{"mode":"scaled"}"#], "scaled", "1.0", "a frozen clock has no rate to keep"),
            ([#"{"mode":"frozen"}"#, #"{"rate":0.25}"#], "scaled", "0.25", "a rate makes a clock scaled"),
        ] as [([String], String, String, String)])
    func aClockKeepsItsRate(_ bodies: [String], _ mode: String, _ rate: String, _ reason: String) throws {
        let mock = try Mock("clock: { mode: scaled, rate: 0.5 }")
        for body in bodies { #expect(try mock.send(.put, "/_mock/clock", body: body).status == 200) }
        let clock = try mock.get("/_mock/clock").json
        #expect(clock["mode"]?.text == mode && clock["rate"]?.source == rate, "\(reason)")
    }

    @Test(arguments: ["frozen", "running"]) func aRateThatTheModeDoesNotHaveIsRefused(_ mode: String) throws {
        let mock = try Mock()
        let before = try mock.get("/_mock/clock").body
        let refused = try mock.send(.put, "/_mock/clock", body: #"{"mode":"\#(mode)","rate":2,"now":"2030-01-01T00:00:00Z"}"#)
        #expect(refused.status == 400 && refused.json["error"]?.text?.contains("'rate'") == true)
        #expect(try mock.get("/_mock/clock").body == before)
    }
}
