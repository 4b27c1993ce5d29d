import ArgumentParser
import KeyfactorMock
import MicroHTTP

/// Where the process begins: settings from the environment are put before those on the command line, then one command runs.
@main
enum Program {
    static func main() {
        ProcessMemory.useOneHeap()
        let given = Array(CommandLine.arguments.dropFirst())
        if let word = given.first, !word.hasPrefix("-"), word != "help" { refuseUnknown(word) }
        let settings = EnvironmentSettings(Process.environment)
        let arguments = settings.arguments(before: given, commands: Root.configuration.subcommands.map { $0._commandName })
        do {
            var command = try parse(arguments.all)
            try command.run()
        } catch {
            if !arguments.used.isEmpty, Root.exitCode(for: error) == .validationFailure {
                Process.complain("Settings from the environment: \(arguments.used.joined(separator: ", ")).")
            }
            Root.exit(withError: error)
        }
    }
}

extension Program {
    /// Reads the command line. The root makes the options of all commands to find one, several times over, which is half of all that a
    /// start costs: so the command that is named reads its own, and only what it cannot read goes to the root, which says why.
    private static func parse(_ arguments: [String]) throws -> any ParsableCommand {
        let named = Root.configuration.subcommands.first { $0._commandName == arguments.first }
        if let command = try? named?.parse(Array(arguments.dropFirst())) { return command }
        return try Root.parseAsRoot(arguments)
    }

    /// Ends with a sentence where the first word is no command: the parser would take it for an argument of `serve`.
    private static func refuseUnknown(_ word: String) {
        let commands = Root.configuration.subcommands.map { $0._commandName }
        guard !commands.contains(word) else { return }
        let nearest = nearestSetting(to: word, among: commands).map { " Did you mean '\($0)'?" } ?? ""
        Process.complain("There is no command '\(word)'.\(nearest) The commands are \(commands.joined(separator: ", ")).")
        Root.exit(withError: ExitCode.validationFailure)
    }
}

/// The command line's root.
struct Root: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keyfactor-mock",
        abstract: "A stand-in for Keyfactor Command that client developers point their tests at.",
        discussion: """
            Every option can also be set in the environment: --http-port as KEYFACTOR_MOCK_HTTP_PORT and so on; a flag outranks it.

            Exit codes: 0 done, 64 bad usage, 65 bad scenario, 69 port taken or certificate not usable; exec otherwise ends with its \
            command's.
            """,
        version: Version.current,
        subcommands: [Serve.self, Exec.self, Healthcheck.self, Lint.self, Explain.self, Operations.self, Failures.self, Schema.self],
        defaultSubcommand: Serve.self)
}

/// Ends the program with a sentence on stderr and an exit code.
struct Stop: Error, CustomStringConvertible {
    let code: ExitCode
    let description: String

    /// Says the sentence.
    ///
    /// - Returns: the exit code to throw.
    func said() -> ExitCode {
        Process.complain(description)
        return code
    }
}

extension ExitCode {
    /// A scenario file is wrong (EX_DATAERR).
    static let badScenario = ExitCode(65)
    /// The server cannot listen (EX_UNAVAILABLE).
    static let unavailable = ExitCode(69)
}
