import MicroHTTP
import Testing

@testable import Base
@testable import Rules
@testable import Worlds

/// What the lines of `where` hold against a request.
struct MatcherTests {
    static let body =
        #"{"Name":"Alpha","Count":3,"Share":2.50,"Yes":true,"Nothing":null,"List":["a",{"Deep":7}],"Inner":{"Word":"x y","Big":10}}"#

    /// Whether a rule with this `where` matches the request of all these tests.
    static func matches(_ line: String, body: String = body, path: String = "/KeyfactorAPI/Agents/7/Reset?pq.queryString=a%20b&Empty=")
        throws -> Bool
    {
        let text = "rules: [ { operation: 'POST /Agents/{id}/Reset', where: { \(line) }, do: [ { refuse: unavailable } ] } ]"
        let scenario = try Scenario(Array(text.utf8), now: .first)
        let headers = [("X-Trace", "AbC"), ("X-A", "3"), ("X-A", "0"), ("x-a", "ab"), ("Authorization", "Basic RVhBTVBMRVxvcHM6cw==")]
        let request = Request(.post, path, headers: headers, body: Array(body.utf8))
        return Explanation(of: request, by: scenario, now: .first).calls[0][0].strikes
    }

    @Test(arguments: [
        ("header.x-trace: abc", true, "headers without case"), ("header.X-Trace: ABC", true, "and their names too"),
        ("header.x-trace: ab", false, "but whole"), ("header.x-trace: { contains: bc }", true, "a part, without case"),
        ("header.x-trace: present", true, "it is there"), ("header.x-none: absent", true, "it is not"),
        ("header.x-none: present", false, "it is not there"), ("header.x-none: { not: abc }", true, "what is not there is not abc"),
        ("header.x-trace: { regex: '^A.C$' }", true, "a regular expression, with case"),
        ("query.QueryString: a b", true, "decoded, without prefix and case"),
        ("query.certificateStoreQuery.queryString: a b", true, "prefixes do not count"),
        ("query.empty: ''", true, "empty and there"), ("query.other: absent", true, "not there"),
        ("path.id: '7'", true, "a path parameter"), ("method: POST", true, "the method"), ("world: default", true, "the world"),
        (#"caller: 'EXAMPLE\ops'"#, true, "the user of Basic"), ("caller: somebody", false, "another"),
        ("body.Name: Alpha", true, "a string"), ("body.name: Alpha", true, "members without case"),
        ("body.Name: alpha", false, "values with case"),
        ("body.Count: 3", true, "a number"), ("body.Count: 3.0", true, "numbers as numbers"), ("body.Count: '3'", true, "its text"),
        ("body.Share: 2.5", true, "2.50 is 2.5"), ("body.Share: '2.5'", false, "in quotes the text counts"),
        ("body.Yes: true", true, "a boolean"), ("body.Nothing: null", true, "null"), ("body.Nothing: present", true, "null is there"),
        ("body.Other: null", false, "what is not there is not null"), ("body.Other: absent", true, "not there"),
        ("'body.List[0]': a", true, "an element"), ("'body.List[1].Deep': 7", true, "into an element"),
        ("'body.List[2]': absent", true, "past the end"),
        ("body.List: { contains: a }", true, "an element of a list"), ("body.List: { contains: b }", false, "none of a list"),
        ("body.Count: { above: 2 }", true, "3 is above 2"), ("body.Count: { above: 3 }", false, "3 is not above 3"),
        ("body.Count: { above: 2, below: 4 }", true, "both hold"), ("body.Count: { above: 2, below: 3 }", false, "one does not"),
        ("body.Name: { above: 2 }", false, "a word is no number"), ("body.Name: { oneOf: [ Beta, Alpha ] }", true, "one of them"),
        ("body.Count: { oneOf: [ 1, 3 ] }", true, "one of numbers"),
        ("body.Name: { not: { oneOf: [ Beta, Alpha ] } }", false, "none of them"),
        ("body.Inner: { covers: { word: x y } }", true, "a part of an object"),
        ("body.Inner: { covers: { Word: x } }", false, "another value"),
        ("body.List: { covers: [ { Deep: 7 } ] }", true, "an element anywhere"),
        ("body.Inner.Big: { equals: 10, not: 11 }", true, "two tests"),
        ("body.Inner.Word: { equals: present }", false, "the word itself must be written as equals"),
        ("header.x-trace: abc, body.Count: 4", false, "all lines must hold"),
        ("header.x-a: { above: 1, below: 1.5 }", false, "two lines of a field, each of which passes one test"),
        ("header.x-a: { above: 1, contains: a }", false, "the same with other tests"),
        ("header.x-a: { above: -1, below: 1 }", true, "one line passes both"),
        ("header.x-a: { contains: '3, 0', regex: 'ab$' }", true, "all lines together pass both"),
        ("header.x-a: { above: 1, not: 0 }", false, "what must not be, no line may be"),
        ("header.x-a: { above: 1, not: 7 }", true, "and none is"),
        ("header.x-a: { not: { above: 1, below: 1.5 } }", true, "no line passes both"),
        ("header.x-a: { not: { above: 2, below: 4 } }", false, "a line passes both"),
        ("header.x-a: { oneOf: [ 7, 0 ], below: 1 }", true, "one of several, and another test, by one line"),
        ("header.x-a: { oneOf: [ 7, 3 ], below: 1 }", false, "by two lines"),
        ("method: post", true, "methods without case"), ("method: { oneOf: [ get, Post ] }", true, "any of them"),
        ("method: { not: post }", false, "also where it must not be"),
    ])
    func aConditionHolds(_ line: String, _ holds: Bool, _ why: String) throws {
        #expect(try Self.matches(line) == holds, "\(why)")
    }

    @Test(arguments: ["", "null", "no json", #"{"Name":"#, "[1]"]) func aBodyThatIsNotAnObjectMatchesNoMember(_ body: String) throws {
        #expect(try !Self.matches("body.Name: Alpha", body: body))
        #expect(try Self.matches("body.Name: absent", body: body))
    }

    @Test func rulesReadBodiesOfUpTo64KiB() throws {
        func body(_ length: Int) -> String {
            let frame = #"{"Name":"Alpha","Fill":""}"#
            return frame.replacing(#""""#, with: "\"" + String(repeating: "x", count: length - frame.utf8.count) + "\"")
        }
        #expect(try Self.matches("body.Name: Alpha", body: body(65_536)))
        #expect(try !Self.matches("body.Name: Alpha", body: body(65_537)))
    }

    @Test func aBodyThatIsAListHasElements() throws {
        #expect(try Self.matches("'body[1].Id': 5", body: #"[{"Id":4},{"Id":5}]"#))
    }
}
