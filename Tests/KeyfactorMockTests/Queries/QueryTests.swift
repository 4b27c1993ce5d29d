import TestSupport
import Testing

@testable import Base

struct QueryTests {
    private static let scenario = """
        estate:
          from: empty
          agents:
            - { machine: alpha, status: approved, capabilities: [ LOGS, PEM ], lastSeen: "2026-11-22T09:30:00Z", username: 'EX\\a', platform: 1 }
            - { machine: Beta, status: new, capabilities: [ IIS ], lastSeen: "2026-11-20T09:30:00Z", username: 'EX\\b', platform: 7 }
            - { machine: 'g "q" \\x', status: disapproved, capabilities: [], lastSeen: "2026-01-01T00:00:00Z", username: c, platform: 0 }
        """

    @Test(arguments: [
        ("", "alpha Beta g", "no filter"), ("   ", "alpha Beta g", "blanks"), (#"ClientMachine -eq "alpha""#, "alpha", "a text"),
        (#"clientmachine -EQ "ALPHA""#, "alpha", "nothing minds case"), (#"(ClientMachine -eq "alpha")"#, "alpha", "in parentheses"),
        (#"ClientMachine -ne "alpha""#, "Beta g", "not"), (#"ClientMachine -contains "ET""#, "Beta", "contains"),
        (#"ClientMachine -notcontains "a""#, "g", "contains not"),
        (#"ClientMachine -startswith "al""#, "alpha", "starts"), (#"ClientMachine -endswith "A""#, "alpha Beta", "ends"),
        ("Status -eq 2", "alpha", "a number"), (#"Status -eq "2""#, "alpha", "in quotes"), ("Status -eq Approved", "alpha", "by name"),
        ("Status -ge 2", "alpha g", "greater or equal"), ("Status -lt 2 OR Status -gt 2", "Beta g", "or"),
        (#"Capabilities -contains "LOGS""#, "alpha", "a part of a list"),
        ("Capabilities -contains \u{201C}LOGS\u{201D}", "alpha", "curly quotes"),
        (#"Capabilities -notcontains "IIS""#, "alpha g", "no part of a list"), (#"Capabilities -eq "IIS""#, "Beta", "an element"),
        (#"LastSeen -gt "%TODAY-1%""#, "alpha", "today less a day"), (#"LastSeen -lt "%TODAY%""#, "Beta g", "before midnight"),
        (#"LastSeen -ge "2026-11-20""#, "alpha Beta", "a date"),
        (#"LastSeen -eq "2026-11-22T09:30:00Z""#, "alpha", "a moment"),
        (#"(Status -eq "2")AND Platform -eq 1"#, "alpha", "no space after a parenthesis"),
        (#"Status -eq 1 OR Status -eq 2 AND Platform -eq 9"#, "Beta", "AND binds more tightly"),
        (#"(Status -eq 1 OR Status -eq 2) AND Platform -eq 1"#, "alpha", "parentheses"),
        (#"Identity -eq "EX\b""#, "Beta", "another name of a field; a backslash is itself"),
        (#"ClientMachine -eq "g \"q\" \x""#, "g", "an escaped quote"),
        (#"ClientMachine -eq "g ""q"" \x""#, "g", "a doubled quote"),
        (#"ClientMachine -ne "C:\store\""#, "alpha Beta g", "a backslash at the end"), (#"Username -eq NULL"#, "", "null"),
        (#"Username -ne null"#, "alpha Beta g", "not null"),
        ("ClientMachine -eq alpha", "alpha", "no quotes"), ("Platform -eq 1 or Platform -eq 7", "alpha Beta", "small letters"),
    ])
    func aQuery(_ query: String, finds machines: String, _ reason: String) throws {
        let reply = try Mock(Self.scenario).get("/Agents?SortField=ClientMachine&QueryString=\(Self.encoded(query))")
        let found = reply.json.elements.compactMap { $0["ClientMachine"]?.text?.prefix { $0 != " " } }.joined(separator: " ")
        #expect(found == machines)
        #expect(reply["X-Total-Count"] == String(reply.json.elements.count))
    }

    @Test(arguments: [
        (
            "Foo -eq 2",
            "unknown field; one of AgentId, ClientMachine, Username, Platform, Version, Status, LastSeen, Capabilities\n  Foo -eq 2\n  ^~~"
        ),
        ("Status -equals 2", "expected an operator; one of -eq -ne -lt -le -gt -ge\n  Status -equals 2\n         ^~~~~~~"),
        ("Status -contains 2", "'Status' takes one of -eq -ne -lt -le -gt -ge\n  Status -contains 2\n         ^~~~~~~~~"),
        ("Status -eq", "expected a value after '-eq'\n  Status -eq\n            ^"),
        ("Status", "expected an operator after 'Status'\n  Status\n        ^"),
        ("Status -eq many", "expected a number, or one of new, approved, disapproved\n  Status -eq many\n             ^~~~"),
        ("(Status -eq 2", "this '(' is not closed\n  (Status -eq 2\n  ^"),
        ("Status -eq 2)", "this ')' has no matching '('\n  Status -eq 2)\n              ^"),
        ("()", "expected a field; one of AgentId, ClientMachine, Username, Platform, Version, Status, LastSeen, Capabilities\n  ()\n   ^"),
        (#"Status -eq "2"#, "this quote is not closed\n  Status -eq \"2\n             ^"),
        ("Status -eq 2 Status -eq 3", "expected AND, OR or the end\n  Status -eq 2 Status -eq 3\n               ^~~~~~"),
        (
            #"LastSeen -gt "soon""#,
            "expected a time such as \"2026-11-22\", \"2026-11-22T20:00:00Z\" or \"%TODAY-7%\"\n  LastSeen -gt \"soon\"\n               ^~~~~~"
        ),
        ("Status -gt NULL", "NULL takes -eq or -ne\n  Status -gt NULL\n             ^~~~"),
        ("AgentId -eq 5", "expected a GUID\n  AgentId -eq 5\n              ^"),
        ("Status -eq 2 AND", "expected a field\n  Status -eq 2 AND\n                  ^"),
    ])
    func aMistakeIsDrawn(_ query: String, _ drawing: String) throws {
        let reply = try Mock().get("/Agents?QueryString=\(Self.encoded(query))")
        #expect(reply.status == 400)
        #expect(reply.message == "QueryString: " + drawing)
    }

    @Test func depthAndLengthHaveLimits() throws {
        let deep = String(repeating: "(", count: 65) + "Status -eq 2" + String(repeating: ")", count: 65)
        #expect(
            try Mock().get("/Agents?QueryString=\(Self.encoded(deep))").message?.hasPrefix("QueryString: nested deeper than 64 levels")
                == true)
        let long = "Status -eq 2" + String(repeating: " ", count: 8192)
        #expect(
            try Mock().get("/Agents?QueryString=\(Self.encoded(long))").message == "QueryString: expected at most 8192 bytes, found 8204.")
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let digits = String(byte, radix: 16)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}
