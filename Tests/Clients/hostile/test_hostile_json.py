"""Bodies that are made to cost much: each is refused as documented, or done, and no thread is kept from others for long.

What a request costs is read from the processor time of the server's threads, which other programs of the machine do not change.
"""

import json

import pytest

from support.hostile import COST, bounded, processor_time, while_others_are_served
from support.mock import ESTATE, basic, talk

SCHEDULE = ("POST", "/KeyfactorAPI/CertificateStores/Schedule")
CUSTOM = ("POST", "/KeyfactorAPI/OrchestratorJobs/Custom")
STORE = b'"2162f005-083e-4995-9519-60b656b06a45"'
STATUS = b"GET /KeyfactorAPI/Status/Endpoints HTTP/1.1\r\nHost: localhost\r\n\r\n"
MOST = 8 << 20
VALUES = 65_536
HOURLY = b'"Schedule":{"Interval":{"Minutes":60}}'
TOO_MANY, TOO_DEEP = "more than 65536 values and names", "nested deeper than 64 levels"
TOO_LONG = "expected at most 65536 bytes"


def stores(elements, schedule=HOURLY):
    return b'{"StoreIds":[' + elements + b"]," + schedule + b"}"


def many(element, count):
    return b",".join([element] * count)


def minutes(number):
    return stores(STORE, b'"Schedule":{"Interval":{"Minutes":' + number + b"}}}")[:-1]


def job(fields):
    return b'{"AgentId":"e89c945f-da62-482c-9495-ecf36abbd2dd","JobTypeName":"SampleCustomJobType","JobFields":{' + fields + b"}}"


