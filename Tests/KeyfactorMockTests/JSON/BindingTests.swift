import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Command
@testable import Entities
@testable import KeyfactorMock
@testable import Model

/// Values in bodies as ASP.NET's model binding reads them, in every operation.
struct BindingTests {
    /// A boolean member of a body: where it is, and the body with another value there.
    struct Place: CustomTestStringConvertible, Sendable {
        let operation: Operation
        let path: String
        let body: @Sendable (_ value: String) -> String
        var testDescription: String { "\(operation.name) \(path)" }
    }

    /// Every boolean member of every operation's body.
    static let booleans: [Place] = API.operations.flatMap { operation -> [Place] in
        guard operation.isServed(by: .v25), let schema = operation.takes?(.v25) else { return [] }
        return places(schema).map { path in Place(operation: operation, path: path) { example(schema, at: path, $0) } }
    }

    private static let texts = [
        "\"True\"", "\" false \"", "\"TRUE\\r\\n\"", "\"\\tfalse\"", "\"\"", "\"maybe\"", "\"1\"", "\"yes\"", "\"tru e\"", "[]",
    ]

    @Test(arguments: booleans)
    func everyBooleanIsTakenAsAText(_ place: Place) throws {
        // Off counts whatever its value.
        guard !place.path.hasSuffix("Off") else { return }
        let (lenient, strict) = (try Mock(), try Mock("fidelity: { json: strict }"))
        for value in Self.texts { try judge(place, value, lenient, strict) }
    }

    private func judge(_ place: Place, _ value: String, _ lenient: Mock, _ strict: Mock) throws {
        let isWord = ["maybe", "1", "yes", "tru e", "["].contains { value.contains($0) }
        for (mock, fidelity, isTaken) in [(lenient, "lenient", !isWord), (strict, "strict", false)] {
            let target = "/KeyfactorAPI" + place.operation.path.replacing("{id}", with: "1")
            let reply = try mock.raw(
                Request(
                    place.operation.method, target, headers: [("Host", "localhost"), ("x-keyfactor-requested-with", "x")],
                    body: Array(place.body(value).utf8)))
            let isRefused = reply.status == 400 && reply.message?.contains("\(place.path): expected true or false") == true
            #expect(isRefused != isTaken, "\(fidelity): \(reply.status) \(reply.body) \(place.body(value))")
            guard fidelity == "strict" else { continue }
            #expect(reply["X-Mock-Why"]?.contains("json: strict") == !isWord, "\(reply["X-Mock-Why"] ?? "")")
        }
    }

    @Test func thereAreBooleansInManyOperations() {
        #expect(Set(Self.booleans.map(\.operation.name)).count >= 8)
        #expect(Self.booleans.count >= 40, "\(Self.booleans.map(\.testDescription))")
    }

    /// The places of booleans in a schema, with members joined by dots, as refusals name them.
    private static func places(_ schema: Schema, _ path: String = "") -> [String] {
        switch schema {
        case .boolean: [path]
        case .model(_, let schema): places(schema, path)
        case .array(let element): places(element, path + "[0]")
        case .object(let members): members.flatMap { places($0.schema, path.isEmpty ? $0.name : "\(path).\($0.name)") }
        default: []
        }
    }

    /// A body of which every member can be read, with a value at one place.
    private static func example(_ schema: Schema, at wanted: String, _ value: String, _ path: String = "") -> String {
        if path == wanted { return value }
        switch schema {
        case .text: return path == "JobTypeName" ? "\"SampleCustomJobType\"" : path.hasSuffix("Properties") ? "\"{}\"" : "\"x\""
        // An agent of the small estate: jobs are looked at only when there is an agent for them.
        case .guid: return "\"e89c945f-da62-482c-9495-ecf36abbd2dd\""
        case .time: return "\"2026-11-26T10:00:00Z\""
        case .integer: return "2"
        case .boolean: return "true"
        case .any: return "null"
        case .word(_, let names): return "\"\(names.first ?? "")\""
        case .either(let choices): return example(choices[0], at: wanted, value, path)
        case .array(let element): return "[\(example(element, at: wanted, value, path + "[0]"))]"
        case .map: return "{}"
        case .model("KeyfactorSchedule", _) where !wanted.hasPrefix(path): return "{\"Immediate\":true}"
        case .model(_, let schema): return example(schema, at: wanted, value, path)
        case .object(let members):
            // Of a schedule, only the member that is looked at.
            let isSchedule = members.contains { $0.name == "ExactlyOnce" }
            let shown = isSchedule ? members.filter { wanted.hasSuffix("." + $0.name) } : members
            let parts = shown.map { member in
                let place = path.isEmpty ? member.name : "\(path).\(member.name)"
                return "\"\(member.name)\":\(example(member.schema, at: wanted, value, place))"
            }
            return "{\(parts.joined(separator: ","))}"
        }
    }

