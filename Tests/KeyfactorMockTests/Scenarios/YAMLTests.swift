import TestSupport
import Testing

@testable import Base
@testable import ScenarioFormat

private func read(_ text: String) throws(Mistakes) -> YAMLNode { try YAMLNode.read(Array(text.utf8)) }

/// The mistakes of a text as `line:column message (hint)`.
private func mistakes(_ text: String) -> [String] {
    do throws(Mistakes) {
        _ = try read(text)
        return []
    } catch {
        return error.all.map { "\($0.line):\($0.column) \($0.message)" + ($0.hint.map { " (\($0))" } ?? "") }
    }
}

@Test(arguments: ["", "\n", "# only a comment\n", "---\n", "~", "\u{FEFF}"])
func anEmptyTextIsNull(text: String) throws {
    #expect(try read(text).isNull)
}

@Test func jsonIsReadWithTabsAndEscapes() throws {
    let node = try read("{\n\t\"a\": [1, \"x\\/\\u00e9\\n\", null, true],\n\t\"b\": {}\n}")
    #expect(node["a"]?.items.map(\.text) == ["1", "x/é\n", nil, "true"])
    #expect(node["b"]?.content == .mapping([]))
}

@Test func scalarsKeepTheirCharactersAndTheirPlace() throws {
    let node = try read("a: 25.10\nb:  'off'\nc: |\n  x\n  y\n")
    #expect(node["a"] == YAMLNode(content: .scalar("25.10", quoted: false), mark: Mark(line: 1, column: 4, width: 5)))
    #expect(node["b"] == YAMLNode(content: .scalar("off", quoted: true), mark: Mark(line: 2, column: 5, width: 5)))
    #expect(node["c"]?.content == .scalar("x\ny\n", quoted: true))
}

/// Found by fuzzing: `17.E7` made a body that was no JSON, and `-1.5` became a text.
@Test(arguments: [
    ("17.E7", "170000000.0"), ("-1.5", "-1.5"), (".5", "0.5"), ("+1.5", "1.5"), ("1.", "1.0"), ("1e308", "1e308"), ("25.10", "25.10"),
    ("-7", "-7"), ("+7", "7"), ("'1.5'", "\"1.5\""), ("1.2.3", "\"1.2.3\""), ("017", "\"017\""), ("1e999", "\"1e999\""), ("off", "false"),
])
func aScalarIsWrittenAsJSONOfItsKind(_ yaml: String, _ json: String) throws {
    var writer = JSONWriter()
    try read(yaml).write(to: &writer)
    #expect(String(decoding: writer.bytes, as: UTF8.self) == json)
    #expect(try JSONDocument(writer.bytes).root.isString == json.hasPrefix("\""))
}

@Test func anAliasStandsForWhatItsAnchorNames() throws {
    let node = try read("a: &x { k: 1 }\nb: *x\nc: &y 5\nd: *y\n")
    #expect(node["b"]?["k"]?.integer == 1)
    #expect(node["b"]?.mark == Mark(line: 2, column: 4, width: 2))
    #expect(node["d"]?.integer == 5)
}

@Test func mergedKeysYieldToWrittenOnesAndEarlierSourcesWin() throws {
    let node = try read("a: &a { x: 1, y: 1 }\nb: &b { y: 2, z: 2 }\nc: { <<: [*a, *b], x: 3 }\n")
    #expect(node["c"]?.entries.map { "\($0.key.text ?? ""):\($0.value.text ?? "")" } == ["x:3", "y:1", "z:2"])
    #expect(try read("'<<': 1")["<<"]?.integer == 1)
}

