"""Requests that are too large: refused early, and not kept in memory.

What the HTTP library refuses itself, a request line or header fields that do not fit into its buffer, it answers in HTML (see
test_http.py); the status is the same.
"""

import http.client
import json
import select
import shutil
import ssl
import subprocess
import time

import pytest

from support.hostile import bounded, while_others_are_served
from support.mock import PATIENCE, SLOWNESS, read_reply, talk

AGENTS = "/KeyfactorAPI/Agents"
SCHEDULE = "/KeyfactorAPI/CertificateStores/Schedule"
STATUS = b"GET /KeyfactorAPI/Status/Endpoints HTTP/1.1\r\nHost: localhost\r\n\r\n"
MUCH = 100 << 20
PIECE = b" " * (256 << 10)
BOTH = pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])


def refusal(reply):
    return reply.status, list(json.loads(reply.body))


def connection(server, secure):
    if secure:
        return http.client.HTTPSConnection("localhost", server.https_port, timeout=PATIENCE, context=ssl.create_default_context(cafile=server.ca))
    return http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=PATIENCE)


@BOTH
@pytest.mark.parametrize("framing", [{"Content-Length": str(MUCH)}, {"Transfer-Encoding": "chunked"}], ids=["announced", "chunked"])
def test_a_body_of_100_mib_is_refused_and_never_in_memory(serve, secure, framing):
    """A body that is announced is refused before it comes, a chunked one when it has grown too long; several clients at once."""
    server = serve("", "--log-level", "warning")
    with bounded(server, "100 MiB", 4 * (16 << 10)) as peak, while_others_are_served(server, f"bodies of 100 MiB {framing}, TLS {secure}"):
        for _ in range(4):
            client = connection(server, secure)
            client.putrequest("POST", SCHEDULE)
            for field in framing.items():
                client.putheader(*field)
            client.putheader("x-keyfactor-requested-with", "APIClient")
            client.endheaders()
            sent = 0
            try:
                while sent < MUCH:
                    client.send(b"%x\r\n%s\r\n" % (len(PIECE), PIECE) if "Transfer-Encoding" in framing else PIECE)
                    sent += len(PIECE)
                    peak()
            except (ConnectionError, ssl.SSLError):
                pass
            assert sent < 64 << 20, "the server took the whole body"
            try:
                assert refusal(client_reply(client)) == (413, ["ErrorCode", "Message"])
            except (ConnectionError, ssl.SSLError):
                # The end of a connection on which more came than was read is a RST, which may overtake the answer.
                pass
            client.close()


def client_reply(client):
    response = client.getresponse()
    response.body = response.read()
    return response


@BOTH
@pytest.mark.parametrize("fields", [[f"Content-Length: {MUCH}"], [f"Content-Length: {MUCH}", "Expect: 100-continue"]], ids=["at once", "100-continue"])
def test_a_body_announced_with_100_mib_is_refused_before_a_byte_of_it(serve, secure, fields):
    server = serve("", "--log-level", "warning")
    head = "\r\n".join([f"POST {SCHEDULE} HTTP/1.1", "Host: localhost", *fields, "", ""]).encode()
    reply = talk(server, head, secure)
    assert refusal(reply) == (413, ["ErrorCode", "Message"])


@BOTH
def test_a_chunked_body_of_100_mib_is_answered_413_when_it_passes_the_limit(serve, secure):
    server = serve("", "--log-level", "warning")
    head = f"POST {SCHEDULE} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    with server.connect(secure) as wire, wire.makefile("rb") as stream:
        wire.sendall(head + b"%x\r\n" % MUCH + b" " * (8 << 20))
        wire.settimeout(0.2)
        with pytest.raises(TimeoutError):
            wire.recv(1)  # exactly the limit is still no mistake
    with server.connect(secure) as wire, wire.makefile("rb") as stream:
        wire.sendall(head + b"%x\r\n" % MUCH + b" " * (8 << 20) + b" ")
        assert refusal(read_reply(stream)) == (413, ["ErrorCode", "Message"])