NOT_WHOLE = "expected a whole number of 32 bits"
# What is sent, why, the status, and what the refusal says.
BODIES = [
    ("arrays 10,000 deep", SCHEDULE, b"[" * 10_000 + b"]" * 10_000, 400, TOO_DEEP),
    ("objects 10,000 deep", SCHEDULE, b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400, TOO_DEEP),
    ("arrays and objects 10,000 deep", SCHEDULE, b'[{"a":' * 5_000 + b"1" + b"}]" * 5_000, 400, TOO_DEEP),
    ("objects 10,000 deep in a field", CUSTOM, job(b'"ParamInt":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000), 400, TOO_DEEP),
    ("arrays that never end", SCHEDULE, b"[" * MOST, 400, TOO_DEEP),
    ("1,000,000 numbers for store ids", SCHEDULE, stores(many(b"1", 1_000_000)), 400, TOO_MANY),
    ("1,000,000 empty store ids", SCHEDULE, stores(many(b'""', 1_000_000)), 400, TOO_MANY),
    ("1,000,000 nulls for store ids", SCHEDULE, stores(many(b"null", 1_000_000)), 400, TOO_MANY),
    ("4,000,000 numbers", SCHEDULE, stores(many(b"1", 4_100_000)), 400, TOO_MANY),
    ("the same store 200,000 times", SCHEDULE, stores(many(STORE, 200_000)), 400, TOO_MANY),
    ("the same store as often as may be", SCHEDULE, stores(many(STORE, VALUES - 10)), 204, None),
    ("as many unknown stores as may be", SCHEDULE,
     stores(b",".join(b'"%08x-083e-4995-9519-60b656b06a45"' % number for number in range(VALUES - 10))), 400, "does not exist"),
    ("the same key 100,000 times", SCHEDULE, b"{" + many(b'"StoreIds":[' + STORE + b"]", 100_000) + b"," + HOURLY + b"}", 400, TOO_MANY),
    ("the same key 20,000 times", SCHEDULE, b"{" + many(b'"StoreIds":[' + STORE + b"]", 20_000) + b"," + HOURLY + b"}", 204, None),
    ("the same key in the schedule 30,000 times", SCHEDULE, stores(STORE, b'"Schedule":{' + many(b'"Off":true', 30_000) + b"}"), 204, None),
    ("100,000 unknown keys", SCHEDULE, b"{" + b",".join(b'"k%d":1' % number for number in range(100_000)) + b"}", 400, TOO_MANY),
    ("30,000 unknown fields of a job", CUSTOM, job(b",".join(b'"k%d":"1"' % number for number in range(30_000))), 400, "no such field"),
    ("the same field of a job 30,000 times", CUSTOM, job(many(b'"ParamInt":"3"', 30_000)), 200, None),
    ("a string of 8 MiB", SCHEDULE, stores(b'"' + b"a" * (MOST - 100) + b'"'), 400, TOO_LONG),
    ("a string of 8 MiB of escapes", SCHEDULE, stores(b'"' + b"\\u0041" * (MOST // 6 - 100) + b'"'), 400, TOO_LONG),
    ("a string of 8 MiB of lone surrogates", CUSTOM, job(b'"ParamInt":"' + b"\\ud800" * (MOST // 6 - 100) + b'"'), 400, TOO_LONG),
    ("a string of 8 MiB of backslashes", CUSTOM, job(b'"ParamInt":"' + b"\\\\" * (MOST // 2 - 100) + b'"'), 400, TOO_LONG),
    ("a name of 8 MiB", SCHEDULE, b'{"' + b"a" * (MOST - 100) + b'":1}', 400, TOO_LONG),
    ("blanks of 8 MiB", SCHEDULE, stores(STORE).ljust(MOST), 204, None),
    ("line ends of 8 MiB", SCHEDULE, b"\n" * (MOST - 1) + b"x", 400, "expected a value"),
    ("a string that never ends", SCHEDULE, b'{"StoreIds":["' + b"a" * (MOST - 100), 400, "the text ends inside a string"),
    ("a number of eight million digits", SCHEDULE, minutes(b"9" * (MOST - 200)), 400, TOO_LONG),
    ("an exponent of eight million digits", SCHEDULE, minutes(b"1e" + b"9" * (MOST - 200)), 400, TOO_LONG),
    ("1e999999", SCHEDULE, minutes(b"1e999999"), 400, NOT_WHOLE), ("400 digits", SCHEDULE, minutes(b"9" * 400), 400, NOT_WHOLE),
    ("1e-400", SCHEDULE, minutes(b"1e-400"), 400, NOT_WHOLE), ("-0", SCHEDULE, minutes(b"-0"), 400, "expected at least 1"),
    ("the smallest number of 64 bits", SCHEDULE, minutes(b"-9223372036854775808"), 400, NOT_WHOLE),
    ("one more than 32 bits", SCHEDULE, minutes(b"2147483648"), 400, NOT_WHOLE), ("1e308", SCHEDULE, minutes(b"1e308"), 400, NOT_WHOLE),
    ("digits in quotes for a number", SCHEDULE, minutes(b'"' + b"9" * (MOST - 200) + b'"'), 400, TOO_LONG),
    ("digits for a field that is an Int", CUSTOM, job(b'"ParamInt":"' + b"3" * (MOST - 200) + b'"'), 400, TOO_LONG),
    ("bytes that are no UTF-8", SCHEDULE, stores(b'"\xff\xfe"'), 400, "not UTF-8"), ("an overlong slash", SCHEDULE, stores(b'"\xc0\xaf"'), 400, "not UTF-8"),
    ("a surrogate in UTF-8", SCHEDULE, stores(b'"\xed\xa0\x80"'), 400, "not UTF-8"), ("UTF-16", SCHEDULE, stores(STORE).decode().encode("utf-16"), 400, "expected a value"),
    ("a NUL", SCHEDULE, b"\0", 400, "expected a value"), ("a NUL in a string", SCHEDULE, stores(b'"\0"'), 400, "expected a GUID"),
    ("a string of 8 MiB in single quotes", SCHEDULE, stores(b"'" + b'"' * (MOST - 100) + b"'"), 400, TOO_LONG),
    ("a string of 8 MiB of control characters", SCHEDULE, stores(b'"' + b"\1" * (MOST - 100) + b'"'), 400, TOO_LONG),
    ("a comment of 8 MiB", SCHEDULE, b"/*" + b"*" * (MOST - 200) + b"*/" + stores(STORE), 204, None),
    ("a comment that never ends", SCHEDULE, b"/*" + b"*" * (MOST - 100), 400, "the text ends inside a comment"),
    ("blanks of Unicode of 8 MiB", SCHEDULE, b"\xc2\xa0" * (MOST // 2 - 200) + stores(STORE), 204, None),
    ("a number of eight million points", SCHEDULE, minutes(b".-" * (MOST // 2 - 200)), 400, "expected a"),
    ("a boolean of 8 MiB of escapes", SCHEDULE, stores(STORE, b'"Schedule":{"Immediate":"' + b"\\u0020" * (MOST // 6 - 100) + b'"}'), 400, TOO_LONG),
    ("two million comments", SCHEDULE, stores(b"/**/" * (MOST // 4 - 100) + STORE), 204, None),
    ("elements left out", SCHEDULE, stores(b"," * (MOST - 200)), 400, TOO_MANY),
    ("arrays without quotes 10,000 deep", SCHEDULE, b"{a:" * 10_000 + b"1" + b"}" * 10_000, 400, TOO_DEEP),
    ("a value after the first 8 MiB long", SCHEDULE, stores(STORE) + b"[" * (MOST - 200), 204, None),
    ("a name of 8 MiB without quotes", SCHEDULE, b"{" + b"a" * (MOST - 100) + b":1}", 400, TOO_LONG),
    ("a hexadecimal number of eight million digits", SCHEDULE, minutes(b"0x" + b"9" * (MOST - 200)), 400, "not valid JSON"),
]


@pytest.fixture(scope="module")
def server(serve_module):
    server = serve_module(ESTATE, "--log-level", "warning", "--journal-bytes", "65536")
    # The threads grow their buffers to what such bodies need, once.
    for _ in range(8):
        server.ask(*SCHEDULE, stores(STORE).ljust(MOST))
    return server


@pytest.mark.parametrize("request_line, body, status, says", [case[1:] for case in BODIES], ids=[case[0] for case in BODIES])
def test_a_body_that_is_made_to_cost_much_costs_little(server, request_line, body, status, says):
    before = processor_time(server)
    reply = server.ask(*request_line, body, {"Content-Type": "application/json"})
    cost = processor_time(server) - before
    print(f"\n{len(body)} bytes cost {cost:.0f} ms of the processor: {reply.status}", end="")
    assert reply.status == status
    if says:
        assert reply.json["ErrorCode"] == "0xA0110004" and says in reply.json["Message"]
        assert len(reply.body) < 40_000, "a refusal is no lever"
    assert cost < COST
    assert talk(server, STATUS).status == 200


COSTLY = ["4,000,000 numbers", "as many unknown stores as may be", "a string of 8 MiB of escapes", "line ends of 8 MiB", "a number of eight million digits"]


def test_others_are_served_while_bodies_are_made_to_cost_much(server):
    bodies = {case[0]: case for case in BODIES}
    with bounded(server, "costly bodies", 64 << 10) as peak, while_others_are_served(server, "costly bodies"):
        for name in COSTLY * 2:
            _, request_line, body, status, _ = bodies[name]
            assert server.ask(*request_line, body).status == status
            peak()


# Operations other than the two that read lists, objects or JSON inside a string.
ELSEWHERE = [
    ("POST", "/KeyfactorAPI/CertificateStores", b'{"ClientMachine":"a","StorePath":"b","CertStoreType":2,"Properties":"' + b"[" * (MOST - 1000) + b'"}'),
    ("POST", "/KeyfactorAPI/CertificateStores", b'{"ClientMachine":"a","StorePath":"b","CertStoreType":2,"Properties":"{\\"a\\":[' + b"1," * (MOST // 2 - 1000) + b'1]}"}'),
    ("PUT", "/KeyfactorAPI/CertificateStores/AssignContainer", b'{"CertStoreContainerId":3,"KeystoreIds":[' + many(b'""', VALUES - 10) + b"]}"),
    ("POST", "/KeyfactorAPI/CertificateStores/Certificates/Add",
     b'{"CertificateId":1,"Schedule":{"Immediate":true},"CertificateStores":[' + many(b'{"CertificateStoreId":' + STORE + b',"Alias":"a"}', 10_000) + b"]}"),
    ("POST", "/KeyfactorAPI/Agents/Approve", b"[" + many(b'"e89c945f-da62-482c-9495-ecf36abbd2dd"', VALUES - 10) + b"]"),
    ("POST", "/KeyfactorAPI/JobTypes/Custom", b'{"JobTypeName":"x","JobTypeFields":[' + many(b'{"Name":"a","Type":1}', 10_000) + b"]}"),
    ("POST", "/KeyfactorAPI/JobTypes/Custom",
     b'{"JobTypeName":"y","JobTypeFields":[' + b",".join(b'{"Name":"a%d","Type":1}' % number for number in range(10_000)) + b"]}"),
    ("POST", "/KeyfactorAPI/OrchestratorJobs/Acknowledge", b'{"JobAuditIds":[' + b",".join(b"%d" % number for number in range(VALUES - 10)) + b"]}"),
    ("DELETE", "/KeyfactorAPI/CertificateStores", b"[" + b",".join(b'"%08x-083e-4995-9519-60b656b06a45"' % number for number in range(VALUES - 10)) + b"]"),
    ("POST", "/oauth2/token", b"grant_type=client_credentials&" + b"a=b&" * (MOST // 4 - 100)),
    ("POST", "/oauth2/token", b"grant_type=client_credentials&client_id=" + b"%41" * 20_000),
]


@pytest.mark.parametrize("method, path, body", ELSEWHERE, ids=[f"{path} {len(body)} bytes" for _, path, body in ELSEWHERE])
def test_costly_bodies_cost_little_elsewhere(server, method, path, body):
    headers = {"Content-Type": "application/x-www-form-urlencoded" if "oauth2" in path else "application/json"}
    before = processor_time(server)
    reply = server.ask(method, path, body, headers)
    cost = processor_time(server) - before
    print(f"\n{cost:.0f} ms of the processor: {reply.status} {reply.body[:150]}", end="")
    assert reply.status < 500 and cost < COST


INVALID = [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xe2\x82"]


@pytest.mark.parametrize("part", INVALID)
def test_bytes_that_are_not_utf_8_are_never_taken_for_text(server, part):
    head = b" HTTP/1.1\r\nHost: localhost\r\n\r\n"
    escaped = "".join(f"%{byte:02X}" for byte in part).encode()
    assert talk(server, b"GET /KeyfactorAPI/CertificateStores/" + escaped + head).status in (400, 404)
    assert talk(server, b"GET /KeyfactorAPI/CertificateStores/" + part + head).status in (400, 404)
    assert talk(server, b"GET /KeyfactorAPI/Agents?QueryString=" + escaped + head).status == 400
    assert talk(server, b"GET /KeyfactorAPI/Agents?QueryString=" + part + head).status == 400
    assert talk(server, b"GET /_mock/" + escaped + head).status == 400
    assert talk(server, b"GET /w/" + part + b"/KeyfactorAPI/Agents" + head).status == 404
    field = head.replace(b"\r\n\r\n", b"\r\nX-Mock-World: " + part + b"\r\n\r\n")
    assert talk(server, b"GET /KeyfactorAPI/Agents" + field).status == 404
    field = head.replace(b"\r\n\r\n", b"\r\nX-Whatever: " + part + b"\r\nUser-Agent: " + part + b"\r\n\r\n")
    assert talk(server, b"GET /KeyfactorAPI/Agents" + field).status == 200
    entry = server.ask("GET", "/_mock/journal?limit=1")
    json.loads(entry.body.decode("utf-8"))


@pytest.mark.parametrize("user", ["\xff", "a\r\nb", "a\0b", "%", "a" * 10_000, "\u202eadmin", "a\x1b[31m"])
def test_a_user_whose_name_is_hostile_is_refused_or_harmless(serve, user):
    server = serve("auth: { mode: basic, users: [ { name: me, password: right } ] }")
    assert server.ask("GET", "/KeyfactorAPI/Agents", headers={"Authorization": basic(user, "x")}).status == 401
    assert server.ask("GET", "/KeyfactorAPI/Agents", headers={"Authorization": basic("me", "right")}).status == 200
    journal = server.ask("GET", "/_mock/journal?limit=2")
    assert journal.status == 200 and len(journal.json["exchanges"]) == 2


def test_credentials_that_are_not_base64_or_not_text_are_refused(serve):
    server = serve("auth: { mode: both, users: [ { name: me, password: right } ] }")
    for value in ["Basic", "Basic ", "Basic !!!!", "Basic /////w==", "Basic " + "A" * 14_000, "Bearer", "Bearer " + "a" * 14_000, "Digest x", "\xff\xff"]:
        assert server.ask("GET", "/KeyfactorAPI/Agents", headers={"Authorization": value.encode("latin-1")}).status == 401, value


def test_two_worlds_or_two_credentials_in_one_request_are_refused(mock):
    """Which of them counts would be another for each reader."""
    head = b"GET /KeyfactorAPI/Agents HTTP/1.1\r\nHost: localhost\r\n"
    two_worlds = talk(mock, head + b"X-Mock-World: one\r\nx-mock-world: two\r\n\r\n")
    assert two_worlds.status == 400 and "more than once" in two_worlds.json["Message"]
    two_users = talk(mock, head + b"Authorization: Basic YTpi\r\nauthorization: Bearer x\r\n\r\n")
    assert two_users.status == 400 and "more than one Authorization" in two_users.json["Message"]
