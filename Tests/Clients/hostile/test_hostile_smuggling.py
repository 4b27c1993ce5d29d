"""Requests that two readers could take apart differently: what is hidden in one is never carried out.

Each hides `GET /KeyfactorAPI/Hidden` where a careless reader would find it. The journal must not have heard of it.
"""

import re
import socket
import ssl

import pytest

from support.mock import PATIENCE, read_reply, talk
from support.connection import journal

SCHEDULE = "POST /KeyfactorAPI/CertificateStores/Schedule HTTP/1.1\r\nHost: localhost\r\nx-keyfactor-requested-with: APIClient\r\n"
STATUS = b"GET /KeyfactorAPI/Status/Endpoints HTTP/1.1\r\nHost: localhost\r\n\r\n"
HIDDEN = b"GET /KeyfactorAPI/Hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"


def post(*fields, body=b"", end="\r\n"):
    return (SCHEDULE + "".join(field + end for field in fields) + end).encode("latin-1") + body


def get(*fields, line=b"GET /KeyfactorAPI/Agents HTTP/1.1", host=b"Host: localhost\r\n"):
    return line + b"\r\n" + host + b"".join(field + b"\r\n" for field in fields) + b"\r\n"


CHUNKED, SIX = "Transfer-Encoding: chunked", "Content-Length: 6"
LENGTH = f"Content-Length: {len(HIDDEN)}"
OVER = b"0\r\n\r\n"
# The request, why, and what it may be answered; None is a connection that is closed without an answer.
BODIES = [
    ("a length, then chunks", post(SIX, CHUNKED, body=OVER + HIDDEN), {400}),
    ("chunks, then a length", post(CHUNKED, SIX, body=OVER + HIDDEN), {400}),
    ("two lengths", post(SIX, LENGTH, body=HIDDEN), {400}),
    ("the same length twice", post(LENGTH, LENGTH, body=HIDDEN), {400}),
    ("a list of lengths", post(f"Content-Length: 0, {len(HIDDEN)}", body=HIDDEN), {400}),
    ("a length with a plus", post(f"Content-Length: +{len(HIDDEN)}", body=HIDDEN), {400}),
    ("a negative length", post("Content-Length: -1", body=HIDDEN), {400}),
    ("a length in hexadecimal", post("Content-Length: 0x6", body=HIDDEN), {400}),
    ("a length with a blank inside", post("Content-Length: 1 0", body=HIDDEN), {400}),
    ("an empty length", post("Content-Length:", body=HIDDEN), {400}),
    ("a length with a fraction", post("Content-Length: 6.0", body=HIDDEN), {400}),
    ("a length beyond 64 bits", post("Content-Length: 18446744073709551622", body=HIDDEN), {400, 413}),
    ("a blank before the colon of the coding", post("Transfer-Encoding : chunked", SIX, body=OVER + HIDDEN), {400}),
    ("a blank before the colon of the length", post(f"Content-Length : {len(HIDDEN)}", body=HIDDEN), {400}),
    ("a coding that is none", post("Transfer-Encoding: xchunked", body=OVER + HIDDEN), {400}),
    ("a coding after a vertical tab", post("Transfer-Encoding: \x0bchunked", body=OVER + HIDDEN), {400}),
    ("a coding in quotes", post('Transfer-Encoding: "chunked"', body=OVER + HIDDEN), {400}),
    ("a coding with a parameter", post("Transfer-Encoding: chunked;q=1", body=OVER + HIDDEN), {400}),
    ("a coding and identity", post("Transfer-Encoding: identity, chunked", body=OVER + HIDDEN), {400}),
    ("two fields of codings", post(CHUNKED, "Transfer-Encoding: identity", body=OVER + HIDDEN), {400}),
    ("a coding on a folded line", post("Transfer-Encoding:\r\n chunked", body=OVER + HIDDEN), {400}),
    ("a coding below a folded line", post("X: a\r\n Transfer-Encoding: chunked", SIX, body=OVER + HIDDEN), {400}),
    ("a coding after a bare carriage return", post("X: a\rTransfer-Encoding: chunked", SIX, body=OVER + HIDDEN), {400}),
    ("a coding after a NUL", post("X: a\0Transfer-Encoding: chunked", SIX, body=OVER + HIDDEN), {400}),
    ("a coding in HTTP/1.0", post(CHUNKED, body=OVER + HIDDEN).replace(b"HTTP/1.1", b"HTTP/1.0", 1), {400}),
    ("a chunk's size beyond 64 bits", post(CHUNKED, body=b"10000000000000000\r\n" + HIDDEN), {400, 413}),
    ("a negative chunk", post(CHUNKED, body=b"-1\r\n" + HIDDEN), {400}),
    ("a chunk with a plus", post(CHUNKED, body=b"+0\r\n\r\n" + HIDDEN), {400}),
    ("a chunk in 0x", post(CHUNKED, body=b"0x0\r\n\r\n" + HIDDEN), {400}),
    ("a chunk with a blank before it", post(CHUNKED, body=b" 0\r\n\r\n" + HIDDEN), {400}),
    ("a chunk of no size", post(CHUNKED, body=b"\r\n" + HIDDEN), {400}),
    ("a chunk longer than its size", post(CHUNKED, body=b"1\r\nxx" + OVER + HIDDEN), {400}),
    ("a chunk that ends in a bare carriage return", post(CHUNKED, body=b"1\r\nx\rX" + OVER + HIDDEN), {400}),
    ("a tab after the coding", post("Transfer-Encoding: chunked\t", body=OVER + HIDDEN), {400}),
    ("a blank after the length", post(f"Content-Length: {len(HIDDEN)} ", body=HIDDEN), {400}),
    ("a form feed after the length", post("Content-Length: 6\x0c", body=HIDDEN), {400}),
]


