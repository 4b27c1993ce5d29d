import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Entities

/// A strike at every call of every story: with `at: request` that step was not done, with `at: reply` it was, and nothing else differs.
struct EveryCallTests {
    /// A step asks the server's world what it needs, so that it continues whatever became of the steps before.
    struct Step: Sendable {
        let method: Method
        let path: @Sendable (Mock) -> String
        var body: @Sendable (Mock) -> String = { _ in "" }
    }

    struct Story: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let steps: [Step]
    }

    private static func step(_ method: Method, _ path: String, _ body: String = "") -> Step {
        Step(method: method, path: { fill(path, $0) }, body: { fill(body, $0) })
    }

    /// Puts ids in where names stand in angle brackets; what is not there has an id that nothing has.
    private static func fill(_ text: String, _ mock: Mock) -> String {
        let world = mock.world
        let nobody = "00000000-0000-4000-8000-000000000000"
        let job = world.jobs.scheduled.all.last?.id.text ?? nobody
        let store = { (machine: String) in world.stores.all.first { $0.machine == machine }?.id.text ?? nobody }
        return text.replacing("<agent>", with: mock.agent("uo-1")).replacing("<new>", with: mock.agent("uo-2")).replacing(
            "<job>", with: job
        )
        .replacing("<store>", with: store("web-1")).replacing("<made>", with: store("web-9"))
        .replacing("<type>", with: world.jobType(named: "Backup")?.id.text ?? nobody)
    }

    private static let run = step(
        .post, "/OrchestratorJobs/Custom",
        #"{"AgentId":"<agent>","JobTypeName":"SampleCustomJobType","Schedule":{"Interval":{"Minutes":60}},"JobFields":{"ParamInt":1}}"#)
    private static let history = step(.get, "/OrchestratorJobs/JobHistory")

    static let stories = [
        Story(
            testDescription: "a job is run, looked at, failed, acknowledged and unscheduled",
            steps: [
                step(.get, "/Status/Endpoints"), step(.get, "/Agents"), run, history, history,
                step(.post, "/OrchestratorJobs/Acknowledge", #"{"JobAuditIds":[1]}"#),
                step(.post, "/OrchestratorJobs/Unschedule", #"{"JobIds":["<job>"]}"#), step(.get, "/OrchestratorJobs/ScheduledJobs"),
            ]),
        Story(
            testDescription: "a store is scheduled, seen and taken off",
            steps: [
                step(.get, "/CertificateStores"),
                step(.post, "/CertificateStores/Schedule", #"{"StoreIds":["<store>"],"Schedule":{"Interval":{"Minutes":60}}}"#),
                step(.get, "/CertificateStores/<store>"), step(.get, "/OrchestratorJobs/ScheduledJobs"),
                step(
                    .post, "/CertificateStores/Schedule", #"{"StoreIds":["<store>"],"Schedule":{"Daily":{"Time":"2026-03-01T02:00:00Z"}}}"#),
            ]),
        Story(
            testDescription: "an agent is approved, a type made, and jobs run on both agents",
            steps: [
                step(.post, "/Agents/Approve", #"["<new>"]"#),
                step(.post, "/JobTypes/Custom", #"{"JobTypeName":"Backup","JobTypeFields":[]}"#), run, run,
                step(.delete, "/JobTypes/Custom/<type>"), step(.post, "/Agents/Disapprove", #"["<agent>"]"#),
            ]),
        Story(
            testDescription: "a store is made, moved, scheduled and deleted",
            steps: [
                step(
                    .post, "/CertificateStores",
                    #"{"ClientMachine":"web-9","StorePath":"/a.pem","CertStoreType":2,"AgentId":"<agent>","Properties":"{}"}"#),
                step(.post, "/CertificateStores/Schedule", #"{"StoreIds":["<made>"],"Schedule":{"Interval":{"Minutes":5}}}"#),
                step(.get, "/CertificateStores/<made>/Inventory"), step(.delete, "/CertificateStores/<made>"), run,
            ]),
    ]

    /// Everything that a world holds, as the control interface tells it, after some of a story's steps.
    private static func estate(after story: Story, leavingOut left: Int? = nil, rules: String = "") throws -> [String] {
        let mock = try Mock(
            """
            clock: { start: 2026-03-01T09:00:00Z, mode: frozen }
            progress: [ { steps: [ { state: Completed, result: Failure, message: disk full } ] } ]
            \(rules)
            """)
        for (number, step) in story.steps.enumerated() where number != left {
            _ = try? mock.send(step.method, step.path(mock), body: step.body(mock))
        }
        let history = mock.world.jobs.history
        return try ["/_mock/estate", "/_mock/jobs"].map { try mock.send(.get, $0, headers: []).body } + ["\(history)"]
    }

    private static let all = stories.flatMap { story in story.steps.indices.map { (story, $0) } }

    @Test(arguments: all, ["{ break: reset, at: request }", "{ break: close, at: request }", "{ refuse: unavailable }"])
    func aCallStruckAtRequestWasNotDone(_ at: (story: Story, call: Int), _ effect: String) throws {
        let struck = try Self.estate(after: at.story, rules: "rules: [ { operation: '* /**', calls: \(at.call + 1), do: [ \(effect) ] } ]")
        #expect(try struck == Self.estate(after: at.story, leavingOut: at.call))
    }

    @Test(arguments: all, ["{ break: reset, at: reply }", "{ break: truncate }", "{ alter: { status: 500 } }"])
    func aCallStruckAtReplyWasDoneOnce(_ at: (story: Story, call: Int), _ effect: String) throws {
        let struck = try Self.estate(after: at.story, rules: "rules: [ { operation: '* /**', calls: \(at.call + 1), do: [ \(effect) ] } ]")
        #expect(try struck == Self.estate(after: at.story))
    }
}
