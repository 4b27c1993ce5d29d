import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Journal
@testable import Rules

/// A journal keeps the newest exchanges within its budget, and knows what it has lost.
struct JournalTests {
    private static func numbers(_ journal: Journal) -> [Int] { journal.entries.map(\.number) }

    @Test func numbersCountFromOneAndContinueAfterClearing() {
        var journal = Samples.journal([Samples.entry(), Samples.entry(.get, "/Nothing"), Samples.entry()])
        #expect(Self.numbers(journal) == [1, 2, 3] && journal.unmatched == 1)
        let cleared = journal.clear()
        #expect(cleared == 3)
        #expect(Self.numbers(journal) == [] && journal.unmatched == 0 && journal.held == 0 && journal.evicted == 0)
        journal.append(Samples.entry())
        #expect(Self.numbers(journal) == [4] && journal[4]?.number == 4 && journal[3] == nil && journal[5] == nil)
    }

    @Test func aCopyDoesNotSeeWhatComesLater() {
        var journal = Samples.journal([Samples.entry()])
        let copy = journal
        let entries = journal.entries
        for _ in 0..<600 { journal.append(Samples.entry()) }
        #expect(Self.numbers(copy) == [1] && entries.map(\.number) == [1] && journal.held == 601)
    }

    @Test func aLongBodyIsCutAndItsLengthKept() {
        let long = String(repeating: "x", count: JournalEntry.bodyCap + 9)
        let entry = Samples.entry(.post, "/Agents", body: long, reply: long)
        #expect(entry.request.body.count == JournalEntry.bodyCap && entry.bodyLength == long.utf8.count)
        #expect(entry.reply.body.count == JournalEntry.bodyCap && entry.replyLength == long.utf8.count)
    }

    @Test(arguments: [
        ("GET /Agents", true, "its own operation"), ("* /**", true, "any operation"), ("GET /agents", true, "without case"),
        ("POST /Agents", false, "another method"), ("GET /Agents/{id}", false, "another path"), ("token", false, "another subject"),
    ])
    func anExchangeMatchesAPattern(_ pattern: String, _ matches: Bool, _ reason: String) {
        #expect(Samples.entry().matches(OperationPattern(pattern), Samples.router) == matches, "\(reason)")
    }

    /// Several journals share a budget. Whatever happens, each holds an unbroken run up to its newest exchange, and what is used is the sum.
    @Test(arguments: 1...6) func theOldestAreEvictedFirstAndTheBudgetIsKept(_ seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        let budget = JournalBudget(Int.random(in: 300_000...1_500_000, using: &random))
        var journals = (0..<Int.random(in: 1...4, using: &random)).map { _ in Journal(budget) }
        // What is held is known from outside: the newest since the last clearing, less those evicted.
        var appended = journals.map { _ in 0 }
        for _ in 0..<3_000 {
            let place = Int.random(in: 0..<journals.count, using: &random)
            switch Int.random(in: 0..<300, using: &random) {
            case 0:
                let held = journals[place].held
                let cleared = journals[place].clear()
                #expect(cleared == held && journals[place].bytes == 0)
            case 1:
                let most = Int.random(in: 0...budget.limit / 2, using: &random)
                journals[place].shrink(to: most)
                #expect(journals[place].bytes <= most)
            default:
                appended[place] += 1
                journals[place].append(
                    Samples.entry(body: String(repeating: "b", count: Int.random(in: 0...9_000, using: &random)), second: appended[place]))
            }
            let journal = journals[place]
            #expect(journal.count == appended[place] && journal.held == journal.count - journal.evicted - journal.cleared)
            #expect(budget.used == journals.reduce(0) { $0 + $1.bytes })
            #expect(budget.holders == journals.count { $0.held > 0 })
        }
        for journal in journals {
            let entries = Array(journal.entries)
            #expect(entries.map(\.number) == Array((journal.count - journal.held + 1)..<(journal.count + 1)))
            #expect(entries.allSatisfy { $0.wall == Mock.noon + .seconds($0.number) }, "each is the one that had its number")
            #expect(journal.bytes == entries.reduce(0) { $0 + $1.size })
            for number in [0, journal.evicted, journal.count - 300, journal.count - 1, journal.count] {
                #expect(journal.entries(after: number).map(\.number) == entries.map(\.number).filter { $0 > number })
            }
        }
        for place in journals.indices { journals[place].close() }
        #expect(budget.used == 0 && budget.holders == 0)
    }

    @Test func onlyTheBudgetEvicts() {
        let budget = JournalBudget(400_000)
        var journal = Journal(budget)
        var largest = 0
        for _ in 0..<2_000 {
            let entry = Samples.entry(body: String(repeating: "b", count: 700))
            largest = max(largest, entry.size)
            let before = journal.evicted
            let fits = budget.used + entry.size <= budget.limit
            journal.append(entry)
            #expect(!fits || journal.evicted == before, "nothing is evicted while there is room")
            #expect(budget.used <= budget.limit)
        }
        #expect(journal.evicted > 0)
    }
}
