import Base
import Journal
public import MicroHTTP
import Model
import Worlds

/// The interface that tests use, under `/_mock/`. Keyfactor's authentication, rules and counts do not apply to it.
public final class Control: Sendable {
    /// What is known only once the sockets listen.
    public struct Facts: Sendable {
        var httpPort: UInt16?
        var httpsPort: UInt16?
        /// The CA to trust, in PEM; `nil` without HTTPS.
        var authority: String?
        var processID: Int32
        /// Whether the server can be reached only from this machine; then fewer names in `Host` are its own.
        var isLoopback: Bool
        /// The server's names in addition to addresses and `localhost`.
        var names: [String]
        /// The certificate, whose names are the server's, too.
        var identity: TLSIdentity?
        /// The port of this interface, if it has one of its own.
        var adminPort: UInt16?
        /// What connections hold.
        var connections: ConnectionBudget?

        /// The facts of a server that listens.
        public init(
            httpPort: UInt16?, httpsPort: UInt16?, authority: String?, processID: Int32, isLoopback: Bool, names: [String],
            identity: TLSIdentity? = nil, adminPort: UInt16? = nil, connections: ConnectionBudget? = nil
        ) {
            self.connections = connections
            self.identity = identity
            self.adminPort = adminPort
            self.httpPort = httpPort
            self.httpsPort = httpsPort
            self.authority = authority
            self.processID = processID
            self.isLoopback = isLoopback
            self.names = names
        }
    }

    /// Everything that it can do.
    static let endpoints =
        ServerControl.all + WorldControl.all + RuleControl.all + JournalControl.all + ReplayControl.all + ChangesControl.all
        + PageControl.all
    private let facts = Lock<Facts?>(nil)
    /// Serves a request in a world, as if a client had sent it.
    let serve = Lock<(@Sendable (Request, World) -> Answer)?>(nil)
    private let worlds: Worlds
    private let metrics: Metrics
    private let time: TimeSource
    /// What the header `X-Mock-Token` must be; `nil` if it is not required.
    private let token: String?
    /// Whether there is a page for browsers.
    let servesPage: Bool
    /// Who does what may take long; without them it is done at once.
    private let workers: Workers?

    /// An interface to some worlds.
    ///
    /// - Parameters:
    ///   - worlds: the worlds.
    ///   - metrics: counts and times of the whole server.
    ///   - time: where the wall clock's time comes from.
    ///   - token: what the header `X-Mock-Token` must be; `nil` requires nothing.
    ///   - servesPage: whether there is a page for browsers.
    ///   - workers: who does what may take long; `nil` for doing it at once.
    init(worlds: Worlds, metrics: Metrics, time: TimeSource, token: String?, servesPage: Bool, workers: Workers?) {
        (self.worlds, self.metrics, self.time, self.token, self.workers) = (worlds, metrics, time, token, workers)
        self.servesPage = servesPage
    }

    /// What it can do here.
    private var endpoints: [ControlEndpoint] { servesPage ? Self.endpoints : Self.endpoints.filter { $0.scope != .page } }

    /// Whether the page may change anything. Where strangers can reach the server, no check of `Host` tells its own page from another's.
    func pageMayWrite(_ facts: Facts?) -> Bool { token != nil || facts?.isLoopback != false }

    /// Tells the interface that the server listens.
    ///
    /// - Parameter facts: where, and with which CA.
    public func serverListens(_ facts: Facts) {
        self.facts.withLock { $0 = facts }
    }

    /// Answers a request under `/_mock/`.
    ///
    /// - Parameter request: any request.
    /// - Returns: `nil` if its path is not below `/_mock/`.
    func answer(_ request: Request) -> Answer? {
        guard request.pathBegins(with: "/_mock") else { return nil }
        let (path, length) = (request.bytes[request.path], "/_mock".utf8.count)
        guard path.count == length || path[length] == UInt8(ascii: "/") else { return nil }
        do throws(ControlRefusal) {
            return try respond(to: request, String(decoding: path.dropFirst(length + 1), as: UTF8.self))
        } catch {
            return .ready(error.response)
        }
    }

