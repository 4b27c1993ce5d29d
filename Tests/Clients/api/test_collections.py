"""Certificate collections, as Terraform, an Ansible module and scripts use them."""

import pytest

from support.mock import RELEASES, basic

PATH = "/KeyfactorAPI/CertificateCollections"
WRITTEN = ["Id", "Name", "Description", "Content", "Query", "DuplicationField", "ShowOnDashboard", "Favorite", "EstimatedCertCount", "LastEstimated"]
SHOWN = ["Id", "Name", "Description", "Automated", "Content", "DuplicationField", "ShowOnDashboard", "Favorite", "EstimatedCertCount", "LastEstimated"]


@pytest.fixture(scope="module", params=RELEASES)
def release(request, serve_module):
    server = serve_module(f'product: "{request.param}"')
    server.product = request.param
    return server


def test_terraform_reads_the_query_back_under_another_name(serve):
    server = serve()
    query = '(IssuedCN -eq "www" OR Owner -contains "me")'
    made = server.ask("POST", PATH, {"Name": "Mine", "Description": "d", "Query": query, "ShowOnDashboard": True})
    assert made.status == 200 and list(made.json) == WRITTEN
    assert made.json["Query"] == made.json["Content"] == query
    assert made.json["EstimatedCertCount"] == 0 and made.json["LastEstimated"] is None
    shown = server.get(f"/CertificateCollections/{made.json['Id']}")
    assert list(shown) == SHOWN and shown["Content"] == query and shown["ShowOnDashboard"] is True
    assert server.get("/CertificateCollections/mine") == shown


@pytest.mark.parametrize("sent, back", [
    ('(A -eq "x")', '( A -eq "x" )'), ('((A -eq 1) OR (B -eq "(y)"))', '( ( A -eq 1 ) OR ( B -eq "(y)" ) )'), ("( A -eq 1 )", "( A -eq 1 )"),
    ("A -eq 1", "A -eq 1"),
])
def test_a_query_comes_back_with_blanks_where_a_scenario_says_so(serve, sent, back):
    made = serve("fidelity: { collectionQueries: spaced }").ask("POST", PATH, {"Name": "Mine", "Query": sent}).json
    assert made["Query"] == made["Content"] == back


def test_only_25_estimates(release):
    assert ("EstimatedCertCount" in release.get("/CertificateCollections/1")) == (release.product == "25.4")


def test_a_collection_without_a_query_counts_all_certificates(serve):
    server = serve("estate: { certificates: [ { subject: CN=a }, { subject: CN=b } ] }")
    made = server.ask("POST", PATH, {"Name": "Everything"}).json
    shown = server.get(f"/CertificateCollections/{made['Id']}")
    assert shown["EstimatedCertCount"] == 14 and shown["LastEstimated"] is not None


def test_the_lists(release):
    reply = release.ask("GET", PATH + "?SortField=Name&SortAscending=1&pq.returnLimit=2")
    assert [each["Name"] for each in reply.json] == ["Web", "Expiring"] and reply.header("X-Total-Count") == "3"
    listed = release.get("/CertificateCollections/CollectionList")
    assert list(listed[0]) == [
        "Id", "Name", "Content", "DuplicationField", "Favorite", "ShowOnDashboard", "HasQueryPermissions", "Description"]
    assert listed[0]["DuplicationField"] == "None"
    reply = release.ask("GET", PATH + "/NavItems")
    assert reply.json == [{"Id": 1, "Name": "All Certificates"}] and reply.header("X-Total-Count") is None


def test_a_name_that_is_taken_has_the_code_by_which_ansible_decides(serve):
    reply = serve().ask("POST", PATH, {"Name": "web", "Query": "CertState -eq 1"})
    assert reply.status == 400 and reply.json["ErrorCode"] == "0xA011000A"


def test_a_query_and_a_source_exclude_each_other(serve):
    server = serve()
    reply = server.ask("POST", PATH, {"Name": "Both", "Query": "CertState -eq 1", "CopyFromId": 3})
    assert reply.status == 400 and reply.json["ErrorCode"] == "0xA011000F"
    copied = server.ask("POST", PATH, {"Name": "Copied", "CopyFromId": 3})
    assert copied.json["Query"] == server.get("/CertificateCollections/3")["Content"]


def test_a_copy_has_what_the_request_says_instead(serve):
    server = serve()
    made = server.ask("POST", PATH + "/Copy", {"Name": "Again", "CopyFromId": 1, "Description": "d", "DuplicationField": "CommonName"}).json
    assert (made["Query"], made["Description"], made["DuplicationField"], made["Favorite"]) == ("CertState -eq 1", "d", 1, True)
    assert server.ask("POST", PATH + "/Copy", {"Name": "Other", "CopyFromId": 99}).status == 404


def test_a_put_replaces_and_a_delete_deletes(serve):
    server = serve()
    reply = server.ask("PUT", PATH, {"Id": 1, "Name": "Fewer", "Query": "CertState -eq 2"})
    assert reply.status == 200 and reply.json["Query"] == "CertState -eq 2" and reply.json["Favorite"] is False
    assert server.ask("PUT", PATH, {"Id": 9, "Name": "None"}).status == 404
    assert server.ask("PUT", PATH + "/1/Favorite", {"ShowInNavigator": True}).status == 204
    assert server.get("/CertificateCollections/NavItems") == [{"Id": 1, "Name": "Fewer"}]
    assert server.ask("DELETE", PATH + "/1").status == 204 and server.ask("GET", PATH + "/1").status == 404


@pytest.mark.parametrize("query", ["CertState", "CertState -eq", "(CertState -eq 1", "CertState is 1", 'CN -eq "x'])
def test_a_query_that_nobody_can_read_is_refused_and_shown(serve, query):
    reply = serve().ask("POST", PATH, {"Name": "Bad", "Query": query})
    assert reply.status == 400 and reply.json["Message"].startswith("Query: ") and query in reply.json["Message"]


def test_only_10_grants_permissions_collection_by_collection(release):
    reply = release.ask("POST", PATH + "/1/Permissions", [{"RoleId": 2, "Permissions": ["Read", "EditMetadata"]}])
    assert reply.status == (204 if release.product == "10.5" else 404)
    if release.product == "10.5":
        wrong = release.ask("POST", PATH + "/1/Permissions", [{"RoleId": 2, "Permissions": ["Paint"]}])
        assert wrong.status == 400 and wrong.json["Message"].startswith("[0].Permissions[0]: expected one of Read, EditMetadata, ")


def test_a_permission_for_one_collection_shows_it_alone(serve):
    server = serve(
        "auth: { mode: basic, users: [ { name: one, password: p, permissions: [ /certificates/collections/read/2/ ] } ] }")
    server.headers["Authorization"] = basic("one", "p")
    reply = server.ask("GET", PATH)
    assert [each["Id"] for each in reply.json] == [2] and reply.header("X-Total-Count") == "1"
    assert server.ask("GET", PATH + "/expiring").status == 200 and server.ask("GET", PATH + "/1").status == 403
    assert server.ask("POST", PATH, {"Name": "x"}).status == 403
