"""PAM providers and their types, in both versions of the API, as kfutil and Terraform use them."""

import pytest

OLD, NEW = {"x-keyfactor-api-version": "1"}, {"x-keyfactor-api-version": "2"}
PARAMETER = ["Id", "Name", "DisplayName", "DataType", "InstanceLevel"]


@pytest.fixture()
def api(mock, request):
    """Asks in a world of the test's own."""
    world = {"X-Mock-World": "w" + str(abs(hash(request.node.nodeid)))}

    def ask(method, path, body=None, version=OLD, status=200):
        reply = mock.ask(method, ("" if path.startswith("/_mock") else "/KeyfactorAPI") + path, body, {**world, **version})
        assert reply.status == status, reply
        return reply.json if reply.body else None

    ask.world = world["X-Mock-World"]
    return ask


def provider(api, **more):
    (kind,) = [each for each in api("GET", "/PamProviders/Types") if each["Name"] == "Thycotic"]
    ids = {each["Name"]: each["Id"] for each in kind["Parameters"]}
    values = [("https://vault.example", "SecretServerUrl"), ("a rule", "RuleName"), ("hush4711", "RuleKey")]
    return {
        "Name": "Vault", "ProviderType": {"Id": kind["Id"]}, "Remote": False,
        "ProviderTypeParamValues": [{"Value": value, "ProviderTypeParam": {"Id": ids[name], "Name": name}} for value, name in values], **more}


def test_types_have_parameters_in_an_array(api):
    types = {each["Name"]: each for each in api("GET", "/PamProviders/Types")}
    names = {name: [each["Name"] for each in kind["Parameters"]] for name, kind in types.items()}
    assert names == {
        "Command Secret Provider": ["SecretName"], "CyberArk": ["Safe", "Folder", "Object", "AppId"],
        "Thycotic": ["SecretServerUrl", "RuleName", "SecretId", "RuleKey"]}
    assert all(list(each) == PARAMETER for each in types["CyberArk"]["Parameters"])
    assert api("POST", "/PamProviders/Types", {"Name": "Bare"})["Parameters"] == []


def test_the_versions_differ_in_area_and_secured_area(api):
    first = api("POST", "/PamProviders", provider(api, Area=1))
    assert list(first) == ["Id", "Name", "Area", "ProviderType", "ProviderTypeParamValues", "SecuredAreaId", "Remote"]
    assert list(first["ProviderType"]) == ["Id", "Name", "ProviderTypeParams"]
    assert list(first["ProviderType"]["ProviderTypeParams"][0]) == [*PARAMETER, "ProviderType"]
    assert list(first["ProviderTypeParamValues"][0]) == ["Id", "Value", "InstanceId", "InstanceGuid", "ProviderTypeParam"]
    second = api("GET", f"/PamProviders/{first['Id']}", version=NEW)
    assert second == {key: value for key, value in first.items() if key not in ("Area", "SecuredAreaId")}


@pytest.mark.parametrize("version", [OLD, NEW], ids=["version 1", "version 2"])
def test_a_secret_is_shown_nowhere(mock, api, version):
    made = api("POST", "/PamProviders", provider(api), version)
    shown = {each["ProviderTypeParam"]["Name"]: each["Value"] for each in made["ProviderTypeParamValues"]}
    assert shown["SecretServerUrl"] == "https://vault.example" and len(shown["RuleKey"]) == 36
    for page in "journal", "estate":
        text = mock.ask("GET", f"/_mock/{page}", headers={"X-Mock-World": api.world}).body.decode()
        assert "Vault" in text and "hush4711" not in text, page
    assert "hush4711" not in mock.errors


def test_kfutil_updates_and_deletes_a_provider(api):
    made = api("POST", "/PamProviders", provider(api))
    put = api("PUT", "/PamProviders", {**provider(api, Area=1), "Id": made["Id"], "Name": "Other", "Remote": True})
    assert (put["Name"], put["Remote"], [each["Id"] for each in put["ProviderTypeParamValues"]]) == ("Other", True, [1, 2, 3])
    assert [each["Name"] for each in api("GET", "/PamProviders?QueryString=Name%20-eq%20%22other%22")] == ["Other"]
    api("DELETE", f"/PamProviders/{made['Id']}", status=204)
    assert api("GET", "/PamProviders") == []


def test_the_second_versions_put_keeps_the_type(api):
    made = api("POST", "/PamProviders", provider(api), NEW)
    put = api("PUT", "/PamProviders", {"Id": made["Id"], "Name": "Vault", "Remote": True}, NEW)
    assert (put["ProviderType"], put["ProviderTypeParamValues"], put["Remote"]) == (made["ProviderType"], [], True)


def test_a_type_in_use_stays(api):
    made = api("POST", "/PamProviders", provider(api))
    path = f"/PamProviders/Types/{made['ProviderType']['Id']}"
    assert "is used by the PAM provider 'Vault'" in api("DELETE", path, status=400)["Message"]
    api("DELETE", f"/PamProviders/{made['Id']}", status=204)
    api("DELETE", path, status=204)


def test_secrets_that_command_keeps_are_named_alone(mock, api):
    made = api("POST", "/PamProviders", provider(api))
    path = f"/PamProviders/Local/{made['Id']}/Entries"
    entry = api("POST", path, {"SecretName": "db", "Description": "d", "SecretValue": "hush4712"})
    assert entry == {"ProviderId": made["Id"], "SecretName": "db", "Description": "d"} == api("GET", path)[0]
    api("PUT", path, {"SecretName": "db", "SecretValue": "hush4712"})
    api("DELETE", path + "?secretName=db", status=204)
    assert "hush4712" not in mock.ask("GET", "/_mock/journal", headers={"X-Mock-World": api.world}).body.decode()


@pytest.mark.parametrize("change, start", [
    ({"Name": None}, "Name: "), ({"ProviderType": None}, "ProviderType: "), ({"ProviderType": {}}, "ProviderType.Id: "),
    ({"ProviderTypeParamValues": [{"Value": "hush", "ProviderTypeParam": {"Name": "Nope"}}]}, "ProviderTypeParamValues[0].ProviderTypeParam: "),
    ({"ProviderTypeParamValues": [{"Value": 5, "ProviderTypeParam": {"Id": 5}}]}, "ProviderTypeParamValues[0].Value: "),
])
def test_what_is_wrong_is_named(api, change, start):
    refused = api("POST", "/PamProviders", provider(api, **change), status=400)
    assert refused["Message"].startswith(start) and "hush" not in refused["Message"]
