import ArgumentParser
import Base
import KeyfactorMock
import MicroHTTP

/// The entry point: inserts settings from the environment before those on the command line, then runs one command.
@main
enum Program {
    static func main() {
        ProcessMemory.useOneHeap()
        let given = Array(CommandLine.arguments.dropFirst())
        if CommandLine.arguments.first == Process.guardName { return given.first.map(Process.guardProcesses) ?? () }
        let settings = EnvironmentSettings(Process.environment)
        if let call = UsualCall(given, settings) { return end(of: given, settings) { try call.run() } }
        if let word = given.first, !word.hasPrefix("-"), word != "help" { refuseUnknown(word) }
        let arguments = settings.arguments(before: given)
        if let problem = arguments.problem {
            Process.printError(problem)
            Root.exit(withError: ExitCode.validationFailure)
        }
        end(of: given, settings) {
            var command = try parse(arguments.all)
            try command.run()
        }
    }

    /// Exits as a command demands that does not return.
    private static func end(of given: [String], _ settings: EnvironmentSettings, _ run: () throws -> Void) {
        do {
            try run()
        } catch let code as ExitCode {
            Process.exit(code.rawValue)
        } catch {
            let arguments = settings.arguments(before: given)
            if !arguments.used.isEmpty, Root.exitCode(for: error) == .validationFailure {
                Process.printError("Settings from the environment: \(arguments.used.joined(separator: ", ")).")
            }
            Root.exit(withError: Suggestions.improved(error, of: arguments.all.first))
        }
    }
}

extension Program {
    /// Parses the command line. The root command would create the options of all commands several times to find one, which takes half of
    /// the startup time. So the named command parses its own arguments, and the root only those that it rejects, for the error message.
    private static func parse(_ arguments: [String]) throws -> any ParsableCommand {
        let named = Root.configuration.subcommands.first { $0._commandName == arguments.first }
        if let command = try? named?.parse(Array(arguments.dropFirst())) { return command }
        return try Root.parseAsRoot(arguments)
    }

    /// Exits with a message if the first word is not a command: the parser would take it for an argument of `serve`.
    private static func refuseUnknown(_ word: String) {
        let commands = Root.commandNames
        guard !commands.contains(word) else { return }
        let isScenario = Suggestions.isScenario(word) { Process.stamp(of: $0) != nil }
        let nearest =
            isScenario
            ? " Did you mean 'serve --scenario \(word)'?" : nearestSetting(to: word, among: commands).map { " Did you mean '\($0)'?" } ?? ""
        Process.printError("There is no command '\(word)'.\(nearest) The commands are \(commands.joined(separator: ", ")).")
        Root.exit(withError: ExitCode.validationFailure)
    }
}

/// The root command.
struct Root: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keyfactor-mock",
        abstract: "A mock server for Keyfactor Command, for tests of its clients.",
        discussion: """
            Every option of serve, exec and healthcheck can also be set in the environment: --http-port as KEYFACTOR_MOCK_HTTP_PORT, and \
            so on. A flag overrides its variable.

            Exit codes: 0 success, 64 bad usage, 65 bad scenario, 69 port taken, certificate not usable, or no server; exec otherwise \
            returns its command's exit code. Of commands that ask a server, 1 is the answer no.
            """,
        version: Version.current,
        subcommands: [
            Serve.self, Exec.self, Healthcheck.self, VerifyCommand.self, JournalCommand.self, RulesCommand.self, ClockCommand.self,
            Init.self, Lint.self, Explain.self, Operations.self, Failures.self, Clients.self,
            FidelityPages.self, Schema.self,
        ],
        defaultSubcommand: Serve.self)

    /// The names of all commands.
    static var commandNames: [String] { configuration.subcommands.map { $0._commandName } }
}

/// A reason to exit: a message for stderr and an exit code.
struct Stop: Error, CustomStringConvertible {
    let code: ExitCode
    let description: String

    /// Prints the message to stderr.
    ///
    /// - Returns: the exit code to throw.
    func report() -> ExitCode {
        Process.printError(description)
        return code
    }
}

extension ExitCode {
    /// A scenario has mistakes (EX_DATAERR).
    static let badScenario = ExitCode(65)
    /// The server cannot listen (EX_UNAVAILABLE).
    static let unavailable = ExitCode(69)
    /// An expectation is not met.
    static let notMet = ExitCode(70)
}
