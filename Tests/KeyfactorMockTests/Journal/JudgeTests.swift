import MicroHTTP
import TestSupport
import Testing

@testable import Journal
@testable import ScenarioFormat

/// What a judge finds in a journal, held against a naive count.
struct JudgeTests {
    private static let three = [
        Samples.entry(.get, "/Agents", caller: "ann", second: 0),
        Samples.entry(
            .post, "/OrchestratorJobs/Custom", status: 503, caller: "ann", rule: "flaky", body: #"{"JobTypeName":"a"}"#, second: 1),
        Samples.entry(.post, "/OrchestratorJobs/Custom", caller: "ann", body: #"{"JobTypeName":"a"}"#, second: 4),
    ]
    private static let job = "operation: POST /OrchestratorJobs/Custom"

    @Test(
        arguments: [
            ("{ requests: { \(job) } }", .met, "one at least where no count is given"),
            ("{ requests: { \(job) }, count: 2 }", .met, "exactly"), ("{ requests: { \(job) }, count: 1 }", .failed, "too many"),
            ("{ requests: { \(job) }, count: 3+ }", .failed, "too few"), ("{ requests: { \(job) }, count: 0-2 }", .met, "a range"),
            ("{ requests: { \(job), status: 503 }, count: 1 }", .met, "a status"),
            ("{ requests: { rule: flaky }, count: 1 }", .met, "a rule"), ("{ requests: { rule: other }, count: 0 }", .met, "no such thing"),
            ("{ requests: { \(job), where: { body.JobTypeName: a, caller: ann } }, count: 2 }", .met, "conditions"),
            ("{ requests: { operation: '* /**', where: { status: { above: 500 } } }, count: 1 }", .met, "the status as a condition"),
            ("{ every: { \(job) }, has: { body.JobTypeName: a } }", .met, "all have it"),
            ("{ every: { \(job) }, has: { status: 200 } }", .failed, "one has it not"),
            ("{ every: { operation: GET /Nothing }, has: { status: 200 } }", .met, "all of none"),
            ("{ unmatched: 0 }", .met, "every request reached an operation"), ("{ unmatched: 1 }", .failed, "none did not"),
            ("{ unusedRules: 0 }", .met, "there are no rules"), ("{ jobs: { jobType: FetchLogs }, count: 0 }", .met, "no jobs"),
            ("{ jobs: {}, count: 1+ }", .failed, "still no jobs"),
            ("{ requests: { status: 503 }, followedBy: { \(job), notBefore: 3s, within: 3s } }", .met, "a retry after three seconds"),
            ("{ requests: { status: 503 }, followedBy: { notBefore: 4s } }", .failed, "too soon"),
            ("{ requests: { status: 503 }, followedBy: { within: 2s } }", .failed, "too late"),
            ("{ requests: { \(job) }, followedBy: {} }", .failed, "nothing follows the last"),
            ("{ requests: { operation: GET /Agents }, followedBy: {} }", .failed, "another operation does not follow"),
        ] as [(String, Verdict.Judgement, String)])
    func anExpectationIsJudged(_ text: String, _ judgement: Verdict.Judgement, _ reason: String) throws {
        #expect(try Samples.result(text, Self.three).judgement == judgement, "\(reason)")
    }

    /// A wrong count lists what was counted, then what is nearly it.
    @Test(
        arguments: [
            ("{ requests: { \(job) }, count: 1 }", [2, 3], "too many: those counted"),
            ("{ requests: { \(job) }, count: 0 }", [2, 3], "none was expected"),
            ("{ requests: { \(job) }, count: 3 }", [2, 3, 1], "too few: also the others"),
            ("{ requests: { \(job), status: 200 }, count: 2+ }", [3, 2, 1], "what meets more comes first"),
            ("{ requests: { \(job) }, count: 2 }", [], "right"),
            ("{ requests: { \(job) }, followedBy: {} }", [3], "what nothing follows"),
            ("{ requests: { operation: GET /Agents }, followedBy: {} }", [1], "what nothing follows, though others come"),
            ("{ requests: { operation: GET /Agents/Approve }, count: 1 }", [1, 2, 3], "likeness"),
            ("{ requests: { operation: POST /OrchestratorJobs/Unschedule }, count: 1 }", [2, 3, 1], "likeness of a longer path"),
        ] as [(String, [Int], String)])
    func aWrongCountListsWhatWasCounted(_ text: String, _ numbers: [Int], _ reason: String) throws {
        #expect(try Samples.result(text, Self.three).nearest.map(\.number) == numbers, "\(reason)")
    }

    @Test(
        arguments: [
            ("{ requests: { operation: GET /Agents }, count: 9 }", ["idle", "star"]), ("{ requests: { rule: idle }, count: 9 }", ["idle"]),
            ("{ requests: { operation: POST /Agents/Approve }, count: 9 }", ["star"]), ("{ requests: { operation: token }, count: 9 }", []),
            ("{ requests: { operation: GET /Agents }, count: 1 }", []), ("{ requests: { status: 503 }, count: 9 }", []),
        ] as [(String, [String])])
    func rulesThatNeverStruckAreNamed(_ text: String, _ rules: [String]) throws {
        let scenario = try Samples.scenario(
            "rules: [ { name: idle, operation: GET /Agents, calls: 9, do: [] }, { name: star, operation: '* /Agents/**', calls: 9, do: [] } ]"
        )
        let result = Samples.judge(Samples.journal(Self.three), scenario).verdict(try Samples.expectations(text)).results[0]
        #expect(result.idleRules == rules)
    }

    @Test(arguments: [
        ("{ unmatched: 0 }", [2, 4]), ("{ unmatched: 3 }", [2, 4]), ("{ unmatched: 2 }", []), ("{ unmatched: 2, unusedRules: 1 }", []),
    ])
    func aWrongCountOfUnmatchedRequestsListsThem(_ text: String, _ numbers: [Int]) throws {
        let entries = ["/Agents", "/Agnets", "/Agents", "/Nowhere"].map { Samples.entry(.get, $0, status: $0 == "/Agents" ? 200 : 404) }
        #expect(try Samples.result(text, entries).nearest.map(\.number) == numbers)
    }

    @Test func whatFollowsIsByTheSameCaller() throws {
        let entries = [Samples.entry(status: 503, caller: "ann"), Samples.entry(caller: "bob"), Samples.entry(caller: "ann")]
        #expect(try Samples.result("{ requests: { status: 503 }, followedBy: { status: 200 } }", entries).judgement == .met)
        #expect(try Samples.result("{ requests: { status: 503 }, followedBy: {} }", Array(entries.dropLast())).judgement == .failed)
    }

    @Test func theNearestExchangesFulfilTheMostCriteria() throws {
        let entries = [
            Samples.entry(.get, "/Containers", caller: "x"), Samples.entry(.get, "/Agents", status: 500, caller: "x"),
            Samples.entry(.get, "/Agents", caller: "x"), Samples.entry(.get, "/Agents", caller: "x", rule: "r"),
        ]
        let result = try Samples.result(
            "{ requests: { operation: GET /Agents, status: 503, rule: r, where: { caller: x } }, count: 1 }", entries)
        #expect(result.judgement == .failed && result.nearest.map(\.number) == [4, 2, 3])
        #expect(result.nearest[0].criteria.map(\.isMet) == [true, false, true, true])
    }

    @Test func aSecretIsNotShownAsACriterion() throws {
        let entry = Samples.entry(.post, "/Agents", body: #"{"Password":"hunter2"}"#)
        let result = try Samples.result("{ requests: { operation: POST /Agents, where: { body.Password: x } }, count: 1 }", [entry])
        #expect(result.nearest.first?.criteria.last?.found == Secrets.struckOut)
    }

    @Test(
        arguments: [
            ("3", 2, false, false, "too few"), ("3", 3, false, true, "exactly"), ("3", 4, false, false, "too many"),
            ("3", 3, true, nil, "perhaps there were more"), ("3", 4, true, false, "too many for certain"),
            ("2+", 1, true, nil, "perhaps enough"),
            ("2+", 2, true, true, "enough for certain"), ("0", 0, true, nil, "perhaps one is gone"),
            ("1-2", 2, false, true, "the last of a range"),
        ] as [(String, Int, Bool, Bool?, String)])
    func aCountIsJudged(_ count: String, _ found: Int, _ mayBeMore: Bool, _ isRight: Bool?, _ reason: String) throws {
        let count = Expectation.Count(try YAMLNode.read(Array(count.utf8)))
        #expect(count.judged(found, mayBeMore: mayBeMore) == isRight, "\(reason)")
    }

    // MARK: Random journals

    private static let expectations = [
        "{ requests: { operation: GET /Agents }, count: 5-9 }", "{ requests: { status: 503 }, count: 0-3 }",
        "{ requests: { rule: r, where: { caller: ann } } }", "{ every: { operation: POST /Agents/Approve }, has: { status: 200 } }",
        "{ requests: { status: 503 }, followedBy: { status: 200, within: 5s } }",
        "{ requests: { operation: GET /Agents, status: 503 }, count: 1+, followedBy: { notBefore: 2s } }", "{ unmatched: 0 }",
    ]

    private static func entry(_ second: Int, _ random: inout SplitMix) -> JournalEntry {
        let asked: (MicroHTTP.Method, String) = [(.get, "/Agents"), (.get, "/Agents"), (.post, "/Agents/Approve"), (.get, "/Nothing")]
            .randomElement(using: &random)!
        return Samples.entry(
            asked.0, asked.1, status: [200, 200, 200, 503].randomElement(using: &random)!,
            caller: ["ann", "bob"].randomElement(using: &random)!,
            rule: [nil, nil, "r"].randomElement(using: &random)!, second: second)
    }

    @Test(arguments: 1...6) func countsAreThoseOfANaiveCount(_ seed: Int) throws {
        var random = SplitMix(seed: UInt64(seed))
        for length in [0, 1, 7, 40, 200] {
            let entries = (0..<length).map { Self.entry($0, &random) }
            for (operation, status, caller) in [
                ("GET /Agents", 200, "ann"), ("POST /Agents/Approve", 503, "bob"), ("GET /Nothing", 503, "ann"),
            ] {
                let naive = entries.count { entry in
                    let (method, path) = (entry.request.method.name, entry.request.text(entry.request.path))
                    return "\(method) \(path)" == operation.replacing(" /", with: " /KeyfactorAPI/") && entry.status == status
                        && entry.caller == caller
                }
                let text = "{ requests: { operation: \(operation), status: \(status), where: { caller: \(caller) } }, count: \(naive) }"
                let result = try Samples.result(text, entries)
                #expect(result.judgement == .met && result.found == "\(naive) request\(naive == 1 ? "" : "s")")
                let wrong = try Samples.result(text.replacing("count: \(naive) ", with: "count: \(naive + 1) "), entries)
                #expect(wrong.judgement == .failed)
            }
        }
    }

    /// A watch that sees each exchange once finds at every step what a judge finds who reads the whole journal.
    @Test(arguments: 1...6) func aWatchFindsWhatAJudgeFinds(_ seed: Int) throws {
        var random = SplitMix(seed: UInt64(seed))
        let scenario = try Samples.scenario()
        let expected = try Self.expectations.map { try Samples.expectations($0) }
        var watches = expected.map { Watch($0) }
        let budget = JournalBudget(seed % 3 == 0 ? 70_000 : 1 << 30)
        var journal = Journal(budget)
        var met = 0
        for step in 0..<300 {
            if Int.random(in: 0..<150, using: &random) == 0 { _ = journal.clear() }
            for _ in 0..<Int.random(in: 0...3, using: &random) { journal.append(Self.entry(step, &random)) }
            let judge = Samples.judge(journal, scenario)
            for place in watches.indices {
                let whole = judge.verdict(expected[place]).judgement == .met
                let watched = watches[place].isMet(judge)
                #expect(watched == whole, "\(Self.expectations[place]) at \(step)")
                if whole { met += 1 }
            }
        }
        #expect(met > 0 && met < 300 * watches.count, "both are tried")
        #expect((journal.evicted > 0) == (seed % 3 == 0))
    }

    /// Five who wait beside a journal of many exchanges, each asked at every exchange.
    @Test func whoWaitsLooksAtEachExchangeOnce() throws {
        let scenario = try Samples.scenario()
        let expectations = try Samples.expectations("{ requests: { operation: GET /Agents, where: { caller: nobody } }, count: 1 }")
        var watches = (0..<5).map { _ in Watch(expectations) }
        var journal = Samples.journal((0..<6_000).map { Samples.entry(second: $0) })
        let took = ContinuousClock().measure {
            for second in 0..<500 {
                journal.append(Samples.entry(second: second))
                let judge = Samples.judge(journal, scenario)
                for place in watches.indices where watches[place].isMet(judge) { Issue.record("nothing is met") }
            }
        }
        // Read again each time it would be fifteen million exchanges.
        #expect(took < .seconds(30) * slowness, "\(took)")
    }
}
