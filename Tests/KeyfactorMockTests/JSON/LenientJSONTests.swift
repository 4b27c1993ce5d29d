import TestSupport
import Testing

@testable import Base
@testable import Command
@testable import Entities
@testable import KeyfactorMock
@testable import Model

/// What Newtonsoft's reader takes beyond RFC 8259, held against the plain JSON that it means.
struct LenientJSONTests {
    @Test(arguments: [
        ("{'a':'b'}", #"{"a":"b"}"#, "single quotes"), (#"{'a"b':'"'}"#, #"{"a\"b":"\""}"#, "double quotes in single ones"),
        (#"['it\'s',"it\'s",'\"','\\']"#, #"["it's","it's","\"","\\"]"#, "escaped quotes"), (#"["it's"]"#, #"["it's"]"#, "plain"),
        (#"['\u0041\'\u0042']"#, #"["A'B"]"#, "other escapes beside"), ("['é\u{1F600}']", "[\"é\u{1F600}\"]", "UTF-8 of all lengths"),
        ("{a:1,_b:2,$c:3,4:5,äö:6}", #"{"a":1,"_b":2,"$c":3,"4":5,"äö":6}"#, "names without quotes"),
        ("{true:true,a\t:\n1}", #"{"true":true,"a":1}"#, "a word as a name, and blanks after one"),
        ("{null:null,NaN:0}", #"{"null":null,"NaN":0}"#, "words that are no values here"),
        ("[1,]", "[1]", "a comma before the bracket"), ("{'a':1 , }", #"{"a":1}"#, "and before the brace"),
        ("[[1,],]", "[[1]]", "both"), ("{a:{b:1,},}", #"{"a":{"b":1}}"#, "nested"), ("[{},]", "[{}]", "after an empty object"),
        ("[1,,2]", "[1,null,2]", "left out"), ("[,]", "[null]", "only left out"), ("[,1]", "[null,1]", "left out first"),
        ("[1,,]", "[1,null]", "left out and a last comma"), ("[,,]", "[null,null]", "two left out"),
        ("// a\n{/* b */a/*c*/:/**/1//d\r,/***/b:2}//e", #"{"a":1,"b":2}"#, "comments everywhere"), ("/*'*/'/*'", #""/*""#, "no comment"),
        ("[1/*,*/,2/**/]//", "[1,2]", "after numbers"), ("['//']", #"["//"]"#, "a string"), ("/*/*/1", "1", "a comment of three"),
        ("[true/**/,null//\n]", "[true,null]", "after words"),
        ("[\"a\r\nb\tc\u{1}\u{0}\"]", #"["a\r\nb\tc\u0001\u0000"]"#, "control characters"), ("['\n\"']", #"["\n\""]"#, "in single quotes"),
        ("{\"a\nb\":1}", #"{"a\nb":1}"#, "in a name"), (#"["a\#u{8}\n"]"#, #"["a\b\n"]"#, "beside an escape"),
        ("{\"a\":1}}", #"{"a":1}"#, "a brace too many, as a client of the vault sends"), ("{} {}", "{}", "two values"),
        ("[]x", "[]", "a letter"),
        ("'a'b", #""a""#, "after a string"), ("1 2", "1", "two numbers"), ("{a:1},\"b\":2}", #"{"a":1}"#, "closed too early"),
        ("[1]\u{0}", "[1]", "a NUL"), ("null/", "null", "half a comment"), ("{}\u{FEFF}", "{}", "a mark after"),
        ("\u{FEFF}{a:1}", #"{"a":1}"#, "a byte order mark"), ("[0x1F,0XfF,0x0]", "[31,255,0]", "hexadecimal"),
        ("[017,00]", "[15,0]", "octal"),
        ("[0xFFFFFFFFFFFFFFFF]", "[-1]", "all 64 bits"), ("[.5,-.5,1.,-1.e2]", "[0.5,-0.5,1,-1e2]", "digits on one side"),
        ("[-010,-00,-01.50]", "[-10,0,-1.50]", "a sign makes it decimal"),
        ("[NaN,Infinity,-Infinity]", #"["NaN","Infinity","-Infinity"]"#, "texts"),
        ("{a:undefined}", #"{"a":null}"#, "undefined"), ("[\u{A0}1\u{2003},\u{B}2\u{C}\u{3000}]", "[1,2]", "blanks of Unicode"),
        ("\u{85}\u{2028}{\u{202F}a\u{A0}:\u{1680}1}", #"{"a":1}"#, "more of them"),
    ])
    func aText(_ lenient: String, means plain: String, _ reason: String) throws {
        let document = try JSONDocument.lenient(Array(lenient.utf8))
        let expected = try JSONDocument(Array(plain.utf8))
        #expect(Written(document.root) == Written(expected.root))
        #expect((document.departure == nil) == (lenient == plain))
        let inside = try JSONDocument.lenient(Array("{'\(lenient)".utf8), in: 2..<2 + lenient.utf8.count)
        #expect(Written(inside.root) == Written(expected.root), "inside a buffer")
    }

    @Test(arguments: [
        ("", "nothing", 1), (" // a", "only a comment", 6), ("{", "not closed", 2), ("{a:1", "not closed", 5), ("[1,", "not closed", 4),
        ("'a", "a string not closed", 3), ("'a\"", "closed by the other quote", 4), ("\"a'", "and the other way round", 4),
        ("{a}", "a name without a value", 3), ("{a:}", "no value", 4), ("{a:,b:1}", "a value left out", 4),
        ("{a:1,,b:2}", "a member left out", 6),
        ("{,}", "a comma alone", 2), ("[1}", "the wrong bracket", 3), ("{a:1]", "the wrong bracket", 5), ("[1 2]", "no comma", 4),
        ("/* a", "a comment not closed", 5), ("/a/1", "no comment", 1), ("[1/]", "no comment", 3), ("{'a' 'b'}", "no colon", 6),
        ("True", "a word of Python", 1), ("nul", "half a word", 1), ("truex", "a longer word", 5), ("abc", "a word", 1),
        ("true-", "joined", 5),
        ("+1", "a plus", 1), ("-", "a sign", 2), (".", "a point", 1), ("0x", "no digits", 2), ("0xG", "no digit", 2),
        ("08", "no octal digit", 3),
        ("0x1FFFFFFFFFFFFFFFFF", "more than 64 bits", 2), ("1e", "no exponent", 3), ("1.2.3", "two points", 4), ("--1", "two signs", 2),
        ("00.5", "octal with a point", 3), ("-0x1", "a sign and hexadecimal", 3), ("0x-1", "a sign within", 2), ("1_000", "a joint", 2),
        (#"'\x'"#, "an unknown escape", 2), (#"'\u12g4'"#, "no digit", 2), (#"'\"#, "an escape at the end", 3),
        ("new Date(0)", "a constructor", 1),
        ("{a-b:1}", "a hyphen in a bare name", 3), ("{'a':1 'b':2}", "no comma", 8), ("]", "a bracket alone", 1),
        (":1", "a colon alone", 1),
        ("(1)", "parentheses", 1), ("{[1]:2}", "an array as a name", 2), ("=1", "a sign", 1), ("\u{0}", "NUL", 1),
    ])
    func aText(isNothing text: String, _ reason: String, _ column: Int) {
        let mistake = mistake(Array(text.utf8))
        #expect(mistake != nil)
        #expect(mistake?.column == column, "\(String(describing: mistake))")
    }

    @Test(
        arguments: [
            ([0x27, 0xFF, 0x27], "a byte that never stands in UTF-8"), ([0x27, 0xC0, 0x80, 0x27], "overlong"),
            ([0x7B, 0xFF, 0x3A, 0x31, 0x7D], "in a name"),
            ([0x27, 0xE2, 0x82], "cut short"), ([0xC2, 0x31], "half a blank"), ([0x5B, 0xE2, 0x80], "a blank cut short"),
        ] as [([UInt8], String)])
    func bytes(areNothing bytes: [UInt8], _ reason: String) {
        #expect(mistake(bytes) != nil)
    }

    @Test(arguments: [("[", "]"), ("{a:", "}"), ("[{a:", "}]"), ("[,", ",]"), ("[//\n", "]")])
    func theDepthIsLimitedAsEver(_ opening: String, _ closing: String) {
        let levels = opening == "[{a:" ? 32 : 64
        for (depth, isRight) in [(levels, true), (levels + 1, false), (100_000, false)] {
            let text = String(repeating: opening, count: depth) + "1" + String(repeating: closing, count: depth)
            #expect((mistake(Array(text.utf8)) == nil) == isRight, "\(depth) of \(opening)")
        }
    }

    @Test func theNumberOfValuesIsLimitedAsEver() {
        for (text, isRight) in [(",", true), ("'',", true), ("'',", false), (",", false)] {
            let count = isRight ? 65_535 : 65_536
            let mistake = mistake(Array(("[" + String(repeating: text, count: count) + "]").utf8))
            #expect(mistake?.message == (isRight ? nil : "more than 65536 values and names"))
        }
        #expect(mistake(Array(("{" + String(repeating: "a:1,", count: 40_000) + "}").utf8))?.isLimit == true)
    }

    @Test(arguments: ["'\u{1}", "/*", "[/*a*/", "'\\'", "\u{A0}", "[1//\n", "'\"", "0", "a", "[NaN,", "-.", "/"])
    func noTextCostsMoreThanItsLength(_ part: String) {
        let clock = ContinuousClock()
        let text = Array(String(repeating: part, count: (1 << 20) / part.utf8.count).utf8)
        #expect(clock.measure { _ = mistake(text) } < .seconds(10 * slowness))
    }

    @Test func whatIsPlainMeansTheSameToBothParsers() throws {
        var random = SplitMix(seed: 17)
        let alphabet = Array("{}[]\"':,\\u0019eE+-. \n\t/*tfnrlasdxNI\u{7F}".utf8) + [0, 0xC2, 0xA0, 0xFF]
        for _ in 0..<20_000 {
            let bytes = (0..<Int(random.next() % 40)).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
            guard let lenient = try? JSONDocument.lenient(bytes) else {
                #expect((try? JSONDocument(bytes)) == nil)
                continue
            }
            if let strict = try? JSONDocument(bytes) { #expect(Written(strict.root) == Written(lenient.root)) }
            var writer = JSONWriter()
            Written(lenient.root).write(to: &writer)
            #expect(Written(try JSONDocument(writer.bytes).root) == Written(lenient.root), "what was read is JSON")
        }
    }

    @Test(
        "A text that is longer than allowed is refused where it begins, however it is read",
        arguments: [
            (#"{"a":"TEXT"}"#, 7), (#"{"TEXT":1}"#, 3), (#"{'a':'TEXT'}"#, 7), ("{TEXT:1}", 2), (#"[1,"TEXT"]"#, 5), ("[TEXT]", 2),
            (#"{a:"TEXT"}"#, 5), (#"["a","TEXT",]"#, 7),
        ])
    func longTexts(_ shape: String, _ column: Int) throws {
        let fits = shape.replacing("TEXT", with: String(repeating: "1", count: 100))
        #expect(throws: Never.self) { try JSONDocument.lenient(Array(fits.utf8), longestText: 100) }
        let mistake = #expect(throws: JSONMistake.self) {
            try JSONDocument.lenient(Array(shape.replacing("TEXT", with: String(repeating: "1", count: 101)).utf8), longestText: 100)
        }
        #expect(mistake?.message == "this text is too long, expected at most 100 bytes")
        #expect(mistake?.line == 1 && mistake?.column == column)
    }

    private func mistake(_ bytes: [UInt8]) -> JSONMistake? {
        do throws(JSONMistake) {
            _ = try JSONDocument.lenient(bytes)
            return nil
        } catch {
            return error
        }
    }
}

/// A value as plain Swift: what it says, however it was written.
private indirect enum Written: Equatable {
    case source(String), text(String), array([Written]), object([String], [Written])

    init(_ value: JSONValue) {
        if let text = value.text {
            self = .text(text)
        } else if value.isArray {
            self = .array(value.elements.map(Written.init))
        } else if value.isObject {
            self = .object(value.members.map(\.name), value.members.map { Written($0.value) })
        } else {
            self = .source(value.source == "-0" ? "0" : value.source)
        }
    }

    func write(to writer: inout JSONWriter) {
        switch self {
        case .source(let source): writer.raw(source)
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
