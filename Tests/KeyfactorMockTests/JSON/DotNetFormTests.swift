import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import KeyfactorMock
@testable import Model

/// GUIDs and times in every form that .NET reads, wherever a request can hold one.
struct DotNetFormTests {
    private static let id = "e89c945f-da62-482c-9495-ecf36abbd2dd"

    static let forms = [
        id, id.uppercased(), id.replacing("-", with: ""), id.replacing("-", with: "").uppercased(), "{\(id)}", "(\(id))",
        "  {\(id.uppercased())} ",
        "{0xe89c945f,0xda62,0x482c,{0x94,0x95,0xec,0xf3,0x6a,0xbb,0xd2,0xdd}}",
        "{0xE89C945F, 0xDA62, 0x482C, {0x94, 0x95, 0xEC, 0xF3, 0x6A, 0xBB, 0xD2, 0xDD}}",
    ]

    static let others = [
        "", "{}", "()", "{\(id)", "\(id)}", "{\(id))", "[\(id)]", "{{\(id)}}", "{\(id.replacing("-", with: ""))}", String(id.dropLast()),
        id + "0",
        id.replacing("-", with: "_"), id.replacing("e", with: "g"), String(id.replacing("-", with: "").dropLast()),
        "+" + id.replacing("-", with: "").dropLast(),
        "{0xe89c945f,0xda62,0x482c,{0x94,0x95,0xec,0xf3,0x6a,0xbb,0xd2}}",
        "{0xe89c945f0,0xda62,0x482c,{0x94,0x95,0xec,0xf3,0x6a,0xbb,0xd2,0xdd}}",
        "{e89c945f,da62,482c,{94,95,ec,f3,6a,bb,d2,dd}}", "{0xe89c945f,0xda62,0x482c,0x94,0x95,0xec,0xf3,0x6a,0xbb,0xd2,0xdd}",
        "{0x,0xda62,0x482c,{0x94,0x95,0xec,0xf3,0x6a,0xbb,0xd2,0xdd}}", String(repeating: " ", count: 400) + id,
    ]

