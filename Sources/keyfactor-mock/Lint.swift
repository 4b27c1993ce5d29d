import ArgumentParser
import KeyfactorMock

/// `keyfactor-mock lint`: checks scenario files.
struct Lint: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Check scenario files.",
        discussion: "Shows every mistake with file, line, column, a caret and the nearest right word. Exit code 65 if there is one.")

    @Argument(help: ArgumentHelp("Scenario files, YAML or JSON.", valueName: "file"))
    var files: [String]

    mutating func run() throws {
        var isGood = true
        for file in files {
            guard let bytes = Process.read(file) else {
                Process.complain("\(file): cannot be read")
                isGood = false
                continue
            }
            do throws(Mistakes) {
                _ = try Scenario(bytes, now: TimeSource.system.now())
                print("\(file): no mistakes")
            } catch {
                Process.complain(error.drawn(file: file, source: bytes))
                isGood = false
            }
        }
        if !isGood { throw ExitCode.badScenario }
    }
}
