import MicroHTTP
import Testing

/// Threads beside those that serve.
@Suite struct WorkersTests {
    private final class Kept: Sendable {}

    private final class Watched: Sendable {
        nonisolated(unsafe) weak var value: Kept?

        init(_ value: Kept) { unsafe self.value = value }
    }

    private static func isReady(_ answer: Answer) -> Bool { if case .ready = answer { true } else { false } }

    /// Otherwise a server that is never idle would keep every request and answer.
    @Test func workThatIsDoneIsReleasedWhileOtherWorkWaits() {
        let (workers, start, end) = (Workers(count: 1), Signal(), Signal())
        let isGone = Lock(false)
        var kept: Kept? = Kept()
        let watched = kept.map(Watched.init)
        _ = workers.answer(holding: 0) { [kept] in
            start.wait()
            return withExtendedLifetime(kept) { .never }
        }
        kept = nil
        _ = workers.answer(holding: 0) {
            isGone.withLock { unsafe $0 = watched?.value == nil }
            end.send()
            return .never
        }
        start.send()
        #expect(end.wait(milliseconds: 30_000))
        #expect(isGone.withLock { $0 })
    }

    @Test(arguments: [(1_001, 0, "pieces"), (3, 32 << 20, "bytes"), (66, 1 << 20, "bytes in many pieces")])
    func whatIsTooMuchForTheQueueIsDoneByWhoAsks(_ count: Int, _ bytes: Int, _ what: String) {
        let (workers, begun, start, end) = (Workers(count: 1), Signal(), Signal(), Signal())
        _ = workers.answer(holding: 0) {
            begun.send()
            start.wait()
            return .never
        }
        #expect(begun.wait(milliseconds: 30_000))
        let ready = (0..<count).map { _ in Self.isReady(workers.answer(holding: bytes) { .ready(Response(204)) }) }
        #expect(ready.last == true && ready.first == false, "\(what)")
        _ = workers.answer(holding: 0) {
            end.send()
            return .never
        }
        start.send()
        #expect(count == 1_001 || end.wait(milliseconds: 30_000), "the others are done in turn")
    }

    @Test func workIsDoneInTheOrderInWhichItCame() {
        let (workers, begun, start, end) = (Workers(count: 1), Signal(), Signal(), Signal())
        let order = Lock<[Int]>([])
        _ = workers.answer(holding: 0) {
            begun.send()
            start.wait()
            return .never
        }
        #expect(begun.wait(milliseconds: 30_000))
        for number in 0..<100 {
            _ = workers.answer(holding: 1) {
                order.withLock { $0.append(number) }
                if number == 99 { end.send() }
                return .never
            }
        }
        start.send()
        #expect(end.wait(milliseconds: 30_000))
        #expect(order.withLock { $0 } == Array(0..<100))
    }

    /// Otherwise whoever keeps one world busy keeps every worker.
    @Test(arguments: [("busy", 1, false), (nil, 1 << 20, false), (nil, 1, true)])
    func workInOneLaneAndLargeWorkLeaveAWorkerToTheOthers(_ lane: String?, _ bytes: Int, _ mayGrow: Bool) {
        let (workers, start, end) = (Workers(count: 2), Signal(), Signal())
        let order = Lock<[String]>([])
        let isBusy = Lock(false)
        for number in 0..<10 {
            _ = workers.answer(in: lane, holding: bytes, mayGrow: mayGrow) {
                #expect(isBusy.withLock { $0 } == false, "one piece of a lane at a time")
                isBusy.withLock { $0 = true }
                if number == 0 { start.wait() }
                order.withLock { $0.append("busy \(number)") }
                isBusy.withLock { $0 = false }
                if number == 9 { end.send() }
                return .never
            }
        }
        for name in ["other", nil] {
            _ = workers.answer(in: name, holding: 1) {
                order.withLock { $0.append(name ?? "alone") }
                end.send()
                return .never
            }
        }
        for _ in 0..<2 { #expect(end.wait(milliseconds: 30_000)) }
        #expect(order.withLock { $0 } == ["other", "alone"])
        start.send()
        #expect(end.wait(milliseconds: 30_000))
        #expect(order.withLock { $0 } == ["other", "alone"] + (0..<10).map { "busy \($0)" })
    }
}
