import Testing

@testable import Command
@testable import Model
@testable import Rules

/// Which requests an operation in a rule means.
struct OperationPatternTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let pattern, method, path: String
        let matches: Bool
        let why: String
        var testDescription: String { "\(pattern) \(matches ? "means" : "does not mean") \(method) \(path): \(why)" }
    }

    static let cases = [
        Case(pattern: "GET /Agents", method: "GET", path: "Agents", matches: true, why: "the same"),
        Case(pattern: "GET /Agents", method: "GET", path: "aGENTS", matches: true, why: "IIS does not look at case"),
        Case(pattern: "GET /Agents", method: "POST", path: "Agents", matches: false, why: "another method"),
        Case(pattern: "GET /Agents", method: "HEAD", path: "Agents", matches: true, why: "HEAD goes where GET goes"),
        Case(pattern: "HEAD /Agents", method: "GET", path: "Agents", matches: false, why: "but GET not where HEAD goes"),
        Case(pattern: "GET /Agents", method: "GET", path: "Agents/1", matches: false, why: "a longer path"),
        Case(pattern: "GET /Agents/*", method: "GET", path: "Agents/1", matches: true, why: "a star is one segment"),
        Case(pattern: "GET /Agents/*", method: "GET", path: "Agents", matches: false, why: "one, not none"),
        Case(pattern: "GET /Agents/*", method: "GET", path: "Agents/1/Reset", matches: false, why: "one, not two"),
        Case(pattern: "GET /Agents/{id}", method: "GET", path: "Agents/1", matches: true, why: "a parameter matches as * does"),
        Case(pattern: "* /**", method: "DELETE", path: "Agents/1", matches: true, why: "everything"),
        Case(pattern: "* /**", method: "GET", path: "", matches: true, why: "the rest may be nothing"),
        Case(pattern: "* /Agents/**", method: "GET", path: "Agents", matches: true, why: "the rest may be nothing below a path too"),
        Case(pattern: "* /Agents/**", method: "GET", path: "JobTypes/Custom", matches: false, why: "another path"),
        Case(pattern: "POST /*/Custom", method: "POST", path: "JobTypes/Custom", matches: true, why: "a star in the middle"),
        Case(pattern: "token", method: "POST", path: "token", matches: false, why: "the token endpoint is no path"),
    ]

    @Test(arguments: cases) func aPatternMatches(_ each: Case) {
        let path = each.path.split(separator: "/").map(String.init)
        #expect(OperationPattern(each.pattern).matches(method: each.method, path: path) == each.matches)
    }

    @Test(arguments: [
        ("* /**", "GET /Agents", true), ("* /**", "GET /**", true), ("GET /**", "* /**", false), ("GET /*", "GET /Agents", true),
        ("GET /Agents", "GET /*", false), ("GET /Agents/{id}", "GET /Agents/{other}", true), ("GET /Agents/**", "GET /Agents", true),
        ("GET /Agents/*", "GET /Agents/**", false), ("token", "token", true), ("* /**", "token", false), ("connection", "token", false),
    ])
    func aPatternCoversAnother(_ pattern: String, _ other: String, _ covers: Bool) {
        #expect(OperationPattern(pattern).covers(OperationPattern(other)) == covers)
    }

    /// What covers another meets it, and what meets it is met by it, for all pairs.
    @Test func aPatternThatCoversAnotherMeetsIt() {
        let patterns = [
            "* /**", "GET /**", "GET /*", "* /Agents", "GET /Agents", "GET /Agents/*", "POST /Agents/**", "GET /*/Custom", "token",
        ]
        .map { OperationPattern($0) }
        for one in patterns {
            for other in patterns {
                #expect(one.meets(other) == other.meets(one), "\(one.text), \(other.text)")
                #expect(!one.covers(other) || one.meets(other), "\(one.text), \(other.text)")
            }
        }
    }

    /// The index of the book finds for every endpoint the same rules as asking each pattern.
    @Test(arguments: API.operations.map(\.name)) func anEndpointMeetsTheRulesThatMatchIt(_ name: String) {
        let path = name.split(separator: " ")[1].split(separator: "/").map { $0.hasPrefix("{") ? "7" : String($0) }
        for pattern in ["* /**", "GET /**", "* /Agents/**", "POST /*/Custom", "GET /*/*", name].map({ OperationPattern($0) }) {
            let means = pattern.matches(method: String(name.split(separator: " ")[0]), path: path)
            #expect(!means || pattern.meets(OperationPattern(name)), "\(pattern.text)")
        }
    }
}
