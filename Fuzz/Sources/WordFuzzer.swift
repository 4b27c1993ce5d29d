import MicroHTTP

@testable import Base
@testable import Command
@testable import Entities
@testable import Journal
@testable import KeyfactorMock
@testable import Model
@testable import Orchestrators
@testable import Rules
@testable import ScenarioFormat
@testable import Security
@testable import Stores
@testable import Worlds

/// Times, durations, numbers, identifiers, credentials and regular expressions. The first byte selects how the rest is parsed.
enum WordFuzzer {
    static func run(_ input: [UInt8]) {
        guard let choice = input.first else { return }
        let bytes = input.dropFirst()
        let text = String(decoding: bytes, as: UTF8.self)
        switch choice % 6 {
        case 0: time(text)
        case 1: scalar(text)
        case 2: identifier(text)
        case 3: credential(Array(bytes))
        case 4: form(Array(bytes))
        default: pattern(text)
        }
    }

    private static func time(_ text: String) {
        guard let moment = Timestamp(text) else { return }
        always(Timestamp(moment.iso) == moment, "\(text) is formatted as \(moment.iso), which is another time")
        always(moment.httpDate.utf8.count == 29, moment.httpDate)
        let parts = moment.parts
        let again = Timestamp(
            year: parts.year, month: parts.month, day: parts.day, hour: parts.hour, minute: parts.minute, second: parts.second,
            tick: parts.tick)
        always(again == moment, "\(moment.iso) has the parts \(parts)")
    }

    private static func scalar(_ text: String) {
        let node = YAMLNode(content: .scalar(text, quoted: false), mark: Mark(line: 1, column: 1, width: 0))
        if let moment = node.time?.resolved(from: Common.noon) { always(Timestamp(moment.iso) == moment, moment.iso) }
        if let duration = node.duration { always(duration >= .zero && (Common.noon + duration) >= Common.noon, "\(duration)") }
        always(node.integer == nil || node.number != nil, "a whole number that is not a number: \(text)")
        always(node.json != nil, "not converted to JSON: \(text)")
    }

    private static func identifier(_ text: String) {
        guard let id = GUID(text) else { return }
        always(GUID(id.text) == id && id.text.utf8.count == 36, "\(text) is \(id.text)")
    }

    private static func credential(_ bytes: [UInt8]) {
        _ = Credential(header: bytes[...])
        _ = Base64.decode(bytes[...])
    }

    private static func form(_ bytes: [UInt8]) {
        let type = [("Content-Type", "application/x-www-form-urlencoded")]
        do throws(TokenRequest.Failure) {
            _ = try TokenRequest(Request(.post, "/oauth2/token", headers: type, body: bytes))
        } catch {
            Common.check(error.response, to: "a form")
        }
    }

    /// A regular expression in the first line, and a text in the rest. Expressions with several repetitions may take forever, so they
    /// are only parsed.
    private static func pattern(_ text: String) {
        let lines = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        let expression = String(lines[0])
        guard TextPattern.isBounded(expression), let pattern = try? TextPattern(expression) else { return }
        guard expression.count(where: { "*+?{".contains($0) }) <= 1 else { return }
        _ = pattern.isFound(in: lines.count > 1 ? String(lines[1]) : "")
    }
}
