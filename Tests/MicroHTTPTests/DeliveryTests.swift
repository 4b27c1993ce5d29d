import Foundation
import Testing

import TestSupport

@testable import MicroHTTP

/// Faults of replies, as clients see them.
@Suite struct DeliveryTests {
    static let body = "0123456789"

    static func server(_ delivery: Delivery, status: Int = 200, body: String = body) throws -> Server {
        try Server(fault: Server.full(status, body, delivery)) {
            $0.httpsPort = 0
            $0.identity = try? TLSIdentity.throwaway()
        }
    }

    /// A whole reply that closes the connection, with another body and length.
    static func whole(_ body: String = body, length: Int? = nil) -> String {
        """
        HTTP/1.1 200 OK\r
        Connection: close\r
        Content-Type: text/plain\r
        Date: Sun, 22 Nov 2026 03:00:00 GMT\r
        X-One: 1\r
        Content-Length: \(length ?? body.utf8.count)\r
        \r
        \(body)
        """
    }

    /// A delivery, and what a client sees of it when the body is `0123456789`.
    struct Case: CustomTestStringConvertible {
        var delivery: Delivery
        var seen: Seen
        var testDescription: String { "\(delivery)" }
        init(_ delivery: Delivery, _ text: String, _ end: Seen.End) {
            self.delivery = delivery
            seen = Seen(text, end)
        }
    }

    static let cases = [
        Case(.closing, whole(), .closed),
        Case(.reset, "", .reset),
        Case(.close, "", .closed),
        Case(.slowHeaders(over: .milliseconds(30)), whole(), .closed),
        Case(.wrongLength(by: 0), whole(), .closed),
        Case(.wrongLength(by: 5), whole(length: 15), .closed),
        Case(.wrongLength(by: -3), whole(length: 7), .closed),
        Case(.wrongLength(by: -300), whole(length: 0), .closed),
        Case(.wrongLength(by: .max), whole(length: .max), .closed),
        Case(.garbage(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)), "SSH-2.0-OpenSSH_9.2\r\n", .closed),
        Case(.garbage([]), "", .closed),
        Case(.truncate(keep: 4, then: .close), whole("0123", length: 10), .closed),
        Case(.truncate(keep: 4, then: .reset), whole("0123", length: 10), .reset),
        Case(.truncate(keep: 0, then: .close), whole("", length: 10), .closed),
        Case(.truncate(keep: -1, then: .reset), whole("", length: 10), .reset),
        Case(.truncate(keep: 400, then: .close), whole(), .closed),
        Case(.dribble(chunks: 3, over: .milliseconds(30)), whole(), .closed),
        Case(.dribble(chunks: 0, over: .zero), whole(), .closed),
        Case(.dribble(chunks: .max, over: .milliseconds(20)), whole(), .closed),
        Case(.dribble(chunks: 1, over: .milliseconds(-20)), whole(), .closed),
    ]

    @Test(arguments: cases, [false, true]) func `A client sees what a delivery describes`(_ each: Case, secure: Bool) throws {
        let server = try Self.server(each.delivery)
        #expect(try Seen(server, secure: secure) == each.seen)
        #expect(try Seen(server, secure: secure, "GET /fault/later") == each.seen)
        #expect(server.lines == [])
    }

    @Test(arguments: [false, true]) func `A reset before any byte is an error with a number`(_ secure: Bool) throws {
        let server = try Self.server(.reset)
        let url = "\(secure ? "https" : "http")://127.0.0.1:\((secure ? server.listener.httpsPort : server.listener.httpPort)!)/fault"
        let result = try Tool.run("curl", "-sSk", url)
        #expect(result.status == 56 && result.output.contains("Connection reset by peer"), "\(result.output)")
        if secure { return }  // to Python's TLS up to 3.11, RST is an end of file
        let script = """
            import errno, urllib.request
            try: urllib.request.urlopen("\(url)")
            except OSError as e: print(errno.errorcode[getattr(e, "reason", e).errno])
            """
        #expect(try Seen.python(script) == "ECONNRESET\n")
    }

    @Test(arguments: [false, true]) func `A stall in the head leaves half of it`(_ secure: Bool) throws {
        let server = try Self.server(.stallInHeaders)
        let seen = try Seen(server, secure: secure, patience: 1)
        #expect(seen.end == .silent)
        #expect(seen.text.hasPrefix("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: text/plain\r\n"))
        #expect(Self.whole("", length: 10).hasPrefix(seen.text) && !seen.text.contains("Content-Length"))
    }

    @Test(arguments: [("0123456789", "01234"), ("01", "0"), ("0", "")], [false, true])
    func `A stall in the body leaves half of it`(_ bodies: (String, String), secure: Bool) throws {
        let server = try Self.server(.stallInBody, body: bodies.0)
        #expect(try Seen(server, secure: secure, patience: 1) == Seen(Self.whole(bodies.1, length: bodies.0.utf8.count), .silent))
    }

    @Test(arguments: [("0123456789", "5\r\n01234\r\n"), ("0", "1\r\n0\r\n"), ("", "")], [false, true])
    func `A malformed chunk follows a good one`(_ bodies: (String, String), secure: Bool) throws {
        let server = try Self.server(.badChunk, body: bodies.0)
        let seen = try Seen(server, secure: secure)
        #expect(seen.text.hasSuffix("X-One: 1\r\nTransfer-Encoding: chunked\r\n\r\n\(bodies.1)not a chunk size\r\n"))
        #expect(!seen.text.contains("Content-Length") && seen.end == .closed)
        let port = secure ? server.listener.httpsPort! : server.port
        #expect(try Tool.run("curl", "-sk", "-o", "/dev/null", "http\(secure ? "s" : "")://127.0.0.1:\(port)/fault").status == 56)
    }

    static let aboutBodies: [Delivery] = [
        .stallInBody, .wrongLength(by: 7), .truncate(keep: 1, then: .reset), .truncate(keep: 1, then: .close),
        .dribble(chunks: 2, over: .seconds(3600)), .badChunk, .slowHeaders(over: .milliseconds(2)),
    ]

    @Test(arguments: aboutBodies, [("HEAD", 200), ("GET", 204), ("GET", 304), ("HEAD", 404), ("HEAD", 204)])
    func `Where no body is allowed, faults of the body send only the head`(_ delivery: Delivery, _ kind: (String, Int)) throws {
        let ordinary = try Seen(Self.server(.closing, status: kind.1), secure: false, "\(kind.0) /fault")
        #expect(ordinary.text.hasSuffix("\r\n\r\n"))
        #expect(try Seen(Self.server(delivery, status: kind.1), secure: false, "\(kind.0) /fault") == ordinary)
    }

    @Test(arguments: [200, 201, 202, 302, 400, 404, 413, 418, 429, 431, 500, 503, 599])
    func `A fault does not change the rest of the head`(_ status: Int) throws {
        for name in ["/own", "/fault"] {
            var response = Server.full(status, "own", .closing)
            if name == "/own" {
                for field in [("content-length", "77"), ("Transfer-Encoding", "chunked"), ("Connection", "x"), ("X-Empty", "")] {
                    response.add(field.0, field.1)
                }
            }
            let ordinary = try Seen(Server(fault: response), secure: false)
            response.delivery = .wrongLength(by: 0)
            #expect(try Seen(Server(fault: response), secure: false) == ordinary)
        }
        var bare = Response(status, body: [], delivery: .closing)
        let ordinary = try Seen(Server(fault: bare), secure: false)
        bare.delivery = .stallInBody  // nothing to hold back
        #expect(try Seen(Server(fault: bare), secure: false) == ordinary)
    }
}