HELLO, LAST = b"\r\nhello\r\n", b"0\r\n\r\n"
CHUNK_LINES = {
    "an extension": b"5;name=" + b"x" * 40_000 + HELLO + LAST, "many extensions": b"5" + b";a=b" * 10_000 + HELLO + LAST,
    "a quoted extension": b'5;name="' + b"x" * 40_000 + b'"' + HELLO + LAST, "a size of zeros": b"0" * 40_000 + b"5" + HELLO + LAST,
    "an extension of the second chunk": b"5" + HELLO + b"5;name=" + b"x" * 40_000 + HELLO + LAST,
    "an extension of the last chunk": b"5" + HELLO + b"0;name=" + b"x" * 40_000 + b"\r\n\r\n",
    "an extension that does not end": b"5;name=" + b"x" * 400_000, "a trailer": b"5" + HELLO + b"0\r\nTrailer: " + b"x" * 40_000 + b"\r\n\r\n",
}


@BOTH
@pytest.mark.parametrize("body", CHUNK_LINES.values(), ids=CHUNK_LINES)
def test_a_long_line_between_chunks_is_refused_soon(mock, secure, body):
    head = f"POST {SCHEDULE} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    start = time.monotonic()
    with mock.connect(secure) as wire, wire.makefile("rb") as stream:
        wire.sendall(head + body)
        assert read_reply(stream).status in (400, 431)
        try:
            assert stream.read() == b""
        except (ConnectionError, ssl.SSLError):
            pass
    assert time.monotonic() - start < 3 * SLOWNESS
    assert talk(mock, STATUS, secure).status == 200


@BOTH
@pytest.mark.parametrize("pieces", [[b"5;na", b"me=x\r\nhe", b"llo\r\n0", b"\r\n\r\n"], [b"5;name=" + b"x" * 9000, b"y" + HELLO, LAST]], ids=["short", "long"])
def test_a_chunked_body_may_take_its_time(mock, secure, pieces):
    head = f"POST {SCHEDULE} HTTP/1.1\r\nHost: localhost\r\nx-keyfactor-requested-with: APIClient\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    with mock.connect(secure) as wire, wire.makefile("rb") as stream:
        wire.sendall(head)
        for piece in pieces:
            time.sleep(0.6)
            wire.sendall(piece)
        assert "not valid JSON" in read_reply(stream).json["Message"]


@BOTH
@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_curl_that_expects_100_continue_sends_nothing_of_100_mib(serve, secure, tmp_path):
    server, body = serve("", "--log-level", "warning"), tmp_path / "body"
    with open(body, "wb") as file:
        file.truncate(MUCH)
    run = subprocess.run(
        ["curl", "--silent", "--cacert", server.ca, "--http1.1", "--expect100-timeout", "9", "--max-time", "8", "-H", "Expect: 100-continue",
         "--data-binary", f"@{body}", "-w", "\n%{http_code} %{size_upload}", (server.https if secure else server.http) + SCHEDULE],
        capture_output=True, text=True, timeout=PATIENCE)
    reply, _, found = run.stdout.rpartition("\n")
    assert found == "413 0" and list(json.loads(reply)) == ["ErrorCode", "Message"]


def send_until_answered(server, text, secure):
    """The status that comes as soon as too much has been sent, and nothing more is."""
    with server.connect(secure) as wire, wire.makefile("rb") as stream:
        for at in range(0, len(text), 1000):
            wire.sendall(text[at:at + 1000])
            if select.select([wire], [], [], 0.02)[0]:
                break
        return stream.readline().split(b" ")[1]