    // MARK: Numbers, times and nothing

    private func discover(_ mock: Mock, _ member: String, _ value: String) throws -> Answered {
        let agent = try #require(mock.world.agents.all.first { $0.status == .approved }).id.text
        var members = ["ClientMachine": "\"m\"", "Type": "2", "AgentId": "\"\(agent)\"", "JobExecutionTimestamp": "null"]
        members[member] = value.replacing("AGENT", with: agent)
        return try mock.send(.put, "/CertificateStores/DiscoveryJob", body: "{\(members.map { "\"\($0)\":\($1)" }.joined(separator: ","))}")
    }

    @Test(arguments: Door.allCases)
    func aBodyAsDotNetPrintsItIsTakenOverBothDoors(_ door: Door) throws {
        let mock = try Mock(through: door)
        let body =
            "// by hand\r\n{ StoreIds: ['\(mock.world.stores.all[0].id.text)',], 'Schedule': { Interval: { Minutes: \" 0x3C\" } }, } trailing"
        let right = body.replacing("\" 0x3C\"", with: "0x3C")
        #expect(try mock.post("/CertificateStores/Schedule", right).status == 204)
        #expect(try mock.post("/CertificateStores/Schedule", right.replacing("0x3C", with: "' 60 '")).status == 204)
        #expect(try mock.post("/CertificateStores/Schedule", body).message?.contains("Minutes: expected a whole number") == true)
        #expect(mock.world.stores.all[0].schedule == .interval(minutes: 60))
    }

    @Test(arguments: [
        ("Type", "\" 2 \"", true, "blanks"), ("Type", "\"2\\n\"", true, "a line feed"), ("Type", "\"\"", true, "null: JKS"),
        ("Type", "\" \"", false, "no number"),
        ("Type", "\"2.0\"", false, "a fraction"), ("Type", "\"two\"", false, "a word"), ("Type", "0x2", true, "hexadecimal"),
        ("Type", "002", true, "octal"),
        ("Type", "true", false, "a wrong type"), ("Type", "NaN", false, "no number"), ("AgentId", "\" AGENT \"", true, "an id in blanks"),
        ("AgentId", "\"\"", false, "required"), ("AgentId", "5", false, "a number"), ("JobExecutionTimestamp", "\"\"", true, "null"),
        ("JobExecutionTimestamp", "\" \"", false, "no time"), ("JobExecutionTimestamp", "5", false, "a number"),
        ("JobExecutionTimestamp", "\"11/26/2026 10:00:00 AM\"", true, "G"),
        ("JobExecutionTimestamp", "\"2026-11-26 10:00:00Z\"", true, "u"),
        ("JobExecutionTimestamp", "\"26.11.2026\"", false, "German"), ("ServerUseSsl", "\"False\"", true, "what a client sends"),
        ("Dirs", "5", false, "a number for a text"), ("Dirs", "'a\nb'", true, "a line feed"),
    ])
    func aValueIsRead(_ member: String, _ value: String, _ isTaken: Bool, _ reason: String) throws {
        let lenient = try discover(Mock(), member, value)
        #expect((lenient.status == 204) == isTaken, "\(lenient.body)")
        let strict = try discover(Mock("fidelity: { json: strict }"), member, value)
        #expect(strict.status == 400)
        #expect(
            (strict["X-Mock-Why"]?.contains("fidelity: { json: strict }") == true) == (isTaken || value == "NaN"),
            "\(strict["X-Mock-Why"] ?? "")")
    }

    @Test func aNumberInQuotesIsTakenByBoth() throws {
        for fidelity in ["lenient", "strict"] {
            #expect(try discover(Mock("fidelity: { json: \(fidelity) }"), "Type", "\"2\"").status == 204)
        }
    }

    @Test(arguments: [
        ("2026-11-26 10:00:00Z", "u"), ("2026-11-26T10:00:00", "s"), ("Thu, 26 Nov 2026 10:00:00 GMT", "R"),
        ("2026-11-26T10:00:00.0000000Z", "o"),
        ("2026-11-26T12:00:00.0000000+02:00", "o with an offset"), ("11/26/2026 10:00:00 AM", "G of en-US"), ("11/26/2026 10:00:00", "G"),
        ("11/26/2026 10:00", "g"), ("11/26/2026 10:00\u{202F}AM", "of ICU"), ("2026-11-26 10:00", "without seconds"),
        ("2026-11-26 10:00:00.000", "a fraction"),
        ("11/26/2026 12:00:00 +02:00", "DateTimeOffset"), ("2026-11-26 12:00:00 +02:00", "with a blank"),
        (" 2026-11-26T10:00:00Z ", "blanks around"),
        ("thu, 26 nov 2026 10:00:00 gmt", "lower case"), ("/Date(1795687200000)/", "of PowerShell 5"),
    ])
    func aTimeIsReadAsDotNetPrintsIt(_ text: String, _ form: String) throws {
        let value = try JSONDocument.lenient(Array("\"\(text)\"".utf8)).root
        #expect(value.moment?.iso == "2026-11-26T10:00:00Z", "\(form)")
    }

    @Test(arguments: [
        ("11/26/2026", "2026-11-26T00:00:00Z"), ("2026-11-26", "2026-11-26T00:00:00Z"), ("1/2/2026 12:05:09 AM", "2026-01-02T00:05:09Z"),
        ("1/2/2026 12:05 PM", "2026-01-02T12:05:00Z"), ("1/2/2026 11:59:59 PM", "2026-01-02T23:59:59Z"),
        ("1/2/2026 9:00", "2026-01-02T09:00:00Z"),
        ("26/11/2026", nil), ("11/26/126", nil), ("Fri, 26 Nov 2026 10:00:00 GMT", nil), ("11/26/2026 13:00 PM", nil),
        ("11/26/2026 24:00", nil),
        ("2026-11-26 10", nil), ("2026-02-30 10:00:00", nil), ("11/26/2026 10:60", nil), ("Thu 27 Nov 2026", nil), ("10:00", nil),
        ("now", nil),
        ("2026-11-26 10:00:00Zx", nil), ("0 1/2/2026", nil), ("", nil), (" ", nil),
    ])
    func aTimeOfDayIsRead(_ text: String, _ iso: String?) throws {
        #expect(try JSONDocument.lenient(Array("\"\(text)\"".utf8)).root.moment?.iso == iso)
        #expect(try JSONDocument(Array("\"\(text)\"".utf8)).root.moment?.iso == Timestamp(text)?.iso)
    }

    @Test(arguments: [
        "returnLimit=1%20", "pageReturned=%201", "ReturnLimit=+1", "SortAscending=%201%20", "pq.returnLimit=%09001%0A",
        "sortAscending=Descending+",
    ])
    func aBlankAroundAValueOfTheQueryIsNothing(_ query: String) throws {
        for fidelity in ["lenient", "strict"] {
            #expect(try Mock("fidelity: { json: \(fidelity) }").get("/Agents?\(query)").status == 200)
        }
    }

    @Test(arguments: ["returnLimit=1%201", "pageReturned=%20x", "returnLimit=%200", "sortAscending=%203", "returnLimit=1.0%20"])
    func anotherValueOfTheQueryIsRefusedAsEver(_ query: String) throws {
        #expect(try Mock().get("/Agents?\(query)").status == 400)
    }
}
