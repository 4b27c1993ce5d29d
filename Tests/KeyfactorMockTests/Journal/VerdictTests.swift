import Foundation
import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Journal

/// How results add up to a verdict, and how it is shown.
struct VerdictTests {
    private static func verdict(_ judgements: [Verdict.Judgement]) -> Verdict {
        Verdict(
            scenario: "s", seed: 7,
            results: judgements.map { judgement in
                .init(
                    expected: #"{"unmatched":0}"#, name: "unmatched requests, exactly 0", found: "2 unmatched requests",
                    judgement: judgement,
                    nearest: judgement == .failed
                        ? [
                            .init(
                                number: 3, method: "GET", path: "/a", status: 200,
                                criteria: [.init(name: "status", wanted: "503", found: "200", isMet: false)])
                        ]
                        : [])
            })
    }

    @Test(
        arguments: [
            ([], .met, "nothing is expected"), ([.met, .met], .met, "all are met"),
            ([.met, .indeterminate], .indeterminate, "one is unknown"),
            ([.indeterminate, .failed, .met], .failed, "one failed"), ([.failed, .indeterminate], .failed, "in any order"),
        ] as [([Verdict.Judgement], Verdict.Judgement, String)])
    func theWorstResultIsTheVerdict(_ results: [Verdict.Judgement], _ verdict: Verdict.Judgement, _ reason: String) {
        #expect(Self.verdict(results).judgement == verdict, "\(reason)")
    }

    @Test func theTextNamesWhatCameClosest() {
        #expect(
            Self.verdict([.met, .failed]).text == """
                expectations: failed, 1 of 2 met (seed 7)
                  met: {"unmatched":0}
                    found: 2 unmatched requests
                  FAILED: {"unmatched":0}
                    found: 2 unmatched requests
                    nearest: 3 GET /a 200
                      ✗ status: wanted 503, found 200
                """)
    }

    @Test func theJUnitDocumentHasACaseForEachExpectation() {
        let document = Self.verdict([.met, .failed, .indeterminate]).junit(suite: "a<b>&\"\u{1}")
        #expect(document.contains("<testsuite name=\"a&lt;b&gt;&amp;&quot;\u{FFFD}\" tests=\"3\" failures=\"2\""))
        #expect(document.components(separatedBy: "<testcase").count == 4 && document.components(separatedBy: "<failure").count == 3)
    }

    @Test func theJSONHasTheSeedAndEveryCriterion() throws {
        var writer = JSONWriter()
        Self.verdict([.failed]).write(to: &writer)
        let json = try JSONDocument(writer.bytes).root
        #expect(json["verdict"]?.text == "failed" && json["seed"]?.integer == 7)
        let criterion = json["results"]?.elements[0]["nearest"]?.elements[0]["criteria"]?.elements[0]
        #expect(criterion?["wanted"]?.text == "503" && criterion?["met"]?.boolean == false)
    }

    @Test(
        arguments: [
            ("{ requests: { operation: POST /OrchestratorJobs/Custom }, count: 1 }", "POST /OrchestratorJobs/Custom, exactly 1"),
            ("{ requests: { operation: GET /Agents } }", "GET /Agents, at least 1"),
            ("{ requests: { operation: token, status: 401 }, count: 2-3 }", "token with status 401, 2 to 3"),
            (
                "{ requests: { rule: outage, where: { caller: ops } }, count: 0 }",
                "any request struck by 'outage' where caller ops, exactly 0"
            ),
            (
                "{ requests: { status: 503 }, followedBy: { status: 200, notBefore: 3s } }",
                "any request with status 503, each followed by any request with status 200 not before 3.0 seconds"
            ),
            ("{ every: { operation: GET /Agents }, has: { status: 200 } }", "every GET /Agents has status 200"),
            ("{ jobs: { jobType: A, agent: uo-1 }, count: 1+ }", "jobs of the type A on uo-1, at least 1"),
            ("{ jobs: {}, count: 2 }", "jobs, exactly 2"),
            ("{ unmatched: 0 }", "unmatched requests, exactly 0"),
            ("{ unmatched: 1, unusedRules: 2 }", "unmatched requests, exactly 1; rules that never struck, exactly 2"),
            (
                "{ requests: { where: { body.Password: hush, query.a: b } } }",
                "any request where body.Password (struck out) and query.a b, at least 1"
            ),
        ])
    func anExpectationHasAName(_ text: String, _ name: String) throws { #expect(try Samples.expectations(text)[0].name == name) }

    @Test func theJUnitSuiteIsNeverEmptyAndShowsTheExchanges() throws {
        let empty = Self.verdict([]).junit(suite: "unnamed")
        #expect(empty.contains("<testsuite name=\"keyfactor-mock\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"1\">"))
        #expect(empty.components(separatedBy: "<testcase").count == 2 && empty.contains("<skipped"))
        let entries = (0..<3).map { Samples.entry(.get, "/Agents", status: $0 == 1 ? 503 : 200, rule: $0 == 1 ? "out<age" : nil) }
        let judge = Samples.judge(Samples.journal(entries), try Samples.scenario())
        for (count, cases) in [(3, 0), (1, 1)] {
            let document = judge.verdict(try Samples.expectations("{ requests: { operation: GET /Agents }, count: \(count) }")).junit(
                suite: "s")
            #expect(document.contains("name=\"GET /Agents, exactly \(count)\""))
            #expect(document.components(separatedBy: "<failure").count == cases + 1)
            #expect(
                document.contains(
                    "<system-out>1 GET /KeyfactorAPI/Agents 200 by ann\n2 GET /KeyfactorAPI/Agents 503 by ann (rule 'out&lt;age')"))
        }
    }
}
