import ArgumentParser
import Testing

@testable import keyfactor_mock

struct ControlPlaceTests {
    /// Finds a server among two files and what else is known.
    private func place(
        _ arguments: [String] = [], _ environment: [String: String] = [:], places: [Process.Place] = []
    ) throws -> ControlPlace {
        let command = try #require(try Root.parseAsRoot(["verify"] + arguments) as? VerifyCommand)
        let files = [
            "ready.json": #"{"ready":true,"http":8081,"https":8444,"pid":1}"#,
            "apart.json": #"{"ready":true,"http":8081,"https":8444,"admin":8082,"pid":1}"#,
            "secure.json": #"{"ready":true,"http":null,"https":8444,"pid":1}"#, "odd.json": "ready",
            "my.env": "KFMOCK_URL=https://localhost:8444\nKFMOCK_ADMIN_URL=http://localhost:8083/_mock\n"
                + #"KEYFACTOR_MOCK_ADMIN_TOKEN='it'\''s'"# + "\n",
            "secure.env": "KFMOCK_ADMIN_URL=https://localhost:8444/_mock\n", "odd.env": "A=1\n",
        ]
        return try ControlPlace(
            command.options, .init(environment: environment, places: places, read: { name in files[name].map { Array($0.utf8) } }))
    }

    @Test func anOptionWinsOverVariables() throws {
        let variables = ["KFMOCK_ADMIN_URL": "http://mock:1/_mock", "KEYFACTOR_MOCK_ADMIN_TOKEN": "secret"]
        #expect(try place(["--port", "8090"], variables) == ControlPlace(host: "127.0.0.1", port: 8090, token: "secret"))
        #expect(try place(["--ready-file", "ready.json"], variables).port == 8081)
        #expect(try place(["--ready-file", "apart.json"], variables).port == 8082)
        #expect(try place(["--env-file", "my.env"], variables) == ControlPlace(host: "localhost", port: 8083, token: "it's"))
    }

    @Test func aPortOrReadyFileIsThatOfTheAddressWhereTheServerListens() throws {
        let places = [Process.Place(host: "::1", http: 8081, https: nil), Process.Place(host: "127.0.0.9", http: 8090, https: nil)]
        #expect(try place(["--port", "8090"], places: places).host == "127.0.0.9")
        #expect(try place(["--ready-file", "ready.json"], places: places).name == "[::1]:8081")
    }

    @Test(arguments: [
        (["KFMOCK_ADMIN_URL": "http://mock:8080/_mock"], ControlPlace(host: "mock", port: 8080)),
        (["KFMOCK_ADMIN_URL": "http://[::1]:80/_mock/"], ControlPlace(host: "::1", port: 80)),
        (["KFMOCK_ADMIN_URL": "http://mock/a/_mock"], ControlPlace(host: "mock", port: 80, path: "/a/_mock")),
        (["KFMOCK_HTTP_URL": "http://localhost:9"], ControlPlace(host: "localhost", port: 9)),
        (["KFMOCK_ADMIN_URL": ""], ControlPlace(host: "127.0.0.1", port: 8080, isGuess: true)),
    ])
    func variablesNameAServer(_ variables: [String: String], _ expected: ControlPlace) throws {
        #expect(try place([], variables) == expected)
    }

    @Test func theOnlyServerOfTheUserIsTaken() throws {
        let one = Process.Place(host: "127.0.0.2", http: 8090, https: 8443)
        #expect(try place(places: [one]) == ControlPlace(host: "127.0.0.2", port: 8090))
        let secure = Process.Place(host: "127.0.0.1", http: nil, https: 8444)
        #expect(try place(places: [one, secure]).port == 8090)
    }

    @Test(arguments: [
        (["--ready-file", "none.json"], [:], ExitCode.unavailable, "No server: none.json does not exist yet."),
        (["--ready-file", "odd.json"], [:], .unavailable, "No server: odd.json is no ready line."),
        (["--ready-file", "secure.json"], [:], .unavailable, "The server of secure.json has no HTTP"),
        (["--env-file", "none.env"], [:], .unavailable, "No server: none.env does not exist."),
        (["--env-file", "odd.env"], [:], .unavailable, "No server: odd.env does not name a server."),
        (["--env-file", "secure.env"], [:], .unavailable, "The server at https://localhost:8444/_mock has no HTTP"),
        ([], ["KFMOCK_ADMIN_URL": "localhost:8080"], .validationFailure, "KFMOCK_ADMIN_URL is 'localhost:8080', expected"),
        ([], ["KFMOCK_ADMIN_URL": "http://a b/_mock"], .validationFailure, "KFMOCK_ADMIN_URL is 'http://a b/_mock', expected"),
        ([], ["KEYFACTOR_MOCK_ADMIN_TOKEN": "a\r\nHost: b"], .validationFailure, "KEYFACTOR_MOCK_ADMIN_TOKEN must be one line in ASCII."),
    ])
    func whatCannotBeUsedIsASentence(_ arguments: [String], _ variables: [String: String], _ code: ExitCode, _ said: String) {
        let stop = #expect(throws: Stop.self) { try place(arguments, variables) }
        #expect(stop?.code == code && stop?.description.hasPrefix(said) == true, "\(String(describing: stop))")
    }

    @Test func severalServersAreAChoice() {
        let places = [8081, 8080].map { Process.Place(host: "127.0.0.1", http: $0, https: nil) }
        let stop = #expect(throws: Stop.self) { try place(places: places) }
        #expect(stop?.description == "This user runs several servers: 127.0.0.1:8080, 127.0.0.1:8081. Choose one with --port.")
    }

    @Test(arguments: [
        (["verify", "--world", "a b"], "--world: a name has 1 to 64 letters, digits, '.', '_' or '-', found 'a b'."),
        (["verify", "--port", "0"], "--port: expected 1 to 65535, found 0."),
        (["journal", "--port", "1", "--ready-file", "a"], "--port, --ready-file and --env-file each name a server: give one of them."),
        (["journal", "--limit", "100001"], "--limit: expected 0 to 100000, found 100001."),
        (["journal", "3", "--status", "404"], "A number names one exchange: leave out the other options."),
        (["clock", "advance"], "Missing expected argument '<time>'"), (["rules", "add"], "Missing expected argument '<file>'"),
        (["rules", "drop"], "Unexpected argument 'drop'"), (["verify", "--prot", "1"], "Unknown option '--prot'"),
    ])
    func badUsageIsReported(_ arguments: [String], _ message: String) {
        #expect {
            _ = try Root.parseAsRoot(arguments)
        } throws: { error in
            Root.exitCode(for: error) == .validationFailure
                && Root.message(for: Suggestions.improved(error, of: arguments[0])).hasPrefix(message)
        }
    }

    @Test func whatAServerHasIsReadWhole() throws {
        let text = "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nDate: x\r\n\r\nhello"
        let reply = try #require(ControlClient.Reply(Array(text.utf8)))
        #expect((reply.status, reply.text) == (404, "hello"))
        for wrong in ["", "HTTP/1.1 200 OK\r\n", "SSH-2.0\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nhello"] {
            #expect(ControlClient.Reply(Array(wrong.utf8)) == nil)
        }
    }

    @Test func namesAreEncodedForPaths() {
        #expect(ControlClient.encoded("GET /Ä-b.c_d~e") == "GET%20%2F%C3%84-b.c_d~e")
    }
}
