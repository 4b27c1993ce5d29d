import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Entities

/// `POST`, `PUT` and `DELETE /JobTypes/Custom`.
struct JobTypeActionsTests {
    private static let fields = #"""
        "JobTypeFields":[{"Name":"Count","Type":"int","DefaultValue":1,"Required":true},{"Name":"When","Type":3},
        {"Name":"Really","Type":"4","DefaultValue":true},{"Name":"Text","Type":"String","DefaultValue":"","Required":null},
        {"Name":"None","Type":2,"DefaultValue":""}]
        """#

    @Test(arguments: Door.allCases)
    func aJobTypeIsMade(_ door: Door) throws {
        let mock = try Mock(through: door)
        let reply = try mock.post("/JobTypes/Custom", #"{"JobTypeName":"Backup","Description":"x",\#(Self.fields)}"#)
        #expect(reply.status == 200)
        let id = mock.jobType("Backup")
        let body =
            #"{"Id":"\#(id)","JobTypeName":"Backup","Description":"x","JobTypeFields":["#
            + #"{"Name":"Count","Type":2,"DefaultValue":"1","Required":true},{"Name":"When","Type":3,"DefaultValue":null,"Required":false},"#
            + #"{"Name":"Really","Type":4,"DefaultValue":"true","Required":false},"#
            + #"{"Name":"Text","Type":1,"DefaultValue":"","Required":false},{"Name":"None","Type":2,"DefaultValue":null,"Required":false}]}"#
        #expect(reply.body == body)
        #expect(try mock.get("/JobTypes/Custom/\(id)").body == body)
        #expect(try mock.get("/JobTypes/Custom").json.elements.map { $0["JobTypeName"]?.text } == ["Backup", "SampleCustomJobType"])
    }

    @Test(arguments: [
        #"{"JobTypeName":"a"}"#, #"{"jobTypeName":"a","description":null,"jobTypeFields":null}"#, #"{"JobTypeName":"a","Id":5}"#,
    ])
    func aNameIsEnough(_ body: String) throws {
        let reply = try Mock().post("/JobTypes/Custom", body)
        #expect(reply.status == 200)
        #expect(reply.body.hasSuffix(#","JobTypeName":"a","Description":"","JobTypeFields":[]}"#))
    }

    @Test(arguments: [("Renamed", "AbC"), ("SAMPLECUSTOMJOBTYPE", "SampleCustomJobType")])
    func anUpdateReplacesNameAndFields(_ name: String, _ other: String) throws {
        let mock = try Mock("estate: { agents: [ { machine: uo-1, capabilities: [ Renamed, SampleCustomJobType ] } ] }")
        let id = mock.jobType("SampleCustomJobType")
        let agent = mock.agent("uo-1")
        let reply = try mock.send(.put, "/JobTypes/Custom", body: #"{"Id":"\#(id)","JobTypeName":"\#(name)"}"#)
        #expect(reply.status == 200)
        #expect(reply.body == #"{"Id":"\#(id)","JobTypeName":"\#(name)","Description":"","JobTypeFields":[]}"#)
        #expect(try mock.get("/JobTypes/Custom").json.elements.map { $0["JobTypeName"]?.text } == [name])
        let job = try mock.post("/OrchestratorJobs/Custom", #"{"AgentId":"\#(agent)","JobTypeName":"\#(name.lowercased())"}"#)
        #expect(job.json["JobTypeName"]?.text == name)
        let old = try mock.post("/OrchestratorJobs/Custom", #"{"AgentId":"\#(agent)","JobTypeName":"SampleCustomJobType"}"#)
        #expect(old.status == (name == "Renamed" ? 404 : 200))
        #expect(try mock.post("/JobTypes/Custom", #"{"JobTypeName":"\#(other)"}"#).status == (name == "Renamed" ? 200 : 400))
    }

    @Test func theListStaysSortedByNameWhateverTheCase() throws {
        let mock = try Mock()
        for name in ["b", "C", "a"] { _ = try mock.post("/JobTypes/Custom", #"{"JobTypeName":"\#(name)"}"#) }
        let id = mock.jobType("a")
        _ = try mock.send(.put, "/JobTypes/Custom", body: #"{"Id":"\#(id)","JobTypeName":"z"}"#)
        #expect(try mock.get("/JobTypes/Custom").json.elements.map { $0["JobTypeName"]?.text } == ["b", "C", "SampleCustomJobType", "z"])
    }

    @Test func aJobTypeWithoutJobsIsDeleted() throws {
        let life = try Life()
        let id = life.mock.jobType("SampleCustomJobType")
        _ = try life.run()
        _ = try life.history()
        let reply = try life.mock.send(.delete, "/JobTypes/Custom/\(id)")
        #expect(reply.status == 204 && reply.body.isEmpty)
        #expect(try life.mock.get("/JobTypes/Custom/\(id)").status == 404)
        #expect(life.mock.world.jobType(named: "samplecustomjobtype") == nil)
        #expect(try life.list("/OrchestratorJobs/JobHistory").map { $0["JobType"]?.text } == ["SampleCustomJobType"])
        #expect(try life.mock.post("/JobTypes/Custom", #"{"JobTypeName":"SampleCustomJobType"}"#).status == 200)
    }

    @Test(arguments: [(1, "1 scheduled job of this type exists."), (2, "2 scheduled jobs of this type exist.")])
    func aJobTypeOfScheduledJobsIsNotDeletedEvenRenamed(_ count: Int, _ end: String) throws {
        let life = try Life()
        let id = life.mock.jobType("SampleCustomJobType")
        for _ in 0..<count { _ = try life.run(#"{"Interval":{"Minutes":5}}"#) }
        _ = try life.mock.send(.put, "/JobTypes/Custom", body: #"{"Id":"\#(id)","JobTypeName":"Renamed"}"#)
        let reply = try life.mock.send(.delete, "/JobTypes/Custom/\(id)")
        #expect(reply.status == 400 && reply.code == "0xA0110004")
        #expect(reply.message == "Job type with name 'Renamed' cannot be deleted: \(end)")
        #expect(try life.mock.get("/JobTypes/Custom/\(id)").status == 200)
        #expect(try life.list("/OrchestratorJobs/ScheduledJobs").allSatisfy { $0["JobType"]?.text == "SampleCustomJobType" })
    }

    static let refused: [(body: String, message: String)] = [
        ("", "The request body is empty; expected a JSON object."),
        ("{}", "JobTypeName: expected a name without blanks, found nothing."),
        (#"{"JobTypeName":""}"#, "JobTypeName: expected a name without blanks, found an empty string."),
        (#"{"JobTypeName":5}"#, "JobTypeName: expected a string, found a number."),
        (#"{"JobTypeName":"a b"}"#, "JobTypeName: expected a name without blanks, found 'a b'."),
        (#"{"JobTypeName":"TAKEN"}"#, "JobTypeName: a job type 'Taken' exists already."),
        (#"{"JobTypeName":"a","Description":5}"#, "Description: expected a string, found a number."),
        (#"{"JobTypeName":"a","JobTypeFields":{}}"#, "JobTypeFields: expected an array, found an object."),
        (#"{"JobTypeName":"a","JobTypeFields":["x"]}"#, "JobTypeFields[0]: expected an object, found a string."),
        (#"{"JobTypeName":"a","JobTypeFields":[{"Type":1}]}"#, "JobTypeFields[0].Name: expected a field's name, found nothing."),
        (
            #"{"JobTypeName":"a","JobTypeFields":[{"Name":"f"}]}"#,
            "JobTypeFields[0].Type: expected one of String (1), Int (2), DateTime (3), Bool (4), found nothing."
        ),
        (
            #"{"JobTypeName":"a","JobTypeFields":[{"Name":"f","Type":5}]}"#,
            "JobTypeFields[0].Type: expected one of String (1), Int (2), DateTime (3), Bool (4), found 5."
        ),
        (
            #"{"JobTypeName":"a","JobTypeFields":[{"Name":"f","Type":"Secret"}]}"#,
            "JobTypeFields[0].Type: expected one of String (1), Int (2), DateTime (3), Bool (4), found 'Secret'."
        ),
        (
            #"{"JobTypeName":"a","JobTypeFields":[{"Name":"f","Type":1},{"Name":"F","Type":1}]}"#,
            "JobTypeFields[1].Name: a field 'F' stands before; names are compared without case."
        ),
        (
            #"{"JobTypeName":"a","JobTypeFields":[{"Name":"f","Type":2,"DefaultValue":"x"}]}"#,
            "JobTypeFields[0].DefaultValue: expected a value of type Int, found 'x'."
        ),
        (
            #"{"JobTypeName":"a","JobTypeFields":[{"Name":"f","Type":1,"DefaultValue":[]}]}"#,
            "JobTypeFields[0].DefaultValue: expected a string, a number or a boolean, found an array."
        ),
        (
            #"{"JobTypeName":"a","JobTypeFields":[{"Name":"f","Type":1,"Required":"yes"}]}"#,
            "JobTypeFields[0].Required: expected true or false, found 'yes'."
        ),
    ]

    private static let scenario = "estate: { jobTypes: [ { name: Taken } ] }"

    @Test(arguments: refused)
    func aRefusedRequestChangesNothing(_ body: String, _ message: String) throws {
        let mock = try Mock(Self.scenario)
        let before = try mock.get("/JobTypes/Custom").body
        let id = mock.jobType("SampleCustomJobType")
        let update = body.isEmpty ? "" : #"{"Id":"\#(id)""# + (body == "{}" ? "}" : "," + body.dropFirst())
        for reply in [try mock.post("/JobTypes/Custom", body), try mock.send(.put, "/JobTypes/Custom", body: update)] {
            #expect(reply.status == 400 && reply.code == (message.hasSuffix("exists already.") ? "0xA011000A" : "0xA0110004"))
            #expect(reply.message == message)
        }
        #expect(try mock.get("/JobTypes/Custom").body == before)
        // A refused request draws no number: the next type has the id that the first would have had.
        let next = try mock.post("/JobTypes/Custom", #"{"JobTypeName":"next"}"#).json["Id"]?.text
        #expect(try next == Mock(Self.scenario).post("/JobTypes/Custom", #"{"JobTypeName":"first"}"#).json["Id"]?.text)
    }

    @Test(arguments: [
        (#"{"JobTypeName":"a"}"#, 400, "Id: expected a job type's id, found nothing."),
        (#"{"Id":"x","JobTypeName":"a"}"#, 400, "Id: expected a GUID such as 00000000-0000-0000-0000-000000000000, found 'x'."),
        (
            #"{"Id":"00000000-0000-0000-0000-000000000009","JobTypeName":"a"}"#, 404,
            "Job type with id '00000000-0000-0000-0000-000000000009' does not exist."
        ),
    ])
    func anUpdateOfNothingIsRefused(_ body: String, _ status: Int, _ message: String) throws {
        let reply = try Mock().send(.put, "/JobTypes/Custom", body: body)
        #expect(reply.status == status)
        #expect(reply.message == message)
    }

    @Test func aDeletionOfNothingIsRefused() throws {
        let reply = try Mock().send(.delete, "/JobTypes/Custom/00000000-0000-0000-0000-000000000009")
        #expect(reply.status == 404)
        #expect(reply.message == "Job type with id '00000000-0000-0000-0000-000000000009' does not exist.")
    }

    @Test func unknownMembersCanBeRefused() throws {
        let mock = try Mock("fidelity: { unknownMembers: refuse }")
        let reply = try mock.post("/JobTypes/Custom", #"{"JobTypeName":"a","JobTypeFields":[{"Name":"f","Type":1,"Default":1}]}"#)
        #expect(
            reply.message == "JobTypeFields[0].Default: unknown member; expected one of Name, Type, DefaultValue, Required.")
    }
}
