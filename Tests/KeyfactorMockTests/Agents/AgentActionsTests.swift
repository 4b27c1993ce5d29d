import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Entities
@testable import Orchestrators

/// What can be done to agents: approve, disapprove, reset, delete, fetch logs, ask for a new certificate.
struct AgentActionsTests {
    private static let none = "00000000-0000-0000-0000-000000000009"

    /// uo-1 serves web-1 and has three jobs, uo-2 is new, mute has no capability, other serves a store with a job.
    private static let scenario = """
        fidelity: { enums: names }
        estate:
          agents:
            - { machine: mute, capabilities: [] }
            - { machine: other, capabilities: [ LOGS ] }
          certificateStores:
            - { machine: web-1, path: /etc/ssl/app.pem, schedule: { Interval: { Minutes: 60 } } }
            - { machine: web-2, path: /a, agent: other, schedule: { Interval: { Minutes: 60 } } }
          jobs:
            - { agent: uo-1, jobType: FetchLogs, schedule: { Interval: { Minutes: 5 } } }
            - { agent: uo-1, jobType: FetchLogs, schedule: { Interval: { Minutes: 90 } } }
        """

    /// All that a refused request must leave as it is.
    private static func everything(_ life: Life) throws -> [String] {
        try ["/Agents", "/CertificateStores", "/OrchestratorJobs/ScheduledJobs", "/JobTypes/Custom"].map { try life.mock.get($0).body }
    }

    private static func statuses(_ life: Life) throws -> [String] {
        try life.list("/Agents").map { "\($0["ClientMachine"]?.text ?? "") \($0["Status"]?.text ?? "")" }.sorted()
    }

    @Test(arguments: Door.allCases)
    func agentsAreApprovedAndDisapproved(_ door: Door) throws {
        let life = try Life(Self.scenario, through: door)
        let both = #"["\#(life.mock.agent("uo-2").uppercased())","\#(life.mock.agent("uo-1"))","\#(life.mock.agent("uo-1"))"]"#
        for (operation, status) in [("Approve", "Approved"), ("Disapprove", "Disapproved"), ("Approve", "Approved")] {
            let reply = try life.mock.post("/Agents/\(operation)", both)
            #expect(reply.status == 204 && reply.body.isEmpty && reply["Content-Type"] == nil)
            #expect(try Self.statuses(life) == ["mute Approved", "other Approved", "uo-1 \(status)", "uo-2 \(status)"])
        }
        #expect(try life.scheduled().count == 4, "no job is lost")
    }

