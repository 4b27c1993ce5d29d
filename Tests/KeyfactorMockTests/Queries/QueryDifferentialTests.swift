import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Model

/// Generated queries over generated rows, against an evaluator that was written for this test alone: no tokens, no grammar, no short cuts.
struct QueryDifferentialTests {
    /// A row with a field of every kind.
    struct Row: Sendable {
        var name: String
        var note: String?
        var size: Int
        var state: Int
        var isReady: Bool
        var seen: Timestamp?
        var id: GUID
        var tags: [String]
    }

    static let states = ["new": 1, "approved": 2, "gone": 3]

    static let fields: [QueryField<Row>] = [
        QueryField("Name", .text, aliases: ["Label"]) { .text($0.name) },
        QueryField("Note", .text) { $0.note.map { .text($0) } ?? .null },
        QueryField("Size", .number) { .number($0.size) },
        QueryField("State", .words(states)) { .number($0.state) },
        QueryField("Ready", .boolean) { .boolean($0.isReady) },
        QueryField("Seen", .time) { $0.seen.map { .time($0) } ?? .null },
        QueryField("Id", .guid) { .guid($0.id) },
        QueryField("Tags", .list) { .list($0.tags) },
    ]

    /// What is asked, as the generator means it.
    indirect enum Meaning {
        case both(Meaning, Meaning)
        case either(Meaning, Meaning)
        case test(field: Int, operation: String, value: Value)
    }

    enum Value {
        case null
        case text(String)
        case number(Int)
        case truth(Bool)
        case time(Timestamp)
        case id(GUID)
    }

    // MARK: The naive evaluator

    static func holds(_ meaning: Meaning, _ row: Row) -> Bool {
        switch meaning {
        case .both(let one, let other):
            let (a, b) = (holds(one, row), holds(other, row))
            return a && b
        case .either(let one, let other):
            let (a, b) = (holds(one, row), holds(other, row))
            return a || b
        case .test(let field, let operation, let value): return holds(field, operation, value, row)
        }
    }

    private static func holds(_ field: Int, _ operation: String, _ value: Value, _ row: Row) -> Bool {
        let isNull = field == 1 && row.note == nil || field == 5 && row.seen == nil
        if case .null = value { return operation == "-eq" ? isNull : !isNull }
        if isNull { return operation == "-ne" || operation == "-notcontains" }
        switch (field, value) {
        case (0, .text(let text)): return holds(row.name, operation, text)
        case (1, .text(let text)): return holds(row.note!, operation, text)
        case (2, .number(let number)): return holds(row.size - number, operation)
        case (3, .number(let number)): return holds(row.state - number, operation)
        case (4, .truth(let truth)): return (row.isReady == truth) == (operation == "-eq")
        case (5, .time(let time)): return holds(Int(row.seen!.ticks - time.ticks), operation)
        case (6, .id(let id)): return (row.id == id) == (operation == "-eq")
        case (7, .text(let text)):
            let positive = ["-ne": "-eq", "-notcontains": "-contains"][operation]
            var fits = false
            for tag in row.tags where holds(tag, positive ?? operation, text) { fits = true }
            return positive == nil ? fits : !fits
        default: return false
        }
    }

    private static func holds(_ difference: Int, _ operation: String) -> Bool {
        switch operation {
        case "-eq": difference == 0
        case "-ne": difference != 0
        case "-lt": difference < 0
        case "-le": difference <= 0
        case "-gt": difference > 0
        default: difference >= 0
        }
    }

    private static func holds(_ found: String, _ operation: String, _ wanted: String) -> Bool {
        let (text, part) = (found.uppercased().map(\.self), wanted.uppercased().map(\.self))
        var places: [Int] = []
        for start in 0...text.count where Array(text.dropFirst(start).prefix(part.count)) == part { places.append(start) }
        switch operation {
        case "-eq": return text == part
        case "-ne": return text != part
        case "-contains": return !places.isEmpty
        case "-notcontains": return places.isEmpty
        case "-startswith": return places.contains(0)
        default: return places.contains(text.count - part.count)
        }
    }

    // MARK: The generator

    private struct Generator {
        var chance: SplitMix

