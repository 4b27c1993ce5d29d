import MicroHTTP
import TestSupport
import Testing

@testable import Base

/// `PUT /CertificateStores`.
struct CertificateStoreUpdateTests {
    private typealias Stores = CertificateStoreChangesTests

    @Test func theWholeObjectSentBackChangesNothing() throws {
        let mock = try Stores.mock()
        _ = try Stores.send(mock, .post, "/CertificateStores", Stores.whole)
        _ = try Stores.send(mock, .post, "/CertificateStores/Schedule", #"{"StoreIds":["<new>"],"Schedule":{"Interval":{"Minutes":9}}}"#)
        for machine in ["new", "hourly", "found", "orphan"] {
            let before = try Stores.send(mock, .get, "/CertificateStores/<\(machine)>").body
            let jobs = try Stores.send(mock, .get, "/OrchestratorJobs/ScheduledJobs").body
            #expect(try Stores.send(mock, .put, "/CertificateStores", before).status == 200)
            #expect(try Stores.send(mock, .get, "/CertificateStores/<\(machine)>").body == before)
            #expect(try Stores.send(mock, .get, "/OrchestratorJobs/ScheduledJobs").body == jobs)
        }
    }

    @Test func whatIsLeftOutOfAnUpdateIsCleared() throws {
        let mock = try Stores.mock()
        _ = try Stores.send(mock, .post, "/CertificateStores", Stores.whole)
        let reply = try Stores.send(mock, .put, "/CertificateStores", #"{"Id":"<new>"}"#)
        #expect(reply.json["Password"]?.isNull == true && reply.json["ReenrollmentStatus"]?.isNull == true)
        let store = try Stores.store(mock, "new")
        for member in ["ContainerId", "ContainerName", "AgentId", "InventorySchedule", "CertStoreInventoryJobId"] {
            #expect(store[member]?.isNull == true, "\(member)")
        }
        #expect(store["Properties"]?.text == "{}" && store["CreateIfMissing"]?.boolean == false)
        #expect(store["Password"]?["HasValue"]?.boolean == true, "assumed: a password stays")
    }

    @Test func anUpdateChangesWhatItSays() throws {
        let mock = try Stores.mock()
        let job = try Stores.store(mock, "hourly")["CertStoreInventoryJobId"]?.guid
        let body = #"""
            {"Id":"<hourly>","AgentId":"<uo-1>","ContainerId":3,"CreateIfMissing":true,"Properties":"{\"a\":\"b\"}","ClientMachine":"ignored","Approved":false,
            "InventorySchedule":{"Interval":{"Minutes":15}},"Password":{"SecretValue":"x"}}
            """#
        #expect(try Stores.send(mock, .put, "/CertificateStores", body).status == 200)
        let store = try Stores.store(mock, "hourly")
        #expect(store["ContainerName"]?.text == "Open")
        #expect(store["CreateIfMissing"]?.boolean == true)
        #expect(store["Approved"]?.boolean == true)
        #expect(store["Properties"]?.text == #"{"a":"b"}"#)
        #expect(store["InventorySchedule"]?["Interval"]?["Minutes"]?.integer == 15)
        #expect(store["CertStoreInventoryJobId"]?.guid == job)
        #expect(store["Password"]?["HasValue"]?.boolean == true)
        _ = try Stores.send(
            mock, .put, "/CertificateStores",
            #"{"Id":"<hourly>","ContainerId":null,"InventorySchedule":null,"Password":{"SecretValue":null}}"#)
        let cleared = try Stores.store(mock, "hourly")
        for member in ["ContainerId", "InventorySchedule", "CertStoreInventoryJobId", "Password"] {
            #expect(cleared[member]?.isNull == true)
        }
        #expect(try Stores.send(mock, .get, "/OrchestratorJobs/ScheduledJobs").json.elements.isEmpty)
    }

    @Test func anotherAgentTakesTheInventoryJobOver() throws {
        let mock = try Stores.mock()
        let job = try Stores.store(mock, "hourly")["CertStoreInventoryJobId"]?.guid
        _ = try Stores.send(
            mock, .put, "/CertificateStores", #"{"Id":"<hourly>","AgentId":"<uo-2>","InventorySchedule":{"Interval":{"Minutes":60}}}"#)
        let jobs = try Stores.send(mock, .get, "/OrchestratorJobs/ScheduledJobs").json.elements
        #expect(jobs.map { $0["Id"]?.guid } == [job])
        #expect(jobs.map { $0["ClientMachine"]?.text } == ["uo-2"])
        _ = try Stores.send(mock, .put, "/CertificateStores", #"{"Id":"<hourly>","AgentId":null}"#)
        #expect(try Stores.send(mock, .get, "/OrchestratorJobs/ScheduledJobs").json.elements.isEmpty)
    }

    @Test(arguments: [
        (#"{}"#, 400, "Id: expected a store's id, found nothing."),
        (
            #"{"Id":"00000000-0000-0000-0000-000000000001"}"#, 404,
            "Certificate store with id '00000000-0000-0000-0000-000000000001' does not exist."
        ),
        (#"{"Id":"<hourly>","ContainerId":99}"#, 404, "Certificate store container with id '99' does not exist."),
        (#"{"Id":"<hourly>","ContainerId":6}"#, 400, "ContainerId: the container 'Java' takes stores of type 0, found a store of type 2."),
        (#"{"Id":"<orphan>","InventorySchedule":{"Immediate":true}}"#, 400, "InventorySchedule: the store has no agent assigned."),
        (
            #"{"Id":"<hourly>","AgentId":null,"InventorySchedule":{"Immediate":true}}"#, 400,
            "InventorySchedule: the store has no agent assigned."
        ),
        (
            #"{"Id":"<found>","InventorySchedule":{"Immediate":true}}"#, 400,
            "InventorySchedule: the store must be approved before it can be scheduled."
        ),
    ])
    func aRefusedUpdateChangesNothing(_ body: String, _ status: Int, _ message: String) throws {
        let mock = try Stores.mock()
        let before = try Stores.all(mock)
        let reply = try Stores.send(mock, .put, "/CertificateStores", body)
        #expect(reply.status == status)
        #expect(reply.message == message)
        #expect(try Stores.all(mock) == before)
    }

    @Test(arguments: [("<in-3>", 3, 200), ("<in-3>", 4, 403), ("<hourly>", 3, 403)])
    func anUpdateNeedsTheOldContainerAndTheNew(_ id: String, _ container: Int, _ status: Int) throws {
        let reply = try Stores.send(Stores.mock(), .put, "/CertificateStores", #"{"Id":"\#(id)","ContainerId":\#(container)}"#, as: "three")
        #expect(reply.status == status)
    }

    @Test func aContainersScheduleIsTakenOnOnceTheStoreCanBeScheduled() throws {
        let mock = try Stores.mock()
        #expect(
            try Stores.send(mock, .put, "/CertificateStores", #"{"Id":"<orphan>","ContainerId":4}"#).json["InventorySchedule"]?.isNull
                == true)
        let reply = try Stores.send(mock, .put, "/CertificateStores", #"{"Id":"<orphan>","ContainerId":4,"AgentId":"<uo-1>"}"#)
        #expect(reply.json["InventorySchedule"]?["Daily"]?.isObject == true)
        #expect(reply.json["CertStoreInventoryJobId"]?.guid != nil)
    }
}
