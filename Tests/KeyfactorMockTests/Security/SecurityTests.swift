import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Entities
@testable import Model
@testable import ScenarioFormat
@testable import Security
@testable import Worlds

/// Identities, claims, permission sets, and what a caller has by its roles.
struct SecurityTests {
    @Test func anIdentityIsMadeShownAndDeleted() throws {
        let mock = try Mock()
        let made = try mock.post("/Security/Identities", #"{"AccountName":"EXAMPLE\\ops"}"#)
        #expect(made.body == #"{"Id":2,"AccountName":"EXAMPLE\\ops","IdentityType":"User","Roles":[],"Valid":true}"#)
        _ = try mock.send(.put, "/Security/Roles/2/Identities", body: #"{"Ids":[2]}"#)
        let list = try mock.get("/Security/Identities")
        #expect(list["X-Total-Count"] == "2")
        let role = list.json.elements[1]["Roles"]?.elements.first
        #expect(role?["Name"]?.text == "Certificate Readers")
        #expect(role?["PermissionSetId"]?.text == GUID.empty.text)
        #expect(
            try mock.get("/Security/Identities/2").json["SecuredAreaPermissions"]?.source
                == #"[{"Permission":"/certificates/collections/read/","GrantedByRoles":["Certificate Readers"]}]"#)
        #expect(try mock.send(.delete, "/Security/Identities/2").status == 204)
        #expect(mock.world.security.roles[2]?.identities == [])
        #expect(try mock.get("/Security/Identities/2").message == "Unable to find 'Security Identity' with Id '2'")
    }

    @Test(arguments: [
        ("{}", "AccountName: expected an account such as DOMAIN\\user, found nothing."),
        (#"{"AccountName":"example\\Guest"}"#, "AccountName: a security identity 'example\\Guest' exists already."),
    ])
    func anIdentityIsRefused(_ body: String, _ message: String) throws {
        #expect(try Mock().post("/Security/Identities", body).message == message)
    }

    @Test(arguments: [("EXAMPLE%5Cx", true), ("guest", false), ("x@example.com", true)])
    func anAccountIsLookedUp(_ account: String, _ isValid: Bool) throws {
        #expect(try Mock().get("/Security/Identities/Lookup?accountName=\(account)").body == "{\"Valid\":\(isValid)}")
    }

    @Test func aClaimsTypeIsANumberInAndANameOut() throws {
        let mock = try Mock()
        let body = #"{"ClaimType":5,"ClaimValue":"abc","Description":"d","ProviderAuthenticationScheme":"Idp"}"#
        let made = try mock.post("/Security/Claims", body)
        let provider =
            #"{"Id":"\#(mock.world.identifiers.fixed(.security, "identity provider Idp").text)","AuthenticationScheme":"Idp","DisplayName":"Idp"}"#
        #expect(made.body == #"{"Id":1,"Description":"d","ClaimType":"OAuthSubject","ClaimValue":"abc","Provider":\#(provider)}"#)
        #expect(try mock.post("/Security/Claims", body).message == "ClaimValue: a claim 'abc' exists already.")
        #expect(try mock.send(.put, "/Security/Claims", body: #"{"Id":1,"Description":"e"}"#).json["Description"]?.text == "e")
        let query = "/Security/Claims?QueryString=ClaimType%20-eq%20%22OAuthSubject%22%20AND%20ClaimValue%20-eq%20%22ABC%22"
        #expect(try mock.get(query).json.elements.count == 1)
        #expect(try mock.get("/Security/Claims/Roles?ClaimType=5&ClaimValue=abc&ProviderAuthenticationScheme=Idp").body == "[]")
        #expect(try mock.send(.delete, "/Security/Claims/1").status == 204)
        #expect(try mock.get("/Security/Claims/1").message == "Unable to find 'Claim' with Id '1'")
    }

    @Test(arguments: [
        ("{}", "Description: expected a description, found nothing."),
        (
            #"{"ClaimType":9,"ClaimValue":"a","Description":"d","ProviderAuthenticationScheme":"I"}"#,
            "ClaimType: expected one of User (0), Group (1), Computer (2), OAuthOid (3), OAuthRole (4), OAuthSubject (5), OAuthClientId (6), found 9."
        ),
    ])
    func aClaimIsRefused(_ body: String, _ message: String) throws {
        #expect(try Mock().post("/Security/Claims", body).message == message)
    }

    @Test(arguments: ["?ClaimType=5", "?ClaimType=x&ClaimValue=a&ProviderAuthenticationScheme=b", ""])
    func theRolesOfAClaimNeedAllOfIt(_ query: String) throws {
        #expect(try Mock().get("/Security/Claims/Roles" + query).status == 400)
    }

    @Test func permissionSetsComeAndGo() throws {
        let mock = try Mock()
        let made = try mock.post("/PermissionSets", #"{"Name":"Web","Permissions":["/certificate_stores/read","API:Read"]}"#)
        let id = try #require(made.json["Id"]?.text)
        #expect(made.json["Permissions"]?.source == #"["/certificate_stores/read/","API:Read"]"#)
        #expect(try mock.get("/PermissionSets").json.elements.map { $0["Name"]?.text } == ["Global", "Web"])
        #expect(try mock.send(.put, "/PermissionSets", body: #"{"Id":"\#(id)","Permissions":[]}"#).json["Permissions"]?.source == "[]")
        #expect(try mock.post("/PermissionSets", #"{"Name":"web","Permissions":[]}"#).status == 400)
        _ = try mock.send(.put, "/Security/Roles", body: #"{"Id":2,"Name":"R","Description":"d","PermissionSetId":"\#(id)"}"#)
        #expect(
            try mock.send(.delete, "/PermissionSets/\(id)").message
                == "The permission set 'Web' is used by the security role 'R' and cannot be deleted.")
        _ = try mock.send(.delete, "/Security/Roles/2")
        #expect(try mock.send(.delete, "/PermissionSets/\(id)").status == 204)
        #expect(try mock.get("/PermissionSets/\(id)").status == 404)
    }

    @Test func aCallersRolesCountAsTheyAreInTheEstate() throws {
        let mock = try Mock(
            """
            auth: { mode: basic, users: [ { name: reader, password: p, roles: [ Agents ] }, { name: both, password: p, roles: [ Agents ], permissions: [ /security/ ] } ] }
            estate: { roles: [ { name: Agents, permissions: [ /agents/management/read/ ] } ] }
            """)
        let headers = { (user: String) in
            [
                ("x-keyfactor-requested-with", "APIClient"),
                ("Authorization", "Basic " + (user == "reader" ? "cmVhZGVyOnA=" : "Ym90aDpw")),
            ]
        }
        #expect(try mock.send(.get, "/Agents", headers: headers("reader")).status == 200)
        #expect(try mock.send(.get, "/Security/Roles", headers: headers("reader")).status == 403)
        #expect(
            try mock.send(.get, "/Security/My", headers: headers("reader")).body
                == #"{"Roles":["Agents"],"GlobalPermissions":[{"Area":"AgentManagement","Permission":"Read"}]}"#)
        let change = #"{"Id":4,"Name":"Agents","Description":"d","Enabled":false,"Permissions":["AgentManagement:Read"]}"#
        #expect(try mock.send(.put, "/Security/Roles", headers: headers("both"), body: change).status == 200)
        #expect(try mock.send(.get, "/Agents", headers: headers("reader")).status == 403, "a role that is off grants nothing")
        #expect(try mock.send(.get, "/PermissionSets/My", headers: headers("reader")).json.elements.count == 1)
    }

    @Test(arguments: [
        ("roles: [ { name: A, identities: [ 9 ] } ]", "there is no identity with the id 9"),
        ("roles: [ { name: A, claims: [ 9 ] } ]", "there is no claim with the id 9"),
        ("roles: [ { name: A, permissionSet: Nope } ]", "there is no permission set 'Nope'"),
        ("roles: [ { name: A, id: 2 } ]", "the id of each role is given once, and this one has another, or another has it"),
        ("pamProviders: [ { name: A, type: Nope } ]", "there is no type of PAM providers 'Nope'"),
        (
            "pamProviders: [ { name: A, type: CyberArk, values: [ { parameter: Nope, value: x } ] } ]",
            "the provider's type has no parameter 'Nope'"
        ),
    ])
    func aFileThatNamesWhatIsNotThereIsWrong(_ estate: String, _ message: String) throws {
        do {
            _ = try Mock("estate: { \(estate) }")
            Issue.record("it was taken")
        } catch let mistakes as Mistakes {
            #expect(mistakes.all.map(\.message) == [message])
        }
    }

    @Test func aCallersRoleThatIsNotThereIsDoubtful() throws {
        let text = """
            auth: { users: [ { name: a, password: p, roles: [ Certificate Reader ] } ] }
            """
        let warnings = try Scenario(Array(text.utf8), now: Mock.noon).warnings.all
        #expect(warnings.map(\.message) == ["the estate has no role 'Certificate Reader', which grants nothing until there is one"])
        #expect(warnings.map(\.hint) == ["did you mean 'Certificate Readers'?"])
    }

    @Test func whatIsTooMuchIsRefused() throws {
        let mock = try Mock()
        let many = { (count: Int, item: (Int) -> String) in "[" + (0..<count).map(item).joined(separator: ",") + "]" }
        let permissions = many(1_001) { "\"/p/\($0)/\"" }
        #expect(
            try mock.post("/Security/Roles", "{\"Name\":\"x\",\"Description\":\"d\",\"Permissions\":\(permissions)}").message
                == "Permissions: expected at most 1000 permissions, found 1001.")
        let parameters = many(201) { "{\"Name\":\"p\($0)\"}" }
        #expect(
            try mock.post("/PamProviders/Types", "{\"Name\":\"x\",\"Parameters\":\(parameters)}").message
                == "Parameters: expected at most 200 parameters, found 201.")
    }
}
