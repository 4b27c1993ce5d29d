import Testing

@testable import Rules
@testable import ScenarioFormat

/// Which calls a rule strikes.
struct CallsTests {
    @Test(arguments: [
        ("2", [2]), ("[1, 4]", [1, 4]), ("2-3", [2, 3]), ("3+", [3, 4, 5, 6, 7, 8, 9, 10]), ("every 5", [5, 10]), ("1-1", [1]),
        ("9-12", [9, 10]), ("every 1", Array(1...10)),
    ])
    func callsAreCountedFromOne(_ text: String, _ struck: [Int]) throws {
        let calls = Calls(reading: try YAMLNode.read(Array(text.utf8)))
        #expect((1...10).filter { calls.contains($0) } == struck)
    }

    @Test func withoutCallsEveryRequestIsStruck() { #expect((1...10).allSatisfy { Calls(reading: nil).contains($0) }) }
}
