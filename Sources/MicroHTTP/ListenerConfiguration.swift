/// Where and how a listener listens.
public struct ListenerConfiguration: Sendable {
    /// A numeric IPv4 or IPv6 address, or a name such as `localhost`. `::` takes IPv4 as well.
    var host: String
    /// The port for HTTP: 0 lets the system choose, `nil` means no HTTP.
    var httpPort: UInt16?
    /// The port for HTTPS: 0 lets the system choose, `nil` means no HTTPS.
    var httpsPort: UInt16?
    /// Key and certificate for HTTPS; needed if there is an HTTPS port.
    var identity: TLSIdentity?
    /// How many threads serve, at least one. The connections are spread over them by the system.
    var reactors: Int
    /// What clients may ask.
    var limits: Limits
    /// The reply to a request that the listener refuses itself, given a status (400, 413, 431 or 503) and a sentence; the connection is
    /// closed after it. Called on a serving thread, so it must not block.
    var refusal: @Sendable (_ status: Int, _ message: String) -> Response
    /// The sentence for a client that speaks the wrong protocol: logged as a warning and, for HTTP on the HTTPS port, sent with 400.
    var mismatch: @Sendable (Mismatch) -> String

    /// A configuration; the defaults listen for HTTP on a free port of 127.0.0.1 with one thread.
    ///
    /// - Parameters:
    ///   - host: a numeric address or a name such as `localhost`.
    ///   - httpPort: the port for HTTP, 0 for a free one, `nil` for none.
    ///   - httpsPort: the port for HTTPS, 0 for a free one, `nil` for none.
    ///   - identity: key and certificate for HTTPS.
    ///   - reactors: how many threads serve, at least one.
    ///   - limits: what clients may ask.
    ///   - refusal: the reply to a request that the listener refuses itself; the default is the sentence as plain text.
    ///   - mismatch: the sentence for a client that speaks the wrong protocol.
    public init(
        host: String = "127.0.0.1", httpPort: UInt16? = 0, httpsPort: UInt16? = nil, identity: TLSIdentity? = nil,
        reactors: Int = 1, limits: Limits = Limits(),
        refusal: @escaping @Sendable (Int, String) -> Response = ListenerConfiguration.plainRefusal,
        mismatch: @escaping @Sendable (Mismatch) -> String = { $0.description }
    ) {
        self.host = host
        self.httpPort = httpPort
        self.httpsPort = httpsPort
        self.identity = identity
        self.reactors = reactors
        self.limits = limits
        self.refusal = refusal
        self.mismatch = mismatch
    }

    /// A refusal as plain text.
    ///
    /// - Parameters:
    ///   - status: 400, 413, 431 or 503.
    ///   - message: the sentence.
    /// - Returns: the reply.
    public static func plainRefusal(_ status: Int, _ message: String) -> Response {
        var response = Response(status, body: Array(message.utf8))
        response.add("Content-Type", "text/plain; charset=utf-8")
        return response
    }
}

/// A client that speaks HTTP on the HTTPS port, or TLS on the HTTP port.
public struct Mismatch: Sendable, CustomStringConvertible {
    /// Whether the port serves HTTPS, and the client speaks HTTP.
    let isSecurePort: Bool
    /// The port that was used.
    let port: UInt16
    /// The port that serves what the client speaks, `nil` if there is none.
    let rightPort: UInt16?

    /// A sentence that names the right port.
    public var description: String {
        let (served, spoken) = isSecurePort ? ("HTTPS", "HTTP") : ("HTTP", "HTTPS")
        let advice = rightPort.map { "\(spoken) is served on port \($0)." } ?? "\(spoken) is not served."
        return "Port \(port) serves \(served), but the client speaks \(spoken). \(advice)"
    }
}

