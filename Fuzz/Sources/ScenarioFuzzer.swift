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

/// The scenario parser: YAML, shape, scenario, rule book. Mistakes are inside the text and can be shown; valid scenarios can be served.
enum ScenarioFuzzer {
    static func run(_ input: [UInt8]) {
        do throws(Mistakes) {
            let scenario = try Scenario(input, now: Common.noon, overrides: .init(estateBytes: Common.tight))
            always(scenario.estate.bytes.held <= Common.tight, "an estate of \(scenario.estate.bytes.held) bytes")
            serve(scenario)
        } catch {
            check(error, of: input)
        }
    }

    private static func check(_ mistakes: Mistakes, of input: [UInt8]) {
        always(!mistakes.all.isEmpty, "refused without a mistake")
        let lines = input.count { $0 == 0x0A || $0 == 0x0D } + 2 + input.count / 2
        for mistake in mistakes.all {
            always(mistake.line >= 1 && mistake.line <= lines && mistake.column >= 1, "\(mistake)")
            always(!mistake.message.isEmpty && !mistake.message.contains("\n"), "\(mistake)")
        }
        let drawn = mistakes.drawn(file: "x.yaml", source: input)
        always(drawn.utf8.count < 20_000 + 20 * 2000, "\(drawn.utf8.count) bytes of drawing")
        let isPrintable = drawn.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control || $0 == "\n" || $0 == "\t" }
        always(isPrintable, "a control character in: \(drawn)")
    }

    /// Sends various requests to a server with the scenario.
    private static func serve(_ scenario: Scenario) {
        for warning in scenario.warnings.all { always(warning.line >= 1, "\(warning)") }
        let server = MockServer(scenario: scenario, time: Common.time)
        _ = server.connected(isSecure: true, peer: "127.0.0.1")
        let base = scenario.basePaths.first ?? "/KeyfactorAPI"
        let headers = [("x-keyfactor-requested-with", "APIClient"), ("Host", "localhost"), ("Authorization", "Basic bWU6eA==")]
        func ask(_ method: Method, _ target: String, _ body: String = "") {
            let response = Common.settle(server.answer(Request(method, target, headers: headers, body: Array(body.utf8))))
            guard target.hasPrefix("/_mock/"), let response else { return }
            Common.check(response, to: "\(method.name) \(target)")
        }
        for path in ["Agents", "CertificateStores?ReturnLimit=5", "OrchestratorJobs/ScheduledJobs", "JobTypes/Custom"] {
            ask(.get, "\(base)/\(path)")
        }
        ask(.post, base + "/OrchestratorJobs/Custom", #"{"JobTypeName":"SampleCustomJobType","JobFields":{"ParamInt":"aaaa"}}"#)
        ask(.post, "/oauth2/token", "grant_type=client_credentials&client_id=ci&client_secret=s")
        for page in ["estate", "jobs", "rules", "coverage", "clock", "info"] { ask(.get, "/_mock/\(page)") }
        ask(.post, "/_mock/clock/advance", #"{"by":"1d"}"#)
        ask(.post, "/_mock/verify")
        ask(.get, base + "/OrchestratorJobs/JobHistory")
        ask(.post, "/_mock/reset")
        Common.checkBudget(of: server)
    }
}
