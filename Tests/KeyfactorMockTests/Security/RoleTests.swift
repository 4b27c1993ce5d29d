import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Entities
@testable import Model
@testable import Security

struct RoleTests {
    private static let global = "7d4ba64e-ff39-4168-930f-65c367f25c8c"
    private static let two = [("x-keyfactor-requested-with", "APIClient"), ("x-keyfactor-api-version", "2")]

    @Test(arguments: Door.allCases)
    func theFirstVersionHasWordsAndIdentities(_ door: Door) throws {
        let reply = try Mock(through: door).get("/Security/Roles/2")
        #expect(
            reply.body
                == #"{"Id":2,"Description":"May read certificates.","EmailAddress":null,"Enabled":true,"Immutable":false,"Valid":true,"#
                + #""Private":false,"PermissionSetId":"7d4ba64e-ff39-4168-930f-65c367f25c8c","Identities":[],"Name":"Certificate Readers","#
                + #""Permissions":["Certificates:Read"]}"#)
        #expect(reply["Api-Supported-Versions"] == "1.0, 2")
    }

    @Test(arguments: Door.allCases)
    func theSecondVersionHasPathsAndClaims(_ door: Door) throws {
        let reply = try Mock(through: door).send(.get, "/Security/Roles/2", headers: Self.two)
        #expect(
            reply.body
                == #"{"Id":2,"Name":"Certificate Readers","Description":"May read certificates.","EmailAddress":null,"#
                + #""Immutable":false,"PermissionSetId":"7d4ba64e-ff39-4168-930f-65c367f25c8c","Permissions":["/certificates/collections/read/"],"Claims":[]}"#
        )
        #expect(reply["Api-Supported-Versions"] == "1.0, 2")
    }

    @Test func aRowOfTheSecondVersionHasTheNumberOfClaims() throws {
        let mock = try Mock(
            "estate: { claims: [ { type: OAuthRole, value: v, scheme: Idp } ], roles: [ { name: Certificate Owners, claims: [ 1 ] } ] }")
        let rows = try mock.send(.get, "/Security/Roles?QueryString=Id%20-eq%203", headers: Self.two)
        #expect(
            rows.body
                == #"[{"Id":3,"Name":"Certificate Owners","EmailAddress":null,"Immutable":false,"#
                + #""PermissionSetId":"7d4ba64e-ff39-4168-930f-65c367f25c8c","ClaimsCount":1}]"#)
    }

    @Test func releaseTenHasTheFirstVersionAlone() throws {
        let reply = try Mock("product: \"10.5\"").send(.get, "/Security/Roles/2", headers: Self.two)
        #expect(reply["Api-Supported-Versions"] == "1.0")
        #expect(reply.json["Permissions"]?.source == #"["Certificates:Read"]"#)
    }

    @Test func anUnknownRoleIsRefusedInTheRecordedWords() throws {
        let reply = try Mock().get("/Security/Roles/999999")
        #expect(reply.status == 404)
        #expect(reply.message == "Unable to find 'Security Role' with Id '999999'")
    }

    @Test(arguments: [
        (#"name -eq "Certificate Owners""#, [3]), (#"Name -contains "certificate""#, [2, 3]), ("Immutable -eq true", [1]),
        ("Id -eq 2", [2]),
    ])
    func theListIsFiltered(_ query: String, _ ids: [Int]) throws {
        let query = query.replacing(" ", with: "%20").replacing("\"", with: "%22")
        let reply = try Mock().get("/Security/Roles?QueryString=\(query)")
        #expect(reply.json.elements.compactMap { $0["Id"]?.integer } == ids)
        #expect(reply["X-Total-Count"] == "\(ids.count)")
    }

    @Test func theAdministratorIsShownWithAllPermissions() throws {
        let mock = try Mock()
        #expect(try mock.get("/Security/Roles/1").json["Permissions"]?.elements.contains { $0.text == "AgentManagement:Modify" } == true)
        let paths = try mock.send(.get, "/Security/Roles/1", headers: Self.two).json["Permissions"]?.elements.compactMap(\.text)
        #expect(paths == Permission.allCases.map(\.rawValue))
    }

    @Test(arguments: [
        ("Certificates:Read", "/certificates/collections/read/", "Certificates:Read"),
        ("agentmanagement: read", "/agents/management/read/", "AgentManagement:Read"), ("API:Read", "API:Read", "API:Read"),
        ("/pam/read", "/pam/read/", "PrivilegedAccessManagement:Read"), ("/other/read/", "/other/read/", "/other/read/"),
    ])
    func aPermissionIsTakenByWordOrPath(_ sent: String, _ path: String, _ word: String) throws {
        let mock = try Mock()
        let made = try mock.post("/Security/Roles", #"{"Name":"New","Description":"d","Permissions":["\#(sent)"]}"#)
        #expect(made.json["Permissions"]?.elements.map(\.text) == [word])
        #expect(try mock.send(.get, "/Security/Roles/4", headers: Self.two).json["Permissions"]?.elements.map(\.text) == [path])
    }

    @Test func aRoleOfTheSecondVersionMakesItsClaims() throws {
        let mock = try Mock()
        let body = #"""
            {"Name":"Ops","Description":"d","EmailAddress":"ops@example.com","PermissionSetId":"7d4ba64e-ff39-4168-930f-65c367f25c8c","Permissions":["/certificate_stores/read/7/"],
             "Claims":[{"ClaimType":"OAuthRole","ClaimValue":"ops","ProviderAuthenticationScheme":"Idp","Description":"the ops"}]}
            """#
        let made = try mock.send(.post, "/Security/Roles", headers: Self.two, body: body)
        #expect(made.json["Claims"]?.elements.map { $0["ClaimType"]?.text } == ["OAuthRole"])
        #expect(try mock.get("/Security/Claims/1").json["Description"]?.text == "the ops")
        #expect(try mock.get("/Security/Roles/4").json["Permissions"]?.source == "[]", "what is for one container has no word")
        _ = try mock.send(.post, "/Security/Roles", headers: Self.two, body: body.replacing("Ops", with: "Others"))
        #expect(mock.world.security.claims.count == 1, "the same claim is not made twice")
    }

    @Test func aPutReplacesAndKeepsWhatItsVersionCannotSay() throws {
        let mock = try Mock()
        let claims = #""Claims":[{"ClaimType":4,"ClaimValue":"v","ProviderAuthenticationScheme":"Idp"}]"#
        _ = try mock.send(
            .put, "/Security/Roles", headers: Self.two,
            body:
                #"{"Id":2,"Name":"A","Description":"d","EmailAddress":"a@b.example","PermissionSetId":"\#(Self.global)","Permissions":["/certificate_stores/read/7/"],\#(claims)}"#
        )
        let first = try mock.send(
            .put, "/Security/Roles", body: #"{"Id":2,"Name":"B","Description":"d","Identities":[{"AccountName":"example\\GUEST"}]}"#)
        #expect(first.json["Identities"]?.elements.map { $0["AccountName"]?.text } == ["EXAMPLE\\guest"])
        let second = try mock.send(
            .put, "/Security/Roles", headers: Self.two, body: #"{"Id":2,"Name":"C","Description":"","PermissionSetId":"\#(Self.global)"}"#)
        #expect(second.json["Claims"]?.source == "[]")
        #expect(second.json["Permissions"]?.source == "[]")
        #expect(mock.world.security.roles[2]?.identities == [1])
    }

    @Test(arguments: [
        ("POST", #"{"Description":"d"}"#, "Name: expected at least one character, found nothing."),
        ("POST", #"{"Name":"x"}"#, "Description: expected a description, found nothing."),
        ("POST", #"{"Name":"certificate readers","Description":"d"}"#, "Name: a security role 'certificate readers' exists already."),
        (
            "POST", #"{"Name":"x","Description":"d","Permissions":["read"]}"#,
            "Permissions[0]: expected a permission such as /certificates/collections/read/ or Certificates:Read, found 'read'."
        ),
        (
            "POST", #"{"Name":"x","Description":"d","Identities":[{"AccountName":"nobody"}]}"#,
            "Identities[0].AccountName: expected the AccountName of an identity, found 'nobody'."
        ),
        (
            "POST", #"{"Name":"x","Description":"d","PermissionSetId":"11111111-1111-4111-8111-111111111111"}"#,
            "Unable to find 'Permission Set' with Id '11111111-1111-4111-8111-111111111111'"
        ),
        ("POST", #"{"Name":"x","Description":""}"#, "Description: expected a description, found an empty string."),
        ("PUT", #"{"Name":"x","Description":"d"}"#, "Id: expected the id of a role, found nothing."),
        ("PUT", #"{"Id":9,"Name":"x","Description":"d"}"#, "Unable to find 'Security Role' with Id '9'"),
        (
            "PUT", #"{"Id":1,"Name":"Administrator","Description":"d"}"#,
            "The security role 'Administrator' is immutable: only its identities and claims can be changed."
        ),
    ])
    func whatIsWrongIsRefused(_ method: String, _ body: String, _ message: String) throws {
        let mock = try Mock()
        let reply = try mock.send(method == "PUT" ? .put : .post, "/Security/Roles", body: body)
        #expect(reply.message == message)
        #expect(mock.world.security.roles.count == 3)
    }

    @Test(arguments: [
        (#"{"Name":"x","Description":""}"#, "PermissionSetId: expected the id of a permission set, found nothing."),
        (
            "{\"Name\":\"\(String(repeating: "x", count: 129))\",\"Description\":\"\"}",
            "Name: expected at most 128 characters, found 129."
        ),
    ])
    func whatTheSecondVersionAsksForMustBeThere(_ body: String, _ message: String) throws {
        #expect(try Mock().send(.post, "/Security/Roles", headers: Self.two, body: body).message == message)
    }

    @Test(arguments: [("24.4", false), ("25.4", true)])
    func theFirstVersionTakesAnAddressSince25(_ product: String, _ isTaken: Bool) throws {
        let body = #"{"Name":"x","Description":"d","EmailAddress":"a@b.example"}"#
        let made = try Mock("product: \"\(product)\"").post("/Security/Roles", body)
        #expect(made.json["EmailAddress"]?.text == (isTaken ? "a@b.example" : nil))
    }

    @Test func theAdministratorTakesWhatItShowsAndNewIdentities() throws {
        let mock = try Mock()
        let shown = try mock.get("/Security/Roles/1").body
        let given = shown.replacing(#""Identities":[]"#, with: #""Identities":[{"AccountName":"EXAMPLE\\guest"}]"#)
        let reply = try mock.send(.put, "/Security/Roles", body: given)
        #expect(reply.status == 200, "\(reply.body)")
        #expect(mock.world.security.roles[1]?.identities == [1])
        #expect(try mock.send(.delete, "/Security/Roles/1").status == 400)
    }

    @Test func anIdIsNotGivenTwice() throws {
        let mock = try Mock()
        #expect(try mock.send(.delete, "/Security/Roles/3").status == 204)
        #expect(try mock.post("/Security/Roles/2/Copy", #"{"Name":"Copy"}"#).json["Id"]?.integer == 4)
        #expect(mock.world.security.roles[4]?.permissions == ["/certificates/collections/read/"])
    }

    @Test func identitiesAreSetById() throws {
        let mock = try Mock()
        #expect(try mock.send(.put, "/Security/Roles/2/Identities", body: #"{"Ids":[1,1]}"#).body == #"[{"Id":1,"Name":"EXAMPLE\\guest"}]"#)
        #expect(try mock.send(.put, "/Security/Roles/2/Identities", body: #"{"Ids":[7]}"#).status == 404)
        #expect(try mock.get("/Security/Roles/2/Identities").json.elements.count == 1)
        #expect(try mock.send(.put, "/Security/Roles/2/Identities", body: #"{"Ids":[]}"#).body == "[]")
    }

    @Test func permissionsArePartsOfOneList() throws {
        let mock = try Mock("estate: { containers: [ { name: Web, id: 3 } ], pamProviders: [ { name: Vault } ] }")
        let path = "/Security/Roles/2/Permissions"
        let more = try mock.post(path + "/Global", #"[{"Area":"API","Permission":"Read"}]"#)
        #expect(more.body == #"[{"Area":"Certificates","Permission":"Read"},{"Area":"API","Permission":"Read"}]"#)
        let containers = try mock.send(
            .put, path + "/Containers", body: #"[{"ContainerId":3,"Permission":"Read"},{"ContainerId":3,"Permission":"Schedule"}]"#)
        #expect(
            containers.body
                == #"[{"ContainerId":3,"Name":"Web","Permission":"Read"},{"ContainerId":3,"Name":"Web","Permission":"Schedule"}]"#)
        _ = try mock.send(.put, path + "/Collections", body: #"[{"CollectionId":5,"Permission":"Read"}]"#)
        _ = try mock.send(.put, path + "/PamProviders", body: #"[{"PamProviderId":1,"Permissions":["Read"]}]"#)
        #expect(
            try mock.get(path).json.elements.map { $0["Type"]?.text } == [
                "Global", "Global", "Containers", "Containers", "Collections", "PamProviders",
            ])
        #expect(try mock.send(.put, path + "/Global", body: "[]").body == "[]")
        #expect(
            mock.world.security.roles[2]?.permissions == [
                "/certificate_stores/read/3/", "/certificate_stores/schedule/3/", "/certificates/collections/read/5/", "/pam/read/1/",
            ])
        #expect(try mock.get(path + "/PamProviders").body == #"[{"PamProviderId":1,"Name":"Vault","Permissions":["Read"]}]"#)
        #expect(try mock.get(path + "/Collections").body == #"[{"CollectionId":5,"Name":null,"Permission":"Read"}]"#)
        #expect(try mock.post(path + "/Containers", #"[{"ContainerId":9,"Permission":"Read"}]"#).status == 404)
        #expect(try mock.send(.put, "/Security/Roles/1/Permissions/Global", body: "[]").status == 400)
        #expect(
            try mock.send(.put, path + "/Global", body: "{}").message == "The request body is an object; expected a JSON array of objects.")
    }

    @Test func aContainerHasTheRolesThatGrantSomethingForIt() throws {
        let mock = try Mock("estate: { containers: [ { name: Web, id: 3 } ] }")
        let path = "/Security/Containers/3/Roles"
        #expect(try mock.get(path).body == "[]")
        let given = try mock.post(path, #"[{"SecurityRoleId":2,"Permissions":["Read","Modify"]}]"#)
        #expect(given.body == #"[{"SecurityRoleId":2,"Name":"Certificate Readers","Permissions":["Read","Modify"]}]"#)
        #expect(try mock.post(path, #"[{"SecurityRoleId":2,"Permissions":[]}]"#).body == "[]")
        #expect(try mock.post(path, #"[{"SecurityRoleId":1,"Permissions":["Read"]}]"#).status == 400)
        #expect(try mock.get("/Security/Containers/4/Roles").status == 404)
    }
}
