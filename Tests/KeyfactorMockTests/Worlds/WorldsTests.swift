import Foundation
import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Entities
@testable import Journal
@testable import KeyfactorMock
@testable import Model
@testable import Worlds

/// Which worlds exist, which one a request is for, and that nobody waits for a world that is not its own.
struct WorldsTests {
    private static func worlds(_ limits: Worlds.Limits = Worlds.Limits(), _ scenario: String = "") throws -> Worlds {
        Worlds(scenario: try Samples.scenario(scenario), wall: Mock.noon, limits: limits)
    }

    private static func found(_ worlds: Worlds, _ path: String = "/KeyfactorAPI/Agents", _ headers: [(String, String)] = []) throws(Refusal)
        -> String
    {
        var request = Request(.get, path, headers: headers)
        var credential = Credential(request)
        return try worlds.find(&request, &credential, wall: Mock.noon).name
    }

    // MARK: Finding

    @Test(
        arguments: [
            ("/KeyfactorAPI/Agents", [], "default", "nothing names one"), ("/w/a/KeyfactorAPI/Agents", [], "a", "the prefix"),
            ("/w/a/KeyfactorAPI/Agents", [("X-Mock-World", "b")], "b", "the header comes first"),
            ("/KeyfactorAPI/Agents", [("Authorization", "Basic b3BzOng=")], "of-ops", "the user's own"),
            ("/w/a/KeyfactorAPI/Agents", [("Authorization", "Basic b3BzOng=")], "a", "the prefix comes before the user"),
            ("/oauth2/token", [("Authorization", "Basic Y2k6eA==")], "of-ci", "the client's own"),
            ("/KeyfactorAPI/Agents", [("Authorization", "Bearer kfm-x")], "default", "a token that is too short"),
            ("/KeyfactorAPI/Agents", [("Authorization", "Bearer other")], "default", "somebody else's token"),
        ] as [(String, [(String, String)], String, String)])
    func aRequestFindsItsWorld(_ path: String, _ headers: [(String, String)], _ name: String, _ reason: String) throws {
        let worlds = try Self.worlds(
            Worlds.Limits(),
            "auth: { users: [ { name: ops, password: x, world: of-ops } ], clients: [ { id: ci, secret: x, world: of-ci } ] }")
        #expect(try Self.found(worlds, path, headers) == name, "\(reason)")
    }

    @Test func aTokenLeadsToTheWorldThatIssuedItAndCountsAsUse() throws {
        let worlds = try Self.worlds(Worlds.Limits(most: 2))
        let token = try worlds.named("issuer", wall: Mock.noon).withState { state in
            state.tokens.issue(to: "ci", in: state.name, expires: Mock.noon + .seconds(60), &state.estate.identifiers)
        }
        _ = try worlds.named("other", wall: Mock.noon)
        #expect(try Self.found(worlds, "/KeyfactorAPI/Agents", [("Authorization", "Bearer \(token)")]) == "issuer")
        _ = try worlds.named("third", wall: Mock.noon)
        #expect(worlds["issuer"] != nil && worlds["other"] == nil, "the token kept its world in use")
    }

    @Test(arguments: ["any", "bearer", "both"]) func aTokenOfAWorldThatIsGoneIsRefusedWithTheReason(_ mode: String) throws {
        let mock = try Mock("auth: { mode: \(mode), clients: [ { id: ci, secret: s } ] }")
        let form = "grant_type=client_credentials&client_id=ci&client_secret=s"
        let issued = try mock.raw(Request(.post, "/w/short/oauth2/token", body: Array(form.utf8))).json["access_token"]?.text ?? ""
        let headers = [("Authorization", "Bearer \(issued)"), ("x-keyfactor-requested-with", "APIClient")]
        #expect(try mock.send(.get, "/Agents", headers: headers).status == 200)
        #expect(mock.server.worlds.drop("short"))
        let job = #"{"AgentId":"\#(mock.agent("uo-1"))","JobTypeName":"SampleCustomJobType","JobFields":{"ParamInt":1}}"#
        let refused = try mock.send(.post, "/OrchestratorJobs/Custom", headers: headers, body: job)
        #expect(refused.status == 401 && mock.world.jobs.scheduled.count == 0, "nothing happens in another world")
        #expect(refused["X-Mock-Why"] == "the token was issued by the world 'short', which does not exist any more")
        #expect(mock.server.worlds.count == 1)
    }

    @Test func withStrictWorldsNamingMakesNone() throws {
        let worlds = try Self.worlds(Worlds.Limits(isStrict: true))
        #expect(throws: Refusal.self) { try worlds.named("a", wall: Mock.noon) }
        #expect(worlds.make("a", from: nil, wall: Mock.noon) != nil)
        #expect(try worlds.named("a", wall: Mock.noon).name == "a" && worlds.make("a", from: nil, wall: Mock.noon) == nil)
        #expect(worlds.make(Worlds.standardName, from: nil, wall: Mock.noon) == nil && !worlds.drop(Worlds.standardName))
    }

