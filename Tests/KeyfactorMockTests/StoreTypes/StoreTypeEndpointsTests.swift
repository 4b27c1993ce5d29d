import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Entities

struct StoreTypeEndpointsTests {
    private static let path = "/CertificateStoreTypes"

    private static let whole = """
        {"Name":"Web Shelf","ShortName":"WebShelf","Capability":"Shelf","LocalStore":true,"CertificateFormat":1,
        "SupportedOperations":{"Add":true,"Create":false,"Discovery":true,"Enrollment":false,"Remove":true},
        "Properties":[{"Name":"spnwithport","DisplayName":"SPN with port","Type":"Bool","DefaultValue":false,"DependsOn":"","Required":true},
        {"Name":"Secret","Type":2},{"Name":"Kind","Type":"multiplechoice","DefaultValue":"a,b"}],
        "PasswordOptions":{"EntrySupported":true,"StoreRequired":true,"Style":"custom"},"StorePathType":"","StorePathValue":"My",
        "PrivateKeyAllowed":"Required","ServerRequired":true,"PowerShell":true,"BlueprintAllowed":true,"CustomAliasAllowed":1,
        "ServerRegistration":5,"InventoryEndpoint":"/Inventory","InventoryJobTypeId":"00000000-0000-0000-0000-0000000000a1",
        "EntryParameters":[{"Name":"Store","Type":"String","Options":"x","RequiredWhen":{"OnAdd":true,"OnReenrollment":true}}],
        "JobProperties":["one"]}
        """

    @Test(arguments: ["10.5", "25.4"])
    func aTypeIsAnsweredWholeAndFoundAgain(_ product: String) throws {
        let mock = try Mock("product: '\(product)'")
        let reply = try mock.post(Self.path, Self.whole)
        #expect(reply.status == 200)
        #expect(Golden.difference(reply.body + "\n", "Tests/KeyfactorMockTests/Goldens/store-type-\(product).json") == nil)
        #expect(try mock.get("\(Self.path)/102").body == reply.body)
        let named = try mock.get("\(Self.path)/Name/webshelf")
        #expect(named.body == "[\(reply.body)]", "an array of one, by a short name of any case")
        #expect(named["X-Total-Count"] == nil)
    }

    @Test(arguments: Door.allCases)
    func theListIsPagedAndFiltered(_ door: Door) throws {
        let mock = try Mock(through: door)
        let all = try mock.get(Self.path)
        #expect(all["X-Total-Count"] == "13")
        #expect(all.json.elements.map { $0["StoreType"]?.integer } == [0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 100, 101])
        let page = try mock.get("\(Self.path)?QueryString=ShortName%20-startswith%20%22iis%22&ReturnLimit=2&SortField=Name")
        #expect(page.json.elements.map { $0["Name"]?.text } == ["IIS Personal", "IIS Revoked"])
        #expect(page["X-Total-Count"] == "3")
        #expect(try mock.get("\(Self.path)?SortField=Nothing").code == "0xA011004A")
    }

    @Test func enumsAreNumbersWhereAsked() throws {
        let type = try Mock("fidelity: { enums: numbers }").post(Self.path, Self.whole).json
        #expect(type["PrivateKeyAllowed"]?.integer == 2)
        #expect(type["CustomAliasAllowed"]?.integer == 1)
        #expect(type["PasswordOptions"]?["Style"]?.integer == 1)
        #expect(type["Properties"]?.elements.map { $0["Type"]?.integer } == [1, 2, 3])
    }

