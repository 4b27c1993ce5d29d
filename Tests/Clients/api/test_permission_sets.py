"""Permission sets, of which scripts look for the one named Global."""

import pytest


@pytest.fixture()
def api(mock, request):
    """Asks in a world of the test's own."""
    world = {"X-Mock-World": "w" + str(abs(hash(request.node.nodeid)))}
    return lambda method, path, body=None: mock.ask(method, "/KeyfactorAPI" + path, body, world)


def test_a_script_finds_global(api):
    (found,) = [each for each in api("GET", "/PermissionSets").json if each["Name"] == "Global"]
    assert list(found) == ["Id", "Name", "Permissions"] and "/agents/management/read/" in found["Permissions"]
    assert api("GET", "/PermissionSets?QueryString=Name%20-eq%20%22global%22").json == [found]
    assert {role["PermissionSetId"] for role in api("GET", "/Security/Roles").json} == {found["Id"]}


def test_a_set_is_made_changed_and_deleted(api):
    made = api("POST", "/PermissionSets", {"Name": "Web", "Permissions": ["/certificate_stores/read/"]}).json
    changed = api("PUT", "/PermissionSets", {"Id": made["Id"], "Permissions": []}).json
    assert changed == {**made, "Permissions": []} == api("GET", f"/PermissionSets/{made['Id']}").json
    assert api("DELETE", f"/PermissionSets/{made['Id']}").status == 204
    assert api("GET", f"/PermissionSets/{made['Id']}").status == 404


def test_a_set_with_roles_stays(api):
    found = api("GET", "/PermissionSets").json[0]
    refused = api("DELETE", f"/PermissionSets/{found['Id']}")
    assert refused.status == 400 and "is used by the security role" in refused.json["Message"]


@pytest.mark.parametrize("body, start", [
    ({"Permissions": []}, "Name: "), ({"Name": "global", "Permissions": []}, "Name: "), ({"Name": "x"}, "Permissions: "),
    ({"Name": "x", "Permissions": ["nonsense"]}, "Permissions[0]: "),
])
def test_what_is_wrong_is_named(api, body, start):
    refused = api("POST", "/PermissionSets", body)
    assert refused.status == 400 and refused.json["Message"].startswith(start)


@pytest.mark.parametrize("product, status", [("10.5", 404), ("11.6", 404), ("25.4", 200)])
def test_the_callers_own_sets_came_with_25(serve, product, status):
    assert serve(f'product: "{product}"').ask("GET", "/KeyfactorAPI/PermissionSets/My").status == status
