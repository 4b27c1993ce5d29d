import Foundation
import Testing

import TestSupport

@testable import MicroHTTP

/// Requests that wait without a thread, and listeners that stop.
@Suite struct HoldTests {
    static func get(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n" }

    @Test func `A delayed reply is on time, and others are served meanwhile`() throws {
        let server = try Server()
        let late = try server.wire()
        let start = ContinuousClock.now
        late.send(Self.get("/later/100"))
        let wire = try server.wire()
        wire.send(Self.get("/x"))
        #expect(try wire.reply().body == "/x")
        #expect(ContinuousClock.now - start < .milliseconds(100) * slowness)
        #expect(try late.reply().body == "/later/100")
        #expect(ContinuousClock.now - start > .milliseconds(99) && ContinuousClock.now - start < .milliseconds(400) * slowness)
        late.send(Self.get("/later/0"))
        #expect(try late.reply().body == "/later/0")
    }

    @Test func `A reply can be delayed again`() throws {
        let server = try Server()
        let wire = try server.wire()
        let start = ContinuousClock.now
        wire.send(Self.get("/again") + Self.get("/x"))
        #expect(try wire.reply().body == "twice")
        #expect(ContinuousClock.now - start > .milliseconds(39))
        #expect(try wire.reply().body == "/x")
    }

    @Test func `A thousand delayed replies arrive in the order they are due`() throws {
        let server = try Server()
        let wires = try (0..<1000).map { _ in try server.wire() }
        let start = ContinuousClock.now
        for (index, wire) in wires.enumerated() { wire.send(Self.get("/later/\(300 - (index * 7) % 300)")) }
        for (index, wire) in wires.enumerated() { #expect(try wire.reply().body == "/later/\(300 - (index * 7) % 300)") }
        #expect(ContinuousClock.now - start < .seconds(2) * slowness)
    }

    @Test func `A request without a reply outlasts the idle timeout`() throws {
        let server = try Server { $0.limits.idleTimeout = .seconds(1) }
        let wire = try Wire(server.port, patience: 2)
        wire.send(Self.get("/never"))
        #expect(wire.rest().isEmpty)
        #expect(wire.timedOut)
    }

    @Test(arguments: [false, true]) func `A client that leaves while held is noticed, and all is released`(_ secure: Bool) throws {
        let alive = Alive()
        let identity = try TLSIdentity.throwaway()
        let listener = try Listener(
            ListenerConfiguration(httpPort: 0, httpsPort: 0, identity: identity),
            handler: { _ in
                let token = alive.token()
                return .later(.seconds(3600)) {
                    token.touch(); return .never
                }
            })
        if secure {
            _ = try Tool.run("curl", "-skm", "0.3", "https://127.0.0.1:\(listener.httpsPort!)/")
        } else {
            var wires: [Wire]? = try (0..<20).map { _ in try Wire(listener.httpPort!) }
            for wire in wires! { wire.send(Self.get("/")) }
            #expect(Server.eventually { alive.count == 20 })
            wires = nil
        }
        #expect(Server.eventually { alive.count == 0 && alive.ever > 0 })
        listener.stop()
    }

    @Test func `Stopping releases what is held`() throws {
        let alive = Alive()
        let listener = try Listener(
            ListenerConfiguration(),
            handler: { _ in
                let token = alive.token()
                return .later(.seconds(3600)) {
                    token.touch(); return .never
                }
            })
        let wires = try (0..<10).map { _ in try Wire(listener.httpPort!) }
        for wire in wires { wire.send(Self.get("/")) }
        #expect(Server.eventually { alive.count == 10 })
        listener.stop()
        #expect(alive.count == 0)
        for wire in wires { #expect(wire.isClosed()) }
    }
}

/// Stopping. Serialized, since it counts the process's descriptors and measures time.
@Suite(.serialized) struct StopTests {
    /// Connections in every state that a stop can meet.
    func crowd(_ listener: Listener) throws -> [Wire] {
        let texts = [
            "", "GET /x HTTP/1.1\r\nHo", "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc",
            HoldTests.get("/never"), HoldTests.get("/later/100000"), HoldTests.get("/later/1"), HoldTests.get("/x"),
            HoldTests.get("/bytes/5000000"),
        ]
        return try texts.map { text in
            let wire = try Wire(listener.httpPort!)
            wire.send(text)
            return wire
        } + [try Wire(listener.httpsPort!), halfHello(listener)]
    }

    private func halfHello(_ listener: Listener) throws -> Wire {
        let wire = try Wire(listener.httpsPort!)
        wire.send([0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3])
        return wire
    }

    @Test func `It stops a hundred times in a row, whatever its clients are doing, and leaves nothing open`() throws {
        let identity = try TLSIdentity.throwaway()
        var stops: [Duration] = []
        var before = 0
        for round in 0..<100 {
            let server = try Server {
                $0.httpsPort = 0
                $0.identity = identity
                $0.reactors = 2
            }
            if round == 1 { before = descriptors() }
            let wires = try crowd(server.listener)
            if round % 2 == 0 { #expect(Server.eventually { server.requests == 5 }) }
            let start = ContinuousClock.now
            server.listener.stop()
            stops.append(ContinuousClock.now - start)
            for wire in [wires[3], wires[4]] { #expect(wire.isClosed()) }
            server.listener.stop()
        }
        // Nearly all, because other tests need the cores too.
        stops.sort()
        #expect(stops[94] < .milliseconds(100) * slowness)
        // At most those of two listeners. Other tests run at the same time, so it may take a while.
        #expect(Server.eventually { descriptors() <= before + 8 })
    }

    @Test func `It stops while TLS clients are connected and held`() throws {
        for _ in 0..<5 {
            let server = try Server {
                $0.httpsPort = 0
                $0.identity = try? TLSIdentity.throwaway()
            }
            let port = server.listener.httpsPort!
            let clients = try (0..<4).map { index in
                try Tool("curl", "-sk", "-o", "/dev/null", "https://127.0.0.1:\(port)/" + ["never", "later/100000"][index % 2])
            }
            #expect(Server.eventually { server.requests == 4 })
            let start = ContinuousClock.now
            server.listener.stop()
            #expect(ContinuousClock.now - start < .milliseconds(100) * slowness)
            for client in clients { #expect(client.wait().status != 0) }
        }
    }

    @Test func `A listener stops when it is released`() throws {
        var server: Server? = try Server()
        let port = server!.port
        let wire = try Wire(port)
        wire.send(HoldTests.get("/x"))
        #expect(try wire.reply().status == 200)
        server = nil
        #expect(wire.isClosed())
        #expect(throws: WireError.self) { try Wire(port) }
    }

    @Test func `Two threads may stop it, and it is stopped for both`() throws {
        let server = try Server()
        DispatchQueue.concurrentPerform(iterations: 2) { _ in
            server.listener.stop()
            #expect(throws: WireError.self) { try Wire(server.port) }
        }
    }

    @Test(arguments: ["127.0.0.1", "::", "0.0.0.0"]) func `A taken port is reported as taken`(_ host: String) throws {
        let first = try Server {
            $0.host = host
            $0.reactors = 2
        }
        let port = first.port
        #expect(throws: ListenerError.portTaken(host: host, port: port)) {
            try Server {
                $0.host = host
                $0.httpPort = port
            }
        }
        first.listener.stop()
        let second = try Server {
            $0.host = host
            $0.httpPort = port
        }
        #expect(second.port == port)
    }

    @Test func `Threads share a port, and every client is served`() throws {
        let server = try Server { $0.reactors = 4 }
        for wire in try (0..<64).map({ _ in try server.wire() }) {
            wire.send(HoldTests.get("/x"))
            #expect(try wire.reply().body == "/x")
        }
    }

    @Test(arguments: [
        "192.0.2.1", "no.such.name.invalid", "1.2.3.4.5", "", "a\u{0}b", "::1%0000000000000001", String(repeating: "a", count: 254),
    ]) func `An address that is not ours is reported`(_ host: String) {
        let error = #expect(throws: ListenerError.self) { try Server { $0.host = host } }
        guard case .cannotBind(host, 0, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!reason.isEmpty)
    }

    @Test func `A failed start leaves nothing open`() throws {
        let taken = try Server()
        let before = descriptors()
        for _ in 0..<20 {
            _ = try? Server {
                $0.httpPort = 0
                $0.httpsPort = taken.port
                $0.identity = try? TLSIdentity.throwaway()
                $0.reactors = 3
            }
        }
        #expect(Server.eventually { descriptors() <= before + 8 })
    }

    private func descriptors() -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    }
}

/// Counts tokens that are alive.
final class Alive: Sendable {
    private let numbers = Lock((now: 0, ever: 0))
    var count: Int { numbers.withLock { $0.now } }
    var ever: Int { numbers.withLock { $0.ever } }

    final class Token: Sendable {
        private let owner: Alive
        fileprivate init(_ owner: Alive) { self.owner = owner }
        func touch() {}
        deinit { owner.numbers.withLock { $0.now -= 1 } }
    }

    func token() -> Token {
        numbers.withLock {
            $0.now += 1
            $0.ever += 1
        }
        return Token(self)
    }
}
