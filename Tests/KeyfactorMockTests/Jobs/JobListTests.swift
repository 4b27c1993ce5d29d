import TestSupport
import Testing

@testable import Base

/// `GET JobHistory`, `ScheduledJobs`, `JobStatus/Data`, and `POST Custom/Bulk`.
struct JobListTests {
    private static let progress = """
        progress:
          - match: { jobType: SampleCustomJobType }
            steps:
              - { state: InProcess, for: 1500ms }
              - { state: CompletedWillRetry, for: 1s, message: "a \\"quoted\\" reason" }
              - { state: InProcess, for: 1s }
              - { state: Completed, result: Warning, data: x }
        """

    /// Attempts of an immediate, a daily and an inventory job, one of them running.
    private static func history(_ product: String) throws -> Life {
        let life = try Life("product: '\(product)'\n" + progress)
        _ = try life.run()
        _ = try life.run(#"{"Daily":{"Time":"2020-01-01T12:01:00Z"}}"#)
        _ = try life.mock.post(
            "/CertificateStores/Schedule", #"{"StoreIds":["\#(life.mock.store("web-1"))"],"Schedule":{"Interval":{"Minutes":2}}}"#)
        life.pass(.seconds(120))
        return life
    }

    @Test(arguments: ["10.5", "25.4"])
    func theHistoryIsAsTheReleaseSendsIt(_ product: String) throws {
        let life = try Self.history(product)
        let scheduled = try life.mock.get("/OrchestratorJobs/ScheduledJobs").body
        let history = try life.mock.get("/OrchestratorJobs/JobHistory")
        #expect(history["X-Total-Count"] == "5")
        #expect(Golden.difference(history.body + "\n", "Tests/KeyfactorMockTests/Goldens/job-history-\(product).json") == nil)
        #expect(Golden.difference(scheduled + "\n", "Tests/KeyfactorMockTests/Goldens/scheduled-jobs-\(product).json") == nil)
    }

    @Test(arguments: [
        ("JobHistoryId -ge 4", [4, 5], "numbers"), ("Result -eq \"Warning\"", [2, 4], "a result by name"),
        ("Result -eq 3", [2, 4], "by number"), ("Status -eq \"CompletedWillRetry\"", [1, 3], "a status by name"),
        ("Status -ne 3", [1, 3, 5], "by number"), ("JobType -eq \"PEMInventory\"", [5], "the concrete type"),
        ("JobType -eq \"Inventory\"", [5], "the kind"), ("JobType -notcontains \"Inventory\"", [1, 2, 3, 4], "not the kind"),
        ("ScheduleType -eq null", [1, 2], "immediate is none"), ("ScheduleType -startswith \"D_\"", [3, 4], "daily"),
        ("OperationEnd -eq null", [5], "running"), ("OperationStart -gt \"2026-11-22T12:00:30Z\"", [3, 4, 5], "a moment"),
        ("Message -contains \"reason\"", [1, 3], "a message"), ("ClientMachine -eq \"web-1\"", [5], "the machine worked on"),
        ("AgentMachine -eq \"UO-1\"", [1, 2, 3, 4, 5], "the agent's machine"), ("TargetPath -endswith \".pem\"", [5], "a path"),
        ("AgentId -eq \"AGENT\" AND (JobHistoryId -lt 2 OR JobHistoryId -gt 4)", [1, 5], "several"),
        ("AgentId -ne \"AGENT\"", [], "another agent's"),
    ])
    func theHistoryIsFiltered(_ query: String, _ ids: [Int], _ reason: String) throws {
        let life = try Self.history("25.4")
        let found = try life.list("/OrchestratorJobs/JobHistory", where: query.replacing("AGENT", with: life.mock.agent("uo-1")))
        #expect(found.map { $0["JobHistoryId"]?.integer } == ids)
    }

    @Test(arguments: [
        ("SortField=JobHistoryId&SortAscending=1&ReturnLimit=2", [5, 4]), ("SortField=Result", [5, 2, 4, 1, 3]),
        ("ReturnLimit=2&PageReturned=2", [3, 4]), ("ReturnLimit=2&PageReturned=4", []),
    ])
    func theHistoryIsSortedAndPaged(_ parameters: String, _ ids: [Int]) throws {
        let reply = try Self.history("25.4").mock.get("/OrchestratorJobs/JobHistory?\(parameters)")
        #expect(reply.json.elements.map { $0["JobHistoryId"]?.integer } == ids)
        #expect(reply["X-Total-Count"] == "5")
    }

    @Test(arguments: [
        ("JobType -eq \"Custom\"", 1, "the kind"), ("AgentId -eq \"AGENT\"", 2, "an agent's"),
        ("Target -eq \"/etc/ssl/app.pem\"", 1, "a path"),
        ("ScheduleType -eq \"I_2\"", 1, "the short form"), ("Requested -gt \"%TODAY%\"", 2, "a moment"),
        ("JobId -eq \"00000000-0000-0000-0000-000000000001\"", 0, "nothing"),
    ])
    func scheduledJobsAreFiltered(_ query: String, _ count: Int, _ reason: String) throws {
        let life = try Self.history("25.4")
        #expect(try life.scheduled(where: query.replacing("AGENT", with: life.mock.agent("uo-1"))).count == count)
    }

    @Test(
        arguments: [
            ("?jobHistoryId=2", 200, nil, #""x""#), ("?JOBHISTORYID=1", 200, nil, "null"),
            ("", 400, "jobHistoryId: expected a JobHistoryId in the query, found nothing.", nil),
            ("?jobHistoryId=one", 400, "jobHistoryId: expected a whole number, found 'one'.", nil),
            ("?jobHistoryId=99", 404, "Job history with id '99' does not exist.", nil),
        ] as [(String, Int, String?, String?)])
    func whatAJobLeftBehind(_ query: String, _ status: Int, _ message: String?, _ data: String?) throws {
        let reply = try Self.history("25.4").mock.get("/OrchestratorJobs/JobStatus/Data" + query)
        #expect(reply.status == status)
        #expect(reply.message == message)
        if let data { #expect(reply.body.hasSuffix(#","Data":\#(data)}"#)) }
    }

    @Test func twoMegabytesComeBackWhole() throws {
        let text = String(repeating: "0123456789abcde\n", count: 131_072)
        let quoted = text.replacing("\n", with: "\\n")
        let life = try Life(#"{"progress": [ { "steps": [ { "state": "Completed", "data": "\#(quoted)" } ] } ] }"#)
        _ = try life.run()
        _ = try life.history()
        #expect(try life.data(1) == text)
    }

    @Test(arguments: Door.allCases)
    func aBadOrchestratorDoesNotFailTheOthers(_ door: Door) throws {
        let life = try Life("estate: { agents: [ { machine: mute, capabilities: [] } ] }", through: door)
        let (good, new, mute) = (life.mock.agent("uo-1"), life.mock.agent("uo-2"), life.mock.agent("mute"))
        let none = "00000000-0000-0000-0000-000000000009"
        let reply = try life.mock.post(
            "/OrchestratorJobs/Custom/Bulk",
            #"{"OrchestratorIds":["\#(new)","\#(good)","\#(none)","\#(mute)","\#(good)"],"JobTypeName":"samplecustomjobtype","JobFields":{"ParamInt":1}}"#
        )
        #expect(reply.status == 200)
        let job = try #require(try life.scheduled().first)
        #expect(
            reply.body
                == #"{"OrchestratorJobPairs":[{"JobId":"\#(job)","OrchestratorId":"\#(good)"}],"FailedOrchestratorIds":["\#(new)","\#(none)","\#(mute)"],"#
                + #""JobTypeName":"SampleCustomJobType","Schedule":{"Immediate":true},"JobFields":[{"JobTypeField":"ParamInt","Value":"1"},"#
                + #"{"JobTypeField":"ParamText","Value":"hello"}],"RequestTimestamp":"2026-11-22T12:00:00Z"}"#)
        let failed = try life.mock.post(
            "/OrchestratorJobs/Custom/Bulk",
            #"{"OrchestratorIds":["\#(none)"],"JobTypeName":"FetchLogs","Schedule":{"Interval":{"Minutes":5}}}"#)
        #expect(failed.status == 200)
        #expect(failed.json["OrchestratorJobPairs"]?.elements.isEmpty == true && failed.json["FailedOrchestratorIds"]?.elements.count == 1)
        #expect(try life.scheduled() == [job])
    }

    @Test(arguments: [
        (#"{"JobTypeName":"FetchLogs"}"#, 400, "OrchestratorIds: expected at least one orchestrator id, found nothing."),
        (#"{"OrchestratorIds":[],"JobTypeName":"FetchLogs"}"#, 400, "OrchestratorIds: expected at least one orchestrator id, found none."),
        (
            #"{"OrchestratorIds":["x"],"JobTypeName":"FetchLogs"}"#, 400,
            "OrchestratorIds[0]: expected a GUID such as 00000000-0000-0000-0000-000000000000, found 'x'."
        ),
        (#"{"OrchestratorIds":["GOOD"]}"#, 400, "JobTypeName: expected a custom job type's name, found nothing."),
        (#"{"OrchestratorIds":["GOOD"],"JobTypeName":"Nope"}"#, 404, "Job type with name 'Nope' does not exist."),
        (
            #"{"OrchestratorIds":["GOOD"],"JobTypeName":"SampleCustomJobType"}"#, 400,
            "JobFields.ParamInt: the job type 'SampleCustomJobType' requires this field, and it has no default; found nothing."
        ),
        (
            #"{"OrchestratorIds":["GOOD"],"JobTypeName":"FetchLogs","Schedule":{"Off":true}}"#, 400,
            "Schedule: a custom job cannot be off; expected one of Immediate, Interval, Daily, Weekly, Monthly, ExactlyOnce."
        ),
    ])
    func aBulkThatIsWrongWhateverTheOrchestratorIsRefused(_ body: String, _ status: Int, _ message: String) throws {
        let life = try Life()
        let reply = try life.mock.post("/OrchestratorJobs/Custom/Bulk", body.replacing("GOOD", with: life.mock.agent("uo-1")))
        #expect(reply.status == status)
        #expect(reply.message == message)
        #expect(try life.scheduled() == [])
    }
}
