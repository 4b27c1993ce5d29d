import Glibc

/// Running another program as if it had been started directly: it gets the terminal, signals, limits and descriptors of this process.
extension Process {
    /// The state that the server changes in its own process, and that child processes must not inherit.
    struct Inheritance {
        fileprivate var signals = sigset_t()
        /// Signals that the server ignores, and that were not ignored before.
        fileprivate var defaults = sigset_t()
        fileprivate var openFiles = rlimit()

        /// Saves the current state, and blocks the signals that are forwarded. Must be called before the first thread is created.
        init() {
            unsafe sigemptyset(&defaults)
            for signal in [SIGPIPE, SIGXFSZ] where !Process.isIgnored(signal) { unsafe sigaddset(&defaults, signal) }
            Process.ignoreFileSizeSignal()
            unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &openFiles)
            var blocked = Process.forwarded
            unsafe sigaddset(&blocked, SIGCHLD)
            unsafe pthread_sigmask(SIG_BLOCK, &blocked, &signals)
            // If SIGCHLD were ignored, it would not be delivered when the program exits.
            signal(SIGCHLD, SIG_DFL)
        }
    }

    /// Why a program could not be run.
    enum SpawnFailure: Error {
        case notFound
        case notExecutable(String)
    }

    /// A running program.
    struct Child {
        fileprivate let id: pid_t
    }

    /// The first signal that arrived while signals were blocked, except ignored ones.
    ///
    /// - Returns: the signal's number; `nil` if there was none.
    static func pendingSignal() -> Int32? {
        var (signals, patience) = (forwarded, timespec())
        while true {
            let signal = unsafe sigtimedwait(&signals, nil, &patience)
            if signal < 0 { return nil }
            if !isIgnored(signal) { return signal }
        }
    }

    /// Runs the program at the end of the command line. It stays in the process group, so it can use the terminal.
    ///
    /// - Parameters:
    ///   - words: the number of arguments that are the program and its arguments; they are passed unchanged.
    ///   - variables: variables to set in its environment.
    ///   - removed: variables to remove from its environment.
    ///   - inheritance: the state saved at the start.
    /// - Throws: the reason if it cannot be run.
    /// - Returns: the running program.
    static func spawn(
        lastArguments words: Int, variables: [(name: String, value: String)], removed: [String], _ inheritance: Inheritance
    ) throws(SpawnFailure) -> Child {
        let arguments = unsafe CommandLine.unsafeArgv + (Int(CommandLine.argc) - words)
        var environment = unsafe inheritedEnvironment(without: Set(removed + variables.map(\.name)))
        let own = unsafe variables.map { unsafe strdup("\($0.name)=\($0.value)") }
        defer { for index in unsafe own.indices { unsafe free(own[index]) } }
        unsafe environment += own + [nil]
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var (signals, defaults) = (inheritance.signals, inheritance.defaults)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let failure = withOpenFiles(inheritance.openFiles) {
            var id: pid_t = 0
            let failure = unsafe posix_spawnp(&id, arguments[0]!, nil, &attributes, arguments, environment)
            return (failure, id)
        }
        switch failure {
        case (0, let id): return Child(id: id)
        case (ENOENT, _): throw .notFound
        case (let number, _): throw .notExecutable(unsafe String(cString: strerror(number)))
        }
    }

    /// Forwards signals to a program until it exits.
    ///
    /// The terminal sends signals to the whole process group. If Ctrl-C were forwarded, the program would receive it twice, which many
    /// programs take as a request to exit immediately.
    ///
    /// - Parameter child: the program.
    /// - Returns: its exit code, or 128 plus the number of the signal that terminated it.
    static func wait(for child: Child) -> Int32 {
        var signals = forwarded
        unsafe sigaddset(&signals, SIGCHLD)
        while true {
            var information = unsafe siginfo_t()
            let signal = unsafe sigwaitinfo(&signals, &information)
            if signal == SIGCHLD {
                if let code = reap(child) { return code }
            } else if signal > 0, unsafe information.si_code != SI_KERNEL || getpgid(child.id) != getpgrp() {
                kill(child.id, signal)
            }
        }
    }

    /// Reaps all child processes that have exited: as process 1 of a container, this process inherits orphans.
    private static func reap(_ child: Child) -> Int32? {
        var code: Int32?
        var status: Int32 = 0
        while case let ended = unsafe waitpid(-1, &status, WNOHANG), ended > 0 {
            if ended == child.id { code = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F }
        }
        return code
    }

    private static var forwarded: sigset_t {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2] { unsafe sigaddset(&signals, signal) }
        return signals
    }

    /// Whether this process ignores a signal.
    static func isIgnored(_ signal: Int32) -> Bool {
        var action = sigaction()
        unsafe sigaction(signal, nil, &action)
        return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }

    /// The variables of this process, unchanged even if they are not UTF-8.
    private static func inheritedEnvironment(without names: Set<String>) -> [UnsafeMutablePointer<CChar>?] {
        var inherited: [UnsafeMutablePointer<CChar>?] = unsafe []
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let name = unsafe String(cString: text).prefix { $0 != "=" }
            if !names.contains(String(name)) { unsafe inherited.append(text) }
            unsafe entry += 1
        }
        return unsafe inherited
    }

    /// Runs a closure with a different limit of open files, which child processes inherit.
    private static func withOpenFiles<Result>(_ limit: rlimit, _ work: () -> Result) -> Result {
        let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var (own, wanted) = (rlimit(), limit)
        unsafe getrlimit(kind, &own)
        unsafe setrlimit(kind, &wanted)
        defer { unsafe setrlimit(kind, &own) }
        return work()
    }
}
