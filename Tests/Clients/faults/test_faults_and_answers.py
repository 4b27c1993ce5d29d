"""Effects that answer, or answer late, over HTTP and HTTPS: what is seen, what the journal says, and what is in the estate afterwards."""

import http.client
import json
import ssl
import subprocess
import threading
import time

import pytest
import requests

from support.session import session_of
from support.mock import PATIENCE, SLOWNESS
from support.connection import CUSTOM, JOB, Wire, at_rest, descriptors, eventually, get, jobs, journal, look, post_job, reset

BOTH = pytest.mark.parametrize("secure", [False, True], ids=["over HTTP", "over HTTPS"])
PAGE = "<html><body>upstream timed out</body></html>"

# What is done; how many jobs there are then; status, and what of the body is seen.
ANSWERS = {
    "a refusal by name": ("{ refuse: unavailable }", 0, 503, b"The service is unavailable."),
    "a refusal of one's own": ("{ refuse: { status: 418, code: '0xA0110099', message: no tea } }", 0, 418, b'"Message":"no tea"'),
    "a page of the gateway": ("{ refuse: gateway-504-html }", 0, 504, b"504"),
    "a refusal with Retry-After": ("{ refuse: { failure: unavailable, retryAfter: 90s } }", 0, 503, b"unavailable"),
    "a success cut in half": ("{ refuse: truncated-json-200 }", 0, 200, b"{"),
    "a success without a body": ("{ refuse: empty-200 }", 0, 200, b""),
    "an answer": ("{ answer: { status: 202, headers: { X-One: '1' }, body: { queued: true } } }", 0, 202, b'{"queued":true}'),
    "an altered status": ("{ alter: { status: 500 } }", 1, 500, b'"JobTypeName":"SampleCustomJobType"'),
    "a patched body": ("{ alter: { patch: { JobTypeName: Other, JobFields: null } } }", 1, 200, b'"JobTypeName":"Other"'),
    "a gateway's page, the job made": (f'{{ alter: {{ status: 504, body: "{PAGE}", headers: {{ Content-Type: text/html }} }} }}', 1, 504, PAGE.encode()),
    "a change": ("{ change: { agents: [ { machine: uo-1, status: disapproved } ] } }", 1, 200, b'"JobTypeName":"SampleCustomJobType"'),
    "nothing": ("", 1, 200, b'"JobTypeName":"SampleCustomJobType"'),
}
DELAYS = {
    "a delay": ("{ delay: 400ms }", 0, 0.4, 0.4),
    "a delay at reply": ("{ delay: 400ms, at: reply }", 1, 0.4, 0.4),
    "a drawn delay": ("{ delay: { uniform: [ 300ms, 500ms ] } }", 0, 0.3, 0.5),
    "a drawn delay at reply": ("{ delay: { uniform: [ 300ms, 500ms ] }, at: reply }", 1, 0.3, 0.5),
    "a delay on both sides": ("{ delay: 200ms }, { delay: 300ms, at: reply }", 0, 0.5, 0.5),
}


def scenario():
    text = "clock: { start: 2026-03-01T09:00:00Z, mode: frozen }\nrules:\n"
    for name, (do, *_) in [*ANSWERS.items(), *DELAYS.items()]:
        text += f'  - {{ name: "{name}", operation: "* /**", where: {{ header.x-fault: "{name}" }}, do: [ {do} ] }}\n'
    for name, limit in ("quota", "{ tokens: 2, refill: 1/s }"), ("quota by date", "{ tokens: 2, refill: 1/m, retryAfter: date }"):
        text += f'  - {{ name: {name}, operation: "* /**", where: {{ header.x-fault: {name} }}, do: [ {{ limit: {limit} }} ] }}\n'
    return text


@pytest.fixture(scope="module")
def answering(serve_module):
    server = serve_module(scenario())
    reset(server)
    for secure in False, True:
        look(server, get(connection="close"), secure)
    server.at_rest = at_rest(server)
    return server


@pytest.fixture
def server(answering):
    reset(answering)
    yield answering
    assert eventually(lambda: descriptors(answering) == answering.at_rest), "descriptors are left open"


def judge(server, name, count, status, delivery="whole"):
    assert len(jobs(server)) == count
    (entry,) = journal(server)
    effect = "committed" if count else "none"
    assert (entry["rule"], entry["effect"], entry["delivery"], entry["status"]) == (name, effect, delivery, status)