def answers(mock, text, secure=False):
    """What a connection answers until it ends, or until nothing more comes after an answer."""
    data = b""
    with mock.connect(secure) as wire:
        wire.settimeout(PATIENCE)
        try:
            wire.sendall(text)
            while part := wire.recv(65536):
                data += part
                wire.settimeout(0.2)
        except (TimeoutError, ConnectionError, ssl.SSLError):
            pass
    return data


def statuses(data):
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", data)]


def heard_of(mock, path="/Hidden"):
    return [entry for entry in journal(mock, "?limit=100") if path in entry["path"]]


@pytest.fixture(autouse=True)
def nothing_is_in_the_journal(mock):
    mock.ask("DELETE", "/_mock/journal")


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
@pytest.mark.parametrize("text, allowed", [case[1:] for case in BODIES], ids=[case[0] for case in BODIES])
def test_a_request_whose_end_is_doubtful_is_refused_and_what_is_hidden_in_it_is_not_carried_out(mock, text, allowed, secure):
    data = answers(mock, text, secure)
    assert set(statuses(data)) and set(statuses(data)) <= allowed, data
    assert heard_of(mock) == []
    assert talk(mock, STATUS, secure).status == 200


# How fields that mean the same may be written. The body is exactly HIDDEN, and what stands after it is the next request.
WRITTEN = {
    "a tab before the coding": "Transfer-Encoding:\tchunked",
    "mixed case": "tRANSFER-eNCODING: cHUNKED", "no blank": "Transfer-Encoding:chunked",
    "blanks before the length": f"Content-Length:   {len(HIDDEN)}", "a length with zeros before it": f"Content-Length: 000{len(HIDDEN)}",
}


@pytest.mark.parametrize("field", WRITTEN.values(), ids=WRITTEN)
def test_a_body_that_looks_like_a_request_is_a_body(mock, field):
    chunked = "chunked" in field.lower()
    body = b"%x;ext=\"GET / HTTP/1.1\"\r\n%s\r\n0\r\nTrailer: GET /KeyfactorAPI/Hidden\r\n\r\n" % (len(HIDDEN), HIDDEN) if chunked else HIDDEN
    assert statuses(answers(mock, post(field, body=body) + STATUS.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))) == [400, 200]
    assert heard_of(mock) == []


