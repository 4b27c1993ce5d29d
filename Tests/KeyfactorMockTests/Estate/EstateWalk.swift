import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Command
@testable import Entities
@testable import KeyfactorMock
@testable import Model
import class Model.Operation
@testable import Worlds

/// A random walk of writes over a random estate.
struct Walk {
    let life: Life
    var random: SplitMix
    /// What writes to roles are drawn from, so that the other writes stay as they are.
    var another: SplitMix
    var choice: SplitMix
    var made = 0

    init(product: String, seed: UInt64) throws {
        random = SplitMix(seed: seed)
        another = SplitMix(seed: seed + 100)
        choice = SplitMix(seed: seed + 200)
        let silent = random.next() % 2 == 0
        let start = "2026-11-22T12:00:00Z"
        let estate = """
              containers: [ { name: Shelf, schedule: { Daily: { Time: "2026-03-01T02:00:00Z" } } }, { name: Empty, storeType: PEM } ]
              storeTypes: [ { shortName: Odd, supports: [ add, enrollment, discovery ], properties: [ { name: Key, type: Secret } ] } ]
              identities: [ { account: 'D\\u' } ]
              claims: [ { type: OAuthRole, value: readers, scheme: Idp, description: d } ]
              roles: [ { name: Extra, permissions: [ '/certificate_stores/read/1/', 'API:Read' ], identities: [ 2 ], claims: [ 1 ], email: a@b.example } ]
              pamTypes: [ { name: Safe, parameters: [ { name: Pin, type: secret, instanceLevel: true }, { name: Url } ] } ]
              pamProviders: [ { name: Vault }, { name: Box, type: Safe, values: [ { parameter: Url, value: x }, { parameter: Pin, value: s } ] } ]
              agents:
                - { machine: uo-3, capabilities: [ PEM, Odd, LOGS, SampleCustomJobType ], polls: \(!silent), blueprint: Blue }
              certificateStores:
                - { machine: found, path: /f, agent: uo-1, approved: false }
                - machine: full
                  path: /full
                  agent: uo-3
                  container: Shelf
                  inventory: [ { alias: a, subject: CN=a }, { alias: a, subject: CN=chain }, { alias: b, parameters: { p: "1" }, metadata: { Owner: me, "Notes": "a, b" } } ]
            """
        life = try Life(Self.scenario(product, start: start, estate: "\n" + estate))
    }

    /// A scenario whose jobs take their time.
    static func scenario(_ product: String, start: String, estate: String) -> String {
        """
        product: "\(product)"
        clock: { start: \(start), mode: frozen }
        progress:
          - { match: { jobType: PEMInventory }, steps: [ { state: InProcess, for: 90s }, { state: Completed, data: listed } ] }
          - match: { agent: uo-1 }
            steps:
              - { state: absent }
              - { state: InProcess, reads: 2 }
              - { state: CompletedWillRetry, message: again }
              - { state: InProcess, until: told }
        estate: \(estate)
        """
    }

    var now: Timestamp { life.mock.server.worlds.standard.withState { $0.now(wall: Mock.noon) } }

    mutating func pick<Element>(_ list: [Element]) -> Element? {
        list.isEmpty ? nil : list[Int(random.next() % UInt64(list.count))]
    }

    private mutating func schedule() -> String {
        pick([
            #"{"Immediate":true}"#, #"{"Interval":{"Minutes":7}}"#, #"{"Daily":{"Time":"2026-01-01T13:10:00Z"}}"#,
            #"{"ExactlyOnce":{"Time":"2026-11-22T14:00:00Z"}}"#,
        ])!
    }

