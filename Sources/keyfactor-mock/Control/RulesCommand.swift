import ArgumentParser
import Base
import MicroHTTP

/// `keyfactor-mock rules`: the rules of a running server.
struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "List the rules of a running server, add some, remove one.",
        discussion: """
            \(ControlOptions.discussion)

            Exit codes: 0; 1 there is no such rule or world; \(ControlOptions.exitCodes)
            """,
        subcommands: [List.self, Add.self, Remove.self],
        defaultSubcommand: List.self)

    /// `rules list`.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the rules in order, with how many requests each matched and struck.")

        @OptionGroup var options: ControlOptions

        mutating func run() throws {
            RulesCommand.show(try options.client().demand(.get, "rules"), isJSON: options.json)
        }
    }

    /// `rules add`.
    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a rule or a list of rules above those of the scenario, and print them.",
            discussion: """
                They have the format of the scenario's, and may have a ttl, after which they are removed: keyfactor-mock rules add \
                '{name: down, operation: GET /Agents, ttl: 5m, do: [{refuse: unavailable}]}'
                """)

        @Argument(
            help: ArgumentHelp("A file with rules, YAML or JSON; - for stdin; or their text.", valueName: "file"), completion: .scenario)
        var file: String

        @Flag(help: "Refuse names that do not exist.")
        var strict = false

        @OptionGroup var options: ControlOptions

        mutating func run() throws {
            let body = try ControlBody(file)
            let query = [("strict", strict ? "" : nil)]
            let reply = try options.client().demand(.post, "rules", query: query, body: body.bytes, from: body.name)
            RulesCommand.show(reply, isJSON: options.json)
        }
    }

    /// `rules remove`.
    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove a rule; exit code 1 if there is none of that name.")

        @Argument(help: ArgumentHelp("The rule's name.", valueName: "name"))
        var name: String

        @OptionGroup var options: ControlOptions

        mutating func run() throws {
            _ = try options.client().demand(.delete, "rules/\(ControlClient.encoded(name))")
        }
    }

    /// Prints a list of rules.
    private static func show(_ reply: ControlClient.Reply, isJSON: Bool) {
        guard !isJSON, let rules = try? JSONDocument(reply.body, values: .max).root.elements else {
            return ControlText.write(reply, isText: false)
        }
        ControlText.write(
            rows: rules.map { rule in
                let (matches, strikes) = (rule["matches"]?.integer ?? 0, rule["strikes"]?.integer ?? 0)
                let life = rule["live"]?.boolean == true ? ", live" + (rule["expires"]?.text.map { " until \($0)" } ?? "") : ""
                return [
                    rule["name"]?.text ?? "", rule["operation"]?.text ?? "", "struck \(strikes) of \(matches)",
                    (rule["do"]?.elements ?? []).compactMap(\.text).joined(separator: ", ") + life,
                ]
            })
        for warning in rules.flatMap({ $0["warnings"]?.elements ?? [] }) {
            Process.printError("warning: " + (warning.text ?? "").inOneLine)
        }
    }
}