        mutating func pick<T>(_ all: [T]) -> T { all[Int.random(in: 0..<all.count, using: &chance)] }
        mutating func one(in count: Int) -> Bool { Int.random(in: 0..<count, using: &chance) == 0 }

        /// Few texts that resemble each other, so that comparisons often hold.
        mutating func text() -> String {
            if one(in: 6) { return pick(["", "a", "AND", "null%", "%TODAY", "-eq", "(", ")", "a b", "C:\\store\\", "it's"]) }
            let letters = [
                "a", "B", "b", "A", "7", ".", "ä", "Ä", "é", "e\u{301}", "ж", "Ж", "\\", "\"", " ", "@", "[", "`", "{", "k", "K",
                "\u{212A}", "z", "Z",
            ]
            return (0..<Int.random(in: 1...5, using: &chance)).map { _ in pick(letters) }.joined()
        }

        mutating func time() -> Timestamp {
            Mock.noon + .seconds(pick([-172_800, -86_400, -43_200, -1, 0, 1, 43_200, 86_400]))
        }

        mutating func id() -> GUID { GUID(high: 0xAB_CDEF, low: UInt64.random(in: 0..<4, using: &chance)) }

        mutating func row() -> Row {
            Row(
                name: text(), note: one(in: 4) ? nil : text(), size: Int.random(in: -3...3, using: &chance), state: pick([1, 2, 3]),
                isReady: one(in: 2), seen: one(in: 4) ? nil : time(), id: id(),
                tags: (0..<Int.random(in: 0...3, using: &chance)).map { _ in text() })
        }

        /// A word in letters of any case.
        mutating func cased(_ word: String) -> String {
            switch Int.random(in: 0..<3, using: &chance) {
            case 0: word
            case 1: word.lowercased()
            default: word.map { one(in: 2) ? $0.uppercased() : $0.lowercased() }.joined()
            }
        }

        mutating func blank() -> String { pick([" ", " ", "  ", "\t", " \n"]) }

        /// A query, what it means, and how tightly it binds: 0 an OR, 1 an AND, 2 a test or what stands in parentheses.
        mutating func query(depth: Int) -> (text: String, meaning: Meaning, binding: Int) {
            guard depth > 0, !one(in: 3) else {
                let (text, meaning) = test()
                return one(in: 4) ? ("(\(text))", meaning, 2) : (text, meaning, 2)
            }
            let isAnd = one(in: 2)
            let (left, right) = (query(depth: depth - 1), query(depth: depth - 1))
            // Parentheses where the meaning needs them, and now and then where it does not.
            let needed = isAnd ? 1 : 0
            var one = left.text
            if left.binding < needed || self.one(in: 5) { one = "(\(blank())\(one))" }
            var other = right.text
            if right.binding < needed || self.one(in: 5) { other = "(\(other)\(blank()))" }
            let gap = one.hasSuffix(")") && left.binding < needed && self.one(in: 2) ? "" : blank()
            let meaning: Meaning = isAnd ? .both(left.meaning, right.meaning) : .either(left.meaning, right.meaning)
            return ("\(one)\(gap)\(cased(isAnd ? "AND" : "OR"))\(blank())\(other)", meaning, needed)
        }

        mutating func test() -> (String, Meaning) {
            let field = Int.random(in: 0..<8, using: &chance)
            let name = field == 0 && one(in: 3) ? "Label" : fields[field].name
            var operation = pick(fields[field].operators).rawValue
            let value: Value
            var written: String
            if one(in: 8) {
                operation = pick(["-eq", "-ne"])
                value = .null
                written = pick(["NULL", "null", "\"NULL\""])
            } else {
                (written, value) = self.value(of: field)
            }
            let text = "\(cased(name))\(blank())\(cased(operation))\(blank())\(written)"
            return (text, .test(field: field, operation: operation, value: value))
        }

