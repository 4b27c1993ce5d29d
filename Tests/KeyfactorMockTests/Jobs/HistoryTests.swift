import TestSupport
import Testing

@testable import Base
@testable import Entities

struct HistoryTests {
    @Test func theOldestAttemptsGoFirst() throws {
        let mock = try Mock()
        let agent = try #require(mock.world.agents.all.first)
        let order = JobOrder(agent: agent.id, kind: .custom, type: "x", schedule: .immediate)
        let jobs = (1...3).map { Job(id: GUID(high: 0, low: UInt64($0)), number: $0, order: order, requested: Mock.noon) }
        var history = History()
        // The first job's only entry is the oldest of all.
        for n in 0..<(History.limit + 10) {
            _ = history.begin(jobs[n == 0 ? 0 : 1 + n % 2], agentMachine: "a", clientMachine: "a", start: Mock.noon)
        }
        #expect(history.count == History.limit)
        #expect(history.evicted == 10)
        #expect(history[10] == nil && history[11] != nil)
        #expect(jobs.map { history.entries(of: $0.id).count } == [0, History.limit / 2, History.limit / 2])
        #expect(jobs.dropFirst().map { history.entries(of: $0.id).first?.id } == [11, 12])
        #expect(history.entries(from: 0, limit: 2).map(\.id) == [11, 12])
        #expect(history.all.count == History.limit)
    }
}
