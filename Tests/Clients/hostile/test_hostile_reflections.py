"""What comes back of what hostile clients send: no header field, no line of the log, no file, no secret that they should not have."""

import http.client
import os
import re
import socket
import stat

import pytest

from support.mock import ESTATE, ROOT, basic, read_reply, talk

STATUS = b"GET /KeyfactorAPI/Status/Endpoints HTTP/1.1\r\nHost: localhost\r\n\r\n"
CRLF = ["%0d%0aX-Evil:%201", "%0aX-Evil:%201", "%0dX-Evil:%201", "%E5%98%8A%E5%98%8DX-Evil:%201", "%C2%85X-Evil:1", "%E2%80%A8X-Evil:1"]
REFLECTED = [
    "/KeyfactorAPI/{}", "/KeyfactorAPI/Agents/{}", "/KeyfactorAPI/CertificateStores/{}", "/KeyfactorAPI/Agents?SortField={}",
    "/KeyfactorAPI/Agents?QueryString={}", "/KeyfactorAPI/Agents?{}=1", "/w/{}/KeyfactorAPI/Agents", "/_mock/{}", "/_mock/journal?{}=1",
    "/_mock/worlds/{}/clock", "/_mock/rules/{}", "/{}",
]


@pytest.mark.parametrize("path", REFLECTED)
@pytest.mark.parametrize("evil", CRLF)
def test_no_answer_can_be_split_by_what_it_repeats(mock, path, evil):
    """Neither encoded nor decoded does a line end become one of the answer's head."""
    reply = talk(mock, f"GET {path.format('a' + evil)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert reply.header("X-Evil") is None and 200 <= reply.status < 500
    for _, value in reply.headers:
        assert not re.search(r"[\x00-\x1f\x7f]", value)


@pytest.mark.parametrize("name", ["X-Mock-World", "Authorization", "x-keyfactor-api-version", "X-Correlation-Id", "X-Keyfactor-Correlation-Id", "Origin", "Accept"])
def test_no_header_field_splits_the_answer(mock, name):
    head = b"GET /KeyfactorAPI/Agents HTTP/1.1\r\nHost: localhost\r\n" + name.encode() + b": a%0d%0aX-Evil: 1 \xe5\x98\x8a\xe5\x98\x8dX-Evil: 1\x0bX-Evil\r\n\r\n"
    reply = talk(mock, head)
    assert reply.header("X-Evil") is None and 200 <= reply.status < 500


def test_no_line_of_the_log_can_be_forged_and_no_terminal_steered(serve):
    server = serve("auth: { mode: basic, users: [ { name: me, password: p } ] }", "--log-level", "debug")
    evil = ["%0a2026-01-01T00:00:00Z ERROR forged", "%1b[31mred", "%C2%9B31mred", "%E2%80%AEdesrever", "%E2%80%A8forged", "\x9b31m", "%08%08forged"]
    for each in evil:
        target = f"/KeyfactorAPI/{each}".replace(" ", "%20").encode("latin-1")
        talk(server, b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\nX-Mock-World: " + each.encode("latin-1") + b"\r\n\r\n")
        talk(server, b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
        server.ask("GET", "/KeyfactorAPI/Agents", headers={"Authorization": basic(each + "\n2026 forged", "x")})
    raw = server.errors_file.read_bytes().decode("utf-8")
    assert raw.count("\n") >= len(evil)
    for line in raw.rstrip("\n").split("\n"):
        assert re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z (DEBUG|INFO|WARNING|ERROR) ", line), line
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029\u2066-\u2069]", line), repr(line)


TRAVERSALS = [
    "/../../../../etc/passwd", "/..%2f..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/KeyfactorAPI/../../../etc/passwd", "//etc/passwd",
    "/_mock/../../../etc/passwd", "/_mock/..%2f..%2fetc%2fpasswd", "/_mock/ca.pem/../../etc/passwd", "/w/../../etc/passwd", "/w/..%2f..%2fetc/KeyfactorAPI/Agents",
    "/_mock/worlds/..%2f..%2fetc/estate", "/_mock/rules/..%2f..%2fetc%2fpasswd", "/_mock/ca-key.pem", "/_mock/key.pem", "/ca-key.pem", "/etc/passwd%00.html",
    "/KeyfactorAPI/..\\..\\etc\\passwd", "file:///etc/passwd", "http://localhost/../../etc/passwd",
]


@pytest.mark.parametrize("target", TRAVERSALS)
def test_no_path_leads_to_a_file(serve_module, tmp_path_factory, target):
    if not hasattr(serve_module, "kept"):
        serve_module.kept = serve_module("", "--ca-dir", str(tmp_path_factory.mktemp("ca") / "kept"))
    reply = talk(serve_module.kept, f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert reply.status in (400, 404, 405)
    assert b"root:" not in reply.body and b"PRIVATE KEY" not in reply.body


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def test_files_with_secrets_are_their_owners_alone_and_others_may_be_read(serve, tmp_path):
    """Whatever umask the server was started with."""
    before = os.umask(0)
    try:
        serve(
            "auth: { mode: both, users: [ { name: me, password: hush-hush } ] }", "--env-file", str(tmp_path / "env"), "--ca-dir", str(tmp_path / "kept"),
            "--ca-file", str(tmp_path / "ca.pem"), "--ready-file", str(tmp_path / "ready"), own_ca=False)
    finally:
        os.umask(before)
    assert mode(tmp_path / "env") == 0o600 and "hush-hush" in (tmp_path / "env").read_text()
    assert mode(tmp_path / "kept") == 0o700 and mode(tmp_path / "kept" / "ca-key.pem") == 0o600
    assert mode(tmp_path / "ca.pem") == 0o644 and mode(tmp_path / "ready") == 0o644
    for name in "ca.pem", "ready":
        text = (tmp_path / name).read_text()
        assert "PRIVATE" not in text and "hush-hush" not in text


def test_it_listens_on_the_loopback_unless_told_otherwise(serve):
    server = serve("")
    with open("/proc/net/tcp") as lines:
        listening = [line.split()[1].split(":") for line in lines if " 0A " in line]
    ours = {address for address, port in listening if int(port, 16) in (server.http_port, server.https_port)}
    assert ours == {"0100007F"}
    with open("/proc/net/tcp6") as lines:
        assert not [line for line in lines if " 0A " in line and int(line.split()[1].split(":")[1], 16) in (server.http_port, server.https_port)]


SECRET = "hush-hush-7f3a"
# Where a client may send a secret, and how: a request, and what header it goes with.
SENT = [
    ("GET", "/KeyfactorAPI/Agents", None, {"Authorization": basic("me", SECRET)}), ("GET", "/KeyfactorAPI/Agents", None, {"Authorization": f"Bearer {SECRET}"}),
    ("GET", "/KeyfactorAPI/Agents", None, {"Authorization": f"Digest {SECRET}"}), ("GET", "/KeyfactorAPI/Agents", None, {"Cookie": f"session={SECRET}"}),
    ("GET", "/KeyfactorAPI/Agents", None, {"X-Api-Key": SECRET}), ("GET", f"/KeyfactorAPI/Agents?access_token={SECRET}", None, {}),
    ("GET", f"/KeyfactorAPI/Nothing?password={SECRET}", None, {}), ("GET", f"/KeyfactorAPI/Nothing?a=1&%70assword={SECRET}", None, {}),
    ("POST", "/oauth2/token", f"grant_type=client_credentials&client_id=ci&client_secret={SECRET}", {}),
    ("POST", "/oauth2/token", f"grant_type=client_credentials&client_id=ci&%63lient_secret={SECRET}", {}),
    ("POST", "/KeyfactorAPI/CertificateStores",
     {"ClientMachine": "m", "StorePath": "/p", "CertStoreType": 2, "AgentId": "e89c945f-da62-482c-9495-ecf36abbd2dd", "Password": {"SecretValue": SECRET}}, {}),
    ("POST", "/KeyfactorAPI/CertificateStores", {"ClientMachine": "m", "StorePath": "/p", "CertStoreType": 2, "Properties": '{"ServerPassword":{"value":{"SecretValue":"%s"}}}' % SECRET}, {}),
    ("PUT", "/KeyfactorAPI/CertificateStores/Password", {"CertStoreId": "2162f005-083e-4995-9519-60b656b06a45", "NewPassword": {"SecretValue": SECRET}}, {}),
    ("POST", "/KeyfactorAPI/CertificateStores/Certificates/Add",
     {"CertificateId": 1, "Schedule": {"Immediate": True}, "CertificateStores": [{"CertificateStoreId": "2162f005-083e-4995-9519-60b656b06a45", "EntryPassword": {"SecretValue": SECRET}}]}, {}),
    ("GET", "/_mock/info", None, {"X-Mock-Token": SECRET}),
]
PAGES = ["info", "journal?limit=1000", "estate", "jobs", "rules", "coverage", "metrics", "clock", "worlds", "livez", "readyz", "openapi.json"]


def test_secrets_that_clients_send_stand_neither_in_the_log_nor_on_any_page_of_the_mock(serve):
    server = serve(ESTATE + "\nauth: { mode: any }", "--log-level", "debug")
    for method, path, body, headers in SENT:
        assert server.ask(method, path, body, headers).status < 500
    journal = server.ask("GET", "/_mock/journal?limit=1000").json["exchanges"]
    assert len(journal) == len([path for _, path, _, _ in SENT if not path.startswith("/_mock")])
    for page in PAGES:
        reply = server.ask("GET", f"/_mock/{page}")
        assert reply.status == 200, page
        assert SECRET.encode() not in reply.body and basic("me", SECRET)[6:].encode() not in reply.body, page
    assert "/KeyfactorAPI/Agents 200" in server.errors
    assert SECRET not in server.errors and basic("me", SECRET)[6:] not in server.errors


def test_what_the_http_layer_refuses_is_logged_without_what_was_sent(serve):
    server = serve("", "--log-level", "debug")
    for text in (
        f"GET /?password={SECRET} HTTP/1.1\r\nHost: a\r\nHost: b\r\nAuthorization: Bearer {SECRET}\r\n\r\n", f"GET /?access_token={SECRET} HTTP/9.9\r\n\r\n",
        f"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {SECRET}\r\n\r\n", f"GET /{'a' * 30_000}?password={SECRET} HTTP/1.1\r\n\r\n", f"{SECRET}\r\n\r\n"):
        with server.connect() as wire:
            wire.sendall(text.encode())
            try:
                wire.shutdown(socket.SHUT_WR)
                wire.recv(65536)
            except OSError:
                pass
    assert talk(server, STATUS).status == 200
    assert "Refused a request" in server.errors and SECRET not in server.errors


def test_the_control_interface_refuses_pages_of_the_web_and_names_of_others(mock):
    """A page in a browser on this machine can send requests here, also under a name that it had point here."""
    for headers in {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Host": "evil.example"}, {"Host": "localhost.evil.example"}, {"Host": "127.0.0.1.evil.example"}:
        connection = http.client.HTTPConnection("127.0.0.1", mock.http_port, timeout=10)
        connection.request("POST", "/_mock/reset", headers=headers)
        assert connection.getresponse().status == 403, headers
        connection.close()


@pytest.mark.parametrize("given", [None, "", "t", "tokem", "token ", "TOKEN", "tokentoken", "token\0"[:5] + "x"])
def test_with_a_token_the_control_interface_serves_nobody_else(serve, given):
    server = serve("", "--admin-token", "token")
    headers = {} if given is None else {"X-Mock-Token": given}
    expected = 200 if given is not None and given.strip() == "token" else 401
    for method, page in ("GET", "journal"), ("GET", "estate"), ("GET", "scenario"), ("POST", "reset"), ("GET", "metrics"):
        assert server.ask(method, f"/_mock/{page}", headers=headers).status == expected, page
    assert server.ask("GET", "/_mock/info", headers={"X-Mock-Token": "token"}).status == 200
    assert "token" not in server.errors.replace("X-Mock-Token", "").replace("--admin-token", "").lower()


def test_with_a_port_of_its_own_the_control_interface_is_nowhere_else(serve):
    server = serve("", "--admin-port", "0")
    admin = server.ready["admin"]
    assert admin not in (server.http_port, server.https_port)
    for secure in False, True:
        assert server.ask("POST", "/_mock/reset", secure=secure).status == 404
    with socket.create_connection(("127.0.0.1", admin), timeout=10) as wire, wire.makefile("rb") as stream:
        wire.sendall(b"POST /_mock/reset HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert read_reply(stream).status == 200


def test_the_container_does_not_run_as_root():
    users = re.findall(r"^USER (\d+):(\d+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert users and all(int(user) >= 1000 and int(group) >= 1000 for user, group in users)
