"""Requests in the shapes of six clients, written to the socket as they would write them. Every one over TLS, as they insist on it."""

import pytest

from support.mock import read_reply, talk
from support.shapes import go_client, go_client_again, go_login, go_sdk, java_sdk, message, python_1, python_11

SCHEDULE = "POST /KeyfactorAPI/CertificateStores/Schedule"
CUSTOM = "POST /KeyfactorAPI/OrchestratorJobs/Custom"


def shown(mock, store):
    """A store's schedule; of daily, weekly and monthly ones only the time of day counts."""
    schedule = mock.schedule_of(store)
    kind, value = next(iter(schedule.items()))
    return {kind: {**value, "Time": value["Time"][10:]} if kind in ("Daily", "Weekly", "Monthly") else value}


SET = [
    (go_sdk, {"Interval": {"Minutes": 30}}, {"Interval": {"Minutes": 30}}),
    (go_sdk, {"Daily": {"Time": "2026-11-22T20:00:00Z"}}, {"Daily": {"Time": "T20:00:00Z"}}),
    (go_sdk, {"ExactlyOnce": {"Time": "2026-11-22T20:00:00.123456789+02:00"}}, {"ExactlyOnce": {"Time": "2026-11-22T18:00:00.1234567Z"}}),
    (go_sdk, {"Weekly": {"Days": [1, 5], "Time": "2026-11-22T20:00:00Z"}}, {"Weekly": {"Days": ["Monday", "Friday"], "Time": "T20:00:00Z"}}),
    (go_sdk, {"Monthly": {"Day": 3, "Time": "2026-11-22T20:00:00Z"}}, {"Monthly": {"Day": 3, "Time": "T20:00:00Z"}}),
    (go_sdk, {"Immediate": True}, {"Immediate": True}),
    (java_sdk, {"Interval": {"Minutes": 30}}, {"Interval": {"Minutes": 30}}),
    (java_sdk, {"Daily": {"Time": "2026-11-22T20:00:00Z"}}, {"Daily": {"Time": "T20:00:00Z"}}),
    (java_sdk, {"ExactlyOnce": {"Time": "2026-11-22T20:00:00.005+02:00"}}, {"ExactlyOnce": {"Time": "2026-11-22T18:00:00.005Z"}}),
    (java_sdk, {"Weekly": {"Days": [1], "Time": "2026-11-22T20:00:00Z"}}, {"Weekly": {"Days": ["Monday"], "Time": "T20:00:00Z"}}),
    (java_sdk, {"Immediate": True}, {"Immediate": True}),
    (python_1, {"Interval": {"Minutes": 30}}, {"Interval": {"Minutes": 30}}),
    (python_1, {"Daily": {"Time": "2026-11-22T20:00:00Z"}}, {"Daily": {"Time": "T20:00:00Z"}}),
    (python_1, {"Weekly": {"Days": [1, 5], "Time": "2026-11-22T20:00:00Z"}}, {"Weekly": {"Days": ["Monday", "Friday"], "Time": "T20:00:00Z"}}),
    (python_1, {"Immediate": True}, {"Immediate": True}),
    (python_11, {"interval": {"minutes": 30}}, {"Interval": {"Minutes": 30}}),
    (python_11, {"daily": {"time": "2026-11-22T20Z"}}, {"Daily": {"Time": "T20:00:00Z"}}),
    (python_11, {"weekly": {"time": "2026-11-22T20:00:00.123000Z", "days": [1, 5]}}, {"Weekly": {"Days": ["Monday", "Friday"], "Time": "T20:00:00Z"}}),
    (python_11, {"monthly": {"time": "2026-11-22T20:00:00Z", "day": 3}}, {"Monthly": {"Day": 3, "Time": "T20:00:00Z"}}),
    (python_11, {"immediate": True}, {"Immediate": True}),
    (python_11, {"exactlyOnce": {"time": "2026-11-22T20:00:00Z"}}, {"ExactlyOnce": {"Time": "2026-11-22T20:00:00Z"}}),
]


def name_of(case):
    shape, schedule, _ = case
    return f"{shape.__name__} {next(iter(schedule))}"


def body_of(shape, store, schedule):
    small = shape is python_11
    return {"storeIds" if small else "StoreIds": [store], "schedule" if small else "Schedule": schedule}


