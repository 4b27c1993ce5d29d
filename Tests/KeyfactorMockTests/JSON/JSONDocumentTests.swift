import TestSupport
import Testing

@testable import Base

struct JSONDocumentTests {
    @Test(arguments: [
        ("null", "the shortest"),
        (" \t\r\n{} ", "all four blanks around"),
        ("\u{FEFF}[]", "a byte order mark, as .NET writers send"),
        ("[1,-0,0.5,1e3,1E-2,-12.75e+10]", "every form of number"),
        (#"["\"\\\/\b\f\n\r\té😀"]"#, "every escape"),
        (#"{"":{"a":[[],{}]}}"#, "an empty name, and nesting"),
        (#"{"a":1,"a":2}"#, "a name twice is JSON"),
        ("\"\u{7F}\u{80}\u{FFFF}\u{10FFFF}\"", "all lengths of UTF-8"),
        (#"["\ud800"]"#, "a lone surrogate is grammatical"),
        ("1" + String(repeating: "0", count: 400), "a number as long as it likes"),
    ])
    func aText(isJSON text: String, _ reason: String) throws {
        _ = try JSONDocument(Array(text.utf8))
    }

    @Test(arguments: [
        ("", "nothing", 1), ("  ", "only blanks", 3), ("{", "not closed", 2), ("[1,]", "a trailing comma", 4), ("[1 2]", "no comma", 4),
        ("{a:1}", "a bare name", 2), (#"{"a"}"#, "no value", 5), (#"{"a":1,}"#, "a trailing comma", 8), ("01", "a leading zero", 3),
        ("-", "a sign alone", 2), ("1.", "no fraction", 3), (".5", "no whole part", 1), ("1e", "no exponent", 3), ("+1", "a plus", 1),
        ("nul", "half a word", 1), ("tru e", "a broken word", 1), ("\"a", "no closing quote", 3), ("\"\n\"", "a raw line feed", 2),
        (#""\x""#, "an unknown escape", 2), (#""\u12g4""#, "no hexadecimal digit", 2), ("[] []", "two values", 4),
        ("'a'", "single quotes", 1),
        ("// a\n1", "a comment", 1), ("NaN", "no number of JSON", 1), ("[1", "an open array", 3), ("]", "a bracket alone", 1),
        ("-01", "a leading zero after a sign", 4), ("{1:2}", "a number as a name", 2),
    ])
    func aText(isNoJSON text: String, _ reason: String, _ column: Int) {
        #expect(throws: JSONMistake.self) { try JSONDocument(Array(text.utf8)) }
        let mistake = mistake(Array(text.utf8))
        #expect(text.contains("\n") || mistake?.column == column, "\(String(describing: mistake))")
    }

    @Test(
        arguments: [
            ([0x22, 0xFF, 0x22], "a byte that never stands in UTF-8"), ([0x22, 0xC0, 0x80, 0x22], "overlong"),
            ([0x22, 0xED, 0xA0, 0x80, 0x22], "a surrogate"), ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], "beyond the last character"),
            ([0x22, 0xE2, 0x82], "cut short"), ([0x22, 0x00, 0x22], "NUL in a string"), ([0x00], "NUL"),
        ] as [([UInt8], String)])
    func bytes(areNoJSON bytes: [UInt8], _ reason: String) {
        #expect(mistake(bytes) != nil)
    }

    @Test(arguments: [(64, true), (65, false), (10_000, false), (1_000_000, false)])
    func arraysNestSixtyFourDeepAndNoDeeper(_ depth: Int, _ isJSON: Bool) {
        let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect((mistake(Array(text.utf8)) == nil) == isJSON)
    }

    @Test(arguments: [(65_535, true), (65_536, false), (1_000_000, false)])
    func aTextHoldsSixtyFiveThousandValuesAndNoMore(_ elements: Int, _ isJSON: Bool) {
        let text = Array(("[" + String(repeating: "1,", count: elements - 1) + "1]").utf8)
        #expect((mistake(text) == nil) == isJSON)
        #expect(throws: Never.self) { try JSONDocument(text, values: .max) }
    }

    @Test func aLongEscapedStringIsNoGUID() throws {
        let guid = "00000000-0000-0000-0000-00000000000a"
        let escaped = guid.unicodeScalars.map { "\\u" + String(0x10000 + $0.value, radix: 16).dropFirst() }.joined()
        #expect(try JSONDocument(Array("\"\(escaped)\"".utf8)).root.guid == GUID(guid))
        #expect(GUID(guid) != nil)
        #expect(try JSONDocument(Array("\"\(escaped)\(escaped)\"".utf8)).root.guid == nil)
    }

    @Test func membersAreFoundWithoutCaseAndTheLastCounts() throws {
        let root = try JSONDocument(Array(#"{"storeIds":[1],"STOREIDS":[2,3],"Other":{"storeids":4}}"#.utf8)).root
        #expect(root["StoreIds"]?.elements.map(\.integer) == [2, 3])
        #expect(root["Storeid"] == nil)
        #expect(try JSONDocument(Array("{\"Store\\u0049ds\":5}".utf8)).root["StoreIds"]?.integer == 5)
        // Only letters have a case: '[' and '{' differ in the same bit.
        #expect(try JSONDocument(Array("{\"a{\":5}".utf8)).root["a["] == nil)
    }

    @Test func escapesAreResolved() throws {
        let root = try JSONDocument(Array(#"["a\"\\\/\b\f\n\r\tA\u00e9\ud83d\ude00\ud800x"]"#.utf8)).root
        #expect(root.elements[0].text == "a\"\\/\u{8}\u{C}\n\r\tAé😀\u{FFFD}x")
    }

    @Test(arguments: [
        (#"\ud83d\ude00"#, "😀", "a pair"), (#"\uDBFF\uDFFF"#, "\u{10FFFF}", "the last pair"), (#"\ud83d"#, "\u{FFFD}", "at the end"),
        (#"\ud83d\n"#, "\u{FFFD}\n", "before another escape"), (#"\ud83d\u0041"#, "\u{FFFD}A", "before a letter"),
        (#"\ude00\ud83d"#, "\u{FFFD}\u{FFFD}", "the wrong way round"), (#"\ud83d\ud83d\ude00"#, "\u{FFFD}😀", "before a pair"),
        (#"\ud83d\\ude00"#, "\u{FFFD}\\ude00", "before a backslash"), (#"\ud83dude00"#, "\u{FFFD}ude00", "before the letters alone"),
    ])
    func surrogatesPairOrAreReplaced(_ written: String, _ read: String, _ reason: String) throws {
        #expect(try JSONDocument(Array("\"\(written)\"".utf8)).root.text == read)
    }

    @Test func aPartOfABufferIsReadWhereItLies() throws {
        let root = try JSONDocument(Array("GET /{\"a\":1}tail".utf8), in: 5..<12).root
        #expect(root["a"]?.integer == 1)
    }

    @Test func whatIsWrittenIsReadBackTheSame() throws {
        var random = SplitMix(seed: 7)
        for _ in 0..<2_000 {
            let value = Sample.random(&random, depth: 4)
            var writer = JSONWriter()
            value.write(to: &writer)
            let read = try JSONDocument(writer.bytes).root
            #expect(Sample(read) == value, "\(String(decoding: writer.bytes, as: UTF8.self))")
        }
    }

    @Test func noBytesCrashTheReader() {
        var random = SplitMix(seed: 8)
        let alphabet = Array("{}[]\",:\\u0019eE+-. tfnrlasd\u{7F}".utf8) + [0, 0xC3, 0xA9, 0xFF]
        for _ in 0..<20_000 {
            let bytes = (0..<Int(random.next() % 40)).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
            _ = mistake(bytes)
        }
    }

    private func mistake(_ bytes: [UInt8]) -> JSONMistake? {
        do throws(JSONMistake) {
            _ = try JSONDocument(bytes)
            return nil
        } catch {
            return error
        }
    }
}

/// A JSON value as plain Swift, to compare with.
private indirect enum Sample: Equatable {
    case null, boolean(Bool), integer(Int), text(String), array([Sample]), object([String], [Sample])

    init(_ value: JSONValue) {
        if let truth = value.boolean {
            self = .boolean(truth)
        } else if let number = value.integer {
            self = .integer(number)
        } else if let text = value.text {
            self = .text(text)
        } else if value.isArray {
            self = .array(value.elements.map(Sample.init))
        } else if value.isObject {
            self = .object(value.members.map(\.name), value.members.map { Sample($0.value) })
        } else {
            self = .null
        }
    }

    static func random(_ random: inout SplitMix, depth: Int) -> Sample {
        switch random.next() % (depth > 0 ? 6 : 4) {
        case 0: .null
        case 1: .boolean(random.next() % 2 == 0)
        case 2: .integer(Int(truncatingIfNeeded: random.next()))
        case 3: .text(Self.text(&random))
        case 4: .array((0..<random.next() % 5).map { _ in Self.random(&random, depth: depth - 1) })
        default: Self.object(&random, depth)
        }
    }

    private static func object(_ random: inout SplitMix, _ depth: Int) -> Sample {
        let count = random.next() % 5
        return .object((0..<count).map { _ in text(&random) }, (0..<count).map { _ in Self.random(&random, depth: depth - 1) })
    }

    private static func text(_ random: inout SplitMix) -> String {
        let scalars: [Unicode.Scalar] = ["a", "Z", "\"", "\\", "\n", "\u{1}", "é", "€", "😀", "/"]
        return String(String.UnicodeScalarView((0..<random.next() % 8).map { _ in scalars[Int(random.next() % 10)] }))
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .boolean(let truth): writer.value(truth)
        case .integer(let number): writer.value(number)
        case .text(let text): writer.value(text)
        case .array(let items): writer.array(items) { $1.write(to: &$0) }
        case .object(let names, let values):
            writer.object { writer in
                for (name, value) in zip(names, values) {
                    writer.name(anyText: name)
                    value.write(to: &writer)
                }
            }
        }
    }
}
