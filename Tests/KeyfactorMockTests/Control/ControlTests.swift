import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Entities
@testable import KeyfactorMock
@testable import Worlds

struct ControlTests {
    private func mock(listens: Bool = true, isLoopback: Bool = true) throws -> Mock {
        let mock = try Mock("auth: { mode: basic }")
        if listens {
            mock.server.control.serverListens(
                Control.Facts(
                    httpPort: 8080, httpsPort: nil, authority: "PEM", processID: 7, isLoopback: isLoopback, names: ["command.test"]))
        }
        return mock
    }

    @Test func itDescribesItselfWithoutLogIn() throws {
        let mock = try mock()
        #expect(try mock.get("/_mock/livez").body == "alive\n")
        #expect(try mock.get("/_mock/readyz").body == "ready\n")
        #expect(try mock.get("/_mock/ca.pem").body == "PEM")
        #expect(
            try mock.get("/_mock/info").body
                == #"{"version":"0.1.0-dev","scenario":"unnamed","seed":1,"client":null,"product":"25.4","http":8080,"https":null,"admin":null,"worlds":1,"pid":7}"#
                + "\n")
    }

    @Test(arguments: ["/_mock", "/_mock/"]) func theIndexHasALinkToEachOperation(_ path: String) throws {
        let reply = try mock().get(path)
        #expect(reply.status == 200)
        #expect(reply.json["description"]?.text == "/_mock/control.openapi.json")
        let operations = try #require(reply.json["operations"]?.elements)
        #expect(operations.map { $0["href"]?.text } == Control.endpoints.map { "/_mock/" + $0.path })
        #expect(operations.map { $0["method"]?.text } == Control.endpoints.map(\.method.name))
        #expect(operations.allSatisfy { $0["about"]?.text?.isEmpty == false })
        #expect(try mock().raw(Request(.post, path)).status == 405)
    }

    @Test func itIsNotReadyBeforeTheSocketsListen() throws {
        let mock = try mock(listens: false)
        #expect(try mock.get("/_mock/livez").status == 200)
        #expect(try mock.get("/_mock/readyz").status == 503)
    }

    @Test(arguments: [
        (
            "/_mock/redyz",
            "There is no /_mock/redyz. Did you mean /_mock/readyz? This version has "
        ),
        ("/_mock/qqqqq", "There is no /_mock/qqqqq. This version has livez, readyz, ca.pem, info, "),
    ])
    func anUnknownPathNamesTheNearest(_ path: String, _ message: String) throws {
        let reply = try mock().get(path)
        #expect(reply.status == 404)
        #expect(reply.json["error"]?.text?.hasPrefix(message) == true)
        #expect(Control.endpoints.allSatisfy { reply.json["error"]?.text?.contains($0.path) == true }, "and names all there are")
    }

    @Test(arguments: [
        ("localhost", 200, "ours"), ("localhost:8080", 200, "with a port"), ("127.0.0.2", 200, "loopback"),
        ("[::1]:8080", 200, "loopback of IPv6"),
        ("Command.Test", 200, "a name given"), ("x.localhost", 200, "below localhost"), ("evil.example", 403, "a foreign name"),
        ("localhost.evil.example", 403, "a foreign name that begins like ours"),
    ])
    func aForeignHostIsRefusedOnLoopback(_ host: String, _ status: Int, _ reason: String) throws {
        func ask(_ page: String, isLoopback: Bool = true) throws -> Int {
            try mock(isLoopback: isLoopback).raw(Request(.get, "/_mock/\(page)", headers: [("Host", host)])).status
        }
        #expect(try ask("info") == status)
        #expect(try ask("livez") == 200)
        #expect(try ask("info", isLoopback: false) == status)
    }

    @Test func aWebPageIsRefused() throws {
        #expect(try mock().send(.get, "/_mock/info", headers: [("Origin", "https://evil.example")]).status == 403)
    }

    @Test func aPathThatOnlyBeginsLikeItsOwnIsNotItsOwn() throws {
        #expect(try mock().raw(Request(.get, "/_mocking")).status == 401)
    }

    @Test func aWriteToAPageThatIsReadIsRefused() throws {
        let reply = try mock().send(.post, "/_mock/info")
        #expect(reply.status == 405)
        #expect(reply["Allow"] == "GET")
    }

    @Test func timeMovesAndEverythingDueHappensInOrder() throws {
        let mock = try Mock("clock: { start: 2024-02-28T23:00:00Z, mode: frozen }")
        let store = mock.store("web-1")
        _ = try mock.post(
            "/CertificateStores/Schedule", #"{"StoreIds":["\#(store)"],"Schedule":{"Daily":{"Time":"2020-01-01T01:30:00Z"}}}"#)
        #expect(try mock.send(.get, "/_mock/clock").body == #"{"mode":"frozen","now":"2024-02-28T23:00:00Z","rate":0.0}"# + "\n")
        let advanced = try mock.send(.post, "/_mock/clock/advance", body: #"{"by": "2d"}"#)
        #expect(advanced.body == #"{"now":"2024-03-01T23:00:00Z","ran":2,"ended":1}"# + "\n")
        let starts = try mock.get("/OrchestratorJobs/JobHistory").json.elements.compactMap { $0["OperationStart"]?.text }
        #expect(starts == ["2024-02-29T01:30:00Z", "2024-03-01T01:30:00Z"])
        #expect(try mock.get("/Agents")["Date"] == "Fri, 01 Mar 2024 23:00:00 GMT")
    }

    @Test func tenYearsOfMinutesPassInBoundedTimeAndMemory() throws {
        let mock = try Mock("clock: { start: 2024-01-01T00:00:00Z, mode: frozen }")
        _ = try mock.post("/CertificateStores/Schedule", #"{"StoreIds":["\#(mock.store("web-1"))"],"Schedule":{"Interval":{"Minutes":1}}}"#)
        let advanced = try mock.send(.post, "/_mock/clock/advance", body: #"{"to": "2034-01-01T00:00:00Z"}"#)
        #expect(advanced.json["ran"]?.integer == 5_260_320)
        let kept = mock.world.jobs.history.count
        #expect(kept <= History.limit)
        #expect(advanced.json["historyEvicted"]?.integer == 5_260_320 - kept)
        let last = try mock.get("/OrchestratorJobs/JobHistory?SortAscending=1&ReturnLimit=1").json.elements[0]
        #expect(last["OperationStart"]?.text == "2034-01-01T00:00:00Z")
    }

    @Test(arguments: [
        (#"{}"#, 400, "Give either 'by', such as {\"by\": \"2h\"}, or 'to', such as {\"to\": \"2026-03-01T09:00:00Z\"}."),
        (
            #"{"by": "1h", "to": "2026-03-01T09:00:00Z"}"#, 400,
            "Give either 'by', such as {\"by\": \"2h\"}, or 'to', such as {\"to\": \"2026-03-01T09:00:00Z\"}."
        ),
        (#"{"to": "2020-03-01T09:00:00Z"}"#, 400, "Time only advances; PUT /_mock/clock sets it back."),
    ])
    func anAdvanceIsRefused(_ body: String, _ status: Int, _ message: String) throws {
        let reply = try Mock().send(.post, "/_mock/clock/advance", body: body)
        #expect(reply.status == status)
        #expect(reply.json["error"]?.text == message)
    }

    @Test(arguments: [
        (#"{"Daily":{"Time":"2020-01-01T01:30:00Z"}}"#, 3_653), (#"{"Weekly":{"Days":[1,4],"Time":"2020-01-01T01:30:00Z"}}"#, 1_044),
        (#"{"Monthly":{"Day":27,"Time":"2020-01-01T01:30:00Z"}}"#, 120),
    ])
    func tenYearsOfEverySchedulePassInBoundedTime(_ schedule: String, _ ran: Int) throws {
        let mock = try Mock(
            """
            clock: { start: 2024-01-01T00:00:00Z, mode: frozen }
            estate: { certificateStores: [ { machine: m, path: /p, agent: uo-1, count: 500, schedule: \(schedule) } ] }
            """)
        let advanced = try mock.send(.post, "/_mock/clock/advance", body: #"{"to": "2034-01-01T00:00:00Z"}"#)
        #expect(advanced.json["ran"]?.integer == ran * 500)
    }

    @Test func timeStaysInTheCalendar() throws {
        let mock = try Mock()
        func put(_ body: String) throws -> String? { try mock.send(.put, "/_mock/clock", body: body).json["now"]?.text }
        #expect(try put(#"{"mode":"frozen","now":"0001-01-01T00:00:00Z"}"#) == "0001-01-01T00:00:00Z")
        #expect(
            try mock.send(.patch, "/_mock/estate", body: "agents: [ { machine: uo-1, polls: false, lastSeen: -36500d } ]").status == 200)
        #expect(try mock.get("/Agents").status == 200)
        #expect(try put(#"{"now":"9999-12-31T23:59:59Z"}"#) == "9999-12-31T23:59:59Z")
        #expect(try mock.send(.post, "/_mock/clock/advance", body: #"{"by":"36500d"}"#).json["now"]?.text == "9999-12-31T23:59:59.9999999Z")
        #expect(try mock.get("/Agents").status == 200)
        for impossible in ["2026-13-45T99:99:99Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "2027-02-30T00:00:00Z"] {
            #expect(try mock.send(.put, "/_mock/clock", body: #"{"now":"\#(impossible)"}"#).status == 400, "\(impossible)")
            #expect(try mock.send(.post, "/_mock/clock/advance", body: #"{"to":"\#(impossible)"}"#).status == 400, "\(impossible)")
        }
    }

    @Test func theClockIsSetAndScaled() throws {
        let time = Lock(Mock.noon)
        let server = MockServer(scenario: try Scenario([], now: Mock.noon), time: TimeSource { time.withLock { $0 } })
        func put(_ body: String) -> String {
            guard case .ready(let response) = server.answer(Request(.put, "/_mock/clock", body: Array(body.utf8))) else { return "" }
            return String(decoding: response.body, as: UTF8.self)
        }
        #expect(
            put(#"{"mode":"scaled","rate":60,"now":"2030-01-01T00:00:00Z"}"#)
                == #"{"mode":"scaled","now":"2030-01-01T00:00:00Z","rate":60.0}"# + "\n")
        time.withLock { $0 = Mock.noon + .seconds(10) }
        #expect(put("{ mode: frozen }") == #"{"mode":"frozen","now":"2030-01-01T00:10:00Z","rate":0.0}"# + "\n")
        time.withLock { $0 = Mock.noon + .seconds(20) }
        #expect(put("{ mode: running }") == #"{"mode":"running","now":"2030-01-01T00:10:00Z","rate":1.0}"# + "\n")
    }

    @Test func aWorldIsReset() throws {
        let mock = try Mock()
        let before = try mock.get("/CertificateStores").body
        let job = #"{"AgentId":"\#(mock.agent("uo-1"))","JobTypeName":"SampleCustomJobType","JobFields":{"ParamInt":1}}"#
        let first = try mock.post("/OrchestratorJobs/Custom", job).json["JobId"]?.text
        _ = try mock.post("/CertificateStores/Schedule", #"{"StoreIds":["\#(mock.store("web-1"))"],"Schedule":{"Interval":{"Minutes":1}}}"#)
        #expect(try mock.send(.post, "/_mock/reset").body == #"{"generation":1,"dropped":{"jobs":2,"exchanges":3}}"# + "\n")
        #expect(try mock.get("/CertificateStores").body == before)
        #expect(try mock.post("/OrchestratorJobs/Custom", job).json["JobId"]?.text == first)
        #expect(try mock.send(.post, "/_mock/worlds/default/reset").json["generation"]?.integer == 2)
        #expect(try mock.send(.post, "/_mock/reset", body: #"{"from":"nowhere"}"#).status == 404)
    }

    @Test func aJobIsAdvancedByHand() throws {
        let mock = try Mock(
            """
            progress: [ { steps: [ { state: InProcess, until: told }, { state: Completed, result: Warning, message: by hand } ] } ]
            """)
        let body =
            #"{"AgentId":"\#(mock.agent("uo-1"))","JobTypeName":"SampleCustomJobType","JobFields":{"ParamInt":1},"Schedule":{"ExactlyOnce":{"Time":"2030-01-01"}}}"#
        let id = try mock.post("/OrchestratorJobs/Custom", body).json["JobId"]?.text ?? ""
        #expect(try mock.send(.get, "/_mock/jobs").json.elements[0]["state"]?.text == "scheduled")
        #expect(try mock.send(.post, "/_mock/jobs/\(id)/advance").json["state"]?.text == "InProcess")
        for _ in 0..<3 { #expect(try mock.get("/OrchestratorJobs/JobHistory").json.elements[0]["Status"]?.integer == 2) }
        #expect(try mock.send(.post, "/_mock/jobs/\(id)/advance").json["state"]?.text == "over")
        let entry = try mock.get("/OrchestratorJobs/JobHistory").json.elements[0]
        #expect(entry["Result"]?.integer == 3)
        #expect(entry["Message"]?.text == "by hand")
        #expect(try mock.send(.post, "/_mock/jobs/\(id)/advance").status == 404)
    }

    @Test func seedsAreMergedIntoTheEstate() throws {
        let mock = try Mock()
        let store = mock.store("web-1")
        _ = try mock.post("/CertificateStores/Schedule", #"{"StoreIds":["\#(store)"],"Schedule":{"Interval":{"Minutes":7}}}"#)
        let patch =
            "agents: [ { machine: uo-1, status: disapproved } ]\ncertificateStores: [ { machine: web-1, path: /etc/ssl/app.pem, approved: false }, { machine: new, path: /n, agent: uo-1 } ]\n"
        #expect(try mock.send(.patch, "/_mock/estate", body: patch).status == 200)
        #expect(try mock.get("/Agents/\(mock.agent("uo-1"))").json["Status"]?.integer == 3)
        let shown = try mock.get("/CertificateStores/\(store)").json
        #expect(shown["Approved"]?.boolean == false)
        #expect(shown["InventorySchedule"]?.isNull == true)
        #expect(mock.world.stores.count == 2)
        let wrong = try mock.send(
            .patch, "/_mock/estate",
            body: "agents: [ { machine: uo-1, status: new } ]\ncertificateStores: [ { machine: x, path: /x, agent: uo-9 } ]\n")
        #expect(wrong.status == 400)
        #expect(wrong.json["error"]?.text?.contains("there is no agent 'uo-9'") == true)
        #expect(try mock.get("/Agents/\(mock.agent("uo-1"))").json["Status"]?.integer == 3)
    }
}

/// Jobs that have ended, and how an advance reports them.
struct EndedJobsTests {
    private static func scenario(_ steps: String) -> String {
        """
        clock: { start: 2026-03-01T09:00:00Z, mode: frozen }
        estate: { jobs: [ { agent: uo-1, jobType: SampleCustomJobType, fields: { ParamInt: "1" } } ] }
        progress: [ { steps: [ \(steps) ] } ]
        """
    }

    @Test(
        arguments: [
            ("{ state: InProcess, for: 10s }, { state: Completed }", "5s", 1, 0, "it runs"),
            ("{ state: InProcess, for: 10s }, { state: Completed }", "10s", 1, 1, "it begins and ends"),
            ("{ state: InProcess, until: told }, { state: Completed }", "2h", 1, 0, "it waits to be told"),
            ("{ state: Completed, result: Failure, message: 'disk full' }", "1s", 1, 1, "it ends at once"),
            ("{ state: CompletedWillRetry, for: 1s }, { state: Completed }", "1s", 1, 1, "after a retry"),
        ] as [(String, String, Int, Int, String)])
    func anAdvanceCountsWhatEnds(_ steps: String, _ by: String, _ ran: Int, _ ended: Int, _ reason: String) throws {
        let mock = try Mock(Self.scenario(steps))
        let advanced = try mock.send(.post, "/_mock/clock/advance", body: "{ by: \(by) }").json
        #expect(advanced["ran"]?.integer == ran && advanced["ended"]?.integer == ended, "\(reason): \(advanced.source)")
        let over = try mock.get("/_mock/jobs/over").json.elements
        #expect(over.count == ended)
        #expect(try mock.get("/_mock/jobs").json.elements.count == 1 - ended)
        #expect(try mock.send(.post, "/_mock/clock/advance", body: "{ by: 1h }").json["ended"]?.integer == (reason == "it runs" ? 1 : 0))
        guard let job = over.first else { return }
        #expect(job["state"]?.text == "over" && job["jobType"]?.text == "SampleCustomJobType" && job["agent"]?.text == "uo-1")
        #expect(job["result"]?.text == (reason == "it ends at once" ? "Failure" : "Success"))
        #expect(job["message"]?.text == (reason == "it ends at once" ? "disk full" : ""))
        #expect(job["attempts"]?.integer == (reason == "after a retry" ? 2 : 1))
    }
}