    @Test(arguments: ["/Agents/Reset", "/Agents/ID/Reset"])
    func aResetAgentIsNewAndHasNothing(_ path: String) throws {
        let life = try Life(Self.scenario)
        let id = life.mock.agent("uo-1")
        life.pass(.seconds(300))
        let jobs = try life.scheduled(where: "AgentId -eq \"\(id)\"")
        #expect(jobs.count == 3)
        #expect(try life.history() == ["1 Unknown InProcess"])
        let reply = try life.mock.post(path.replacing("ID", with: id), path == "/Agents/Reset" ? #"["\#(id)"]"# : "null")
        #expect(reply.status == 204 && reply.body.isEmpty)
        #expect(try Self.statuses(life) == ["mute Approved", "other Approved", "uo-1 New", "uo-2 New"])
        #expect(try life.list("/CertificateStores").map { $0["ClientMachine"]?.text } == ["web-2"])
        #expect(try life.list("/OrchestratorJobs/ScheduledJobs").map { $0["ClientMachine"]?.text } == ["other"])
        life.pass(.seconds(86_400))
        #expect(try life.history(where: "AgentId -eq \"\(id)\"").count == 1, "what was done stays, and nothing is added")
        #expect(try life.mock.post("/Agents/Approve", #"["\#(id)"]"#).status == 204)
        #expect(try life.history(where: "AgentId -eq \"\(id)\"").count == 1, "nothing waited")
    }

    @Test(arguments: ["?force=true", "?FORCE=True"])
    func withForceAnAgentGoesWithAllThatDependsOnIt(_ force: String) throws {
        let life = try Life(Self.scenario)
        let id = life.mock.agent("uo-1")
        _ = try life.run(#"{"Immediate":true}"#)
        #expect(try life.history().count == 1)
        let early = try life.mock.send(.delete, "/Agents/\(id)\(force)")
        #expect(early.status == 400, "also with force it must be Disapproved")
        #expect(try life.mock.post("/Agents/Disapprove", #"["\#(id)"]"#).status == 204)
        let unforced = try life.mock.send(.delete, "/Agents/\(id)")
        #expect(
            unforced.status == 400
                && unforced.message?.contains("1 certificate store and 3 scheduled jobs depend on it. With force=true") == true,
            "\(unforced.body)")
        let reply = try life.mock.send(.delete, "/Agents/\(id)\(force)")
        #expect(reply.status == 204 && reply.body.isEmpty)
        #expect(try life.mock.get("/Agents/\(id)").status == 404)
        #expect(try Self.statuses(life) == ["mute Approved", "other Approved", "uo-2 New"])
        #expect(try life.list("/CertificateStores").map { $0["ClientMachine"]?.text } == ["web-2"])
        #expect(try life.list("/OrchestratorJobs/ScheduledJobs").map { $0["ClientMachine"]?.text } == ["other"])
        #expect(try life.list("/OrchestratorJobs/JobHistory").map { $0["AgentMachine"]?.text } == ["uo-1"], "the history stays")
    }

    @Test func jobsOnAStoreGoWithItWhoeverRunsThem() throws {
        var estate = try Life(Self.scenario).mock.world
        let agents = Dictionary(uniqueKeysWithValues: estate.agents.all.map { ($0.machine, $0.id) })
        let store = try #require(estate.stores.all.first { $0.machine == "web-1" })
        let stays = estate.schedule(
            JobOrder(agent: agents["other"]!, kind: .custom, type: "x", schedule: .immediate), now: Mock.noon)
        let goes = estate.schedule(
            JobOrder(agent: agents["other"]!, kind: .management, type: "x", schedule: .immediate, store: store.id), now: Mock.noon)
        estate.deleteAgent(agents["uo-1"]!)
        #expect(estate.jobs.scheduled[stays.id] != nil)
        #expect(estate.jobs.scheduled[goes.id] == nil)
    }

    @Test(arguments: ["", "?force=false", "?force="])
    func withoutForceAnAgentGoesIfNothingDependsOnIt(_ force: String) throws {
        let life = try Life(Self.scenario)
        #expect(try life.mock.post("/Agents/Disapprove", #"["\#(life.mock.agent("uo-2"))"]"#).status == 204)
        #expect(try life.mock.send(.delete, "/Agents/\(life.mock.agent("uo-2"))\(force)").status == 204)
        #expect(try Self.statuses(life) == ["mute Approved", "other Approved", "uo-1 Approved"])
    }

    @Test(arguments: [("24.4", 204, 1), ("25.4", 204, 1), ("12.3", 204, 1), ("11.6", 404, 2), ("10.5", 404, 2)])
    func agentsAreDeletedFrom12On(_ product: String, _ status: Int, _ left: Int) throws {
        let mock = try Mock("product: '\(product)'\nestate: { agents: [ { machine: uo-2, status: disapproved } ] }")
        #expect(try mock.send(.delete, "/Agents/\(mock.agent("uo-2"))").status == status)
        #expect(mock.world.agents.count == left)
    }

    static let refused: [(path: String, body: String, status: Int, message: String)] =
        ["Approve", "Disapprove", "Reset"].flatMap { operation in
            [
                ("/Agents/\(operation)", "", 400, "The request body is empty; expected a JSON array of agent ids."),
                ("/Agents/\(operation)", "null", 400, "The request body: expected at least one agent id, found nothing."),
                ("/Agents/\(operation)", "[]", 400, "The request body: expected at least one agent id, found none."),
                ("/Agents/\(operation)", "{}", 400, "The request body: expected an array of agent ids, found an object."),
                (
                    "/Agents/\(operation)", #"["uo-1",7]"#, 400,
                    "[1]: expected a GUID such as 00000000-0000-0000-0000-000000000000, found 7."
                ),
                (
                    "/Agents/\(operation)", #"["uo-1","x"]"#, 400,
                    "[1]: expected a GUID such as 00000000-0000-0000-0000-000000000000, found 'x'."
                ),
                (
                    "/Agents/\(operation)", #"["uo-1","\#(none)","uo-2","00000000-0000-0000-0000-000000000008"]"#, 400,
                    "Agent with id of '\(none)' does not exist. Agent with id of '00000000-0000-0000-0000-000000000008' does not exist."
                ),
            ]
        } + one

    private static let one: [(path: String, body: String, status: Int, message: String)] = [
        ("/Agents/\(none)/Reset", "", 400, "Agent with id of '\(none)' does not exist."),
        ("/Agents/x/Reset", "", 400, "id: expected a GUID such as 00000000-0000-0000-0000-000000000000, found 'x'."),
        ("/Agents/\(none)/FetchLogs", "", 404, "Agent with id of '\(none)' does not exist"),
        ("/Agents/uo-2/FetchLogs", "", 400, "id: the agent 'uo-2' is New, expected an Approved one."),
        ("/Agents/mute/FetchLogs", "null", 400, "id: the agent 'mute' lacks the capability 'LOGS'."),
        ("DELETE /Agents/\(none)?force=true", "", 404, "Agent with id of '\(none)' does not exist"),
        ("DELETE /Agents/uo-2?force=1", "", 400, "force: expected true or false, found '1'."),
        (
            "DELETE /Agents/uo-1", "", 400,
            "id: the agent 'uo-1' is Approved, expected a Disapproved one."
        ),
        (
            "/Agents/SetAuthCertificateReenrollment", #"{"Status":"None"}"#, 400,
            "OrchestratorIds: expected at least one orchestrator id, found nothing."
        ),
        (
            "/Agents/SetAuthCertificateReenrollment", #"{"OrchestratorIds":["uo-1"]}"#, 400,
            "Status: expected one of None (0), Requested (1), Required (2), found nothing."
        ),
        (
            "/Agents/SetAuthCertificateReenrollment", #"{"OrchestratorIds":["uo-1"],"Status":"Maybe"}"#, 400,
            "Status: expected one of None (0), Requested (1), Required (2), found 'Maybe'."
        ),
        (
            "/Agents/SetAuthCertificateReenrollment", #"{"OrchestratorIds":["uo-1"],"Status":3}"#, 400,
            "Status: expected one of None (0), Requested (1), Required (2), found 3."
        ),
    ]

    @Test(arguments: refused)
    func aRefusedRequestChangesNothing(_ path: String, _ body: String, _ status: Int, _ message: String) throws {
        let life = try Life(Self.scenario)
        let before = try Self.everything(life)
        func named(_ text: String) -> String {
            ["uo-1", "uo-2", "mute"].reduce(text) { text, name in
                let id = life.mock.agent(name)
                return text.replacing("\"\(name)\"", with: "\"\(id)\"").replacing("/\(name)", with: "/\(id)")
                    .replacing("of '\(name)'", with: "of '\(id)'")
            }
        }
        let target = named(path)
        let reply =
            try target.hasPrefix("DELETE ") ? life.mock.send(.delete, String(target.dropFirst(7))) : life.mock.post(target, named(body))
        #expect(reply.status == status)
        #expect(reply.code == (status == 404 ? "0xA0130000" : "0xA0110004"))
        #expect(reply.message == named(message))
        #expect(try Self.everything(life) == before)
    }

    @Test(arguments: [("vendor", 400), ("400", 400), ("404", 404)])
    func unknownAgentsAreNamedOneByOne(_ value: String, _ status: Int) throws {
        let mock = try Mock("fidelity: { unknownIds: '\(value)' }")
        let reply = try mock.post("/Agents/Approve", #"["\#(Self.none)"]"#)
        #expect(reply.status == status)
        #expect(
            reply.json["FailedOperations"]?.elements.map { $0["Reason"]?.text } == ["Agent with id of '\(Self.none)' does not exist"])
    }

    @Test(arguments: [("\"required\"", "Required", 2), ("\"Requested\"", "Requested", 1), ("0", "None", 0), ("\"2\"", "Required", 2)])
    func aNewCertificateIsAskedFor(_ sent: String, _ name: String, _ number: Int) throws {
        let mock = try Mock()
        let id = mock.agent("uo-1")
        let reply = try mock.post(
            "/Agents/SetAuthCertificateReenrollment", #"{"orchestratorIds":["\#(Self.none)","\#(id)"],"status":\#(sent)}"#)
        #expect(reply.status == 200)
        #expect(reply.body == #"{"FailedOrchestratorIds":["\#(Self.none)"],"Status":\#(number)}"#)
        #expect(try mock.get("/Agents/\(id)").json["AuthCertificateReenrollment"]?.text == name)
        #expect(try mock.get("/Agents/\(mock.agent("uo-2"))").json["AuthCertificateReenrollment"]?.text == "None")
    }

    @Test func aScenarioSaysWhetherANewCertificateIsAskedFor() throws {
        let mock = try Mock("estate: { agents: [ { machine: uo-1, certificateReenrollment: required } ] }")
        #expect(try mock.get("/Agents/\(mock.agent("uo-1"))").json["AuthCertificateReenrollment"]?.text == "Required")
    }

    @Test func theReaderOfAgentsMayNotChangeThem() throws {
        let mock = try Mock("auth: { mode: basic, users: [ { name: r, password: p, permissions: [ /agents/management/read/ ] } ] }")
        let headers = [("Authorization", "Basic cjpw"), ("x-keyfactor-requested-with", "APIClient")]
        let id = mock.agent("uo-1")
        for path in ["/Agents/Approve", "/Agents/Reset", "/Agents/\(id)/Reset", "/Agents/\(id)/FetchLogs", "/JobTypes/Custom"] {
            #expect(try mock.send(.post, path, headers: headers, body: "[]").status == 403, "POST \(path)")
        }
        #expect(try mock.send(.delete, "/Agents/\(id)", headers: headers).status == 403)
        #expect(try mock.send(.get, "/PamProviders", headers: headers).status == 403)
    }
}
