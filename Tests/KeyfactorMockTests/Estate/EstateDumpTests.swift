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
        let again = try copy.mock.get("/_mock/estate").body
        #expect(again == dump, "\(Self.difference(dump, again))")
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
        let again = try other.mock.get("/_mock/estate").body
        #expect(again == dump, "\(Self.difference(dump, again))")
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

    /// What operations take as names, with the longest that files take.
    private static let names: [(method: MicroHTTP.Method, path: String, body: String, most: Int)] = [
        (.post, "/CertificateStores", #"{"ClientMachine":"NAME","StorePath":"/p","CertStoreType":2}"#, 256),
        (.post, "/CertificateStores", #"{"ClientMachine":"m","StorePath":"NAME","CertStoreType":2}"#, 722),
        (.post, "/CertificateStoreContainers", #"{"Name":"NAME"}"#, 128),
        (
            .put, "/CertificateStores/AssignContainer",
            #"{"NewContainerName":"NAME","NewContainerType":-1,"KeystoreIds":["STORE"]}"#, 128
        ),
        (.post, "/JobTypes/Custom", #"{"JobTypeName":"NAME"}"#, 128),
        (.post, "/JobTypes/Custom", #"{"JobTypeName":"n","JobTypeFields":[{"Name":"NAME","Type":1}]}"#, 128),
        (.post, "/CertificateStoreTypes", #"{"Name":"n","ShortName":"NAME"}"#, 64),
        (.post, "/CertificateStoreTypes", #"{"Name":"n","ShortName":"n","Properties":[{"Name":"NAME"}]}"#, 128),
        (.post, "/CertificateStoreTypes", #"{"Name":"n","ShortName":"n","EntryParameters":[{"Name":"NAME"}]}"#, 128),
        (
            .post, "/CertificateStores/Certificates/Add",
            #"{"CertificateId":1,"Schedule":{"Immediate":true},"CertificateStores":[{"CertificateStoreId":"STORE","Alias":"NAME"}]}"#, 256
        ),
        (
            .post, "/CertificateStores/Certificates/Remove",
            #"{"Schedule":{"Immediate":true},"CertificateStores":[{"CertificateStoreId":"STORE","Alias":"NAME"}]}"#, 256
        ),
        (.post, "/Security/Roles", #"{"Name":"NAME","Description":"d"}"#, 128),
        (.post, "/Security/Identities", #"{"AccountName":"NAME"}"#, 512),
        (.post, "/CertificateCollections", #"{"Name":"NAME","Query":"CN -eq \"x\""}"#, 100),
        (.post, "/MetadataFields", #"{"Name":"NAME","Description":"d","DataType":1}"#, 128),
        (.post, "/CertificateAuthority", #"{"LogicalName":"NAME","HostName":"h"}"#, 256),
    ]

    @Test(arguments: names.indices, ["10.5", "25.4"])
    func everyNameThatAnOperationTakesCanBeReadBack(_ index: Int, _ product: String) throws {
        let (method, path, body, most) = Self.names[index]
        // An accent is a character of its own in files, as one that is joined to a letter.
        for name in [
            String(repeating: "n", count: most), String(repeating: "n", count: most + 1), "n" + String(repeating: "\u{301}", count: most),
        ] {
            let mock = try Mock("product: '\(product)'")
            let store = try #require(mock.world.stores.all.first?.id.text)
            let text = body.replacing("NAME", with: name).replacing("STORE", with: store)
            let taken = try mock.send(method, path, body: text)
            if name.unicodeScalars.count > most { #expect(taken.status == 400, "\(path): \(taken.status) \(taken.body.prefix(200))") }
            #expect(try mock.send(.post, "/_mock/clock/advance", body: #"{"by":"1h"}"#).status == 200)
            _ = try mock.get("/OrchestratorJobs/JobHistory")
            let dump = try mock.get("/_mock/estate").body
            let again = try mock.send(.patch, "/_mock/estate", body: dump)
            #expect(again.status == 200, "\(path): \(again.body.prefix(300))")
        }
    }

    @Test(arguments: ["agents", "certificateStores", "jobTypes", "permissionSets"])
    func theEmptyGUIDIsTheIDOfNothing(_ part: String) throws {
        let row =
            [
                "agents": #""machine":"z""#, "certificateStores": #""machine":"z","path":"/z""#, "jobTypes": #""name":"z""#,
                "permissionSets": #""name":"z""#,
            ][part] ?? ""
        let patch = #"{"\#(part)":[{\#(row),"id":"00000000-0000-0000-0000-000000000000"}]}"#
        let refused = try Mock().send(.patch, "/_mock/estate", body: patch)
        #expect(refused.status == 400 && refused.body.contains("the empty GUID stands for no id"), "\(refused.body)")
    }

    /// Asks both for everything.
    private func compare(_ one: Mock, _ other: Mock, _ when: String) throws {
        let product = one.server.worlds.standard.withState { $0.scenario.product }
        for operation in API.operations where operation.method == .get && operation.isServed(by: product) {
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
