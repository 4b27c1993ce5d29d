"""The page at /_mock/ui: what protects it, and that no other page passes for it."""

import http.client
import re
import select
import socket
import ssl

import pytest

from support.control import Remote, until
from support.mock import PATIENCE

NAVIGATES = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Accept": "text/html,*/*;q=0.8"}
JSON = {"X-Mock-UI": "1", "Content-Type": "application/json"}
FILES = ["ui", "ui/page.css", "ui/page.js"]


def ask(port, method, path, headers, secure=None):
    """A request as a browser sends it, with exactly these header fields."""
    if secure:
        connection = http.client.HTTPSConnection("localhost", port, timeout=PATIENCE, context=ssl.create_default_context(cafile=secure))
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path, headers=headers)
        reply = connection.getresponse()
        reply.text = reply.read().decode()
        return reply
    finally:
        connection.close()


@pytest.mark.parametrize("page", FILES)
def test_the_page_has_every_protection(mock, page):
    reply = ask(mock.http_port, "GET", f"/_mock/{page}", {"Host": "localhost"})
    assert reply.status == 200
    policy = dict(part.strip().split(" ", 1) for part in reply.headers["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "connect-src": "'self'", "img-src": "data:", "base-uri": "'none'",
        "form-action": "'none'", "frame-ancestors": "'none'", "require-trusted-types-for": "'script'", "trusted-types": "'none'"}
    expected = {
        "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"}
    assert {name: reply.headers[name] for name in expected} == expected


def test_the_page_is_small_and_needs_nobody_else(mock):
    texts = [ask(mock.http_port, "GET", f"/_mock/{page}", {"Host": "localhost"}).text for page in FILES]
    assert sum(len(text.encode()) for text in texts) <= 60 * 1024
    for word in "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "localStorage", "document.cookie", " style=", " onclick=":
        assert not any(word in text for text in texts), word
    assert not any(re.search(r"https?://(?!\$\{location)", text) for text in texts), "the only addresses are this server's own"


@pytest.mark.parametrize("page", FILES)
def test_the_page_asks_for_the_right_host_but_for_no_token(serve, page):
    server = serve("", "--admin-token", "t0ken")
    assert ask(server.http_port, "GET", f"/_mock/{page}", {"Host": "localhost"}).status == 200
    assert ask(server.http_port, "GET", f"/_mock/{page}", {"Host": "evil.example"}).status == 403
    assert ask(server.http_port, "GET", "/_mock/changes", {"Host": "localhost"}).status == 401


# Origins

def test_the_page_of_this_listener_may_write(mock):
    for port, secure, scheme in (mock.http_port, None, "http"), (mock.https_port, mock.ca, "https"):
        for host in f"localhost:{port}", f"127.0.0.1:{port}", f"LOCALHOST:{port}":
            reply = ask(port, "POST", "/_mock/verify", {"Host": host, "Origin": f"{scheme}://{host.lower()}", "Sec-Fetch-Site": "same-origin", **JSON}, secure)
            assert reply.status == 200, (host, reply.text)


FOREIGN = {
    "null": "null", "another port": "http://localhost:1", "no port": "http://localhost", "another scheme": "https://localhost:{port}",
    "another name": "http://127.0.0.1:{port}", "another site": "https://evil.example", "a longer name": "http://localhost:{port}.evil.example",
    "a longer port": "http://localhost:{port}1", "user and host": "http://evil@localhost:{port}", "a path": "http://localhost:{port}/", "empty": "",
    "two": "http://localhost:{port}, http://localhost:{port}"}


@pytest.mark.parametrize("method, page", [("POST", "reset"), ("PUT", "clock"), ("PATCH", "estate"), ("DELETE", "journal"), ("GET", "journal"), ("OPTIONS", "reset")])
@pytest.mark.parametrize("origin", FOREIGN.values(), ids=FOREIGN)
def test_every_other_origin_stays_out(mock, origin, method, page):
    headers = {"Host": f"localhost:{mock.http_port}", "Origin": origin.format(port=mock.http_port), **JSON}
    assert ask(mock.http_port, method, f"/_mock/{page}", headers).status == 403


def test_two_lines_of_origin_or_host_are_nobodys(mock):
    own = f"localhost:{mock.http_port}"
    for lines in f"Origin: http://{own}\r\nOrigin: http://{own}", f"Origin: http://{own}\r\nOrigin: null":
        with socket.create_connection(("127.0.0.1", mock.http_port), timeout=PATIENCE) as wire:
            wire.sendall(f"POST /_mock/verify HTTP/1.1\r\nHost: {own}\r\n{lines}\r\nX-Mock-UI: 1\r\nContent-Type: application/json\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            assert wire.makefile("rb").readline().split()[1] == b"403"


MISSING = {
    "the header of the page": {"Content-Type": "application/json"}, "its value": {**JSON, "X-Mock-UI": "yes"}, "a type": {"X-Mock-UI": "1"},
    "a type that no form has": {**JSON, "Content-Type": "text/plain"}, "a form": {**JSON, "Content-Type": "application/x-www-form-urlencoded"},
    "JSON alone": {**JSON, "Content-Type": "text/plain; application/json"}, "its own site": {**JSON, "Sec-Fetch-Site": "same-site"}}


@pytest.mark.parametrize("headers", MISSING.values(), ids=MISSING)
def test_what_the_page_sends_must_be_what_no_other_can_send(mock, headers):
    own = f"localhost:{mock.http_port}"
    assert ask(mock.http_port, "POST", "/_mock/verify", {"Host": own, "Origin": f"http://{own}", **headers}).status == 403


def test_a_name_that_was_made_to_point_here_is_no_origin(mock):
    host = f"evil.example:{mock.http_port}"
    assert ask(mock.http_port, "POST", "/_mock/reset", {"Host": host, "Origin": f"http://{host}", **JSON}).status == 403


def test_its_own_port_serves_the_page_and_no_other_does(serve):
    server = serve("", "--admin-port", "0")
    admin = server.ready["admin"]
    for path, wanted in ("/", 302), ("/_mock", 302), ("/_mock/", 302), ("/_mock/ui", 200), ("/favicon.ico", 404):
        assert ask(admin, "GET", path, {"Host": "localhost", **NAVIGATES}).status == wanted, path
        reply = ask(server.http_port, "GET", path, {"Host": "localhost", **NAVIGATES})
        assert reply.status == 404 and "Location" not in reply.headers and "ui" not in reply.text, path
    own = f"localhost:{admin}"
    assert ask(admin, "POST", "/_mock/reset", {"Host": own, "Origin": f"http://{own}", **JSON}).status == 200
    assert ask(admin, "POST", "/_mock/reset", {"Host": own, "Origin": f"http://localhost:{server.http_port}", **JSON}).status == 403
    journal = ask(admin, "GET", "/_mock/journal", {"Host": own}).text
    assert '"path":"/"' not in journal and "favicon" not in journal


# Who may open it

def test_a_link_opens_it_and_nothing_else_of_another_site_does(mock):
    linked = {"Host": "localhost", "Sec-Fetch-Site": "cross-site", **NAVIGATES}
    for path, status in ("/_mock/ui", 200), ("/_mock", 302), ("/_mock/ui/page.js", 403), ("/_mock/journal", 403), ("/_mock/changes", 403), ("/_mock/worlds/a/ui", 403):
        assert ask(mock.http_port, "GET", path, linked).status == status, path
    for other in {"Sec-Fetch-Dest": "iframe"}, {"Sec-Fetch-Dest": "image", "Sec-Fetch-Mode": "no-cors"}, {"Sec-Fetch-Dest": "embed"}, {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}:
        assert ask(mock.http_port, "GET", "/_mock/ui", {**linked, **other}).status == 403, other
    assert ask(mock.http_port, "POST", "/_mock/ui", linked).status == 403


@pytest.mark.parametrize("path, accept, status", [
    ("/", "text/html", 302), ("/_mock", "text/html", 302), ("/_mock/", "text/html,*/*", 302), ("/", "*/*", 404), ("/", "application/json", 404), ("/_mock", "*/*", 200),
    ("/KeyfactorAPI/", "text/html", 404), ("/KeyfactorAPI", "text/html", 404), ("/Keyfactor/API/", "text/html", 404), ("/w/a/", "text/html", 404)])
