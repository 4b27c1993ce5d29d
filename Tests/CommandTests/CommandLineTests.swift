import ArgumentParser
import Base
import TestSupport
import Testing

@testable import keyfactor_mock

struct CommandLineTests {
    private static let commands: [(name: String, command: any ParsableCommand.Type)] = Root.configuration.subcommands.flatMap { command in
        [(command._commandName, command)] + command.configuration.subcommands.map { ("\(command._commandName)-\($0._commandName)", $0) }
    }

    @Test(arguments: [""] + commands.map(\.name))
    func theHelpIsAsExpected(_ name: String) throws {
        let command = Self.commands.first { $0.name == name }?.command
        let help = command.map { Root.helpMessage(for: $0, columns: 100) } ?? Root.helpMessage(columns: 100)
        #expect(Golden.difference(help + "\n", "Tests/CommandTests/Goldens/help-\(name.isEmpty ? "root" : name).txt") == nil)
    }

    @Test(arguments: [
        (["--no-http", "--no-https"], "--no-http and --no-https leave nothing to serve."),
        (["--tls-cert", "a"], "--tls-cert and --tls-key must be used together."),
        (
            ["--tls-cert", "a", "--tls-key", "b", "--tls-name", "c"],
            "--tls-cert replaces the generated certificate: remove --ca-dir, --ca-file and --tls-name."
        ),
        (["--no-https", "--env-file", "a"], "--env-file needs HTTPS: remove --no-https."),
        (["--auth", "ntlm"], "The value 'ntlm' is invalid for '--auth <login>'"),
        (["--no-https", "--ca-file", "a"], "--ca-file needs HTTPS: remove --no-https."),
        (["--threads", "0"], "--threads: expected 1 to 64, found 0."), (["--threads", "65"], "--threads: expected 1 to 64, found 65."),
        (["--max-headers", "10"], "--max-headers: expected 1024 to 1048576, found 10."),
        (["--idle-timeout", "-1"], "Missing value for '--idle-timeout <seconds>'"),
        (["--http-port", "65536"], "The value '65536' is invalid for '--http-port <port>'"),
        (["--product", "9"], "The value '9' is invalid for '--product <product>'"),
        (["--htpp-port", "1"], "Unknown option '--htpp-port'"),
    ])
    func badUsageIsReported(_ arguments: [String], _ message: String) {
        #expect {
            _ = try Root.parseAsRoot(["serve"] + arguments)
        } throws: { error in
            Root.exitCode(for: error) == .validationFailure && Root.message(for: error).hasPrefix(message)
        }
    }

    @Test(arguments: [
        ([], "No command to run. Write it after --: keyfactor-mock exec -- COMMAND"),
        (["true"], "No command to run. Write it after --: keyfactor-mock exec -- COMMAND"),
        (["true", "--", "x"], "Unexpected argument 'true'"),
        (["--no-https", "--", "x"], "exec needs HTTPS: remove --no-https."),
        (["--port-443", "--https-port", "0", "--", "x"], "--port-443 chooses address and port: remove --host and --https-port."),
        (["--port-443", "--host", "::1", "--", "x"], "--port-443 chooses address and port: remove --host and --https-port."),
    ])
    func badUsageOfExecIsReported(_ arguments: [String], _ message: String) {
        #expect {
            _ = try Root.parseAsRoot(["exec"] + arguments)
        } throws: { error in
            Root.exitCode(for: error) == .validationFailure && Root.message(for: error).hasPrefix(message)
        }
    }

    @Test func argumentsAfterTheDashesBelongToTheCommand() throws {
        let words = ["go", "test", "--scenario", "x", "--", "--help"]
        let exec = try #require(try Root.parseAsRoot(["exec", "--seed", "7", "--"] + words) as? Exec)
        #expect(exec.command == words && exec.options.server.scenario == nil && exec.options.server.seed == 7)
    }

    @Test func defaultsOfServeAndExecDiffer() throws {
        let given = try #require(try Root.parseAsRoot(["exec", "--http-port", "81", "--", "x"]) as? Exec).options.server
        #expect(
            (given.withDefaults(.exec).httpPort, given.withDefaults(.exec).httpsPort, given.withDefaults(.exec).logLevel) == (
                81, 0, .warning
            ))
        #expect(
            (given.withDefaults(.serve).httpPort, given.withDefaults(.serve).httpsPort, given.withDefaults(.serve).logLevel) == (
                81, 8443, .info
            ))
    }

    @Test(arguments: [
        ("0.0.0.0", "127.0.0.1", false), ("::", "::1", false), ("localhost", "127.0.0.1", true), ("127.0.0.2", "127.0.0.2", true),
        ("192.0.2.7", "192.0.2.7", false),
    ])
    func theServerIsReachableOnItsOwnMachine(_ host: String, _ reachable: String, _ isLoopback: Bool) throws {
        let serve = try #require(try Root.parseAsRoot(["serve", "--host", host]) as? Serve)
        #expect(serve.arguments.options.reachableHost == reachable)
        #expect(serve.arguments.options.isLoopback == isLoopback)
    }
}