@BOTH
@pytest.mark.parametrize("name", ANSWERS)
def test_from_below_a_client_sees_the_answer_of(server, name, secure):
    """Whole, on a connection that is kept: a second request on it is answered as usual."""
    _, count, status, body = ANSWERS[name]
    with Wire(server, secure) as wire:
        if secure:
            wire.shake()
        wire.send(post_job(x_fault=name))
        wire.send(get("/JobTypes/Custom", connection="close"))
        seen = wire.rest()
    assert seen.status == status and body in seen.body[: seen.length] and (body or seen.length == 0)
    assert seen.body[seen.length :].startswith(b"HTTP/1.1 200 OK\r\n") and seen.end == "fin" and seen.notified == secure
    assert len(jobs(server)) == count
    later, entry = journal(server)
    assert (entry["rule"], entry["effect"], entry["status"]) == (name, "committed" if count else "none", status)
    assert (later["rule"], later["effect"], later["status"]) == (None, "none", 200)


@BOTH
@pytest.mark.parametrize("name", ANSWERS)
def test_curl_requests_and_http_client_agree_about_the_answer_of(server, name, secure):
    _, count, status, body = ANSWERS[name]
    address, fields = (server.https if secure else server.http) + CUSTOM, {**server.headers, "x-fault": name}
    bodies = []
    arguments = [part for field in fields.items() for part in ("-H", ": ".join(field))]
    command = ["curl", "-sS", "-w", "%{stderr}%{http_code}", "--cacert", server.ca, *arguments, "--data-binary", JOB, address]
    result = subprocess.run(command, capture_output=True, timeout=PATIENCE)
    assert (result.returncode, result.stderr) == (0, str(status).encode())
    bodies.append(result.stdout)
    judge(server, name, count, status)
    reset(server)
    with session_of(server) as session:
        reply = session.post(address, data=JOB, headers=fields, timeout=PATIENCE)
    assert reply.status_code == status
    bodies.append(reply.content)
    judge(server, name, count, status)
    reset(server)
    reply = server.ask("POST", CUSTOM, JOB, fields, secure=secure)
    assert reply.status == status and body in reply.body and bodies == [reply.body] * 2
    judge(server, name, count, status)


def test_further_details_of_the_answers(server):
    ask = lambda name: server.ask("POST", CUSTOM, JOB, {"x-fault": name})
    assert ask("a refusal with Retry-After").header("Retry-After") == "90"
    assert ask("an answer").header("X-One") == "1"
    assert ask("a gateway's page, the job made").header("Content-Type") == "text/html"
    patched = ask("a patched body").json
    assert patched["JobTypeName"] == "Other" and "JobFields" not in patched
    assert ask("a success cut in half").header("Content-Type").startswith("application/json")
    with pytest.raises(json.JSONDecodeError):
        ask("a success cut in half").json


@BOTH
def test_the_next_request_sees_a_change(server, secure):
    approved = "/KeyfactorAPI/Agents?QueryString=Status%20-eq%202"
    assert server.ask("GET", approved, headers={"x-fault": "a change"}, secure=secure).header("X-Total-Count") == "1"
    assert server.ask("GET", approved, secure=secure).header("X-Total-Count") == "0"
    assert server.ask("POST", CUSTOM, JOB, secure=secure).status == 400 and jobs(server) == []


@BOTH
def test_a_limit_refuses_beyond_its_bucket(server, secure):
    asked = [server.ask("POST", CUSTOM, JOB, {"x-fault": "quota"}, secure) for _ in range(4)]
    assert [each.status for each in asked] == [200, 200, 429, 429] and len(jobs(server)) == 2
    assert [each.header("Retry-After") for each in asked] == [None, None, "1", "1"]
    entries = journal(server, "?order=oldest")
    assert [each["effect"] for each in entries] == ["committed"] * 2 + ["none"] * 2
    assert [(each["rule"], each["failure"]) for each in entries] == [(None, None)] * 2 + [("quota", "throttled")] * 2
    server.ask("POST", "/_mock/clock/advance", {"by": "1s"})
    assert [server.ask("POST", CUSTOM, JOB, {"x-fault": "quota"}, secure).status for _ in range(2)] == [200, 429]
    dates = [server.ask("GET", "/KeyfactorAPI/Agents", headers={"x-fault": "quota by date"}, secure=secure) for _ in range(3)]
    assert dates[2].header("Retry-After") == "Sun, 01 Mar 2026 09:01:01 GMT"