@pytest.mark.parametrize("shape, sent, expected", SET, ids=map(name_of, SET))
def test_a_schedule_in_each_clients_shape_is_set_and_shown(mock, shape, sent, expected):
    store = mock.store("web-1")
    reply = talk(mock, shape(SCHEDULE, body_of(shape, store, sent)), secure=True)
    assert (reply.status, reply.body) == (204, b"")
    assert shown(mock, store) == expected


@pytest.mark.parametrize("shape", [go_sdk, java_sdk, python_1, python_11])
def test_leaving_the_schedule_out_is_refused_or_switches_it_off_as_the_scenario_says(mock, serve, shape):
    for server, status in (mock, 400), (serve("fidelity: { missingSchedule: off }"), 204):
        store = server.store("web-1")
        assert talk(server, go_sdk(SCHEDULE, {"StoreIds": [store], "Schedule": {"Interval": {"Minutes": 9}}}), secure=True).status == 204
        member = "storeIds" if shape is python_11 else "StoreIds"
        reply = talk(server, shape(SCHEDULE, {member: [store]}), secure=True)
        assert reply.status == status
        assert server.schedule_of(store) == ({"Interval": {"Minutes": 9}} if status == 400 else None)


JOBS = [
    (go_sdk, {"JobFields": {"Target": "x"}, "Schedule": {"Immediate": True}}, [("Target", "x")]),
    (java_sdk, {"Schedule": {"Immediate": True}, "JobFields": {"Target": "x"}}, [("Target", "x")]),
    (python_1, {"Schedule": {"Immediate": True}, "JobFields": {"Target": "x"}}, [("Target", "x")]),
    (python_11, {"schedule": {"immediate": True}, "jobFields": {"target": "x", "pathName": "/y"}}, [("Target", "x"), ("PathName", "/y")]),
    (python_11, {"schedule": {"exactlyOnce": {"time": "2026-11-22T20:00:00Z"}}}, [("Target", "everything")]),
    (python_11, {"schedule": {"immediate": True}, "jobFields": None}, [("Target", "everything")]),
]


@pytest.mark.parametrize("shape, more, fields", JOBS, ids=["go", "java", "python 1", "python 11", "python 11, once", "python 11, null fields"])
def test_a_custom_job_in_each_clients_shape_is_made(mock, shape, more, fields):
    agent = mock.agent("uo-1")
    names = ("agentId", "jobTypeName") if shape is python_11 else ("AgentId", "JobTypeName")
    reply = talk(mock, shape(CUSTOM, {names[0]: agent, names[1]: "Custom_Backup", **more}), secure=True)
    assert (reply.status, reply.header("content-type")) == (200, "application/json; charset=utf-8")
    job = reply.json
    assert (job["OrchestratorId"], job["JobTypeName"]) == (agent, "Custom_Backup")
    assert [(each["JobTypeField"], each["Value"]) for each in job["JobFields"]] == fields


def test_a_go_client_opens_a_tls_connection_for_each_request_and_leaves_it_open(mock):
    """Forty of them idle at once, and the next one is still served."""
    wires = []
    try:
        for _ in range(40):
            wire = mock.connect(secure=True)
            wires.append(wire)
            wire.sendall(go_sdk("GET /KeyfactorAPI/Status/Endpoints"))
            with wire.makefile("rb") as stream:
                assert read_reply(stream).status == 200
        assert talk(mock, go_login(), secure=True).status == 200
    finally:
        for wire in wires:
            wire.close()


def test_a_java_client_sends_all_its_calls_over_one_connection(mock):
    store, agent = mock.store("web-1"), mock.agent("uo-1")
    calls = [
        (java_sdk(SCHEDULE, {"StoreIds": [store], "Schedule": {"Immediate": True}}), 204),
        (java_sdk(CUSTOM, {"AgentId": agent, "JobTypeName": "NoFields"}), 200),
        (java_sdk("GET /KeyfactorAPI/Agents?pq.queryString=ClientMachine%20-contains%20%22uo%22&pq.pageReturned=1&pq.returnLimit=10"), 200),
        (java_sdk("GET /KeyfactorAPI/JobTypes/Custom"), 200),
        (java_sdk("GET /KeyfactorAPI/Status/Endpoints"), 200),
    ]
    with mock.connect(secure=True) as wire, wire.makefile("rb") as stream:
        for call, status in calls:
            wire.sendall(call)
            assert read_reply(stream).status == status