HEADS = [
    ("two hosts", get(b"Host: evil.example"), {400}), ("two hosts, the same", get(b"Host: localhost"), {400}),
    ("no host", get(host=b""), {400}), ("a NUL in a field's name", get(b"X\0Y: z"), {400}), ("a NUL in a value", get(b"X: a\0b"), {400}),
    ("a bare carriage return in a value", get(b"X: a\rb"), {400}), ("a folded line", get(b"X: a", b" b"), {400}),
    ("a field without a colon", get(b"garbage"), {400}), ("a field without a name", get(b": x"), {400}),
    ("a blank line of blanks", get(b"X: a", b" "), {400}), ("a first field that begins with a blank", get(host=b" Host: localhost\r\n"), {400}),
    ("a blank in the target", get(line=b"GET /KeyfactorAPI/Agents /KeyfactorAPI/Hidden HTTP/1.1"), {400}),
    ("a tab in the request line", get(line=b"GET\t/KeyfactorAPI/Hidden\tHTTP/1.1"), {400, None}),
    ("two blanks in the request line", get(line=b"GET  /KeyfactorAPI/Hidden HTTP/1.1"), {400}),
    ("a request line of one word", get(line=b"GET"), {400, None}), ("a method that is no token", get(line=b"G(T /KeyfactorAPI/Hidden HTTP/1.1"), {400}),
    ("HTTP/0.9", b"GET /KeyfactorAPI/Hidden\r\n\r\n", {400, 505, None}), ("HTTP/2", get(line=b"GET /KeyfactorAPI/Hidden HTTP/2.0"), {400, 505}),
    ("HTTP/1.2 in small letters", get(line=b"GET /KeyfactorAPI/Hidden http/1.1"), {400, 505}),
    ("HTTP/2's preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", {400, 505}), ("HTTP/11", get(line=b"GET /KeyfactorAPI/Hidden HTTP/11"), {400, 505}),
    ("CONNECT", get(line=b"CONNECT localhost:443 HTTP/1.1"), {400, 404, 405}), ("OPTIONS of all", get(line=b"OPTIONS * HTTP/1.1"), {404, 405, 400}),
    ("a target without a slash", get(line=b"GET KeyfactorAPI/Hidden HTTP/1.1"), {400, 404}),
    ("another server's absolute target", get(line=b"GET http://evil.example/KeyfactorAPI/Nothing HTTP/1.1"), {400}),
    ("another server's absolute target that begins like ours", get(line=b"GET http://localhost.evil/KeyfactorAPI/Nothing HTTP/1.1"), {400}),
    ("an absolute target with a user", get(line=b"GET http://localhost@evil.example/KeyfactorAPI/Nothing HTTP/1.1"), {400}),
    ("an absolute target without a host", get(line=b"GET http:///KeyfactorAPI/Nothing HTTP/1.1"), {400}),
    ("our absolute target", get(line=b"GET HTTP://LOCALHOST:99/KeyfactorAPI/Nothing HTTP/1.1"), {404}),
    ("another scheme", get(line=b"GET ftp://localhost/KeyfactorAPI/Nothing HTTP/1.1"), {400, 404}),
    ("a fragment", get(line=b"GET /KeyfactorAPI/Agents#/../Nothing HTTP/1.1"), {400, 404}),
]


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
@pytest.mark.parametrize("text, allowed", [case[1:] for case in HEADS], ids=[case[0] for case in HEADS])
def test_a_doubtful_head_is_refused_once(mock, text, allowed, secure):
    data = answers(mock, text, secure)
    assert set(statuses(data) or [None]) <= allowed and len(statuses(data)) <= 1, data
    assert [entry for entry in heard_of(mock) if entry["status"] != 404] == []
    assert talk(mock, STATUS, secure).status == 200


def test_a_connection_whose_request_was_refused_is_closed_and_reads_nothing_more(mock):
    for name, text, _ in BODIES + HEADS[:8]:
        data = answers(mock, text + HIDDEN)
        assert len(statuses(data)) >= 1 and heard_of(mock) == [], name


def test_an_upgrade_to_http_2_is_not_taken(mock):
    reply = talk(mock, get(b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"))
    assert reply.status == 200 and reply.header("Upgrade") is None


def test_http_2_is_not_offered_by_tls(mock):
    context = ssl.create_default_context(cafile=mock.ca)
    context.set_alpn_protocols(["h2", "http/1.1"])
    with mock.connect(True, context) as wire, wire.makefile("rb") as stream:
        assert wire.selected_alpn_protocol() != "h2"
        wire.sendall(STATUS)
        assert read_reply(stream).status == 200


def test_bare_line_feeds_end_lines_and_hide_nothing(mock):
    """As RFC 9112 allows of one that reads: each line feed ends a line, for the framing too."""
    data = answers(mock, post(LENGTH, end="\n").replace(b"\r\n", b"\n") + HIDDEN)
    assert set(statuses(data)) <= {400} and heard_of(mock) == []


def test_a_client_that_half_closes_is_answered(mock):
    with mock.connect() as wire, wire.makefile("rb") as stream:
        wire.sendall(STATUS)
        wire.shutdown(socket.SHUT_WR)
        assert read_reply(stream).status == 200