    @Test func membersWithoutAValueAreLeftOut() throws {
        let type = try Mock().post(Self.path, #"{"Name":"N","ShortName":"S","Properties":[{"Name":"p","Type":"String"}]}"#).json
        for name in [
            "StorePathType", "StorePathValue", "ServerRegistration", "InventoryEndpoint", "ManagementJobType", "EnrollmentJobType",
        ] {
            #expect(type[name] == nil, "\(name)")
        }
        #expect(type["Properties"]?.elements[0]["DependsOn"] == nil)
        #expect(type["Capability"]?.text == "S")
        #expect(type["PrivateKeyAllowed"]?.text == "Forbidden")
        #expect(type["InventoryJobType"]?.guid != nil)
    }

    @Test(arguments: [
        ("25.4", "", "The request body is empty; expected a JSON object.", "nothing"),
        ("25.4", #"{"ShortName":"S"}"#, "Name: expected at least one character, found nothing.", "no name"),
        ("25.4", #"{"Name":"","ShortName":"S"}"#, "Name: expected at least one character, found ''.", "an empty name"),
        ("25.4", #"{"Name":"N","ShortName":5}"#, "ShortName: expected a string, found a number.", "a number"),
        (
            "10.5", #"{"Name":"N","ShortName":"elevenchars"}"#, "ShortName: expected at most 10 characters in Command 10.5, found 11.",
            "10.x"
        ),
        (
            "25.4", #"{"Name":"N","ShortName":"pem"}"#,
            "Certificate Store Type with either short name  'pem' or name 'N' already exists.", "a short name taken"
        ),
        (
            "25.4", #"{"Name":"pem file","ShortName":"S"}"#,
            "Certificate Store Type with either short name  'S' or name 'pem file' already exists.", "a name taken"
        ),
        (
            "25.4", #"{"Name":"N","ShortName":"S","PrivateKeyAllowed":"Maybe"}"#,
            "PrivateKeyAllowed: expected one of Forbidden (0), Optional (1), Required (2), found 'Maybe'.", "no such word"
        ),
        (
            "25.4", #"{"Name":"N","ShortName":"S","SupportedOperations":{"Add":"yes"}}"#,
            "SupportedOperations.Add: expected true or false, found 'yes'.", "no boolean"
        ),
        ("25.4", #"{"Name":"N","ShortName":"S","Properties":{}}"#, "Properties: expected an array, found an object.", "no array"),
        (
            "25.4", #"{"Name":"N","ShortName":"S","Properties":[{"Name":"a"},{"Name":"a"}]}"#,
            "Properties[1].Name: expected a name of its own, found 'a' twice.", "two of one name"
        ),
        (
            "25.4", #"{"Name":"N","ShortName":"S","EntryParameters":[{"Name":"a","Type":9}]}"#,
            "EntryParameters[0].Type: expected one of String (0), Bool (1), Secret (2), MultipleChoice (3), found 9.", "no such number"
        ),
        (
            "25.4", #"{"Name":"N","ShortName":"S","InventoryJobTypeId":"x"}"#,
            "InventoryJobTypeId: expected a GUID such as 00000000-0000-0000-0000-000000000000, found 'x'.", "no GUID"
        ),
    ])
    func aWrongTypeIsRefused(_ product: String, _ body: String, _ message: String, _ reason: String) throws {
        let mock = try Mock("product: '\(product)'")
        let reply = try mock.post(Self.path, body)
        #expect(reply.status == 400)
        #expect(reply.message == message)
        #expect(try mock.get(Self.path)["X-Total-Count"] == "13", "nothing changed")
        #expect(try mock.post(Self.path, #"{"Name":"N","ShortName":"S"}"#).json["StoreType"]?.integer == 102, "no number is lost")
    }

    @Test func aShortNameMayHave64CharactersLater() throws {
        let name = String(repeating: "s", count: 64)
        #expect(try Mock().post(Self.path, #"{"Name":"N","ShortName":"\#(name)"}"#).status == 200)
        let reply = try Mock().post(Self.path, #"{"Name":"N","ShortName":"\#(name)s"}"#)
        #expect(reply.message == "ShortName: expected at most 64 characters in Command 25.4, found 65.")
    }

    @Test func unknownMembersAreRefusedWhereAsked() throws {
        let body = #"{"Name":"N","ShortName":"S","Properties":[{"Name":"a","IsPAMEligible":true}]}"#
        #expect(try Mock().post(Self.path, body).status == 200)
        let reply = try Mock("fidelity: { unknownMembers: refuse }").post(Self.path, body)
        #expect(reply.message?.hasPrefix("Properties[0].IsPAMEligible: unknown member; expected one of Id, StoreTypeId, Name") == true)
    }

    @Test func anUpdateReplacesWhatItsModelHas() throws {
        let mock = try Mock()
        let before = try mock.post(Self.path, Self.whole).json
        let reply = try mock.send(.put, Self.path, body: #"{"StoreType":102,"Name":"Other","ShortName":"webshelf"}"#)
        #expect(reply.status == 200)
        #expect(reply.json["Name"]?.text == "Other")
        #expect(reply.json["Capability"]?.text == "Shelf", "a capability stays unless another is given")
        #expect(reply.json["Properties"]?.elements.isEmpty == true)
        #expect(reply.json["ServerRegistration"]?.integer == 5, "what the update model lacks stays")
        #expect(reply.json["InventoryJobType"]?.guid == before["InventoryJobType"]?.guid)
        #expect(try mock.get("\(Self.path)/102").body == reply.body)
    }

    @Test(arguments: [
        (#"{"Name":"N","ShortName":"S"}"#, 400, "StoreType: expected the number of a store type, found nothing.", "no number"),
        (
            #"{"StoreType":77,"Name":"N","ShortName":"S"}"#, 404, "The certificate store type with StoreType '77' does not exist.",
            "unknown"
        ),
        (
            #"{"StoreType":2,"Name":"N","ShortName":"IIS"}"#, 400,
            "Certificate Store Type with either short name  'IIS' or name 'N' already exists.", "taken"
        ),
    ])
    func aWrongUpdateIsRefused(_ body: String, _ status: Int, _ message: String, _ reason: String) throws {
        let mock = try Mock()
        let before = try mock.get(Self.path).body
        let reply = try mock.send(.put, Self.path, body: body)
        #expect(reply.status == status)
        #expect(reply.message == message)
        #expect(try mock.get(Self.path).body == before)
    }

    @Test(arguments: [
        ("77", "vendor", 404, "The certificate store type with StoreType '77' does not exist."),
        ("77", "400", 400, "The certificate store type with StoreType '77' does not exist."),
        ("x", "vendor", 400, "id: expected a whole number, found 'x'."),
        ("Name/nothing", "vendor", 404, "The certificate store type with ShortName 'nothing' does not exist."),
    ])
    func anUnknownTypeIsRefused(_ id: String, _ value: String, _ status: Int, _ message: String) throws {
        let reply = try Mock("fidelity: { unknownIds: '\(value)' }").get("\(Self.path)/\(id)")
        #expect(reply.status == status)
        #expect(reply.message == message)
    }

    // MARK: Deleting

    @Test func aTypeThatIsUsedIsNotDeleted() throws {
        let mock = try Mock(
            """
            estate:
              containers: [ { name: Keys, storeType: FTP } ]
              storeTypes: [ { shortName: Own } ]
              certificateStores: [ { machine: m, path: /m, type: Own, agent: uo-1 } ]
            """)
        let byStore = try mock.send(.delete, "\(Self.path)/102")
        #expect(byStore.status == 400)
        #expect(byStore.code == "0xA0110029")
        #expect(byStore.message == "The certificate store type 'Own' is used by 1 certificate store and cannot be deleted.")
        let byContainer = try mock.send(.delete, "\(Self.path)/101").message
        #expect(byContainer == "The certificate store type 'FTP' is used by the container 'Keys' and cannot be deleted.")
        #expect(try mock.send(.delete, "\(Self.path)/2").message == "The certificate store type 'PEM' is built in and cannot be deleted.")
        #expect(try mock.get(Self.path)["X-Total-Count"] == "14")
        #expect(try mock.send(.delete, "\(Self.path)/77").status == 404)
    }

    @Test func aNumberIsNotGivenTwice() throws {
        let mock = try Mock()
        _ = try mock.post(Self.path, #"{"Name":"N","ShortName":"S"}"#)
        let reply = try mock.send(.delete, "\(Self.path)/102")
        #expect(reply.status == 204)
        #expect(reply.body.isEmpty)
        #expect(try mock.get("\(Self.path)/102").status == 404)
        #expect(try mock.post(Self.path, #"{"Name":"N","ShortName":"S"}"#).json["StoreType"]?.integer == 103)
    }

    @Test(arguments: [
        ("[101,2,77,100]", 204, nil as String?, 11, "what is used or unknown is passed over"),
        ("[]", 400, "The request body: expected at least one store type's number, found none.", 13, "none"),
        ("[101,\"two\"]", 400, "[1]: expected a whole number, found 'two'.", 13, "no number"),
        ("[101,\"2\"]", 204, nil, 12, "a number as a text; type 2 is used"),
        ("{}", 400, "The request body is an object; expected a JSON array of store types' numbers.", 13, "no array"),
        ("", 400, "The request body is empty; expected a JSON array of store types' numbers.", 13, "nothing"),
    ])
    func manyAreDeletedAtOnce(_ body: String, _ status: Int, _ message: String?, _ left: Int, _ reason: String) throws {
        let mock = try Mock()
        let reply = try mock.send(.delete, Self.path, body: body)
        #expect(reply.status == status)
        #expect(reply.message == message)
        #expect(mock.world.storeTypes.count == left)
    }

    // MARK: Permissions and scenarios

    @Test func readingTypesNeedsAnyContainerAndWritingNeedsAll() throws {
        let mock = try Mock(
            """
            auth:
              mode: basic
              users:
                - { name: three, password: p, permissions: [ /certificate_stores/read/3/, /certificate_stores/modify/3/ ] }
                - { name: all, password: p, permissions: [ /certificate_stores/modify/ ] }
            """)
        let (three, all) = (CertificateStoreEndpointsTests.headers("three"), CertificateStoreEndpointsTests.headers("all"))
        #expect(try mock.send(.get, Self.path, headers: three).status == 200)
        #expect(try mock.send(.post, Self.path, headers: three, body: Self.whole).status == 403)
        #expect(try mock.send(.get, Self.path, headers: all).status == 403)
        #expect(try mock.send(.post, Self.path, headers: all, body: Self.whole).status == 200)
    }

    @Test func aScenarioDescribesTypes() throws {
        let mock = try Mock(
            """
            estate:
              storeTypes:
                - shortName: Shelf
                  privateKey: Required
                  customAlias: Optional
                  passwordOptions: { storeRequired: true, style: Custom }
                  properties: [ { name: Kind, type: MultipleChoice, default: "a,b", required: true }, { name: Port } ]
            """)
        let type = try mock.get("\(Self.path)/Name/Shelf").json.elements[0]
        #expect(type["PrivateKeyAllowed"]?.text == "Required")
        #expect(type["CustomAliasAllowed"]?.text == "Optional")
        #expect(type["PasswordOptions"]?["Style"]?.text == "Custom")
        #expect(type["PasswordOptions"]?["StoreRequired"]?.boolean == true)
        #expect(type["Properties"]?.elements.map { $0["Type"]?.text } == ["MultipleChoice", "String"])
        #expect(type["Properties"]?.elements[0]["ValidationOptions"]?["OnCreation"]?.integer == 1)
        #expect(type["Properties"]?.elements[1]["DisplayName"]?.text == "Port")
        #expect(try mock.get("/CertificateStores?QueryString=PrivateKeyAllowed%20-eq%20Optional")["X-Total-Count"] == "1")
        #expect(try mock.get("/CertificateStores?QueryString=PrivateKeyAllowed%20-eq%202")["X-Total-Count"] == "0")
    }
}
