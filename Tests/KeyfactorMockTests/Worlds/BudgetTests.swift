import Foundation
import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Entities
@testable import KeyfactorMock
@testable import ScenarioFormat
@testable import Worlds

/// What worlds hold is counted as it changes, and bounded; what would be too much is refused, and then nothing is changed.
struct BudgetTests {
    private static let lowest = 1 << 20

    /// A job that holds so many bytes of text.
    private static func job(_ mock: Mock, _ bytes: Int, schedule: String = #"{"Interval":{"Minutes":60}}"#) -> String {
        let text = String(repeating: "x", count: bytes)
        return
            #"{"AgentId":"\#(mock.agent("uo-1"))","JobTypeName":"SampleCustomJobType","Schedule":\#(schedule),"JobFields":{"ParamInt":1,"ParamText":"\#(text)"}}"#
    }

    private static func used(_ mock: Mock) -> Int { mock.server.worlds.budget.used }

    // MARK: Counting

    @Test func aTableCountsWhatItsRowsHoldAfterAnyChanges() {
        var random = SplitMix(seed: 9)
        var table = Table<Int, String>(sortedBy: <)
        for _ in 0..<3_000 {
            let key = Int(random.next() % 100)
            let row = String(repeating: "r", count: Int(random.next() % 200)) + String(key)
            switch random.next() % 3 {
            case 0: table.remove(key)
            case 1: table.put(row, at: key)
            default: table.change(key) { _ in }
            }
        }
        #expect(table.bytes.held == table.all.reduce(0) { $0 + Table<Int, String>.bytes(of: $1) })
        #expect(table.bytes.written >= table.bytes.held)
    }

    /// What the tables of an estate count, and what else does, wherever it lies.
    private static func counts(in value: Any) -> [ByteCount] {
        Mirror(reflecting: value).children.flatMap { child -> [ByteCount] in
            if let count = child.value as? ByteCount { return [count] }
            let name = String(reflecting: type(of: child.value))
            return name.hasPrefix("Entities.") || name.hasPrefix("Base.Table<") ? counts(in: child.value) : []
        }
    }

    @Test func anEstateCountsEveryTableThatItHas() throws {
        let mock = try Mock("estate: { from: small, pamProviders: [ { name: a } ], containers: [ { name: b } ] }")
        #expect(try mock.post("/OrchestratorJobs/Custom", Self.job(mock, 100, schedule: #"{"Immediate":true}"#)).status == 200)
        #expect(try mock.get("/OrchestratorJobs/JobHistory").status == 200)
        let counts = Self.counts(in: mock.world)
        #expect(counts.count >= 10)
        #expect(mock.world.bytes == counts.reduce(ByteCount(), +), "a table is missing in Estate.bytes")
    }

    @Test func attemptsCountTheirJobOnce() {
        var history = History()
        let field = Job.Field(name: "f", value: String(repeating: "x", count: 10_000))
        let order = JobOrder(agent: .empty, kind: .custom, type: "t", schedule: .immediate, fields: [field])
        let jobs = (0..<3).map { Job(id: .empty, number: $0, order: order, requested: Mock.noon) }
        for job in [jobs[0], jobs[0], jobs[1], jobs[1], jobs[2]] {
            _ = history.begin(job, agentMachine: "a", clientMachine: "b", start: Mock.noon)
        }
        #expect((30_000..<40_000).contains(history.bytes.held))
        history.mostBytes = 25_000
        _ = history.begin(jobs[2], agentMachine: "a", clientMachine: "b", start: Mock.noon)
        #expect((20_000..<25_000).contains(history.bytes.held))
        #expect(history.count == 4 && history.evicted == 2)
        history.mostBytes = 1
        _ = history.begin(jobs[2], agentMachine: "a", clientMachine: "b", start: Mock.noon)
        #expect(history.count == 1)
        #expect((10_000..<13_000).contains(history.bytes.held))
    }

