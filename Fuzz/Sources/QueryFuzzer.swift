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

/// The query parser. The first byte selects the list, the rest is the query. It is parsed, or refused with a caret below the
/// error, and parentheses do not change its meaning.
enum QueryFuzzer {
    private static let estate = Common.scenario.estate
    private static let call = { () -> Call in
        let request = Request(.get, "/KeyfactorAPI/Agents")
        guard let query = try? QueryParameters(request) else { fatalError("an empty query is refused") }
        return Call(
            request: request, parameters: [], query: query, body: nil, caller: .anyone, now: Common.noon, product: .v25,
            fidelity: Fidelity())
    }()

    static func run(_ input: [UInt8]) {
        guard let choice = input.first else { return }
        let text = String(decoding: input.dropFirst(), as: UTF8.self)
        let view = call.view(.shown, estate)
        switch choice % 4 {
        case 0: check(text, Agent.model.queryFields(view), estate.agents.all)
        case 1: check(text, CertificateStore.model.queryFields(view), estate.stores.all)
        case 2: check(text, Job.model.queryFields(view), estate.jobs.scheduled.all)
        default: check(text, StoreType.model.queryFields(view), estate.storeTypes.all)
        }
    }

    private static func check<Row>(_ text: String, _ fields: [QueryField<Row>], _ rows: some Sequence<Row>) {
        do throws(Refusal) {
            guard let query = try Query.parse(text, fields, call) else { return }
            let passes = rows.map { query.matches($0) }
            _ = query.key
            guard let wrapped = try? Query.parse("(\(text))", fields, call) else {
                return always(text.utf8.count > 8190 || text.contains("("), "refused in parentheses: \(text)")
            }
            always(rows.map { wrapped.matches($0) } == passes, "parentheses change the meaning: \(text)")
        } catch {
            always(error.status == 400 && (try? JSONDocument(error.body)) != nil, "\(error.status) \(error.message)")
            let lines = error.message.split(separator: "\n", omittingEmptySubsequences: false)
            guard lines.count > 1 else { return always(text.utf8.count > 8192, error.message) }
            always(lines.count == 3 && lines[2].drop { $0 == " " }.hasPrefix("^"), "no caret: \(error.message)")
            always(lines[2].prefix { $0 == " " }.count <= lines[1].count, "the caret is past the end of the query: \(error.message)")
        }
    }
}
