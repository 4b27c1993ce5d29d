import Foundation
import Testing

import TestSupport

@testable import MicroHTTP

/// Faults of connections, as clients see them.
@Suite struct ConnectionFaultTests {
    static let identity = try! TLSIdentity.throwaway(names: TLSIdentity.loopbackNames + ["kf.example.com"])

    static func server(_ faults: ConnectionFault?..., identity: TLSIdentity = identity) throws -> Server {
        try Server(connections: faults) {
            $0.httpsPort = 0
            $0.identity = identity
        }
    }

    /// A ClientHello as OpenSSL makes it.
    static let hello = try! [UInt8](
        Data(
            base64Encoded: Seen.python(
                """
                import base64, ssl
                incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
                session = ssl._create_unverified_context().wrap_bio(incoming, outgoing, server_hostname="localhost")
                try: session.do_handshake()
                except ssl.SSLWantReadError: print(base64.b64encode(outgoing.read()).decode(), end="")
                """))!)

    @Test func `An HTTP connection is reset`() throws {
        let server = try Self.server(.reset, nil)
        #expect(try Seen(server, secure: false, "GET /x") == Seen("", .reset))
        #expect(try Seen(server, secure: false, "GET /close").text.hasSuffix("\r\n\r\nbye"))
        #expect(server.connections == 2 && server.requests == 1)
    }