@pytest.mark.parametrize("host", ["localhost", "localhost:443", "127.0.0.1:8443", "command.test", "[::1]:443"])
def test_the_login_of_go_clients_gets_an_array_of_strings_whatever_the_host(mock, host):
    reply = talk(mock, go_login(host), secure=True)
    assert reply.status == 200 and reply.reason == "OK"
    assert reply.json and all(isinstance(each, str) for each in reply.json)


@pytest.mark.parametrize("path", ["Status/Endpoints", "Agents", "Agents?pq.queryString=", "CertificateStores", "JobTypes/Custom"])
def test_a_get_with_a_body_of_null_is_a_get(mock, path):
    reply = talk(mock, go_client("GET /KeyfactorAPI/" + path), secure=True)
    assert reply.status == 200 and isinstance(reply.json, list)


def test_listing_stores_as_kfutil_does_ends(mock):
    """It asks for page after page, each GET with a body of null, until an empty array comes."""
    total = 0
    with mock.connect(secure=True) as wire, wire.makefile("rb") as stream:
        for page in range(1, 10):
            wire.sendall(go_client(f"GET /KeyfactorAPI/CertificateStores?certificateStoreQuery.pageReturned={page}"))
            rows = read_reply(stream).json
            total += len(rows)
            if not rows:
                break
    assert (page, total) == (4, 125)


NOBODY = "00000000-0000-0000-0000-000000000009"


@pytest.mark.parametrize("path, body, status", [
    ("Status/Endpoints", b"null", 405), ("Status/Endpoints", b"[]", 405), (f"Agents/{NOBODY}?force=true", b"null", 404)])
def test_a_delete_with_a_body_is_refused_in_the_vendors_words(mock, path, body, status):
    reply = talk(mock, go_client("DELETE /KeyfactorAPI/" + path, body), secure=True)
    assert reply.status == status and list(reply.json) == ["ErrorCode", "Message"]
    assert reply.header("allow") == ("GET" if status == 405 else None)


def test_the_repetition_after_a_timeout_which_has_lost_all_headers_reads(mock):
    reply = talk(mock, go_client_again("GET /KeyfactorAPI/Agents?pq.queryString=ClientMachine%20-eq%20%22uo-1%22"), secure=True)
    assert [each["ClientMachine"] for each in reply.json] == ["uo-1"]


def test_the_repetition_of_a_write_is_refused_unless_no_header_is_asked_for(mock, serve):
    for server, status in (mock, 400), (serve("fidelity: { headers: off }"), 204):
        body = b'{"StoreIds":["%s"],"Schedule":{"Interval":{"Minutes":3}}}' % server.store("web-1").encode()
        reply = talk(server, go_client_again(SCHEDULE, body), secure=True)
        assert reply.status == status
        assert status == 204 or "x-keyfactor-requested-with" in reply.json["Message"]


def test_asynchronous_python_calls_read_but_do_not_write_without_their_header(mock):
    assert talk(mock, python_11("GET /KeyfactorAPI/Status/Endpoints", headers=()), secure=True).status == 200
    body = {"storeIds": [mock.store("web-1")], "schedule": {}}
    assert talk(mock, python_11(SCHEDULE, body, headers=()), secure=True).status == 400


@pytest.mark.parametrize("form, status", [(b"grant_type=client_credentials", 200), (b"grant_type=client_credentials&scope=a+b&audience=c", 200)])
def test_a_go_client_gets_its_token_with_basic_credentials(mock, form, status):
    reply = talk(mock, message("POST /oauth2/token", [
        ("Host", "localhost:8443"), ("User-Agent", "Go-http-client/1.1"), ("Content-Length", len(form)),
        ("Authorization", "Basic Y2lkOmNzZWM="), ("Content-Type", "application/x-www-form-urlencoded"), ("Accept-Encoding", "gzip")],
        form), secure=True)
    token = reply.json
    assert reply.status == status and token["token_type"] == "Bearer" and token["expires_in"] == 3600
    answer = talk(mock, go_sdk("GET /KeyfactorAPI/Status/Endpoints", login="Bearer " + token["access_token"]), secure=True)
    assert answer.status == 200
