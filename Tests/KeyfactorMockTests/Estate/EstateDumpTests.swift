import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Command
@testable import Entities
@testable import KeyfactorMock
@testable import Model
import struct Model.Operation
@testable import Worlds

/// `GET /_mock/estate` says all that exists: read again, it is the same estate.
struct EstateDumpTests {
    private static let walks = ["10.5", "11.6", "24.4", "25.4"].flatMap { product in (1...6).map { (product, UInt64($0)) } }

    @Test(arguments: walks)
    func anEstateReadFromItsDumpGivesTheSameAnswers(_ product: String, _ seed: UInt64) throws {
        var walk = try Walk(product: product, seed: seed)
        for _ in 0..<120 { try walk.step() }
        let estate = walk.life.mock.world
        #expect(estate.jobs.history.count > 0 && estate.stores.count > 0, "a walk that goes nowhere")
        let dump = try walk.life.mock.get("/_mock/estate").body
        let start = walk.now.iso
        let copy = try Life(Walk.scenario(product, start: start, estate: dump))
        #expect(try copy.mock.get("/_mock/estate").body == dump)
        try compare(walk.life.mock, copy.mock, "at once")
        for hours in [1, 30] {
            for mock in [walk.life.mock, copy.mock] {
                #expect(try mock.send(.post, "/_mock/clock/advance", body: #"{"by":"\#(hours)h"}"#).status == 200)
            }
            try compare(walk.life.mock, copy.mock, "after \(hours) h")
        }
    }

    @Test(arguments: walks.filter { $0.1 < 3 })
    func anEstatePatchedIntoAnotherWorldGivesTheSameAnswers(_ product: String, _ seed: UInt64) throws {
        var walk = try Walk(product: product, seed: seed)
        for _ in 0..<120 { try walk.step() }
        let mock = walk.life.mock
        let dump = try mock.get("/_mock/estate").body
        let other = try Life(Walk.scenario(product, start: walk.now.iso, estate: "{}"))
        let patched = try other.mock.send(.patch, "/_mock/estate", body: dump)
        #expect(patched.status == 200, "\(patched.body)")
        #expect(try other.mock.get("/_mock/estate").body == dump)
        try compare(mock, other.mock, "after a patch")
    }

    @Test(arguments: ["/Agents", "/Nowhere", "/CertificateStores/00000000-0000-0000-0000-000000000009", "/Agents?QueryString=wrong"])
    func aRequestThatChangesNothingDoesNotShowInTheDump(_ path: String) throws {
        let mock = try Mock()
        let before = try mock.get("/_mock/estate").body
        _ = try mock.get(path)
        _ = try mock.post("/CertificateStores/Schedule", "{}")
        #expect(try mock.get("/_mock/estate").body == before)
    }

    /// Asks both for everything.
    private func compare(_ one: Mock, _ other: Mock, _ when: String) throws {
        let product = one.server.worlds.standard.withState { $0.scenario.product }
        for operation in API.operations where operation.method == .get && operation.since <= product {
            for path in try Self.paths(operation, one) {
                let (known, found) = (try one.get(path), try other.get(path))
                #expect(
                    known.status == found.status && known.body == found.body, "\(path) \(when): \(Self.difference(known.body, found.body))")
            }
        }
    }

    /// Where two bodies part, with what comes around it.
    private static func difference(_ one: String, _ other: String) -> String {
        let same = zip(one, other).prefix { $0 == $1 }.count
        return "…\(one.dropFirst(max(0, same - 60)).prefix(140))… against …\(other.dropFirst(max(0, same - 60)).prefix(140))…"
    }

    /// The paths of an operation with the ids of all that exists.
    private static func paths(_ operation: Operation, _ mock: Mock) throws -> [String] {
        let estate = mock.world
        let path = operation.path
        if path.hasSuffix("JobStatus/Data") { return estate.jobs.history.all.map { path + "?jobHistoryId=\($0.id)" } }
        if path.contains("{name}") { return estate.storeTypes.all.map { path.replacing("{name}", with: $0.shortName) } }
        if path.hasSuffix("/Lookup") { return [path + "?accountName=x"] }
        if path.hasSuffix("/Claims/Roles") {
            return estate.security.claims.all.map {
                path + "?ClaimType=\($0.kind.rawValue)&ClaimValue=\($0.value)&ProviderAuthenticationScheme=\($0.scheme)"
            }
        }
        if path.contains("{providerId}") {
            return estate.security.pamProviders.all.map { path.replacing("{providerId}", with: String($0.id)) }
        }
        guard path.contains("{id}") else { return [path + "?ReturnLimit=1000"] }
        let segments = path.split(separator: "/")
        let ids: [String] =
            switch segments[0] == "Security" ? segments[1] : segments[0] {
            case "Roles": estate.security.roles.all.map { String($0.id) }
            case "Identities": estate.security.identities.all.map { String($0.id) }
            case "Containers": estate.containers.all.map { String($0.id) }
            case "Claims": estate.security.claims.all.map { String($0.id) }
            case "PermissionSets": estate.security.permissionSets.all.map(\.id.text)
            case "PamProviders": estate.security.pamProviders.all.map { String($0.id) }
            case "Agents": estate.agents.all.map(\.id.text)
            case "JobTypes": estate.jobTypes.all.map(\.id.text)
            case "CertificateStores": estate.stores.all.map(\.id.text)
            case "CertificateStoreTypes": estate.storeTypes.all.map { String($0.number) }
            case "CertificateStoreContainers": estate.containers.all.map { String($0.id) }
            case "MetadataFields": estate.metadataFields.rows.all.map { String($0.id) }
            case "CertificateCollections": estate.collections.rows.all.map { String($0.id) }
            case "Templates": estate.templates.rows.all.map { String($0.id) }
            case "EnrollmentPatterns": estate.enrollmentPatterns.rows.all.map { String($0.id) }
            case "CertificateAuthority" where path.contains("Health"): estate.healthRecipients.rows.all.map { String($0.id) }
            case "CertificateAuthority" where path.contains("Threshold"): estate.thresholdRecipients.rows.all.map { String($0.id) }
            case "CertificateAuthority": estate.authorities.rows.all.map { String($0.id) }
            default: []
            }
        return ids.map { path.replacing("{id}", with: $0) }
    }
}

