import MicroHTTP
import TestSupport
import Testing

@testable import Base
@testable import Entities
@testable import Model
@testable import Security

struct PamProviderActionsTests {
    private static let two = [("x-keyfactor-requested-with", "APIClient"), ("x-keyfactor-api-version", "2")]
    private static let thycotic = "9cb89377-6e3e-4d0f-9988-67a811bc8bd7"

    private static func body(_ more: String = "", name: String = "Vault") -> String {
        #"{"Name":"\#(name)","ProviderType":{"Id":"\#(thycotic)"},"Remote":true,"ProviderTypeParamValues":["#
            + #"{"Value":"https://vault.example","ProviderTypeParam":{"Id":5,"Name":"SecretServerUrl"}},"#
            + #"{"Value":"hushhush","ProviderTypeParam":{"Name":"rulekey"}}]\#(more)}"#
    }

    @Test func typesHaveTheirParametersInAnArray() throws {
        let mock = try Mock()
        let types = try mock.get("/PamProviders/Types")
        #expect(types.json.elements.map { $0["Name"]?.text } == ["Command Secret Provider", "CyberArk", "Thycotic"])
        #expect(
            types.json.elements[0]["Parameters"]?.source
                == #"[{"Id":9,"Name":"SecretName","DisplayName":"SecretName","DataType":1,"InstanceLevel":true}]"#)
        #expect(types["X-Total-Count"] == nil)
        let made = try mock.post(
            "/PamProviders/Types",
            #"{"Name":"Own","Parameters":[{"Name":"Pin","DisplayName":"The pin","DataType":2,"InstanceLevel":true}]}"#)
        #expect(
            made.json["Parameters"]?.source == #"[{"Id":10,"Name":"Pin","DisplayName":"The pin","DataType":2,"InstanceLevel":true}]"#)
        #expect(try mock.post("/PamProviders/Types", #"{"Name":"Bare"}"#).json["Parameters"]?.source == "[]")
        #expect(try mock.post("/PamProviders/Types", #"{"Name":"own"}"#).status == 400)
        #expect(
            try mock.post("/PamProviders/Types", #"{"Name":"x","Parameters":[{"Name":"a"},{"Name":"A"}]}"#).message
                == "Parameters[1].Name: expected a name unlike those of the other parameters, found 'A' again.")
    }

    @Test func theVersionsDifferInTwoMembers() throws {
        let mock = try Mock()
        let made = try mock.post("/PamProviders", Self.body(#","Area":2,"SecuredAreaId":7"#))
        #expect(made.status == 200, "\(made.body)")
        let names = { (reply: Answered) in reply.json.members.map(\.name) }
        #expect(names(made) == ["Id", "Name", "Area", "ProviderType", "ProviderTypeParamValues", "SecuredAreaId", "Remote"])
        #expect(made.json["SecuredAreaId"]?.integer == 7)
        let second = try mock.send(.get, "/PamProviders/1", headers: Self.two)
        #expect(names(second) == ["Id", "Name", "ProviderType", "ProviderTypeParamValues", "Remote"])
        #expect(made.json["ProviderType"]?["ProviderTypeParams"]?.elements.first?["ProviderType"]?.isNull == true)
    }

    @Test func aSecretIsAGuidThatStays() throws {
        let mock = try Mock()
        let made = try mock.post("/PamProviders", Self.body())
        let values = try #require(made.json["ProviderTypeParamValues"]?.elements)
        #expect(values[0]["Value"]?.text == "https://vault.example")
        let secret = try #require(values[1]["Value"]?.text)
        #expect(GUID(secret) != nil)
        #expect(!made.body.contains("hushhush"))
        let put = try mock.send(
            .put, "/PamProviders",
            body:
                #"{"Id":1,"Name":"V","ProviderType":{"Id":"\#(Self.thycotic)"},"ProviderTypeParamValues":[{"ProviderTypeParam":{"Id":8}}]}"#
        )
        #expect(put.json["ProviderTypeParamValues"]?.elements.map { $0["Value"]?.text } == [secret])
        for page in ["/_mock/journal", "/_mock/estate"] { #expect(try !mock.get(page).body.contains("hushhush"), "\(page)") }
    }

    @Test(arguments: [
        ("{}", "Name: expected at least one character, found nothing."),
        (#"{"Name":"x"}"#, "ProviderType: expected a type such as {\"Id\":\"...\"}, found nothing."),
        (
            #"{"Name":"x","ProviderType":{"Id":"11111111-1111-4111-8111-111111111111"}}"#,
            "Unable to find 'PAM Provider Type' with Id '11111111-1111-4111-8111-111111111111'"
        ),
        (
            #"{"Name":"x","ProviderType":{"Id":"9cb89377-6e3e-4d0f-9988-67a811bc8bd7"},"ProviderTypeParamValues":[{"Value":"v","ProviderTypeParam":{"Name":"Safe"}}]}"#,
            "ProviderTypeParamValues[0].ProviderTypeParam: expected one of SecretServerUrl (5), RuleName (6), SecretId (7), RuleKey (8), found another."
        ),
    ])
    func whatIsWrongIsRefused(_ body: String, _ message: String) throws {
        #expect(try Mock().post("/PamProviders", body).message == message)
    }

    @Test func aTypeInUseStays() throws {
        let mock = try Mock()
        _ = try mock.post("/PamProviders", Self.body())
        #expect(try mock.post("/PamProviders", Self.body(name: "vault")).status == 400)
        #expect(
            try mock.send(.delete, "/PamProviders/Types/\(Self.thycotic)").message
                == "The PAM provider type 'Thycotic' is used by the PAM provider 'Vault' and cannot be deleted.")
        #expect(try mock.send(.delete, "/PamProviders/1").status == 204)
        #expect(try mock.send(.delete, "/PamProviders/Types/\(Self.thycotic)").status == 204)
        #expect(try mock.get("/PamProviders/1").status == 404)
    }

    @Test func theSecondVersionsPutKeepsTheType() throws {
        let mock = try Mock()
        _ = try mock.post("/PamProviders", Self.body(#","Area":2"#))
        let put = try mock.send(.put, "/PamProviders", headers: Self.two, body: #"{"Id":1,"Name":"V","Remote":false}"#)
        #expect(put.json["ProviderType"]?["Id"]?.text == Self.thycotic)
        #expect(put.json["ProviderTypeParamValues"]?.source == "[]")
        #expect(try mock.get("/PamProviders/1").json["Area"]?.integer == 2)
        #expect(try mock.get("/PamProviders/Types/1").json.elements.map { $0["Name"]?.text } == ["Thycotic"])
    }

    @Test func commandsOwnSecretsAreNamedAndNotShown() throws {
        let mock = try Mock("estate: { pamProviders: [ { name: Vault, id: 1 } ] }")
        let path = "/PamProviders/Local/1/Entries"
        let made = try mock.post(path, #"{"SecretName":"db","Description":"the database","SecretValue":"hushhush"}"#)
        #expect(made.body == #"{"ProviderId":1,"SecretName":"db","Description":"the database"}"#)
        #expect(try mock.post(path, #"{"SecretName":"DB","SecretValue":"x"}"#).status == 400)
        #expect(try mock.post(path, #"{"SecretName":"other"}"#).message == "SecretValue: expected at least one character, found nothing.")
        #expect(try mock.send(.put, path, body: #"{"SecretName":"db"}"#).json["Description"]?.isNull == true)
        #expect(try mock.get(path)["X-Total-Count"] == "1")
        #expect(try mock.send(.delete, path + "?secretName=nope").status == 400)
        #expect(try mock.send(.delete, path + "?secretName=Db").status == 204)
        #expect(try mock.get(path).body == "[]")
        #expect(try mock.get("/PamProviders/Local/9/Entries").status == 404)
        for page in ["/_mock/journal", "/_mock/estate"] { #expect(try !mock.get(page).body.contains("hushhush"), "\(page)") }
    }
}
