import MicroHTTP

/// The interface that tests talk to, under `/_mock/`. Keyfactor's log-in, rules and counts do not apply to it.
package final class Control: Sendable {
    /// What is only known once the sockets listen.
    package struct Facts: Sendable {
        package var httpPort: UInt16?
        package var httpsPort: UInt16?
        /// The CA to trust, in PEM; `nil` without HTTPS.
        package var authority: String?
        package var processID: Int32
        /// Whether the server can be reached from this machine alone; then a foreign `Host` is refused.
        package var isLoopback: Bool
        /// The names that the server goes by besides addresses and `localhost`.
        package var names: [String]
        /// The port of this interface, if it has one of its own.
        package var adminPort: UInt16?

        /// The facts of a server that listens.
        package init(
            httpPort: UInt16?, httpsPort: UInt16?, authority: String?, processID: Int32, isLoopback: Bool, names: [String],
            adminPort: UInt16? = nil
        ) {
            self.adminPort = adminPort
            self.httpPort = httpPort
            self.httpsPort = httpsPort
            self.authority = authority
            self.processID = processID
            self.isLoopback = isLoopback
            self.names = names
        }
    }

    /// Everything it can do.
    static let endpoints = ServerControl.all + WorldControl.all + RuleControl.all + JournalControl.all
    private let facts = Lock<Facts?>(nil)
    private let worlds: Worlds
    private let metrics: Metrics
    private let time: TimeSource
    /// What the header `X-Mock-Token` must say, if it must.
    private let token: String?

    /// An interface to some worlds.
    ///
    /// - Parameters:
    ///   - worlds: the worlds.
    ///   - metrics: what is counted of the server as a whole.
    ///   - time: where the wall clock's time comes from.
    ///   - token: what the header `X-Mock-Token` must say; `nil` asks for nothing.
    init(worlds: Worlds, metrics: Metrics, time: TimeSource, token: String?) {
        (self.worlds, self.metrics, self.time, self.token) = (worlds, metrics, time, token)
    }

    /// Tells the interface that the server listens.
    ///
    /// - Parameter facts: where, and with which CA.
    package func serverListens(_ facts: Facts) {
        self.facts.withLock { $0 = facts }
    }

    /// Answers a request under `/_mock/`.
    ///
    /// - Parameter request: any request.
    /// - Returns: `nil` if the request is not about the mock itself.
    func answer(_ request: Request) -> Answer? {
        let prefix = "/_mock"
        let path = request.bytes[request.path]
        guard path.starts(with: prefix.utf8), path.count == prefix.utf8.count || path[prefix.utf8.count] == UInt8(ascii: "/") else {
            return nil
        }
        do throws(ControlRefusal) {
            return try respond(to: request, String(decoding: path.dropFirst(prefix.utf8.count + 1), as: UTF8.self))
        } catch {
            return .ready(error.response)
        }
    }

    private func respond(to request: Request, _ page: String) throws(ControlRefusal) -> Answer {
        let facts = facts.withLock { $0 }
        if request.headerRange("origin") != nil {
            throw ControlRefusal(403, "A request from a web page (header Origin) is refused under /_mock/.")
        }
        var segments: [String] = []
        // No page has so many, even below /worlds/{name}: the last, with all behind it, leads nowhere.
        for part in page.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 8) {
            guard let segment = PercentEncoding.decode(part) else {
                throw ControlRefusal(400, "The path is not properly percent-encoded UTF-8.")
            }
            segments.append(segment)
        }
        var name = Worlds.standardName
        if segments.count > 2, segments[0] == "worlds" {
            name = segments[1]
            segments.removeFirst(2)
        }
        let found = Self.endpoints.compactMap { endpoint in endpoint.fits(segments).map { (endpoint, $0) } }
        if let facts, !found.contains(where: { $0.0.isOpen }), !Self.isOwnHost(request, facts) {
            throw ControlRefusal(403, "The header Host names another server; under /_mock/ use localhost or a loopback address.")
        }
        guard !found.isEmpty else { throw Self.missed(page, segments) }
        let method = request.method == .head ? .get : request.method
        guard let (endpoint, parameter) = found.first(where: { $0.0.method == method }) else {
            let methods = found.map(\.0.method.name).joined(separator: ", ")
            var response = ControlRefusal(405, "/_mock/\(page) takes \(methods).").response
            response.add("Allow", methods)
            return .ready(response)
        }
        if let token, !endpoint.isOpen, !AccessPolicy.isEqual(Array(token.utf8), Array((request.header("x-mock-token") ?? "").utf8)) {
            throw ControlRefusal(401, "The header X-Mock-Token is missing or wrong; this server was started with --admin-token.")
        }
        try ControlCall.refuseUnknownParameters(of: request, besides: endpoint.query.map(\.name))
        return try endpoint.work(
            ControlCall(
                request: request, parameter: parameter, world: try world(name), worlds: worlds, metrics: metrics, time: time, facts: facts,
                wall: time.now()))
    }

    /// The world that a path is about. It is made if need be, once nothing else is wrong.
    private func world(_ name: String) throws(ControlRefusal) -> World {
        guard Worlds.isName(name) else {
            throw ControlRefusal(404, "A world's name is 1 to 64 letters, digits, '.', '_' or '-', found '\(name.prefix(64))'.")
        }
        do throws(Refusal) {
            return try worlds.named(name, wall: time.now())
        } catch {
            throw ControlRefusal(404, "There is no world '\(name)', and --strict-worlds lets nobody make one by naming it.")
        }
    }

    private static func missed(_ page: String, _ segments: [String]) -> ControlRefusal {
        var paths: [String] = []
        for endpoint in endpoints where !paths.contains(endpoint.path) { paths.append(endpoint.path) }
        let nearest = nearestWord(to: segments.joined(separator: "/"), among: paths).map { " Did you mean /_mock/\($0)?" } ?? ""
        return ControlRefusal(404, "There is no /_mock/\(page.prefix(100)).\(nearest) This version has \(paths.joined(separator: ", ")).")
    }

    /// Whether the `Host` header names this server. While bound to loopback a name that is not ours comes from a page that had its
    /// own name point here (DNS rebinding).
    private static func isOwnHost(_ request: Request, _ facts: Facts) -> Bool {
        guard facts.isLoopback, let host = request.header("host")?.lowercased() else { return true }
        let name = host.hasPrefix("[") ? host.dropFirst().prefix { $0 != "]" } : host.prefix { $0 != ":" }
        let isAddress = name == "::1" || name.hasPrefix("127.") && name.allSatisfy { $0.isNumber || $0 == "." }
        return isAddress || name == "localhost" || name.hasSuffix(".localhost") || facts.names.contains { $0.lowercased() == name }
    }
}
