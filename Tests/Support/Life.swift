public import Base
import MicroHTTP

/// A server whose clock stands until a test moves it, and what tests of jobs ask of it.
public struct Life: Sendable {
    /// The server whose clock stands.
    public let mock: Mock
    private let time: Lock<Timestamp>

    /// Starts a server at noon; enums are sent as names unless the scenario says otherwise.
    public init(_ scenario: String = "fidelity: { enums: names }", through door: Door = .direct) throws {
        let time = Lock(Mock.noon)
        self.time = time
        mock = try Mock(scenario, through: door, time: TimeSource { time.withLock { $0 } })
    }

    /// Lets time pass.
    public func pass(_ duration: Duration) { time.withLock { $0 = $0 + duration } }

    /// Schedules a SampleCustomJobType job.
    ///
    /// - Returns: its JobId, or what was answered instead.
    public func run(on agent: String = "uo-1", _ schedule: String = #"{"Immediate":true}"#) throws -> String {
        let reply = try mock.post(
            "/OrchestratorJobs/Custom",
            #"{"AgentId":"\#(mock.agent(agent))","JobTypeName":"SampleCustomJobType","Schedule":\#(schedule),"JobFields":{"ParamInt":1}}"#)
        return reply.json["JobId"]?.text ?? reply.body
    }

    /// The rows that a request for a list answers.
    public func list(_ path: String, where query: String? = nil) throws -> [JSONValue] {
        let escaped = query?.replacing("%", with: "%25").replacing(" ", with: "%20").replacing("\"", with: "%22")
        let reply = try mock.get(path + (escaped.map { "?ReturnLimit=1000&QueryString=\($0)" } ?? "?ReturnLimit=1000"))
        return reply.status == 200 ? reply.json.elements : [reply.json]
    }

    /// The history in short: `1 Unknown InProcess`.
    public func history(where query: String? = nil) throws -> [String] {
        try list("/OrchestratorJobs/JobHistory", where: query).map { entry in
            "\(entry["JobHistoryId"]?.integer ?? 0) \(entry["Result"]?.text ?? "") \(entry["Status"]?.text ?? "")"
        }
    }

    /// The ids of the jobs that are scheduled.
    public func scheduled(where query: String? = nil) throws -> [String] {
        try list("/OrchestratorJobs/ScheduledJobs", where: query).map { $0["Id"]?.text ?? "" }
    }

    /// The text that a job left behind; `nil` for null.
    public func data(_ entry: Int) throws -> String? {
        try mock.get("/OrchestratorJobs/JobStatus/Data?jobHistoryId=\(entry)").json["Data"]?.text
    }
}
