import MicroHTTP
import TestSupport
import Testing

@testable import Rules
@testable import ScenarioFormat
@testable import Worlds

/// What is too large in rules, and is refused before it costs anything. Found by fuzzing.
struct RuleBoundsTests {
    private static func mistakes(_ text: String) -> [Mistake] {
        do throws(Mistakes) {
            _ = try Scenario(Array(text.utf8), now: Mock.noon)
            return []
        } catch {
            return error.all
        }
    }

    private static func rule(operation: String = "GET /Agents", regex: String = "a") -> String {
        "rules: [ { operation: '\(operation)', where: { header.x: { regex: '\(regex)' } }, do: [ { refuse: unavailable } ] } ]"
    }

    @Test(arguments: [
        String(repeating: "[", count: 10_000), "[" + String(repeating: "a&&", count: 20_000) + "a]",
        String(repeating: "[a]", count: 65), String(repeating: "a", count: 1001),
    ])
    func aRegularExpressionThatIsTooLargeIsRefused(_ regex: String) {
        let mistakes = Self.mistakes(Self.rule(regex: regex))
        #expect(mistakes.map(\.message) == ["this regular expression is too large"])
        #expect(mistakes.first?.hint == "at most 1000 bytes, of which at most 64 are '['")
    }

    @Test(arguments: [String(repeating: "[a]", count: 64), String(repeating: "a", count: 1000)])
    func aLargeRegularExpressionIsAccepted(_ regex: String) {
        #expect(Self.mistakes(Self.rule(regex: regex)).isEmpty)
    }

    @Test func aWordThatIsTooLongForItsPatternIsRefused() {
        let long = "GET /" + String(repeating: "a/", count: 2050) + "a"
        #expect(Self.mistakes(Self.rule(operation: long)).first?.hint == "it may have at most 4096 bytes")
        #expect(Self.mistakes(Self.rule(operation: String(long.prefix(4095)) + "a")).isEmpty)
    }

    @Test func rulesWithoutANameAreNumbered() throws {
        let rules = String(repeating: "  - { operation: GET /Agents, do: [] }\n", count: RuleBook.most)
        let scenario = try Scenario(Array("rules:\n\(rules)".utf8), now: Mock.noon)
        #expect(Set(scenario.rules.rules.map(\.name)).count == RuleBook.most)
        #expect(scenario.rules.rules.last?.name == "GET /Agents (10000)")
    }

    @Test func tooManyRulesAreRefused() throws {
        let rules = String(repeating: "  - { operation: GET /Agents, do: [] }\n", count: RuleBook.most + 1)
        let mistakes = Self.mistakes("rules:\n\(rules)")
        #expect(mistakes.map(\.message) == ["a scenario has at most 10000 rules, found 10001"])
        #expect(mistakes.first?.line == 10_002)
        #expect(try Mock().send(.post, "/_mock/rules", body: rules).body.contains("A world has at most 10000 rules."))
    }
}