    /// One write or another. Some are refused, which is as good.
    mutating func step() throws {
        let mock = life.mock
        let estate = mock.world
        made += 1
        if made % 3 == 0 { try writeSecurity() }
        if made % 4 == 0 { try writeCatalogue() }
        if made % 2 == 0 { try writeCertificates() }
        let agent = pick(estate.agents.all.map(\.id.text)) ?? ""
        let store = pick(estate.stores.all.map(\.id.text)) ?? ""
        let container = pick(estate.containers.all.map { String($0.id) } + ["null"]) ?? "null"
        let type = pick(estate.storeTypes.all.map { String($0.number) }) ?? "2"
        let when = schedule()
        switch random.next() % 22 {
        case 0: try life.pass(by: 37 * 60)
        case 1, 2: _ = try mock.post("/CertificateStores/Schedule", #"{"StoreIds":["\#(store)"],"Schedule":\#(when)}"#)
        case 3, 4:
            _ = try mock.post(
                "/OrchestratorJobs/Custom",
                #"{"AgentId":"\#(agent)","JobTypeName":"SampleCustomJobType","Schedule":\#(when),"JobFields":{"ParamInt":\#(made)}}"#)
        case 5, 6:
            _ = try mock.post(
                "/CertificateStores",
                #"{"ClientMachine":"m\#(made)","StorePath":"/p","CertStoreType":\#(type),"AgentId":"\#(agent)","ContainerId":\#(container),"InventorySchedule":\#(when),"Properties":"{\"Key\":{\"value\":{\"SecretValue\":\"s\"}},\"n\":\"1\"}","Password":{"SecretValue":"s"},"CreateIfMissing":true}"#
            )
        case 7: _ = try mock.send(.delete, "/CertificateStores/" + store)
        case 8:
            _ = try mock.send(
                .put, "/CertificateStores",
                body: #"{"Id":"\#(store)","AgentId":"\#(agent)","ContainerId":\#(container),"InventorySchedule":\#(when)}"#)
        case 9: _ = try mock.post("/CertificateStores/Approve", #"[{"Id":"\#(store)","ContainerId":\#(container)}]"#)
        case 10:
            _ = try mock.post(
                "/CertificateStores/Certificates/Add",
                #"{"CertificateId":\#(made % 5 + 1),"CertificateStores":[{"CertificateStoreId":"\#(store)","Alias":"n\#(made % 3)"}],"Schedule":{"Immediate":true}}"#
            )
        case 11:
            _ = try mock.post(
                "/CertificateStores/Certificates/Remove",
                #"{"CertificateStores":[{"CertificateStoreId":"\#(store)","Alias":"a"}],"Schedule":{"Immediate":true}}"#)
        case 12:
            _ = try mock.post(
                "/CertificateStores/Reenrollment",
                #"{"KeystoreId":"\#(store)","AgentGuid":"\#(agent)","SubjectName":"CN=re\#(made)","Alias":"re\#(made)"}"#)
        case 13:
            _ = try mock.send(
                .put, "/CertificateStores/DiscoveryJob", body: #"{"ClientMachine":"m","AgentId":"\#(agent)","Type":\#(type),"Dirs":"/etc"}"#
            )
        case 14:
            _ = try mock.post(
                "/CertificateStoreTypes",
                #"{"Name":"T\#(made)","ShortName":"T\#(made)","SupportedOperations":{"Add":true},"Properties":[{"Name":"q","Type":"Bool","Required":true}],"EntryParameters":[{"Name":"e","RequiredWhen":{"OnAdd":true}}],"JobProperties":["j"],"ServerRegistration":3,"PrivateKeyAllowed":2}"#
            )
        case 15: _ = try mock.send(.delete, "/CertificateStoreTypes/" + type)
        case 16: _ = try mock.post("/CertificateStoreContainers", #"{"Name":"C\#(made)","Schedule":\#(when),"OverwriteSchedules":true}"#)
        case 17: _ = try mock.send(.delete, "/CertificateStoreContainers/" + container)
        case 18:
            _ = try mock.post(
                "/JobTypes/Custom", #"{"JobTypeName":"J\#(made)","JobTypeFields":[{"Name":"f","Type":2,"DefaultValue":"4"}]}"#)
        case 19: _ = try mock.post("/Agents/" + (pick(["Approve", "Disapprove", "Approve", "Reset"]) ?? ""), #"["\#(agent)"]"#)
        case 20: _ = try mock.post("/Agents/\(agent)/FetchLogs", "")
        default:
            let attempt = pick(estate.jobs.history.all.map(\.id)) ?? 1
            _ = try mock.get("/OrchestratorJobs/JobHistory")
            _ = try mock.post("/OrchestratorJobs/" + (pick(["Reschedule", "Acknowledge"]) ?? ""), #"{"JobAuditIds":[\#(attempt)]}"#)
        }
    }
}

extension Life {
    /// Lets the world's clock go on, which stands otherwise.
    func pass(by seconds: Int) throws {
        _ = try mock.send(.post, "/_mock/clock/advance", body: #"{"by":"\#(seconds)s"}"#)
    }
}