/// Writes to what certificates refer to.
extension Walk {
    fileprivate mutating func writeCatalogue() throws {
        let mock = life.mock
        let id = Int(choice.next() % 6) + 1
        let isOld = life.mock.server.worlds.standard.withState { $0.scenario.product } < .v25
        let policy =
            #"{"AllowKeyReuse":true,"CertificateOwnerRole":1,"DefaultCertificateOwnerRoleId":2,"DefaultCertificateOwnerOverride":true,"#
            + #""KeyInfo":{"RSA":{"bit_lengths":[4096],"BitLengths":[3072]},"Ed448":{}},"RSAValidKeySizes":[2048]}"#
        let rules =
            #""AllowedEnrollmentTypes":3,"MetadataFields":[{"Id":3,"MetadataId":2,"Validation":"v","Enrollment":1,"CaseSensitive":true}],"#
            + #""EnrollmentFields":[{"Id":1,"Name":"f","Options":["a","b"],"DataType":2}]"#
        switch choice.next() % 13 {
        case 0:
            _ = try mock.post(
                "/MetadataFields",
                #"{"Name":"F\#(made)","Description":"d","DataType":\#(id),"Hint":"h","Options":"a,b","AllowAPI":false,"CaseSensitive":true}"#
            )
        case 1: _ = try mock.send(.delete, "/MetadataFields/\(id)?force=true")
        case 2:
            _ = try mock.post(
                "/CertificateCollections", #"{"Name":"C\#(made)","Query":"(A -eq \"x\")","DuplicationField":2,"Automated":true}"#)
        case 3: _ = try mock.post("/CertificateCollections/Copy", #"{"Name":"Y\#(made)","CopyFromId":\#(id),"ShowOnDashboard":true}"#)
        case 4: _ = try mock.post("/CertificateCollections/\(id)/Permissions", #"[{"RoleId":2,"Permissions":["read"]}]"#)
        case 5: _ = try mock.send(.delete, "/CertificateCollections/\(id)")
        case 6:
            _ = try mock.send(
                .put, "/Templates",
                body:
                    #"{"Id":\#(id),"FriendlyName":"n","KeyRetention":3,"KeyRetentionDays":9,"TimeAfterExpiration":3,"AllowedRequesters":["r"],"#
                    + #""TemplateRegexes":[{"SubjectPart":"CN","Regex":"a"}],"TemplateDefaults":[{"SubjectPart":"O","Value":"v"}],"#
                    + #""\#(isOld ? "TemplatePolicy" : "Policies")":\#(policy),\#(rules)}"#)
        case 7:
            _ = try mock.send(
                .put, "/Templates/Settings",
                body:
                    #"{"TemplateRegexes":[{"SubjectPart":"CN","Regex":"a","Error":"e"}],"TemplateDefaults":[],"TemplatePolicy":\#(policy)}"#
            )
        case 8:
            _ = try mock.post(
                "/EnrollmentPatterns",
                #"{"Name":"P\#(made)","Template":\#(id),"TemplateDefault":true,"AssociatedRoles":["r"],"CertificateAuthorities":[1],"#
                    + #""Defaults":[{"SubjectPart":"O"}],"Policies":\#(policy),\#(rules)}"#)
        case 9: _ = try mock.send(.delete, "/EnrollmentPatterns/\(id)")
        case 10:
            _ = try mock.post(
                "/CertificateAuthority",
                #"{"LogicalName":"Sub-CA","HostName":"h\#(made)","FullScan":{"Daily":{"Time":"2026-11-22T20:00:00Z"}},"IssuanceMax":4,"#
                    + #""ExplicitPassword":{"SecretValue":"x"},"KeyRetention":2,"DeleteWithArchivedKey":false,"Scope":"s","DenialMax":null}"#
            )
        case 11: _ = try mock.send(.delete, "/CertificateAuthority/\(id)")
        default:
            _ = try mock.post("/CertificateAuthority/AlertRecipients/CAHealthRecipients", #"{"Emails":["e\#(made)@example.com"]}"#)
            _ = try mock.send(.delete, "/CertificateAuthority/AlertRecipients/CAHealthRecipients/\(id)")
        }
    }
}

/// A random walk of writes over a random estate.
private struct Walk {
    let life: Life
    private var random: SplitMix
    /// What writes to roles are drawn from, so that the other writes stay as they are.
    private var another: SplitMix
    fileprivate var choice: SplitMix
    fileprivate var made = 0

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

    private mutating func pick<Element>(_ list: [Element]) -> Element? {
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
        if made % 3 == 0 { try security() }
        if made % 4 == 0 { try writeCatalogue() }
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
                "/CertificateStores/Reenrollment", #"{"KeystoreId":"\#(store)","AgentGuid":"\#(agent)","SubjectName":"CN=re\#(made)"}"#)
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

extension Walk {
    /// One write to roles and what surrounds them, or to PAM providers.
    private mutating func security() throws {
        swap(&random, &another)
        defer { swap(&random, &another) }
        let (mock, security) = (life.mock, life.mock.world.security)
        let role = pick(security.roles.all.map(\.id)) ?? 1
        let version = pick(["1", "2"])!
        let headers = [("x-keyfactor-requested-with", "APIClient"), ("x-keyfactor-api-version", version)]
        let send = { (method: Method, path: String, body: String) in _ = try mock.send(method, path, headers: headers, body: body) }
        switch random.next() % 15 {
        case 0, 1:
            try send(
                .post, "/Security/Roles",
                #"{"Name":"R\#(made)","Description":"d","PermissionSetId":"\#(security.permissionSets.all[0].id.text)","Permissions":["Certificates:Read","/certificate_stores/read/\#(made % 3)/"],"Claims":[{"ClaimType":4,"ClaimValue":"v\#(made % 4)","ProviderAuthenticationScheme":"Idp","Description":"c"}]}"#
            )
        case 2: try send(.delete, "/Security/Roles/\(role)", "")
        case 3:
            try send(
                .put, "/Security/Roles",
                #"{"Id":\#(role),"Name":"R\#(made)","Description":"e","Enabled":false,"PermissionSetId":"\#(security.permissionSets.all[0].id.text)"}"#
            )
        case 4: try send(.post, "/Security/Identities", #"{"AccountName":"D\\u\#(made % 5)"}"#)
        case 5: try send(.delete, "/Security/Identities/\(pick(security.identities.all.map(\.id)) ?? 1)", "")
        case 6:
            try send(
                .put, "/Security/Roles/\(role)/Identities", #"{"Ids":[\#(pick(security.identities.all.map { String($0.id) }) ?? "")]}"#)
        case 7:
            try send(
                .post, "/Security/Claims",
                #"{"ClaimType":5,"ClaimValue":"s\#(made)","ProviderAuthenticationScheme":"Idp","Description":"c"}"#)
        case 8: try send(.delete, "/Security/Claims/\(pick(security.claims.all.map(\.id)) ?? 1)", "")
        case 9: try send(.post, "/PermissionSets", #"{"Name":"S\#(made)","Permissions":["/"]}"#)
        case 10: try send(.post, "/PamProviders/Types", #"{"Name":"T\#(made)","Parameters":[{"Name":"P","DataType":2},{"Name":"q"}]}"#)
        case 11, 12:
            let type = pick(security.pamTypes.all)
            let values = (type?.parameters ?? []).map { #"{"Value":"hush","ProviderTypeParam":{"Id":\#($0.id)}}"# }.joined(separator: ",")
            try send(
                .post, "/PamProviders",
                #"{"Name":"P\#(made)","ProviderType":{"Id":"\#(type?.id.text ?? "")"},"ProviderTypeParamValues":[\#(values)],"SecuredAreaId":\#(made)}"#
            )
        case 13: try send(.post, "/PamProviders/Local/1/Entries", #"{"SecretName":"s\#(made % 3)","SecretValue":"hush"}"#)
        default: try send(.delete, "/PamProviders/\(pick(security.pamProviders.all.map(\.id)) ?? 1)", "")
        }
    }
}

extension Life {
    /// Lets the world's clock go on, which stands otherwise.
    fileprivate func pass(by seconds: Int) throws {
        _ = try mock.send(.post, "/_mock/clock/advance", body: #"{"by":"\#(seconds)s"}"#)
    }
}
