import Glibc
import MicroHTTP

/// System calls for signals, files and standard streams. In this module only `Process` and its extensions make unsafe calls.
enum Process {
    /// A standard stream.
    enum Stream: Int32 {
        case standardOutput = 1
        case standardError = 2
    }

    /// Ends this process.
    ///
    /// - Parameter code: the exit code.
    static func exit(_ code: Int32) -> Never { Glibc.exit(code) }

    /// The process id.
    static var id: Int32 { getpid() }

    /// The number of available cores, at least 1.
    static var cores: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// The machine's host name; empty if it has none.
    static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&name, name.count - 1) == 0 else { return "" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// All environment variables.
    static var environment: [String: String] {
        var variables: [String: String] = [:]
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let parts = unsafe String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            unsafe entry += 1
        }
        return variables
    }

    /// Lets a write fail that would make a file too large. Otherwise a signal would end this process.
    static func ignoreFileSizeSignal() { signal(SIGXFSZ, SIG_IGN) }

    /// Blocks the signals that stop the server in this thread and in threads created later, so that they can be waited for: SIGTERM, SIGINT,
    /// SIGQUIT (Ctrl-\\), and SIGHUP (a terminal that is closed), which `nohup` has it ignore.
    static func blockSignals() {
        ignoreFileSizeSignal()
        var signals = stopSignals
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Waits for a signal that stops the server; they must be blocked.
    ///
    /// - Returns: the signal's name.
    static func waitForSignal() -> String {
        var signals = stopSignals
        var signal: Int32 = 0
        unsafe sigwait(&signals, &signal)
        return name(of: signal)
    }

    /// Waits for a signal that stops the server, with a timeout.
    ///
    /// - Parameter milliseconds: the timeout, below 1000.
    /// - Returns: the signal's name, `nil` at the timeout.
    static func waitForSignal(milliseconds: Int) -> String? {
        var signals = stopSignals
        var patience = timespec(tv_sec: 0, tv_nsec: milliseconds * 1_000_000)
        let signal = unsafe sigtimedwait(&signals, nil, &patience)
        return signal < 0 ? nil : name(of: signal)
    }

    private static func name(of signal: Int32) -> String {
        switch signal {
        case SIGINT: "SIGINT"
        case SIGHUP: "SIGHUP"
        case SIGQUIT: "SIGQUIT"
        default: "SIGTERM"
        }
    }

    /// Waits until somebody presses Enter, standard input ends, or a signal has come that is blocked.
    static func waitForEnter() {
        var asked = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        var chunk = [UInt8](repeating: 0, count: 256)
        while pendingSignal() == nil {
            guard unsafe poll(&asked, 1, 250) > 0 else { continue }
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(0, $0.baseAddress, $0.count) }
            guard count > 0, !chunk[..<count].contains(UInt8(ascii: "\n")) else { return }
        }
    }

    private static var stopSignals: sigset_t {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGTERM)
        unsafe sigaddset(&signals, SIGINT)
        // A signal that is blocked would arrive although it is ignored.
        for signal in [SIGHUP, SIGQUIT] where !isIgnored(signal) { unsafe sigaddset(&signals, signal) }
        return signals
    }

    /// Whether standard error takes something without waiting.
    static var takesErrors: Bool {
        var asked = pollfd(fd: 2, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&asked, 1, 0) > 0 && asked.revents & Int16(POLLOUT) != 0
    }

    /// Does something when the process ends by itself.
    ///
    /// - Parameter body: what is done; it must not need anything from its surroundings.
    static func atExit(_ body: @convention(c) () -> Void) { atexit(body) }

    /// Writes text to a standard stream. Errors are ignored: logging must not stop the server.
    static func write(_ text: String, to stream: Stream) {
        _ = put(Array(text.utf8), to: stream.rawValue)
    }

    /// Writes a message to stderr, with a line feed at the end.
    static func printError(_ text: String) {
        ErrorStream.shared.write(text.hasSuffix("\n") ? text : text + "\n")
    }

    /// Reads a file of at most 64 MiB, where it does not matter why it cannot be read.
    ///
    /// - Parameter path: its path.
    /// - Returns: its content; `nil` if it cannot be read.
    static func read(_ path: String) -> [UInt8]? { try? WholeFile.read(path, most: mostBytes) }

    /// How much is read of any file.
    static let mostBytes = 64 << 20

    private static func put(_ bytes: [UInt8], to file: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
