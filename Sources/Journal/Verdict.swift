public import Base

/// Whether what was expected has happened and, if not, what came closest.
public struct Verdict: Sendable {
    /// How an expectation was judged.
    public enum Judgement: String, Sendable {
        case met, failed
        /// What could change it is no longer in the journal or the history.
        case indeterminate
    }

    /// One expectation, judged.
    public struct Result: Sendable {
        /// The expectation as it was written, as JSON.
        let expected: String
        /// The expectation as people say it: `POST /OrchestratorJobs/Custom, exactly 1`.
        let name: String
        /// What was found, as a phrase.
        let found: String
        let judgement: Judgement
        /// The exchanges that were counted, then those that came closest; none if it is met.
        let nearest: [Near]
        /// The rules about these requests that never struck; none if it is met.
        var idleRules: [String] = []

        /// What was found, and what is to be seen of it, line by line.
        fileprivate var details: [String] {
            let idle = idleRules.isEmpty ? [] : ["never struck: " + idleRules.map { "'\($0)'" }.joined(separator: ", ")]
            return ["found: \(found)"] + idle + nearest.flatMap(\.lines)
        }
    }

    /// An exchange that was counted, or does not match, and why.
    struct Near: Sendable {
        /// `nil` while the exchange is pending.
        let number: Int?
        let method: String
        let path: String
        let status: Int
        let criteria: [Criterion]
    }

    /// One requirement on an exchange.
    struct Criterion: Sendable, Equatable {
        let name: String
        let wanted: String
        let found: String
        let isMet: Bool
    }

    /// The scenario's name, and its seed, so that the run can be repeated.
    public let scenario: String
    let seed: UInt64
    /// The expectations in the order in which they were sent, each judged.
    public let results: [Result]
    /// The last exchanges, for reports.
    var exchanges: [JournalEntry] = []

    /// The worst of all: failed before indeterminate before met.
    public var judgement: Judgement {
        if results.contains(where: { $0.judgement == .failed }) { return .failed }
        return results.contains { $0.judgement == .indeterminate } ? .indeterminate : .met
    }
}

extension Verdict {
    /// The verdict as JSON.
    ///
    /// - Parameters:
    ///   - writer: what to write to.
    ///   - more: writes further members.
    public func write(to writer: inout JSONWriter, more: (inout JSONWriter) -> Void = { _ in }) {
        writer.object { writer in
            writer.member("verdict", judgement.rawValue)
            writer.member("seed", Int(seed))
            writer.name("results")
            writer.array(results) { writer, result in
                writer.object { writer in
                    writer.name("expected")
                    writer.raw(result.expected)
                    writer.member("found", result.found)
                    writer.member("verdict", result.judgement.rawValue)
                    writer.name("nearest")
                    writer.array(result.nearest) { $1.write(to: &$0) }
                    guard !result.idleRules.isEmpty else { return }
                    writer.name("neverStruck")
                    writer.array(result.idleRules) { $0.value($1) }
                }
            }
            more(&writer)
        }
    }

    /// The verdict as people read it: a line for each expectation, followed by what came closest if it is not met.
    public var text: String { text(inWorld: nil) }

    /// The verdict as people read it.
    ///
    /// - Parameter world: the world that it is about, where that is not clear.
    /// - Returns: its lines.
    public func text(inWorld world: String?) -> String {
        var lines = results.flatMap { result -> [String] in
            let mark = result.judgement == .met ? "met" : result.judgement.rawValue.uppercased()
            return ["  \(mark): \(Secrets.expectation(result.expected))"] + result.details.map { "    " + $0 }
        }
        let count = results.count { $0.judgement == .met }
        let whose = world.map { "expectations of world '\($0)'" } ?? "expectations"
        lines.insert("\(whose): \(judgement.rawValue), \(count) of \(results.count) met (seed \(seed))", at: 0)
        return lines.joined(separator: "\n")
    }

    /// The verdict as JUnit XML: a test case for each expectation, or one that was skipped where nothing is expected.
    ///
    /// - Parameter suite: the suite's name.
    /// - Returns: a whole document.
    public func junit(suite: String) -> String { Self.junitHead + junitSuite(suite) }

    /// Several verdicts as JUnit XML: a suite for each.
    public static func junit(_ suites: [(name: String, verdict: Verdict)]) -> String {
        junitHead + "<testsuites>\n" + suites.map { $0.verdict.junitSuite($0.name) }.joined() + "</testsuites>\n"
    }

    private static let junitHead = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

    private func junitSuite(_ suite: String) -> String {
        let failed = results.count { $0.judgement != .met }
        let name = suite == "unnamed" ? "keyfactor-mock" : suite
        var text =
            "<testsuite name=\"\(Self.escaped(name))\" tests=\"\(max(1, results.count))\""
        text += " failures=\"\(failed)\" errors=\"0\" skipped=\"\(results.isEmpty ? 1 : 0)\">\n"
        if results.isEmpty {
            text += "  <testcase classname=\"keyfactor-mock\" name=\"nothing is expected\">\n"
            text += "    <skipped message=\"the scenario has no part 'expect'\"/>\n  </testcase>\n"
        }
        let output =
            "    <system-out>\(Self.escaped(exchanges.isEmpty ? "no exchanges" : exchanges.map(\.line).joined(separator: "\n")))</system-out>\n"
        for result in results {
            text += "  <testcase classname=\"keyfactor-mock\" name=\"\(Self.escaped(result.name))\""
            guard result.judgement != .met else {
                text += "/>\n"
                continue
            }
            let details = (["expected: \(Secrets.expectation(result.expected))"] + result.details).joined(separator: "\n")
            text += ">\n    <failure type=\"\(result.judgement.rawValue)\" message=\"\(Self.escaped(result.found))\">"
            text += Self.escaped(details) + "</failure>\n" + output + "  </testcase>\n"
        }
        return text + (failed == 0 ? output : "") + "</testsuite>\n"
    }

    /// A text that may stand in XML 1.0; what may not becomes U+FFFD.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\n", "\t": escaped.unicodeScalars.append(scalar)
            case "\0"..<" ", "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

extension Verdict.Near {
    fileprivate var lines: [String] {
        ["\(criteria.allSatisfy(\.isMet) ? "counted" : "nearest"): \(number.map(String.init) ?? "pending") \(method) \(path) \(status)"]
            + criteria.map { "  \($0.isMet ? "✓" : "✗") \($0.name): wanted \($0.wanted), found \($0.found)" }
    }

    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("n", number)
            writer.member("method", method)
            writer.member("path", path)
            writer.member("status", status)
            writer.name("criteria")
            writer.array(criteria) { writer, criterion in
                writer.object { writer in
                    writer.member("criterion", criterion.name)
                    writer.member("wanted", criterion.wanted)
                    writer.member("found", criterion.found)
                    writer.member("met", criterion.isMet)
                }
            }
        }
    }
}