    /// The path of a control request: who sends it, what page it asks for, for which world, and then the page's work.
    private func respond(to request: Request, _ page: String) throws(ControlRefusal) -> Answer {
        let facts = facts.withLock { $0 }
        try checkSender(of: request, page, facts)
        var segments = try Self.segments(page)
        var name: String?
        if segments.count > 2, segments[0] == "worlds" {
            name = segments[1]
            segments.removeFirst(2)
        }
        let found = endpoints.compactMap { endpoint in endpoint.parameter(in: segments).map { (endpoint, $0) } }
        if let facts, !found.contains(where: { $0.0.scope == .open }), !Self.isOwnHost(request, facts) {
            throw Self.foreignHost(request, facts)
        }
        if segments.isEmpty, servesPage, request.wantsPage { return .ready(PageControl.redirect) }
        guard !found.isEmpty else { throw missed(page, segments) }
        let method = request.method == .head ? .get : request.method
        guard let (endpoint, parameter) = found.first(where: { $0.0.method == method }) else {
            let methods = found.map(\.0.method.name).joined(separator: ", ")
            var response = ControlRefusal(405, "/_mock/\(page) takes \(methods).").response
            response.add("Allow", methods)
            return .ready(response)
        }
        if endpoint.needsToken { try checkToken(of: request) }
        if let mistake = request.bodyMistake { throw ControlRefusal(mistake.status, mistake.message) }
        try ControlCall.refuseUnknownParameters(of: request, except: endpoint.query.map(\.name))
        let (world, isNew): (World, Bool)
        switch endpoint.scope {
        case .open, .page, .server: (world, isNew) = (worlds.standard, false)
        case .world: (world, isNew) = try self.world(name, request)
        case .existingWorld: (world, isNew) = try self.world(name, request, isRead: true)
        }
        let call = ControlCall(
            request: request, parameter: parameter, world: world, isNew: isNew, worlds: worlds, metrics: metrics, time: time,
            facts: facts, pageMayWrite: pageMayWrite(facts), wall: time.now(), workers: workers, serve: serve)
        guard endpoint.needsToken else { return try endpoint.work(call) }
        return call.aside(mayGrow: endpoint.mayGrow) { call throws(ControlRefusal) in try endpoint.work(call) }
    }

    /// The decoded segments of a path.
    private static func segments(_ page: String) throws(ControlRefusal) -> [String] {
        var segments: [String] = []
        // No page has so many, even below /worlds/{name}: the last one, with all that follows, leads nowhere.
        for part in page.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 8) {
            guard let segment = PercentEncoding.decode(part) else {
                throw ControlRefusal(400, "The path is not properly percent-encoded UTF-8.")
            }
            segments.append(segment)
        }
        return segments
    }

    private func checkToken(of request: Request) throws(ControlRefusal) {
        guard let token else { return }
        guard !request.isRepeated("x-mock-token") else { throw ControlRefusal(401, "The header X-Mock-Token was sent more than once.") }
        guard AccessPolicy.isEqual(Array(token.utf8), Array((request.header("x-mock-token") ?? "").utf8)) else {
            throw ControlRefusal(401, "The header X-Mock-Token is missing or wrong; this server was started with --admin-token.")
        }
    }

    /// The world that the path or the header `X-Mock-World` names, or else `default`. Once nothing else is wrong it is made if need be,
    /// unless it is only read: then nobody has asked it anything, and its name is probably misspelt.
    private func world(_ inPath: String?, _ request: Request, isRead: Bool = false) throws(ControlRefusal) -> (World, isNew: Bool) {
        let inHeader: String?
        do throws(Refusal) {
            inHeader = try Worlds.header(of: request)
        } catch {
            throw ControlRefusal(400, error.why ?? error.message)
        }
        if let inPath, let inHeader, inPath != inHeader {
            throw ControlRefusal(400, "The path names the world '\(inPath.prefix(64))', the header X-Mock-World the world '\(inHeader)'.")
        }
        let name = inPath ?? inHeader ?? Worlds.standardName
        guard Worlds.isName(name) else {
            throw ControlRefusal(404, "A world's name is 1 to 64 letters, digits, '.', '_' or '-', found '\(name.prefix(64))'.")
        }
        if let world = worlds.existing(name) { return (world, false) }
        if isRead {
            let hint = nearestWord(to: name, among: worlds.names).map { " Did you mean '\($0)'?" } ?? ""
            let strict = worlds.isStrict ? ", which with --strict-worlds would not make it" : ""
            throw ControlRefusal(
                404, "There is no world '\(name)': no request has named it\(strict), and POST /_mock/worlds makes it.\(hint)")
        }
        do throws(Refusal) {
            return (try worlds.named(name, wall: time.now()), true)
        } catch {
            throw ControlRefusal(404, "There is no world '\(name)', and with --strict-worlds naming it does not make it.")
        }
    }

    private func missed(_ page: String, _ segments: [String]) -> ControlRefusal {
        var paths: [String] = []
        for endpoint in endpoints where !endpoint.path.isEmpty && !paths.contains(endpoint.path) { paths.append(endpoint.path) }
        let nearest = nearestWord(to: segments.joined(separator: "/"), among: paths).map { " Did you mean /_mock/\($0)?" } ?? ""
        return ControlRefusal(404, "There is no /_mock/\(page.prefix(100)).\(nearest) This version has \(paths.joined(separator: ", ")).")
    }
}
