import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import KeyfactorMock
@testable import Worlds

/// Who may use the control interface, and that nothing is done before that is known.
struct ControlAccessTests {
    private static func server(token: String? = nil) throws -> MockServer {
        let server = MockServer(scenario: try Scenario([], now: Mock.noon), token: token, time: TimeSource { Mock.noon })
        server.control.serverListens(
            Control.Facts(httpPort: 8080, httpsPort: nil, authority: "PEM", processID: 7, isLoopback: true, names: ["command.test"]))
        return server
    }

    private static func ask(_ server: MockServer, _ page: String, _ headers: [(String, String)] = []) throws -> Response {
        let answer = server.answer(Request(.get, "/_mock/" + page, headers: [("Host", "localhost")] + headers))
        guard case .ready(let response) = answer else { throw WireError.ended("not ready") }
        return response
    }

    @Test(arguments: ["livez", "readyz", "ca.pem"]) func anOpenPageTouchesNoWorld(_ page: String) throws {
        let server = try Self.server(token: "t")
        for path in [page, "worlds/evil1/\(page)", "worlds/a%20b/\(page)"] {
            #expect(try Self.ask(server, path, [("X-Mock-World", "evil2")]).status == 200, "\(path)")
        }
        #expect(server.worlds.count == 1)
    }

    @Test(arguments: [
        ("info", "evil1"), ("journal", "evil2"), ("nothing", "evil3"), ("info?unknown=1", "evil4"), ("scenario", "evil5"),
    ]) func noWorldIsMadeBeforeTheTokenIsChecked(_ page: String, _ name: String) throws {
        let server = try Self.server(token: "t")
        #expect(try Self.ask(server, "worlds/\(name)/\(page)").status >= 400)
        #expect(try Self.ask(server, page, [("X-Mock-World", name)]).status >= 400)
        #expect(server.worlds.count == 1)
    }

    @Test(
        arguments: [
            ([], 401, "missing"), (["right"], 200, "right"), (["wrong"], 401, "wrong"),
            (["right", "wrong"], 401, "twice, the first is right"),
            (["wrong", "right"], 401, "twice, the second is right"), (["right", "right"], 401, "twice the same"), ([""], 401, "empty"),
            (["right "], 401, "with a blank"), (["RIGHT"], 401, "in capitals"),
        ] as [([String], Int, String)])
    func aTokenMustBeSentOnceAndBeRight(_ tokens: [String], _ status: Int, _ reason: String) throws {
        let response = try Self.ask(try Self.server(token: "right"), "info", tokens.map { ("x-mock-token", $0) })
        #expect(response.status == status, "\(reason)")
    }

    @Test(arguments: [
        ("localhost", 200, "ours"), ("127.0.0.1:8080", 200, "an address and a port"), ("127.255.0.9", 200, "the whole network"),
        ("[::1]", 200, "IPv6"), ("[::1]:443", 200, "IPv6 and a port"), ("command.test:1", 200, "a name given"),
        ("[::1].evil", 403, "a name that begins with our address"), ("[::1", 403, "an open bracket"), ("[::1]:80.evil", 403, "no port"),
        ("[::1]evil", 403, "something after the bracket"), ("127.٣.0.1", 403, "digits of another script"),
        ("127.0.0.1.evil", 403, "a name that begins with our address"), ("127.0.0", 200, "another short form"),
        ("127.0.0.256", 403, "no address"),
        ("127.1", 200, "a short form"), ("128.1", 403, "a short form of another address"), ("127.0.0.1:80:evil", 403, "two ports"),
        ("127.0.0.1:evil", 403, "no port"), ("localhost:123456", 403, "no port"), ("evil.localhost.example", 403, "not below localhost"),
        ("127..0.1", 403, "an empty part"), ("", 403, "no name"),
    ])
    func aHostMustBeOurs(_ host: String, _ status: Int, _ reason: String) throws {
        let answer = try Self.server().answer(Request(.get, "/_mock/info", headers: [("Host", host)]))
        guard case .ready(let response) = answer else { return #expect(Bool(false)) }
        #expect(response.status == status, "\(reason)")
    }

    @Test(
        arguments: [
            ([("X-Mock-World", "a")], "journal", 200, "the header"), ([("X-Mock-World", "a")], "worlds/a/journal", 200, "both agree"),
            ([("X-Mock-World", "a")], "worlds/b/journal", 400, "they do not agree"),
            ([("X-Mock-World", "a"), ("X-Mock-World", "a")], "journal", 400, "twice"),
            ([("X-Mock-World", "a b")], "journal", 400, "no name"), ([("X-Mock-World", "")], "journal", 400, "empty"),
        ] as [([(String, String)], String, Int, String)])
    func theHeaderNamesTheWorldOfAPage(_ headers: [(String, String)], _ page: String, _ status: Int, _ reason: String) throws {
        let server = try Self.server()
        let before = try Self.ask(server, page, headers)
        #expect(before.status == (status == 200 ? 404 : status), "reading makes no world")
        _ = server.worlds.make("a", from: nil, wall: Mock.noon)
        let response = try Self.ask(server, page, headers)
        #expect(response.status == status, "\(reason)")
        #expect(server.worlds["b"] == nil)
    }
}
