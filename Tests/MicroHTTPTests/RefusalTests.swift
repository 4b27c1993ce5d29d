import Foundation
import Testing

import TestSupport

@testable import MicroHTTP

/// What is refused before a handler sees it.
@Suite struct RefusalTests {
    /// A head that is refused, and a word of the message that says why.
    struct Shape: CustomTestStringConvertible {
        var why: String
        var head: String
        var status = 400
        var says: String
        var testDescription: String { why }
    }

    static let shapes = [
        Shape(
            why: "two framings",
            head: "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n",
            says: "both"),
        Shape(
            why: "two framings, the other way",
            head: "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n",
            says: "both"),
        Shape(
            why: "two lengths",
            head: "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\ncontent-length: 5\r\n",
            says: "more than one Content-Length"),
        Shape(
            why: "the same length twice",
            head: "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nContent-Length: 4\r\n",
            says: "more than one Content-Length"),
        Shape(why: "an unknown coding", head: "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n", says: "chunked"),
        Shape(why: "two codings", head: "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n", says: "chunked"),
        Shape(
            why: "chunked twice",
            head: "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            says: "chunked"),
        Shape(
            why: "a space after chunked, at which libmicrohttpd hangs",
            head: "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked \r\n",
            says: "chunked"),
        Shape(why: "chunked in HTTP/1.0", head: "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n", says: "chunked"),
        Shape(why: "no host", head: "GET / HTTP/1.1\r\nX: y\r\n", says: "no Host"),
        Shape(why: "no field at all", head: "GET / HTTP/1.1\r\n", says: "no Host"),
        Shape(why: "two hosts", head: "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n", says: "more than one Host"),
        Shape(
            why: "two credentials", head: "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: a\r\nauthorization: a\r\n",
            says: "more than one Authorization"),
        Shape(why: "a space before the colon", head: "GET / HTTP/1.1\r\nHost: h\r\nX : y\r\n", says: "not a token"),
        Shape(why: "a control character in a name", head: "GET / HTTP/1.1\r\nHost: h\r\nX\u{1}: y\r\n", says: "not a token"),
        Shape(why: "no name", head: "GET / HTTP/1.1\r\nHost: h\r\n: y\r\n", says: "no name"),
        Shape(why: "a folded field", head: "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\nY: c\r\n", says: "folded"),
        Shape(why: "a folded last field", head: "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n", says: "folded"),
        Shape(why: "a fold right after the request line", head: "GET / HTTP/1.1\r\n Host: h\r\n", says: "not a token"),
        Shape(why: "NUL in a value", head: "GET / HTTP/1.1\r\nHost: h\r\nX: a\u{0}b\r\nY: c\r\n", says: "NUL"),
        Shape(why: "NUL in the last value", head: "GET / HTTP/1.1\r\nX: y\r\nHost: h\u{0}b\r\n", says: "NUL"),
        Shape(why: "a bare CR in a value", head: "GET / HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n", says: "carriage return"),
        Shape(why: "NUL in the path, escaped", head: "GET /dump%00evil HTTP/1.1\r\nHost: h\r\n", says: "path contains a NUL"),
        Shape(why: "NUL in the path, raw", head: "GET /dump\u{0}evil HTTP/1.1\r\nHost: h\r\n", says: "NUL"),
        Shape(why: "NUL in the query, raw", head: "GET /dump?a\u{0}b HTTP/1.1\r\nHost: h\r\n", says: "NUL"),
        Shape(why: "NUL in the method", head: "GE\u{0}T / HTTP/1.1\r\nHost: h\r\n", says: "NUL"),
        Shape(why: "a method that is no token", head: "G@T / HTTP/1.1\r\nHost: h\r\n", says: "method"),
        Shape(why: "a space in the target", head: "GET /a b HTTP/1.1\r\nHost: h\r\n", says: "space"),
        Shape(why: "a control character in the target", head: "GET /a\u{1}b HTTP/1.1\r\nHost: h\r\n", says: "control"),
        Shape(why: "two spaces after the method", head: "GET  /a HTTP/1.1\r\nHost: h\r\n", says: "space"),
        Shape(
            why: "headers beyond the limit",
            head: "GET / HTTP/1.1\r\nHost: h\r\nX: " + String(repeating: "x", count: 16_400) + "\r\n",
            status: 431, says: "longer"),
        Shape(
            why: "an announced body that is too long",
            head: "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n",
            status: 413, says: "body"),
        Shape(
            why: "an announced body of 16 EiB",
            head: "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551615\r\n",
            status: 413, says: "body"),
    ]

    /// A server with refusals of its own.
    static func server(_ change: (inout ListenerConfiguration) -> Void = { _ in }) throws -> Server {
        try Server {
            $0.refusal = { status, message in
                var response = Response(status, body: Array("[\(status) \(message)]".utf8))
                response.add("Content-Type", "application/problem+json")
                response.add("X-Refused", "yes")
                return response
            }
            change(&$0)
        }
    }

    @Test func `A refusal is plain text unless something else is handed in`() throws {
        let server = try Server()
        let wire = try server.wire()
        wire.send("GET / HTTP/1.1\r\n\r\n")
        let reply = try wire.reply()
        #expect(reply.fields == ["Connection: close", "Content-Type: text/plain; charset=utf-8", "Content-Length: 24"])
        #expect(reply.body == "The request has no Host.")
    }

    @Test(arguments: shapes) func `A bad head is refused with the reason, and its connection closed`(_ shape: Shape) throws {
        let server = try Self.server { $0.limits.maxBody = 1000 }
        let wire = try server.wire()
        wire.send(shape.head + "\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n")
        let reply = try wire.reply()
        #expect(reply.status == shape.status)
        #expect(reply["content-type"] == "application/problem+json")
        #expect(reply["connection"] == "close")
        #expect(reply.body.hasPrefix("[\(shape.status) ") && reply.body.hasSuffix("]"))
        #expect(reply.body.contains(shape.says))
        #expect(wire.isClosed())
        #expect(server.requests == 0)
        #expect(server.lines.contains { $0.contains("with \(shape.status): ") && $0.contains(shape.says) })
    }

    /// What libmicrohttpd refuses itself. Its reply is HTML and, for two of them, has its head twice; nothing wrong is served.
    @Test(arguments: [
        "GET /\r\n\r\n", "GET / HTTP/2.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n", "\r\n\r\n\u{16}\u{3}\u{1}\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4, 4\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "GET / HTTP/1.1\r\nHost: h\r\nX\u{0}: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nX: " + String(repeating: "x", count: 40_000) + "\r\n\r\n",
        "GET /" + String(repeating: "x", count: 40_000) + " HTTP/1.1\r\nHost: h\r\n\r\n",
    ])
    func `A broken head is never served, and the server lives`(_ head: String) throws {
        let server = try Server()
        let wire = try server.wire()
        wire.send(head)
        let rest = wire.rest()
        #expect(!wire.timedOut)
        #expect(rest.isEmpty || rest.hasPrefix("HTTP/1.1 4") || rest.hasPrefix("HTTP/1.1 505"))
        #expect(server.requests == 0)
        let other = try server.wire()
        other.send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try other.reply().body == "/x")
    }