    @Test func whatIsTakenOutIsGivenBack() throws {
        let mock = try Mock()
        let before = Self.used(mock)
        for _ in 0..<50 { #expect(try mock.post("/OrchestratorJobs/Custom", Self.job(mock, 50_000)).status == 200) }
        #expect((2_500_000..<3_000_000).contains(Self.used(mock) - before))
        #expect(try mock.send(.post, "/_mock/reset").status == 200)
        #expect(Self.used(mock) == before)
    }

    // MARK: Forks

    @Test func aForkCountsOnlyWhatItHasWritten() throws {
        let mock = try Mock("estate: { from: large }")
        let before = Self.used(mock)
        #expect(before > 3_000_000)
        for number in 0..<20 {
            #expect(try mock.send(.post, "/_mock/worlds", body: #"{"name":"w\#(number)","from":"default"}"#).status == 201)
        }
        #expect(Self.used(mock) - before < 20 * 20_000)
        for number in 0..<20 { #expect(try mock.send(.delete, "/_mock/worlds/w\(number)").status == 204) }
        #expect(Self.used(mock) == before)
    }

    @Test func worldsAreDroppedForOthers() throws {
        let mock = try Mock(estateBytes: Self.lowest)
        for number in 0..<30 {
            for _ in 0..<5 {
                let headers = [("x-keyfactor-requested-with", "APIClient"), ("X-Mock-World", "w\(number)")]
                let answered = try mock.send(.post, "/OrchestratorJobs/Custom", headers: headers, body: Self.job(mock, 60_000))
                #expect(answered.status == 200, "\(answered.body)")
            }
            #expect(mock.server.worlds["w\(number)"] != nil, "the world that is used is not dropped")
        }
        #expect(mock.server.worlds.count < 5)
        #expect(Self.used(mock) <= Self.lowest)
    }

    // MARK: Refusals

    @Test func aRequestThatNeedsMoreIsRefusedAndChangesNothing() throws {
        let mock = try Mock(estateBytes: Self.lowest)
        var refused: Answered?
        for _ in 0..<40 where refused == nil {
            let answered = try mock.post("/OrchestratorJobs/Custom", Self.job(mock, 60_000))
            if answered.status != 200 { refused = answered }
        }
        #expect(refused?.status == 503)
        #expect(refused?.code == "0xA0110004")
        #expect(refused?.message?.contains("at most 1048576 bytes") == true)
        #expect(refused?["X-Mock-Why"]?.contains("--estate-bytes") == true)
        let (jobs, identifiers) = (mock.world.jobs.scheduled.count, "\(mock.world.identifiers)")
        #expect(try mock.post("/OrchestratorJobs/Custom", Self.job(mock, 60_000)).status == 503)
        #expect(mock.world.jobs.scheduled.count == jobs)
        #expect("\(mock.world.identifiers)" != identifiers, "the refusal itself draws an identifier")
        #expect(Self.used(mock) <= Self.lowest)
        // What needs less is done.
        #expect(try mock.post("/OrchestratorJobs/Custom", Self.job(mock, 10)).status == 200)
        let first = mock.world.jobs.scheduled.all[0].id.text
        #expect(try mock.post("/OrchestratorJobs/Unschedule", #"{"JobIds":["\#(first)"]}"#).status < 300)
        #expect(try mock.post("/OrchestratorJobs/Custom", Self.job(mock, 10_000)).status == 200)
    }

    @Test(arguments: [
        ("patch", "/_mock/estate", #"{"certificateStores":[{"machine":"a","path":"/a","count":20000}]}"#),
        ("patch", "/_mock/estate", #"{"from":"large"}"#),
        ("put", "/_mock/scenario", "estate: { from: large }"),
        ("put", "/_mock/scenario", "estate: { certificateStores: [ { machine: a, path: /a, count: 200000 } ] }"),
        ("post", "/_mock/rules", #"{"operation":"GET /Agents","do":[{"change":{"agents":[{"machine":"a"}]}}]}"#),
    ])
    func whatTheControlInterfaceOrdersIsBoundedToo(_ method: String, _ path: String, _ body: String) throws {
        let mock = try Mock(estateBytes: Self.lowest)
        var body = body
        if path.hasSuffix("rules") {
            let agents = (0..<5_000).map { #"{"machine":"a\#($0)"}"# }.joined(separator: ",")
            body = body.replacing(#"{"machine":"a"}"#, with: agents)
        }
        let before = (Self.used(mock), mock.world.stores.count, mock.world.agents.count)
        let method = method == "patch" ? Method.patch : method == "put" ? .put : .post
        let answered = try mock.send(method, path, headers: [], body: body)
        #expect(answered.status == 400 || answered.status == 503)
        #expect(answered.body.contains("--estate-bytes"), "\(answered.body.prefix(300))")
        #expect((Self.used(mock), mock.world.stores.count, mock.world.agents.count) == before)
    }

    @Test func aScenarioThatIsTooLargeIsRefused() {
        let text = "estate: { certificateStores: [ { machine: a, path: /a, count: 200000 } ] }"
        let mistakes = #expect(throws: Mistakes.self) {
            try Scenario(Array(text.utf8), now: Mock.noon, overrides: .init(estateBytes: Self.lowest))
        }
        #expect(mistakes?.all.count == 1)
        #expect(mistakes?.all.first?.message == "the estate holds more than 1048576 bytes, the most that --estate-bytes allows")
    }

    @Test func aJobThatWouldEnrollTooManyCertificatesFails() throws {
        let mock = try Mock()
        var estate = mock.world
        estate.mostBytes = 1
        let store = estate.stores.all[0]
        let order = JobOrder(
            agent: store.agent!, kind: .reenrollment, type: "PEMReenrollment", schedule: .immediate, store: store.id,
            change: .enroll(alias: nil, subject: "CN=a"))
        let job = Job(id: .empty, number: 0, order: order, requested: Mock.noon)
        let step = estate.carryOut(job, Progress.Step(.completed), at: Mock.noon)
        #expect(step.result == .failure && step.message.contains("keeps no more"))
        #expect(estate.certificates.table.count == mock.world.certificates.table.count)
    }

    // MARK: What rules and tokens keep

    @Test func theKeysOfRulesAndTokensAreCounted() throws {
        let mock = try Mock("rules: [ { operation: GET /Agents, per: caller, calls: 2, do: [ { refuse: unavailable } ] } ]")
        let before = Self.used(mock)
        for number in 0..<20 {
            let user = Data("user-\(number)-\(String(repeating: "u", count: 1_000)):x".utf8).base64EncodedString()
            #expect(try mock.send(.get, "/Agents", headers: [("Authorization", "Basic \(user)")]).status == 200)
        }
        let keys = Self.used(mock) - before
        #expect(keys >= 20 * 256)
        let form = "grant_type=client_credentials&client_id=a&client_secret=b"
        for _ in 0..<20 {
            let headers = [("Content-Type", "application/x-www-form-urlencoded")]
            #expect(try mock.send(.post, "/oauth2/token", headers: headers, body: form).status == 200)
        }
        #expect(Self.used(mock) - before >= keys + 20 * 200)
    }
}
