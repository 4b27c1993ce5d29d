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

/// `keyfactor-mock failures`: what rules can send by name, and how well that is known.
struct Failures: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failures",
        abstract: "Print the failures that rules can name: name, status, code, provenance, when.",
        discussion: """
            recorded: of a real server, kept as it was; documented: by the vendor; assumed: nobody could establish it, and a rule may change \
            its parts. With --own the refusals that the mock gives of its own accord: status, code, provenance, text.
            """)

    @Flag(help: "Print the refusals that the mock gives without any rule.")
    var own = false

    mutating func run() {
        for line in own ? Catalogue.refusals : Catalogue.failures { print(line) }
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