        private mutating func value(of field: Int) -> (String, Value) {
            switch field {
            case 2:
                let number = Int.random(in: -3...3, using: &chance)
                return (quoted("\(number)", mayBeBare: true), .number(number))
            case 3:
                let number = pick([1, 2, 3])
                let name = states.first { $0.value == number }!.key
                return (quoted(one(in: 2) ? cased(name) : "\(number)", mayBeBare: true), .number(number))
            case 4:
                let truth = one(in: 2)
                return (quoted(cased("\(truth)"), mayBeBare: true), .truth(truth))
            case 5: return time(written: Int.random(in: 0..<3, using: &chance))
            case 6:
                let id = id()
                return (quoted(cased(id.text), mayBeBare: true), .id(id))
            default:
                var text = text()
                // Before the closing quote a backslash would escape it: the language cannot say such a text.
                while text.hasSuffix("\\") { text.removeLast() }
                let isPlain = !text.isEmpty && text.allSatisfy { !" \"()".contains($0) }
                return (quoted(text, mayBeBare: isPlain), .text(text))
            }
        }

        private mutating func time(written: Int) -> (String, Value) {
            let midnight = Mock.noon + .seconds(-43_200)
            switch written {
            case 0: return (quoted("2026-11-22", mayBeBare: true), .time(midnight))
            case 1:
                let days = Int.random(in: -2...2, using: &chance)
                let token = days == 0 ? "%TODAY%" : "%TODAY\(days < 0 ? "" : "+")\(days)%"
                return (quoted(cased(token), mayBeBare: true), .time(midnight + .seconds(days * 86_400)))
            default:
                let time = time()
                return (quoted(time.iso, mayBeBare: true), .time(time))
            }
        }

        private mutating func quoted(_ text: String, mayBeBare: Bool) -> String {
            if mayBeBare, one(in: 2) { return text }
            // After a backslash two quotes are one and the end.
            let escape = text.contains("\\\"") ? "\\\"" : pick(["\\\"", "\"\""])
            let inner = text.map { $0 == "\"" ? escape : String($0) }.joined()
            if one(in: 4), !text.contains("\"") { return "\u{201C}\(inner)\u{201D}" }
            return "\"\(inner)\""
        }
    }

    private static func call() throws -> Call {
        let request = Request(.get, "/KeyfactorAPI/Agents", headers: [], body: [])
        return Call(
            request: request, parameters: [], query: try QueryParameters(request), body: nil, caller: .anyone, now: Mock.noon,
            product: .v25,
            fidelity: Fidelity())
    }

    @Test(arguments: 0..<8)
    func bothEvaluatorsAgree(_ seed: Int) throws {
        var generator = Generator(chance: SplitMix(seed: UInt64(seed)))
        let call = try Self.call()
        let rows = (0..<60).map { _ in generator.row() }
        var (passed, failed) = (0, 0)
        for _ in 0..<750 {
            let (text, meaning, _) = generator.query(depth: 4)
            guard text.utf8.count <= 8192 else { continue }
            let query = try #require(try Query.parse(text, Self.fields, call), "\(text)")
            for row in rows {
                let expected = Self.holds(meaning, row)
                if query.matches(row) != expected { Issue.record("\(text)\nexpected \(expected) of \(row)") }
                if expected { passed += 1 } else { failed += 1 }
            }
        }
        #expect(passed > 5000 && failed > 5000, "the queries tell rows apart: \(passed) passed, \(failed) did not")
    }

    @Test(arguments: 0..<4)
    func noTextBringsTheParserDown(_ seed: Int) throws {
        var chance = SplitMix(seed: UInt64(seed) + 1000)
        let call = try Self.call()
        let pieces = [
            "(", ")", "\"", "\\", "\\\"", " ", "-eq", "-contains", "-x", "AND", "OR", "Name", "Size", "Seen", "NULL", "%TODAY", "%", "-",
            "9",
            "99999999999999999999", "2026-11-22", "\u{201C}", "\u{0}", "\u{301}", "\u{1F468}\u{200D}\u{1F469}", "\r\n", "\u{FEFF}", "ä",
        ]
        for _ in 0..<5000 {
            let count = Int.random(in: 0...20, using: &chance)
            let text = (0..<count).map { _ in
                pieces.randomElement(using: &chance)! + (Int.random(in: 0..<3, using: &chance) == 0 ? "" : " ")
            }.joined()
            do throws(Refusal) {
                _ = try Query.parse(text, Self.fields, call)
            } catch {
                #expect(error.status == 400)
                #expect(error.message.split(separator: "\n", omittingEmptySubsequences: false).count >= 3, "\(text)")
            }
        }
    }
}
