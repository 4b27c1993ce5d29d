import Base
import MicroHTTP

/// Standard error of a server. What cannot be written at once waits in a queue for a thread of its own, so that whoever does not read it
/// holds nobody up. Before it is started, and where no server runs, everything is written at once.
final class ErrorStream: Sendable {
    /// The stream of this process.
    static let shared = ErrorStream()

    /// The most bytes that wait, unless one text has more; what comes then is dropped, and counted.
    private static let most = 256 << 10
    /// How long the end of the process waits for a reader, in milliseconds.
    private static let patience: Int32 = 300

    private struct State: Sendable {
        var isStarted = false
        var waiting: [UInt8] = []
        var dropped = 0
        /// Whether the thread is writing what it has taken.
        var isBusy = false
        var isEmpty: Bool { waiting.isEmpty && !isBusy }
    }

    private let state = Lock(State())
    /// Signalled when something waits, and when nothing waits any more.
    private let (filled, emptied) = (Signal(), Signal())

    private init() {}

    /// Lets a thread do the writing from now on.
    ///
    /// - Parameter report: reports that so many lines were dropped.
    func start(_ report: @escaping @Sendable (Int) -> Void) {
        let isFirst = state.withLock { state in
            defer { state.isStarted = true }
            return !state.isStarted
        }
        guard isFirst else { return }
        Thread.start { [self] in
            while true {
                filled.wait()
                drain(report)
            }
        }
        Process.atExit { ErrorStream.shared.flush() }
    }

    /// Writes text, or drops it if too much waits already.
    func write(_ text: String) {
        let isQueued = state.withLock { state in
            guard state.isStarted else { return false }
            // A pipe that can be written to takes a page without waiting.
            if state.isEmpty, text.utf8.count <= 4096, Process.takesErrors {
                Process.write(text, to: .standardError)
                return true
            }
            defer { filled.send() }
            if state.waiting.isEmpty || state.waiting.count + text.utf8.count <= Self.most {
                state.waiting += Array(text.utf8)
            } else {
                state.dropped += 1
            }
            return true
        }
        if !isQueued { Process.write(text, to: .standardError) }
    }

    /// Waits until all is written, if somebody reads it.
    func flush() {
        while state.withLock({ $0.isStarted && !$0.isEmpty }), emptied.wait(milliseconds: Self.patience) {}
    }

    private func drain(_ report: (Int) -> Void) {
        while true {
            let (taken, dropped) = state.withLock { state in
                let taken = (state.waiting, state.dropped)
                (state.waiting, state.dropped, state.isBusy) = ([], 0, !taken.0.isEmpty || taken.1 > 0)
                return taken
            }
            guard !taken.isEmpty || dropped > 0 else { return emptied.send() }
            Process.write(String(decoding: taken, as: UTF8.self), to: .standardError)
            if dropped > 0 { report(dropped) }
        }
    }
}
