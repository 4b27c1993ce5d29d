public import Base
public import Entities
public import KeyfactorMock
import Worlds
public import MicroHTTP

/// How a test reaches a server: by calling it, or through the kernel.
public enum Door: String, Sendable, CaseIterable {
    case direct
    case socket
}

/// A server of a scenario at a standing time, and a client of it.
public final class Mock: Sendable {
    /// When everything in these tests happens.
    public static let noon = Timestamp(year: 2026, month: 11, day: 22, hour: 12)!

    /// The server under test.
    public let server: MockServer
    private let listener: Listener?

    /// Starts a server; with the socket door it listens when this returns.
    public init(
        _ scenario: String = "", through door: Door = .direct, estateBytes: Int = 256 << 20, log: Log = .silent,
        time: TimeSource = TimeSource { Mock.noon }
    ) throws {
        let overrides = Scenario.Overrides(estateBytes: estateBytes)
        let server = MockServer(scenario: try Scenario(Array(scenario.utf8), now: Self.noon, overrides: overrides), time: time, log: log)
        self.server = server
        listener =
            door == .direct
            ? nil
            : try Listener(
                ListenerConfiguration(refusal: MockServer.refusal), connected: { server.connected(isSecure: $0, peer: $1) },
                handler: { server.answer($0) })
    }

    deinit { listener?.stop() }

    /// Sends a request with the headers that Command asks for, unless others are given.
    public func send(
        _ method: Method, _ path: String, headers: [(String, String)] = [("x-keyfactor-requested-with", "APIClient")], body: String = ""
    ) throws -> Answered {
        let target = path.hasPrefix("/_mock") || path.hasPrefix("/oauth2") ? path : "/KeyfactorAPI" + path
        return try raw(Request(method, target, headers: [("Host", "localhost")] + headers, body: Array(body.utf8)))
    }

    /// Asks for a path below the base path.
    public func get(_ path: String) throws -> Answered { try send(.get, path) }

    /// Sends a JSON body to a path below the base path.
    public func post(_ path: String, _ body: String) throws -> Answered { try send(.post, path, body: body) }

    /// Sends a request as it is.
    public func raw(_ request: Request) throws -> Answered {
        guard let port = listener?.httpPort else {
            return try settle(server.answer(request))
        }
        let wire = try Wire(port)
        var text = "\(request.method.name) \(request.text(request.path))"
        if !request.query.isEmpty { text += "?" + request.text(request.query) }
        text += " HTTP/1.1\r\n" + request.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
        text += "Content-Length: \(request.body.count)\r\n\r\n" + request.text(request.body)
        wire.send(text)
        let reply = try wire.reply(toHead: request.method == .head)
        let headers = reply.fields.map { field in
            let parts = field.split(separator: ":", maxSplits: 1)
            return (String(parts[0]), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
        return Answered(
            status: reply.status, headers: headers.filter { $0.0 != "Content-Length" && $0.0 != "Connection" }, body: reply.body)
    }

    /// What an answer comes to; pauses are skipped, and added up.
    public func settle(_ answer: Answer) throws -> Answered {
        switch answer {
        case .ready(let response):
            guard response.delivery != .reset, response.delivery != .close else { throw WireError.ended("\(response.delivery)") }
            return Answered(
                status: response.status, headers: response.headers.map { ($0.name, $0.value) },
                body: String(decoding: response.body, as: UTF8.self), delivery: response.delivery)
        case .later(let pause, _, let then):
            var answered = try settle(then())
            answered.pause += pause
            return answered
        case .until(_, let most, let then):
            var answered = try settle(then())
            answered.pause += most
            return answered
        case .never: throw WireError.ended("never")
        }
    }

    /// The id of an agent, store or job type, by its machine or name.
    public func agent(_ machine: String) -> String { world.agents.all.first { $0.machine == machine }!.id.text }
    /// The Id of the first store on a machine.
    public func store(_ machine: String) -> String { world.stores.all.first { $0.machine == machine }!.id.text }
    /// The Id of a custom job type.
    public func jobType(_ name: String) -> String { world.jobType(named: name)!.id.text }
    /// The estate as it is now.
    public var world: Estate { server.worlds.standard.estate }
}

/// What came back.
public struct Answered: Sendable {
    /// The HTTP status.
    public var status: Int
    /// The header fields, in the order of arrival.
    public var headers: [(String, String)]
    /// The body as text.
    public var body: String
    /// How it is delivered, and after how long; known through the direct door alone.
    public var delivery = Delivery.whole
    /// How long the reply waits before it is sent; known through the direct door alone.
    public var pause = Duration.zero

    /// The first value of a header field, found without case.
    public subscript(header: String) -> String? { headers.first { $0.0.lowercased() == header.lowercased() }?.1 }

    /// The body as JSON; `null` if it is none.
    public var json: JSONValue { (try? JSONDocument(Array(body.utf8)).root) ?? (try! JSONDocument(Array("null".utf8)).root) }

    /// The sentence of a refusal.
    public var message: String? { json["Message"]?.text }
    /// The `ErrorCode` of a refusal.
    public var code: String? { json["ErrorCode"]?.text }
}
