import MicroHTTP
import TestSupport
import Testing

@testable import KeyfactorMock
@testable import Rules
@testable import ScenarioFormat
@testable import Worlds

/// What a new kind of effect costs: one type that conforms to `Effect`, and its mention in a list.
private enum Shout: Effect {
    static let form = EffectForm(
        key: "shout", use: .requests,
        variants: [.init(name: "a shout", fields: [.init("shout", .integer(1...9), required: true, about: "how many exclamation marks")])])

    static func action(_ node: YAMLNode, for subject: OperationPattern.Subject) throws(Mistake) -> Action {
        let count = node["shout"]?.integer ?? 1
        return .alterReply { reply in
            reply.body =
                Array(String(decoding: reply.body, as: UTF8.self).uppercased().utf8) + Array(repeating: UInt8(ascii: "!"), count: count)
        }
    }
}

/// An effect that draws from the rule's stream and takes the place of the delivery.
private enum Lottery: Effect {
    static let form = EffectForm(
        key: "lottery", use: .requests,
        variants: [.init(name: "a lottery", fields: [.init("lottery", .boolean, required: true, about: "whether it is held")])])

    static func action(_ node: YAMLNode, for subject: OperationPattern.Subject) throws(Mistake) -> Action {
        guard subject == .operation else { throw Mistake(node.mark, "a lottery is held at operations") }
        return .deliver(Transmission(draws: 1) { length, draws in .truncate(keep: Int(draws.fraction() * Double(length)), then: .close) })
    }
}

/// That an effect is one file and one line: these are added without a change to anything else.
struct NewEffectTests {
    private static let kinds: [any Effect.Type] = Effects.kinds + [Shout.self, Lottery.self]

    /// A server with one rule, read with the kinds of this file.
    private static func mock(_ rule: String) throws -> Mock {
        let mock = try Mock()
        var mistakes: [Mistake] = []
        let rule = Rule(try YAMLNode.read(Array(rule.utf8)), named: "r", kinds: kinds, &mistakes)
        try #require(mistakes.isEmpty)
        mock.server.worlds.standard.withState { $0.use(RuleBook([rule])) }
        return mock
    }

    private static func mistakes(_ effects: String, for subject: OperationPattern.Subject = .operation) throws -> [String] {
        var mistakes: [Mistake] = []
        _ = Effects(try YAMLNode.read(Array("[ \(effects) ]".utf8)).items, for: subject, kinds: kinds, &mistakes)
        return mistakes.map(\.message)
    }

    @Test func aNewEffectAltersTheReply() throws {
        let plain = try Mock().get("/Status/Endpoints").body
        let mock = try Self.mock("{ operation: GET /Status/Endpoints, do: [ { shout: 3 } ] }")
        #expect(try mock.get("/Status/Endpoints").body == plain.uppercased() + "!!!")
    }

    @Test func aNewEffectKeepsItsStageBesideOthers() throws {
        let mock = try Self.mock(
            "{ operation: GET /Agents, do: [ { lottery: true }, { shout: 1 }, { refuse: unavailable }, { delay: 1s } ] }")
        let answered = try mock.get("/Agents")
        #expect(answered.status == 503 && answered.body == "THE SERVICE IS UNAVAILABLE.!" && answered.pause == .seconds(1))
        guard case .truncate(let kept, then: .close) = answered.delivery else { return #expect(Bool(false), "\(answered.delivery)") }
        #expect((0..<answered.body.utf8.count).contains(kept))
    }

    @Test func drawsOfANewEffectAreItsRulesOwn() throws {
        func run() throws -> [Delivery] {
            let mock = try Self.mock("{ operation: GET /Agents, do: [ { lottery: true } ] }")
            return try (0..<5).map { _ in try mock.get("/Agents").delivery }
        }
        let first = try run()
        #expect(try run() == first && Set(first.map { "\($0)" }).count > 1)
    }

    @Test(arguments: [
        (
            "{ shout: 1 }, { alter: { status: 202 } }", "another effect of this rule does the same, or takes its place",
            "one stage, two effects"
        ),
        ("{ lottery: true }, { break: bad-chunk }", "another effect of this rule does the same, or takes its place", "another stage"),
        (
            "{ limit: { tokens: 1, refill: 1/s } }, { shout: 1 }", "a limit sends its own refusal when it is exceeded",
            "a limit stands alone"
        ),
    ])
    func aNewEffectExcludesWhatItsStageExcludes(_ effects: String, _ message: String, _ reason: String) throws {
        #expect(try Self.mistakes(effects) == [message], "\(reason)")
    }

    @Test func aNewEffectIsAllowedWhereItSays() throws {
        #expect(try Self.mistakes("{ shout: 1 }", for: .token) == [])
        #expect(try Self.mistakes("{ lottery: true }", for: .token) == ["a lottery is held at operations"])
        #expect(try Self.mistakes("{ shout: 1 }", for: .connection) == ["a connection can have a TLS fault, a reset or a close"])
    }
}
