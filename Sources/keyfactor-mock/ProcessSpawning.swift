import Glibc

/// Running another program as if it stood alone: it gets terminal, signals, limits and descriptors as this process got them.
extension Process {
    /// What a server changes in its process and a program that it runs must not inherit.
    struct Inheritance {
        fileprivate var signals = sigset_t()
        fileprivate var ignoresBrokenPipes: Bool
        fileprivate var openFiles = rlimit()

        /// Keeps what is, and holds the signals that are to be passed on. Must come before the first thread is made.
        init() {
            ignoresBrokenPipes = Process.isIgnored(SIGPIPE)
            unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &openFiles)
            var held = Process.passedOn
            unsafe sigaddset(&held, SIGCHLD)
            unsafe pthread_sigmask(SIG_BLOCK, &held, &signals)
            // Somebody who ignores it would never be told that the program has ended.
            signal(SIGCHLD, SIG_DFL)
        }
    }

    /// Why a program could not be run.
    enum SpawnFailure: Error {
        case notFound
        case notExecutable(String)
    }

    /// A program that runs.
    struct Child {
        fileprivate let id: pid_t
    }

    /// The first signal that came while signals were held, if the process does not ignore it.
    ///
    /// - Returns: the signal's number.
    static func heldSignal() -> Int32? {
        var (signals, patience) = (passedOn, timespec())
        while true {
            let signal = unsafe sigtimedwait(&signals, nil, &patience)
            if signal < 0 { return nil }
            if !isIgnored(signal) { return signal }
        }
    }

    /// Runs the program that stands at the end of the command line. It stays in the process group, so the terminal is its own.
    ///
    /// - Parameters:
    ///   - words: how many arguments are the program and its own; they are passed on byte for byte.
    ///   - variables: what it finds in its environment above all else.
    ///   - removed: names that it does not find there.
    ///   - inheritance: how things were at the start.
    /// - Throws: what kept it from running.
    /// - Returns: the program.
    static func spawn(
        lastArguments words: Int, variables: [(name: String, value: String)], removed: [String], _ inheritance: Inheritance
    ) throws(SpawnFailure) -> Child {
        let arguments = unsafe CommandLine.unsafeArgv + (Int(CommandLine.argc) - words)
        var environment = unsafe passedEnvironment(without: Set(removed + variables.map(\.name)))
        let own = unsafe variables.map { unsafe strdup("\($0.name)=\($0.value)") }
        defer { for index in unsafe own.indices { unsafe free(own[index]) } }
        unsafe environment += own + [nil]
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var (signals, defaults) = (inheritance.signals, sigset_t())
        unsafe sigemptyset(&defaults)
        if !inheritance.ignoresBrokenPipes { unsafe sigaddset(&defaults, SIGPIPE) }
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

    /// Passes signals on to a program until it ends.
    ///
    /// What the terminal sends, it sends to the whole process group: passed on, Ctrl-C would reach the program twice, which many
    /// programs take for a wish to die at once.
    ///
    /// - Parameter child: the program.
    /// - Returns: its exit code, 128 more than the number of the signal that ended it.
    static func wait(for child: Child) -> Int32 {
        var signals = passedOn
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

    /// Takes leave of all programs that have ended: as the first process of a container this one inherits strangers.
    private static func reap(_ child: Child) -> Int32? {
        var code: Int32?
        var status: Int32 = 0
        while case let ended = unsafe waitpid(-1, &status, WNOHANG), ended > 0 {
            if ended == child.id { code = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F }
        }
        return code
    }

    private static var passedOn: sigset_t {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2] { unsafe sigaddset(&signals, signal) }
        return signals
    }

    private static func isIgnored(_ signal: Int32) -> Bool {
        var action = sigaction()
        unsafe sigaction(signal, nil, &action)
        return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }

    /// The process's own variables as they lie in memory, whatever bytes they are of.
    private static func passedEnvironment(without names: Set<String>) -> [UnsafeMutablePointer<CChar>?] {
        var passed: [UnsafeMutablePointer<CChar>?] = unsafe []
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let name = unsafe String(cString: text).prefix { $0 != "=" }
            if !names.contains(String(name)) { unsafe passed.append(text) }
            unsafe entry += 1
        }
        return unsafe passed
    }

    /// Works with another limit of open files, which programs inherit.
    private static func withOpenFiles<Result>(_ limit: rlimit, _ work: () -> Result) -> Result {
        let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var (own, wanted) = (rlimit(), limit)
        unsafe getrlimit(kind, &own)
        unsafe setrlimit(kind, &wanted)
        defer { unsafe setrlimit(kind, &own) }
        return work()
    }
}