    /// No callback hears of such a request: only the line that libmicrohttpd logs shows that it was refused.
    @Test(arguments: ["GET / HTTP/2.0", "GET / HTTP/1.1\r\nHost: h\r\nX: " + String(repeating: "x", count: 40_000)])
    func `A head that libmicrohttpd refuses itself is logged as refused`(_ head: String) throws {
        let server = try Server()
        let wire = try server.wire()
        wire.send(head + "\r\n\r\n")
        #expect(wire.rest().hasPrefix("HTTP/1.1 "))
        let isLogged = Server.eventually { server.lines.contains { $0.hasPrefix("Error processing request") } }
        #expect(isLogged, "\(server.lines)")
    }

    @Test func `A head just below the limit is served`() throws {
        let server = try Server()
        let wire = try server.wire()
        wire.send("GET /x HTTP/1.1\r\nHost: h\r\nX: " + String(repeating: "x", count: 15_900) + "\r\n\r\n")
        #expect(try wire.reply().body == "/x")
    }

    @Test func `Lines that end with a bare LF are accepted`() throws {
        let server = try Server()
        let wire = try server.wire()
        wire.send("GET /echo HTTP/1.1\nHost: h\nX: y\n\n")
        #expect(try wire.reply().body.hasSuffix("\nHost=h\nX=y\n\n"))
    }

