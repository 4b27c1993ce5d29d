import Foundation
import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Entities
@testable import Rules

/// Counting is atomic: sixteen threads at once, and not one call too many or too few.
struct HammerTests {
    /// The statuses of so many requests by sixteen threads at once, each with its number.
    private static func hammer(_ mock: Mock, _ count: Int, _ path: @Sendable @escaping (Int) -> String = { _ in "/Agents" }) -> [Int] {
        let statuses = Lock([Int](repeating: 0, count: count))
        let next = Lock(0)
        DispatchQueue.concurrentPerform(iterations: 16) { thread in
            while true {
                let number = next.withLock { number in
                    defer { number += 1 }
                    return number
                }
                guard number < count else { return }
                let headers = [("x-keyfactor-requested-with", "APIClient"), ("x-client", "\(thread)")]
                let status = (try? mock.send(.get, path(number), headers: headers).status) ?? 0
                statuses.withLock { $0[number] = status }
            }
        }
        return statuses.withLock { $0 }
    }

    @Test(arguments: [("500", 1), ("1-500", 500), ("[1, 500, 1000, 1001]", 3), ("every 7", 142), ("900+", 101)])
    func callsStrikeExactlyAsOftenAsTheySay(_ calls: String, _ strikes: Int) throws {
        let mock = try Mock("rules: [ { operation: GET /Agents, calls: \(calls), do: [ { refuse: unavailable } ] } ]")
        let statuses = Self.hammer(mock, 1000)
        #expect(statuses.count { $0 == 503 } == strikes && statuses.count { $0 == 200 } == 1000 - strikes)
    }

    @Test func eachKeyIsCountedSeparately() throws {
        let mock = try Mock("rules: [ { operation: GET /Agents, calls: 1-3, per: query.run, do: [ { refuse: unavailable } ] } ]")
        let statuses = Self.hammer(mock, 1000) { "/Agents?run=\($0 % 50)" }
        for run in 0..<50 { #expect(statuses.indices.filter { $0 % 50 == run && statuses[$0] == 503 }.count == 3) }
    }

    @Test func aPhaseChangesOnce() throws {
        let mock = try Mock(
            """
            rules:
              - { operation: GET /Agents, while: healthy, becomes: degraded, do: [ { refuse: forbidden } ] }
              - { operation: GET /Agents, while: degraded, calls: 1-100, do: [ { refuse: unavailable } ] }
            """)
        let statuses = Self.hammer(mock, 1000)
        #expect(statuses.count { $0 == 403 } == 1 && statuses.count { $0 == 503 } == 100)
    }

    @Test func aBucketGivesEachTokenOnce() throws {
        let life = try Life(
            "clock: { mode: frozen }\nrules: [ { operation: GET /Agents, do: [ { limit: { tokens: 250, refill: 1/h } } ] } ]")
        let statuses = Self.hammer(life.mock, 1000)
        #expect(statuses.count { $0 == 200 } == 250 && statuses.count { $0 == 429 } == 750)
    }

    /// Which request gets which draw is up to the threads; how many are struck is not.
    @Test func chanceIsOneStreamForAllThreads() throws {
        let scenario = "rules: [ { name: flaky, operation: GET /Agents, chance: 30%, do: [ { refuse: unavailable } ] } ]"
        let draw = Draw(seed: 1, world: "default", rule: "flaky")
        let expected = (0..<2000).count { draw.fraction($0) < 0.3 }
        for _ in 0..<2 { #expect(Self.hammer(try Mock(scenario), 2000).count { $0 == 503 } == expected) }
    }

    @Test func aWaitingExchangeLosesNoWork() throws {
        let mock = try Mock("rules: [ { operation: POST /OrchestratorJobs/Custom, do: [ { delay: 1ms } ] } ]")
        let body = #"{"AgentId":"\#(mock.agent("uo-1"))","JobTypeName":"SampleCustomJobType","JobFields":{"ParamInt":1}}"#
        DispatchQueue.concurrentPerform(iterations: 16) { _ in
            for _ in 0..<50 { #expect((try? mock.post("/OrchestratorJobs/Custom", body).status) == 200) }
        }
        #expect(mock.world.jobs.scheduled.count + mock.world.jobs.history.count >= 800)
    }
}
