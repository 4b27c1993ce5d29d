"""Claims of identity providers, as scripts list and make them."""

import pytest

CLAIM = {"ClaimType": 5, "ClaimValue": "ci", "ProviderAuthenticationScheme": "Keycloak", "Description": "pipelines"}


@pytest.fixture()
def api(mock, request):
    """Asks in a world of the test's own."""
    world = {"X-Mock-World": "w" + str(abs(hash(request.node.nodeid)))}
    return lambda method, path, body=None, **more: mock.ask(method, "/KeyfactorAPI" + path, body, {**world, **more.get("headers", {})})


def test_the_type_is_a_number_in_and_a_name_out(api):
    made = api("POST", "/Security/Claims", CLAIM).json
    assert list(made) == ["Id", "Description", "ClaimType", "ClaimValue", "Provider"]
    assert (made["ClaimType"], made["ClaimValue"]) == ("OAuthSubject", "ci")
    assert list(made["Provider"]) == ["Id", "AuthenticationScheme", "DisplayName"]
    assert api("GET", f"/Security/Claims/{made['Id']}").json == made
    assert api("PUT", "/Security/Claims", {"Id": made["Id"], "Description": "more"}).json == {**made, "Description": "more"}
    assert api("DELETE", f"/Security/Claims/{made['Id']}").status == 204
    assert api("GET", f"/Security/Claims/{made['Id']}").status == 404


@pytest.mark.parametrize("number, name", list(enumerate(["User", "Group", "Computer", "OAuthOid", "OAuthRole", "OAuthSubject", "OAuthClientId"])))
def test_every_type_is_taken_by_number_and_by_name(api, number, name):
    assert api("POST", "/Security/Claims", {**CLAIM, "ClaimType": number}).json["ClaimType"] == name
    assert api("POST", "/Security/Claims", {**CLAIM, "ClaimType": name, "ClaimValue": "other"}).json["ClaimType"] == name


def test_a_script_pages_until_a_page_is_empty(api):
    for number in range(5):
        api("POST", "/Security/Claims", {**CLAIM, "ClaimValue": f"v{number}"})
    query = "QueryString=ClaimType%20-eq%20%22OAuthSubject%22%20AND%20ClaimValue%20-contains%20%22v%22&ReturnLimit=2"
    pages = [[each["ClaimValue"] for each in api("GET", f"/Security/Claims?{query}&PageReturned={number}").json] for number in (1, 2, 3, 4)]
    assert pages == [["v0", "v1"], ["v2", "v3"], ["v4"], []]


def test_the_roles_that_a_claim_gives_are_found(api):
    found = api("GET", "/PermissionSets").json[0]["Id"]
    role = {"Name": "R", "Description": "d", "PermissionSetId": found, "Claims": [CLAIM]}
    made = api("POST", "/Security/Roles", role, headers={"x-keyfactor-api-version": "2"}).json
    query = "ClaimType=OAuthSubject&ClaimValue=ci&ProviderAuthenticationScheme=Keycloak"
    expected = [{"Id": made["Id"], "Name": "R", "Description": "d", "PermissionSetId": found}]
    assert api("GET", f"/Security/Claims/Roles?{query}").json == expected
    assert api("DELETE", f"/Security/Claims/{made['Claims'][0]['Id']}").status == 204
    assert api("GET", f"/Security/Claims/Roles?{query}").json == []


@pytest.mark.parametrize("change, member", [
    ({"ClaimType": 7}, "ClaimType"), ({"ClaimType": None}, "ClaimType"), ({"ClaimValue": ""}, "ClaimValue"),
    ({"ProviderAuthenticationScheme": None}, "ProviderAuthenticationScheme"), ({"ClaimValue": "x" * 513}, "ClaimValue"),
])
def test_what_is_wrong_is_named(api, change, member):
    refused = api("POST", "/Security/Claims", {**CLAIM, **change})
    assert refused.status == 400 and refused.json["Message"].startswith(member + ": ")


def test_a_claim_is_made_once(api):
    assert api("POST", "/Security/Claims", CLAIM).status == 200
    refused = api("POST", "/Security/Claims", {**CLAIM, "ClaimValue": "CI"})
    assert (refused.status, refused.json["ErrorCode"]) == (400, "0xA011000A")


def test_release_ten_has_no_claims(serve):
    assert serve('product: "10.5"').ask("GET", "/KeyfactorAPI/Security/Claims").status == 404