def test_only_a_browser_at_the_root_is_led_to_it(mock, path, accept, status):
    reply = ask(mock.http_port, "GET", path, {"Host": "localhost", "Accept": accept})
    assert reply.status == status and reply.headers["Location"] == ("/_mock/ui" if status == 302 else None)


def test_it_can_be_taken_away(serve):
    server = serve("", "--no-ui")
    for path in ["/", *(f"/_mock/{page}" for page in FILES)]:
        assert ask(server.http_port, "GET", path, {"Host": "localhost", **NAVIGATES}).status == 404, path
    own = f"localhost:{server.http_port}"
    assert ask(server.http_port, "POST", "/_mock/reset", {"Host": own, "Origin": f"http://{own}", **JSON}).status == 403
    assert ask(server.http_port, "GET", "/_mock/changes", {"Host": own}).status == 200
    assert Remote(server).journal() == [], "a browser's / is in no journal here either"


@pytest.mark.parametrize("token", [None, "t0ken"])
def test_beyond_the_loopback_it_writes_only_with_a_token(serve, token):
    server = serve("", "--host", "0.0.0.0", *(["--admin-token", token] if token else []))
    own = f"mock:{server.http_port}"
    headers = {"Host": own, **({"X-Mock-Token": token} if token else {})}
    reply = ask(server.http_port, "POST", "/_mock/reset", {**headers, "Origin": f"http://{own}", **JSON})
    assert reply.status == (200 if token else 403) and ("--admin-token" in reply.text) is not bool(token)
    assert ('"mayWrite":true' in ask(server.http_port, "GET", "/_mock/changes", headers).text) is bool(token)
    assert ask(server.http_port, "GET", "/_mock/journal", headers).status == 200


