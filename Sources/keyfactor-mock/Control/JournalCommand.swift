import ArgumentParser
import Base
import MicroHTTP

/// `keyfactor-mock journal`: what a running server has recorded.
struct JournalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal",
        abstract: "Print the requests that a running server has recorded, the newest last, or one of them whole.",
        discussion: """
            \(ControlOptions.discussion)

            Exit codes: 0; 1 there is no such exchange or world; \(ControlOptions.exitCodes)
            """)

    @Argument(help: ArgumentHelp("The number of an exchange, to print it with header fields and bodies.", valueName: "n"))
    var number: Int?

    @Option(help: ArgumentHelp("Only this operation, such as 'GET /Agents', or token.", valueName: "operation"))
    var operation: String?
    @Option(help: ArgumentHelp("Only this status.", valueName: "status"))
    var status: Int?
    @Option(help: ArgumentHelp("Only what this rule struck.", valueName: "name"))
    var rule: String?
    @Option(help: ArgumentHelp("Only this user, client or address.", valueName: "name"))
    var caller: String?
    @Option(help: ArgumentHelp("Only what came after the exchange with this number.", valueName: "n"))
    var since: Int?
    @Option(help: ArgumentHelp("How many of the last ones at most, 0 to 100000.", valueName: "n"))
    var limit = 100
    @Flag(help: "Refuse names that do not exist.")
    var strict = false

    @OptionGroup var options: ControlOptions

    mutating func validate() throws {
        guard (0...100_000).contains(limit) else { throw ValidationError("--limit: expected 0 to 100000, found \(limit).") }
        let hasFilter = [operation != nil, status != nil, rule != nil, caller != nil, since != nil, strict, limit != 100].contains(true)
        if number != nil, hasFilter { throw ValidationError("A number names one exchange: leave out the other options.") }
    }

    mutating func run() throws {
        let client = try options.client()
        if let number {
            let reply = try client.demand(.get, "journal/\(number)")
            guard !options.json, let exchange = try? JSONDocument(reply.body).root else { return ControlText.write(reply, isText: false) }
            return print(Self.whole(exchange))
        }
        let query = [
            ("operation", operation), ("status", status.map(String.init)), ("rule", rule), ("caller", caller),
            ("since", since.map(String.init)), ("limit", String(limit)), ("strict", strict ? "" : nil),
        ]
        let reply = try client.demand(.get, "journal", query: query)
        guard !options.json, let page = try? JSONDocument(reply.body, values: .max).root else {
            return ControlText.write(reply, isText: false)
        }
        for exchange in (page["exchanges"]?.elements ?? []).reversed() { print(Self.line(exchange)) }
        if let evicted = page["evicted"]?.integer, evicted > 0 { Process.printError("Older exchanges that were dropped: \(evicted).") }
        for warning in page["warnings"]?.elements ?? [] { Process.printError("warning: " + (warning.text ?? "").inOneLine) }
    }

    /// An exchange in a line: number, time, request, what became of it, who sent it, the rule, the reason.
    private static func line(_ exchange: JSONValue) -> String {
        let delivery = exchange["delivery"]?.text ?? "whole"
        let status = exchange["status"]?.integer.map { delivery == "whole" ? "\($0)" : "\($0) \(delivery)" } ?? delivery
        let query = exchange["query"]?.text.map { $0.isEmpty ? "" : "?" + $0 } ?? ""
        let words = [
            exchange["n"]?.integer.map(String.init) ?? "-", exchange["at"]?.text ?? "-", exchange["method"]?.text ?? "-",
            (exchange["path"]?.text ?? "-") + query, status, "by", exchange["caller"]?.text ?? "-",
        ]
        let rule = exchange["rule"]?.text.map { " (rule '\($0)')" } ?? ""
        return (words.joined(separator: " ") + rule + (exchange["why"]?.text.map { ": \($0)" } ?? "")).inOneLine
    }

    /// An exchange with its header fields and bodies.
    private static func whole(_ exchange: JSONValue) -> String {
        var lines = [line(exchange)]
        for (title, headers, body) in [("request", "headers", "body"), ("reply", "replyHeaders", "replyBody")] {
            lines += ["", title]
            for (name, value) in exchange[headers]?.members ?? [] { lines.append("  \(name): \(value.text ?? value.source)") }
            guard let body = exchange[body], !body.isNull else { continue }
            let text = body.text ?? body.source
            if !text.isEmpty { lines += [""] + text.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" } }
        }
        return ControlText.lines(lines.joined(separator: "\n"))
    }
}
