import TestSupport
import Testing

@testable import KeyfactorMock

struct TableTests {
    @Test func aTableHoldsWhatADictionaryHoldsInOrder() {
        var random = SplitMix(seed: 3)
        var table = Table<Int, String>(sortedBy: { $0 < $1 })
        var plain: [Int: String] = [:]
        for round in 0..<20_000 {
            let key = Int(random.next() % 3_000)
            if random.next() % 3 == 0 {
                table.remove(key)
                plain[key] = nil
            } else {
                let row = "row \(random.next() % 1_000_000) of \(key)"
                table.put(row, at: key)
                plain[key] = row
            }
            guard round % 1_000 == 0 else { continue }
            #expect(table.count == plain.count)
            #expect(table.all == plain.values.sorted())
            let start = Int(random.next() % 2_000)
            #expect(table.slice(from: start, limit: 700) == Array(plain.values.sorted().dropFirst(start).prefix(700)))
        }
        for key in 0..<3_000 { #expect(table[key] == plain[key]) }
        for key in 0..<3_000 { table.remove(key) }
        #expect(table.count == 0)
        #expect(table.all.isEmpty)
    }

    @Test func manyRowsAtOnceAreSorted() {
        let table = Table((0..<5_000).map { ($0, ($0 * 7_919) % 5_000) }, sortedBy: <)
        #expect(table.all == Array(0..<5_000))
    }

    @Test func aStretchIsFoundInTheMiddle() {
        let rows = (0..<3_000).map { ($0, $0 / 7) }
        let table = Table(rows.map { ($0.0, $0) }, sortedBy: { ($0.1, $0.0) < ($1.1, $1.0) })
        for group in [0, 1, 73, 146, 427, 428] {
            let found = table.stretch(from: { $0.1 >= group }, while: { $0.1 == group })
            #expect(found.map(\.0) == rows.filter { $0.1 == group }.map(\.0))
        }
        #expect(table.stretch(from: { $0.1 >= 429 }, while: { $0.1 == 429 }).isEmpty)
        #expect(table.stretch(from: { $0.1 >= -1 }, while: { $0.1 == -1 }).isEmpty)
    }

    @Test func aCopyDoesNotSeeWhatIsWrittenLater() {
        var table = Table([(1, "a"), (2, "b")], sortedBy: <)
        let copy = table
        table.change(1) { $0 = "aa" }
        table.put("c", at: 3)
        table.remove(2)
        #expect(copy.all == ["a", "b"])
        #expect(table.all == ["aa", "c"])
    }
}
