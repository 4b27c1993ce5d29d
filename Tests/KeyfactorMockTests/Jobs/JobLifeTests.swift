import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Entities

/// What becomes of a job once it is scheduled: it falls due, an agent picks it up, it leaves a history.
struct JobLifeTests {
    private static func scripted(_ steps: String, _ rest: String = "") -> String {
        "{ fidelity: { enums: names }, progress: [ { steps: [ \(steps) ] } ]\(rest) }"
    }

    @Test(arguments: Door.allCases)
    func aJobIsSeenInProcessOnceAndThenHasSucceeded(_ door: Door) throws {
        let life = try Life(through: door)
        let id = try life.run()
        #expect(try life.scheduled() == [id])
        let first = try #require(try life.list("/OrchestratorJobs/JobHistory", where: "JobId -eq \"\(id)\"").first)
        #expect(first["Result"]?.text == "Unknown" && first["Status"]?.text == "InProcess")
        #expect(first["OperationEnd"]?.isNull == true && first["Message"]?.text == "")
        #expect(try life.history() == ["1 Success Completed"])
        #expect(try life.scheduled() == [], "a one-time job leaves")
        #expect(try life.history() == ["1 Success Completed"], "and stays as it ended")
    }

    @Test func aScriptIsPlayedStepByStep() throws {
        let life = try Life(
            Self.scripted(
                """
                { state: absent, reads: 2 }, { state: InProcess, for: 5s },
                { state: CompletedWillRetry, result: Failure, message: disk full }, { state: InProcess, reads: 1 },
                { state: Completed, result: Warning, message: late, data: '{"lines": 3}' }
                """))
        let id = try life.run()
        #expect(try life.history() == [])
        #expect(try life.history() == [])
        for _ in 0..<3 { #expect(try life.history() == ["1 Unknown InProcess"], "reading does not end what lasts five seconds") }
        life.pass(.milliseconds(4_999))
        #expect(try life.history() == ["1 Unknown InProcess"])
        life.pass(.milliseconds(1))
        #expect(try life.history() == ["1 Failure CompletedWillRetry"])
        #expect(try life.scheduled() == [id])
        #expect(try life.history() == ["1 Failure CompletedWillRetry", "2 Unknown InProcess"])
        let ended = try life.list("/OrchestratorJobs/JobHistory")
        #expect(ended.map { $0["JobId"]?.text } == [id, id], "an attempt has an entry of its own, not a job")
        #expect(ended.map { $0["Message"]?.text } == ["disk full", "late"])
        #expect(ended.map { $0["Result"]?.text } == ["Failure", "Warning"])
        #expect(ended.map { $0["OperationEnd"]?.text } == ["2026-11-22T12:00:05Z", "2026-11-22T12:00:05Z"])
        #expect(try life.data(1) == nil)
        #expect(try life.data(2) == #"{"lines": 3}"#)
        #expect(try life.scheduled() == [])
    }

    @Test func onlyReadsThatSelectTheJobCount() throws {
        let life = try Life()
        let (one, other) = (try life.run(), try life.run())
        let answered = try ["JobId -eq \"\(other)\"", "Status -eq \"Completed\" AND JobId -eq \"\(one)\"", "Message -eq \"x\""].map {
            try life.history(where: $0)
        }
        #expect(answered == [["2 Unknown InProcess"], [], []])
        #expect(try life.history() == ["1 Unknown InProcess", "2 Success Completed"])
    }

    @Test func aReadOfTheLastRunIsNoReadOfOneThatIsAbsent() throws {
        let life = try Life(Self.scripted("{ state: Completed, result: Failure }, { state: absent, reads: 1 }, { state: InProcess }"))
        _ = try life.run(#"{"Interval":{"Minutes":1}}"#)
        life.pass(.seconds(120))
        for _ in 0..<2 { #expect(try life.history(where: "Result -eq \"Failure\"") == ["1 Failure Completed"]) }
        #expect(try life.history() == ["1 Failure Completed"])
        #expect(try life.history() == ["1 Failure Completed", "2 Unknown InProcess"])
    }

    @Test func whatHappenedWhileNobodyLookedHasItsOwnTime() throws {
        let life = try Life(Self.scripted("{ state: absent, for: 2s }, { state: InProcess, for: 1500ms }, { state: Completed }"))
        _ = try life.run()
        life.pass(.seconds(3600))
        let entry = try #require(try life.list("/OrchestratorJobs/JobHistory").first)
        #expect(entry["OperationStart"]?.text == "2026-11-22T12:00:02Z")
        #expect(entry["OperationEnd"]?.text == "2026-11-22T12:00:03.5Z")
    }

    @Test func aRecurringJobKeepsItsIdAndStays() throws {
        let life = try Life(Self.scripted("{ state: InProcess, for: 10s }, { state: Completed }"))
        let id = try life.run(#"{"Interval":{"Minutes":1}}"#)
        #expect(try life.history() == [], "an interval begins with an interval")
        life.pass(.seconds(185))
        let entries = try life.list("/OrchestratorJobs/JobHistory")
        #expect(entries.map { $0["JobId"]?.text } == [id, id, id])
        #expect(entries.map { $0["OperationStart"]?.text?.suffix(9) } == ["12:01:00Z", "12:02:00Z", "12:03:00Z"])
        #expect(entries.map { $0["Status"]?.text } == ["Completed", "Completed", "InProcess"])
        #expect(try life.scheduled() == [id])
    }

    @Test func whatFollowsCompletedIsTheNextRun() throws {
        let life = try Life(Self.scripted("{ state: Completed, result: Failure }, { state: Completed, message: better }"))
        _ = try life.run(#"{"Interval":{"Minutes":1}}"#)
        life.pass(.seconds(180))
        #expect(try life.history() == ["1 Failure Completed", "2 Success Completed", "3 Success Completed"], "the last run repeats")
    }

    @Test func aRunThatNobodyReadsEndsWhenTheJobIsDueAgain() throws {
        let life = try Life()
        _ = try life.run(#"{"Interval":{"Minutes":1}}"#)
        life.pass(.seconds(120))
        #expect(try life.history() == ["1 Success Completed", "2 Unknown InProcess"])
        #expect(try life.list("/OrchestratorJobs/JobHistory")[0]["OperationEnd"]?.text == "2026-11-22T12:02:00Z")
    }

    @Test func aRunThatIsNotOverIsNotBegunAgain() throws {
        let life = try Life(Self.scripted("{ state: InProcess, for: 90s }, { state: Completed }"))
        _ = try life.run(#"{"Interval":{"Minutes":1}}"#)
        life.pass(.seconds(200))
        let entries = try life.list("/OrchestratorJobs/JobHistory")
        #expect(entries.map { $0["OperationStart"]?.text?.suffix(9) } == ["12:01:00Z", "12:03:00Z"], "what was due in between is left out")
        #expect(entries.map { $0["OperationEnd"]?.text?.suffix(9) } == ["12:02:30Z", nil])
    }

    @Test(arguments: [
        (#"{"ExactlyOnce":{"Time":"2026-11-22T12:10:00Z"}}"#, 600, "2026-11-22T12:10:00Z", "at its moment"),
        (#"{"ExactlyOnce":{"Time":"2020-01-01T00:00:00Z"}}"#, 0, "2026-11-22T12:00:00Z", "what is past is due at once"),
        (#"{"Daily":{"Time":"2020-01-01T12:30:45Z"}}"#, 1800, "2026-11-22T12:30:00Z", "to the minute"),
        (#"{"Daily":{"Time":"2020-01-01T12:00:00Z"}}"#, 86_400, "2026-11-23T12:00:00Z", "today's time is gone when it is now"),
        (#"{"Weekly":{"Days":["Monday"],"Time":"2020-01-01T00:30:00Z"}}"#, 45_000, "2026-11-23T00:30:00Z", "noon was on a Sunday"),
        (#"{"Monthly":{"Day":1,"Time":"2020-01-01T00:00:00Z"}}"#, 734_400, "2026-12-01T00:00:00Z", "across the end of a month"),
    ])
    func aJobFallsDue(_ schedule: String, _ seconds: Int, _ start: String, _ reason: String) throws {
        let life = try Life()
        _ = try life.run(schedule)
        if seconds > 0 {
            life.pass(.seconds(seconds) - .milliseconds(1))
            #expect(try life.history() == [])
            life.pass(.milliseconds(1))
        }
        #expect(try life.list("/OrchestratorJobs/JobHistory").map { $0["OperationStart"]?.text } == [start])
    }

    @Test(arguments: [
        ("running", 30, "12:00:30Z"), ("frozen", 30, "12:00:00Z"), ("scaled, rate: 60", 30, "12:30:00Z"),
    ])
    func timeIsTheWorlds(_ mode: String, _ seconds: Int, _ time: String) throws {
        let life = try Life("{ fidelity: { enums: names }, clock: { start: 2030-01-01T12:00:00Z, mode: \(mode) } }")
        life.pass(.seconds(seconds))
        _ = try life.run()
        let entry = try #require(try life.list("/OrchestratorJobs/JobHistory").first)
        #expect(entry["OperationStart"]?.text == "2030-01-01T" + time)
    }

    @Test func anAgentThatDoesNotPollLeavesItsJobsWaiting() throws {
        let life = try Life("estate: { agents: [ { machine: uo-1, polls: false } ] }")
        let ids = [try life.run(), try life.run(#"{"Interval":{"Minutes":1}}"#)]
        life.pass(.seconds(86_400 * 3650))
        #expect(try life.history() == [])
        #expect(try life.scheduled() == ids)
        let jobs = life.mock.world.jobs
        #expect(ids.map { jobs.state(of: GUID($0)!) } == ["waiting", "waiting"])
        #expect(ids.map { jobs.runs(of: GUID($0)!) } == [0, 0], "what did not run is no run")
    }

    @Test func aJobWaitsWhileItsAgentIsDisapproved() throws {
        let life = try Life()
        let agent = life.mock.agent("uo-1")
        let due = [try life.run(#"{"ExactlyOnce":{"Time":"2026-11-22T12:20:00Z"}}"#), try life.run(#"{"Interval":{"Minutes":15}}"#)]
        #expect(try life.mock.post("/Agents/Disapprove", #"["\#(agent)"]"#).status == 204)
        life.pass(.seconds(1800))
        #expect(try life.history() == [])
        #expect(try life.scheduled() == due)
        life.pass(.seconds(60))
        #expect(try life.mock.post("/Agents/Approve", #"["\#(agent)"]"#).status == 204)
        let entries = try life.list("/OrchestratorJobs/JobHistory")
        #expect(entries.map { $0["JobId"]?.text } == due, "in the order in which they were asked for, each once")
        #expect(entries.map { $0["OperationStart"]?.text } == ["2026-11-22T12:31:00Z", "2026-11-22T12:31:00Z"])
    }

    @Test(arguments: Door.allCases)
    func logsAreFetched(_ door: Door) throws {
        let life = try Life(through: door)
        #expect(try life.list("/Agents", where: "Status -eq 2 AND Capabilities -contains \"LOGS\"").count == 1)
        let reply = try life.mock.send(.post, "/Agents/\(life.mock.agent("uo-1"))/FetchLogs", body: "null")
        #expect(reply.status == 204 && reply.body.isEmpty)
        let job = try #require(try life.list("/OrchestratorJobs/ScheduledJobs").first)
        #expect(job["JobType"]?.text == "FetchLogs" && job["ClientMachine"]?.text == "uo-1" && job["Schedule"]?.isNull == true)
        #expect(try life.history(where: "JobType -eq \"FetchLogs\"") == ["1 Unknown InProcess"])
        #expect(
            try life.data(1) == "2026-11-22T12:00:00Z [Information] uo-1: the orchestrator has begun to collect its log, job "
                + "\(job["Id"]?.text ?? "")\n")
        #expect(try life.history() == ["1 Success Completed"])
        #expect(try life.scheduled() == [])
    }

    @Test func aScriptSaysWhatLogsAreBrought() throws {
        let life = try Life(
            "progress: [ { match: { jobType: fetchlogs, agent: UO-1 }, steps: [ { state: Completed, data: 'a\"b' } ] } ]")
        _ = try life.mock.post("/Agents/\(life.mock.agent("uo-1"))/FetchLogs", "")
        _ = try life.run()
        #expect(try life.list("/OrchestratorJobs/JobHistory").map { $0["Status"]?.integer } == [3, 2], "the other job is not matched")
        #expect(try life.data(1) == #"a"b"#)
    }

    @Test func anImmediateInventoryIsClearedWhenItHasRun() throws {
        let life = try Life()
        let store = life.mock.store("web-1")
        _ = try life.mock.post("/CertificateStores/Schedule", #"{"StoreIds":["\#(store)"],"Schedule":{"Immediate":true}}"#)
        let entry = try #require(try life.list("/OrchestratorJobs/JobHistory").first)
        #expect(entry["JobType"]?.text == "PEMInventory" && entry["StorePath"]?.text == "/etc/ssl/app.pem")
        #expect(entry["ClientMachine"]?.text == "web-1" && entry["AgentMachine"]?.text == "uo-1")
        let after = try life.mock.get("/CertificateStores/\(store)").json
        #expect(after["InventorySchedule"]?.isNull == true && after["CertStoreInventoryJobId"]?.isNull == true)
    }

    @Test func whatFellDueBeforeAScheduleIsReplacedHasRun() throws {
        let life = try Life()
        let store = life.mock.store("web-1")
        for schedule in [#"{"Interval":{"Minutes":10}}"#, "{}"] {
            _ = try life.mock.post("/CertificateStores/Schedule", #"{"StoreIds":["\#(store)"],"Schedule":\#(schedule)}"#)
            life.pass(.seconds(1800))
        }
        #expect(try life.history() == ["1 Success Completed", "2 Success Completed", "3 Unknown InProcess"])
        #expect(try life.scheduled() == [])
    }

    @Test func tenYearsOfMinutesPassAtOnceAndInOrder() throws {
        let life = try Life()
        let jobs = [try life.run(#"{"Interval":{"Minutes":1}}"#), try life.run(#"{"Interval":{"Minutes":7}}"#)]
        _ = try life.run(#"{"Daily":{"Time":"2020-01-01T00:00:00Z"}}"#)
        life.pass(.seconds(86_400 * 3650))
        #expect(try life.scheduled().count == 3)
        let world = life.mock.world
        #expect(world.jobs.history.count <= History.limit)
        #expect(jobs.map { world.jobs.runs(of: GUID($0)!) } == [3650 * 1440 - 1, 3650 * 1440 / 7 - 1], "the last is running")
        let starts = world.jobs.history.all.map(\.start)
        #expect(zip(starts, starts.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(world.jobs.history.all.last?.start == Mock.noon + .seconds(86_400 * 3650))
    }
}

/// What falls due does not pile up.
struct TimelineTests {
    @Test func whatStillCountsIsNotLookedThroughAgainAndAgain() throws {
        let life = try Life()
        for _ in 0..<3000 {
            _ = try life.run(#"{"ExactlyOnce":{"Time":"2026-11-23T12:00:00Z"}}"#)
            let jobs = life.mock.world.jobs
            #expect(!jobs.timeline.isOvergrown(with: jobs.scheduled.count + jobs.runs.count))
        }
        #expect(life.mock.world.jobs.timeline.length == 3000)
    }

    @Test func schedulesSetAgainAndAgainLeaveNothingBehind() throws {
        let mock = try Mock()
        let body = #"{"StoreIds":["\#(mock.store("web-1"))"],"Schedule":{"Interval":{"Minutes":60}}}"#
        for _ in 0..<10_000 { #expect(try mock.post("/CertificateStores/Schedule", body).status == 204) }
        #expect(mock.world.jobs.timeline.length <= 1100)
    }
}
