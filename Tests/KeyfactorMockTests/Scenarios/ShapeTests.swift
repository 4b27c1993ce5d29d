import Testing

@testable import Base
@testable import ScenarioFormat

private let agent = Shape.object(
    "an agent",
    fields: [
        .init("machine", .text(length: 1...8), required: true, about: "the name it registers with"),
        .init("status", .word(["new", "approved", "off"]), about: "where it stands"),
        .init("capabilities", .list(.text()), about: "what it can do"),
        .init("polls", .boolean, about: "whether it asks for jobs"),
        .init("seen", .time, about: "when it last called"),
    ])
private let pause = Shape.oneOf(
    [
        .duration, .object("a uniform delay", fields: [.init("uniform", .list(.duration), required: true, about: "from and to")]),
        .object("a constant delay", fields: [.init("always", .duration, about: "how long"), .init("max", .integer(), about: "how often")]),
    ], "a duration or a distribution")
private let document = Shape.object(
    "a scenario",
    fields: [
        .init("product", .quotedText("a release such as \"25.4\"", pattern: "[0-9]+[.][0-9]+"), about: "the release simulated"),
        .init("agents", .list(agent), about: "the agents"),
        .init("rate", .integer(1...100), about: "times as fast"),
        .init("share", .number(0...1), about: "how many"),
        .init("delay", pause, about: "how long to wait"),
        .init("headers", .map(of: .orNull(.text())), about: "what to send"),
        .init("body", .any, about: "any JSON"),
        .init("matcher", matcher(), about: "what must hold"),
    ])

@Sendable private func matcher() -> Shape {
    .named("matcher") {
        .object("a matcher", fields: [.init("not", matcher(), about: "the opposite"), .init("is", .text(), about: "equals")])
    }
}

private func mistakes(_ text: String) -> [String] {
    do throws(Mistakes) {
        _ = try YAMLNode.read(Array(text.utf8), as: document)
        return []
    } catch {
        return error.all.map { "\($0.line):\($0.column) \($0.message)" + ($0.hint.map { " (\($0))" } ?? "") }
    }
}

@Test(arguments: [
    ("agents: [ { machine: 5, status: off, polls: off } ]", "a plain off is the word where a word is wanted"),
    ("agents: [ { machine: yes, polls: Yes, seen: -2h } ]", "a plain yes is text where text is wanted"),
    ("product: '25.4'\nrate: 100\nshare: 1e-1", "bounds belong to the range"), ("delay: 250ms", "the first alternative"),
    ("delay: { uniform: [ 1s, 2s ] }", "the second alternative"), ("headers: { a: 1, b: null, c: }", "null where it is allowed"),
    ("body: { a: [ { b: off } ] }", "anything goes"), ("matcher: { not: { not: { is: x } } }", "a shape inside itself"),
    ("{}", "nothing required"),
])
func whatFitsIsAccepted(text: String, reason: Comment) {
    #expect(mistakes(text) == [], reason)
}