    @Test func `Many query parameters fit`() throws {
        let server = try Server()
        let wire = try server.wire()
        let query = (0..<2000).map { "p\($0)=1" }.joined(separator: "&")
        wire.send("GET /x?\(query) HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try wire.reply().body == "/x?" + query)
    }

    @Test func `An announced body that is too long is refused before it is sent`() throws {
        let server = try Server { $0.limits.maxBody = 1000 }
        let wire = try server.wire()
        wire.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 104857600\r\n\r\n")
        #expect(try wire.reply().status == 413)
        #expect(wire.isClosed())
    }

    @Test func `A client that sends a hundred megabytes anyway still reads the refusal`() throws {
        let server = try Server { $0.limits.maxBody = 1000 }
        let wire = try server.wire()
        wire.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 104857600\r\n\r\n")
        let piece = [UInt8](repeating: 0x61, count: 1 << 16)
        for _ in 0..<1600 { if !wire.send(piece) { break } }
        #expect(try wire.reply().status == 413)
    }

    @Test func `A chunked body that grows too long is refused while it is read`() throws {
        let server = try Self.server { $0.limits.maxBody = 1000 }
        let wire = try server.wire()
        wire.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in 0..<1000 { if !wire.send("64\r\n" + String(repeating: "c", count: 100) + "\r\n") { break } }
        let reply = try wire.reply()
        #expect(reply.status == 413)
        #expect(
            reply.fields == [
                "Connection: close", "Content-Type: application/problem+json", "X-Refused: yes", "Content-Length: \(reply.body.utf8.count)",
            ])
        #expect(reply.body == "[413 The request body is longer than this server accepts.]")
        #expect(server.requests == 0)
    }

    @Test func `A body of exactly the limit is accepted, chunked or not`() throws {
        let server = try Server { $0.limits.maxBody = 1000 }
        let wire = try server.wire()
        let body = String(repeating: "e", count: 1000)
        wire.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n" + body)
        #expect(try wire.reply().body.hasSuffix(body))
        wire.send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" + body + "\r\n0\r\n\r\n")
        #expect(try wire.reply().body.hasSuffix(body))
    }

    @Test func `A TLS hello on the HTTP port ends the connection at once`() throws {
        let server = try Server()
        let start = ContinuousClock.now
        let result = try Tool.run("curl", "-sk", "-o", "/dev/null", "https://127.0.0.1:\(server.port)/")
        #expect(result.status != 0)
        #expect(ContinuousClock.now - start < .milliseconds(500) * slowness)
        let wire = try server.wire()
        let before = ContinuousClock.now
        wire.send([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0])
        #expect(wire.rest().isEmpty && !wire.timedOut)
        #expect(ContinuousClock.now - before < .milliseconds(100) * slowness)
    }

    @Test func `Clients that connect and send nothing do not hinder others`() throws {
        let server = try Server()
        let silent = try (0..<50).map { _ in try server.wire() }
        let wire = try server.wire()
        wire.send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try wire.reply().body == "/x")
        for wire in silent { wire.send("GET /late HTTP/1.1\r\nHost: h\r\n\r\n") }
        for wire in silent { #expect(try wire.reply().body == "/late") }
    }

    @Test(arguments: ["", "GET /x HTTP/1.1\r\nHo", "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc"])
    func `An idle connection is closed after the idle timeout`(_ sent: String) throws {
        let server = try Server { $0.limits.idleTimeout = .seconds(1) }
        let wire = try server.wire()
        wire.send("GET /y HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try wire.reply().body == "/y")
        let start = ContinuousClock.now
        wire.send(sent)
        #expect(wire.isClosed())
        #expect(ContinuousClock.now - start > .milliseconds(900) && ContinuousClock.now - start < .milliseconds(2500) * slowness)
    }
}
