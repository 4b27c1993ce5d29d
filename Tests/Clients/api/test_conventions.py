"""What holds for every answer: header fields, member names, the shape of refusals."""

import json
import re
from urllib.parse import quote

import pytest

from support.session import session_of
from support.mock import ESTATE

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
COMMON = ["X-Keyfactor-Product-Version", "Date", "X-Keyfactor-Correlation-Id"]
JSON = "application/json; charset=utf-8"
AGENT = [
    "AgentId", "ClientMachine", "Username", "AgentPlatform", "Version", "Status", "LastSeen", "Capabilities", "Blueprint", "Thumbprint",
    "LegacyThumbprint", "AuthCertificateReenrollment", "LastThumbprintUsed", "LastErrorCode", "LastErrorMessage"]
STORE = [
    "Id", "ContainerId", "DisplayName", "ClientMachine", "Storepath", "CertStoreInventoryJobId", "CertStoreType", "Approved",
    "CreateIfMissing", "Properties", "AgentId", "AgentAssigned", "ContainerName", "InventorySchedule", "ReenrollmentStatus",
    "SetNewPasswordAllowed", "Password"]


def custom_job(mock, **more):
    return {"AgentId": mock.agent("uo-1"), "JobTypeName": "Custom_Backup", **more}


def test_a_list_has_these_header_fields_and_no_others(mock):
    for path in "/Agents", "/JobTypes/Custom", "/CertificateStores":
        reply = mock.ask("GET", "/KeyfactorAPI" + path)
        names = ["Content-Type", "Api-Supported-Versions", *COMMON, "X-Total-Count", "Content-Length"]
        assert sorted(name for name, _ in reply.headers) == sorted(names)
        assert (reply.header("Content-Type"), reply.header("Api-Supported-Versions")) == (JSON, "1.0")


def test_an_object_has_the_same_without_a_total(mock):
    for reply in mock.ask("GET", "/KeyfactorAPI/Agents/" + mock.agent("uo-1")), mock.ask("GET", "/KeyfactorAPI/Status/Endpoints"):
        names = ["Content-Type", "Api-Supported-Versions", *COMMON, "Content-Length"]
        assert sorted(name for name, _ in reply.headers) == sorted(names)


def test_a_204_has_neither_body_nor_content_type_nor_length(mock):
    body = {"StoreIds": [mock.store("web-1")], "Schedule": {"Immediate": True}}
    for reply in mock.ask("POST", "/KeyfactorAPI/CertificateStores/Schedule", body), mock.ask("GET", "/KeyfactorAPI/Status/HealthCheck"):
        assert (reply.status, reply.body) == (204, b"")
        assert sorted(name for name, _ in reply.headers) == sorted(["Api-Supported-Versions", *COMMON])


def test_every_answer_has_a_new_correlation_id_in_small_letters(command):
    replies = [command.get(path) for path in ("/Agents", "/Agents", "/Status/HealthCheck", "/Nothing", "/Agents/x")]
    ids = [reply.headers["X-Keyfactor-Correlation-Id"] for reply in replies]
    assert len(set(ids)) == 5 and all(GUID.fullmatch(each) for each in ids)


def test_the_product_version_is_a_release_followed_by_forty_digits(command):
    assert re.fullmatch(r"25\.4\.\d+\+[0-9a-f]{40}", command.get("/Agents").headers["X-Keyfactor-Product-Version"])


def test_an_agent_has_exactly_the_documented_members(command, mock):
    agent = command.get("/Agents/" + mock.agent("uo-1")).json()
    assert list(agent) == [*AGENT, "JobTypes"]
    assert list(agent["JobTypes"][0]) == ["Name", "CertStoreTypeShortName", "CertStoreJobType", "JobTypeId"]
    assert (agent["Blueprint"], agent["LastErrorCode"], agent["Thumbprint"]) == (None, None, "")
    assert (agent["Status"], agent["AgentPlatform"], agent["AuthCertificateReenrollment"]) == (2, 1, "None")
    assert GUID.fullmatch(agent["AgentId"]) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d*[1-9])?Z", agent["LastSeen"])


