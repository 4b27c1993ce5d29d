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

        /// The facts of a server that listens.
        package init(
            httpPort: UInt16?, httpsPort: UInt16?, authority: String?, processID: Int32, isLoopback: Bool, names: [String]
        ) {
            self.httpPort = httpPort
            self.httpsPort = httpsPort
            self.authority = authority
            self.processID = processID
            self.isLoopback = isLoopback
            self.names = names
        }
    }

    private static let pages = ["livez", "readyz", "info", "ca.pem"]
    private let facts = Lock<Facts?>(nil)
    private let scenario: Scenario

    init(scenario: Scenario) {
        self.scenario = scenario
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
    func answer(_ request: Request) -> Response? {
        let prefix = "/_mock"
        let path = request.bytes[request.path]
        guard path.starts(with: prefix.utf8), path.count == prefix.utf8.count || path[prefix.utf8.count] == UInt8(ascii: "/") else {
            return nil
        }
        let page = String(decoding: path.dropFirst(prefix.utf8.count + 1), as: UTF8.self)
        let facts = facts.withLock { $0 }
        if request.headerRange("origin") != nil {
            return Self.refuse(403, "A request from a web page (header Origin) is refused under /_mock/.")
        }
        if let facts, !["livez", "readyz", "ca.pem"].contains(page), !Self.isOwnHost(request, facts) {
            return Self.refuse(403, "The header Host names another server; under /_mock/ use localhost or a loopback address.")
        }
        guard Self.pages.contains(page) else { return Self.missed(page) }
        guard request.method == .get || request.method == .head else {
            var response = Self.refuse(405, "/_mock/\(page) takes GET.")
            response.add("Allow", "GET, HEAD")
            return response
        }
        switch page {
        case "livez": return Self.text("alive\n")
        case "readyz": return facts == nil ? Self.refuse(503, "The sockets do not listen yet.") : Self.text("ready\n")
        case "ca.pem":
            guard let authority = facts?.authority else { return Self.refuse(404, "There is no CA: the server runs without HTTPS.") }
            return Self.text(authority, type: "application/x-pem-file")
        default: return info(facts)
        }
    }

    private func info(_ facts: Facts?) -> Response {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("version", Version.current)
            writer.member("seed", Int(scenario.seed))
            writer.member("product", scenario.product.rawValue)
            writer.member("http", facts?.httpPort.map(Int.init))
            writer.member("https", facts?.httpsPort.map(Int.init))
            writer.null("admin")
            writer.member("worlds", 1)
            writer.member("pid", (facts?.processID).map(Int.init))
        }
        return Self.text(String(decoding: writer.bytes, as: UTF8.self) + "\n", type: "application/json")
    }

    private static func missed(_ page: String) -> Response {
        let nearest = nearestWord(to: page, among: pages).map { " Did you mean /_mock/\($0)?" } ?? ""
        let all = pages.map { "/_mock/\($0)" }.joined(separator: ", ")
        return refuse(404, "There is no /_mock/\(page.prefix(100)).\(nearest) This version has \(all).")
    }

    /// Whether the `Host` header names this server. While bound to loopback a name that is not ours comes from a page that had its
    /// own name point here (DNS rebinding).
    private static func isOwnHost(_ request: Request, _ facts: Facts) -> Bool {
        guard facts.isLoopback, let host = request.header("host")?.lowercased() else { return true }
        let name: Substring
        if host.hasPrefix("[") {
            name = host.dropFirst().prefix { $0 != "]" }
        } else {
            name = host.prefix { $0 != ":" }
        }
        return name == "localhost" || name.hasSuffix(".localhost") || name == "::1" || name.hasPrefix("127.")
            || facts.names.contains { $0.lowercased() == name }
    }

    private static func text(_ text: String, type: String = "text/plain; charset=utf-8") -> Response {
        var response = Response(200, body: Array(text.utf8))
        response.add("Content-Type", type)
        response.add("Cache-Control", "no-store")
        return response
    }

    private static func refuse(_ status: Int, _ message: String) -> Response {
        var writer = JSONWriter(capacity: 32 + message.utf8.count)
        writer.object { $0.member("error", message) }
        var response = Response(status, body: writer.bytes)
        response.add("Content-Type", "application/json")
        return response
    }
}
