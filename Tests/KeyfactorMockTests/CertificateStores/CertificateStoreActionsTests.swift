import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Entities

/// Deleting, approving, new passwords, containers.
struct CertificateStoreActionsTests {
    private typealias Stores = CertificateStoreChangesTests

    // MARK: Delete

    @Test(arguments: Door.allCases)
    func aDeletedStoreTakesItsJobsWithIt(_ door: Door) throws {
        let mock = try Stores.mock(through: door)
        let entry = #"{"CertificateStores":[{"CertificateStoreId":"<hourly>","Alias":"a"}],"Schedule":{"Immediate":true}}"#
        #expect(try Stores.send(mock, .post, "/CertificateStores/Certificates/Remove", entry).status == 200)
        #expect(mock.world.jobs.scheduled.count == 2)
        let path = Stores.named(mock, "/CertificateStores/<hourly>")
        let reply = try Stores.send(mock, .delete, path)
        #expect(reply.status == 204 && reply.body.isEmpty)
        #expect(mock.world.jobs.scheduled.count == 0)
        #expect(mock.world.jobs.onStores.isEmpty)
        #expect(try Stores.send(mock, .get, path).status == 404)
        let again = try Stores.send(mock, .delete, path)
        #expect(again.status == 404)
        #expect(again.message == "Certificate store with id '\(path.suffix(36))' does not exist.")
    }

    @Test func severalAreDeletedAtOnce() throws {
        let mock = try Stores.mock()
        #expect(try Stores.send(mock, .delete, "/CertificateStores", #"["<hourly>","<found>","<hourly>"]"#).status == 204)
        #expect(mock.world.stores.all.map(\.machine) == ["in-3", "orphan", "web-1"])
        #expect(mock.world.jobs.scheduled.count == 0)
    }

