import Foundation

import TestSupport

@testable import MicroHTTP

/// A listener on free loopback ports whose handler reports what it was sent.
///
/// `/echo` returns what arrived; `/empty` 204; `/never` nothing; `/later/50` replies after 50 ms; `/again` after two pauses;
/// `/bytes/1000` returns that many bytes; `/close` closes; `/fault` returns the given response; all others 200 with the target.
final class Server: Sendable {
    let listener: Listener

    /// Starts it.
    ///
    /// - Parameters:
    ///   - fault: what `/fault` returns, and `/fault/later` after a pause.
    ///   - connections: what is wrong with new connections, in turn.
    ///   - change: changes the configuration.
    /// - Throws: if it cannot listen.
    init(
        fault: Response = Response(200), connections: [ConnectionFault?] = [],
        _ change: (inout ListenerConfiguration) -> Void = { _ in }
    ) throws {
        var configuration = ListenerConfiguration()
        change(&configuration)
        let box = Box()
        listener = try Listener(
            configuration, log: { level, text in if level != .debug { box.lines.withLock { $0.append(text) } } },
            connected: { _, _ in
                box.connections.withLock { count in
                    count += 1
                    return connections.isEmpty ? nil : connections[(count - 1) % connections.count]
                }
            },
            handler: { request in
                box.count.withLock { $0 += 1 }
                switch request.text(request.path) {
                case "/fault": return .ready(fault)
                case "/fault/later": return .later(.milliseconds(5)) { .ready(fault) }
                default: return Server.answer(request)
                }
            })
        self.box = box
    }

    private final class Box: Sendable {
        let lines = Lock<[String]>([])
        let count = Lock(0)
        let connections = Lock(0)
    }
    private let box: Box

    var port: UInt16 { listener.httpPort! }
    var lines: [String] { box.lines.withLock { $0 } }
    var requests: Int { box.count.withLock { $0 } }
    var connections: Int { box.connections.withLock { $0 } }

    func wire(patience: Int = 5 * slowness) throws -> Wire { try Wire(port, patience: patience) }

    /// Waits until a condition holds, for at most five seconds on a machine of usual speed.
    static func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
        let end = ContinuousClock.now + .seconds(5) * slowness
        while ContinuousClock.now < end {
            if try condition() { return true }
            usleep(500)
        }
        return try condition()
    }

    private static func answer(_ request: Request) -> Answer {
        let path = request.text(request.path)
        switch path {
        case "/echo": return .ready(echo(request))
        case "/empty": return .ready(full(204, "must not be sent"))
        case "/never": return .never
        case "/close": return .ready(full(200, "bye", .closing))
        case "/again": return .later(.milliseconds(20)) { .later(.milliseconds(20)) { .ready(full(200, "twice")) } }
        case "/bare": return .ready(Response(200))
        case "/own":
            var response = full(200, "own")
            response.add("content-length", "77")
            response.add("Transfer-Encoding", "chunked")
            response.add("Connection", "close")
            response.add("X-Empty", "")
            return .ready(response)
        default: break
        }
        let number = Int(path.split(separator: "/").last ?? "") ?? 0
        if path.hasPrefix("/later/") { return .later(.milliseconds(number)) { .ready(full(200, path)) } }
        if path.hasPrefix("/bytes/") { return .ready(Response(200, body: [UInt8](repeating: 0x62, count: number))) }
        return .ready(full(200, request.text(0..<request.query.upperBound)))
    }

    static func full(_ status: Int, _ body: String, _ delivery: Delivery = .whole) -> Response {
        var response = Response(status, body: Array(body.utf8), delivery: delivery)
        response.add("Content-Type", "text/plain")
        response.add("Date", "Sun, 22 Nov 2026 03:00:00 GMT")
        response.add("X-One", "1")
        return response
    }

    private static func echo(_ request: Request) -> Response {
        let target = "\(request.text(request.path)) ? \(request.text(request.query))"
        var lines = ["\(request.method.name) \(target) \(request.peer) \(request.isSecure)"]
        lines += request.headers.map { "\($0.name)=\($0.value)" }
        return full(200, lines.joined(separator: "\n") + "\n\n" + request.text(request.body))
    }
}
