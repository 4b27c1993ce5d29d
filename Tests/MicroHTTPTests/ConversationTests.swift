import Testing

import TestSupport

@testable import MicroHTTP

/// Requests and replies without faults.
@Suite struct ConversationTests {
    let server: Server
    init() throws { server = try Server() }

    @Test func `A request arrives as it was sent`() throws {
        let wire = try server.wire()
        wire.send("POST /echo?a=1&b=%20 HTTP/1.1\r\nHost: h\r\nX-Blank:   two words \t\r\nX-Empty:\r\nContent-Length: 5\r\n\r\nhello")
        let reply = try wire.reply()
        #expect(reply.body == "POST /echo ? a=1&b=%20 127.0.0.1 false\nHost=h\nX-Blank=two words\nX-Empty=\nContent-Length=5\n\nhello")
    }

    @Test func `A reply has its own fields, in order, and a length`() throws {
        let wire = try server.wire()
        wire.send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n")
        let reply = try wire.reply()
        #expect(reply.statusLine == "HTTP/1.1 200 OK")
        #expect(reply.fields == ["Content-Type: text/plain", "Date: Sun, 22 Nov 2026 03:00:00 GMT", "X-One: 1", "Content-Length: 2"])
    }

    @Test func `A reply without fields is whole`() throws {
        let wire = try server.wire()
        wire.send("GET /bare HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try wire.reply().fields == ["Content-Length: 0"])
    }

    @Test func `The listener adds the fields that frame a message itself`() throws {
        let wire = try server.wire()
        wire.send("GET /own HTTP/1.1\r\nHost: h\r\n\r\nGET /own HTTP/1.1\r\nHost: h\r\n\r\n")
        for _ in 0..<2 {
            let reply = try wire.reply()
            #expect(reply.names == ["Content-Type", "Date", "X-One", "X-Empty", "Content-Length"])
            #expect(reply.body == "own")
        }
    }

    @Test func `A 204 has no body, type or length`() throws {
        let wire = try server.wire()
        wire.send("GET /empty HTTP/1.1\r\nHost: h\r\n\r\nGET /x HTTP/1.1\r\nHost: h\r\n\r\n")
        let reply = try wire.reply()
        #expect(reply.status == 204)
        #expect(reply.names == ["Date", "X-One"])
        #expect(try wire.reply().body == "/x")
    }

    @Test func `HEAD has the length of the body and no body`() throws {
        let wire = try server.wire()
        wire.send("HEAD /bytes/1000 HTTP/1.1\r\nHost: h\r\n\r\nGET /x HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try wire.reply(toHead: true)["content-length"] == "1000")
        #expect(try wire.reply().body == "/x")
    }

    @Test func `One connection serves many requests`() throws {
        let wire = try server.wire()
        for number in 0..<200 {
            wire.send("GET /\(number) HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try wire.reply().body == "/\(number)")
        }
    }

    @Test func `Pipelined requests get replies in order, even after a late one`() throws {
        let wire = try server.wire()
        let paths = (0..<20).map { "/\($0)" } + ["/later/30"] + (20..<40).map { "/\($0)" }
        wire.send(paths.map { "POST \($0) HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc" }.joined())
        for path in paths { #expect(try wire.reply().body == path) }
    }

    @Test func `HTTP 1.0 closes unless asked to keep alive`() throws {
        let wire = try server.wire()
        wire.send("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        #expect(try wire.reply()["connection"] == "Keep-Alive")
        wire.send("GET /y HTTP/1.0\r\n\r\n")
        #expect(try wire.reply().body == "/y")
        #expect(wire.isClosed())
    }

    @Test func `A client can ask to close the connection`() throws {
        let wire = try server.wire()
        wire.send("GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        #expect(try wire.reply()["connection"] == "close")
        #expect(wire.isClosed())
    }

    @Test func `A handler can close the connection`() throws {
        let wire = try server.wire()
        wire.send("GET /close HTTP/1.1\r\nHost: h\r\n\r\n")
        let reply = try wire.reply()
        #expect(reply["connection"] == "close")
        #expect(reply.body == "bye")
        #expect(wire.isClosed())
    }

    @Test func `A client that expects 100-continue gets it before it sends`() throws {
        let wire = try server.wire()
        wire.send("POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
        #expect(try wire.reply().status == 100)
        wire.send("body")
        #expect(try wire.reply().body.hasSuffix("\n\nbody"))
    }

    @Test(arguments: ["4\r\nwiki\r\n5\r\npedia\r\n0\r\n\r\n", "4;x=y\r\nwiki\r\n5\r\npedia\r\n0\r\nX-Trailer: 1\r\n\r\n"])
    func `A chunked body arrives in one piece`(_ body: String) throws {
        let wire = try server.wire()
        wire.send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
        for byte in body.utf8 { wire.send([byte]) }
        #expect(try wire.reply().body.hasSuffix("\n\nwikipedia"))
        wire.send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try wire.reply().body == "/x")
    }

    @Test(arguments: ["GET", "DELETE", "PATCH", "PUT", "PROPFIND", "get"])
    func `Any method may have a body`(_ method: String) throws {
        let wire = try server.wire()
        wire.send("\(method) /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok")
        let body = try wire.reply().body
        #expect(body.hasPrefix(method + " /echo"))
        #expect(body.hasSuffix("\n\nok"))
    }

    @Test(arguments: [0, 1, 8_000, 70_000, 3_000_000])
    func `Bodies of any size go both ways`(_ size: Int) throws {
        let wire = try server.wire()
        wire.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: \(size)\r\n\r\n" + String(repeating: "z", count: size))
        #expect(try wire.reply().body.hasSuffix("\n\n" + String(repeating: "z", count: size)))
        wire.send("GET /bytes/\(size) HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try wire.reply().body.utf8.count == size)
    }

    @Test(arguments: [
        ("http://h:80/a/b?c=d", "/a/b?c=d"), ("HTTPS://h/a", "/a"), ("http://h", "/"), ("http://h?x=1", "/?x=1"),
        ("/http://h/a", "/http://h/a"), ("*", "*"), ("/a?b?c", "/a?b?c"), ("/a?", "/a"), ("/%2F%zz/../x", "/%2F%zz/../x"),
    ])
    func `A target is passed on undecoded, without scheme and host`(_ sent: String, _ seen: String) throws {
        let wire = try server.wire()
        wire.send("GET \(sent) HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try wire.reply().body.hasPrefix(seen))
    }

    @Test func `A request may arrive byte by byte`() throws {
        let wire = try server.wire()
        for byte in "POST /echo?q HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok".utf8 { wire.send([byte]) }
        #expect(try wire.reply().body.hasSuffix("\n\nok"))
    }

    @Test func `256 simultaneous connections all get replies`() throws {
        let wires = try (0..<256).map { _ in try server.wire() }
        for _ in 0..<20 {
            for wire in wires { wire.send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n") }
            for wire in wires { #expect(try wire.reply().body == "/x") }
        }
    }

    @Test(arguments: ["127.0.0.1", "::1"])
    func `The dual-stack address serves both families and names the client`(_ client: String) throws {
        let server = try Server { $0.host = "::" }
        let wire = try Wire(server.port, host: client)
        wire.send("GET /echo HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try wire.reply().body.contains(" \(client) false"))
    }

    @Test(arguments: ["::1", "127.0.0.1", "localhost"]) func `It listens on the given host`(_ host: String) throws {
        let server = try Server { $0.host = host }
        let wire = try Wire(server.port, host: host == "localhost" ? "127.0.0.1" : host)
        wire.send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try wire.reply().body == "/x")
    }

    @Test func `A full listener accepts the next client as soon as one leaves`() throws {
        let server = try Server { $0.limits.maxConnections = 2 }
        var first: [Wire] = []
        for _ in 0..<2 {
            let wire = try server.wire()
            wire.send("GET /x HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try wire.reply().status == 200)
            first.append(wire)
        }
        let waiting = try server.wire()
        waiting.send("GET /y HTTP/1.1\r\nHost: h\r\n\r\n")
        first.removeAll()
        #expect(try waiting.reply().body == "/y")
    }
}
