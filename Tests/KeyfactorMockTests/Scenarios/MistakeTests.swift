import Testing

@testable import Base
@testable import ScenarioFormat

/// Reads a text and draws what is wrong with it; empty if nothing is.
///
/// - Parameters:
///   - text: YAML or JSON.
///   - shape: what it must look like.
/// - Returns: the drawing, with the file named `x.yaml`.
func drawing(_ text: String, as shape: Shape = .any) -> String {
    do throws(Mistakes) {
        _ = try YAMLNode.read(Array(text.utf8), as: shape)
        return ""
    } catch {
        return error.drawn(file: "x.yaml", source: Array(text.utf8))
    }
}

private let number = Shape.map(of: .integer())

@Test func aMistakeIsDrawnUnderItsLineWithTheHintBehindTheCaret() {
    let agent = Shape.object("an agent", fields: [.init("machine", .text(), about: ""), .init("username", .text(), about: "")])
    let text = "agents:\n  - { machin: uo-1 }\n"
    #expect(
        drawing(text, as: .map(of: .list(agent))) == """
            x.yaml:2:7: unknown key 'machin' in an agent
                2 |   - { machin: uo-1 }
                  |       ^~~~~~ did you mean 'machine'? (one of machine, username)
            """)
}

@Test func aLongLineIsCutOnBothSidesOfTheCaret() {
    let text = "{ a: \"" + String(repeating: "y", count: 90) + "\", bad: x, b: \"" + String(repeating: "z", count: 90) + "\" }"
    let texts = ["a", "b"].map { Shape.Field($0, .text(), about: "") }
    let shape = Shape.object("a thing", fields: texts + [.init("bad", .integer(), about: "")])
    let (ys, zs) = (String(repeating: "y", count: 32), String(repeating: "z", count: 53))
    #expect(
        drawing(text, as: shape) == """
            x.yaml:1:105: 'bad' must be a whole number, found 'x'
                1 | …\(ys)", bad: x, b: "\(zs)…
                  |  \(String(repeating: " ", count: 40))^
            """)
}

@Test func tabsBeforeTheCaretStayTabs() {
    #expect(
        drawing("{\t\"a\":\tx }", as: number) == """
            x.yaml:1:8: 'a' must be a whole number, found 'x'
                1 | {\t"a":\tx }
                  |  \t    \t^
            """)
}

@Test func aCharacterOutsideOfASCIICountsAsOneColumn() {
    #expect(
        drawing("{ é: x }", as: number) == """
            x.yaml:1:6: 'é' must be a whole number, found 'x'
                1 | { é: x }
                  |      ^
            """)
}

@Test func aByteOrderMarkDoesNotMoveTheCaret() {
    #expect(
        drawing("\u{FEFF}a: x", as: number) == """
            x.yaml:1:4: 'a' must be a whole number, found 'x'
                1 | a: x
                  |    ^
            """)
}

@Test func moreThanTwentyMistakesAreCounted() {
    let text = (1...25).map { "k\($0): x\n" }.joined()
    let lines = drawing(text, as: number).split(separator: "\n")
    #expect(lines.count == 61)
    #expect(lines.last == "and 5 more")
}

@Test func mistakesComeInOrderOfPositionAndOnce() {
    let mark = { (line: Int32, column: Int32) in Mark(line: line, column: column, width: 1) }
    let mistakes = Mistakes([
        Mistake(mark(2, 1), "c"), Mistake(mark(1, 5), "b"), Mistake(mark(1, 2), "a"), Mistake(mark(2, 1), "d"), Mistake(mark(2, 1), "c"),
    ])
    #expect(mistakes.all.map(\.message) == ["a", "b", "c", "d"])
}

@Test(
    arguments: [
        ("machin", "machine", "a letter is missing"), ("MACHINE", "machine", "case does not count"), ("naem", "name", "a swap is one edit"),
        ("usrname", "username", "the nearest of several"), ("zzzzzz", nil, "nothing is near"), ("", nil, "nothing was written"),
        ("id", nil, "two letters may change one, not two"), ("x", nil, "one letter is like any other"),
    ] as [(String, String?, Comment)])
func theNearestWordIsFoundWithinAThirdOfTheLetters(word: String, nearest: String?, reason: Comment) {
    #expect(nearestWord(to: word, among: ["machine", "name", "username", "y"]) == nearest, reason)
}
