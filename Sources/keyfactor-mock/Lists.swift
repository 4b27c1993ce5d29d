import ArgumentParser
import KeyfactorMock
import Worlds

/// `keyfactor-mock operations`: the supported operations.
struct Operations: ParsableCommand {
    /// How the operations are printed.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, http, postman
    }

    static let configuration = CommandConfiguration(
        commandName: "operations",
        abstract: "Print the supported operations, one per line, or a request for each.",
        discussion: """
            Two formats are collections of requests for programs with which people send them: http for the REST clients of VS Code and \
            JetBrains, postman for Postman, and for Bruno and others that import its collections. Their ids are those of the scenario, by \
            default of the small estate that serve begins with:

              keyfactor-mock operations --format http > keyfactor.http

            Where the scenario has none of a kind, the id is 1, and the answer a 404.
            """)

    @Option(help: "The format.")
    var format = Format.text
    @Option(help: ArgumentHelp("The scenario whose release and ids a collection has.", valueName: "file"), completion: .scenario)
    var scenario: String?
    @Option(help: ArgumentHelp("Where the server of a collection is.", valueName: "url"))
    var url = "http://localhost:8080"

    mutating func validate() throws {
        guard url.wholeMatch(of: #/https?://[A-Za-z0-9._:\[\]-]+/#) != nil else {
            throw ValidationError("--url: expected an address such as http://localhost:8080, found '\(url.prefix(80))'.")
        }
    }

    mutating func run() throws {
        guard format != .text else { return print(Catalogue.operations.joined(separator: "\n")) }
        let body = try scenario.map { try ControlBody($0) }
        let read = try ServerOptions.read(
            body?.bytes ?? [], named: body?.name ?? "no scenario", Scenario.Overrides(accessMode: AccessPolicy.Mode.none))
        let collection = RequestCollection(read)
        print(format == .http ? collection.http(host: url) : collection.postman(host: url), terminator: format == .http ? "" : "\n")
    }
}

/// `keyfactor-mock failures`: the failures that rules can name, with their provenance.
struct Failures: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failures",
        abstract: "Print the failures that rules can name: name, status, code, provenance, when.",
        discussion: """
            Provenance: recorded, from a real server and not changeable; documented, by the vendor; assumed, not known for certain, and \
            rules may change its parts. With --own, prints the refusals that the mock sends by itself: status, code, provenance, text.
            """)

    @Flag(help: "Print the refusals that the mock sends without any rule.")
    var own = false

    mutating func run() {
        for line in own ? Catalogue.refusals : Catalogue.failures { print(line) }
    }
}

/// `keyfactor-mock schema`: the JSON Schema of scenario files, for editors.
struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of scenario files, for editors.",
        discussion: """
            Editors complete and check a scenario while you type, if they have a YAML language server, as VS Code has with the extension \
            YAML of Red Hat. It finds the schema by the first line of the file. Write the schema beside your scenario:

              keyfactor-mock schema > scenario.schema.json

            and begin the scenario with this line, in which a path counts from the scenario's folder:

              # yaml-language-server: $schema=scenario.schema.json

            A running server has the same schema at /_mock/scenario.schema.json. It is in draft-07, the latest that these servers read.
            """)

    mutating func run() {
        print(Catalogue.scenarioSchema)
    }
}

/// `keyfactor-mock fidelity`: how far responses can be believed.
struct FidelityPages: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fidelity",
        abstract: "Print how far responses can be believed: what is recorded, documented or assumed.",
        discussion: "Without a page, prints the index, which lists the pages.")

    @Argument(help: "The page, such as orchestrators, certificate-stores or switches.")
    var page: String?

    mutating func run() throws {
        guard let page else { return print(FidelityPage.index.text, terminator: "") }
        guard let found = FidelityPage.all.first(where: { $0.name == page }) else {
            throw ValidationError("There is no page '\(page)'; one of \(FidelityPage.all.map(\.name).joined(separator: ", ")).")
        }
        print(found.text, terminator: "")
    }
}
