import Glibc

/// Threads, and what they tell each other.
extension Process {
    /// A signal from one thread to another, which also wakes one that waits later.
    struct Signal: Sendable {
        /// Both ends of a pipe: what is in it is that the signal was sent.
        private let (reading, writing): (Int32, Int32)

        init() {
            var ends: [Int32] = [-1, -1]
            _ = unsafe pipe(&ends)
            for end in ends {
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
                _ = fcntl(end, F_SETFL, O_NONBLOCK)
            }
            (reading, writing) = (ends[0], ends[1])
        }

        /// Wakes who waits.
        func send() { Process.write("!", to: writing) }

        /// Waits for the signal.
        ///
        /// - Parameter milliseconds: the most to wait; less than 0 for ever.
        /// - Returns: whether the signal came.
        @discardableResult
        func wait(milliseconds: Int32 = -1) -> Bool {
            var asked = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&asked, 1, milliseconds) > 0 else { return false }
            var sent = [UInt8](repeating: 0, count: 4096)
            return unsafe Glibc.read(reading, &sent, sent.count) > 0
        }
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts a thread.
    ///
    /// - Parameter body: what it does.
    static func startThread(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let work = unsafe Unmanaged.passRetained(Work(body)).toOpaque()
        unsafe pthread_create(
            &thread, nil,
            { work in
                if let work = unsafe work { unsafe Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
                return nil
            }, work)
    }

    /// Does something when the process ends by itself.
    ///
    /// - Parameter body: what is done; it must not need anything from its surroundings.
    static func atExit(_ body: @convention(c) () -> Void) { atexit(body) }
}
