import Testing

import TestSupport

@testable import MicroHTTP

/// Reading a request without a socket.
@Suite struct RequestTests {
    let request = Request(
        .post, "/a/b?x=1&y=2", headers: [("Host", "h"), ("X-Twice", "one"), ("x-twice", "two"), ("Empty", "")], body: [0x7B, 0x7D])

    @Test(arguments: [("/a?b", "/a", "b"), ("/a", "/a", ""), ("/a?", "/a", ""), ("?b", "", "b"), ("/a?b?c", "/a", "b?c"), ("", "", "")])
    func `A target is split into path and query`(_ target: String, _ path: String, _ query: String) {
        let request = Request(.get, target)
        #expect(request.text(request.path) == path)
        #expect(request.text(request.query) == query)
        #expect(request.body.isEmpty)
    }

    @Test func `A header is found in any case, several lines as one`() {
        #expect(request.header("host") == "h")
        #expect(request.header("x-twice") == "one, two")
        #expect(request.header("empty") == "")
    }

    @Test func `A similar name is not found`() {
        #expect(request.header("hos") == nil)
        #expect(request.header("hosts") == nil)
        #expect(request.header("x-thrice") == nil)
    }

    @Test func `All headers are listed in order, as sent`() {
        #expect(request.headers.map(\.name) == ["Host", "X-Twice", "x-twice", "Empty"])
        #expect(request.headers.map(\.value) == ["h", "one", "two", ""])
    }

    @Test func `The body is what follows the headers`() {
        #expect(request.text(request.body) == "{}")
        #expect(Request(.get, "/", headers: [("A", "b")]).body.isEmpty)
    }

    @Test func `Bytes that are not UTF-8 do no harm`() {
        let request = Request(.post, "/", body: [0xFF, 0x41])
        #expect(request.text(request.body) == "\u{FFFD}A")
    }

    @Test(arguments: ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "get", "TRACE"])
    func `A method keeps its name`(_ name: String) {
        #expect(Method(name).name == name)
    }

    @Test(arguments: [(Duration.milliseconds(5), 5), (.nanoseconds(1), 1), (.zero, 0), (.seconds(3), 3000), (.microseconds(1500), 2)])
    func `A pause is rounded up to milliseconds`(_ duration: Duration, _ milliseconds: Int) {
        #expect(duration.milliseconds == Int64(milliseconds))
    }
}
