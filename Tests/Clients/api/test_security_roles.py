"""Roles, in both versions of the API: what clients read of them, and whether they find what they wrote."""

import pytest

GLOBAL = "7d4ba64e-ff39-4168-930f-65c367f25c8c"
OLD, NEW = {"x-keyfactor-api-version": "1"}, {"x-keyfactor-api-version": "2"}


@pytest.fixture()
def api(mock, request):
    """Asks in a world of the test's own."""
    world = {"X-Mock-World": "w" + str(abs(hash(request.node.nodeid)))}

    def ask(method, path, body=None, version=OLD, status=200):
        reply = mock.ask(method, "/KeyfactorAPI" + path, body, {**world, **version})
        assert reply.status == status, reply
        return reply.json if reply.body else None

    return ask


@pytest.mark.parametrize("version", ["1", "1.0", "2", "2.0", None])
def test_answers_name_both_versions(mock, version):
    headers = {"x-keyfactor-api-version": version} if version else {}
    reply = mock.ask("GET", "/KeyfactorAPI/Security/Roles", headers=headers)
    assert (reply.header("Api-Supported-Versions"), reply.header("X-Total-Count")) == ("1.0, 2", "3")
    assert ("ClaimsCount" in reply.json[0]) == (version in ("2", "2.0"))


def test_a_third_version_is_refused(mock):
    assert mock.ask("GET", "/KeyfactorAPI/Security/Roles", headers={"x-keyfactor-api-version": "3"}).status == 400


def test_members_stand_in_the_recorded_order(api):
    first = api("GET", "/Security/Roles/1")
    assert list(first) == [
        "Id", "Description", "EmailAddress", "Enabled", "Immutable", "Valid", "Private", "PermissionSetId", "Identities", "Name", "Permissions"]
    second = api("GET", "/Security/Roles/1", version=NEW)
    assert list(second) == ["Id", "Name", "Description", "EmailAddress", "Immutable", "PermissionSetId", "Permissions", "Claims"]


def test_a_role_is_found_by_its_name(api):
    rows = api("GET", "/Security/Roles?QueryString=name%20-eq%20%22Administrator%22")
    assert [(row["Id"], row["Immutable"]) for row in rows] == [(1, True)]


def test_an_unknown_role_is_refused_in_the_recorded_words(api):
    refusal = api("GET", "/Security/Roles/999999", status=404)
    assert refusal["Message"] == "Unable to find 'Security Role' with Id '999999'"


def test_the_life_of_a_role_as_terraform_and_kfutil_know_it(api):
    words = ["AdminPortal:Read", "Certificates:EditMetadata", "Certificates:Read"]
    made = api("POST", "/Security/Roles", {"Name": "Terraform", "Description": "by a test", "Permissions": words})
    assert (made["Permissions"], made["Identities"], made["Enabled"]) == (words, [], True)
    assert api("GET", f"/Security/Roles/{made['Id']}") == made
    # An identity is given roles by a PUT of the role.
    given = api("PUT", "/Security/Roles", {**made, "Identities": [{"AccountName": "EXAMPLE\\guest"}]})
    assert [each["AccountName"] for each in given["Identities"]] == ["EXAMPLE\\guest"]
    (guest,) = api("GET", "/Security/Identities")
    assert [role["Name"] for role in guest["Roles"]] == ["Terraform"]
    assert api("DELETE", f"/Security/Roles/{made['Id']}", status=204) is None
    assert api("GET", "/Security/Identities")[0]["Roles"] == []


def test_a_claim_is_associated_with_a_role_as_terraform_does_it(api):
    claim = api("POST", "/Security/Claims", {
        "ClaimType": 5, "ClaimValue": "ci", "ProviderAuthenticationScheme": "Keycloak", "Description": "pipelines"})
    role = api("POST", "/Security/Roles", {
        "Name": "Pipelines", "Description": "", "PermissionSetId": GLOBAL, "Permissions": ["/certificates/collections/read/7/"]}, NEW)
    again = {"ClaimType": 5, "ClaimValue": "ci", "ProviderAuthenticationScheme": "Keycloak", "Description": "pipelines"}
    put = api("PUT", "/Security/Roles", {**{key: role[key] for key in role if key != "Immutable"}, "Claims": [again]}, NEW)
    assert [each["Id"] for each in put["Claims"]] == [claim["Id"]], "the claim that is there, not a new one"
    assert api("GET", f"/Security/Roles/{role['Id']}", version=NEW)["Permissions"] == ["/certificates/collections/read/7/"]


def test_an_immutable_role_stays(api):
    assert "immutable" in api("DELETE", "/Security/Roles/1", status=400)["Message"]
    assert api("GET", "/Security/Roles/1")["Name"] == "Administrator"


@pytest.mark.parametrize("part, row", [
    ("Global", {"Area": "API", "Permission": "Read"}), ("Collections", {"CollectionId": 3, "Permission": "Read"}),
])
def test_parts_of_the_permissions_are_added_and_replaced(api, part, row):
    path = f"/Security/Roles/2/Permissions/{part}"
    before = api("GET", path)
    after = api("POST", path, [row])
    assert len(after) == len(before) + 1 and row.items() <= after[-1].items()
    assert [row.items() <= each.items() for each in api("PUT", path, [row])] == [True]
    assert api("PUT", path, []) == []


SCENARIO = """
auth:
  mode: basic
  users:
    - { name: reader, password: p, roles: [ Auditor ] }
    - { name: nobody, password: p, permissions: [] }
estate: { roles: [ { name: Auditor, permissions: [ /security/read/ ] } ] }
"""


def test_a_caller_may_do_what_its_roles_grant(serve):
    from support.mock import basic

    server = serve(SCENARIO)

    def ask(user, method, path, body=None):
        return server.ask(method, "/KeyfactorAPI" + path, body, {"Authorization": basic(user, "p")})

    assert ask("reader", "GET", "/Security/Roles").status == 200
    assert ask("reader", "DELETE", "/Security/Roles/2").status == 403
    assert ask("reader", "GET", "/Security/My").json == {
        "Roles": ["Auditor"], "GlobalPermissions": [{"Area": "SecuritySettings", "Permission": "Read"}]}
    refused = ask("nobody", "GET", "/Security/Roles")
    assert (refused.status, refused.json["ErrorCode"]) == (403, "0xA0140002")
    assert ask("nobody", "GET", "/Security/My").json == {"Roles": [], "GlobalPermissions": []}
