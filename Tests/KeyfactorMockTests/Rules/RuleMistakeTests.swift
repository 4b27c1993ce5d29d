import TestSupport
import Testing

@testable import ScenarioFormat
@testable import Worlds

/// What is wrong with rules, or hardly meant, and how it is said.
struct RuleMistakeTests {
    static let wrong = """
        rules:
          - { name: a, operation: GET Agents, do: [] }
          - { name: a, operation: GET /Agents, calls: 3-2, do: [ { refuse: unavailible } ] }
          - { name: a, operation: GET /Agents, chance: 300%, do: [ { brake: reset } ] }
          - { name: b, operation: GET /Agents, maxRun: 2, do: [ { break: trunkate } ] }
          - { name: b, operation: GET /Agents, do: [ { break: truncate, over: 3s } ] }
          - { name: c, operation: GET /Agents, where: { boddy.Name: x }, do: [ { delay: 250 } ] }
          - { name: d, operation: GET /Agents, where: { body.Name: { regexp: x } }, do: [ { delay: 250ms, refuse: forbidden } ] }
          - { name: e, operation: GET /Agents, do: [ { answer: { headers: { Content-Length: "5" } } } ] }
          - { name: f, operation: GET /Agents, while: 5, per: user, do: [ { tls: expird } ] }
          - { name: g, operation: GET /Agents, do: [ { limit: { tokens: 5, refill: 1/d } } ] }
        """

    static let contradictory = """
        rules:
          - { name: a, operation: GET /Agents, calls: 3-2, do: [ { refuse: unavailable }, { answer: { status: 200 } } ] }
          - { name: a, operation: "GET /Agents/{id}", where: { path.ID: 5, query.a: { regex: "(" } }, maxRun: 2, do: [] }
          - { name: b, operation: GET /Agents, do: [ { tls: expired } ] }
          - { name: c, operation: connection, do: [ { refuse: forbidden } ] }
          - { name: d, operation: GET /Agents, do: [ { break: reset, at: connection } ] }
          - { name: e, operation: connection, do: [ { break: reset, at: reply } ] }
          - { name: f, operation: GET /Agents, do: [ { refuse: { failure: forbidden, message: No. } } ] }
          - { name: g, operation: GET /Agents, do: [ { refuse: { message: No. } } ] }
          - { name: h, operation: GET /Agents, do: [ { delay: { uniform: [ 2s, 1s ] } }, { delay: 2h, at: reply } ] }
          - { name: i, operation: GET /Agents, do: [ { limit: { tokens: 5, refill: 1/s } }, { refuse: forbidden } ] }
          - { name: j, operation: GET /Agents, do: [ { change: { certificateStores: [ { machine: a, path: b, agent: uo-9 } ] } } ] }
        """

    static let doubtful = """
        product: "10.5"
        rules:
          - { name: misspelt, operation: GET /Agnts, do: [ { refuse: forbidden } ] }
          - { name: too-new, operation: GET /Status/HealthCheck, do: [ { refuse: forbidden } ] }
          - { name: canned, operation: GET /Certificates, do: [ { answer: { body: [] } } ] }
          - { name: phase, operation: GET /Agents, while: degradet, do: [ { refuse: forbidden } ] }
          - { name: phases, operation: GET /Agents, calls: 1, becomes: degraded, do: [] }
          - { name: window, operation: GET /Agents, window: { from: +2h, to: +1h }, do: [ { refuse: forbidden } ] }
          - { name: never, operation: GET /Agents, chance: 0%, do: [ { refuse: forbidden } ] }
          - { name: form, operation: token, where: { body.client_id: x }, do: [ { refuse: unavailable } ] }
          - { name: all, operation: "GET /**", do: [ { refuse: unavailable } ] }
          - { name: shadowed, operation: GET /Agents, calls: 2, do: [ { refuse: forbidden } ] }
          - { name: open, operation: GET /Agents, unauthenticated: true, do: [ { refuse: forbidden } ] }
        """

    @Test(arguments: [("wrong", wrong), ("contradictory", contradictory)]) func mistakesAreDrawnWithTheirPlace(
        _ name: String, _ text: String
    ) {
        let drawn: String
        do throws(Mistakes) {
            _ = try Scenario(Array(text.utf8), now: Mock.noon)
            drawn = "no mistakes"
        } catch {
            drawn = error.drawn(file: "\(name).yaml", source: Array(text.utf8))
        }
        #expect(Golden.difference(drawn + "\n", "Tests/KeyfactorMockTests/Goldens/rules-\(name).txt") == nil)
    }

    @Test func warningsSayWhyARuleNeverStrikes() throws {
        let drawn = try Scenario(Array(Self.doubtful.utf8), now: Mock.noon).warnings.drawn(
            file: "doubtful.yaml", source: Array(Self.doubtful.utf8))
        #expect(Golden.difference(drawn + "\n", "Tests/KeyfactorMockTests/Goldens/rules-doubtful.txt") == nil)
    }
}
