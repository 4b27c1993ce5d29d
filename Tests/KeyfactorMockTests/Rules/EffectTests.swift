import Foundation
import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Entities
@testable import KeyfactorMock
@testable import Rules
@testable import ScenarioFormat

/// What each effect does to the reply and to the estate.
struct EffectTests {
    private static func mock(_ effects: String, operation: String = "POST /OrchestratorJobs/Custom", more: String = "") throws -> Mock {
        try Mock("\(more)\nrules: [ { name: r, operation: '\(operation)', do: [ \(effects) ] } ]")
    }

    private static func run(_ mock: Mock) throws -> Answered {
        try mock.post(
            "/OrchestratorJobs/Custom",
            #"{"AgentId":"\#(mock.agent("uo-1"))","JobTypeName":"SampleCustomJobType","JobFields":{"ParamInt":1}}"#)
    }

    @Test(arguments: Effects.kinds.map { $0.form.key }) func everyKindOfEffectIsDocumentedAndTested(_ key: String) throws {
        let tests = try String(contentsOf: Golden.root.appending(path: "Tests/KeyfactorMockTests/Rules/EffectTests.swift"), encoding: .utf8)
        #expect(tests.contains("{ \(key): "), "EffectTests has no test of \(key)")
        let document = try String(contentsOf: Golden.root.appending(path: "docs/SCENARIOS.md"), encoding: .utf8)
        #expect(document.contains("`\(key)"), "docs/SCENARIOS.md does not tell of \(key)")
    }

    // MARK: Before and after the commit

    @Test(arguments: [
        ("{ break: reset }", 0), ("{ break: reset, at: request }", 0), ("{ break: close, at: request }", 0), ("{ break: stall }", 0),
        ("{ refuse: unavailable }", 0), ("{ answer: { status: 200 } }", 0), ("{ delay: 1s }, { refuse: unavailable }", 0),
        ("{ limit: { tokens: 1, refill: 1/h } }", 1), ("{ break: reset, at: reply }", 1), ("{ break: close, at: reply }", 1),
        ("{ break: stall, at: reply }", 1), ("{ break: stall, at: headers }", 1), ("{ break: stall, at: body }", 1), ("{ delay: 1s }", 1),
        ("{ delay: 1s, at: reply }", 1), ("{ alter: { status: 500 } }", 1), ("{ break: slow-headers }", 1),
        ("{ break: wrong-length, by: -5 }", 1),
        ("{ break: garbage, bytes: 9 }", 1), ("{ break: truncate, keep: 60% }", 1), ("{ break: dribble }", 1), ("{ break: bad-chunk }", 1),
        ("{ change: { agents: [ { machine: uo-1, status: disapproved } ] } }", 1),
    ])
    func theWorkIsDoneOrNot(_ effects: String, _ jobs: Int) throws {
        let mock = try Self.mock(effects)
        _ = try? Self.run(mock)
        #expect(mock.world.jobs.scheduled.count == jobs, "\(effects)")
    }

    @Test(arguments: [
        ("{ break: slow-headers, over: 2s }", Delivery.slowHeaders(over: .seconds(2))), ("{ break: stall, at: headers }", .stallInHeaders),
        ("{ break: stall, at: body }", .stallInBody), ("{ break: wrong-length, by: 7 }", .wrongLength(by: 7)),
        ("{ break: truncate, keep: 10, then: reset }", .truncate(keep: 10, then: .reset)),
        ("{ break: truncate, keep: 0% }", .truncate(keep: 0, then: .close)),
        ("{ break: dribble, chunks: 3, over: 2s }", .dribble(chunks: 3, over: .seconds(2))), ("{ break: bad-chunk }", .badChunk),
    ])
    func aBreakChoosesTheDelivery(_ effects: String, _ delivery: Delivery) throws {
        let answered = try Self.run(try Self.mock(effects))
        #expect(answered.status == 200 && answered.delivery == delivery)
    }

    @Test func aPercentageOfTheBodyIsCountedInBytes() throws {
        let answered = try Self.run(try Self.mock("{ break: truncate, keep: 60% }"))
        #expect(answered.delivery == .truncate(keep: answered.body.utf8.count * 60 / 100, then: .close))
    }

    @Test func garbageDiffersEachTimeAndIsTheSameInEveryRun() throws {
        func garbage() throws -> [Delivery] {
            let mock = try Self.mock("{ break: garbage, bytes: 40 }", operation: "GET /Agents")
            return try (0..<3).map { _ in try mock.get("/Agents").delivery }
        }
        let first = try garbage()
        #expect(try garbage() == first && first[0] != first[1])
    }

    // MARK: Delays

    @Test func delaysBeforeAndAfterTheWorkAddUp() throws {
        let mock = try Self.mock("{ delay: 250ms }, { delay: 1s, at: reply }")
        let answered = try Self.run(mock)
        #expect(answered.status == 200 && answered.pause == .milliseconds(1250))
    }

    @Test func aRequestThatWaitsBeforeItsWorkChangesNothingYet() throws {
        let mock = try Self.mock("{ delay: 1s }")
        guard case .later(_, _, let then) = mock.server.answer(Self.request(mock)) else { return #expect(Bool(false)) }
        #expect(mock.world.jobs.scheduled.count == 0)
        #expect(try mock.settle(then()).status == 200 && mock.world.jobs.scheduled.count == 1)
    }

    @Test(arguments: ["{ delay: 1s }", "{ delay: 1s, at: reply }"]) func aRequestThatWaitsAcrossAResetIsClosed(_ effects: String) throws {
        let mock = try Self.mock(effects)
        guard case .later(_, _, let then) = mock.server.answer(Self.request(mock)) else { return #expect(Bool(false)) }
        _ = try mock.post("/_mock/reset", "")
        guard case .ready(let response) = then() else { return #expect(Bool(false)) }
        #expect(response.delivery == .close && mock.world.jobs.scheduled.count == 0)
    }

    private static func request(_ mock: Mock) -> Request {
        let body = #"{"AgentId":"\#(mock.agent("uo-1"))","JobTypeName":"SampleCustomJobType","JobFields":{"ParamInt":1}}"#
        return Request(
            .post, "/KeyfactorAPI/OrchestratorJobs/Custom", headers: [("Host", "h"), ("x-keyfactor-requested-with", "APIClient")],
            body: Array(body.utf8))
    }

    // MARK: Answers

    @Test func anAnswerIsSentAsWrittenEvenWhereThereIsNoOperation() throws {
        let mock = try Self.mock(
            #"{ answer: { status: 200, headers: { X-Total-Count: "0", X-Own: a }, body: [ { Id: 5, Name: "05" } ] } }"#,
            operation: "GET /Certificates")
        let answered = try mock.get("/Certificates?a=b")
        #expect(answered.status == 200 && answered.body == #"[{"Id":5,"Name":"05"}]"# && answered["X-Total-Count"] == "0")
        #expect(answered["Content-Type"] == "application/json; charset=utf-8" && answered["X-Keyfactor-Product-Version"] != nil)
    }

    @Test func aQuotedBodyIsTextAndHeadersCanBeRemoved() throws {
        let mock = try Self.mock(
            #"{ answer: { status: 418, headers: { content-type: text/html, DATE: null }, body: "<p>" } }"#, operation: "GET /Agents")
        let answered = try mock.get("/Agents")
        #expect(answered.status == 418 && answered.body == "<p>" && answered["Content-Type"] == "text/html" && answered["Date"] == nil)
    }

    @Test func theReplyIsAltered() throws {
        let mock = try Self.mock(
            #"{ alter: { status: 202, headers: { X-Keyfactor-Correlation-Id: null, X-New: "1" }, patch: { JobId: null, Extra: [ 1 ], Schedule: { Immediate: false } } } }"#
        )
        let answered = try Self.run(mock)
        #expect(answered.status == 202 && answered["X-Keyfactor-Correlation-Id"] == nil && answered["X-New"] == "1")
        #expect(answered.json["JobId"] == nil && answered.json["JobTypeName"]?.text == "SampleCustomJobType")
        #expect(answered.json["Schedule"]?["Immediate"]?.boolean == false && answered.json["Extra"]?.elements.count == 1)
    }

    @Test(arguments: [
        (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
        (#"{"a":"b"}"#, #"{"a":null}"#, "{}"),
        (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#), (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
        (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
        (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#), (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
        (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#), (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#), (#"{"a":"foo"}"#, "null", "null"),
        (#"{"a":"foo"}"#, #""bar""#, #""bar""#), (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
        ("[1,2]", #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
        ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#), ("no json", #"{"a":1}"#, "no json"), ("", #"{"a":1}"#, #"{"a":1}"#),
    ])
    func aPatchIsAMergePatchOfRFC7386(_ target: String, _ patch: String, _ outcome: String) throws {
        let alteration = Alteration(try YAMLNode.read(Array("{ patch: \(patch) }".utf8)))
        #expect(String(decoding: alteration.body(Array(target.utf8)), as: UTF8.self) == outcome)
    }

    // MARK: Limits and changes

    @Test func aLimitIsATokenBucketOnTheWorldsClock() throws {
        let life = try Life(
            """
            clock: { start: 2026-03-01T09:00:00Z, mode: frozen }
            rules: [ { operation: "* /**", do: [ { limit: { tokens: 3, refill: 2/s, per: caller } } ] } ]
            """)
        #expect(try RuleTests.statuses(life.mock, 5) == [200, 200, 200, 429, 429])
        #expect(try life.mock.get("/Agents")["Retry-After"] == "1")
        #expect(try RuleTests.status(life.mock, as: "ann") == 200, "each caller has a bucket")
        _ = try life.mock.post("/_mock/clock/advance", #"{"by":"500ms"}"#)
        #expect(try RuleTests.statuses(life.mock, 2) == [200, 429])
        _ = try life.mock.post("/_mock/clock/advance", #"{"by":"1h"}"#)
        #expect(try RuleTests.statuses(life.mock, 4) == [200, 200, 200, 429], "a bucket is never more than full")
    }

    @Test func aLimitWithTokensLeftLetsOtherRulesStrike() throws {
        let mock = try Mock(
            """
            rules:
              - { operation: "* /**", do: [ { limit: { tokens: 2, refill: 1/h, retryAfter: date } } ] }
              - { operation: GET /Agents, do: [ { refuse: forbidden } ] }
            """)
        #expect(try RuleTests.statuses(mock, 3) == [403, 403, 429])
        #expect(try mock.get("/Agents")["Retry-After"] == "Sun, 22 Nov 2026 13:00:00 GMT")
    }

    @Test func theNextRequestSeesTheChangedEstate() throws {
        let mock = try Self.mock(
            "{ change: { agents: [ { machine: uo-1, status: disapproved } ] } }", operation: "GET /Agents",
            more: "fidelity: { enums: numbers }")
        #expect(try mock.get("/Agents?QueryString=ClientMachine%20-eq%20%22uo-1%22").json.elements[0]["Status"]?.integer == 2)
        #expect(try mock.get("/Agents/\(mock.agent("uo-1"))").json["Status"]?.integer == 3)
        #expect(try Self.run(mock).status == 400)
    }

    @Test func effectsApplyByStageWhateverTheirOrder() throws {
        let mock = try Self.mock("{ break: truncate, keep: 5 }, { alter: { headers: { X-A: b } } }, { refuse: unavailable }, { delay: 1s }")
        let answered = try Self.run(mock)
        #expect(
            answered.status == 503 && answered.pause == .seconds(1) && answered["X-A"] == "b"
                && answered.delivery == .truncate(keep: 5, then: .close))
    }

    // MARK: The token endpoint and connections

    @Test func theTokenEndpointHasItsOwnRules() throws {
        let mock = try Mock(
            """
            rules:
              - { operation: "* /**", do: [ { refuse: unavailable } ] }
              - { operation: token, where: { caller: ci }, calls: 2, do: [ { refuse: oauth-invalid-client } ] }
              - { operation: token, calls: 2, do: [ { alter: { patch: { expires_in: 5 } } } ] }
            """)
        let form = "grant_type=client_credentials&client_id=ci&client_secret=s"
        let answers = try (0..<3).map { _ in try mock.send(.post, "/oauth2/token", headers: [], body: form) }
        #expect(answers.map(\.status) == [200, 401, 200])
        #expect(answers[1].json["error"]?.text == "invalid_client" && answers[2].json["expires_in"]?.integer == 5)
    }

    @Test func connectionsAreCountedAndTLSFaultsAffectOnlyHTTPS() throws {
        let mock = try Mock(
            "rules: [ { operation: connection, calls: 2, do: [ { tls: expired } ] }, { operation: connection, calls: 3, do: [ { break: reset } ] } ]"
        )
        let server = mock.server
        #expect(server.connected(isSecure: false, peer: "127.0.0.1") == nil)
        let secure = (0..<4).map { _ in server.connected(isSecure: true, peer: "127.0.0.1") }
        #expect(secure == [nil, .expired, .reset, nil])
    }

    @Test(arguments: TLSFault.words.map(\.word)) func everyTLSFaultHasAWord(_ word: String) throws {
        let mock = try Mock("rules: [ { operation: connection, do: [ { tls: \(word) } ] } ]")
        #expect(mock.server.connected(isSecure: true, peer: "::1") == TLSFault.fault(word))
    }
}
