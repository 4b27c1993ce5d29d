import ArgumentParser
import KeyfactorMock
import TestSupport
import Testing

@testable import keyfactor_mock

struct CommandLineTests {
    @Test(arguments: ["", "serve", "healthcheck", "lint", "operations", "failures", "schema"])
    func theHelpIsAsExpected(_ command: String) throws {
        let subcommand = Root.configuration.subcommands.first { $0._commandName == command }
        let help = subcommand.map { Root.helpMessage(for: $0, columns: 100) } ?? Root.helpMessage(columns: 100)
        #expect(Golden.difference(help + "\n", "Tests/CommandTests/Goldens/help-\(command.isEmpty ? "root" : command).txt") == nil)
    }

    @Test(arguments: [
        (["--no-http", "--no-https"], "--no-http and --no-https leave nothing to serve."),
        (["--tls-cert", "a"], "--tls-cert and --tls-key go together."),
        (
            ["--tls-cert", "a", "--tls-key", "b", "--tls-name", "c"],
            "--tls-cert brings a certificate of its own: leave out --ca-dir, --ca-file and --tls-name."
        ),
        (["--no-https", "--ca-file", "a"], "--ca-file needs HTTPS: leave out --no-https."),
        (["--threads", "0"], "--threads: expected 1 to 64, found 0."), (["--threads", "65"], "--threads: expected 1 to 64, found 65."),
        (["--max-headers", "10"], "--max-headers: expected 1024 to 1048576, found 10."),
        (["--idle-timeout", "-1"], "Missing value for '--idle-timeout <seconds>'"),
        (["--http-port", "65536"], "The value '65536' is invalid for '--http-port <port>'"),
        (["--product", "9"], "The value '9' is invalid for '--product <product>'"),
        (["--htpp-port", "1"], "Unknown option '--htpp-port'"),
    ])
    func badUsageIsTold(_ arguments: [String], _ message: String) {
        #expect {
            _ = try Root.parseAsRoot(["serve"] + arguments)
        } throws: { error in
            Root.exitCode(for: error) == .validationFailure && Root.message(for: error).hasPrefix(message)
        }
    }

    @Test(arguments: [
        ("0.0.0.0", "127.0.0.1", false), ("::", "::1", false), ("localhost", "127.0.0.1", true), ("127.0.0.2", "127.0.0.2", true),
        ("192.0.2.7", "192.0.2.7", false),
    ])
    func theServerIsFoundOnItsOwnMachine(_ host: String, _ reachable: String, _ isLoopback: Bool) throws {
        let serve = try #require(try Root.parseAsRoot(["serve", "--host", host]) as? Serve)
        #expect(serve.options.reachableHost == reachable)
        #expect(serve.options.isLoopback == isLoopback)
    }
}
