"""Metadata fields, as an Ansible module, cert-manager's issuer and two synchronizing tools use them."""

import pytest

from support.mock import RELEASES, basic

# What the Ansible module compares; it fails with KeyError on any member that is not here.
ANSIBLE = [
    "Id", "Name", "Description", "DataType", "Hint", "Validation", "Enrollment", "Message", "Options", "DefaultValue", "AllowAPI",
    "ExplicitUpdate", "DisplayOrder",
]
# What cert-manager's issuer looks for before it sends metadata.
ISSUER = {
    "Issuer-Name", "Issuer-Namespace", "Controller-Kind", "Controller-Namespace", "Controller-Reconcile-Id", "Controller-Resource-Group-Name",
    "Certificate-Signing-Request-Namespace",
}
USED = """
estate:
  certificates: [ { subject: CN=a, metadata: { Owner: me } } ]
"""


@pytest.fixture(scope="module", params=RELEASES)
def release(request, serve_module):
    server = serve_module(f'product: "{request.param}"')
    server.product = request.param
    return server


def path(rest=""):
    return "/KeyfactorAPI/MetadataFields" + rest


def test_an_ansible_module_meets_only_members_that_it_knows_but_in_25(release):
    reply = release.ask("GET", path("/"))
    assert reply.status == 200 and reply.header("x-total-count") == "14"
    unknown = {member for field in reply.json for member in field} - set(ANSIBLE)
    assert unknown == ({"CaseSensitive"} if release.product == "25.4" else set())


def test_members_come_in_the_order_described(release):
    members = list(release.get("/MetadataFields/1"))
    expected = [name for name in ANSIBLE if name in members]
    assert members == expected + (["CaseSensitive"] if release.product == "25.4" else [])
    assert ("AllowAPI" in members) == (release.product in ("10.5", "11.6", "12.3"))


@pytest.mark.parametrize("name", ["Colour", "colour with blanks", "%C3%84rger"])
def test_a_name_that_does_not_exist_has_the_text_by_which_ansible_decides(release, name):
    reply = release.ask("GET", path("/" + name.replace(" ", "%20")))
    text = name.replace("%C3%84", "Ä")
    assert reply.status == 404 and reply.json["Message"] == f"MetadataFieldType with Name '{text}' does not exist."


@pytest.mark.parametrize("key", ["5", "ReviewDate", "reviewdate"])
def test_a_field_is_found_by_id_and_by_name(release, key):
    field = release.get("/MetadataFields/" + key)
    assert (field["Id"], field["Name"], field["DataType"]) == (5, "ReviewDate", 3)


def test_the_issuer_finds_its_seven_fields_all_of_them_strings(release):
    fields = {field["Name"]: field["DataType"] for field in release.get("/MetadataFields?ReturnLimit=1000")}
    assert {fields.get(name) for name in ISSUER} == {1}


def test_the_samples_have_every_type(release):
    types = {field["Name"]: field["DataType"] for field in release.get("/MetadataFields") if field["Name"] not in ISSUER}
    assert types == {"Owner": 1, "Contact": 7, "SiteCode": 2, "Critical": 4, "ReviewDate": 3, "Environment": 5, "Notes": 6}
    assert release.get("/MetadataFields/Environment")["Options"] == "Dev,Test,Prod"


@pytest.mark.parametrize("query, names", [
    ("?pq.queryString=Name%20-eq%20%22owner%22", ["Owner"]), ("?QueryString=DataType%20-eq%207", ["Contact"]),
    ("?QueryString=DataType%20-eq%20Email", ["Contact"]), ("?pq.pageReturned=2&pq.returnLimit=13", ["Certificate-Signing-Request-Namespace"]),
    ("?SortField=Name&ReturnLimit=1", ["Certificate-Signing-Request-Namespace"]), ("?PageReturned=9", []),
])
def test_the_list_is_filtered_sorted_and_paged(release, query, names):
    assert [field["Name"] for field in release.get("/MetadataFields" + query)] == names


def test_a_field_lives_from_post_to_delete(serve):
    server = serve('product: "11.6"')
    made = server.ask("POST", path(), {"Name": "Cost-Center_1", "Description": "who pays", "DataType": 2, "Hint": "1234", "AllowAPI": False})
    assert made.status == 200 and made.json["Id"] == 15 and made.json["DisplayOrder"] == 14 and made.json["AllowAPI"] is False
    changed = server.ask("PUT", path(), {**made.json, "Description": "who pays for it", "Enrollment": 1})
    assert changed.status == 200 and changed.json == {**made.json, "Description": "who pays for it", "Enrollment": 1}
    assert server.get("/MetadataFields/cost-center_1") == changed.json
    assert server.ask("GET", path("/15/InUse")).body == b"false"
    assert server.ask("DELETE", path("/15")).status == 204 and server.ask("GET", path("/15")).status == 404
    assert server.ask("POST", path(), {"Name": "Next", "Description": "d", "DataType": 1}).json["Id"] == 16


def test_a_name_that_is_taken_has_the_text_of_the_ansible_module(serve):
    server = serve()
    reply = server.ask("POST", path(), {"Name": "Owner", "Description": "d", "DataType": 1})
    assert reply.status == 400 and reply.json["Message"] == "Metadata Field with Name 'Owner' already exists."


@pytest.mark.parametrize("name", ["with blank", "dot.ted", "Ä", "a/b"])
def test_a_name_has_letters_digits_dash_and_underscore(serve, name):
    reply = serve().ask("POST", path(), {"Name": name, "Description": "d", "DataType": 1})
    assert reply.status == 400 and reply.json["Message"] == f"Name: expected letters, digits, '-' and '_', found '{name}'."


@pytest.mark.parametrize("change", [{"Name": "Keeper"}, {"DataType": 2}], ids=["name", "type"])
def test_what_certificates_have_values_of_keeps_name_and_type(serve, change):
    server = serve(USED)
    field = server.get("/MetadataFields/Owner")
    reply = server.ask("PUT", path(), {**field, **change})
    assert reply.status == 400 and reply.json["Message"].startswith(next(iter(change)) + ": ")
    assert server.ask("PUT", path(), {**server.get("/MetadataFields/Notes"), **change}).status == 200


def test_what_is_in_use_is_deleted_by_force_alone(serve):
    server = serve(USED)
    assert server.ask("GET", path("/1/InUse")).json is True
    assert server.ask("DELETE", path("/1")).status == 400
    assert server.ask("DELETE", path(), [1, 2, 99]).status == 204
    assert server.ask("GET", path("/1")).status == 200 and server.ask("GET", path("/2")).status == 404
    assert server.ask("DELETE", path("/1?force=TRUE")).status == 204
    assert server.ask("GET", "/_mock/estate").json["certificates"][0]["metadata"] == {}


def test_two_permissions_guard_them(serve):
    users = "[ { name: reader, password: p, permissions: [ /metadata/types/read/ ] }, { name: other, password: p, permissions: [ /agents/ ] } ]"
    server = serve("auth: { mode: basic, users: " + users + " }")
    reader, other = ({"Authorization": basic(name, "p")} for name in ("reader", "other"))
    assert server.ask("GET", path(), headers=reader).status == 200
    assert server.ask("DELETE", path("/1"), headers=reader).status == 403
    assert server.ask("GET", path(), headers=other).json["ErrorCode"] == "0xA0140002"
