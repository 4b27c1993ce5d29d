import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Entities

/// What creates, updates, deletes and approves certificate stores.
struct CertificateStoreChangesTests {
    /// A store in each state that matters here; containers that are open, scheduled, insistent and limited.
    static let estate = """
        auth:
          mode: basic
          users:
            - { name: all, password: p }
            - { name: three, password: p, permissions: [ /certificate_stores/modify/3/ ] }
            - { name: reader, password: p, permissions: [ /certificate_stores/read/, /certificate_stores/schedule/ ] }
        estate:
          containers:
            - { id: 3, name: Open }
            - { id: 4, name: Nightly, schedule: { Daily: { Time: "2020-01-01T02:00:00Z" } } }
            - { id: 5, name: Insistent, schedule: { Interval: { Minutes: 30 } }, overwriteSchedules: true }
            - { id: 6, name: Java, storeType: JKS }
          certificateStores:
            - { machine: in-3, path: /a, agent: uo-1, container: Open }
            - { machine: found, path: /a, agent: uo-1, approved: false }
            - { machine: orphan, path: /a }
            - { machine: hourly, path: /a, agent: uo-1, schedule: { Interval: { Minutes: 60 } } }
        """

    static func mock(_ product: String = "25.4", through door: Door = .direct) throws -> Mock {
        try Mock("product: \"\(product)\"\n" + estate, through: door)
    }

    /// A request by a user, with names of stores and agents for their ids.
    static func send(_ mock: Mock, _ method: MicroHTTP.Method, _ path: String, _ body: String = "", as user: String = "all") throws
        -> Answered
    {
        try mock.send(method, named(mock, path), headers: CertificateStoreEndpointsTests.headers(user), body: named(mock, body))
    }

    /// A text with `<machine>` replaced by the store's id, and `<uo-1>` by the agent's.
    static func named(_ mock: Mock, _ text: String) -> String {
        guard text.contains("<") else { return text }
        let names = mock.world.stores.all.map { ($0.machine, $0.id) } + mock.world.agents.all.map { ($0.machine, $0.id) }
        return names.reduce(text) { $0.replacing("<\($1.0)>", with: $1.1.text) }
    }

    static func all(_ mock: Mock) throws -> String { try send(mock, .get, "/CertificateStores").body }

    static func store(_ mock: Mock, _ machine: String) throws -> JSONValue { try send(mock, .get, "/CertificateStores/<\(machine)>").json }

    // MARK: Create

