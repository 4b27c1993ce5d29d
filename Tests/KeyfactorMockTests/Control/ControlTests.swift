import MicroHTTP
import TestSupport
import Testing

@testable import KeyfactorMock

struct ControlTests {
    private func mock(listens: Bool = true, isLoopback: Bool = true) throws -> Mock {
        let mock = try Mock("auth: { mode: basic }")
        if listens {
            mock.server.control.serverListens(
                Control.Facts(
                    httpPort: 8080, httpsPort: nil, authority: "PEM", processID: 7, isLoopback: isLoopback, names: ["command.test"]))
        }
        return mock
    }

    @Test func itTellsAboutItselfWithoutLogIn() throws {
        let mock = try mock()
        #expect(try mock.get("/_mock/livez").body == "alive\n")
        #expect(try mock.get("/_mock/readyz").body == "ready\n")
        #expect(try mock.get("/_mock/ca.pem").body == "PEM")
        #expect(
            try mock.get("/_mock/info").body
                == #"{"version":"0.1.0","seed":1,"product":"25.4","http":8080,"https":null,"admin":null,"worlds":1,"pid":7}"# + "\n")
    }

    @Test func itIsNotReadyBeforeTheSocketsListen() throws {
        let mock = try mock(listens: false)
        #expect(try mock.get("/_mock/livez").status == 200)
        #expect(try mock.get("/_mock/readyz").status == 503)
    }

    @Test(arguments: [
        (
            "/_mock/redyz",
            "There is no /_mock/redyz. Did you mean /_mock/readyz? This version has /_mock/livez, /_mock/readyz, /_mock/info, /_mock/ca.pem."
        ),
        ("/_mock", "There is no /_mock/. This version has /_mock/livez, /_mock/readyz, /_mock/info, /_mock/ca.pem."),
    ])
    func anUnknownPathNamesTheNearest(_ path: String, _ message: String) throws {
        let reply = try mock().get(path)
        #expect(reply.status == 404)
        #expect(reply.json["error"]?.text == message)
    }

    @Test(arguments: [
        ("localhost", 200, "ours"), ("localhost:8080", 200, "with a port"), ("127.0.0.2", 200, "loopback"),
        ("[::1]:8080", 200, "loopback of IPv6"),
        ("Command.Test", 200, "a name given"), ("x.localhost", 200, "below localhost"), ("evil.example", 403, "a foreign name"),
        ("localhost.evil.example", 403, "a foreign name that begins like ours"),
    ])
    func aForeignHostIsRefusedOnLoopback(_ host: String, _ status: Int, _ reason: String) throws {
        func ask(_ page: String, isLoopback: Bool = true) throws -> Int {
            try mock(isLoopback: isLoopback).raw(Request(.get, "/_mock/\(page)", headers: [("Host", host)])).status
        }
        #expect(try ask("info") == status)
        #expect(try ask("livez") == 200)
        #expect(try ask("info", isLoopback: false) == 200)
    }

    @Test func aWebPageIsRefused() throws {
        #expect(try mock().send(.get, "/_mock/info", headers: [("Origin", "https://evil.example")]).status == 403)
    }

    @Test func aPathThatOnlyBeginsSoIsNotTheMocks() throws {
        #expect(try mock().raw(Request(.get, "/_mocking")).status == 401)
    }

    @Test func writesAreRefused() throws {
        let reply = try mock().send(.post, "/_mock/info")
        #expect(reply.status == 405)
        #expect(reply["Allow"] == "GET, HEAD")
    }
}
