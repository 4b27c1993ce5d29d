import Base
import Journal
import MicroHTTP
import Model
import ScenarioFormat
import Worlds

/// A page of the interface under `/_mock/`.
struct ControlEndpoint: Sendable {
    /// What must be right before it answers, and what it is about.
    enum Scope: Sendable {
        /// Anybody may ask, with any `Host` and no token: what health checks and a first download need. No world is touched.
        case open
        /// The page for browsers: no token, since it asks for one itself, but the right `Host`.
        case page
        /// The server as a whole.
        case server
        /// One world, which is made if it does not exist, unless the endpoint only reads it.
        case world
        /// One world, which must exist: what reads or removes something would pass for a misspelt name.
        case existingWorld
    }

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
    let scope: Scope
    let work: Work

    /// An endpoint that answers immediately.
    ///
    /// - Parameters:
    ///   - method: its method.
    ///   - path: its path below `/_mock/`.
    ///   - about: what it is for.
    ///   - body: what its body must look like.
    ///   - query: the parameters of its query.
    ///   - scope: what it is about.
    ///   - work: what it does.
    init(
        _ method: Method, _ path: String, _ about: String, body: Shape? = nil, query: [(name: String, about: String)] = [],
        scope: Scope = .world, _ work: @escaping @Sendable (ControlCall) throws(ControlRefusal) -> Response
    ) {
        self.init(waits: method, path, about, body: body, query: query, scope: scope) { call throws(ControlRefusal) in
            .ready(try work(call))
        }
    }

    /// An endpoint that may wait. See `init(_:_:_:body:query:scope:_:)`.
    init(
        waits method: Method, _ path: String, _ about: String, body: Shape? = nil, query: [(name: String, about: String)] = [],
        scope: Scope = .world, _ work: @escaping Work
    ) {
        (self.method, self.path, self.about, self.body, self.query) = (method, path, about, body, query)
        let reads = method == .get || method == .delete
        (self.scope, self.work) = (scope == .world && reads ? .existingWorld : scope, work)
    }

    /// Whether who asks must know the token, if there is one.
    var needsToken: Bool { scope != .open && scope != .page }

    /// Whether it may need much memory while it works: it makes an estate or writes one.
    var mayGrow: Bool { path == "estate" || method != .get && ["scenario", "worlds"].contains(path) }

    /// The path parameter of a path that matches, empty if the endpoint has none.
    ///
    /// - Parameter segments: the path asked for.
    /// - Returns: `nil` if it does not match.
    func parameter(in segments: [String]) -> String? {
        let parts = path.split(separator: "/")
        guard parts.count == segments.count else { return nil }
        var parameter = ""
        for (part, segment) in zip(parts, segments) {
            if part.hasPrefix("{") { parameter = segment } else if part != segment { return nil }
        }
        return parameter
    }
}

/// One request to the interface under `/_mock/`.
struct ControlCall: Sendable {
    let request: Request
    /// The path parameter.
    let parameter: String
    let world: World
    /// Whether it has made the world.
    let isNew: Bool
    let worlds: Worlds
    let metrics: Metrics
    let time: TimeSource
    let facts: Control.Facts?
    /// Whether the page for browsers may change anything.
    let pageMayWrite: Bool
    /// The wall clock's time.
    private(set) var wall: Timestamp
    /// Who does what may take long; `nil` for doing it at once.
    let workers: Workers?
    /// Serves a request in a world, as if a client had sent it.
    let serve: Lock<(@Sendable (Request, World) -> Answer)?>

    /// Serves a request in the world again.
    func again(_ request: Request) -> Answer? { serve.withLock { $0 }?(request, world) }

    /// Does something beside the threads that serve.
    ///
    /// - Parameters:
    ///   - mayGrow: whether it may need much memory meanwhile.
    ///   - work: what is to be done.
    /// - Returns: the answer, or how it is waited for.
    func aside(mayGrow: Bool = false, _ work: @escaping @Sendable (ControlCall) throws(ControlRefusal) -> Answer) -> Answer {
        let answer: @Sendable () -> Answer = {
            var call = self
            call.wall = time.now()
            defer { worlds.trim() }
            do throws(ControlRefusal) {
                return try work(call)
            } catch {
                return .ready(error.response)
            }
        }
        return workers?.answer(in: world.name, holding: request.bytes.count, mayGrow: mayGrow, answer) ?? answer()
    }

    /// The world's scenario.
    var scenario: Scenario { world.withState { $0.scenario } }

    /// Refuses query parameters that the endpoint does not know, or that stand twice.
    static func refuseUnknownParameters(of request: Request, except known: [String]) throws(ControlRefusal) {
        let text = request.text(request.query)
        var seen: Set<String> = []
        for part in text.split(separator: "&") {
            let name = PercentEncoding.decode(part.prefix { $0 != "=" }.utf8, plusIsSpace: true) ?? String(part)
            if known.contains(name.lowercased()) {
                guard seen.insert(name.lowercased()).inserted else {
                    throw ControlRefusal(400, "The parameter '\(name.prefix(60))' stands twice, and only one could count.")
                }
                continue
            }
            let nearest = nearestWord(to: name, among: known).map { " Did you mean '\($0)'?" } ?? ""
            let takes = known.isEmpty ? "It takes none." : "It takes \(known.joined(separator: ", "))."
            throw ControlRefusal(400, "There is no parameter '\(name.prefix(60))' here.\(nearest) \(takes)")
        }
    }

    /// A query parameter, decoded.
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

    /// A query parameter that is a number from 0.
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
    func mistakes(_ mistakes: Mistakes) -> ControlRefusal { ControlRefusal(400, mistakes.shown(file: "body", source: bytes)) }
}

/// Why the interface under `/_mock/` refuses something.
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
    /// A JSON reply of the interface under `/_mock/`.
    ///
    /// - Parameter write: writes it.
    /// - Returns: the response, which must not be cached.
    static func ofControl(_ write: (inout JSONWriter) -> Void) -> Response {
        var writer = JSONWriter()
        write(&writer)
        return ofControl(writer.bytes + [UInt8(ascii: "\n")], type: "application/json")
    }

    /// A text reply of the interface under `/_mock/`.
    static func ofControl(_ text: String, type: String = "text/plain; charset=utf-8") -> Response {
        ofControl(Array(text.utf8), type: type)
    }

    private static func ofControl(_ body: [UInt8], type: String) -> Response {
        var response = Response(200, body: body)
        response.add("Content-Type", type)
        response.add("Cache-Control", "no-store")
        return response
    }
}
