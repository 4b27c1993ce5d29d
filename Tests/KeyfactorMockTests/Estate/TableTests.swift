import TestSupport
import Testing

@testable import Base
@testable import Model

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

    @Test func groupsHoldWhatTheirRowsSay() {
        var random = SplitMix(seed: 5)
        let group: @Sendable (Int) -> Int? = { $0 % 5 == 0 ? nil : $0 % 5 }
        var table = Table<Int, Int>((0..<50).map { ($0, $0) }, sortedBy: <, groupedBy: group)
        var plain = Dictionary(uniqueKeysWithValues: (0..<50).map { ($0, $0) })
        for _ in 0..<5_000 {
            let (key, place) = (Int(random.next() % 200), Int(random.next() % 1_000))
            // No two rows may be equal.
            let row = place * 200 + key
            switch random.next() % 3 {
            case 0:
                table.remove(key)
                plain[key] = nil
            case 1:
                table.put(row, at: key)
                plain[key] = row
            default:
                // What a change may do: another group, the same place.
                guard let old = plain[key], !plain.values.contains(old + 1) else { continue }
                table.change(key) { $0 += 1 }
                plain[key] = old + 1
            }
        }
        for number in 0..<5 {
            let expected = plain.values.filter { group($0) == number }.sorted()
            #expect(table.rows(inGroup: number) == expected)
            #expect(table.count(inGroup: number) == expected.count)
        }
    }

    @Test(arguments: [3, 40, 400], [false, true])
    func aPageOfWhatPassesIsThatOfTheWholeList(_ modulus: Int, _ descending: Bool) {
        let table = Table((0..<1_000).map { ($0, ($0 * 7_919) % 1_000) }, sortedBy: <)
        for start in [0, 2, 20, 900] {
            let all = (0..<1_000).filter { $0 % modulus == 0 }
            let page = table.page(where: { $0 % modulus == 0 }, from: start, limit: 7, descending: descending)
            #expect(page.rows == Array((descending ? all.reversed() : all).dropFirst(start).prefix(7)))
            #expect(page.total == all.count)
        }
    }

    @Test func manyRowsAtOnceAreSorted() {
        let table = Table((0..<5_000).map { ($0, ($0 * 7_919) % 5_000) }, sortedBy: <)
        #expect(table.all == Array(0..<5_000))
    }

    @Test func aStretchIsFoundInTheMiddle() {
        // The first number is the group.
        let rows = (0..<3_000).map { [$0 / 7, $0] }
        let table = Table(rows.map { ($0[1], $0) }, sortedBy: { ($0[0], $0[1]) < ($1[0], $1[1]) })
        for group in [0, 1, 73, 146, 427, 428] {
            let found = table.stretch(from: { $0[0] >= group }, while: { $0[0] == group })
            #expect(found == rows.filter { $0[0] == group })
        }
        #expect(table.stretch(from: { $0[0] >= 429 }, while: { $0[0] == 429 }).isEmpty)
        #expect(table.stretch(from: { $0[0] >= -1 }, while: { $0[0] == -1 }).isEmpty)
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
