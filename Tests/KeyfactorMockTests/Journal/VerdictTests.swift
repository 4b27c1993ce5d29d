import Foundation
import TestSupport
import Testing

@testable import KeyfactorMock

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
}
