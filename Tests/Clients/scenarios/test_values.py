"""Header fields in several lines and numbers of any size mean the same to rules, verdicts, the journal and queries as on the wire."""

import http.client
import json
from urllib.parse import quote

import pytest

from support.mock import ESTATE, PATIENCE

AGENTS, CUSTOM = "GET /Agents", "POST /OrchestratorJobs/Custom"
LINES = [("X-Team", "red"), ("X-Team", "Blue, dark"), ("x-team", "7")]
# A number that no Double holds, and those next to it.
BIG = 9007199254740993


@pytest.fixture(scope="module")
def server(serve_module):
    return serve_module(ESTATE)


def send(server, fields, method="GET", path="/KeyfactorAPI/Agents", body=b""):
    """A request with its header fields as they are, each on a line of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=PATIENCE)
    try:
        connection.putrequest(method, path)
        for name, value in [("x-keyfactor-requested-with", "APIClient"), ("Content-Length", str(len(body))), *fields]:
            connection.putheader(name, value)
        connection.endheaders(body)
        reply = connection.getresponse()
        reply.read()
        return reply.status
    finally:
        connection.close()


def strikes(server, world, operation, where, *request):
    """Whether a rule strikes a request, and whether an expectation with the same lines finds it."""
    assert server.ask("POST", "/_mock/worlds", {"name": world}).status in (200, 201, 409)
    rule = {"operation": operation, "where": where, "do": [{"refuse": "unavailable"}]}
    assert server.ask("POST", f"/_mock/worlds/{world}/rules", rule).status == 200
    struck = send(server, [*request[0], ("X-Mock-World", world)], *request[1:]) == 503
    expect = {"requests": {"operation": operation, "where": where}, "count": 1}
    verdict = server.ask("POST", f"/_mock/worlds/{world}/verify", {"expect": [expect]}).json["verdict"]
    server.ask("DELETE", f"/_mock/worlds/{world}")
    return struck, verdict == "met"


@pytest.mark.parametrize(
    "matcher, fits",
    [
        ("red", True), ("blue, DARK", True), (7, True), ("red, Blue, dark, 7", True), ("blue", False), ("red, 7", False), ("present", True),
        ("absent", False), ({"contains": "dark"}, True), ({"contains": "red, blue"}, True), ({"regex": "^7$"}, True), ({"regex": "^dark"}, False),
        ({"above": 6.5}, True), ({"below": 7}, False), ({"oneOf": ["green", "7"]}, True), ({"not": "red"}, False), ({"not": "green"}, True),
        ({"not": {"contains": "dark"}}, False), ({"contains": "red", "above": 6}, False), ({"contains": "red", "regex": "^r"}, True),
    ],
)
def test_any_line_of_a_header_field_may_match_or_all_together(server, matcher, fits):
    assert strikes(server, "lines", AGENTS, {"header.X-Team": matcher}, LINES) == (fits, fits)


def test_the_rule_among_many_is_found_by_any_line(serve):
    rules = [{"name": name, "operation": AGENTS, "where": {"header.x-team": name}, "do": [{"refuse": "unavailable"}]} for name in ("red", "blue", "seven", "a, b")]
    server = serve(ESTATE + "rules: " + json.dumps(rules))
    for fields, status in (
        ([("X-Team", "blue")], 503), ([("X-Team", "x"), ("X-Team", "Seven")], 503), ([("X-Team", "a"), ("X-Team", "b")], 503),
        ([("X-Team", "red"), ("X-Team", "red")], 503), ([("X-Team", "x"), ("X-Team", "y")], 200),
    ):
        assert send(server, fields) == status, fields


def test_requests_are_counted_by_all_lines_of_a_field_together(serve):
    rule = {"operation": AGENTS, "calls": 1, "per": "header.X-Run", "do": [{"refuse": "unavailable"}]}
    server = serve(ESTATE + "rules: " + json.dumps([rule]))
    seen = [send(server, [("X-Run", value) for value in run]) for run in (["1"], ["1", "2"], ["1", "2"], ["2", "1"], ["1"])]
    assert seen == [503, 503, 200, 503, 200]


@pytest.mark.parametrize(
    "fields, status",
    [
        ([("x-keyfactor-api-version", "1"), ("x-keyfactor-api-version", "9")], 400), ([("x-keyfactor-api-version", "9"), ("x-keyfactor-api-version", "1")], 400),
        ([("Content-Encoding", "gzip"), ("Content-Encoding", "br")], 415), ([("X-Mock-World", "a"), ("X-Mock-World", "b")], 400),
        ([("Authorization", "Basic YTpi"), ("authorization", "Basic YTpi")], 400),
    ],
)
def test_what_the_server_itself_reads_has_no_hidden_second_line(server, fields, status):
    assert send(server, fields, "POST", "/KeyfactorAPI/CertificateStores/Approve", b"[]") == status


def test_the_journal_shows_all_lines_in_one(server):
    send(server, [("Accept", "text/plain"), ("accept", "application/json;q=0.5"), ("ACCEPT", "*/*")])
    assert server.ask("GET", "/_mock/journal?limit=1").json["exchanges"][0]["headers"]["Accept"] == "text/plain, application/json;q=0.5, */*"


@pytest.mark.parametrize(
    "matcher, sent, fits",
    [
        (BIG, f"{BIG}", True), (BIG, f"{BIG - 1}", False), (BIG, f"{BIG}.0", True), (BIG, f"{BIG}.1", False), (BIG, "9.007199254740993e15", True),
        (12345678901234567890, "12345678901234567890", True), (12345678901234567890, "12345678901234567891", False), (0.1, "0.1000", True),
        (0.1, "0.10000000000000000001", False), (0, "-0.0e9", True), (100, "1E2", True), (1e-7, "0.0000001", True),
        ({"above": BIG - 1}, f"{BIG}", True), ({"above": BIG}, f"{BIG}", False), ({"below": BIG}, f"{BIG - 1}", True), ({"above": -0.5}, "-0.49", True),
        ({"below": 9223372036854775808}, "9223372036854775807", True), ({"above": 9223372036854775807}, "1e400", True),
        ({"oneOf": [1, BIG]}, f"{BIG}", True), ({"not": BIG}, f"{BIG - 1}", True), ({"above": BIG - 1}, f'"{BIG}"', True), ({"above": 5}, '"nan"', False),
        ({"above": 5}, '"0x10"', False), ({"above": 5}, '"inf"', False),
    ],
)
def test_numbers_are_compared_exactly(server, matcher, sent, fits):
    body = ('{"AgentId":"x","Weight":' + sent + "}").encode()
    found = strikes(server, "numbers", CUSTOM, {"body.Weight": matcher}, [("Content-Type", "application/json")], "POST", "/KeyfactorAPI/OrchestratorJobs/Custom", body)
    assert found == (fits, fits)


@pytest.mark.parametrize(
    "matcher, fits",
    [
        ({"covers": {"Ids": [BIG]}}, True), ({"covers": {"Ids": [BIG + 1]}}, False), ({"covers": {"One": 10.0}}, True), ({"covers": {"One": 10.5}}, False),
        ({"covers": {"Inner": {"Most": 123456789012345678901234567890}}}, True), ({"covers": {"Inner": {"Most": 123456789012345678901234567891}}}, False),
    ],
)
def test_parts_are_compared_exactly_too(server, matcher, fits):
    body = b'{"Weight":{"Ids":[1,9007199254740993],"One":1e1,"Inner":{"Most":123456789012345678901234567890}}}'
    found = strikes(server, "parts", CUSTOM, {"body.Weight": matcher}, [], "POST", "/KeyfactorAPI/OrchestratorJobs/Custom", body)
    assert found == (fits, fits)


@pytest.mark.parametrize("part, fits", [(BIG, True), (BIG + 1, False), (10, True), (1, False), ("10", False), ("a", True)])
def test_an_element_of_a_list_is_found_exactly(server, part, fits):
    body = b'{"Weight":[9007199254740993,1e1,"a"]}'
    found = strikes(server, "elements", CUSTOM, {"body.Weight": {"contains": part}}, [], "POST", "/KeyfactorAPI/OrchestratorJobs/Custom", body)
    assert found == (fits, fits)


@pytest.mark.parametrize(
    "query, count",
    [
        ("CertStoreInventoryJobId -eq NULL", None), ("AgentPlatform -lt 9223372036854775808", "all"), ("AgentPlatform -gt -99999999999999999999", "all"),
        ("AgentPlatform -gt 9223372036854775808", 0), ("AgentPlatform -eq 1.0", "one"), ("AgentPlatform -eq 1.5", 0), ("AgentPlatform -ne 1.5", "all"),
        ("AgentPlatform -ge 1e0", "one or more"), ("AgentPlatform -lt 0.5", None), ("AgentPlatform -eq 1e", "wrong"), ("AgentPlatform -eq 0x1", "wrong"),
    ],
)
def test_queries_take_any_number(server, query, count):
    everything = len(server.get("/Agents"))
    ones = sum(row["AgentPlatform"] == 1 for row in server.get("/Agents"))
    reply = server.ask("GET", "/KeyfactorAPI/Agents?QueryString=" + quote(query))
    if count == "wrong" or query.startswith("CertStore"):
        assert reply.status == 400
        return
    expected = {"all": everything, "one": ones, "one or more": sum(row["AgentPlatform"] >= 1 for row in server.get("/Agents")), None: everything - sum(row["AgentPlatform"] >= 0.5 for row in server.get("/Agents"))}
    assert len(reply.json) == expected.get(count, count)


def test_a_job_history_id_of_64_bits_stays_what_it_is(serve):
    """Ids next to each other that are one number to a client that reads doubles."""
    server = serve(ESTATE + f"  numbers: {{ nextAttempt: {BIG} }}\n")
    custom = {"AgentId": server.agent("uo-1"), "JobTypeName": "NoFields", "Schedule": {"Immediate": True}}
    for _ in range(2):
        assert server.ask("POST", "/KeyfactorAPI/OrchestratorJobs/Custom", custom).status == 200
    for _ in range(3):
        rows = server.get("/OrchestratorJobs/JobHistory")
    ids = sorted(row["JobHistoryId"] for row in rows)
    assert ids == [BIG, BIG + 1]
    for query, found in (
        (f"JobHistoryId -eq {BIG}", ids[:1]), (f"JobHistoryId -gt {BIG}", ids[1:]), (f"JobHistoryId -le {BIG}", ids[:1]), (f"JobHistoryId -lt {BIG}.5", ids[:1]),
        (f"JobHistoryId -ne {BIG - 1}", ids), (f"JobHistoryId -eq {BIG + 1}.0", ids[1:]),
    ):
        assert sorted(row["JobHistoryId"] for row in server.get("/OrchestratorJobs/JobHistory?QueryString=" + quote(query))) == found, query
    assert f"'{BIG}'" in server.ask("POST", "/KeyfactorAPI/OrchestratorJobs/Acknowledge", {"JobAuditIds": [BIG]}).json["FailedOperations"][0]["Reason"]
    estate = server.ask("GET", "/_mock/estate").json
    assert [attempt["id"] for attempt in estate["history"]] == ids
    # Ids far from each other cost no more than others.
    estate["history"][1]["id"] = 2**61
    estate["numbers"]["nextAttempt"] = 2**62 - 1
    server.ask("POST", "/_mock/worlds", {"name": "apart"})
    assert server.ask("PATCH", "/_mock/worlds/apart/estate", estate).status == 200
    in_world = {"X-Mock-World": "apart"}
    path = "/KeyfactorAPI/OrchestratorJobs/JobHistory?returnLimit=1&sortAscending=0&pageReturned="
    pages = [server.ask("GET", path + str(page), headers=in_world).json for page in (1, 2, 3)]
    assert [[row["JobHistoryId"] for row in page] for page in pages] == [[BIG], [2**61], []]
    assert server.ask("POST", "/KeyfactorAPI/OrchestratorJobs/Custom", custom, in_world).status == 200
    server.ask("GET", path + "1", headers=in_world)
    assert server.ask("GET", "/_mock/worlds/apart/estate").json["history"][-1]["id"] == 2**62 - 1
