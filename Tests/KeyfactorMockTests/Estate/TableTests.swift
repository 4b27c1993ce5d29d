import TestSupport
import Testing

@testable import KeyfactorMock

struct TableTests {
    @Test func aTableHoldsWhatADictionaryHoldsInOrder() {
        var random = SplitMix(seed: 3)
        var table = Table<Int, String>(sortedBy: { $0 < $1 })
        var plain: [Int: String] = [:]
        for _ in 0..<3_000 {
            let key = Int(random.next() % 500)
            let row = plain[key] ?? "row \(random.next() % 1_000_000) of \(key)"
            table.put(row, at: key)
            plain[key] = row
        }
        #expect(table.count == plain.count)
        #expect(table.all == plain.values.sorted())
        for (key, row) in plain { #expect(table[key] == row) }
        #expect(table[-1] == nil)
    }

    @Test func rowsWithoutAnOrderStayInTheOrderOfTheirComing() {
        var table = Table<Int, Int>()
        for n in [5, 3, 9, 3, 1] { table.put(n * 10, at: n) }
        #expect(table.keys == [5, 3, 9, 1])
    }

    @Test func aCopyDoesNotSeeWhatIsWrittenLater() {
        var table = Table([(1, "a"), (2, "b")])
        let copy = table
        table.change(1) { $0 = "changed" }
        table.put("c", at: 3)
        #expect(copy.all == ["a", "b"])
        #expect(table.all == ["changed", "b", "c"])
    }
}
