import MicroHTTP

/// One thing that the interface under `/_mock/` can do.
struct ControlEndpoint: Sendable {
    /// What it does with a call.
    typealias Work = @Sendable (ControlCall) throws(ControlRefusal) -> Response

    let method: Method
    /// The path below `/_mock/` or `/_mock/worlds/{name}/`; `{id}` stands for one segment.
    let path: String
    /// Whether it answers whatever the `Host` header says: what a health check and a first download need.
    let isOpen: Bool
    let work: Work

    /// An endpoint.
    ///
    /// - Parameters:
    ///   - method: its method.
    ///   - path: its path below `/_mock/`.
    ///   - isOpen: whether it answers whatever the `Host` header says.
    ///   - work: what it does.
    init(_ method: Method, _ path: String, isOpen: Bool = false, _ work: @escaping Work) {
        self.method = method
        self.path = path
        self.isOpen = isOpen
        self.work = work
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
    let scenario: Scenario
    let facts: Control.Facts?
    /// The wall clock's time.
    let wall: Timestamp

    /// The body, YAML or JSON, checked.
    ///
    /// - Parameter shape: what it must look like.
    /// - Returns: null for no body where the shape allows that.
    /// - Throws: a refusal that draws every mistake.
    func body(_ shape: Shape) throws(ControlRefusal) -> YAMLNode {
        let bytes = Array(request.bytes[request.body])
        do throws(Mistakes) {
            return try YAMLNode.read(bytes, as: shape)
        } catch {
            throw ControlRefusal(400, error.drawn(file: "body", source: bytes))
        }
    }
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
