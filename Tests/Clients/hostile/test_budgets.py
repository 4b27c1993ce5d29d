"""What worlds and connections hold has a budget in bytes: a server that may have little memory lives, says what was too much, and still
serves everybody. Tests/Soak/siege does the same for minutes or hours.
"""

import json
import re
import resource
import select
import socket

import pytest

from support.connection import eventually
from support.mock import PATIENCE, talk

GIB = 1 << 30
AGENT = "e89c945f-da62-482c-9495-ecf36abbd2dd"
LONG = "x" * 60_000
JOBS = "/KeyfactorAPI/OrchestratorJobs/Custom"
STATUS = b"GET /KeyfactorAPI/Status/Endpoints HTTP/1.1\r\nHost: localhost\r\n\r\n"
SMALL = "estate: { from: small }"


def job(text=LONG, schedule=None):
    return {"AgentId": AGENT, "JobTypeName": "SampleCustomJobType", "Schedule": schedule or {"Interval": {"Minutes": 60}},
            "JobFields": {"ParamInt": 1, "ParamText": text}}


def metric(server, name):
    text = server.ask("GET", "/_mock/metrics").body.decode()
    return int(re.search(rf"^keyfactor_mock_{name} (\d+)$", text, re.M)[1])


@pytest.fixture
def confined(serve):
    """A server that may have 1 GiB of addresses, as with `ulimit -v 1048576`."""
    def start(scenario=SMALL, *options):
        server = serve(scenario, "--log-level", "error", *options)
        resource.prlimit(server.process.pid, resource.RLIMIT_AS, (GIB, GIB))
        return server
    return start


def lives(server, world="somebody-else"):
    assert server.ask("GET", "/_mock/livez").status == 200
    assert server.ask("POST", f"/w/{world}{JOBS}", job("a")).status == 200
    assert server.process.poll() is None


def test_jobs_of_long_texts_are_refused_before_they_are_too_many(confined):
    server = confined(SMALL, "--estate-bytes", str(16 << 20))
    statuses = [server.ask("POST", JOBS, job()).status for _ in range(300)]
    refused = server.ask("POST", JOBS, job())
    assert set(statuses) == {200, 503} and statuses == sorted(statuses) and refused.status == 503
    assert "at most 16777216 bytes" in refused.json["Message"] and "--estate-bytes" in refused.header("X-Mock-Why")
    before = len(server.ask("GET", "/_mock/jobs").json)
    assert server.ask("POST", JOBS, job()).status == 503
    assert len(server.ask("GET", "/_mock/jobs").json) == before == statuses.count(200)
    assert metric(server, "estate_bytes") <= metric(server, "estate_bytes_limit") == 16 << 20
    lives(server)
    assert server.ask("POST", "/_mock/reset").status == 200
    assert server.ask("POST", JOBS, job()).status == 200
    assert metric(server, "estate_bytes") < 1 << 20


def test_jobs_of_8_MiB_are_refused_for_their_texts(confined):
    server = confined()
    for _ in range(20):
        reply = server.ask("POST", JOBS, job("x" * (8_000_000)))
        assert reply.status == 400 and "expected at most 65536 bytes (line 1, column" in reply.json["Message"]
    lives(server)


def test_many_worlds_are_dropped_for_new_ones(confined):
    server = confined(SMALL, "--estate-bytes", str(8 << 20))
    for number in range(60):
        for _ in range(10):
            assert server.ask("POST", f"/w/w{number}{JOBS}", job()).status == 200
    assert metric(server, "estate_bytes") <= 8 << 20
    names = [world["name"] for world in server.ask("GET", "/_mock/worlds").json]
    assert "w59" in names and "w0" not in names and len(names) < 16


@pytest.mark.parametrize("method, page, body", [
    ("PATCH", "estate", {"certificateStores": [{"machine": "m", "path": "/p", "count": 200_000}]}),
    ("PATCH", "estate", {"certificateStores": [{"machine": "m", "path": "/p", "count": 200_000,
                                                "inventory": [{"alias": f"a{number}"} for number in range(2_000)]}]}),
    ("PUT", "scenario", "estate: { from: large, certificateStores: [ { machine: m, path: /p, count: 200000 } ] }"),
    ("POST", "rules", [{"name": f"r{number}", "operation": "GET /Agents", "do": [{"change": {"agents": [{"machine": LONG[:200]}]}}]}
                       for number in range(3_000)]),
], ids=["stores", "inventories", "scenario", "rules"])
def test_few_lines_that_describe_much_are_refused(confined, method, page, body):
    server = confined(SMALL, "--estate-bytes", str(2 << 20))
    before = server.ask("GET", "/_mock/estate").body
    reply = server.ask(method, f"/_mock/{page}", body)
    assert reply.status in (400, 503) and "--estate-bytes" in reply.json["error"], reply.body[:500]
    assert server.ask("GET", "/_mock/estate").body == before
    lives(server)