@Test(arguments: [
    ("a: [1, 2\nb: 3", "1:4 this '[' is never closed (a ']' or ',' is missing at or before line 2)", "bracket"),
    ("a: { x: 1 y: 2 }", "1:12 a ',' or '}' is missing before this (the mapping begins at column 4)", "comma"),
    ("a: 'x\nb: 1", "1:4 this quote is never closed", "quote"),
    ("a:\n\tb: 1", "2:1 a tab cannot be used to indent (use spaces)", "tab"),
    ("a: 1\n\tb: 2", "2:1 a tab cannot be used to indent (use spaces)", "tab after a value"),
    ("a: @x", "1:4 no value can begin with '@' (quote it)", "reserved character"),
    ("a: b: c", "1:5 a ':' is not allowed here (quote text that contains ': ', or begin a new line)", "two colons"),
    (
        "a:\n    b: 1\n  c: 2",
        "3:3 this is not aligned with the mapping that begins in line 1, column 1 (indent it like the lines it belongs to)", "bad indent"
    ),
    ("a:\n  - 1\n  b: 2", "3:3 a '- ' is missing before this (it is in the list that begins in line 2, column 3)", "no dash"),
    ("a: 'it's'", "1:8 this cannot follow the value before it (quote the whole text, or begin a new line)", "quote in quotes"),
    ("a: {id}/x", "1:8 this cannot follow the value before it (quote the whole text, or begin a new line)", "braces in text"),
    ("a: * /**", "1:4 a name is missing after this (quote text that begins with '*' or '&')", "a star that is no alias"),
    ("a: \"\\q\"", "1:5 no such escape in double quotes (in single quotes a backslash is just a backslash)", "escape"),
    (
        "a: \"\\uD83D\\uDE00\"", "1:7 this escape is not a character (write the character itself, not a surrogate pair as \\uD83D\\uDE00)",
        "half a character"
    ),
    ("[1,,2]", "1:4 a value is missing here (remove the ',')", "two commas"),
    ("a: é\u{7}", "1:5 control characters are not allowed (write them as \\x1B or \\u0007 in double quotes)", "control character"),
    ("a: 1\n---\nb: 2", "2:1 a second document begins here (a file must have a single document: remove the '---')", "two documents"),
    ("a: 1\nb: 2\na: 3", "3:1 duplicate key 'a', first used in line 1", "doubled key"),
    ("a: *b", "1:4 there is no '&b' before this", "unknown alias"),
    ("a: &base 1\nb: *bse", "2:4 there is no '&bse' before this (did you mean '*base'?)", "misspelt alias"),
    ("a: &x [ *x ]", "1:9 the alias '*x' is inside the value that it refers to", "alias inside"),
    ("<<: 3", "1:5 '<<' must be a mapping or a list of mappings, found '3'", "merge of a scalar"),
    ("{id}: 1", "1:1 a key must be text, found a mapping (quote text that contains '{', '[' or ',')", "a mapping as key"),
    ("a: !foo 1", "1:4 tags other than '!!str' are not supported (remove the '!…')", "tag"),
])
func aSlipOfSyntaxIsSaidInPlainWords(text: String, expected: String, reason: Comment) {
    #expect(mistakes(text) == [expected], reason)
}

@Test func bytesThatAreNotUTF8AreReportedWhereTheyStand() {
    #expect(throws: Mistakes([Mistake(Mark(line: 2, column: 4, width: 0), "these bytes are not UTF-8", hint: "save the file as UTF-8")])) {
        try YAMLNode.read(Array("a: 1\nb: ".utf8) + [0xFF, 0xFE])
    }
}

@Test func severalDoubledKeysAreReportedTogether() {
    let many = (0..<20).map { "k\($0): 1\n" }.joined()
    #expect(mistakes(many + "k3: 1\nk19: 1\n").map { $0.prefix(4) } == ["21:1", "22:1"])
}

@Test func aBillionLaughsAreRefused() {
    var text = "a0: &a0 [ x, x, x, x, x, x, x, x, x, x ]\n"
    for i in 1...9 { text += "a\(i): &a\(i) [ " + Array(repeating: "*a\(i - 1)", count: 10).joined(separator: ", ") + " ]\n" }
    #expect(mistakes(text).map { $0.drop { $0 != " " } } == [" more than 1,000,000 values, with every alias counted in full"])
}

@Test func nestingIsBoundedAlsoThroughAliases() {
    let open = { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) }
    #expect(mistakes(open(64)) == [])
    #expect(mistakes(open(65)) == ["1:65 more than 64 levels of nested lists and mappings"])
    let nested = "a: &a " + open(40) + "\nb: " + String(repeating: "[", count: 30) + "*a" + String(repeating: "]", count: 30)
    #expect(mistakes(nested) == ["2:34 more than 64 levels of nested lists and mappings"])
}

@Test func aTextAbove16MiBIsRefused() {
    let bytes = [UInt8](repeating: UInt8(ascii: "#"), count: 16 << 20)
    #expect(throws: Never.self) { try YAMLNode.read(bytes) }
    #expect(throws: Mistakes.self) { try YAMLNode.read(bytes + [35]) }
}

/// The generator of Steele, Lea and Flood, so that a failure happens again.
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Test(.timeLimit(.minutes(5 * slowness))) func noTextCrashesOrHangsTheReader() {
    var random = SplitMix64(state: 42)
    let sample = Array("a: &x { k: [1, 'b', \"\\n\"] }\nb:\n  - <<: *x\n    c: |\n      t\n  - ? d\n    : !!str 1\n# e\n".utf8)
    let pieces = Array("\t\n\r :-?[]{},#&*!|>'\"%@`\\<~0az".utf8) + [0x00, 0x85, 0xC2, 0xE2, 0xFF]
    var readable = 0
    for round in 0..<4000 {
        var bytes = sample
        if round.isMultiple(of: 4) {
            bytes = (0..<Int.random(in: 0...64, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        } else if round.isMultiple(of: 2) {
            bytes = (0..<Int.random(in: 0...48, using: &random)).map { _ in pieces.randomElement(using: &random) ?? 0 }
        } else {
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                bytes.replaceSubrange(index..<index + 1, with: [pieces.randomElement(using: &random) ?? 0])
            }
        }
        do throws(Mistakes) {
            let node = try YAMLNode.read(bytes)
            readable += 1
            #expect(Shape.map(of: .map(of: .list(.integer()))).check(node).allSatisfy { $0.line > 0 && $0.column > 0 })
        } catch {
            #expect(!error.all.isEmpty)
            #expect(!error.drawn(file: "x", source: bytes).isEmpty)
        }
    }
    #expect((1..<4000).contains(readable))
}
