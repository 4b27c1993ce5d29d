import TestSupport
import Testing

@testable import Base
@testable import Entities

/// `POST /OrchestratorJobs/Custom`.
struct JobEndpointsTests {
    @Test(arguments: Door.allCases)
    func aJobIsAnsweredWhole(_ door: Door) throws {
        let mock = try Mock(through: door)
        let reply = try mock.post(
            "/OrchestratorJobs/Custom",
            #"{"AgentId":"\#(mock.agent("uo-1"))","JobTypeName":"SampleCustomJobType","JobFields":{"ParamInt":"3"}}"#)
        #expect(reply.status == 200)
        #expect(reply["Content-Type"] == "application/json; charset=utf-8")
        #expect(Golden.difference(reply.body + "\n", "Tests/KeyfactorMockTests/Goldens/custom-job.json") == nil)
        #expect(mock.world.jobs.scheduled.count == 1)
    }

    @Test(arguments: [
        (#"{"ParamInt":"3"}"#, ["ParamInt=3", "ParamText=hello"], "a default is filled in"),
        (#"{"paramText":"x","PARAMINT":"-1"}"#, ["ParamInt=-1", "ParamText=x"], "names without case, in the type's order"),
        (#"{"ParamInt":7,"ParamText":true}"#, ["ParamInt=7", "ParamText=true"], "numbers and booleans are stored as text"),
        (#"{"ParamInt":"1","ParamText":null}"#, ["ParamInt=1", "ParamText=hello"], "null is not sent"),
        (#"{"ParamInt":"1","ParamText":""}"#, ["ParamInt=1", "ParamText="], "an empty text is a value"),
        (#"{"ParamInt":"1","ParamInt":"2"}"#, ["ParamInt=2", "ParamText=hello"], "of two the last counts"),
    ])
    func fieldsAreFilledIn(_ fields: String, _ answered: [String], _ reason: String) throws {
        let mock = try Mock()
        let reply = try mock.post(
            "/OrchestratorJobs/Custom", #"{"agentId":"\#(mock.agent("uo-1"))","jobTypeName":"samplecustomjobtype","jobFields":\#(fields)}"#)
        #expect(reply.json["JobFields"]?.elements.map { "\($0["JobTypeField"]?.text ?? "")=\($0["Value"]?.text ?? "")" } == answered)
        #expect(reply.json["JobTypeName"]?.text == "SampleCustomJobType")
    }

    @Test(arguments: [
        ("", #"{"Immediate":true}"#, "the default"), (#","Schedule":null"#, #"{"Immediate":true}"#, "null"),
        (#","Schedule":{"Interval":{"Minutes":5}}"#, #"{"Interval":{"Minutes":5}}"#, "interval"),
        (
            #","Schedule":{"Weekly":{"Days":[0],"Time":"2025-01-01T02:03:04Z"}}"#,
            #"{"Weekly":{"Days":["Sunday"],"Time":"2025-01-01T02:03:04Z"}}"#, "the answer repeats the time sent"
        ),
        (
            #","Schedule":{"Monthly":{"Day":1,"Time":"2025-01-01T02:00:00Z"}}"#, #"{"Monthly":{"Day":1,"Time":"2025-01-01T02:00:00Z"}}"#,
            "monthly"
        ),
    ])
    func theScheduleIsRepeated(_ sent: String, _ answered: String, _ reason: String) throws {
        let mock = try Mock()
        let reply = try mock.post(
            "/OrchestratorJobs/Custom",
            #"{"AgentId":"\#(mock.agent("uo-1"))","JobTypeName":"SampleCustomJobType","JobFields":{"ParamInt":1}\#(sent)}"#)
        #expect(reply.json["Schedule"]?.source == answered)
    }

    static let refused: [(body: String, status: Int, code: String, message: String)] = [
        (#"{"JobTypeName":"SampleCustomJobType"}"#, 400, "0xA0110004", "AgentId: expected an agent's id, found nothing."),
        (#"{"AgentId":"uo-1"}"#, 400, "0xA0110004", "AgentId: expected a GUID such as 00000000-0000-0000-0000-000000000000, found 'uo-1'."),
        (#"{"AgentId":5}"#, 400, "0xA0110004", "AgentId: expected a GUID such as 00000000-0000-0000-0000-000000000000, found 5."),
        (
            #"{"AgentId":"00000000-0000-0000-0000-000000000009"}"#, 404, "0xA0130000",
            "Agent with id of '00000000-0000-0000-0000-000000000009' does not exist"
        ),
        (
            #"{"AgentId":"NEW","JobTypeName":"SampleCustomJobType"}"#, 400, "0xA0110004",
            "AgentId: the agent 'uo-2' is New, expected an Approved one."
        ),
        (#"{"AgentId":"GOOD"}"#, 400, "0xA0110004", "JobTypeName: expected a custom job type's name, found nothing."),
        (
            #"{"AgentId":"GOOD","JobTypeName":""}"#, 400, "0xA0110004",
            "JobTypeName: expected a custom job type's name, found an empty string."
        ),
        (#"{"AgentId":"GOOD","JobTypeName":5}"#, 400, "0xA0110004", "JobTypeName: expected a string, found a number."),
        (#"{"AgentId":"GOOD","JobTypeName":"Nope"}"#, 404, "0xA0130000", "Job type with name 'Nope' does not exist."),
        (#"{"AgentId":"GOOD","JobTypeName":"Typed"}"#, 400, "0xA0110004", "JobTypeName: the agent 'uo-1' lacks the capability 'Typed'."),
        (
            #"{"AgentId":"GOOD","JobTypeName":"SampleCustomJobType"}"#, 400, "0xA0110004",
            "JobFields.ParamInt: the job type 'SampleCustomJobType' requires this field, and it has no default; found nothing."
        ),
        (
            #"{"AgentId":"GOOD","JobTypeName":"SampleCustomJobType","JobFields":{"ParamInt":"x"}}"#, 400, "0xA0110004",
            "JobFields.ParamInt: expected a value of type Int, found 'x'."
        ),
        (
            #"{"AgentId":"GOOD","JobTypeName":"SampleCustomJobType","JobFields":{"ParamInt":2147483648}}"#, 400, "0xA0110004",
            "JobFields.ParamInt: expected a value of type Int, found 2147483648."
        ),
        (
            #"{"AgentId":"GOOD","JobTypeName":"SampleCustomJobType","JobFields":{"ParamInt":[1]}}"#, 400, "0xA0110004",
            "JobFields.ParamInt: expected a string, a number or a boolean, found an array."
        ),
        (
            #"{"AgentId":"GOOD","JobTypeName":"SampleCustomJobType","JobFields":{"ParamInt":1,"Other":1}}"#, 400, "0xA0110004",
            "JobFields.Other: the job type 'SampleCustomJobType' has no such field; expected one of ParamInt, ParamText."
        ),
        (
            #"{"AgentId":"GOOD","JobTypeName":"SampleCustomJobType","JobFields":[]}"#, 400, "0xA0110004",
            "JobFields: expected an object, found an array."
        ),
        (
            #"{"AgentId":"ALL","JobTypeName":"Typed","JobFields":{"When":"noon"}}"#, 400, "0xA0110004",
            "JobFields.When: expected a value of type DateTime, found 'noon'."
        ),
        (
            #"{"AgentId":"ALL","JobTypeName":"Typed","JobFields":{"Really":"yes"}}"#, 400, "0xA0110004",
            "JobFields.Really: expected a value of type Bool, found 'yes'."
        ),
        (
            #"{"AgentId":"GOOD","JobTypeName":"SampleCustomJobType","JobFields":{"ParamInt":1},"Schedule":{}}"#, 400, "0xA0110004",
            "Schedule: a custom job cannot be off; expected one of Immediate, Interval, Daily, Weekly, Monthly, ExactlyOnce."
        ),
        (
            #"{"AgentId":"GOOD","JobTypeName":"SampleCustomJobType","JobFields":{"ParamInt":1},"Schedule":{"Daily":{"Time":"x"}}}"#, 400,
            "0xA0110004", "Schedule.Daily.Time: expected a time such as 2026-11-22T20:00:00Z, found 'x'."
        ),
        (
            #"{"AgentId":"GOOD","JobTypeName":"FetchLogs","JobFields":{"a":"b"}}"#, 400, "0xA0110004",
            "JobFields.a: the job type 'FetchLogs' has no such field; it has none."
        ),
        (#"{"AgentId":"MUTE","JobTypeName":"FetchLogs"}"#, 400, "0xA0110004", "JobTypeName: the agent 'uo-4' lacks the capability 'LOGS'."),
    ]

    private static let scenario = """
        estate:
          jobTypes: [ { name: Typed, fields: [ { name: When, type: DateTime }, { name: Really, type: Bool } ] } ]
          agents: [ { machine: uo-3, capabilities: [ Typed ] }, { machine: uo-4, capabilities: [] } ]
        """

    @Test(arguments: refused)
    func aRefusedJobIsNoJob(_ body: String, _ status: Int, _ code: String, _ message: String) throws {
        let mock = try Mock(Self.scenario)
        let names = ["GOOD": "uo-1", "NEW": "uo-2", "ALL": "uo-3", "MUTE": "uo-4"]
        let reply = try mock.post(
            "/OrchestratorJobs/Custom", names.reduce(body) { $0.replacing("\"\($1.key)\"", with: "\"\(mock.agent($1.value))\"") })
        #expect(reply.status == status)
        #expect(reply.code == code)
        #expect(reply.message == message)
        #expect(mock.world.jobs.scheduled.count == 0)
        // A refused request draws no number: the next job has the id that it would have had.
        let good = #"{"AgentId":"\#(mock.agent("uo-1"))","JobTypeName":"SampleCustomJobType","JobFields":{"ParamInt":1}}"#
        #expect(try mock.post("/OrchestratorJobs/Custom", good).json["JobId"]?.text == "acbcb5c6-172f-43ac-9dd9-49fc7b1adfa9")
    }

    @Test(arguments: ["FetchLogs", "Fetch Logs", "fetchlogs"])
    func logsCanBeFetchedAsACustomJob(_ name: String) throws {
        let mock = try Mock()
        let reply = try mock.post(
            "/OrchestratorJobs/Custom", #"{"AgentId":"\#(mock.agent("uo-1"))","JobTypeName":"\#(name)","jobFields":null}"#)
        #expect(reply.status == 200)
        #expect(reply.json["JobTypeName"]?.text == "FetchLogs")
        #expect(reply.json["JobFields"]?.elements.isEmpty == true)
    }

    @Test(arguments: [("false", nil), ("true", "2026-11-22T12:00:00Z")] as [(String, String?)])
    func theDocumentationsMisspellingIsASwitch(_ value: String, _ sent: String?) throws {
        let mock = try Mock("fidelity: { timestampTypo: \(value) }")
        let reply = try mock.post(
            "/OrchestratorJobs/Custom",
            #"{"AgentId":"\#(mock.agent("uo-1"))","JobTypeName":"SampleCustomJobType","JobFields":{"ParamInt":1}}"#)
        #expect(reply.json["RequestTimestamp"]?.text == "2026-11-22T12:00:00Z")
        #expect(reply.json["RequestTimestmap"]?.text == sent)
    }

    @Test(arguments: [("404", 404), ("400", 400), ("vendor", 404)])
    func theStatusOfUnknownNamesIsASwitch(_ value: String, _ status: Int) throws {
        let mock = try Mock("fidelity: { unknownIds: '\(value)' }")
        let unknownAgent = #"{"AgentId":"00000000-0000-0000-0000-000000000009","JobTypeName":"x"}"#
        #expect(try mock.post("/OrchestratorJobs/Custom", unknownAgent).status == status)
        #expect(try mock.post("/OrchestratorJobs/Custom", #"{"AgentId":"\#(mock.agent("uo-1"))","JobTypeName":"x"}"#).status == status)
    }

    /// Sixteen threads at once: every job accepted is there once, every identifier is new.
    @Test func concurrentRequestsLoseNothing() async throws {
        let mock = try Mock()
        let body = #"{"AgentId":"\#(mock.agent("uo-1"))","JobTypeName":"SampleCustomJobType","JobFields":{"ParamInt":1}}"#
        let store = mock.store("web-1")
        let answered = await withTaskGroup(of: [String].self) { group in
            for _ in 0..<16 {
                group.addTask {
                    (0..<250).compactMap { n in
                        if n % 10 == 0 {
                            _ = try? mock.post(
                                "/CertificateStores/Schedule", #"{"StoreIds":["\#(store)"],"Schedule":{"Interval":{"Minutes":\#(n + 1)}}}"#)
                        }
                        return (try? mock.post("/OrchestratorJobs/Custom", body))?.json["JobId"]?.text
                    }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(answered.count == 4_000)
        #expect(Set(answered).count == 4_000)
        #expect(Set(mock.world.jobs.scheduled.all.filter { $0.order.kind == .custom }.map(\.id.text)) == Set(answered))
    }
}