def test_requests_tries_again_after_a_429_only_when_configured_to(server):
    with session_of(server) as session:
        session.mount("http://", requests.adapters.HTTPAdapter(max_retries=requests.adapters.Retry(2, status_forcelist=[429], allowed_methods=None)))
        fields, statuses = {"x-fault": "quota"}, []
        for _ in range(2):
            statuses.append(session.post(server.http + CUSTOM, data=JOB, headers=fields).status_code)
        with pytest.raises(requests.exceptions.RetryError):
            session.post(server.http + CUSTOM, data=JOB, headers=fields)
    assert statuses == [200, 200] and [each["status"] for each in journal(server)] == [429] * 3 + [200] * 2


@BOTH
@pytest.mark.parametrize("name", DELAYS)
def test_on_the_wire_nothing_comes_before_the_time_is_over_with(server, name, secure):
    _, _, shortest, longest = DELAYS[name]
    seen = look(server, post_job(x_fault=name, connection="close"), secure)
    assert shortest - 0.01 <= seen.pieces[0][0] < longest + 1.5 and (seen.status, len(seen.body)) == (200, seen.length)
    judge(server, name, 1, 200)


@BOTH
@pytest.mark.parametrize("name", DELAYS)
def test_the_work_is_on_the_right_side_of(server, name, secure):
    """While the client waits, the job is there or not; when it leaves then, it stays so."""
    _, count, *_ = DELAYS[name]
    with Wire(server, secure) as wire:
        if secure:
            wire.shake()
        wire.send(post_job(x_fault=name))
        assert wire.rest(0.1).end == "silent" and len(jobs(server)) == count
    assert eventually(lambda: len(journal(server)) == 1)
    time.sleep(0.5)
    judge(server, name, count, 200 if count else None, "whole" if count else "left")


@pytest.mark.parametrize("name, patience", [("a delay", 0.15), ("a delay at reply", 0.15)])
@BOTH
def test_the_patience_of_clients_ends_before(server, name, patience, secure):
    count = DELAYS[name][1]
    address, fields = (server.https if secure else server.http) + CUSTOM, {**server.headers, "x-fault": name}
    with session_of(server) as session, pytest.raises(requests.exceptions.ReadTimeout):
        session.post(address, data=JOB, headers=fields, timeout=patience)
    assert len(jobs(server)) == count
    context = ssl.create_default_context(cafile=server.ca)
    connection = http.client.HTTPConnection("localhost", server.http_port, timeout=patience)
    if secure:
        connection = http.client.HTTPSConnection("localhost", server.https_port, timeout=patience, context=context)
    with pytest.raises(TimeoutError):
        connection.request("POST", CUSTOM, JOB, fields)
        connection.getresponse()
    connection.close()
    command = ["curl", "-sS", "-m", str(patience), "--cacert", server.ca, "-H", "x-keyfactor-requested-with: APIClient"]
    result = subprocess.run([*command, "-H", "x-fault: " + name, "--data-binary", JOB, address], capture_output=True, timeout=PATIENCE)
    assert result.returncode == 28
    assert eventually(lambda: len(journal(server)) == 3) and len(jobs(server)) == 3 * count


@pytest.mark.alone
@BOTH
def test_one_who_waits_keeps_nobody_else_waiting(server, secure):
    slow = threading.Thread(target=look, args=(server, post_job(x_fault="a delay", connection="close"), secure))
    slow.start()
    start, count = time.monotonic(), 0
    while slow.is_alive():
        assert server.ask("GET", "/KeyfactorAPI/Agents", secure=secure).status == 200
        count += 1
    slow.join()
    assert count >= 5 and time.monotonic() - start < 3 * SLOWNESS


@BOTH
def test_a_reset_of_the_world_closes_whoever_waits(server, secure):
    for name in "a delay", "a delay at reply":
        with Wire(server, secure) as wire:
            if secure:
                wire.shake()
            wire.send(post_job(x_fault=name))
            time.sleep(0.1)
            reset(server)
            seen = wire.rest()
        assert (seen.data, seen.end) == (b"", "fin") and jobs(server) == []
