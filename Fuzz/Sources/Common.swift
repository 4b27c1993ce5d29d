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

/// Shared by several fuzzers.
enum Common {
    /// The time of all requests.
    static let noon = Timestamp(year: 2026, month: 11, day: 22, hour: 12)!
    static let time = TimeSource { noon }

    /// A scenario with a little of everything, without rules.
    static let scenario = read(text, estateBytes: 256 << 20)
    /// The same with little room.
    static let tightScenario = read(text, estateBytes: tight)
    /// The least room, in bytes.
    static let tight = 1 << 20

    private static let text =
        """
        fidelity: { bindingErrors: problem }
        auth: { clients: [ { id: ci, secret: s } ] }
        estate:
          containers: [ { id: 3, name: Web } ]
          certificateStores:
            - { machine: web-2, path: /etc/ssl/shop.pem, agent: uo-1, container: Web, schedule: { Interval: { Minutes: 60 } } }
            - { machine: web-3, path: 'C:\\store', agent: uo-1 }
          jobs:
            - { jobType: SampleCustomJobType, agent: uo-1, schedule: { Interval: { Minutes: 60 } }, fields: { ParamInt: 1 } }
        """

    private static func read(_ text: String, estateBytes: Int) -> Scenario {
        do throws(Mistakes) {
            return try Scenario(Array(text.utf8), now: noon, overrides: .init(estateBytes: estateBytes))
        } catch {
            fatalError(error.drawn(file: "scenario", source: Array(text.utf8)))
        }
    }

    /// The final response of an answer, without delays; `nil` if there is none, or if it keeps waiting.
    static func settle(_ answer: Answer, rounds: Int = 4) -> Response? {
        switch answer {
        case .ready(let response): response
        case .later(_, _, let then), .until(_, _, let then): rounds > 0 ? settle(then(), rounds: rounds - 1) : nil
        case .never: nil
        }
    }

    /// Checks that what worlds hold is counted rightly, and bounded but for what no request is refused for: keys, tokens, time.
    static func checkBudget(of server: MockServer) {
        for world in server.worlds.all {
            let estate = world.estate
            let counted = estate.stores.bytes.held + estate.agents.bytes.held + estate.jobs.scheduled.bytes.held
            let walked = bytes(estate.stores) + bytes(estate.agents) + bytes(estate.jobs.scheduled)
            always(counted == walked, "\(counted) bytes are counted, and \(walked) are held")
        }
        let budget = server.worlds.budget
        always(budget.used <= budget.limit + (1 << 20), "\(budget.used) bytes of \(budget.limit)")
    }

    private static func bytes<Key, Row>(_ table: Table<Key, Row>) -> Int { table.all.reduce(0) { $0 + Table<Key, Row>.bytes(of: $1) } }

    /// Checks the invariants of all responses that were not made by a rule.
    static func check(_ response: Response, to request: String) {
        always((200...599).contains(response.status) && response.status != 500, "\(response.status) to \(request)")
        always(response.headers.allSatisfy { !$0.name.isEmpty }, "a header field without a name to \(request)")
        let type = response.headers.first { $0.name.lowercased() == "content-type" }?.value ?? ""
        guard type.contains("json"), !response.body.isEmpty else { return }
        do throws(JSONMistake) {
            _ = try JSONDocument(response.body, values: .max)
        } catch {
            fatalError("\(error) in the answer to \(request): \(String(decoding: response.body, as: UTF8.self))")
        }
    }
}
