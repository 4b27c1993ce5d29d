import ArgumentParser
import Base
import KeyfactorMock
import MicroHTTP

/// `keyfactor-mock init`: writes what a first test needs.
struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a first scenario, a test with pytest, and a workflow for CI.",
        discussion: """
            Asks nothing and overwrites nothing: if one of the files exists, none is written, with exit code 73. Writes \
            \(FirstFiles.paths.joined(separator: ", ")).
            """)

    @Argument(help: ArgumentHelp("The folder, which is created if it does not exist.", valueName: "folder"), completion: .directory)
    var folder = "."

    mutating func run() throws {
        let files = FirstFiles.all.map { (path: folder == "." ? $0.path : "\(folder)/\($0.path)", text: $0.text) }
        for file in files where Process.stamp(of: file.path) != nil {
            throw Stop(
                code: .cannotCreate, description: "\(file.path.abbreviated) exists, and init overwrites nothing. Choose another folder."
            ).report()
        }
        for file in files {
            do throws(FileProblem) {
                let parent = file.path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
                if !parent.isEmpty { try WholeFile.createFolder(parent) }
                try WholeFile.create(file.path, Array(file.text.utf8))
            } catch {
                throw Stop(code: .cannotCreate, description: "Cannot create \(file.path.abbreviated): \(error)").report()
            }
            print("created \(file.path.inOneLine)")
        }
        print(FirstFiles.advice(folder: folder.inOneLine))
    }
}

extension ExitCode {
    /// A file cannot be created (EX_CANTCREAT).
    static let cannotCreate = ExitCode(73)
}
