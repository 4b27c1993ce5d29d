import Foundation
import Testing

import TestSupport

@testable import MicroHTTP

/// Clients that speak the protocol of the other port, and lines between chunks that are too long.
@Suite struct MismatchTests {
    static func server(_ change: (inout ListenerConfiguration) -> Void = { _ in }) throws -> Server {
        try Server {
            $0.httpsPort = 0
            $0.identity = try? TLSIdentity.throwaway()
            change(&$0)
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: h\r\n\r\n", "G", "post / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET /\n", "x" + String(repeating: " ", count: 5000),
    ])
    func `HTTP on the HTTPS port gets 400 in plain HTTP, and a warning`(_ sent: String) throws {
        let server = try Self.server()
        let wire = try Wire(server.listener.httpsPort!)
        wire.send(sent)
        let reply = try wire.reply()
        let sentence = "Port \(server.listener.httpsPort!) serves HTTPS, but the client speaks HTTP. HTTP is served on port \(server.port)."
        #expect(reply.status == 400 && reply["connection"] == "close" && reply.body == sentence)
        #expect(wire.isClosed())
        #expect(server.lines == ["Closed a connection from 127.0.0.1: \(sentence)"])
        #expect(server.requests == 0)
    }

    @Test(
        arguments: [
            [], [0x15, 3, 3, 0, 2, 2, 0x28], [0x80, 0x2e, 1, 0, 2], [0x47, 0], [0x47, 0xFF, 0x20], [0x20, 0x47], [0x0D, 0x0A],
        ] as [[UInt8]])
    func `Bytes of neither HTTP nor TLS get no reply on the HTTPS port`(_ sent: [UInt8]) throws {
        let server = try Self.server()
        let wire = try Wire(server.listener.httpsPort!)
        wire.send(sent)
        wire.finishSending()
        #expect(!wire.rest().contains("HTTP/") && !wire.timedOut)
        #expect(server.lines.isEmpty)
    }

    @Test(arguments: [[0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0], [0x16], [0x16, 3, 3]] as [[UInt8]])
    func `TLS on the HTTP port is closed with a warning`(_ sent: [UInt8]) throws {
        let server = try Self.server()
        let wire = try server.wire()
        wire.send(sent)
        #expect(wire.rest().isEmpty && !wire.timedOut)
        let port = server.listener.httpsPort!
        let sentence = "Port \(server.port) serves HTTP, but the client speaks HTTPS. HTTPS is served on port \(port)."
        #expect(server.lines == ["Closed a connection from 127.0.0.1: \(sentence)"])
    }

    @Test func `The sentence comes from the configuration`() throws {
        let server = try Self.server {
            $0.httpPort = nil
            $0.mismatch = { "\($0.isSecurePort) \($0.port > 0) \($0.rightPort ?? 0)" }
        }
        let wire = try Wire(server.listener.httpsPort!)
        wire.send("GET / HTTP/1.1\r\n\r\n")
        #expect(try wire.reply().body == "true true 0")
        #expect(server.lines == ["Closed a connection from 127.0.0.1: true true 0"])
        #expect(Mismatch(isSecurePort: false, port: 80, rightPort: nil).description.hasSuffix("HTTPS is not served."))
    }

    static let long = String(repeating: "x", count: 40_000)

    @Test(arguments: [
        "5;a=\(long)\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n5;\(long)\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0;\(long)\r\n\r\n",
        String(repeating: "0", count: 40_000) + "5\r\nhello\r\n0\r\n\r\n", "5;a=\"\(long)",
        "5;\(String(repeating: "a=b;", count: 9000))\r\n",
    ])
    func `A long line between chunks soon gets 400`(_ body: String) throws {
        let server = try Server()
        let wire = try server.wire()
        wire.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + body)
        let start = ContinuousClock.now
        let reply = try wire.reply()
        #expect(reply.status == 400 && reply.body.contains("line between two chunks"))
        #expect(wire.isClosed() || wire.wasReset)
        #expect(ContinuousClock.now - start < .seconds(2) * slowness)
        #expect(server.requests == 0)
    }

    @Test(arguments: [["5;a", "=b\r\nhel", "lo\r\n0\r\n\r\n"], ["5;a=", String(repeating: "x", count: 9000), "\r\nhello\r\n0\r\n\r\n"]])
    func `A chunked body may take longer than the check for long lines`(_ pieces: [String]) throws {
        let server = try Server()
        let wire = try server.wire()
        wire.send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
        for piece in pieces {
            usleep(600_000)
            wire.send(piece)
        }
        #expect(try wire.reply().body.hasSuffix("hello"))
    }
}