def test_a_store_has_exactly_the_documented_members(command, mock):
    store = command.get("/CertificateStores/" + mock.store("shelf-1")).json()
    assert list(store) == STORE
    reenrollment = ["Data", "AgentId", "Message", "JobProperties", "CustomAliasAllowed", "EntryParameters"]
    assert list(store["ReenrollmentStatus"]) == reenrollment
    assert store["DisplayName"] == f"shelf-1 - {store['Storepath']}"
    assert (store["InventorySchedule"], store["CertStoreInventoryJobId"], store["Password"], store["ContainerId"]) == (None,) * 4
    assert (store["Approved"], store["AgentAssigned"], store["Properties"]) == (True, True, "{}")


def test_properties_of_a_store_are_json_in_a_string_whose_values_are_strings(serve):
    server = serve("estate: { certificateStores: [ { machine: p, path: /p, properties: { Port: '22', Note: 'say \"hi\"' } } ] }")
    properties = server.get("/CertificateStores/" + server.store("p"))["Properties"]
    assert isinstance(properties, str) and json.loads(properties) == {"Port": "22", "Note": 'say "hi"'}


def test_a_job_type_has_exactly_the_documented_members(command, mock):
    job_type = command.get("/JobTypes/Custom/" + mock.job_type("EveryType")).json()
    assert list(job_type) == ["Id", "JobTypeName", "Description", "JobTypeFields"]
    assert [list(each) for each in job_type["JobTypeFields"]] == [["Name", "Type", "DefaultValue", "Required"]] * 4
    assert [each["Type"] for each in job_type["JobTypeFields"]] == [2, 3, 4, 1]


def test_a_custom_job_has_exactly_the_documented_members(command, mock):
    job = command.post("/OrchestratorJobs/Custom", json=custom_job(mock)).json()
    assert list(job) == ["JobId", "OrchestratorId", "JobTypeName", "Schedule", "JobFields", "RequestTimestamp"]
    assert [list(each) for each in job["JobFields"]] == [["JobTypeField", "Value"]]


def test_the_documentations_misspelling_is_sent_too_where_it_is_asked_for(serve):
    server = serve("fidelity: { timestampTypo: true }" + ESTATE)
    job = session_of(server).post("/OrchestratorJobs/Custom", json=custom_job(server)).json()
    assert job["RequestTimestmap"] == job["RequestTimestamp"]


REFUSALS = [
    ("GET", "/Nothing", None, 404), ("GET", "/Agents/00000000-0000-0000-0000-000000000001", None, 404),
    ("GET", "/CertificateStores/00000000-0000-0000-0000-000000000001", None, 404), ("GET", "/Agents/one", None, 400),
    ("GET", "/JobTypes/Custom/00000000-0000-0000-0000-000000000001", None, 404), ("PUT", "/Agents", b"{}", 405),
    ("GET", "/Agents?SortField=NAME", None, 400), ("GET", "/Agents?QueryString=Machine", None, 400), ("GET", "/Agents?a=%zz", None, 400),
    ("POST", "/OrchestratorJobs/Custom", b"", 400), ("POST", "/OrchestratorJobs/Custom", b"[]", 400),
    ("POST", "/CertificateStores/Schedule", b"{", 400), ("PATCH", "/CertificateStores", b"{}", 405), ("BREW", "/Agents", None, 405),
]


@pytest.mark.parametrize("method, path, body, status", REFUSALS, ids=[f"{m} {p} {b}" for m, p, b, _ in REFUSALS])
def test_every_refusal_has_a_code_and_a_message(mock, method, path, body, status):
    reply = mock.ask(method, "/KeyfactorAPI" + path, body)
    assert (reply.status, reply.header("Content-Type")) == (status, JSON)
    assert list(reply.json) == ["ErrorCode", "Message"]
    assert re.fullmatch(r"0x[0-9A-F]{8}", reply.json["ErrorCode"]) and reply.json["Message"]
    assert reply.header("Api-Supported-Versions") is None and all(reply.header(name) for name in COMMON)


