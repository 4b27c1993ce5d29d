import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Entities

/// Jobs on stores other than inventory, and what stores hold.
struct CertificateStoreJobsTests {
    private static let estate = """
        auth:
          mode: basic
          users:
            - { name: all, password: p }
            - { name: three, password: p, permissions: [ /certificate_stores/schedule/3/, /certificate_stores/modify/3/, /certificate_stores/read/3/, /certificates/collections/read/ ] }
            - { name: reader, password: p, permissions: [ /certificate_stores/read/ ] }
        estate:
          containers: [ { id: 3, name: Three } ]
          storeTypes: [ { shortName: ReadOnly, supports: [] } ]
          certificateStores:
            - machine: in-3
              path: /a
              agent: uo-1
              container: Three
              inventory:
                - { alias: web, id: 12, subject: CN=www.example.com, serial: "0A", notBefore: -30d, notAfter: +6d, parameters: { ProviderName: x } }
                - { alias: web, subject: CN=Issuing, thumbprint: 00112233445566778899aabbccddeeff00112233, notAfter: 2030-01-01T00:00:00Z }
                - { alias: App }
            - { machine: found, path: /a, agent: uo-1, approved: false }
            - { machine: orphan, path: /a }
            - { machine: fixed, path: /a, type: ReadOnly, agent: uo-1 }
        """

    static func mock(_ extra: String = "", through door: Door = .direct) throws -> Mock { try Mock(extra + estate, through: door) }

    static func send(_ mock: Mock, _ method: MicroHTTP.Method, _ path: String, _ body: String = "", as user: String = "all") throws
        -> Answered
    {
        try CertificateStoreChangesTests.send(mock, method, path, body, as: user)
    }

    private static func aliases(_ mock: Mock, _ machine: String) throws -> [String?] {
        try send(mock, .get, "/CertificateStores/<\(machine)>/Inventory").json.elements.map { $0["Name"]?.text }
    }

    /// Reads the job history until nothing runs any more.
    static func letRun(_ mock: Mock) throws -> [JSONValue] {
        _ = try send(mock, .get, "/OrchestratorJobs/JobHistory")
        return try send(mock, .get, "/OrchestratorJobs/JobHistory").json.elements
    }

    // MARK: Inventory

    @Test(arguments: Door.allCases)
    func anInventoryHasOneElementForEachAlias(_ door: Door) throws {
        let mock = try Self.mock(through: door)
        let reply = try Self.send(mock, .get, "/CertificateStores/<in-3>/Inventory")
        #expect(Golden.difference(reply.body + "\n", "Tests/KeyfactorMockTests/Goldens/store-inventory.json") == nil)
        #expect(reply["X-Total-Count"] == "2")
    }

    @Test(arguments: [
        ("?query.pageReturned=2&returnLimit=1", 200, ["web"]), ("?query.pageReturned=3&returnLimit=1", 200, []),
        ("?sortAscending=1", 200, ["web", "App"]), ("?sortField=CertStoreInventoryItemId", 200, ["App", "web"]),
        ("?QueryString=nonsense", 200, ["App", "web"]),
    ])
    func anInventoryPagesAndTakesNoQuery(_ query: String, _ status: Int, _ names: [String]) throws {
        let reply = try Self.send(Self.mock(), .get, "/CertificateStores/<in-3>/Inventory\(query)")
        #expect(reply.status == status)
        #expect(reply.json.elements.map { $0["Name"]?.text } == names)
        #expect(reply["X-Total-Count"] == "2")
    }

    @Test func aStoreWithoutCertificatesHasAnEmptyInventory() throws {
        #expect(try Self.send(Self.mock(), .get, "/CertificateStores/<found>/Inventory").body == "[]")
        let reply = try Self.send(Self.mock(), .get, "/CertificateStores/00000000-0000-0000-0000-000000000001/Inventory")
        #expect(reply.status == 404)
        #expect(reply.message == "Certificate store with id '00000000-0000-0000-0000-000000000001' does not exist.")
        #expect(try Self.send(Self.mock(), .get, "/CertificateStores/<found>/Inventory", as: "three").status == 403)
    }

    @Test(arguments: [
        ("all", "", ["App", "web"]), ("three", "", ["App", "web"]), ("all", "?QueryString=ClientMachine+-eq+%22fixed%22", []),
        ("all", "?QueryString=Name+-startswith+%22w%22", ["web"]), ("all", "?SortField=Name&SortAscending=1", ["web", "App"]),
    ])
    func allInventoriesAreListed(_ user: String, _ query: String, _ names: [String]) throws {
        let reply = try Self.send(Self.mock(), .get, "/CertificateStores/Inventory\(query)", as: user)
        #expect(reply.json.elements.map { $0["Name"]?.text } == names)
        #expect(reply["X-Total-Count"] == "\(names.count)")
    }

