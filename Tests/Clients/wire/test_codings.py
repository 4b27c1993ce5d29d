"""Bodies in content codings: gzip and deflate are decoded, with a bound; others are refused with the reason."""

import gzip
import json
import zlib

import pytest

from support.mock import ESTATE, talk

STORE = "2162f005-083e-4995-9519-60b656b06a45"
PLAIN = json.dumps({"StoreIds": [STORE], "Schedule": {"Interval": {"Minutes": 45}}}).encode()
MANY = json.dumps({"StoreIds": [STORE] * 20_000, "Schedule": {"Off": None}}).encode()


def packed(data, level=9):
    """As gzip, the same whenever it is made."""
    return gzip.compress(data, level, mtime=0)


def raw(data, level=9):
    coder = zlib.compressobj(level, wbits=-15)
    return coder.compress(data) + coder.flush()


def with_name(data):
    """As the gzip program writes it: with the file's name and time."""
    coder = zlib.compressobj(wbits=31)
    body = coder.compress(data) + coder.flush()
    return body[:3] + b"\x08" + body[4:10] + b"body.json\0" + body[10:]


def short(value):
    """Names of cases without bytes that no terminal likes."""
    return f"{len(value)} bytes" if isinstance(value, bytes) else str(value)


@pytest.fixture(scope="module")
def server(serve_module):
    return serve_module(ESTATE, "--max-body", "1000000")


def schedule(server, coding, body, path="/KeyfactorAPI/CertificateStores/Schedule"):
    return server.ask("POST", path, body, {"Content-Encoding": coding, "Content-Type": "application/json"})


def last_exchange(server):
    return server.ask("GET", "/_mock/journal?limit=1").json["exchanges"][0]


@pytest.mark.parametrize(
    "coding, body",
    [
        ("gzip", packed(PLAIN)), ("GZip", packed(PLAIN, 0)), ("x-gzip", packed(PLAIN, 1)), ("gzip", with_name(PLAIN)),
        ("gzip", packed(PLAIN[:40]) + packed(PLAIN[40:])), ("gzip", packed(b"") + packed(PLAIN)),
        ("gzip", packed(PLAIN) + b"\0\0"), ("deflate", zlib.compress(PLAIN)), ("deflate", raw(PLAIN)), ("Deflate", zlib.compress(PLAIN, 0)),
        ("identity", PLAIN), ("", PLAIN), ("gzip", packed(b"\xef\xbb\xbf" + PLAIN)), ("deflate", raw(PLAIN, 0)),
    ],
    ids=short,
)
def test_a_compressed_body_is_read_as_if_it_were_plain(server, coding, body):
    assert server.ask("POST", "/KeyfactorAPI/CertificateStores/Schedule", {"StoreIds": [STORE], "Schedule": {"Off": None}}).status == 204
    assert schedule(server, coding, body).status == 204
    assert server.schedule_of(STORE) == {"Interval": {"Minutes": 45}}


def test_the_journal_shows_what_was_meant_and_counts_what_was_sent(server):
    body = packed(PLAIN)
    schedule(server, "gzip", body)
    assert json.loads(last_exchange(server)["body"]) == json.loads(PLAIN)
    body = packed(MANY)
    schedule(server, "gzip", body)
    entry = last_exchange(server)
    assert entry["bodyLength"] == len(MANY) and entry["bytesIn"] < len(body) + 1000


def test_rules_and_verdicts_read_what_is_meant(serve):
    server = serve(ESTATE + "rules:\n  - { operation: POST /CertificateStores/Schedule, where: { 'body.StoreIds[0]': " + STORE + " }, do: [ { refuse: unavailable } ] }\n")
    assert schedule(server, "gzip", packed(PLAIN)).status == 503
    expect = {"requests": {"operation": "POST /CertificateStores/Schedule", "where": {"body.Schedule": "present"}}, "count": 1}
    assert server.ask("POST", "/_mock/verify", {"expect": [expect]}).json["verdict"] == "met"


