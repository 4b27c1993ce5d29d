import TestSupport
import Testing

@testable import Base
@testable import Entities
@testable import Model
@testable import Orchestrators
@testable import Stores

/// Places that said a member differently, before it was said once.
struct DriftTests {
    private static func schema(_ model: String, _ product: String) throws -> JSONValue? {
        try Mock("product: \"\(product)\"").get("/_mock/openapi.json").json["components"]?["schemas"]?[model]?["properties"]
    }

    @Test(arguments: [("10.5", false), ("11.6", false), ("12.3", false), ("24.4", false), ("25.4", true)])
    func approvalsAreDescribedWithAScheduleByTheReleasesThatReadOne(_ product: String, _ has: Bool) throws {
        let members = try #require(try Self.schema("CertificateStoreApproveRequest", product))
        #expect((members["InventorySchedule"] != nil) == has)
        let mock = try Mock(
            "product: \"\(product)\"\nestate: { certificateStores: [ { machine: f, path: /f, agent: uo-1, approved: false } ] }")
        let reply = try mock.post(
            "/CertificateStores/Approve", #"[{"Id":"\#(mock.store("f"))","InventorySchedule":{"Interval":{"Minutes":5}}}]"#)
        #expect(reply.status == 204)
        #expect((mock.world.stores.all.first { $0.machine == "f" }?.schedule != nil) == has)
    }

    @Test(arguments: [
        ("/CertificateStoreContainers", #"{"Id":7,"Name":"n"}"#, "Id"), ("/JobTypes/Custom", #"{"Id":"x","JobTypeName":"n"}"#, "Id"),
        ("/CertificateStoreTypes", #"{"StoreType":7,"Name":"n","ShortName":"n"}"#, "StoreType"),
        ("/CertificateStores", #"{"Id":"x","ClientMachine":"m"}"#, "Id"),
    ])
    func aCreationTakesNoMemberThatItsSchemaForbids(_ path: String, _ body: String, _ member: String) throws {
        let reply = try Mock("fidelity: { unknownMembers: refuse }").post(path, body)
        #expect(reply.status == 400)
        #expect(reply.message?.hasPrefix("\(member): unknown member; expected one of ") == true)
    }

    @Test func agentStatesAreSaidOnce() throws {
        for status in Agent.Status.allCases {
            let query = "/Agents?QueryString=Status%20-eq%20\(status.name)%20OR%20Status%20-eq%20\(status.rawValue)"
            #expect(try Mock().get(query).json.elements.allSatisfy { $0["Status"]?.integer == status.rawValue })
        }
    }

    /// Every member that a reader takes is one that the schema describes, and the other way round.
    @Test(arguments: ProductVersion.allCases)
    func readersAndSchemasKnowTheSameMembers(_ product: ProductVersion) throws {
        var fidelity = Fidelity()
        fidelity.unknownMembers = .refuse
        let forms: [(Forms, (JSONValue, Reading) throws -> Void, Schema)] = [.create, .update, .approve].flatMap { form in
            [
                (
                    form,
                    {
                        var draft = CertificateStore.Draft(); try CertificateStore.model.read($0, $1, into: &draft)
                    },
                    CertificateStore.model.schema(product, form)
                ),
                (
                    form,
                    {
                        var draft = Container.Draft(); try Container.model.read($0, $1, into: &draft)
                    },
                    Container.model.schema(product, form)
                ),
                (
                    form,
                    {
                        var draft = StoreType.model.blank(); try StoreType.model.read($0, $1, into: &draft)
                    },
                    StoreType.model.schema(product, form)
                ),
                (
                    form,
                    {
                        var draft = JobType.model.blank(); try JobType.model.read($0, $1, into: &draft)
                    },
                    JobType.model.schema(product, form)
                ),
            ]
        }
        for (form, read, schema) in forms {
            guard case .model(_, .object(let members)) = schema else { continue }
            for member in members {
                let body = try JSONDocument(Array("{\"\(member.name)\":null}".utf8)).root
                do { try read(body, Reading(form: form, product: product, fidelity: fidelity)) } catch let error as Refusal {
                    #expect(!error.message.contains("unknown member"), "\(member.name) of \(form)")
                }
            }
        }
    }
}