@Test(arguments: [
    ("agent: []", "1:1 unknown key 'agent' in a scenario (did you mean 'agents'? (one of LIST))", "near"),
    ("zzzzzz: []", "1:1 unknown key 'zzzzzz' in a scenario (one of LIST)", "nothing near"),
    ("agents: [ { polls: true } ]", "1:11 an agent needs the key 'machine' (machine: the name it registers with)", "required"),
    ("agents: 5", "1:9 'agents' must be a list, found '5'", "no list"),
    ("agents:", "1:8 'agents' must be a list, found nothing", "nothing there"),
    ("agents: ~", "1:9 'agents' must be a list, found null", "null"),
    ("agents: [ uo-1 ]", "1:11 each item of 'agents' must be an agent (a mapping), found 'uo-1'", "an item that is no mapping"),
    ("agents: [ { machine: \"\" } ]", "1:22 'machine' must be text of 1 to 8 characters, found \"\"", "too short"),
    (
        "agents: [ { machine: a, status: aproved } ]",
        "1:33 'status' must be one of new, approved, off, found 'aproved' (did you mean 'approved'?)", "near word"
    ),
    (
        "agents: [ { machine: a, polls: 'yes' } ]", "1:32 'polls' must be true or false, found \"yes\" (write it without quotes)",
        "quoted switch"
    ),
    (
        "agents: [ { machine: a, seen: 2026-03-01 } ]",
        "1:31 'seen' must be a time such as 2026-03-01T09:00:00Z, +6d or -2h, found '2026-03-01' (write date and time: 2026-03-01T09:00:00Z)",
        "a day is no time"
    ),
    ("product: 25.10", "1:10 'product' must be a release such as \"25.4\", found '25.10' (quote it: \"25.10\")", "loses its zero"),
    ("product: \"x\"", "1:10 'product' must be a release such as \"25.4\", found \"x\"", "pattern"),
    ("rate: 101", "1:7 'rate' must be a whole number from 1 to 100, found '101'", "out of range"),
    ("rate: '5'", "1:7 'rate' must be a whole number from 1 to 100, found \"5\" (write it without quotes)", "quoted number"),
    (
        "rate: 017",
        "1:7 'rate' must be a whole number from 1 to 100, found '017' "
            + "(remove the leading zero: in YAML 1.1 such numbers are octal)", "octal"
    ),
    ("share: nan", "1:8 'share' must be a number from 0.0 to 1.0, found 'nan'", "not a number"),
    ("delay: 250", "1:8 'delay' must be a duration such as 250ms, 3s, 2m, 1h or 5d, found '250' (add a unit: ms, s, m, h or d)", "no unit"),
    ("delay: { unifrm: [] }", "1:8 'delay' must be a duration or a distribution, found a mapping (did you mean 'uniform'?)", "misspelt"),
    ("delay: { always: 1s, max: x }", "1:27 'max' must be a whole number, found 'x'", "the alternative that knows most keys"),
    ("delay: []", "1:8 'delay' must be a duration or a distribution, found a list", "no alternative"),
    ("headers: { a: [] }", "1:15 'a' must be text, found a list", "free keys"),
    ("- 1", "1:1 the document must be a scenario (a mapping), found a list", "the whole document"),
    ("matcher: { not: { nit: x } }", "1:19 unknown key 'nit' in a matcher (did you mean 'not'? (one of not, is))", "deep inside"),
])
func whatDoesNotFitIsSaidWithWhatWouldBeRight(text: String, expected: String, reason: Comment) {
    let keys = "product, agents, rate, share, delay, headers, body, matcher"
    let parts = expected.split(separator: "LIST", omittingEmptySubsequences: false)
    #expect(mistakes(text) == [parts.joined(separator: keys)], reason)
}

@Test func aKeyThatWasMisspeltIsNotAlsoMissing() {
    #expect(mistakes("agents: [ { machin: a } ]").count == 1)
}

@Test func doubledKeysAndWrongValuesAreReportedTogether() {
    #expect(mistakes("rate: x\nshare: 1\nrate: 2").map { $0.prefix(3) } == ["1:7", "3:1"])
}

@Test(
    arguments: [
        ("250ms", .milliseconds(250)), ("3s", .seconds(3)), ("2m", .seconds(120)), ("1h", .seconds(3600)), ("5d", .seconds(432_000)),
        ("36500d", .seconds(3_153_600_000)), ("36501d", nil), ("9999999999s", nil), ("3", nil), ("s", nil), ("1.5s", nil), ("-3s", nil),
        ("3 s", nil),
        ("٣s", nil),
    ] as [(String, Duration?)])
func aDurationIsAWholeNumberWithItsUnit(text: String, duration: Duration?) {
    #expect(YAMLNode(content: .scalar(text, quoted: false), mark: Mark(line: 1, column: 1, width: 0)).duration == duration)
}

@Test(
    arguments: [
        ("1970-01-01T00:00:00Z", .absolute(Timestamp(ticks: 0))),
        ("2026-03-01T09:00:00Z", .absolute(Timestamp(ticks: 1_772_355_600 * 10_000_000))),
        ("2026-03-01T10:00:00+01:00", .absolute(Timestamp(ticks: 1_772_355_600 * 10_000_000))),
        ("2024-02-29T00:00:00.25Z", .absolute(Timestamp(ticks: 1_709_164_800_250 * 10_000))),
        ("1969-12-31T23:59:59Z", .absolute(Timestamp(ticks: -1 * 10_000_000))), ("0000-03-01T00:00:00Z", nil),
        ("+6d", .relative(.seconds(518_400))), ("-2h", .relative(.seconds(-7200))), ("2026-02-29T00:00:00Z", nil),
        ("1900-02-29T00:00:00Z", nil),
        ("2026-03-01T24:00:00Z", nil), ("2026-03-01T09:00:00", nil), ("2026-03-01", nil), ("6d", nil), ("+-6d", nil),
    ] as [(String, YAMLNode.Moment?)])