/// What clients may ask of a listener.
public struct Limits: Sendable {
    /// The longest request body in bytes; a longer one gets 413.
    var maxBody: Int
    /// The most bytes of request line and header fields, at least 1024; more gets 431.
    ///
    /// Each connection has a buffer of this size, which is cleared after each request: a larger one costs time.
    var maxHeaders: Int
    /// The most open connections per thread and port; further ones wait until one is closed.
    var maxConnections: Int
    /// After how long an idle connection is closed, rounded up to seconds; zero for never. Held requests are exempt.
    var idleTimeout: Duration
    /// What connections may hold together; listeners may share it.
    let budget: ConnectionBudget

    /// Limits; the defaults suit tests.
    ///
    /// - Parameters:
    ///   - maxBody: the longest request body in bytes.
    ///   - maxHeaders: the most bytes of request line and header fields, at least 1024.
    ///   - maxConnections: the most open connections per thread and port, at least 1.
    ///   - idleTimeout: after how long an idle connection is closed; zero for never.
    ///   - budget: what connections may hold together.
    public init(
        maxBody: Int = 8 << 20, maxHeaders: Int = 16 << 10, maxConnections: Int = 10_000, idleTimeout: Duration = .seconds(60),
        budget: ConnectionBudget = ConnectionBudget(128 << 20)
    ) {
        self.budget = budget
        self.maxBody = maxBody
        self.maxHeaders = maxHeaders
        self.maxConnections = maxConnections
        self.idleTimeout = idleTimeout
    }
}

/// How much a line of the listener's log matters.
public enum ListenerLogLevel: Int32, Sendable {
    /// What the HTTP library says about single connections.
    case debug = 0
    /// A request was refused before it reached the handler.
    case info = 1
    /// The listener could not do what it was asked.
    case warning = 2
}

/// Why a listener cannot listen, or an identity cannot be read or made.
public enum ListenerError: Error, Equatable, CustomStringConvertible {
    /// Somebody else listens there.
    case portTaken(host: String, port: UInt16)
    /// The address cannot be used for another reason, such as a name that has no address.
    case cannotBind(host: String, port: UInt16, reason: String)
    /// Key or certificate cannot be read, or they do not belong together.
    case badCertificate(String)
    /// An authority that is kept in a folder cannot sign, or clients would not accept what it signs.
    case badAuthority(folder: String, String)
    /// A file or folder for certificates cannot be read or written.
    case file(path: String, FileProblem)
    /// The configuration contradicts itself.
    case badConfiguration(String)
    /// Memory, threads or file descriptors are short.
    case outOfResources(String)
    /// The HTTP library that was loaded is a release that the listener has not been tried with.
    case untriedLibrary(version: String, tried: String)

    /// What is wrong, and what to do about it.
    public var description: String {
        switch self {
        case .portTaken(let host, let port):
            "Port \(port) of \(host) is taken. Stop the program that listens there, or choose another port; 0 finds a free one."
        case .cannotBind(let host, let port, let reason):
            "Cannot listen on port \(port) of \(host.abbreviated): \(reason). Choose an address of this machine and a port it may use."
        case .badCertificate(let reason):
            "The TLS certificate cannot be used: \(Self.clause(reason)). Give a PEM certificate and the PEM key that belongs to it."
        case .badAuthority(let folder, let reason):
            "The CA in \(folder.abbreviated) cannot be used: \(Self.clause(reason)). Remove ca.pem and ca-key.pem there to have a new one made."
        case .file(let path, let problem):
            "Cannot use \(path.abbreviated): \(problem)"
        case .badConfiguration(let reason):
            reason
        case .outOfResources(let what):
            "The system refused \(what). Raise the limits on open files and threads, or use fewer threads."
        case .untriedLibrary(let version, let tried):
            "This program does not work with libmicrohttpd \(version): it has been tried with \(tried) only. Install that release."
        }
    }
}

extension ListenerError {
    /// A reason without its full stop, to go on from.
    private static func clause(_ reason: String) -> String { String(reason.hasSuffix(".") ? reason.dropLast() : reason[...]) }
}

extension String {
    /// A path or a host as a message shows it: a long one shortened, with its length.
    public var abbreviated: String {
        let (most, shown) = (300, 100)
        return utf8.count <= most ? self : "\(prefix(shown))… (\(utf8.count) bytes)"
    }
}