    static let whole = #"""
        {"ContainerId":3,"ClientMachine":"new","StorePath":"/n","CertStoreType":2,"Approved":false,"CreateIfMissing":true,
        "Properties":"{\"spnwithport\":{\"value\":\"false\"},\"Port\":443,\"Gone\":null,\"ServerPassword\":{\"value\":{\"SecretValue\":\"s3cret\"}}}",
        "AgentId":"<uo-1>","AgentAssigned":true,"ContainerName":"x","InventorySchedule":{},"Password":{"SecretValue":"hush"}}
        """#

    @Test(arguments: Door.allCases)
    func aNewStoreIsAnsweredAsRecorded(_ door: Door) throws {
        let mock = try Self.mock(through: door)
        let reply = try Self.send(mock, .post, "/CertificateStores", Self.whole)
        #expect(reply.status == 200)
        #expect(Golden.difference(reply.body + "\n", "Tests/KeyfactorMockTests/Goldens/store-created.json") == nil)
        let got = try Self.send(mock, .get, "/CertificateStores/<new>")
        #expect(Golden.difference(got.body + "\n", "Tests/KeyfactorMockTests/Goldens/store-shown.json") == nil)
        for secret in ["s3cret", "hush"] { #expect(!reply.body.contains(secret) && !got.body.contains(secret)) }
        #expect(!"\(mock.world.stores)".contains("s3cret") && !"\(mock.world.stores)".contains("hush"))
    }

    @Test(arguments: [
        ("", "null", "null", "no schedule said"), (#","InventorySchedule":null"#, "null", "null", "null"),
        (#","InventorySchedule":{}"#, "{}", "null", "an empty one is repeated"),
        (
            #","InventorySchedule":{"Daily":{"Time":"2025-01-01T02:00:00Z"}}"#, #"{"Daily":{"Time":"2025-01-01T02:00:00Z"}}"#,
            #"{"Daily":{"Time":"2026-11-22T02:00:00Z"}}"#, "the answer repeats the day, a GET does not"
        ),
        (
            #","ContainerId":4"#, #"{"Daily":{"Time":"2020-01-01T02:00:00Z"}}"#, #"{"Daily":{"Time":"2026-11-22T02:00:00Z"}}"#,
            "the container's"
        ),
        (
            #","ContainerId":4,"InventorySchedule":{"Interval":{"Minutes":5}}"#, #"{"Interval":{"Minutes":5}}"#,
            #"{"Interval":{"Minutes":5}}"#, "its own"
        ),
        (
            #","ContainerId":5,"InventorySchedule":{"Interval":{"Minutes":5}}"#, #"{"Interval":{"Minutes":30}}"#,
            #"{"Interval":{"Minutes":30}}"#, "a container that overwrites schedules"
        ),
    ])
    func theScheduleOfANewStore(_ sent: String, _ answered: String, _ shown: String, _ reason: String) throws {
        let mock = try Self.mock()
        let body = #"{"ClientMachine":"new","Storepath":"/n","CertStoreType":2,"AgentId":"<uo-1>"\#(sent)}"#
        let reply = try Self.send(mock, .post, "/CertificateStores", body)
        #expect(reply.json["InventorySchedule"]?.source == answered)
        #expect(try Self.store(mock, "new")["InventorySchedule"]?.source == shown)
        let jobs = try Self.send(mock, .get, "/OrchestratorJobs/ScheduledJobs?QueryString=TargetPath+-eq+%22/n%22").json.elements
        #expect(jobs.map { $0["Id"]?.guid } == (shown == "null" ? [] : [reply.json["CertStoreInventoryJobId"]?.guid]))
        #expect(jobs.allSatisfy { $0["JobType"]?.text == "PEMInventory" })
    }

    private static let valid = #""ClientMachine":"new","StorePath":"/n","CertStoreType":2"#

    static let refusedCreations: [(body: String, status: Int, code: String, message: String)] = [
        ("", 400, "0xA0110004", "The request body is empty; expected a JSON object."),
        ("{}", 400, "0xA0110004", "ClientMachine: expected a machine's name, found nothing."),
        (#"{"ClientMachine":""}"#, 400, "0xA0110004", "ClientMachine: expected a machine's name, found an empty string."),
        (#"{"ClientMachine":7}"#, 400, "0xA0110004", "ClientMachine: expected a string, found a number."),
        (#"{"ClientMachine":"m"}"#, 400, "0xA0110004", "StorePath: expected a path of 1 to 722 characters, found nothing."),
        (
            #"{"ClientMachine":"m","StorePath":"\#(String(repeating: "x", count: 723))"}"#, 400, "0xA0110004",
            "StorePath: expected a path of 1 to 722 characters, found 723."
        ),
        (
            #"{"ClientMachine":"m","StorePath":"/"}"#, 400, "0xA0110004",
            "CertStoreType: expected the number of a certificate store type, found nothing."
        ),
        (
            #"{"ClientMachine":"m","StorePath":"/","CertStoreType":"PEM"}"#, 400, "0xA0110004",
            "CertStoreType: expected a whole number of 32 bits, found 'PEM'."
        ),
        (
            #"{"ClientMachine":"m","StorePath":"/","CertStoreType":999}"#, 404, "0xA0130000",
            "The certificate store type with StoreType '999' does not exist."
        ),
        (#"{\#(valid),"ContainerId":99}"#, 404, "0xA0130000", "Certificate store container with id '99' does not exist."),
        (
            #"{\#(valid),"ContainerId":6}"#, 400, "0xA0110004",
            "ContainerId: the container 'Java' takes stores of type 0, found a store of type 2."
        ),
        (
            #"{\#(valid),"AgentId":"x"}"#, 400, "0xA0110004",
            "AgentId: expected a GUID such as 00000000-0000-0000-0000-000000000000, found 'x'."
        ),
        (
            #"{\#(valid),"AgentId":"00000000-0000-0000-0000-000000000009"}"#, 404, "0xA0130000",
            "Agent with id of '00000000-0000-0000-0000-000000000009' does not exist"
        ),
        (#"{\#(valid),"CreateIfMissing":"yes"}"#, 400, "0xA0110004", "CreateIfMissing: expected true or false, found 'yes'."),
        (#"{\#(valid),"Properties":{}}"#, 400, "0xA0110004", "Properties: expected a string that holds a JSON object, found an object."),
        (
            #"{\#(valid),"Properties":"x"}"#, 400, "0xA0110004",
            "Properties: expected a string that holds a JSON object, found a string that holds none."
        ),
        (#"{\#(valid),"Properties":"{\"a\":[]}"}"#, 400, "0xA0110004", "Properties.a: expected a string, found an array."),
        (
            #"{\#(valid),"Password":"hush"}"#, 400, "0xA0110004",
            #"Password: expected an object such as {"SecretValue":"..."}, found a string."#
        ),
        (#"{\#(valid),"Password":{"SecretValue":7}}"#, 400, "0xA0110004", "Password.SecretValue: expected a string, found a number."),
        (#"{\#(valid),"Password":{"Provider":"x"}}"#, 400, "0xA0110004", "Password.Provider: expected a whole number, found a string."),
        (#"{\#(valid),"Password":{"Parameters":"x"}}"#, 400, "0xA0110004", "Password.Parameters: expected an object, found a string."),
        (
            #"{\#(valid),"InventorySchedule":{"Interval":{"Minutes":0}}}"#, 400, "0xA0110004",
            "InventorySchedule.Interval.Minutes: expected at least 1, found 0."
        ),
        (#"{\#(valid),"InventorySchedule":{"Immediate":true}}"#, 400, "0xA0110004", "InventorySchedule: the store has no agent assigned."),
        (
            #"{"ClientMachine":"WEB-1","StorePath":"/etc/ssl/app.pem","CertStoreType":2}"#, 400, "0xA011000A",
            "StorePath: a certificate store of type 2 on 'WEB-1' '/etc/ssl/app.pem' exists already."
        ),
    ]

    @Test(arguments: refusedCreations)
    func aRefusedCreationChangesNothing(_ body: String, _ status: Int, _ code: String, _ message: String) throws {
        let mock = try Self.mock()
        let before = try Self.all(mock)
        let reply = try Self.send(mock, .post, "/CertificateStores", body)
        #expect(reply.status == status)
        #expect(reply.code == code)
        #expect(reply.message == message)
        #expect(try Self.all(mock) == before)
        #expect(mock.world.identifiers.next(of: .store) == (try Self.mock()).world.identifiers.next(of: .store))
    }

    @Test(arguments: [
        (#""ClientMachine":"web-1","StorePath":"/ETC/ssl/app.pem","CertStoreType":2"#, "another path"),
        (#""ClientMachine":"web-1","StorePath":"/etc/ssl/app.pem","CertStoreType":0"#, "another type"),
        (#""ClientMachine":"web-2","StorePath":"/etc/ssl/app.pem","CertStoreType":2"#, "another machine"),
    ])
    func aStoreIsKnownByMachinePathAndType(_ members: String, _ reason: String) throws {
        let mock = try Self.mock()
        #expect(try Self.send(mock, .post, "/CertificateStores", "{\(members)}").status == 200)
        #expect(try Self.send(mock, .post, "/CertificateStores", "{\(members)}").code == "0xA011000A")
    }

    @Test(arguments: [("10.5", 400), ("11.6", 400), ("24.4", 200)])
    func olderReleasesTakeNoWeeklySchedule(_ product: String, _ status: Int) throws {
        let body = #"{\#(Self.valid),"AgentId":"<uo-1>","InventorySchedule":{"Weekly":{"Days":[1],"Time":"2026-11-22T20:00:00Z"}}}"#
        let reply = try Self.send(Self.mock(product), .post, "/CertificateStores", body)
        #expect(reply.status == status)
        let message =
            "InventorySchedule.Weekly: an inventory job of Command \(product) cannot be scheduled so; expected one of Immediate, Interval, Daily, ExactlyOnce."
        #expect(reply.message == (status == 400 ? message : nil))
    }

    @Test(arguments: [
        ("all", "", 200), ("three", #","ContainerId":3"#, 200), ("three", #","ContainerId":4"#, 403), ("three", "", 403),
        ("reader", "", 403),
    ])
    func creationIsPermittedPerContainer(_ user: String, _ container: String, _ status: Int) throws {
        #expect(try Self.send(Self.mock(), .post, "/CertificateStores", "{\(Self.valid)\(container)}", as: user).status == status)
    }
}

extension Identifiers {
    /// The identifier that would come next.
    func next(of kind: Kind) -> GUID {
        var copy = self
        return copy.next(kind)
    }
}