TEXTS = [
    ("/CertificateStores/{}", "Certificate store with id '{}' does not exist."), ("/Agents/{}", "Agent with id of '{}' does not exist")]


@pytest.mark.parametrize("path, message", TEXTS)
def test_recorded_texts_of_404_keep_their_bytes(command, path, message):
    nobody = "aaaaaaaa-0000-4000-8000-000000000001"
    reply = command.get(path.format(nobody.upper()))
    assert reply.status_code == 404 and reply.json()["Message"] == message.format(nobody)


def test_an_unknown_sort_field_has_the_recorded_code_and_text(command):
    assert command.get("/CertificateStores?SortField=NAME").json() == {"ErrorCode": "0xA011004A", "Message": "Invalid sort field: NAME."}


@pytest.mark.parametrize("character", "'<>&+")
def test_refusals_escape_what_dot_net_escapes(mock, character):
    reply = mock.ask("GET", "/KeyfactorAPI/Agents?SortField=" + quote(character))
    assert f"\\u{ord(character):04X}".encode() in reply.body and reply.json["Message"] == f"Invalid sort field: {character}."


VERSIONS = [(None, 200), ("1", 200), ("1.0", 200), ("2", 200), ("2.0", 200), ("3", 400), ("1.1", 400), ("one", 400)]


@pytest.mark.parametrize("version, status", VERSIONS)
def test_an_api_version_is_taken_if_some_client_sends_it(mock, version, status):
    headers = {"X-KEYFACTOR-API-VERSION": version} if version else {}
    reply = mock.ask("GET", "/KeyfactorAPI/Agents", headers=headers)
    assert reply.status == status and (status == 200 or version in reply.json["Message"])


@pytest.mark.parametrize("switch, read, write", [("writes", 200, 400), ("all", 400, 400), ("off", 200, 204)])
def test_the_requested_with_header_is_asked_for_as_the_scenario_says(serve, switch, read, write):
    server = serve(f"fidelity: {{ headers: {switch} }}" + ESTATE)
    body = {"StoreIds": [server.store("web-1")], "Schedule": {}}
    server.headers.clear()
    assert server.ask("GET", "/KeyfactorAPI/Agents").status == read
    reply = server.ask("POST", "/KeyfactorAPI/CertificateStores/Schedule", body)
    assert reply.status == write and (write == 204 or "x-keyfactor-requested-with" in reply.json["Message"])


@pytest.mark.parametrize("value", ["APIClient", "XMLHttpRequest", "anything"])
def test_any_requested_with_will_do(mock, value):
    body = {"StoreIds": [mock.store("web-1")], "Schedule": {}}
    assert mock.ask("POST", "/KeyfactorAPI/CertificateStores/Schedule", body, {"x-keyfactor-requested-with": value}).status == 204


def test_unknown_members_are_ignored_or_refused_by_name(mock, serve):
    strict = serve("fidelity: { unknownMembers: refuse }" + ESTATE)
    for server, status in (mock, 204), (strict, 400):
        body = {"StoreIds": [server.store("web-1")], "Schedule": {}, "CollectionId": 0}
        reply = server.ask("POST", "/KeyfactorAPI/CertificateStores/Schedule", body)
        assert reply.status == status and (status == 204 or reply.json["Message"].startswith("CollectionId: "))


def test_bodies_that_cannot_be_read_are_problems_where_the_scenario_says_so(serve):
    server = serve("fidelity: { bindingErrors: problem }" + ESTATE)
    reply = server.ask("POST", "/KeyfactorAPI/CertificateStores/Schedule", {"StoreIds": ["x"], "Schedule": {}})
    assert (reply.status, reply.header("Content-Type")) == (400, "application/problem+json; charset=utf-8")
    assert list(reply.json) == ["type", "title", "status", "traceId", "errors"] and "StoreIds[0]" in reply.json["errors"]


def test_another_base_path_is_served_beside_the_vendors_two(serve):
    server = serve("basePath: /cmd/Api" + ESTATE)
    for base in "/cmd/api", "/KeyfactorAPI", "/Keyfactor/API":
        assert server.ask("GET", base + "/Status/HealthCheck").status == 204
