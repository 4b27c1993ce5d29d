import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Entities

/// The jobs that make a certificate on an agent, and that look for stores.
struct ReenrollmentAndDiscoveryTests {
    @Test func reenrollmentBringsACertificate() throws {
        let mock = try CertificateStoreJobsTests.mock()
        let body = #"{"KeystoreId":"<in-3>","SubjectName":"CN=fresh","AgentGuid":"<uo-1>","Alias":"fresh","JobProperties":{}}"#
        #expect(try CertificateStoreJobsTests.send(mock, .post, "/certificatestores/reenrollment", body).status == 204)
        #expect(try CertificateStoreJobsTests.letRun(mock).map { $0["JobType"]?.text } == ["PEMReenrollment"])
        let added = try CertificateStoreJobsTests.send(mock, .get, "/CertificateStores/<in-3>/Inventory").json.elements.first {
            $0["Name"]?.text == "fresh"
        }
        #expect(added?["Certificates"]?.elements.map { $0["IssuedDN"]?.text } == ["CN=fresh", "CN=Sub-CA", "CN=Root-CA"])
    }

    @Test(arguments: [
        ("{}", 400, "KeystoreId: expected a store's id, found nothing."),
        (#"{"KeystoreId":"<in-3>"}"#, 400, "SubjectName: expected a subject such as CN=www.example.com, found nothing."),
        (
            #"{"KeystoreId":"<in-3>","SubjectName":"CN=a"}"#, 400,
            "AgentGuid: expected the id of the agent that serves the store, found nothing."
        ),
        (
            #"{"KeystoreId":"<found>","SubjectName":"CN=a","AgentGuid":"<uo-1>"}"#, 400,
            "KeystoreId: the store must be approved before it can be scheduled."
        ),
        (#"{"KeystoreId":"<orphan>","SubjectName":"CN=a","AgentGuid":"<uo-1>"}"#, 400, "KeystoreId: the store has no agent assigned."),
        (
            #"{"KeystoreId":"<fixed>","SubjectName":"CN=a","AgentGuid":"<uo-1>"}"#, 400,
            "KeystoreId: Key generation is not supported by the agent for this store."
        ),
        (
            #"{"KeystoreId":"<in-3>","SubjectName":"CN=a","AgentGuid":"00000000-0000-0000-0000-000000000009"}"#, 404,
            "Agent with id of '00000000-0000-0000-0000-000000000009' does not exist"
        ),
        (
            #"{"KeystoreId":"<in-3>","SubjectName":"CN=a","AgentGuid":"<uo-2>"}"#, 400,
            "AgentGuid: expected the agent that serves the store, found another."
        ),
        (
            #"{"KeystoreId":"<in-3>","SubjectName":"CN=a","AgentGuid":"<uo-1>"}"#, 400,
            "Alias: expected the certificate's alias in the store, found nothing."
        ),
        (
            #"{"KeystoreId":"<in-3>","SubjectName":"CN=a","AgentGuid":"<uo-1>","Alias":""}"#, 400,
            "Alias: expected the certificate's alias in the store, found nothing."
        ),
    ])
    func aRefusedReenrollment(_ body: String, _ status: Int, _ message: String) throws {
        let mock = try CertificateStoreJobsTests.mock()
        let reply = try CertificateStoreJobsTests.send(mock, .post, "/CertificateStores/Reenrollment", body)
        #expect(reply.status == status)
        #expect(reply.message == message)
        #expect(mock.world.jobs.scheduled.count == 0)
    }

    @Test(arguments: [("null", "null"), (#""2026-11-23T08:00:00Z""#, #"{"ExactlyOnce":{"Time":"2026-11-23T08:00:00Z"}}"#)])
    func aDiscoveryIsScheduled(_ time: String, _ schedule: String) throws {
        let mock = try CertificateStoreJobsTests.mock()
        let body = #"""
            {"ClientMachine":"web-9","AgentId":"<uo-1>","Type":2,"JobExecutionTimestamp":\#(time),"Dirs":"/etc,/opt","SymLinks":false,
            "ServerPassword":{"SecretValue":"hush"},"KeyfactorSchedule":{"ExactlyOnce":{}}}
            """#
        #expect(try CertificateStoreJobsTests.send(mock, .put, "/CertificateStores/DiscoveryJob", body).status == 204)
        let job = try #require(mock.world.jobs.scheduled.all.first)
        #expect(job.order.type == "PEMDiscovery" && job.order.target == "/etc,/opt")
        let query = "AgentID+-eq+%22<uo-1>%22+AND+JobType+-contains+%22Discovery%22+AND+JobType+-notcontains+%22SslDiscovery%22"
        let listed = try CertificateStoreJobsTests.send(mock, .get, "/OrchestratorJobs/ScheduledJobs?QueryString=\(query)").json.elements
        #expect(listed.map { $0["Schedule"]?.source } == [schedule])
        #expect(!"\(mock.world)".contains("hush"))
    }

    @Test(arguments: [
        ("{}", 400, "ClientMachine: expected the machine to look at, found nothing."),
        (#"{"ClientMachine":"m","AgentId":"<uo-2>"}"#, 400, "AgentId: the agent 'uo-2' is New, expected an Approved one."),
        (#"{"Type":2}"#, 400, "ClientMachine: expected the machine to look at, found nothing."),
        (#"{"ClientMachine":"m","Type":999}"#, 404, "The certificate store type with StoreType '999' does not exist."),
        (#"{"ClientMachine":"m","Type":3}"#, 400, "Type: stores of type 'F5' cannot be discovered."),
        (#"{"ClientMachine":"m","Type":2}"#, 400, "AgentId: expected an agent's id, found nothing."),
        (#"{"ClientMachine":"m","Type":2,"AgentId":"<uo-2>"}"#, 400, "AgentId: the agent 'uo-2' is New, expected an Approved one."),
        (
            #"{"ClientMachine":"m","Type":2,"AgentId":"<uo-1>","JobExecutionTimestamp":"soon"}"#, 400,
            "JobExecutionTimestamp: expected a time such as 2026-11-22T20:00:00Z, found 'soon'."
        ),
        (#"{"ClientMachine":"m","Type":2,"AgentId":"<uo-1>","SymLinks":"x"}"#, 400, "SymLinks: expected true or false, found 'x'."),
    ])
    func aRefusedDiscovery(_ body: String, _ status: Int, _ message: String) throws {
        let mock = try CertificateStoreJobsTests.mock()
        let reply = try CertificateStoreJobsTests.send(mock, .put, "/CertificateStores/DiscoveryJob", body)
        #expect(reply.status == status)
        #expect(reply.message == message)
        #expect(mock.world.jobs.scheduled.count == 0)
    }

    @Test(arguments: [("all", 204), ("three", 204), ("reader", 403)])
    func discoveryNeedsModifyOfAnyContainer(_ user: String, _ status: Int) throws {
        #expect(
            try CertificateStoreJobsTests.send(
                CertificateStoreJobsTests.mock(), .put, "/CertificateStores/DiscoveryJob",
                #"{"ClientMachine":"m","Type":2,"AgentId":"<uo-1>"}"#, as: user
            ).status
                == status)
    }
}
