import CListener
import Glibc

/// Listens for HTTP and HTTPS, and hands each request to a handler.
///
/// The handler runs on the threads that serve, so it must not block. It may be called on several of them at once.
package final class Listener: Sendable {
    /// The port that HTTP is served on, `nil` if it is not.
    package let httpPort: UInt16?
    /// The port that HTTPS is served on, `nil` if it is not.
    package let httpsPort: UInt16?
    /// Empty once stopped. The lock is held while they end, so that whoever calls ``stop()`` second waits as well.
    private let reactors: Lock<[Reactor]>

    /// Starts to listen; when it returns, clients can connect.
    ///
    /// - Parameters:
    ///   - configuration: where and how to listen.
    ///   - log: called with a line about something worth knowing, on any of the serving threads.
    ///   - connected: says what is to be wrong with a new connection, `nil` for nothing. Called once for each, on a thread
    ///     that serves, before anything is read from it; so it must not block. Must not hold the listener either.
    ///   - handler: answers a request. Must not hold the listener, or it will never be freed.
    /// - Throws: what kept it from listening; then nothing is left open.
    package init(
        _ configuration: ListenerConfiguration,
        log: @escaping @Sendable (ListenerLogLevel, String) -> Void = { _, _ in },
        connected: @escaping @Sendable (_ isSecure: Bool, _ peer: String) -> ConnectionFault? = { _, _ in nil },
        handler: @escaping @Sendable (Request) -> Answer
    ) throws(ListenerError) {
        try configuration.check()
        listener_prepare_process()
        let http = try configuration.httpPort.map { port throws(ListenerError) in try Sockets(configuration, port, waitsForData: true) }
        let https = try configuration.httpsPort.map { port throws(ListenerError) in try Sockets(configuration, port, waitsForData: false) }
        var started: [Reactor] = []
        for index in 0..<configuration.reactors {
            let service = Service(log: log, connected: connected, handler: handler, identity: configuration.identity)
            let reactor = try Reactor(configuration.limits, service)
            if let http { try reactor.serve(http.take(index), identity: nil) }
            if let https { try reactor.serve(https.take(index), identity: configuration.identity) }
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

    /// Closes all sockets and connections, also those of requests without an answer, and returns when all threads have ended.
    ///
    /// May be called on any thread but those that serve, and more than once.
    package func stop() {
        reactors.withLock { reactors in
            for reactor in reactors { reactor.stop() }
            reactors.removeAll()
        }
    }
}

extension ListenerConfiguration {
    /// Finds contradictions before anything is opened.
    fileprivate func check() throws(ListenerError) {
        if httpPort == nil, httpsPort == nil { throw .badConfiguration("There is no port to listen on. Give one for HTTP or HTTPS.") }
        if httpsPort != nil, identity == nil { throw .badConfiguration("HTTPS needs a certificate. Give one, or let one be made.") }
        if reactors < 1 { throw .badConfiguration("There are no threads to serve. Give at least 1.") }
        if limits.maxHeaders < 1024 { throw .badConfiguration("\(limits.maxHeaders) bytes of headers are too few. Give at least 1024.") }
        if limits.maxBody < 0 { throw .badConfiguration("The longest body cannot be negative. Give 0 or more bytes.") }
        if limits.maxConnections < 1 { throw .badConfiguration("No connections are allowed. Allow at least 1.") }
    }
}

/// The listening sockets of one port until the reactors have taken them; the rest is closed when this goes.
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

    /// Hands a socket over.
    func take(_ index: Int) -> Int32 {
        defer { descriptors[index] = -1 }
        return descriptors[index]
    }

    deinit {
        for descriptor in descriptors where descriptor >= 0 { close(descriptor) }
    }
}

/// Calls C with a buffer for an error text and returns what was written there.
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
