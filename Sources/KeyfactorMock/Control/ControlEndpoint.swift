import MicroHTTP

/// One thing that the interface under `/_mock/` can do.
struct ControlEndpoint: Sendable {
    /// What it does with a call.
    typealias Work = @Sendable (ControlCall) throws(ControlRefusal) -> Answer

    let method: Method
    /// The path below `/_mock/` or `/_mock/worlds/{name}/`; `{id}` stands for one segment.
    let path: String
    /// What it is for, in a sentence without a full stop.
    let about: String
    /// What its body must look like; `nil` if it takes none.
    let body: Shape?
    /// The parameters of its query, each with what it is for.
    let query: [(name: String, about: String)]
    /// Whether it answers whatever the `Host` header says: what a health check and a first download need.
    let isOpen: Bool
    let work: Work

    /// An endpoint that answers at once.
    ///
    /// - Parameters:
    ///   - method: its method.
    ///   - path: its path below `/_mock/`.
    ///   - about: what it is for.
    ///   - body: what its body must look like.
    ///   - query: the parameters of its query.
    ///   - isOpen: whether it answers whatever the `Host` header says.
    ///   - work: what it does.
    init(
        _ method: Method, _ path: String, _ about: String, body: Shape? = nil, query: [(name: String, about: String)] = [],
        isOpen: Bool = false, _ work: @escaping @Sendable (ControlCall) throws(ControlRefusal) -> Response
    ) {
        self.init(waits: method, path, about, body: body, query: query, isOpen: isOpen) { call throws(ControlRefusal) in
            .ready(try work(call))
        }
    }

    /// An endpoint that may wait. See `init(_:_:_:body:query:isOpen:_:)`.
    init(
        waits method: Method, _ path: String, _ about: String, body: Shape? = nil, query: [(name: String, about: String)] = [],
        isOpen: Bool = false, _ work: @escaping Work
    ) {
        (self.method, self.path, self.about, self.body, self.query) = (method, path, about, body, query)
        (self.isOpen, self.work) = (isOpen, work)
    }

    /// The segment in the path's hole if a path fits, empty if it has none.
    ///
    /// - Parameter segments: the path asked for.
    /// - Returns: `nil` if it does not fit.
    func fits(_ segments: [String]) -> String? {
        let parts = path.split(separator: "/")
        guard parts.count == segments.count else { return nil }
        var hole = ""
        for (part, segment) in zip(parts, segments) {
            if part.hasPrefix("{") { hole = segment } else if part != segment { return nil }
        }
        return hole
    }
}

/// One request to the interface under `/_mock/`.
struct ControlCall: Sendable {
    let request: Request
    /// What stands in the path's hole.
    let parameter: String
    let world: World
    let worlds: Worlds
    let metrics: Metrics
    let time: TimeSource
    let facts: Control.Facts?
    /// The wall clock's time.
    let wall: Timestamp

    /// The world's scenario.
    var scenario: Scenario { world.withState { $0.scenario } }

    /// Refuses parameters of the query that the endpoint does not know.
    static func refuseUnknownParameters(of request: Request, besides known: [String]) throws(ControlRefusal) {
        let text = request.text(request.query)
        for part in text.split(separator: "&") {
            let name = PercentEncoding.decode(part.prefix { $0 != "=" }.utf8, plusIsSpace: true) ?? String(part)
            guard !known.contains(name.lowercased()) else { continue }
            let nearest = nearestWord(to: name, among: known).map { " Did you mean '\($0)'?" } ?? ""
            let takes = known.isEmpty ? "It takes none." : "It takes \(known.joined(separator: ", "))."
            throw ControlRefusal(400, "There is no parameter '\(name.prefix(60))' here.\(nearest) \(takes)")
        }
    }

    /// A parameter of the query, decoded.
    ///
    /// - Parameter name: in lower case.
    /// - Throws: a refusal of a query that is not properly encoded.
    /// - Returns: `nil` if it was not sent.
    func parameter(_ name: String) throws(ControlRefusal) -> String? {
        do throws(Refusal) {
            return try QueryParameters(request)[name]
        } catch {
            throw ControlRefusal(400, error.message)
        }
    }

    /// A parameter of the query that is a number from 0.
    func number(_ name: String) throws(ControlRefusal) -> Int? {
        guard let text = try parameter(name) else { return nil }
        guard let number = Int(text), number >= 0 else {
            throw ControlRefusal(400, "\(name): expected a number from 0, found '\(text.prefix(40))'.")
        }
        return number
    }

    /// The body as it was sent.
    var bytes: [UInt8] { Array(request.bytes[request.body]) }

    /// The body, YAML or JSON, checked.
    ///
    /// - Parameter shape: what it must look like.
    /// - Returns: null for no body where the shape allows that.
    /// - Throws: a refusal that draws every mistake.
    func body(_ shape: Shape) throws(ControlRefusal) -> YAMLNode {
        do throws(Mistakes) {
            return try YAMLNode.read(bytes, as: shape)
        } catch {
            throw mistakes(error)
        }
    }

    /// A refusal that draws mistakes of the body.
    func mistakes(_ mistakes: Mistakes) -> ControlRefusal { ControlRefusal(400, mistakes.drawn(file: "body", source: bytes)) }
}

/// Why the interface under `/_mock/` does not do something.
struct ControlRefusal: Error, Sendable {
    let status: Int
    let message: String

    /// A refusal.
    ///
    /// - Parameters:
    ///   - status: the HTTP status.
    ///   - message: what is wrong and what would be right.
    init(_ status: Int, _ message: String) {
        self.status = status
        self.message = message
    }

    /// The refusal as JSON: `{"error": …}`.
    var response: Response {
        var writer = JSONWriter(capacity: 32 + message.utf8.count)
        writer.object { $0.member("error", message) }
        var response = Response(status, body: writer.bytes)
        response.add("Content-Type", "application/json")
        return response
    }
}

extension Response {
    /// A JSON answer of the interface under `/_mock/`.
    ///
    /// - Parameter write: writes it.
    /// - Returns: the response, which nobody may store.
    static func ofControl(_ write: (inout JSONWriter) -> Void) -> Response {
        var writer = JSONWriter()
        write(&writer)
        return ofControl(String(decoding: writer.bytes, as: UTF8.self) + "\n", type: "application/json")
    }

    /// A text of the interface under `/_mock/`.
    static func ofControl(_ text: String, type: String = "text/plain; charset=utf-8") -> Response {
        var response = Response(200, body: Array(text.utf8))
        response.add("Content-Type", type)
        response.add("Cache-Control", "no-store")
        return response
    }
}
