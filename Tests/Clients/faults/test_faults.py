"""Every effect on a request, seen on the wire by clients that we did not write; and what is in the estate afterwards.

One server has all faults, each a rule of its own that is meant by the header field x-fault; the world is put back before each test.
"""

import http.client
import json
import shutil
import ssl
import subprocess

import pytest
import requests

from support.session import session_of
from support.mock import PATIENCE, SLOWNESS
from support.connection import CUSTOM, JOB, at_rest, descriptors, eventually, get, jobs, journal, look, post_job, reset

pytestmark = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
BOTH = pytest.mark.parametrize("secure", [False, True], ids=["over HTTP", "over HTTPS"])
SILENCE = 0.3 * SLOWNESS


def nothing_then_rst(seen, whole):
    assert (seen.data, seen.end, seen.notified) == (b"", "rst", False)


def nothing_then_fin(seen, whole):
    assert (seen.data, seen.end) == (b"", "fin")


def silence(seen, whole):
    assert (seen.data, seen.end, seen.notified) == (b"", "silent", False)


def half_a_head(seen, whole):
    assert seen.end == "silent" and seen.data.startswith(b"HTTP/1.1 200 OK\r\n") and b"\r\n\r\n" not in seen.data


def half_a_body(seen, whole):
    assert (seen.end, seen.length, seen.body) == ("silent", len(whole), whole[: len(whole) // 2])


def kept(count, end):
    def check(seen, whole):
        part = whole[: count(len(whole))]
        assert (seen.status, seen.length, seen.body, seen.end) == (200, len(whole), part, end)
        assert end == "fin" or not seen.notified

    return check


def whole_in(at_least, pieces=1):
    def check(seen, whole):
        assert (seen.status, seen.length, seen.body, seen.end) == (200, len(whole), whole, "fin")
        assert at_least - 0.02 <= seen.ended < at_least + 3 * SLOWNESS and len(seen.pieces) >= pieces

    return check


def dribbled(seen, whole):
    whole_in(0.5, 3)(seen, whole)
    assert len(seen.pieces) <= 6, "the head with or before the first of five; a busy machine hands on some together"


def off_by(difference):
    def check(seen, whole):
        assert (seen.length, seen.body, seen.end) == (len(whole) + difference, whole, "fin")

    return check


def garbage(seen, whole):
    assert len(seen.data) == 700 and not seen.data.startswith(b"HTTP") and seen.end == "fin"


def bad_chunk(seen, whole):
    size, _, rest = seen.body.partition(b"\r\n")
    assert (seen.header("transfer-encoding"), seen.header("content-length"), seen.end) == ("chunked", None, "fin")
    assert rest[: int(size, 16)] == whole[: int(size, 16)] and rest[int(size, 16) :] == b"\r\nnot a chunk size\r\n"


# What is done; how many jobs there are then; how the journal says it went out; what is seen of it; and as which errors by curl (its
# exit code), http.client (what it raises, or None) and requests. Python up to 3.11 takes a reset of TLS for the end of the file.
LOST = (http.client.RemoteDisconnected, ConnectionResetError, ssl.SSLEOFError)
SHORT, CUT = http.client.IncompleteRead, requests.exceptions.ChunkedEncodingError
GONE, LATE = requests.exceptions.ConnectionError, requests.exceptions.Timeout
FAULTS = {
    "a reset at request": ("{ break: reset }", 0, "reset", nothing_then_rst, 56, LOST, GONE),
    "a reset at reply": ("{ break: reset, at: reply }", 1, "reset", nothing_then_rst, 56, LOST, GONE),
    "a close at request": ("{ break: close }", 0, "closed", nothing_then_fin, 52, LOST, GONE),
    "a close at reply": ("{ break: close, at: reply }", 1, "closed", nothing_then_fin, 52, LOST, GONE),
    "a stall at request": ("{ break: stall }", 0, "never", silence, 28, TimeoutError, LATE),
    "a stall at reply": ("{ break: stall, at: reply }", 1, "never", silence, 28, TimeoutError, LATE),
    "a stall at headers": ("{ break: stall, at: headers }", 1, "broken", half_a_head, 28, TimeoutError, LATE),
    "a stall at body": ("{ break: stall, at: body }", 1, "broken", half_a_body, 28, TimeoutError, GONE),
    "20 bytes kept, then close": ("{ break: truncate, keep: 20 }", 1, "broken", kept(lambda n: 20, "fin"), 18, SHORT, CUT),
    "20 bytes kept, then reset": (
        "{ break: truncate, keep: 20, then: reset }", 1, "broken", kept(lambda n: 20, "rst"), 56, (SHORT, *LOST), (CUT, GONE)),
    "60% kept, then close": ("{ break: truncate, keep: 60% }", 1, "broken", kept(lambda n: n * 60 // 100, "fin"), 18, SHORT, CUT),
    "60% kept, then reset": (
        "{ break: truncate, keep: 60%, then: reset }", 1, "broken", kept(lambda n: n * 60 // 100, "rst"), 56, (SHORT, *LOST), (CUT, GONE)),
    "nothing kept": ("{ break: truncate, keep: 0 }", 1, "broken", kept(lambda n: 0, "fin"), 18, SHORT, CUT),
    "half kept by default": ("{ break: truncate }", 1, "broken", kept(lambda n: n // 2, "fin"), 18, SHORT, CUT),
    "more kept than there is": ("{ break: truncate, keep: 1000000 }", 1, "broken", whole_in(0), 0, None, None),
    "a dribble": ("{ break: dribble, chunks: 5, over: 500ms }", 1, "whole", dribbled, 0, None, None),
    "slow headers": ("{ break: slow-headers, over: 500ms }", 1, "whole", whole_in(0.5, 4), 0, None, None),
    "garbage": ("{ break: garbage, bytes: 700 }", 1, "broken", garbage, 1, http.client.HTTPException, GONE),
    "a bad chunk": ("{ break: bad-chunk }", 1, "broken", bad_chunk, 56, SHORT, CUT),
    "a length too great": ("{ break: wrong-length, by: 5 }", 1, "broken", off_by(5), 18, SHORT, CUT),
    "a length too small": ("{ break: wrong-length, by: -3 }", 1, "broken", off_by(-3), 0, None, None),
}
EVERY = pytest.mark.parametrize("name", FAULTS)


def scenario(rules):
    text = "clock: { start: 2026-03-01T09:00:00Z, mode: frozen }\nrules:\n"
    for name, do in rules.items():
        text += f'  - {{ name: "{name}", operation: POST /OrchestratorJobs/Custom, where: {{ header.x-fault: "{name}" }}, do: [ {do} ] }}\n'
    return text


@pytest.fixture(scope="module")
def faulty(serve_module):
    server = serve_module(scenario({name: fault[0] for name, fault in FAULTS.items()}))
    reset(server)
    server.whole = look(server, post_job(connection="close")).body
    look(server, get(connection="close"), secure=True)
    server.at_rest = at_rest(server)
    return server


@pytest.fixture
def server(faulty):
    """The server with all faults, at whose end nothing is left open."""
    reset(faulty)
    yield faulty
    assert eventually(lambda: descriptors(faulty) == faulty.at_rest), "descriptors are left open"


def judge(server, name):
    """What must be there when one request has met a fault: jobs, and one entry in the journal."""
    _, count, delivery, *_ = FAULTS[name]
    assert len(jobs(server)) == count
    (entry,) = journal(server)
    status = 200 if delivery in ("broken", "whole") else None
    effect = "committed" if count else "none"
    assert (entry["rule"], entry["effect"], entry["delivery"], entry["status"]) == (name, effect, delivery, status)


@BOTH
@EVERY
def test_from_below_a_client_sees(server, name, secure):
    check, silent = FAULTS[name][3], FAULTS[name][4] == 28
    seen = look(server, post_job(x_fault=name), secure, SILENCE if silent else 5 * SLOWNESS)
    check(seen, server.whole)
    assert seen.notified == (secure and seen.end == "fin"), "an orderly end of TLS says so before the FIN, a reset does not"
    judge(server, name)


@BOTH
@EVERY
def test_curl_sees(server, name, secure):
    address = ("https://localhost:%d" % server.https_port if secure else server.http) + CUSTOM
    fields = ["-H", "x-keyfactor-requested-with: APIClient", "-H", "x-fault: " + name, "-H", "Content-Type: application/json"]
    command = ["curl", "-sS", "-m", "1" if FAULTS[name][4] == 28 else "9", "--cacert", server.ca, *fields, "--data-binary", JOB, address]
    result = subprocess.run(command, capture_output=True, timeout=PATIENCE)
    assert result.returncode == FAULTS[name][4], result
    if result.returncode == 0:
        assert result.stdout == server.whole[: len(server.whole) - (3 if "small" in name else 0)]
    if name.startswith("a reset"):
        assert b"Connection reset by peer" in result.stderr
    judge(server, name)


@BOTH
@EVERY
def test_http_client_sees(server, name, secure):
    expected, patience = FAULTS[name][5], SILENCE if FAULTS[name][4] == 28 else PATIENCE
    connection = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=patience)
    if secure:
        context = ssl.create_default_context(cafile=server.ca)
        connection = http.client.HTTPSConnection("localhost", server.https_port, timeout=patience, context=context)

    responses = []

    def ask():
        connection.request("POST", CUSTOM, JOB, {**server.headers, "x-fault": name})
        responses.append(connection.getresponse())
        return responses[0].read()

    try:
        if expected is None:
            assert server.whole.startswith(ask())
        else:
            with pytest.raises(expected) as caught:
                ask()
            if name.startswith("a reset") and not secure:
                assert caught.type is ConnectionResetError
            if name.startswith("a close"):
                assert caught.type is http.client.RemoteDisconnected
    finally:
        for each in [*responses, connection]:
            each.close()
    judge(server, name)


@BOTH
@EVERY
def test_requests_sees(server, name, secure):
    expected, patience = FAULTS[name][6], SILENCE if FAULTS[name][4] == 28 else PATIENCE
    address = (server.https if secure else server.http) + CUSTOM
    with session_of(server) as session:
        if expected is None:
            reply = session.post(address, data=JOB, headers={"x-fault": name}, timeout=patience)
            assert reply.status_code == 200 and server.whole.startswith(reply.content)
        else:
            with pytest.raises(expected):
                session.post(address, data=JOB, headers={"x-fault": name}, timeout=patience)
    judge(server, name)


@BOTH
def test_garbage_is_random_and_the_same_after_a_reset(server, secure):
    first, second = (look(server, post_job(x_fault="garbage"), secure).data for _ in range(2))
    reset(server)
    assert [look(server, post_job(x_fault="garbage"), secure).data for _ in range(2)] == [first, second] and first != second


@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if fault[3] not in (nothing_then_fin, nothing_then_rst)])
@BOTH
def test_a_client_that_leaves_at_once_frees_its_connection(server, name, secure):
    look(server, post_job(x_fault=name), secure, patience=0.001)
    # The server may not have accepted the connection yet, and then has no more descriptors than before.
    assert eventually(lambda: len(jobs(server)) == FAULTS[name][1])
    assert eventually(lambda: descriptors(server) == server.at_rest)


@EVERY
def test_the_other_requests_of_a_client_are_answered_as_usual(server, name):
    """The next connection of the same client finds nothing amiss."""
    look(server, post_job(x_fault=name), patience=SILENCE)
    seen = look(server, get("/Agents?QueryString=Status%20-eq%202", connection="close"))
    assert (seen.status, seen.length, len(json.loads(seen.body))) == (200, len(seen.body), 1)