func aTimeIsAnInstantWithItsOffsetOrRelative(text: String, time: YAMLNode.Moment?) {
    #expect(YAMLNode(content: .scalar(text, quoted: false), mark: Mark(line: 1, column: 1, width: 0)).time == time)
}

private let shares = Shape.object(
    "a thing",
    fields: [
        .init("chance", .text("a chance", pattern: "(100|[0-9]{1,2}([.][0-9]{1,6})?)%"), about: "how likely"),
        .init(
            "keep", .oneOf([.integer(2...9), .text("a share", pattern: "[0-9]{1,2}%")], "2 to 9, or a share such as 60%"), about: "a part"),
        .init("inner", .object("an inner thing", fields: []), about: "keys inside"),
    ])

private func hints(_ text: String) -> [String?] {
    do throws(Mistakes) {
        _ = try YAMLNode.read(Array(text.utf8), as: shares)
        return []
    } catch {
        return error.all.map(\.hint)
    }
}

@Test(arguments: [
    ("chance: 0.3", "write 30%"), ("chance: 30", "write 30%"), ("chance: '0.125'", "write 12.5%"), ("chance: 1", "write 100%"),
    ("chance: 0.005", "write 0.5%"), ("chance: 99.5", "write 99.5%"), ("chance: 1e-1", "write 10%"), ("chance: 300", nil),
    ("chance: -1", nil),
    ("chance: half", nil),
])
func aNumberThatIsMeantAsAPercentageGetsAHint(text: String, hint: String?) {
    #expect(hints(text) == [hint])
}

@Test(arguments: [
    ("x-a: 1", 0), ("x-: [ any, { thing: 1 } ]\nx-b: &b 5%\nchance: *b", 0), ("X-a: 1", 1), ("xa: 1", 1), ("inner: { x-a: 1 }", 1),
    ("x-a: 1\nx-a: 2", 1),
])
func keysOfADocumentThatBeginWithXAreIgnored(text: String, mistakes: Int) {
    #expect(hints(text).count == mistakes)
}

@Test func theSchemaSaysWhatTheReaderChecks() {
    let shape = Shape.object(
        "a thing",
        fields: [
            .init("name", .text(length: 1...40), required: true, about: "its \"name\""),
            .init("release", .quotedText(pattern: "[0-9]+"), about: "which"),
            .init("ids", .list(.word(["vendor", "404"])), about: "what unknown ids get"),
            .init("rate", .integer(1...Int.max), about: "speed"),
            .init("delay", .oneOf([.duration, .boolean], "a duration or a switch"), about: "a pause"),
            .init("not", matcher(), about: "the opposite"),
        ])
    #expect(shape.jsonSchema(title: "A thing", id: "https://example.test/thing") == expectedSchema)
}

private let expectedSchema = #"""
    {
      "$schema": "http://json-schema.org/draft-07/schema#",
      "$id": "https://example.test/thing",
      "title": "A thing",
      "type": "object",
      "required": ["name"],
      "properties": {
        "name": {
          "description": "its \"name\"",
          "type": ["string", "number", "boolean"],
          "minLength": 1,
          "maxLength": 40
        },
        "release": {
          "description": "which",
          "type": "string",
          "pattern": "^(?:[0-9]+)$"
        },
        "ids": {
          "description": "what unknown ids get",
          "type": "array",
          "items": {
            "enum": ["vendor", "404", 404]
          }
        },
        "rate": {
          "description": "speed",
          "type": "integer",
          "minimum": 1
        },
        "delay": {
          "description": "a pause",
          "anyOf": [
            {
              "description": "a duration such as 250ms, 3s, 2m, 1h or 5d",
              "type": "string",
              "pattern": "^[0-9]{1,9}(ms|s|m|h|d)$"
            },
            {
              "type": "boolean"
            }
          ]
        },
        "not": {
          "description": "the opposite",
          "allOf": [
            {
              "$ref": "#/definitions/matcher"
            }
          ]
        }
      },
      "additionalProperties": false,
      "patternProperties": {
        "^x-": {}
      },
      "definitions": {
        "matcher": {
          "type": "object",
          "properties": {
            "not": {
              "description": "the opposite",
              "allOf": [
                {
                  "$ref": "#/definitions/matcher"
                }
              ]
            },
            "is": {
              "description": "equals",
              "type": ["string", "number", "boolean"]
            }
          },
          "additionalProperties": false
        }
      }
    }
    """#
