import ArgumentParser
import Base
import Rules
import Worlds
import MicroHTTP

/// `keyfactor-mock explain`: which rules would strike a request.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show which rules of a scenario would strike a request, and why the others would not.",
        discussion: """
            Evaluates the rules in a new world, without a server: keyfactor-mock explain my.yaml --request 'POST /OrchestratorJobs/Custom' \
            --body '{"JobTypeName": "FetchLogs"}' --times 3
            """)

    @Argument(help: ArgumentHelp("A scenario file, YAML or JSON; - for stdin.", valueName: "file"), completion: .scenario)
    var file: String

    @Option(help: ArgumentHelp("METHOD and path below the base path, 'token', or 'connection'.", valueName: "request"))
    var request: String

    @Option(help: ArgumentHelp("The request's body.", valueName: "text"))
    var body: String?

    @Option(help: ArgumentHelp("A header field, 'Name: value'; repeatable.", valueName: "field"))
    var header: [String] = []

    @Option(help: ArgumentHelp("How many times the request is sent; 1 to 1000.", valueName: "count"))
    var times = 1

    @Option(help: ArgumentHelp("The world's name, on which chance depends.", valueName: "name"))
    var world = "default"

    @Flag(help: "The request fails to log in.")
    var unauthenticated = false

    mutating func run() throws {
        let source = ScenarioSource(file)
        let bytes: [UInt8]
        do throws(FileProblem) {
            bytes = try source.read()
        } catch {
            throw ValidationError("Cannot read '\(file.abbreviated)'. \(error)")
        }
        let scenario = try ServerOptions.read(bytes, named: source.name, Scenario.Overrides())
        let explanation = Explanation(
            of: try parsed(scenario), by: scenario, times: times, world: world, isAdmitted: !unauthenticated, now: TimeSource.system.now())
        for (call, lines) in explanation.calls.enumerated() {
            print(times == 1 ? request : "\(request), time \(call + 1)")
            let width = lines.map(\.rule.count).max() ?? 0
            for line in lines {
                let gap = String(repeating: " ", count: width - line.rule.count)
                print("  \(line.strikes ? "*" : " ") \(line.rule)\(gap)  \(line.why)")
            }
            if !lines.contains(where: \.strikes) { print("    No rule strikes: the response is that of Command.") }
        }
    }

    /// The request of the options; `nil` for a connection.
    private func parsed(_ scenario: Scenario) throws -> Request? {
        if request == "connection" { return nil }
        guard (1...1000).contains(times) else { throw ValidationError("--times must be a number from 1 to 1000.") }
        let headers = try header.map { field in
            let parts = field.split(separator: ":", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw ValidationError("--header must be 'Name: value', found '\(field)'.") }
            return (parts[0], String(parts[1].drop { $0 == " " }))
        }
        let body = Array((body ?? "").utf8)
        if request == "token" { return Request(.post, "/oauth2/token", headers: headers, body: body) }
        let parts = request.split(separator: " ", maxSplits: 1).map(String.init)
        guard parts.count == 2, parts[1].hasPrefix("/") else {
            throw ValidationError("--request must be METHOD and path, such as 'POST /OrchestratorJobs/Custom', found '\(request)'.")
        }
        let hasBase = scenario.basePaths.contains { (parts[1].lowercased() + "/").hasPrefix($0.lowercased() + "/") }
        let path = hasBase ? parts[1] : scenario.basePaths[0] + parts[1]
        return Request(Method(parts[0]), path, headers: headers, body: body)
    }
}