    @Test(arguments: [
        ("", "The request body is empty; expected a JSON array of store ids."),
        ("{}", "The request body: expected an array of store ids, found an object."),
        ("[]", "The request body: expected at least one store id, found none."),
        (#"["<hourly>",7]"#, "[1]: expected a GUID such as 00000000-0000-0000-0000-000000000000, found 7."),
    ])
    func aDeletionThatCannotBeReadDeletesNothing(_ body: String, _ message: String) throws {
        let mock = try Stores.mock()
        let before = try Stores.all(mock)
        let reply = try Stores.send(mock, .delete, "/CertificateStores", body)
        #expect(reply.status == 400)
        #expect(reply.message == message)
        #expect(try Stores.all(mock) == before)
    }

    @Test func whatCannotBeDeletedIsPassedOver() throws {
        let mock = try Stores.mock()
        let body = #"["00000000-0000-0000-0000-000000000001","<hourly>","<in-3>"]"#
        #expect(try Stores.send(mock, .delete, "/CertificateStores", body, as: "three").status == 204)
        #expect(mock.world.stores.all.filter { ["hourly", "in-3"].contains($0.machine) }.map(\.machine) == ["hourly"])
        #expect(try Stores.send(mock, .delete, "/CertificateStores", body.replacing(",\"<in-3>\"", with: "")).status == 204)
        #expect(!mock.world.stores.all.contains { $0.machine == "hourly" })
        let refused = try Stores.send(mock, .delete, "/CertificateStores", "[\"00000000-0000-0000-0000-000000000001\"]", as: "reader")
        #expect(refused.status == 403)
    }

    @Test(arguments: [("three", "<in-3>", 204), ("three", "<hourly>", 403), ("reader", "<in-3>", 403)])
    func deletionIsPermittedPerContainer(_ user: String, _ store: String, _ status: Int) throws {
        #expect(try Stores.send(Stores.mock(), .delete, "/CertificateStores/\(store)", as: user).status == status)
    }

    // MARK: Approve

    @Test(arguments: [
        ("25.4", "", "null", "no schedule"),
        ("25.4", #","InventorySchedule":{"Interval":{"Minutes":5}}"#, #"{"Interval":{"Minutes":5}}"#, "its own"),
        ("24.4", #","InventorySchedule":{"Interval":{"Minutes":5}}"#, "null", "only 25 has the member"),
        ("25.4", #","ContainerId":5"#, #"{"Interval":{"Minutes":30}}"#, "the container's"),
    ])
    func aFoundStoreIsApproved(_ product: String, _ members: String, _ schedule: String, _ reason: String) throws {
        let mock = try Stores.mock(product)
        let body = #"[{"Id":"<found>","CertStoreType":2,"Properties":"{\"a\":\"b\"}","Password":{"SecretValue":"x"}\#(members)}]"#
        #expect(try Stores.send(mock, .post, "/CertificateStores/Approve", body).status == 204)
        let store = try Stores.store(mock, "found")
        #expect(store["Approved"]?.boolean == true)
        #expect(store["Properties"]?.text == #"{"a":"b"}"#)
        #expect(store["Password"]?["Value"]?.text == "********************")
        #expect(store["InventorySchedule"]?.source == schedule)
    }

    @Test(arguments: [
        ("{}", 400, "The request body is an object; expected a JSON array of stores to approve."),
        ("[7]", 400, "[0]: expected an object, found a number."),
        (#"[{"Id":"<found>"},{}]"#, 400, "[1].Id: expected a store's id, found nothing."),
        (
            #"[{"Id":"<found>"},{"Id":"00000000-0000-0000-0000-000000000001"}]"#, 400,
            "Certificate store with id '00000000-0000-0000-0000-000000000001' does not exist."
        ),
        (#"[{"Id":"<found>","CertStoreType":0}]"#, 400, "[0].CertStoreType: expected 2, the store's type, found 0."),
        (#"[{"Id":"<found>","ContainerId":99}]"#, 404, "Certificate store container with id '99' does not exist."),
        (#"[{"Id":"<orphan>","InventorySchedule":{"Immediate":true}}]"#, 400, "[0].InventorySchedule: the store has no agent assigned."),
        (
            #"[{"Id":"<found>"},{"Id":"<found>","Properties":"x"}]"#, 400,
            "[1].Properties: expected a string that holds a JSON object, found a string that holds none."
        ),
    ])
    func allAreApprovedOrNone(_ body: String, _ status: Int, _ message: String) throws {
        let mock = try Stores.mock()
        let before = try Stores.all(mock)
        let reply = try Stores.send(mock, .post, "/CertificateStores/Approve", body)
        #expect(reply.status == status)
        #expect(reply.message == message)
        #expect(try Stores.all(mock) == before)
    }

    // MARK: Password

    @Test(arguments: [
        (#""new""#, true), (#"{"SecretValue":"new"}"#, true), (#"{"Provider":3}"#, true), (#""""#, false),
        (#"{"SecretValue":null}"#, false),
    ])
    func aPasswordIsKnownOnlyToBeThere(_ password: String, _ isThere: Bool) throws {
        let mock = try Stores.mock()
        for sent in [#""old""#, password] {
            #expect(
                try Stores.send(mock, .put, "/CertificateStores/Password", #"{"CertStoreId":"<found>","NewPassword":\#(sent)}"#).status
                    == 204)
        }
        #expect(try Stores.store(mock, "found")["Password"]?.isObject == isThere)
    }

    @Test(arguments: [
        ("{}", 400, "CertStoreId: expected a store's id, found nothing."),
        (#"{"CertStoreId":"<found>"}"#, 400, #"NewPassword: expected a string or an object such as {"SecretValue":"..."}, found nothing."#),
        (
            #"{"CertStoreId":"<found>","NewPassword":7}"#, 400,
            #"NewPassword: expected a string or an object such as {"SecretValue":"..."}, found a number."#
        ),
        (
            #"{"CertStoreId":"00000000-0000-0000-0000-000000000001","NewPassword":"x"}"#, 404,
            "Certificate store with id '00000000-0000-0000-0000-000000000001' does not exist."
        ),
    ])
    func aRefusedPassword(_ body: String, _ status: Int, _ message: String) throws {
        let reply = try Stores.send(Stores.mock(), .put, "/CertificateStores/Password", body)
        #expect(reply.status == status)
        #expect(reply.message == message)
    }

    // MARK: AssignContainer

    @Test func storesTakeOnTheContainersSchedule() throws {
        let mock = try Stores.mock()
        let ids = #""KeystoreIds":["<in-3>","<hourly>","<found>"]"#
        let reply = try Stores.send(mock, .put, "/CertificateStores/AssignContainer", #"{"CertStoreContainerId":4,\#(ids)}"#)
        #expect(reply.status == 200)
        #expect(reply.json.elements.map { $0["ContainerName"]?.text } == ["Nightly", "Nightly", "Nightly"])
        #expect(
            reply.json.elements.map { $0["InventorySchedule"]?.source } == [
                #"{"Daily":{"Time":"2026-11-22T02:00:00Z"}}"#, #"{"Interval":{"Minutes":60}}"#, "null",
            ])
        let insistent = try Stores.send(mock, .put, "/CertificateStores/AssignContainer", #"{"CertStoreContainerId":5,\#(ids)}"#)
        #expect(insistent.json.elements.map { $0["InventorySchedule"]?["Interval"]?["Minutes"]?.integer } == [30, 30, nil])
        #expect(mock.world.jobs.scheduled.count == 2)
    }

    @Test func aNewContainerIsMade() throws {
        let mock = try Stores.mock()
        let body = #"{"CertStoreContainerId":0,"NewContainerName":"Fresh","NewContainerType":2,"KeystoreIds":["<web-1>"]}"#
        let reply = try Stores.send(mock, .put, "/CertificateStores/AssignContainer", body)
        #expect(reply.json.elements.map { $0["ContainerId"]?.integer } == [7])
        #expect(mock.world.containers[7]?.storeType == 2)
        let again = try Stores.send(mock, .put, "/CertificateStores/AssignContainer", body)
        #expect(again.code == "0xA011000A")
        #expect(again.message == "NewContainerName: a certificate store container 'Fresh' exists already.")
    }

    @Test(arguments: [
        ("{}", 400, "KeystoreIds: expected at least one store id, found nothing."),
        (#"{"KeystoreIds":["<web-1>"]}"#, 400, "Expected either CertStoreContainerId or NewContainerName, found neither."),
        (
            #"{"KeystoreIds":["<web-1>"],"CertStoreContainerId":3,"NewContainerName":"x"}"#, 400,
            "Expected either CertStoreContainerId or NewContainerName, found both."
        ),
        (#"{"KeystoreIds":["<web-1>"],"CertStoreContainerId":99}"#, 404, "Certificate store container with id '99' does not exist."),
        (
            #"{"KeystoreIds":["<web-1>"],"NewContainerName":"x","NewContainerType":999}"#, 404,
            "The certificate store type with StoreType '999' does not exist."
        ),
        (
            #"{"KeystoreIds":["<web-1>","00000000-0000-0000-0000-000000000001"],"CertStoreContainerId":3}"#, 400,
            "KeystoreIds: Certificate store with id '00000000-0000-0000-0000-000000000001' does not exist."
        ),
        (
            #"{"KeystoreIds":["<web-1>"],"CertStoreContainerId":6}"#, 400,
            "KeystoreIds: Certificate store with id '<web-1>' is of type 2, the container takes stores of type 0."
        ),
    ])
    func aRefusedAssignmentChangesNothing(_ body: String, _ status: Int, _ message: String) throws {
        let mock = try Stores.mock()
        let before = try Stores.all(mock)
        let reply = try Stores.send(mock, .put, "/CertificateStores/AssignContainer", body)
        #expect(reply.status == status)
        #expect(reply.message == Stores.named(mock, message))
        #expect(try Stores.all(mock) == before)
        #expect(mock.world.containers.count == 4)
    }
}
