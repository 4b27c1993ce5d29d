import Foundation
import Testing

import TestSupport

@testable import MicroHTTP

/// What connections hold is counted and bounded: bodies, and replies that their clients do not read.
@Suite struct BudgetTests {
    private static func get(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n" }

    private static func head(_ length: Int, _ path: String = "/echo") -> String {
        "POST \(path) HTTP/1.1\r\nHost: h\r\nContent-Length: \(length)\r\n\r\n"
    }

    private static func server(_ bytes: Int) throws -> (Server, ConnectionBudget) {
        let budget = ConnectionBudget(bytes)
        return (try Server { $0.limits = Limits(budget: budget) }, budget)
    }

    /// Everything is given back in the end.
    private static func settle(_ budget: ConnectionBudget) { #expect(Server.eventually { budget.used == 0 }) }

    @Test func `A reply that is longer than half of the budget is refused, and the next is sent`() throws {
        let (server, budget) = try Self.server(1_000_000)
        let wire = try server.wire()
        wire.send(Self.get("/bytes/500001"))
        let refused = try wire.reply()
        #expect(refused.status == 503)
        let sentence = "The request was done, but its reply of 500001 bytes is longer than 500000."
        #expect(refused.body == "\(sentence) Ask for less, or raise --connection-bytes.")
        wire.send(Self.get("/bytes/500000"))
        #expect(try wire.reply().body.utf8.count == 500_000)
        Self.settle(budget)
    }

    @Test(arguments: [false, true]) func `Replies that nobody reads hold no more than the budget`(_ leaves: Bool) throws {
        let (server, budget) = try Self.server(64 << 20)
        // Longer than what the sockets take.
        var unread = try (0..<2).map { _ in try server.wire() }
        for wire in unread { wire.send(Self.get("/bytes/\(32 << 20)")) }
        let other = try server.wire()
        var status = 200
        for _ in 0..<1_000 where status == 200 {
            other.send(Self.get("/bytes/100000"))
            status = try other.reply().status
        }
        #expect(status == 503)
        other.send(Self.get("/bytes/4000"))
        #expect(try other.reply().status == 200, "what is short is sent all the same")
        #expect(budget.used == 64 << 20)
        for wire in unread where !leaves { #expect(try wire.reply().body.utf8.count == 32 << 20) }
        unread = []
        Self.settle(budget)
        other.send(Self.get("/bytes/100000"))
        #expect(try other.reply().status == 200)
    }

    @Test func `Bodies that are not sent to their end leave a quarter of the budget for replies`() throws {
        let (server, budget) = try Self.server(1 << 20)
        let unfinished = try (0..<40).map { _ in try server.wire() }
        let piece = [UInt8](repeating: 120, count: 100_000)
        var refused = 0
        for wire in unfinished {
            wire.send(Self.head(200_000))
            wire.send(piece)
        }
        let other = try server.wire()
        #expect(Server.eventually { budget.used > 650_000 })
        #expect(budget.used <= 3 << 18)
        other.send(Self.get("/bytes/100000"))
        #expect(try other.reply().status == 200)
        for wire in unfinished {
            wire.send(piece)
            if let reply = try? wire.reply() {
                if reply.status == 503 { refused += 1 }
            }
        }
        #expect(refused > 0)
        other.send(Self.head(3) + "abc")
        #expect(try other.reply().status == 200)
        for wire in unfinished { shutdown(wire.descriptor, Int32(SHUT_RDWR)) }
        Self.settle(budget)
    }

    @Test func `The body of a request counts until its reply is sent`() throws {
        let (server, budget) = try Self.server(1 << 20)
        let held = try server.wire()
        held.send(Self.head(300_000, "/never"))
        held.send([UInt8](repeating: 120, count: 300_000))
        #expect(Server.eventually { budget.used >= 300_000 })
        shutdown(held.descriptor, Int32(SHUT_RDWR))
        Self.settle(budget)
    }

    @Test func `Listeners may share a budget`() throws {
        let budget = ConnectionBudget(1_000_000)
        let servers = try (0..<2).map { _ in try Server { $0.limits = Limits(budget: budget) } }
        let held = try servers[0].wire()
        held.send(Self.head(500_000, "/never"))
        held.send([UInt8](repeating: 120, count: 500_000))
        let other = try servers[1].wire()
        #expect(Server.eventually { budget.used >= 500_000 })
        other.send(Self.get("/bytes/490000"))
        #expect(try other.reply().status == 503)
    }
}
