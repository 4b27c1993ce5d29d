import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Entities
@testable import Orchestrators

/// Reschedule, Unschedule and Acknowledge.
struct JobActionsTests {
    private static let weekly = #"{"Weekly":{"Days":["Sunday"],"Time":"2026-11-22T13:00:00Z"}}"#

    /// Jobs after their first run: 1 a weekly one that failed, 2 one-time, failed, 3 warned, 4 fetched logs that failed, 5 an
    /// inventory that failed, 6 one running, 7 one that succeeded, 8 failed and will be retried.
    private static func after(through door: Door = .direct) throws -> (life: Life, weekly: String, underWay: String) {
        let life = try Life(
            """
            fidelity: { enums: names }
            estate:
              agents: [ { machine: warns }, { machine: works }, { machine: succeeds }, { machine: retries } ]
            progress:
              - { match: { agent: warns }, steps: [ { state: Completed, result: Warning } ] }
              - { match: { agent: works }, steps: [ { state: InProcess, until: told } ] }
              - { match: { agent: succeeds }, steps: [ { state: Completed } ] }
              - { match: { agent: retries }, steps: [ { state: CompletedWillRetry, until: told } ] }
              - { match: { agent: uo-1 }, steps: [ { state: Completed, result: Failure }, { state: Completed, message: again } ] }
            """, through: door)
        let first = try life.run(weekly)
        life.pass(.seconds(3600))
        _ = try life.run()
        func logs(_ agent: String) throws {
            _ = try life.mock.post("/Agents/\(life.mock.agent(agent))/FetchLogs", "")
        }
        let inventory = #"{"StoreIds":["\#(life.mock.store("web-1"))"],"Schedule":{"Interval":{"Minutes":1}}}"#
        for agent in ["warns", "uo-1"] { try logs(agent) }
        #expect(try life.history().count == 4)
        _ = try life.mock.post("/CertificateStores/Schedule", inventory)
        life.pass(.seconds(60))
        #expect(try life.history().count == 5)
        for agent in ["works", "succeeds", "retries"] {
            try logs(agent)
            _ = try life.history()
        }
        return (life, first, try life.scheduled(where: "ClientMachine -eq \"works\"").first ?? "")
    }

