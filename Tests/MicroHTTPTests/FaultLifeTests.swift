import Foundation
import Testing

import TestSupport

@testable import MicroHTTP

/// What faults cost: descriptors, time, delays of others. Serialized, since it counts the process's descriptors.
@Suite(.serialized) struct FaultLifeTests {
    static let get = "GET /fault HTTP/1.1\r\nHost: h\r\n\r\n"
    /// More than the system buffers for a client that does not read.
    static let much = [UInt8](repeating: 0x61, count: 12 << 20)

    static func server(
        _ delivery: Delivery, body: [UInt8] = Array("0123456789".utf8), connections: [ConnectionFault?] = []
    ) throws -> Server {
        try Server(fault: Response(200, body: body, delivery: delivery), connections: connections) {
            $0.httpsPort = 0
            $0.identity = ConnectionFaultTests.identity
        }
    }

    /// Whether no more descriptors are open than before, except for a few of tests that run at the same time. Some of those have
    /// a thousand open for a while, so it may take until they are over.
    private func areBack(_ before: Int) -> Bool {
        (0..<12).contains { _ in Server.eventually { descriptors() <= before + 8 } }
    }

    private func descriptors() -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0
    }

    /// Makes requests over TLS, all at once, and leaves them running until they are waited for.
    private func requestsOverTLS(_ server: Server, _ count: Int) throws -> Tool {
        try Tool(
            "python3", "-c",
            """
            import socket, ssl, sys
            wires = []
            for _ in range(\(count)):
                wire = socket.create_connection(("127.0.0.1", \(server.listener.httpsPort!)))
                wires.append(ssl._create_unverified_context().wrap_socket(wire))
                wires[-1].sendall(\(Self.get.debugDescription).encode())
            sys.stdin.read()
            """)
    }

    @Test(arguments: [
        Delivery.stallInHeaders, .stallInBody, .slowHeaders(over: .seconds(3600)), .dribble(chunks: 9, over: .seconds(3600)),
        .truncate(keep: 12 << 20, then: .reset), .garbage(much), .wrongLength(by: 1),
    ])
    func `It stops while replies with faults are being sent`(_ delivery: Delivery) throws {
        let before = descriptors()
        let server = try Self.server(delivery, body: Self.much)
        let wires = try (0..<4).map { _ in try server.wire() }
        for wire in wires { wire.send(Self.get) }
        let client = try requestsOverTLS(server, 4)
        #expect(Server.eventually { server.requests == 8 })
        let start = ContinuousClock.now
        server.listener.stop()
        #expect(ContinuousClock.now - start < .milliseconds(500) * slowness)
        for wire in wires {
            _ = wire.rest()
            #expect(!wire.timedOut)
        }
        client.wait()
        #expect(areBack(before))
    }

    @Test(arguments: ConnectionFault.allCases) func `It stops while connections with faults are open`(_ fault: ConnectionFault) throws {
        let before = descriptors()
        for _ in 0..<5 {
            let server = try Self.server(.whole, connections: [fault])
            let wires = try (0..<20).map { _ in try Wire(server.listener.httpsPort!) }
            for wire in wires { wire.send(ConnectionFaultTests.hello) }
            #expect(Server.eventually { server.connections == 20 })
            let start = ContinuousClock.now
            server.listener.stop()
            #expect(ContinuousClock.now - start < .milliseconds(500) * slowness)
            for wire in wires {
                _ = wire.rest()
                #expect(!wire.timedOut)
            }
        }
        #expect(areBack(before))
    }

    @Test(arguments: [
        Delivery.reset, .close, .slowHeaders(over: .milliseconds(5)), .stallInHeaders, .stallInBody, .wrongLength(by: -1),
        .garbage([0, 1, 2]), .truncate(keep: 3, then: .close), .truncate(keep: 3, then: .reset),
        .dribble(chunks: 5, over: .milliseconds(5)), .badChunk,
    ])
    func `Hundreds of replies with a fault leave nothing open`(_ delivery: Delivery) throws {
        let server = try Self.server(delivery)
        let before = descriptors()
        try {
            let wires = try (0..<300).map { _ in try server.wire() }
            for wire in wires { wire.send(Self.get) }
            let client = try requestsOverTLS(server, 50)
            #expect(Server.eventually { server.requests == 350 })
            client.wait()
        }()
        #expect(areBack(before))
        let wire = try server.wire()
        wire.send(HoldTests.get("/x"))
        #expect(try wire.reply().body == "/x")
    }

    @Test(arguments: ConnectionFault.allCases)
    func `Hundreds of connections with a fault leave nothing open`(_ fault: ConnectionFault) throws {
        let server = try Self.server(.whole, connections: [fault])
        let before = descriptors()
        try {
            let wires = try (0..<300).map { index in try Wire(index % 2 == 0 ? server.port : server.listener.httpsPort!) }
            for (index, wire) in wires.enumerated() {
                if index % 2 == 0 { wire.send(HoldTests.get("/x")) } else { wire.send(ConnectionFaultTests.hello) }
            }
            #expect(Server.eventually { server.connections == 300 })
        }()
        #expect(areBack(before))
    }

    @Test(arguments: [false, true], [Delivery.Ending.close, .reset])
    func `A truncated long body arrives up to the cut`(_ secure: Bool, _ ending: Delivery.Ending) throws {
        let kept = 1 << 20
        let server = try Self.server(.truncate(keep: kept, then: ending), body: [UInt8](repeating: 0x61, count: kept + 500))
        let seen = try Seen(server, secure: secure)
        let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: \(kept + 500)\r\n\r\n"
        #expect(seen.text.utf8.count == head.utf8.count + kept && seen.text.hasPrefix(head))
        #expect(seen.end == (ending == .close ? .closed : .reset))
    }

    @Test func `A client that does not read blocks nobody, and a reset does not wait for it forever`() throws {
        let server = try Self.server(.truncate(keep: 100_000, then: .reset), body: Self.much)
        let lazy = try server.wire()
        var small: Int32 = 4096
        setsockopt(lazy.descriptor, SOL_SOCKET, SO_RCVBUF, &small, socklen_t(MemoryLayout<Int32>.size))
        lazy.send(Self.get)
        let start = ContinuousClock.now
        let client = try requestsOverTLS(server, 1)
        for _ in 0..<200 {
            let wire = try server.wire()
            wire.send(HoldTests.get("/x"))
            #expect(try wire.reply().body == "/x")
        }
        #expect(ContinuousClock.now - start < .seconds(2) * slowness)
        // The reset discards what this client has not read, so it is seen without reading.
        var state = pollfd(fd: lazy.descriptor, events: 0, revents: 0)
        #expect(poll(&state, 1, 5000) == 1)
        #expect(ContinuousClock.now - start > .milliseconds(1900))
        #expect(lazy.rest().utf8.count < 100_000)
        #expect(lazy.wasReset)
        client.wait()
    }

    @Test func `Pieces arrive one after the other, the last on time`() throws {
        let span = Duration.milliseconds(300)
        for (delivery, first) in [(Delivery.slowHeaders(over: span), 1), (.dribble(chunks: 3, over: span), 40)] {
            let server = try Self.server(delivery)
            let wire = try server.wire()
            let start = ContinuousClock.now
            wire.send(Self.get)
            let begun = wire.read(atLeast: first)
            #expect(begun.hasPrefix("HTTP/1.1 200 OK\r\n") && !begun.contains("0123"))
            #expect(wire.rest().hasSuffix("9"))
            #expect(ContinuousClock.now - start > .milliseconds(299) && ContinuousClock.now - start < .milliseconds(800) * slowness)
        }
    }
}