def test_a_fork_is_refused_where_there_is_no_room(confined):
    server = confined(SMALL, "--estate-bytes", str(8 << 20))
    for _ in range(80):
        assert server.ask("POST", JOBS, job()).status == 200
    refused = server.ask("POST", "/_mock/worlds", {"name": "copy", "from": "default"})
    assert refused.status == 503 and "--estate-bytes" in refused.json["error"]
    lives(server)


def test_histories_and_certificates_do_not_grow_without_end(confined):
    server = confined("clock: { mode: frozen }\nestate: { from: small }", "--estate-bytes", str(4 << 20))
    for number in range(20):
        assert server.ask("POST", JOBS, job(f"{number}" + LONG[:20_000], {"Interval": {"Minutes": 1}})).status == 200
    for _ in range(4):
        assert server.ask("POST", "/_mock/clock/advance", {"by": "12h"}).status == 200
    assert metric(server, "estate_bytes") <= 4 << 20
    lives(server)


def unread(server, path):
    """A connection whose client asks and reads nothing."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(PATIENCE)
    client.connect(("127.0.0.1", server.http_port))
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return client


def test_replies_that_nobody_reads_are_bounded(confined):
    server = confined("estate: { from: large }", "--connection-bytes", str(16 << 20))
    clients = [unread(server, "/_mock/estate") for _ in range(12)]
    try:
        # Whoever asks for as much gets a refusal as soon as the budget is used up, and nobody else is concerned.
        statuses = {server.ask("GET", "/_mock/estate").status for _ in range(3)}
        assert statuses <= {200, 503}
        assert metric(server, "connection_bytes") <= metric(server, "connection_bytes_limit") == 16 << 20
        lives(server)
    finally:
        for client in clients:
            client.close()


def test_bodies_that_never_end_are_bounded(confined):
    server = confined()
    clients, refused = [], 0
    head = b"POST /KeyfactorAPI/CertificateStores HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8388608\r\n\r\n"
    try:
        for _ in range(60):
            client = socket.create_connection(("127.0.0.1", server.http_port), timeout=PATIENCE)
            clients.append(client)
            try:
                client.sendall(head + b"[" * 8_000_000)
            except OSError:
                refused += 1
        assert metric(server, "connection_bytes") <= 128 << 20
        assert refused > 0
        lives(server)
        assert talk(server, STATUS).status == 200
    finally:
        for client in clients:
            client.close()


def test_a_reply_that_is_too_long_says_so(confined):
    server = confined("estate: { from: large }", "--connection-bytes", str(1 << 20))
    reply = server.ask("GET", "/_mock/estate")
    assert reply.status == 503 and re.fullmatch(
        r"The request was done, but its reply of \d+ bytes is longer than 524288. Ask for less, or raise --connection-bytes.", reply.json["Message"])
    assert server.ask("GET", "/KeyfactorAPI/CertificateStores?ReturnLimit=10").status == 200


def test_a_thousand_requests_may_await_something(confined):
    server = confined()
    body = json.dumps({"expect": [{"requests": {"operation": "GET /Agents"}, "count": "5+"}], "timeout": "5m"})
    asked = f"POST /_mock/await HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
    clients = []
    try:
        for _ in range(1_010):
            clients.append(socket.create_connection(("127.0.0.1", server.http_port), timeout=PATIENCE))
            clients[-1].sendall(asked)
        poll = select.poll()
        for client in clients:
            poll.register(client, select.POLLIN)
        assert eventually(lambda: len(poll.poll(0)) == 10, PATIENCE), "all but ten wait"
        one_more = {"expect": json.loads(body)["expect"], "timeout": "1ms"}
        assert server.ask("POST", "/_mock/await", one_more).json["error"].startswith("1000 requests await something already")
        lives(server)
    finally:
        for client in clients:
            client.close()


@pytest.mark.parametrize("option, value", [("--estate-bytes", "1"), ("--connection-bytes", "1"), ("--estate-bytes", "68719476737")])
def test_a_budget_has_bounds(option, value):
    from support.mock import DidNotStart, Mock

    with pytest.raises(DidNotStart) as found:
        Mock(SMALL, option, value)
    assert f"{option}: expected 1048576 to 68719476736, found {value}" in found.value.errors


def test_a_scenario_that_is_too_large_does_not_start():
    from support.mock import DidNotStart, Mock

    with pytest.raises(DidNotStart) as found:
        Mock("estate:\n  certificateStores: [ { machine: m, path: /p, count: 200000 } ]\n", "--estate-bytes", "10000000")
    assert found.value.code == 65 and "the estate holds more than 10000000 bytes" in found.value.errors
