import CListener
import Glibc

/// Listens for HTTP and HTTPS, and hands each request to a handler.
///
/// The handler runs on the threads that serve, so it must not block. It may be called on several of them at once.
public final class Listener: Sendable {
    /// The port that HTTP is served on, `nil` if it is not.
    public let httpPort: UInt16?
    /// The port that HTTPS is served on, `nil` if it is not.
    public let httpsPort: UInt16?
    /// Empty once stopped. The lock is held while they end, so that a second caller of ``stop()`` waits too.
    private let reactors: Lock<[Reactor]>

    /// Starts to listen; when it returns, clients can connect.
    ///
    /// - Parameters:
    ///   - configuration: where and how to listen.
    ///   - log: gets lines for the log, on any of the serving threads.
    ///   - connected: returns what is to be wrong with a new connection, `nil` for nothing. Called once for each, on a serving
    ///     thread, before anything is read from it; so it must not block. Must not hold the listener either.
    ///   - handler: returns the reply to a request. Must not hold the listener, or it will never be freed.
    /// - Throws: what prevents it from listening; then nothing is left open.
    public init(
        _ configuration: ListenerConfiguration,
        log: @escaping @Sendable (ListenerLogLevel, String) -> Void = { _, _ in },
        connected: @escaping @Sendable (_ isSecure: Bool, _ peer: String) -> ConnectionFault? = { _, _ in nil },
        handler: @escaping @Sendable (Request) -> Answer
    ) throws(ListenerError) {
        try configuration.check()
        try Self.checkLibrary()
        listener_prepare_process()
        let http = try configuration.httpPort.map { port throws(ListenerError) in try Sockets(configuration, port, waitsForData: true) }
        let https = try configuration.httpsPort.map { port throws(ListenerError) in try Sockets(configuration, port, waitsForData: false) }
        let identity = https == nil ? nil : configuration.identity
        let credentials = try identity.map { identity throws(ListenerError) in try Credentials(identity) }
        var started: [Reactor] = []
        for index in 0..<configuration.reactors {
            let service = Service(
                configuration, ports: (http?.port, https?.port), log: log, connected: connected, handler: handler)
            let reactor = try Reactor(configuration.limits, service)
            if let http { try reactor.serve(http.take(index), nil) }
            if let https { try reactor.serve(https.take(index), credentials) }
            try reactor.start()
            started.append(reactor)
        }
        httpPort = http?.port
        httpsPort = https?.port
        reactors = Lock(started)
    }

    deinit {
        stop()
    }

    private static func checkLibrary() throws(ListenerError) {
        var isTried = false
        let version = unsafe errorText { error in isTried = unsafe listener_check_library(error) }
        if !isTried { throw .untriedLibrary(version: version, tried: unsafe String(cString: listener_tried_library())) }
    }

    /// Closes all sockets and connections, including those that wait for a reply, and returns when all threads have ended.
    ///
    /// May be called more than once, on any thread except those that serve.
    public func stop() {
        reactors.withLock { reactors in
            for reactor in reactors { reactor.stop() }
            reactors.removeAll()
        }
    }
}

extension ListenerConfiguration {
    /// Finds contradictions, and a host that can be no address, before anything is opened.
    fileprivate func check() throws(ListenerError) {
        if let reason = hostMistake { throw .cannotBind(host: host, port: httpPort ?? httpsPort ?? 0, reason: reason) }
        if httpPort == nil, httpsPort == nil { throw .badConfiguration("There is no port to listen on. Give one for HTTP or HTTPS.") }
        if httpsPort != nil, identity == nil { throw .badConfiguration("HTTPS needs a certificate. Give one, or let one be made.") }
        if reactors < 1 { throw .badConfiguration("There are no threads to serve. Give at least 1.") }
        if limits.maxHeaders < 1024 { throw .badConfiguration("\(limits.maxHeaders) bytes of headers are too few. Give at least 1024.") }
        if limits.maxBody < 0 { throw .badConfiguration("The longest body cannot be negative. Give 0 or more bytes.") }
        if limits.maxConnections < 1 { throw .badConfiguration("No connections are allowed. Allow at least 1.") }
    }

    /// Why the host can be neither an address nor a name.
    private var hostMistake: String? {
        let (longestName, longestZone) = (253, 15)
        if host.isEmpty { return "the address is empty" }
        if host.utf8.contains(0) { return "the address contains a NUL byte" }
        if host.utf8.count > longestName { return "the address is longer than \(longestName) bytes" }
        let zone = host.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first ?? ""
        return zone.utf8.count > longestZone ? "the zone after % is longer than \(longestZone) bytes" : nil
    }
}

/// The listening sockets of one port until the reactors have taken them; those that are left are closed in the end.
private final class Sockets {
    let port: UInt16
    private var descriptors: [Int32]

    init(_ configuration: ListenerConfiguration, _ port: UInt16, waitsForData: Bool) throws(ListenerError) {
        let host = configuration.host
        var descriptors = [Int32](repeating: -1, count: configuration.reactors)
        var chosen: UInt16 = 0
        var outcome: Int32 = 0
        let text = unsafe errorText { error in
            outcome = unsafe listener_open_sockets(host, port, waitsForData, &descriptors, descriptors.count, &chosen, error)
        }
        switch Int(outcome) {
        case LISTENER_OK: break
        case LISTENER_PORT_TAKEN: throw .portTaken(host: host, port: port)
        default: throw .cannotBind(host: host, port: port, reason: text)
        }
        self.port = chosen
        self.descriptors = descriptors
    }

    /// Hands over a socket.
    func take(_ index: Int) -> Int32 {
        defer { descriptors[index] = -1 }
        return descriptors[index]
    }

    deinit {
        for descriptor in descriptors where descriptor >= 0 { close(descriptor) }
    }
}

/// Calls C with a buffer for an error text, and returns what was written there.
///
/// - Parameter body: is given the buffer.
/// - Returns: the text, empty if nothing was written.
func errorText(_ body: (UnsafeMutablePointer<CChar>) -> Void) -> String {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(LISTENER_ERROR_SIZE)) { buffer in
        unsafe buffer.initialize(repeating: 0)
        guard let start = buffer.baseAddress else { return "" }
        unsafe body(start)
        return unsafe String(cString: start)
    }
}