def test_the_control_interface_and_the_token_endpoint_take_compressed_bodies(serve):
    server = serve("auth: { mode: bearer, clients: [ { id: ci, secret: hush } ] }")
    form = packed(b"grant_type=client_credentials&client_id=ci&client_secret=hush")
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/x-www-form-urlencoded"}
    assert server.ask("POST", "/oauth2/token", form, headers).status == 200
    assert server.ask("POST", "/oauth2/token", form, headers | {"Content-Encoding": "br"}).status == 415
    assert "hush" not in server.ask("GET", "/_mock/journal").body.decode()
    rule = packed(b'{"operation":"GET /Agents","do":[{"refuse":"unavailable"}]}')
    assert server.ask("POST", "/_mock/rules", rule, {"Content-Encoding": "gzip"}).status == 200
    refusal = server.ask("POST", "/_mock/rules", rule, {"Content-Encoding": "zstd"})
    assert refusal.status == 415 and "zstd" in refusal.body.decode()


@pytest.mark.parametrize(
    "coding, body, status, says",
    [
        ("br", PLAIN, 415, "'br'"), ("zstd", PLAIN, 415, "'zstd'"), ("compress", PLAIN, 415, "'compress'"), ("gzip, gzip", packed(packed(PLAIN)), 415, "'gzip, gzip'"),
        ("aes128gcm", PLAIN, 415, "'aes128gcm'"), ("gzip", PLAIN, 400, "not valid gzip"), ("gzip", zlib.compress(PLAIN), 400, "not valid gzip"),
        ("deflate", packed(PLAIN), 400, "not valid deflate"), ("gzip", packed(PLAIN)[:-9], 400, "not valid gzip"),
        ("gzip", packed(PLAIN)[:30], 400, "not valid gzip"), ("gzip", b"\x1f\x8b", 400, "not valid gzip"), ("deflate", b"\xff" * 100, 400, "not valid deflate"),
        ("gzip", packed(PLAIN)[:-8] + b"\0" * 8, 400, "not valid gzip"), ("gzip", packed(b"{,}"), 400, "not valid JSON"),
        ("gzip", packed(b" " * 1_000_001), 413, "longer than 1000000 bytes"), ("deflate", raw(b"\0" * 5_000_000), 413, "longer than 1000000 bytes"),
        ("gzip", packed(b"x" * 990_000) * 2, 413, "longer than 1000000 bytes"),
    ],
    ids=short,
)
def test_what_cannot_be_decoded_is_refused_with_the_reason(server, coding, body, status, says):
    reply = schedule(server, coding, body)
    assert reply.status == status and says in reply.json["Message"]
    assert says in (reply.header("X-Mock-Why") or "") and says in last_exchange(server)["why"]


def test_a_bomb_of_a_gigabyte_is_refused_and_the_server_goes_on(mock):
    coder = zlib.compressobj(9, wbits=31)
    piece = b"\0" * (1 << 20)
    bomb = b"".join([coder.compress(piece) for _ in range(1024)]) + coder.flush()
    assert 1_000_000 < len(bomb) < 8 << 20
    for size in (len(bomb), 100_000, 500_000, 20_000, 900_000):
        assert schedule(mock, "gzip", bomb[:size]).status == 413
    assert schedule(mock, "gzip", packed(PLAIN)).status == 204


@pytest.mark.parametrize(
    "charset, encoding",
    [("utf-16", "utf-16"), ('"UTF-16LE"', "utf-16-le"), ("utf-32", "utf-32"), ("UTF-16BE", "utf-16-be"), ("utf-32le", "utf-32-le")],
)
def test_wide_characters_get_415(mock, charset, encoding):
    body = PLAIN.decode().encode(encoding)
    head = f"POST /KeyfactorAPI/CertificateStores/Schedule HTTP/1.1\r\nHost: localhost\r\nx-keyfactor-requested-with: APIClient\r\nContent-Type: application/json; charset={charset}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    reply = talk(mock, head.encode() + body)
    assert reply.status == 415 and charset.strip('"').lower() in reply.header("X-Mock-Why").lower()
