import MicroHTTP
import TestSupport

@testable import Base
@testable import Command
@testable import Journal
@testable import Rules
@testable import Worlds

/// Exchanges, journals and judges for tests that need no server.
enum Samples {
    /// A second of the wall clock for each exchange.
    static func entry(
        _ method: MicroHTTP.Method = .get, _ path: String = "/Agents", status: Int = 200, caller: String = "ann", rule: String? = nil,
        body: String = "", reply: String = "", second: Int = 0, headers: [(String, String)] = []
    ) -> JournalEntry {
        let request = Request(method, "/KeyfactorAPI" + path, headers: headers, body: Array(body.utf8))
        let subject: JournalEntry.Subject =
            switch router.match(request) {
            case .endpoint(_, let number, _): .operation(number)
            default: .nothing
            }
        let wall = Mock.noon + .seconds(second)
        return JournalEntry(
            request, subject, caller: caller, at: wall, wall: wall, rule: rule, reply: Response(status, body: Array(reply.utf8)))
    }

    static let router = Router(bases: Scenario.standardBasePaths)

    static func journal(_ entries: [JournalEntry], _ budget: JournalBudget = JournalBudget(1 << 30)) -> Journal {
        var journal = Journal(budget)
        for entry in entries { journal.append(entry) }
        return journal
    }

    /// A judge of a journal in a world of no scenario.
    static func judge(_ journal: Journal, _ scenario: Scenario) -> Judge {
        Judge(
            journal: journal, estate: scenario.estate, book: scenario.rules, rules: RuleStates(scenario.rules), router: router,
            world: "default", scenario: scenario.name, seed: scenario.seed)
    }

    static func scenario(_ text: String = "") throws -> Scenario { try Scenario(Array(text.utf8), now: Mock.noon) }

    /// Expectations as a scenario writes them.
    static func expectations(_ text: String) throws -> [Expectation] { try scenario("expect: [ \(text) ]").expectations }

    /// What a judge finds for one expectation.
    static func result(_ text: String, _ entries: [JournalEntry]) throws -> Verdict.Result {
        judge(journal(entries), try scenario()).verdict(try expectations(text)).results[0]
    }
}
