import Entities
import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Command
@testable import KeyfactorMock
@testable import Model
@testable import Worlds

struct OpenAPITests {
    private static func document(_ scenario: String = "", through door: Door = .direct) throws -> JSONValue {
        let reply = try Mock(scenario, through: door).get("/_mock/openapi.json")
        #expect(reply.status == 200)
        #expect(reply["Content-Type"] == "application/json")
        return reply.json
    }

    private static func operations(_ document: JSONValue) -> [(name: String, value: JSONValue)] {
        (document["paths"]?.members ?? []).flatMap { path, operations in
            operations.members.map { ("\($0.name.uppercased()) \(path)", $0.value) }
        }
    }

    @Test(arguments: Door.allCases)
    func everyOperationServedIsDescribedAndNoOther(_ door: Door) throws {
        let described = Set(Self.operations(try Self.document(through: door)).map(\.name))
        let served = Set(API.operations.filter { $0.isServed(by: .v25) }.map(\.name))
        let (missing, tooMany) = (served.subtracting(described).sorted(), described.subtracting(served).sorted())
        #expect(missing == [], "these lack a description: \(missing.joined(separator: ", "))")
        #expect(tooMany == [])
    }

    @Test func anEarlierReleaseLacksWhatItDoesNotServe() throws {
        let described = Set(Self.operations(try Self.document(#"product: "10.5""#)).map(\.name))
        #expect(described == Set(API.operations.filter { $0.since == .v10 }.map(\.name)))
    }

    @Test func theServersAreTheBasePaths() throws {
        let urls = { (document: JSONValue) in document["servers"]?.elements.compactMap { $0["url"]?.text } }
        #expect(urls(try Self.document()) == ["/KeyfactorAPI", "/Keyfactor/API"])
        #expect(urls(try Self.document("basePath: [ /command ]")) == ["/command"])
    }

    @Test func operationIDsAreDifferent() throws {
        let ids = Self.operations(try Self.document()).map { $0.value["operationId"]?.text ?? "" }
        #expect(Set(ids).count == ids.count)
        #expect(ids.contains("getCertificateStoresByIdInventory"))
    }

    @Test func aMemberMayBeNullOrLacking() throws {
        let document = try Self.document()
        let store = document["components"]?["schemas"]?["CertificateStoreResponse"]
        #expect(store?["properties"]?["ContainerId"]?.source == #"{"type":["integer","null"],"format":"int32"}"#)
        #expect(
            store?["properties"]?["InventorySchedule"]?.source
                == ##"{"anyOf":[{"$ref":"#/components/schemas/KeyfactorSchedule"},{"type":"null"}]}"##)
        #expect(store?["required"]?.elements.contains { $0.text == "ContainerId" } == false)
        #expect(store?["additionalProperties"]?.boolean == false)
    }

    /// A server on which jobs have run, so that every list has rows.
    private static func life(_ scenario: String) throws -> Life {
        let life = try Life(
            scenario + """

                estate:
                  claims: [ { type: OAuthRole, value: readers, scheme: Idp, description: Readers } ]
                  roles: [ { name: Readers, claims: [ 1 ], identities: [ 1 ] } ]
                  pamProviders: [ { name: Vault, type: CyberArk, values: [ { parameter: Safe, value: x } ], entries: [ { name: e } ] } ]
                  containers: [ { name: Three, id: 3 } ]
                """)
        _ = try life.run()
        _ = try life.run(#"{"Weekly":{"Days":["Monday"],"Time":"2026-11-22T20:00:00Z"}}"#)
        life.pass(.seconds(3600))
        for list in ["CAHealthRecipients", "CAThresholdRecipients"] {
            _ = try life.mock.post("/CertificateAuthority/AlertRecipients/\(list)", #"{"Emails":["ops@example.com"]}"#)
        }
        return life
    }

    private static let worlds = [
        ("", "the newest release"), (#"product: "10.5""#, "the oldest"), (#"product: "24.4""#, "the one before the newest"),
        ("fidelity: { nulls: omit, enums: numbers }", "as SDKs need it"), ("fidelity: { enums: names }", "enums as names"),
        ("client: kfutil", "containers with texts"), ("client: java-sdk", "as the Java SDK needs it"),
    ]

    @Test(arguments: worlds)
    func everyGetAnswersTheMembersDescribed(_ scenario: String, _ reason: String) throws {
        let mock = try Self.life(scenario).mock
        let product = mock.server.worlds.standard.withState { $0.scenario.product }
        for endpoint in API.operations where endpoint.method == .get && endpoint.isServed(by: product) {
            let reply = try mock.get(try Self.fill(endpoint.path, mock))
            guard let answer = endpoint.returns?(product) else {
                #expect(reply.status == 204, "\(endpoint.name)")
                continue
            }
            #expect(reply.status == 200, "\(endpoint.name): \(reply.body)")
            #expect((reply["X-Total-Count"] != nil) == endpoint.counts, "\(endpoint.name)")
            let objections = answer.objections(to: reply.json, at: endpoint.name, omitsNulls: scenario.contains("omit"))
            #expect(objections == [], "\(objections.joined(separator: "\n"))")
            if reply.json.isArray, !Self.empty.contains(where: { endpoint.path.hasSuffix($0) }) {
                #expect(!reply.json.elements.isEmpty, "\(endpoint.name) has no row to judge")
            }
        }
    }

    /// The lists that are empty in that life.
    private static let empty = [
        "Inventory", "/CertificateStoreContainers", "/Permissions/Collections", "/Permissions/Containers", "/Permissions/PamProviders",
        "/Roles/{id}/Identities", "/Containers/{id}/Roles", "/CSRGeneration/Pending", "/ExternalValidation", "/IdentityAudit/{id}",
        "/History",
    ]

    /// A path with ids of what is there.
    private static func fill(_ path: String, _ mock: Mock) throws -> String {
        if path == "/OrchestratorJobs/JobStatus/Data" { return path + "?jobHistoryId=1" }
        if path.contains("{providerId}") { return path.replacing("{providerId}", with: "1") }
        if path.hasPrefix("/Security/Containers") { return path.replacing("{id}", with: "3") }
        if path == "/PamProviders/Types/{id}" { return "/PamProviders/Types/1" }
        if path.hasSuffix("/Lookup") { return path + "?accountName=x" }
        if path.hasSuffix("/Claims/Roles") { return path + "?ClaimType=OAuthRole&ClaimValue=readers&ProviderAuthenticationScheme=Idp" }
        if path == "/CertificateStoreContainers/{id}" {
            let reply = try mock.post("/CertificateStoreContainers", #"{"Name":"Shelf","Schedule":{"Interval":{"Minutes":60}}}"#)
            return "/CertificateStoreContainers/\(reply.json["Id"]?.integer ?? 0)"
        }
        if let filled = fillCertificates(path, mock) { return filled }
        guard path.contains("{") else { return path }
        let list = path.replacing("/CADetails", with: "").split(separator: "/").prefix { !$0.hasPrefix("{") && $0 != "Name" }.map {
            "/" + $0
        }.joined()
        let row = try #require(try mock.get(list).json.elements.first)
        let id =
            row["AgentId"].flatMap { list == "/Agents" ? $0.text : nil } ?? row["Id"]?.text ?? (row["Id"] ?? row["StoreType"])?.source ?? ""
        return path.replacing("{id}", with: id).replacing("{name}", with: row["ShortName"]?.text ?? "")
    }

    /// A path of certificates or enrollments with what the small estate has; `nil` for any other path.
    private static func fillCertificates(_ path: String, _ mock: Mock) -> String? {
        switch path {
        case "/Certificates/Metadata/Compare": return path + "?certificateId=3&metadataFieldName=Environment&value=Prod"
        case "/CSRGeneration/Pending/{id}":
            _ = try? mock.post("/CSRGeneration/Generate", #"{"Subject":"CN=a","KeyType":"ED25519"}"#)
            return "/CSRGeneration/Pending/1"
        case "/Enrollment/AvailableRenewal/Thumbprint/{thumbprint}":
            return path.replacing("{thumbprint}", with: mock.world.certificates[3]?.thumbprint ?? "")
        case "/Workflow/Certificates/{id}", "/Enrollment/Settings/{id}": return path.replacing("{id}", with: "1")
        case _ where path.hasPrefix("/Certificates/") || path.hasPrefix("/Enrollment/AvailableRenewal/Id"):
            return path.contains("{id}") ? path.replacing("{id}", with: "3") : nil
        default: return nil
        }
    }

    @Test(arguments: [
        (#"{"Id":1,"Name":"x"}"#, [], "as described"),
        (#"{"Id":1,"Name":null}"#, ["PamProvider.Name is null"], "a null where none may be"),
        (#"{"Id":1}"#, ["PamProvider.Name is missing"], "a member left out"),
        (#"{"Id":"1","Name":"x","More":2}"#, ["PamProvider.Id is a string", "PamProvider.More is not described"], "a type and a stranger"),
    ])
    func theCheckerSeesWhatDiffers(_ json: String, _ objections: [String], _ reason: String) throws {
        let schema = Schema.object([.always("Id", .integer), .always("Name", .text)])
        let value = try JSONDocument(Array(json.utf8)).root
        #expect(schema.objections(to: value, at: "PamProvider", omitsNulls: false) == objections)
    }
}
