import Foundation
import Testing

import TestSupport

@testable import MicroHTTP

/// Clients that leave, and what happens to their sockets.
@Suite struct DepartureTests {
    /// The end arrives together with the last bytes, which epoll reports once, or after them.
    @Test(arguments: ["GET /x HT", "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhal", HoldTests.get("/x") + "GET /x HT"])
    func `A client that leaves in the middle of a request is noticed long before the idle timeout`(_ text: String) throws {
        let server = try Server { $0.limits.idleTimeout = .seconds(600) }
        for round in 0..<50 {
            let wire = try server.wire()
            wire.send(text)
            if round % 5 == 4 { Thread.sleep(forTimeInterval: 0.002) }
            wire.finishSending()
            if text.hasPrefix(HoldTests.get("/x")) { #expect(try wire.reply().body == "/x") }
            #expect(wire.isClosed())
        }
    }

    @Test func `A client that has closed its own direction still gets its reply`() throws {
        let server = try Server()
        for path in ["/x", "/bytes/5000000"] {
            let wire = try server.wire()
            wire.send(HoldTests.get(path))
            wire.finishSending()
            #expect(try wire.reply().status == 200)
            #expect(wire.isClosed())
        }
    }

    /// A process that is being started has such a socket before it runs its program. AddressSanitizer shows what is wrong.
    @Test func `Events of a closed socket that another process still has open are ignored`() throws {
        let server = try Server()
        for _ in 0..<20 {
            let wire = try server.wire()
            wire.send(HoldTests.get("/x"))
            #expect(try wire.reply().body == "/x")
            let copies = (3..<200).filter { Self.isSocket($0, onPort: server.port) }.map { dup(Int32($0)) }
            #expect(!copies.isEmpty)
            wire.send(HoldTests.get("/close"))
            #expect(try wire.reply().body == "bye")
            for copy in copies {
                shutdown(copy, Int32(SHUT_RDWR))
                close(copy)
            }
            let another = try server.wire()
            another.send(HoldTests.get("/y"))
            #expect(try another.reply().body == "/y")
        }
    }

    /// Whether a descriptor is the server's end of a connection.
    private static func isSocket(_ descriptor: Int, onPort port: UInt16) -> Bool {
        var (own, peer, length) = (sockaddr_in(), sockaddr_in(), socklen_t(MemoryLayout<sockaddr_in>.size))
        func isThere(_ address: inout sockaddr_in, _ ask: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32)
            -> Bool
        {
            withUnsafeMutablePointer(to: &address) { address in
                address.withMemoryRebound(to: sockaddr.self, capacity: 1) { ask(Int32(descriptor), $0, &length) == 0 }
            }
        }
        return isThere(&own, getsockname) && isThere(&peer, getpeername) && own.sin_port == port.bigEndian
    }
}
