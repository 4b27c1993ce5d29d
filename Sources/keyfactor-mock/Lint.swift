import ArgumentParser
import Base
import Journal
import MicroHTTP
import ScenarioFormat
import Worlds

/// `keyfactor-mock lint`: checks scenario files.
struct Lint: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Check scenario files.",
        discussion: """
            Shows every mistake with file, line, column, a caret and a suggestion; exit code 65 if there is one. Warns about rules that \
            never strike; with --strict a warning counts as a mistake.
            """)

    @Flag(help: "Count warnings as mistakes.")
    var strict = false

    @Argument(help: ArgumentHelp("Scenario files, YAML or JSON; - for stdin.", valueName: "file"), completion: .scenario)
    var files: [String]

    mutating func run() throws {
        var isGood = true
        for file in files {
            let source = ScenarioSource(file)
            let name = source.name
            let bytes: [UInt8]
            do throws(FileProblem) {
                bytes = try source.read()
            } catch {
                Process.printError("\(name.abbreviated): cannot be read. \(error)")
                isGood = false
                continue
            }
            do throws(Mistakes) {
                let warnings = try Scenario(bytes, now: TimeSource.system.now()).warnings
                let count =
                    warnings.all.isEmpty ? "" : ", warnings: \(warnings.all.count)\(strict ? "" : ", which --strict counts as mistakes")"
                Process.write("\(name): no mistakes\(count)\n", to: .standardOutput)
                if !warnings.all.isEmpty { Process.printError(warnings.shown(file: name, source: bytes)) }
                if strict, !warnings.all.isEmpty { isGood = false }
            } catch {
                Process.printError(error.shown(file: name, source: bytes))
                isGood = false
            }
        }
        if !isGood { throw ExitCode.badScenario }
    }
}
