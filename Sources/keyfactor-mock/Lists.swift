import ArgumentParser
import KeyfactorMock

/// `keyfactor-mock operations`: what is served.
struct Operations: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operations", abstract: "Print the operations served, one a line.")

    mutating func run() {
        for name in Catalogue.operations { print(name) }
    }
}

/// `keyfactor-mock failures`: what can be refused, and how well that is known.
struct Failures: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failures",
        abstract: "Print the refusals the mock gives: status, code, provenance, text.",
        discussion: "recorded: of a real server; documented: by the vendor; assumed: nobody could establish it.")

    mutating func run() {
        for line in Catalogue.refusals { print(line) }
    }
}

/// `keyfactor-mock schema`: the JSON Schema of scenario files, for editors.
struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema of scenario files.")

    mutating func run() {
        print(Catalogue.scenarioSchema)
    }
}