    @Test(arguments: Door.allCases)
    func theHistoryToActOn(_ door: Door) throws {
        #expect(
            try Self.after(through: door).life.history() == [
                "1 Failure Completed", "2 Failure Completed", "3 Warning Completed", "4 Failure Completed", "5 Failure Completed",
                "6 Unknown InProcess", "7 Success Completed", "8 Failure CompletedWillRetry",
            ])
    }

    @Test(arguments: [
        (#"{"JobAuditIds":[1,1]}"#, "by id, once"), (#"{"Query":"JobHistoryId -eq 1"}"#, "by query"),
        (#"{"jobAuditIds":[1],"query":null,"Other":1}"#, "camel case, null and an unknown member"),
    ])
    func aFailedRecurringJobRunsOnceMore(_ body: String, _ reason: String) throws {
        let (life, weekly, _) = try Self.after()
        let reply = try life.mock.post("/OrchestratorJobs/Reschedule", body)
        #expect(reply.status == 204 && reply.body.isEmpty)
        let entries = try life.list("/OrchestratorJobs/JobHistory", where: "JobId -eq \"\(weekly)\"")
        #expect(entries.map { $0["Message"]?.text } == ["", "again"], "the steps after the first Completed are the next run's")
        #expect(entries.map { $0["OperationStart"]?.text } == ["2026-11-22T13:00:00Z", "2026-11-22T13:01:00Z"])
        #expect(try life.scheduled().contains(weekly))
        life.pass(.seconds(86_400 * 7))
        #expect(try life.history(where: "JobId -eq \"\(weekly)\"").count == 3, "and again by its schedule")
    }

    @Test func anAcknowledgedFailureCanBeRescheduled() throws {
        let (life, weekly, _) = try Self.after()
        #expect(try life.mock.post("/OrchestratorJobs/Acknowledge", #"{"JobAuditIds":[1]}"#).status == 204)
        #expect(try life.mock.post("/OrchestratorJobs/Unschedule", #"{"JobIds":["\#(weekly)"]}"#).status == 204)
        #expect(try life.mock.post("/OrchestratorJobs/Reschedule", #"{"JobAuditIds":[1]}"#).status == 204)
        #expect(try life.history(where: "JobId -eq \"\(weekly)\"") == ["1 Failure Acknowledged", "9 Success Completed"])
        #expect(!(try life.scheduled().contains(weekly)), "taken off before, it ran this once")
    }

    @Test(arguments: [
        (#"{"JobAuditIds":[1,3,8]}"#, ["1 Failure Acknowledged", "3 Warning Acknowledged", "8 Failure Acknowledged"]),
        (#"{"Query":"Result -eq \"Warning\""}"#, ["3 Warning Acknowledged"]),
    ])
    func failuresAndWarningsAreAcknowledged(_ body: String, _ acknowledged: [String]) throws {
        let life = try Self.after().life
        #expect(try life.mock.post("/OrchestratorJobs/Acknowledge", body).status == 204)
        #expect(try life.history(where: "Status -eq \"Acknowledged\"") == acknowledged)
    }

    @Test func anUnscheduledJobIsGone() throws {
        let (life, _, underWay) = try Self.after()
        let waiting = try life.run(#"{"Interval":{"Minutes":1}}"#)
        let before = try life.scheduled().filter { $0 != waiting && $0 != underWay }
        #expect(try life.mock.post("/OrchestratorJobs/Unschedule", #"{"JobIds":["\#(waiting)","\#(underWay)"]}"#).status == 204)
        #expect(try life.scheduled() == before)
        life.pass(.seconds(90))
        #expect(try life.history(where: "JobId -eq \"\(waiting)\"") == [])
        #expect(try life.history(where: "JobId -eq \"\(underWay)\"") == ["6 Unknown InProcess"], "nobody will end it")
        #expect(try life.mock.post("/OrchestratorJobs/Unschedule", #"{"Query":"JobType -eq \"FetchLogs\""}"#).status == 204)
        #expect(try life.list("/OrchestratorJobs/ScheduledJobs").map { $0["JobType"]?.text } == ["SampleCustomJobType", "PEMInventory"])
    }

    typealias Refused = (operation: String, body: String, message: String, reasons: Int)

    static let refused: [Refused] = badIDs("Reschedule") + badIDs("Acknowledge") + notEligible

    private static func badIDs(_ operation: String) -> [Refused] {
        [
            (operation, "", "The request body is empty; expected a JSON object.", 0),
            (operation, "{}", "Expected either JobAuditIds or Query, found neither.", 0),
            (operation, #"{"JobAuditIds":[1],"Query":"JobHistoryId -eq 1"}"#, "Expected either JobAuditIds or Query, found both.", 0),
            (operation, #"{"JobAuditIds":1}"#, "JobAuditIds: expected an array of job history ids, found a number.", 0),
            (operation, #"{"JobAuditIds":[]}"#, "JobAuditIds: expected at least one job history id, found none.", 0),
            (operation, #"{"JobAuditIds":[1,"x"]}"#, "JobAuditIds[1]: expected a whole number, found 'x'.", 0),
            (operation, #"{"Query":5}"#, "Query: expected a string, found a number.", 0),
            (
                operation, #"{"JobAuditIds":[1,98,99]}"#,
                "Job history with id '98' does not exist. Job history with id '99' does not exist.",
                2
            ),
        ]
    }

    private static let notEligible: [Refused] = [
        (
            "Reschedule", #"{"JobAuditIds":[1,2,3,4,5,6,7,8]}"#,
            "Job history with id '2' is of a custom job that was to run once: schedule a new one. "
                + "Job history with id '3' has not failed for good. "
                + "Job history with id '4' is of a job that fetches logs: fetch them again. "
                + "Job history with id '5' is of an inventory job: use CertificateStores/Schedule. "
                + "Job history with id '6' has not failed for good. Job history with id '7' has not failed for good. "
                + "Job history with id '8' has not failed for good.", 7
        ),
        ("Reschedule", #"{"Query":"JobHistoryId -eq 7"}"#, "Job history with id '7' has not failed for good.", 1),
        (
            "Acknowledge", #"{"JobAuditIds":[1,6,7]}"#,
            "Job history with id '6' has neither failed nor warned, or is not completed. "
                + "Job history with id '7' has neither failed nor warned, or is not completed.", 2
        ),
        ("Unschedule", "{}", "Expected either JobIds or Query, found neither.", 0),
        ("Unschedule", #"{"JobIds":[],"Query":"x"}"#, "Expected either JobIds or Query, found both.", 0),
        ("Unschedule", #"{"JobIds":[7]}"#, "JobIds[0]: expected a GUID such as 00000000-0000-0000-0000-000000000000, found 7.", 0),
        (
            "Unschedule", #"{"JobIds":["00000000-0000-0000-0000-000000000001"]}"#,
            "Job with id '00000000-0000-0000-0000-000000000001' is not scheduled.", 1
        ),
        (
            "Unschedule", #"{"Query":"JobType -contains \"Inventory\""}"#,
            "Job with id 'INVENTORY' is an inventory job: use CertificateStores/Schedule.", 1
        ),
    ]

    @Test(arguments: refused)
    func whatCannotBeDoneIsRefusedAndNothingChanges(_ operation: String, _ body: String, _ message: String, _ reasons: Int) throws {
        let life = try Self.after().life
        let before = (try life.history(), try life.scheduled())
        let reply = try life.mock.post("/OrchestratorJobs/\(operation)", body)
        let inventory = try life.list("/CertificateStores")[0]["CertStoreInventoryJobId"]?.text ?? ""
        #expect(reply.status == 400 && reply.code == "0xA0110004")
        #expect(reply.message == message.replacing("INVENTORY", with: inventory))
        #expect(reply.json["FailedOperations"]?.elements.count ?? 0 == reasons)
        #expect((try life.history(), try life.scheduled()) == before)
    }

    @Test(arguments: ["Reschedule", "Unschedule", "Acknowledge"])
    func aQueryThatIsWrongIsRefused(_ operation: String) throws {
        let reply = try Self.after().life.mock.post("/OrchestratorJobs/\(operation)", #"{"Query":"Nope -eq 1"}"#)
        #expect(reply.status == 400)
        #expect(reply.message?.contains("Nope") == true)
    }

    @Test func aJobWhoseAgentIsGoneIsNotRescheduled() throws {
        let life = try Self.after().life
        let agent = life.mock.agent("uo-1")
        #expect(try life.mock.post("/Agents/Disapprove", "[\"\(agent)\"]").status == 204)
        #expect(try life.mock.send(.delete, "/Agents/\(agent)?force=true").status == 204)
        let reply = try life.mock.post("/OrchestratorJobs/Reschedule", #"{"JobAuditIds":[1]}"#)
        #expect(reply.message == "Job history with id '1' is of a job whose agent or certificate store no longer exists.")
    }

    /// A job on a store may be one-time and yet run again; no operation that is tested here makes one.
    @Test func aOneTimeJobOnAStoreRunsAgainUnderItsId() throws {
        var estate = try Mock().world
        let store = try #require(estate.stores.all.first)
        let agent = try #require(store.agent)
        let failure = Progress.Script(
            jobType: "PEMManagement", agent: nil, steps: [.init(.completed, .failure), .init(.completed, .success)])
        estate.jobs.progress.scripts = [failure]
        let order = JobOrder(agent: agent, kind: .management, type: "PEMManagement", schedule: .immediate, store: store.id)
        let job = estate.schedule(order, now: Mock.noon)
        estate.advance(to: Mock.noon)
        #expect(estate.jobs.scheduled.count == 0)
        estate.runAgain(job, now: Mock.noon + .seconds(1))
        estate.advance(to: Mock.noon + .seconds(1))
        #expect(estate.jobs.history.entries(of: job.id).map(\.result) == [.failure, .success])
        #expect(estate.jobs.scheduled.count == 0)
    }
}

extension Progress.Step {
    fileprivate init(_ state: State, _ result: HistoryEntry.Result) {
        self.init(state)
        self.result = result
    }
}