    // MARK: The least recently used

    /// Random use, held against a list in the order of use.
    @Test(arguments: [(1, 1), (2, 3), (3, 16), (4, 40), (5, 100)]) func theLeastRecentlyUsedAreDropped(_ seed: Int, _ most: Int) throws {
        var random = SplitMix(seed: UInt64(seed))
        let worlds = try Self.worlds(Worlds.Limits(most: most))
        var model: [String] = []
        for _ in 0..<2_000 {
            let name = "w\(Int.random(in: 0..<(most * 2), using: &random))"
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                #expect(worlds.drop(name) == model.contains(name))
                model.removeAll { $0 == name }
            case 1 where model.contains(name): #expect(worlds.make(name, from: nil, wall: Mock.noon) == nil)
            default:
                if !model.contains(name), model.count >= most { model.removeFirst(max(1, most / 16)) }
                model.removeAll { $0 == name }
                model.append(name)
                #expect(try worlds.named(name, wall: Mock.noon).name == name)
            }
            #expect(worlds.count == model.count + 1)
        }
        #expect(Set(worlds.all.map(\.name)) == Set(model + [Worlds.standardName]))
    }

    /// Eight names and room for two worlds: a world is often dropped between being found and being used, and every request is answered.
    @Test func aWorldThatIsDroppedMeanwhileIsLookedUpAgain() throws {
        let server = MockServer(
            scenario: try Samples.scenario(), limits: Worlds.Limits(most: 2), time: TimeSource { Mock.noon })
        let failures = Lock(0)
        DispatchQueue.concurrentPerform(iterations: 16) { thread in
            for number in 0..<200 {
                let request = Request(.get, "/w/w\((thread * 7 + number) % 8)/KeyfactorAPI/Status/Endpoints")
                guard case .ready(let response) = server.answer(request), response.status == 200, response.delivery == .whole else {
                    failures.withLock { $0 += 1 }
                    continue
                }
            }
        }
        #expect(failures.withLock { $0 } == 0)
        var (total, others) = server.worlds.tallies
        while !others.ask() {}
        for tally in others.findings { total.add(tally) }
        #expect(total.total == 16 * 200, "each is counted once, whichever world it was in")
    }

    // MARK: Busy worlds

    /// Keeps a world's lock until the returned closure is called.
    private static func hold(_ world: World) -> () -> Void {
        let (held, release, done) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        Thread.detachNewThread {
            world.withState { _ in
                held.signal()
                release.wait()
            }
            done.signal()
        }
        held.wait()
        return {
            release.signal()
            done.wait()
        }
    }

    @Test func aBusyWorldHoldsUpNoOther() throws {
        let worlds = try Self.worlds(Worlds.Limits(most: 1))
        let release = Self.hold(try worlds.named("busy", wall: Mock.noon))
        var survey = worlds.tallies.others
        let isDone = survey.ask()
        #expect(!isDone && survey.findings.count == 1, "the busy one is asked again later")
        #expect(try worlds.named("other", wall: Mock.noon).name == "other", "it is dropped without waiting for it")
        #expect(worlds.make("third", from: nil, wall: Mock.noon) != nil && worlds.count == 2)
        release()
        while !survey.ask() {}
    }

    @Test(arguments: [("metrics", "keyfactor_mock_worlds 2\n"), ("worlds", #""name":"busy""#)])
    func aPageAboutAllWorldsWaitsForABusyOneWithoutAThread(_ page: String, _ part: String) throws {
        let mock = try Mock()
        let release = Self.hold(try mock.server.worlds.named("busy", wall: Mock.noon))
        guard case .later(_, _, let then) = mock.server.answer(Request(.get, "/_mock/" + page)) else { return #expect(Bool(false)) }
        #expect(try mock.get("/Agents").status == 200)
        release()
        #expect(try mock.settle(then()).body.contains(part))
    }

    // MARK: Forks and resets

    @Test func aForkHasItsOwnJournalAndTheSameEstate() throws {
        let worlds = try Self.worlds()
        let source = try worlds.named("source", wall: Mock.noon)
        source.withState { $0.record(Samples.entry()) }
        let fork = try #require(worlds.make("fork", from: source.withState { $0 }, wall: Mock.noon))
        #expect(fork.withState { $0.journal.count } == 0 && fork.withState { $0.total.total } == 0)
        #expect(fork.estate.stores.count == source.estate.stores.count && fork.name == "fork")
    }

    @Test func aResetKeepsTheCountsOfTheWholeRun() throws {
        let world = try Self.worlds().standard
        let fresh = world.withState { $0 }
        world.withState { $0.record(Samples.entry()) }
        _ = world.withState { $0.restart(as: fresh) }
        #expect(world.generation == 1)
        #expect(world.withState { $0.tally.total } == 0 && world.withState { $0.total.total } == 1)
    }
}