# Those that follow along

def followers(server, count, cursor, wait=60):
    """Connections that follow along, each of a page of its own."""
    wires = [socket.create_connection(("127.0.0.1", server.http_port), timeout=PATIENCE) for _ in range(count)]
    for wire in wires:
        wire.sendall(f"GET /_mock/changes?wait={wait}&since={cursor} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    return wires


def test_sixteen_pages_may_wait_and_hold_no_thread(serve):
    server = serve("", "--threads", "1")
    remote = Remote(server)
    cursor = remote.control("GET", "changes")["cursor"]
    wires = followers(server, 17, cursor)
    refused = select.select(wires, [], [], PATIENCE)[0]
    assert len(refused) == 1 and b" 503 " in refused[0].recv(65536), "sixteen wait"
    assert "16 pages" in remote.refused("GET", f"changes?wait=60&since={cursor}", status=503)
    assert remote.control("GET", f"changes?since={cursor}")["cursor"] == cursor, "who does not wait takes no place"
    assert remote.request().status == 200, "the only thread is free"
    for wire in wires:
        if wire not in refused:
            assert wire.makefile("rb").read().count(b'"operation":"GET /Agents"') == 1
        wire.close()
    assert remote.journal()[0]["path"] == "/KeyfactorAPI/Agents" and len(remote.journal()) == 1, "they are in no journal"


def test_the_place_of_one_that_has_left_is_free(serve):
    server = serve("")
    remote = Remote(server)
    cursor = remote.control("GET", "changes")["cursor"]
    for wire in followers(server, 16, cursor):
        wire.close()

    def sixteen_find_a_place():
        wires = followers(server, 16, cursor, wait=1)
        replies = [wire.makefile("rb").readline().split()[1] for wire in wires]
        for wire in wires:
            wire.close()
        return replies == [b"200"] * 16

    until(sixteen_find_a_place)