    @Test(arguments: forms) func aGUIDIsReadInEveryForm(_ form: String) { #expect(GUID(dotNet: form)?.text == Self.id) }

    @Test(arguments: others) func otherTextsAreNoGUID(_ text: String) { #expect(GUID(dotNet: text) == nil) }

    @Test func shortNumbersOfFormXArePadded() {
        #expect(GUID(dotNet: "{0x1,0x2,0x3,{0x4,0x5,0x6,0x7,0x8,0x9,0xa,0xb}}")?.text == "00000001-0002-0003-0405-060708090a0b")
    }

    @Test(arguments: forms, Door.allCases)
    func bodiesQueriesAndPathsTakeEveryForm(_ form: String, _ door: Door) throws {
        let mock = try Mock(through: door)
        let job = #"{"AgentId":"\#(form)","JobTypeName":"SampleCustomJobType","JobFields":{"ParamInt":"3"}}"#
        #expect(try mock.post("/OrchestratorJobs/Custom", job).status == 200)
        #expect(try mock.post("/Agents/Approve", "[\"\(form)\"]").status == 204)
        let quoted = form.utf8.map { "%" + String(256 + Int($0), radix: 16).dropFirst() }.joined()
        #expect(try mock.get("/Agents/\(quoted)").status == 200)
        #expect(try mock.get("/Agents?QueryString=AgentId%20-eq%20%22\(quoted)%22").json.elements.count == 1)
    }

    @Test func whoHoldsClientsToTheRFCMeansTheirJSONAlone() throws {
        let mock = try Mock("fidelity: { json: strict }")
        let form = "{\(Self.id)}"
        #expect(try mock.post("/Agents/Approve", "[\"\(form)\"]").status == 400)
        #expect(try mock.get("/Agents/%7B\(Self.id)%7D").status == 200)
    }

    @Test(arguments: [
        "Thursday, 26 November 2026 10:00:00", "Thursday, November 26, 2026 10:00:00 AM", "Thursday, 26 November 2026 10:00",
        "thursday, november 26, 2026 10:00 am", "Thu 26 Nov 2026 10:00", "Thu, 26 Nov 2026 10:00:00 Z", "26 Nov 2026 12:00 +2",
        "26-Nov-2026 10:00",
        "26 Nov 26 10:00", "Nov 26, 2026 10 AM", "11-26-2026 10:00", "11.26.2026 10:00", "11/26/26 10:00", "2026/11/26 10:00",
        "2026-11-26 10:00",
        "2026-11-26 10:00:00.0", "2026-11-26 10:00:00.000000000", "2026-11-26T10:00:00.0000000+00:00", "2026-11-26T04:30:00-0530",
        "2026-11-26 04:30 -05:30", "10:00 11/26/2026", "10:00:00 26 November 2026", "2026 November 26 10:00", "2026-11-26 10:00 GMT",
    ])
    func aTimeIsReadAsDotNetPrintsIt(_ text: String) throws {
        #expect(Timestamp(written: text)?.iso == "2026-11-26T10:00:00Z")
        let value = try JSONDocument.lenient(Array("\" \(text) \"".utf8)).root
        #expect(value.moment?.iso == "2026-11-26T10:00:00Z")
    }

    @Test(arguments: [
        ("Thursday, 26 November 2026", "2026-11-26T00:00:00Z"), ("2026 November", "2026-11-01T00:00:00Z"),
        ("Nov 2026", "2026-11-01T00:00:00Z"),
        ("2026-11", "2026-11-01T00:00:00Z"), ("11/2026", "2026-11-01T00:00:00Z"), ("2026-1-2", "2026-01-02T00:00:00Z"),
        ("1/2/49", "2049-01-02T00:00:00Z"), ("1/2/50", "1950-01-02T00:00:00Z"), ("2026-11-26T24:00:00", "2026-11-27T00:00:00Z"),
        ("2026-11-26T24:00:00.0000000Z", "2026-11-27T00:00:00Z"), ("9/9/2026 12 PM", "2026-09-09T12:00:00Z"),
        ("May 5, 2026", "2026-05-05T00:00:00Z"),
        ("2026-11-26 10:00:00.1234567", "2026-11-26T10:00:00.1234567Z"), ("2026-11-26 10:00:00.5", "2026-11-26T10:00:00.5Z"),
        ("2026-11-26T10:00:00.12345+14:00", "2026-11-25T20:00:00.12345Z"),
    ])
    func whatIsLeftOutIsTheFirst(_ text: String, _ iso: String) { #expect(Timestamp(written: text)?.iso == iso) }

    @Test(arguments: [
        "26 November", "November 26", "11/26", "2026", "Thursday", "10 AM", "Friday, 26 November 2026", "30 Feb 2026", "26 Nov Dec 2026",
        "26 Nov 2026 10:00 10:00", "26 Nov 10:00 2026", "2026-11-26T24:00:01", "2026-11-26T24:00:00.1", "26 Nov 2026 24:00", "11/26/2026/",
        "11/26/2026 10:00 +15", "11/26/2026 10:00 +2:60", "11/26/2026 10:00 UTC", "2026-11-26T", "11//26/2026", "26 Novem 2026",
        "20261126", "11 26 20 26", "0/1/2026", "1/32/2026", "2026-11-26 10:00 -", "99999-01-01", "10:00:00.x 1/2/2026",
    ])
    func otherTextsAreNoTime(_ text: String) { #expect(Timestamp(written: text) == nil) }

    @Test(arguments: [
        "11/26/2026%20" + "10:00", "Thu,%2026%20Nov%202026%2010:00:00%20GMT", "2026-11-26", "2026-11-26T10:00:00%2B02:00",
        "2026-11-26T10:00:00",
    ])
    func aQueryTakesEveryForm(_ text: String) throws {
        for path in [
            "/Certificates?QueryString=ExpirationDate%20-ge%20", "/OrchestratorJobs/JobHistory?QueryString=OperationStart%20-le%20",
        ] {
            let reply = try Mock().get(path + "%22\(text)%22")
            #expect(reply.status == 200, "\(reply.body)")
        }
    }
}