    @Test(arguments: ["", "hello", String(repeating: "z", count: 100_000)])
    func `An HTTP connection is closed, although a request has arrived`(_ body: String) throws {
        let server = try Self.server(.close)
        let wire = try server.wire()
        wire.send("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        #expect(wire.isClosed())
        // More of a longer one may arrive after the end: nobody can read that.
        #expect(!wire.wasReset || body.utf8.count > 1000)
        #expect(server.requests == 0)
    }

    @Test(arguments: ConnectionFault.allCases.filter { $0 != .reset && $0 != .close })
    func `A fault of TLS does nothing to HTTP`(_ fault: ConnectionFault) throws {
        let server = try Self.server(fault)
        let wire = try server.wire()
        wire.send("GET /later/1 HTTP/1.1\r\nHost: h\r\n\r\nGET /x HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(try wire.reply().body == "/later/1")
        #expect(try wire.reply().body == "/x")
    }

    @Test(arguments: [
        (ConnectionFault.reset, Seen("", .reset)), (.close, Seen("", .closed)), (.cut, Seen("", .closed)), (.stall, Seen("", .silent)),
        (.oldProtocol, Seen("\u{15}\u{3}\u{3}\u{0}\u{2}\u{2}\u{46}", .closed)),
    ])
    func `A handshake ends before it begins`(_ fault: ConnectionFault, _ seen: Seen) throws {
        let server = try Self.server(fault, nil)
        let port = server.listener.httpsPort!
        let wire = try Wire(port, patience: 1)
        wire.send(Self.hello)
        let text = wire.rest()
        #expect(Seen(text, wire.wasReset ? .reset : wire.timedOut ? .silent : .closed) == seen)
        #expect(try Tool.run("curl", "-sk", "https://127.0.0.1:\(port)/x").output == "/x")
    }

    @Test func `A hello that arrives in two pieces is cut too`() throws {
        let server = try Self.server(.cut)
        let wire = try Wire(server.listener.httpsPort!)
        wire.send(Array(Self.hello.prefix(100)))
        #expect(Server.eventually { server.connections == 1 })
        wire.send(Array(Self.hello.dropFirst(100)))
        #expect(wire.isClosed() && !wire.wasReset)
    }

    @Test func `A client that half-closes a stalled handshake is not served after all`() throws {
        let server = try Self.server(.stall)
        let wire = try Wire(server.listener.httpsPort!)
        wire.send(Self.hello)
        wire.finishSending()
        #expect(wire.isClosed() && !wire.wasReset)
    }

    /// What Python, which uses OpenSSL, reports when it gets `/x` as localhost.
    private func complaint(_ server: Server, _ authority: String) throws -> String {
        let folder = Folder()
        try authority.write(toFile: folder.path + "/ca.pem", atomically: true, encoding: .utf8)
        return try Seen.python(
            """
            import ssl, urllib.request
            context = ssl.create_default_context(cafile="\(folder.path)/ca.pem")
            try: print(urllib.request.urlopen("https://localhost:\(server.listener.httpsPort!)/x", context=context).read().decode())
            except OSError as error: print(type(error.reason).__name__, error.reason)
            """)
    }

    @Test(arguments: [
        (ConnectionFault.expired, "certificate has expired"),
        (.wrongName, "Hostname mismatch, certificate is not valid for 'localhost'"),
        (.untrusted, "unable to get local issuer certificate"),
    ])
    func `Clients reject a flawed certificate`(_ fault: ConnectionFault, _ words: String) throws {
        let server = try Self.server(fault, fault, nil)
        for _ in 0..<2 {
            let complaint = try complaint(server, Self.identity.authority!)
            #expect(complaint.hasPrefix("SSLCertVerificationError"), "\(complaint)")
            #expect(complaint.contains("certificate verify failed: " + words), "\(complaint)")
        }
        #expect(try complaint(server, Self.identity.authority!) == "/x\n")
        let careless = try Self.server(fault)
        #expect(try Tool.run("curl", "-sk", "https://127.0.0.1:\(careless.listener.httpsPort!)/x").output == "/x")
    }

    @Test(arguments: [(ConnectionFault.expired, true, true), (.untrusted, true, false), (.wrongName, false, false)])
    func `A flawed certificate has the good one's names, or the wrong one`(_ fault: ConnectionFault, right: Bool, old: Bool) throws {
        let server = try Self.server(fault)
        let shown = "openssl s_client -connect 127.0.0.1:\(server.listener.httpsPort!) </dev/null 2>/dev/null | openssl x509 -noout"
        let names = try Tool.run("sh", "-c", shown + " -ext subjectAltName").output
        #expect(names.contains("DNS:kf.example.com") == right && names.contains("DNS:localhost") == right)
        #expect(names.contains("DNS:wrong-name.invalid") == !right)
        #expect(try Tool.run("sh", "-c", shown + " -checkend 0").output.contains("will expire") == old)
        #expect(try Tool.run("sh", "-c", shown + " -checkend 86400").output.contains("will expire") == old)
    }

    @Test(arguments: [ConnectionFault.expired, .wrongName, .untrusted])
    func `Beside a given certificate, flawed ones come from an unknown authority`(_ fault: ConnectionFault) throws {
        let given = try TLSIdentity(certificate: Self.identity.certificate, key: Self.identity.key)
        let server = try Self.server(fault, nil, identity: given)
        #expect(try complaint(server, Self.identity.authority!).contains("unable to get local issuer certificate"))
        #expect(try complaint(server, Self.identity.authority!) == "/x\n")
    }

    @Test func `An authority in a folder signs flawed certificates too`() throws {
        let folder = Folder()
        for _ in 0..<2 {
            let kept = try TLSIdentity.kept(in: folder.path + "/tls")
            let server = try Self.server(.expired, identity: kept)
            #expect(try complaint(server, kept.authority!).contains("certificate has expired"))
        }
    }

    @Test func `Each connection is reported once`() throws {
        let reported = Lock<[String]>([])
        let listener = try Listener(
            ListenerConfiguration(httpsPort: 0, identity: Self.identity),
            connected: { isSecure, peer in
                reported.withLock { $0.append("\(isSecure) \(peer)") }
                return nil
            }, handler: { _ in .ready(Response(200)) })
        let wire = try Wire(listener.httpPort!)
        for _ in 0..<3 {
            wire.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try wire.reply().status == 200)
        }
        #expect(try Tool.run("curl", "-sk", "https://127.0.0.1:\(listener.httpsPort!)/").status == 0)
        #expect(reported.withLock { $0 } == ["false 127.0.0.1", "true 127.0.0.1"])
    }
}