    @Test(arguments: [("24.4", 404), ("25.4", 200)])
    func theListOfAllInventoriesIsNewIn25(_ product: String, _ status: Int) throws {
        #expect(try Self.send(Self.mock("product: \"\(product)\"\n"), .get, "/CertificateStores/Inventory").status == status)
    }

    @Test func storesWithoutInventoryStaySmall() {
        #expect(MemoryLayout<CertificateStore>.size <= 256)
    }

    // MARK: Certificates in and out

    @Test(arguments: Door.allCases)
    func aCertificateIsAddedWhenItsJobHasEnded(_ door: Door) throws {
        let mock = try Self.mock(through: door)
        let body = #"""
            {"CertificateId":12,"CertificateStores":[{"CertificateStoreId":"<web-1>","Alias":"new","PfxPassword":"hush","EntryPassword":{"SecretValue":"hush"},
            "JobFields":{"a":1},"IncludePrivateKey":false},{"CertificateStoreId":"<in-3>"}],"Schedule":{"Immediate":true},"CollectionId":0}
            """#
        let reply = try Self.send(mock, .post, "/CertificateStores/Certificates/Add", body)
        #expect(reply.status == 200)
        let jobs = reply.json.elements.map(\.guid)
        #expect(jobs.count == 2 && !jobs.contains(nil))
        let scheduled = try Self.send(mock, .get, "/OrchestratorJobs/ScheduledJobs").json.elements
        #expect(scheduled.map { $0["JobType"]?.text } == ["PEMManagement", "PEMManagement"])
        #expect(try Self.letRun(mock).map { $0["JobId"]?.guid } == jobs)
        #expect(try Self.aliases(mock, "web-1") == ["new"])
        let added = try Self.send(mock, .get, "/CertificateStores/<web-1>/Inventory").json.elements[0]
        #expect(added["Certificates"]?.elements.map { $0["IssuedDN"]?.text } == ["CN=www.example.com"])
        let thumbprint = added["Certificates"]?.elements.first?["Thumbprint"]?.text
        #expect(try Self.aliases(mock, "in-3").contains(thumbprint))
    }

    @Test func aCertificateWithoutAKeyIsNotAddedWithIt() throws {
        let body = #"""
            {"CertificateId":4,"CertificateStores":[{"CertificateStoreId":"<web-1>","IncludePrivateKey":true}],
            "Schedule":{"Immediate":true}}
            """#
        let reply = try Self.send(try Self.mock(), .post, "/CertificateStores/Certificates/Add", body)
        #expect(reply.status == 400 && reply.json["ErrorCode"]?.text == "0xA0110002")
    }

    @Test(arguments: [
        (
            "Add",
            #"{"CertificateId":12,"CertificateStores":[{"CertificateStoreId":"<in-3>","Alias":"WEB"}],"Schedule":{"Immediate":true}}"#,
            4, "The alias 'WEB' exists in the store, and Overwrite is false.", ["App", "web"]
        ),
        (
            "Add",
            #"{"CertificateId":99,"CertificateStores":[{"CertificateStoreId":"<in-3>","Alias":"WEB","Overwrite":true}],"Schedule":{"Immediate":true}}"#,
            2, "", ["App", "WEB"]
        ),
        ("Remove", #"{"CertificateStores":[{"CertificateStoreId":"<in-3>","Alias":"Web"}],"Schedule":{"Immediate":true}}"#, 2, "", ["App"]),
        (
            "Remove", #"{"CertificateStores":[{"CertificateStoreId":"<in-3>","Alias":"x"}],"Schedule":{"Immediate":true}}"#,
            4, "The alias 'x' does not exist in the store.", ["App", "web"]
        ),
    ])
    func theOutcomeOfAChange(_ action: String, _ body: String, _ result: Int, _ message: String, _ aliases: [String]) throws {
        let mock = try Self.mock()
        _ = try Self.send(mock, .post, "/CertificateStores/Certificates/\(action)", body)
        let entry = try #require(Self.letRun(mock).first)
        #expect(entry["Result"]?.integer == result)
        #expect(entry["Message"]?.text == message)
        #expect(try Self.aliases(mock, "in-3") == aliases)
    }

    @Test func aScriptDecidesWhetherAChangeSucceeds() throws {
        let mock = try Self.mock(
            "progress: [ { match: { jobType: PEMManagement }, steps: [ { state: Completed, result: Failure, message: no } ] } ]\n")
        let body = #"{"CertificateStores":[{"CertificateStoreId":"<in-3>","Alias":"web"}],"Schedule":{"Immediate":true}}"#
        _ = try Self.send(mock, .post, "/CertificateStores/Certificates/Remove", body)
        #expect(try Self.letRun(mock).map { $0["Message"]?.text } == ["no"])
        #expect(try Self.aliases(mock, "in-3") == ["App", "web"])
    }

    private static let now = #""Schedule":{"Immediate":true}"#

    static let refused: [(action: String, body: String, message: String)] = [
        ("Add", "{}", "CertificateId: expected a certificate's id, found nothing."),
        ("Add", #"{"CertificateId":0}"#, "CertificateId: expected a certificate's id, found 0."),
        ("Add", #"{"CertificateId":1}"#, "CertificateStores: expected at least one object, found nothing."),
        ("Add", #"{"CertificateId":1,"CertificateStores":7}"#, "CertificateStores: expected an array of objects, found a number."),
        ("Add", #"{"CertificateId":1,"CertificateStores":[]}"#, "CertificateStores: expected at least one object, found none."),
        ("Add", #"{"CertificateId":1,"CertificateStores":["x"]}"#, "CertificateStores[0]: expected an object, found a string."),
        (
            "Add", #"{"CertificateId":1,"CertificateStores":[{}]}"#,
            "CertificateStores[0].CertificateStoreId: expected a store's id, found nothing."
        ),
        (
            "Add", #"{"CertificateId":1,"CertificateStores":[{"CertificateStoreId":"<in-3>","JobFields":7}],\#(now)}"#,
            "CertificateStores[0].JobFields: expected an object, found a number."
        ),
        (
            "Add", #"{"CertificateId":1,"CertificateStores":[{"CertificateStoreId":"<in-3>"}]}"#,
            "Schedule: expected one of Immediate, ExactlyOnce, found none."
        ),
        (
            "Add", #"{"CertificateId":1,"CertificateStores":[{"CertificateStoreId":"<in-3>"}],"Schedule":{"Interval":{"Minutes":5}}}"#,
            "Schedule.Interval: a certificate's addition cannot be scheduled so; expected one of Immediate, ExactlyOnce."
        ),
        (
            "Add",
            #"{"CertificateId":1,"CertificateStores":[{"CertificateStoreId":"<in-3>"},{"CertificateStoreId":"00000000-0000-0000-0000-000000000001"}],\#(now)}"#,
            "CertificateStores: Certificate store with id '00000000-0000-0000-0000-000000000001' does not exist."
        ),
        (
            "Add", #"{"CertificateId":1,"CertificateStores":[{"CertificateStoreId":"<found>"}],\#(now)}"#,
            "CertificateStores: Certificate store with id '<found>' must be approved before it can be scheduled."
        ),
        (
            "Remove", #"{"CertificateStores":[{"CertificateStoreId":"<orphan>","Alias":"a"}],\#(now)}"#,
            "CertificateStores: Certificate store with id '<orphan>' has no agent assigned."
        ),
        (
            "Remove", #"{"CertificateStores":[{"CertificateStoreId":"<fixed>","Alias":"a"}],\#(now)}"#,
            "CertificateStores: Certificate store with id '<fixed>' is of type 'ReadOnly', which lacks remove."
        ),
        (
            "Remove", #"{"CertificateStores":[{"CertificateStoreId":"<in-3>"}],\#(now)}"#,
            "CertificateStores[0].Alias: expected an alias, found nothing."
        ),
    ]

    @Test(arguments: refused)
    func aRefusedChangeSchedulesNothing(_ action: String, _ body: String, _ message: String) throws {
        let mock = try Self.mock()
        let reply = try Self.send(mock, .post, "/CertificateStores/Certificates/\(action)", body)
        #expect(reply.status == 400)
        #expect(reply.message == CertificateStoreChangesTests.named(mock, message))
        #expect(mock.world.jobs.scheduled.count == 0)
    }

    @Test(arguments: [("three", "<in-3>", 200), ("three", "<web-1>", 403), ("reader", "<in-3>", 403)])
    func changesArePermittedPerContainer(_ user: String, _ store: String, _ status: Int) throws {
        let body = #"{"CertificateStores":[{"CertificateStoreId":"\#(store)","Alias":"a"}],\#(Self.now)}"#
        #expect(try Self.send(Self.mock(), .post, "/CertificateStores/Certificates/Remove", body, as: user).status == status)
    }
}
