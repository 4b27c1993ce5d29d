internal import Glibc
#if !KFMOCK_THREAD_SANITIZER
    internal import Synchronization
#endif

/// A value that one thread at a time may use. Code that holds the lock must not wait, log or write to a socket.
///
/// ThreadSanitizer does not understand `Synchronization.Mutex` on Linux and reports false races; built with
/// `-D KFMOCK_THREAD_SANITIZER` the same lock is a pthread mutex, which it does understand.
@safe public final class Lock<Value: Sendable>: Sendable {
    #if KFMOCK_THREAD_SANITIZER
        private nonisolated(unsafe) var value: Value
        private nonisolated(unsafe) let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

        /// A lock around an initial value.
        public init(_ value: Value) {
            unsafe self.value = value
            unsafe pthread_mutex_init(mutex, nil)
        }

        deinit {
            unsafe pthread_mutex_destroy(mutex)
            unsafe mutex.deallocate()
        }

        /// Uses the value exclusively.
        ///
        /// - Parameter body: uses it; must not take this lock again.
        /// - Returns: what the body returned.
        public func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
            unsafe pthread_mutex_lock(mutex)
            defer { unsafe pthread_mutex_unlock(mutex) }
            return unsafe body(&value)
        }

        /// Uses the value exclusively, unless another thread has the lock.
        ///
        /// - Parameter body: uses it; must not take this lock again.
        /// - Returns: what the body returned, `nil` if another thread has the lock.
        public func withLockIfFree<Result>(_ body: (inout Value) -> Result) -> Result? {
            guard unsafe pthread_mutex_trylock(mutex) == 0 else { return nil }
            defer { unsafe pthread_mutex_unlock(mutex) }
            return unsafe body(&value)
        }
    #else
        private let mutex: Mutex<Value>

        /// A lock around an initial value.
        public init(_ value: Value) {
            mutex = Mutex(value)
        }

        /// Uses the value exclusively.
        ///
        /// - Parameter body: uses it; must not take this lock again.
        /// - Returns: what the body returned.
        public func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
            mutex.withLock { value in body(&value) }
        }

        /// Uses the value exclusively, unless another thread has the lock.
        ///
        /// - Parameter body: uses it; must not take this lock again.
        /// - Returns: what the body returned, `nil` if another thread has the lock.
        public func withLockIfFree<Result>(_ body: (inout Value) -> Result) -> Result? {
            mutex.withLockIfAvailable { value in body(&value) }
        }
    #endif
}

extension Lock {
    /// Uses the value exclusively, unless another thread keeps the lock for longer than short work takes.
    ///
    /// - Parameters:
    ///   - tries: how often to try; 4,000 take some 100 microseconds.
    ///   - pause: how long to sleep after each, in microseconds. Without, the processor is kept: on a busy machine it comes back late.
    ///   - body: uses it; must not take this lock again.
    /// - Returns: what the body returned, `nil` if the lock has not become free.
    public func withLockIfSoonFree<Result>(tries: Int = 4_000, pause: UInt32 = 0, _ body: (inout Value) -> Result) -> Result? {
        for _ in 0..<tries {
            if let result = withLockIfFree(body) { return result }
            if pause > 0 { usleep(pause) }
        }
        return nil
    }
}
