"""Identities, as hosts with Active Directory have them."""

import pytest


@pytest.fixture()
def api(mock, request):
    """Asks in a world of the test's own."""
    world = {"X-Mock-World": "w" + str(abs(hash(request.node.nodeid)))}
    return lambda method, path, body=None: mock.ask(method, "/KeyfactorAPI" + path, body, world)


def test_an_identity_is_made_listed_and_deleted(api):
    made = api("POST", "/Security/Identities", {"AccountName": "EXAMPLE\\deploy"}).json
    assert made == {"Id": 2, "AccountName": "EXAMPLE\\deploy", "IdentityType": "User", "Roles": [], "Valid": True}
    listed = api("GET", "/Security/Identities?PageReturned=2&ReturnLimit=1")
    assert (listed.header("X-Total-Count"), listed.json) == ("2", [made])
    assert api("DELETE", "/Security/Identities/2").status == 204
    assert api("GET", "/Security/Identities/2").status == 404


def test_roles_within_an_identity_have_no_permission_set(api):
    api("PUT", "/Security/Roles/3/Identities", {"Ids": [1]})
    (role,) = api("GET", "/Security/Identities").json[0]["Roles"]
    assert (role["Name"], role["PermissionSetId"]) == ("Certificate Owners", "00000000-0000-0000-0000-000000000000")


def test_what_an_identity_may_do_is_named_with_its_roles(api):
    api("PUT", "/Security/Roles/2/Identities", {"Ids": [1]})
    shown = api("GET", "/Security/Identities/1").json
    assert shown["SecuredAreaPermissions"] == [{"Permission": "/certificates/collections/read/", "GrantedByRoles": ["Certificate Readers"]}]


@pytest.mark.parametrize("account, valid", [("EXAMPLE%5Canybody", True), ("anybody", False)])
def test_an_account_is_looked_up(api, account, valid):
    assert api("GET", f"/Security/Identities/Lookup?accountName={account}").json == {"Valid": valid}


@pytest.mark.parametrize("body", [{}, {"AccountName": ""}, {"AccountName": "example\\GUEST"}, {"AccountName": 5}])
def test_an_account_must_be_there_and_new(api, body):
    refused = api("POST", "/Security/Identities", body)
    assert refused.status == 400 and refused.json["Message"].startswith("AccountName: ")
