/// Where and how a listener listens.
package struct ListenerConfiguration: Sendable {
    /// A numeric IPv4 or IPv6 address, or a name such as `localhost`. `::` takes IPv4 as well.
    package var host: String
    /// The port for HTTP: 0 lets the system choose, `nil` means no HTTP.
    package var httpPort: UInt16?
    /// The port for HTTPS: 0 lets the system choose, `nil` means no HTTPS.
    package var httpsPort: UInt16?
    /// Key and certificate for HTTPS; needed if there is an HTTPS port.
    package var identity: TLSIdentity?
    /// How many threads serve, at least one. The connections are spread over them by the system.
    package var reactors: Int
    /// What clients may ask.
    package var limits: Limits

    /// A configuration; the defaults listen for HTTP on a free port of 127.0.0.1 with one thread.
    ///
    /// - Parameters:
    ///   - host: a numeric address or a name such as `localhost`.
    ///   - httpPort: the port for HTTP, 0 for a free one, `nil` for none.
    ///   - httpsPort: the port for HTTPS, 0 for a free one, `nil` for none.
    ///   - identity: key and certificate for HTTPS.
    ///   - reactors: how many threads serve, at least one.
    ///   - limits: what clients may ask.
    package init(
        host: String = "127.0.0.1", httpPort: UInt16? = 0, httpsPort: UInt16? = nil, identity: TLSIdentity? = nil,
        reactors: Int = 1, limits: Limits = Limits()
    ) {
        self.host = host
        self.httpPort = httpPort
        self.httpsPort = httpsPort
        self.identity = identity
        self.reactors = reactors
        self.limits = limits
    }
}

/// What clients may ask of a listener.
package struct Limits: Sendable {
    /// The longest request body in bytes; a longer one is answered with 413.
    package var maxBody: Int
    /// The most bytes of request line and header fields, at least 1024; more is answered with 431.
    ///
    /// Each connection has a buffer of this size, which is cleared after each request: a larger one costs time.
    package var maxHeaders: Int
    /// The most open connections per thread and port; further ones wait until one is closed.
    package var maxConnections: Int
    /// How long nothing may move on a connection, rounded up to seconds; zero is for ever. Held requests are exempt.
    package var idleTimeout: Duration

    /// Limits; the defaults suit tests.
    ///
    /// - Parameters:
    ///   - maxBody: the longest request body in bytes.
    ///   - maxHeaders: the most bytes of request line and header fields, at least 1024.
    ///   - maxConnections: the most open connections per thread and port, at least 1.
    ///   - idleTimeout: how long nothing may move on a connection; zero is for ever.
    package init(
        maxBody: Int = 8 << 20, maxHeaders: Int = 16 << 10, maxConnections: Int = 10_000, idleTimeout: Duration = .seconds(60)
    ) {
        self.maxBody = maxBody
        self.maxHeaders = maxHeaders
        self.maxConnections = maxConnections
        self.idleTimeout = idleTimeout
    }
}

/// How much a line of the listener's log matters.
package enum ListenerLogLevel: Int32, Sendable {
    /// What the HTTP library says about single connections.
    case debug = 0
    /// A request was refused before it reached the handler.
    case info = 1
    /// The listener could not do what it was asked.
    case warning = 2
}

/// Why a listener cannot listen, or an identity cannot be had.
package enum ListenerError: Error, Equatable, CustomStringConvertible {
    /// Somebody else listens there.
    case portTaken(host: String, port: UInt16)
    /// The address cannot be bound for another reason, such as a name that has no address.
    case cannotBind(host: String, port: UInt16, reason: String)
    /// Key or certificate cannot be read, or they do not belong together.
    case badCertificate(String)
    /// A file or folder for certificates cannot be read or written.
    case file(path: String, reason: String)
    /// The configuration contradicts itself.
    case badConfiguration(String)
    /// Memory, threads or file descriptors are short.
    case outOfResources(String)

    /// One sentence on what is wrong and one on what to do.
    package var description: String {
        switch self {
        case .portTaken(let host, let port):
            "Port \(port) of \(host) is taken. Stop the program that listens there, or choose another port; 0 finds a free one."
        case .cannotBind(let host, let port, let reason):
            "Cannot listen on port \(port) of \(host): \(reason). Choose an address of this machine and a port it may use."
        case .badCertificate(let reason):
            "The TLS certificate cannot be used: \(reason). Give a PEM certificate and the PEM key that belongs to it."
        case .file(let path, let reason):
            "Cannot use \(path): \(reason). Check that the path exists and that this user may read and write it."
        case .badConfiguration(let reason):
            reason
        case .outOfResources(let what):
            "The system refused \(what). Raise the limits on open files and threads, or use fewer threads."
        }
    }
}