HEADS = {
    "a field of 1 MiB": b"X-Long: " + b"x" * (1 << 20) + b"\r\n",
    "a field's name of 1 MiB": b"x" * (1 << 20) + b": x\r\n",
    "1 MiB of small fields": b"".join(b"X-%06d: x\r\n" % number for number in range((1 << 20) // 13)),
    "1 MiB of the smallest fields": b"a:\r\n" * ((1 << 20) // 4),
    "1 MiB of the same cookie": b"Cookie: a=b\r\n" * ((1 << 20) // 13),
}


@BOTH
@pytest.mark.parametrize("fields", HEADS.values(), ids=HEADS)
def test_a_head_of_1_mib_is_431(serve, secure, fields):
    server = serve("", "--log-level", "warning")
    with bounded(server, "heads of 1 MiB", 1 << 10) as peak, while_others_are_served(server, "heads of 1 MiB"):
        for _ in range(20):
            with server.connect(secure) as wire, wire.makefile("rb") as stream:
                try:
                    wire.sendall(STATUS[:-2] + fields + b"\r\n")
                except (ConnectionError, ssl.SSLError):
                    pass
                try:
                    assert stream.readline().split(b" ")[1] == b"431"
                except (ConnectionError, ssl.SSLError):
                    pass
                peak()
    assert send_until_answered(server, STATUS[:-2] + fields, secure) == b"431"


TARGETS = {
    "100,000 parameters": AGENTS + "?" + "&".join(f"a{number}={number}" for number in range(100_000)),
    "100,000 times the same parameter": AGENTS + "?" + "ReturnLimit=1&" * 100_000,
    "100,000 ampersands": AGENTS + "?" + "&" * 100_000, "a path of 1 MiB": "/" + "a" * (1 << 20), "a path of 500,000 segments": "/a" * 500_000,
    "a path of 1 MiB of escapes": "/%41" * (1 << 18), "1 MiB of question marks": "/" + "?" * (1 << 20),
}


@BOTH
@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_a_target_beyond_the_limit_is_414_or_431(serve, secure, target):
    server = serve("", "--log-level", "warning")
    with bounded(server, "long targets", 1 << 10) as peak, while_others_are_served(server, "long targets"):
        for _ in range(10):
            with server.connect(secure) as wire, wire.makefile("rb") as stream:
                try:
                    wire.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                    assert stream.readline().split(b" ")[1] in (b"414", b"431")
                except (ConnectionError, ssl.SSLError):
                    pass
                peak()
    assert send_until_answered(server, f"GET {target}".encode(), secure) in (b"414", b"431")


# As much as fits, where a server of ours has to do the work.
FITTING = {
    "parameters without a name": (AGENTS + "?" + "&" * 900_000, {400, 200}),
    "parameters that do not exist": (AGENTS + "?" + "&".join(f"a{number}=1" for number in range(90_000)), {200, 400}),
    "60,000 times the same parameter": (AGENTS + "?" + "ReturnLimit=1&" * 60_000, {200, 400}),
    "a query string of brackets": (AGENTS + "?QueryString=" + "(" * 900_000, {400}),
    "a query string of 30,000 conditions": (AGENTS + "?QueryString=" + "%20AND%20".join(["Status%20-eq%201"] * 30_000), {200, 400}),
    "a query string of NOT": (AGENTS + "?QueryString=" + "NOT%20" * 140_000, {400}),
    "a sort field without end": (AGENTS + "?SortField=" + "a" * 900_000, {400}),
    "segments": ("/KeyfactorAPI" + "/a" * 400_000, {404, 400}), "dots": ("/KeyfactorAPI" + "/.." * 300_000, {404, 400}),
    "a path like one that exists": (AGENTS + "s" * 900_000, {404, 400}), "a world's name without end": ("/w/" + "a" * 900_000 + "/KeyfactorAPI/Agents", {404, 400}),
    "a page under _mock": ("/_mock/" + "a" * 900_000, {404, 400}), "segments under _mock": ("/_mock" + "/a" * 400_000, {404, 400}),
    "escapes": ("/KeyfactorAPI/" + "%41" * 300_000, {404, 400}),
}


@pytest.mark.parametrize("target, allowed", FITTING.values(), ids=FITTING)
def test_a_target_of_nearly_1_mib_where_it_is_allowed_holds_nobody_up(serve, target, allowed):
    """What is asked of whoever raises --max-headers far beyond what clients need."""
    server = serve("", "--log-level", "off", "--max-headers", str(1 << 20))
    request = f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    with while_others_are_served(server, "targets of 1 MiB"):
        for _ in range(3):
            start = time.monotonic()
            reply = talk(server, request)
            print(f"\n{reply.status} {reply.body[:120]} {len(reply.body)} bytes in {(time.monotonic() - start) * 1000:.0f} ms", end="")
            assert reply.status in allowed and len(reply.body) < 20_000


@pytest.mark.parametrize("name", ["parameters that do not exist", "a sort field without end", "a query string of NOT", "parameters without a name", "segments"])
def test_what_was_asked_does_not_hold_up_the_end(serve, name):
    """The reports of a server that ends show what was asked; that must not take as long as somebody else has made it."""
    server = serve("", "--log-level", "off", "--max-headers", str(1 << 20))
    for _ in range(6):
        talk(server, f"GET {FITTING[name][0]} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    started = time.monotonic()
    server.stop()
    assert time.monotonic() - started < 1 * SLOWNESS
