import ArgumentParser
import Base
import MicroHTTP

/// `keyfactor-mock verify`: judges what a running server has recorded.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Ask a running server whether what was expected has happened; exit code 0 if it has, 1 if not.",
        discussion: """
            Judges the expectations of the world's scenario, or those of a file: keyfactor-mock verify \
            '{expect: [{requests: {operation: GET /Agents}, count: 2}]}'

            \(ControlOptions.discussion)

            Exit codes: 0 met; 1 failed or indeterminate, or there is no such world; \(ControlOptions.exitCodes)
            """)

    @Argument(help: ArgumentHelp("A file with 'expect', YAML or JSON; - for stdin; or its text.", valueName: "file"), completion: .scenario)
    var file: String?

    @Flag(help: "Refuse names that do not exist.")
    var strict = false

    @OptionGroup var options: ControlOptions

    mutating func run() throws {
        let body = try file.map { try ControlBody($0) }
        let query = [("fail", "409"), ("format", options.json ? nil : "text"), ("strict", strict ? "" : nil)]
        let reply = try options.client().demand(
            .post, "verify", query: query, body: body?.bytes ?? [], from: body?.name, accepting: 409)
        ControlText.write(reply, isText: !options.json)
        if reply.status == 409 { throw ExitCode.no }
    }
}

/// A body that a user has given.
struct ControlBody {
    let name: String
    let bytes: [UInt8]

    /// Reads a file, stdin, or text that stands on the command line.
    ///
    /// - Parameter argument: as for `--scenario`.
    /// - Throws: a validation error if it cannot be read.
    init(_ argument: String) throws {
        let source = ScenarioSource(argument)
        name = source.name
        do throws(FileProblem) {
            bytes = try source.read()
        } catch {
            throw ValidationError("Cannot read '\(argument.abbreviated)'. \(error)")
        }
    }
}

/// What these commands print.
enum ControlText {
    /// Prints a response as it is.
    ///
    /// - Parameters:
    ///   - reply: the response.
    ///   - isText: whether it is for people: what could control a terminal is then shown as `?`.
    static func write(_ reply: ControlClient.Reply, isText: Bool) {
        let text = isText ? lines(reply.text) : reply.text
        Process.write(text.hasSuffix("\n") ? text : text + "\n", to: .standardOutput)
    }

    /// Text of several lines for a terminal.
    ///
    /// - Parameter text: any text.
    /// - Returns: the same lines, in which nothing controls the terminal.
    static func lines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).inOneLine }.joined(separator: "\n")
    }

    /// Prints rows whose columns stand below each other, with two spaces between them.
    ///
    /// - Parameter rows: the cells of each row; the last cell of a row is not padded.
    static func write(rows: [[String]]) {
        let rows = rows.map { $0.map(\.inOneLine) }
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in rows.map { column < $0.count - 1 ? $0[column].count : 0 }.max() ?? 0 }
        for row in rows {
            let cells = row.enumerated().map { column, cell in
                cell + String(repeating: " ", count: max(0, widths[column] - cell.count))
            }
            let line = cells.joined(separator: "  ")
            Process.write(String(line.reversed().drop { $0 == " " }.reversed()) + "\n", to: .standardOutput)
        }
    }
}
