import Glibc

/// The process and its system: signals, files, standard streams. With its extensions in `Process….swift` the only place here with
/// unsafe calls.
enum Process {
    /// A standard stream.
    enum Stream: Int32 {
        case standardOutput = 1
        case standardError = 2
    }

    /// The process's number.
    static var id: Int32 { getpid() }

    /// How many cores the process may use, at least 1.
    static var cores: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// The machine's name, empty if it has none.
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

    /// Keeps SIGTERM and SIGINT from ending the process, here and in threads made later, until somebody waits for them.
    static func holdSignals() {
        var signals = stopSignals
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Waits for SIGTERM or SIGINT, which must be held.
    ///
    /// - Returns: the signal's name.
    static func waitForSignal() -> String {
        var signals = stopSignals
        var signal: Int32 = 0
        unsafe sigwait(&signals, &signal)
        return signal == SIGINT ? "SIGINT" : "SIGTERM"
    }

    /// Waits for SIGTERM or SIGINT for a while.
    ///
    /// - Parameter milliseconds: how long, below 1000.
    /// - Returns: the signal's name, `nil` if none came.
    static func waitForSignal(milliseconds: Int) -> String? {
        var signals = stopSignals
        var patience = timespec(tv_sec: 0, tv_nsec: milliseconds * 1_000_000)
        let signal = unsafe sigtimedwait(&signals, nil, &patience)
        return signal < 0 ? nil : signal == SIGINT ? "SIGINT" : "SIGTERM"
    }

    private static var stopSignals: sigset_t {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGTERM)
        unsafe sigaddset(&signals, SIGINT)
        return signals
    }

    /// Writes a text to a standard stream. What cannot be written is lost: a log must not stop the server.
    static func write(_ text: String, to stream: Stream) {
        _ = put(Array(text.utf8), to: stream.rawValue)
    }

    /// Writes a line to stderr.
    static func complain(_ text: String) {
        write(text.hasSuffix("\n") ? text : text + "\n", to: .standardError)
    }

    /// Reads a whole file of at most 64 MiB, or a pipe.
    ///
    /// - Parameter path: its path.
    /// - Returns: `nil` if it cannot be read, or is longer.
    static func read(_ path: String) -> [UInt8]? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return drain(file, limit: 64 << 20)
    }

    /// Replaces a file at once: nobody sees half of it.
    ///
    /// - Parameters:
    ///   - path: its path.
    ///   - bytes: what it is to hold.
    ///   - mode: who may read and write it.
    /// - Returns: whether that was possible.
    static func replace(_ path: String, with bytes: [UInt8], mode: UInt32 = 0o644) -> Bool {
        let draft = path + ".\(id)"
        let file = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode)
        guard file >= 0 else { return false }
        let isWhole = put(bytes, to: file)
        close(file)
        if isWhole, unsafe rename(draft, path) == 0 { return true }
        unsafe unlink(draft)
        return false
    }

    /// Connects, sends a text and reads the answer, for at most two seconds each.
    ///
    /// - Parameters:
    ///   - text: what to send; nothing only connects.
    ///   - host: a numeric address.
    ///   - port: the port.
    /// - Returns: at most 4 KiB of the answer; `nil` if nobody takes the connection.
    static func exchange(_ text: String, with host: String, port: UInt16) -> String? {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_NUMERICHOST
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(port), &hints, &found) == 0, let address = unsafe found else { return nil }
        defer { unsafe freeaddrinfo(address) }
        let socket = unsafe socket(address.pointee.ai_family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return nil }
        defer { close(socket) }
        var patience = timeval(tv_sec: 2, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            unsafe setsockopt(socket, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        guard unsafe connect(socket, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 else { return nil }
        guard !text.isEmpty else { return "" }
        guard put(Array(text.utf8), to: socket) else { return nil }
        return drain(socket, limit: 4096).map { String(decoding: $0, as: UTF8.self) }
    }

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

    private static func drain(_ file: Int32, limit: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= limit {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(file, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
        return nil
    }
}
