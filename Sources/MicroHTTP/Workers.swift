import Glibc

/// Threads beside those that serve, for work that takes long: who waits for it holds nobody else up.
///
/// They start with the first work, so that a server which needs none has none. Work in one lane is done piece by piece, and lanes take
/// turns, so that no lane keeps more than one worker. Large pieces of work share a lane: what is made of a text while it is read may take
/// fifty times as much memory, and an estate counts in no budget before it is whole. What waits is bounded; beyond that, the thread that
/// asks does the work itself, so that callers wait rather than memory grows.
public final class Workers: Sendable {
    private struct Work: Sendable {
        let bytes: Int
        let body: @Sendable () -> Void
    }

    private enum Lane: Hashable {
        case named(String)
        case large
        case alone(Int)
    }

    private struct State: Sendable {
        var isStarted = false
        /// What waits in each lane, the oldest last. A lane that is being worked on has an entry too.
        var lanes: [Lane: [Work]] = [:]
        /// Lanes in which work waits and none is done, the one whose turn is next last.
        var ready: [Lane] = []
        /// How much waits.
        var (count, bytes) = (0, 0)
        /// How much work has come that needs no lane.
        var alone = 0
    }

    /// The most pieces of work that wait, and the most bytes that they hold.
    private static let (most, mostBytes) = (1_000, 64 << 20)
    /// From how many bytes on work counts as large.
    private static let large = 1 << 20

    private let count: Int
    private let state = Lock(State())
    private let signal = Signal()

    /// Workers.
    ///
    /// - Parameter count: how many threads there are, at least one.
    public init(count: Int) { self.count = max(1, count) }

    /// An answer that a worker finds. The work is done even if its client leaves.
    ///
    /// - Parameters:
    ///   - lane: what the work needs for itself, such as a world; `nil` for nothing. Pieces of one lane are done one after another.
    ///   - bytes: how many bytes the work holds while it waits, such as those of its request.
    ///   - mayGrow: whether it may need very many more while it is done. Such work is done one after another, whatever its lane, and so is
    ///     all that holds a MiB or more.
    ///   - work: finds the answer.
    /// - Returns: an answer that holds the connection until then; the answer itself if too much waits already.
    public func answer(
        in lane: String? = nil, holding bytes: Int, mayGrow: Bool = false, _ work: @escaping @Sendable () -> Answer
    ) -> Answer {
        let (bell, found) = (Bell(), Lock<Answer?>(nil))
        let body: @Sendable () -> Void = {
            let answer = work()
            found.withLock { $0 = answer }
            bell.ring()
        }
        guard submit(Work(bytes: bytes, body: body), mayGrow || bytes >= Self.large ? .large : lane.map(Lane.named)) else { return work() }
        return .until(bell, atMost: .seconds(86_400)) { found.withLock { $0 } ?? .never }
    }

    /// - Returns: whether there was room.
    private func submit(_ work: Work, _ lane: Lane?) -> Bool {
        let (isTaken, isFirst) = state.withLock { state in
            guard state.count < Self.most, state.bytes + work.bytes <= Self.mostBytes else { return (false, false) }
            if lane == nil { state.alone += 1 }
            let lane = lane ?? .alone(state.alone)
            if state.lanes[lane] == nil { state.ready.insert(lane, at: 0) }
            state.lanes[lane, default: []].insert(work, at: 0)
            state.count += 1
            state.bytes += work.bytes
            defer { state.isStarted = true }
            return (true, !state.isStarted)
        }
        if isFirst { for _ in 0..<count { Thread.start { [self] in run() } } }
        if isTaken { signal.send() }
        return isTaken
    }

    private func run() {
        while true {
            signal.wait()
            while let lane = work() { leave(lane) }
        }
    }

    /// Does one piece of work.
    ///
    /// - Returns: its lane, `nil` if there is nothing to do.
    private func work() -> Lane? {
        let taken = state.withLock { state -> (Lane, Work)? in
            guard let lane = state.ready.popLast(), let work = state.lanes[lane]?.popLast() else { return nil }
            state.count -= 1
            state.bytes -= work.bytes
            return (lane, work)
        }
        taken?.1.body()
        return taken?.0
    }

    private func leave(_ lane: Lane) {
        state.withLock { state in
            if state.lanes[lane]?.isEmpty == false {
                state.ready.insert(lane, at: 0)
            } else {
                state.lanes[lane] = nil
            }
        }
    }
}

/// Starts threads.
public enum Thread {
    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// A thread that can be waited for, once.
    public struct Running: Sendable {
        /// `nil` if the system had no thread to give.
        fileprivate let id: pthread_t?

        /// Waits until the thread has ended.
        public func wait() {
            if let id { pthread_join(id, nil) }
        }
    }

    /// Starts a thread.
    ///
    /// - Parameter body: what it does.
    /// - Returns: the thread, for those who wait for its end.
    @discardableResult
    public static func start(_ body: @escaping @Sendable () -> Void) -> Running {
        var thread = pthread_t()
        let work = unsafe Unmanaged.passRetained(Work(body)).toOpaque()
        let failure = unsafe pthread_create(
            &thread, nil,
            { work in
                if let work = unsafe work { unsafe Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
                return nil
            }, work)
        return Running(id: failure == 0 ? thread : nil)
    }
}

/// A signal from one thread to others, which also wakes one that waits later.
public struct Signal: Sendable {
    /// Both ends of a pipe: each byte in it wakes one who waits.
    private let (reading, writing): (Int32, Int32)

    /// A signal that nobody has sent.
    public init() {
        var ends: [Int32] = [-1, -1]
        _ = unsafe pipe(&ends)
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (reading, writing) = (ends[0], ends[1])
    }

    /// Wakes one who waits. A pipe that is full wakes enough.
    public func send() {
        var byte: UInt8 = 0
        _ = unsafe write(writing, &byte, 1)
    }

    /// Waits for the signal.
    ///
    /// - Parameter milliseconds: the most to wait; less than 0 waits forever.
    /// - Returns: whether the signal came.
    @discardableResult
    public func wait(milliseconds: Int32 = -1) -> Bool {
        var asked = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&asked, 1, milliseconds) > 0 else { return false }
        var byte: UInt8 = 0
        return unsafe read(reading, &byte, 1) > 0
    }
}
