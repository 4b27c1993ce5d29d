"""Pages of the web: what a browser sends for a page of somebody else reads nothing, makes nothing, and fails nobody's test."""

import subprocess

import pytest

from support.control import Remote
from support.mock import PATIENCE, option

SITES = ["cross-site", "same-site", "CROSS-SITE"]
EXPECT = {"expect": [{"unmatched": 0}]}


@pytest.fixture(scope="module")
def everywhere(serve_module):
    """A server for a network, with a name of its own."""
    return Remote(serve_module("", "--host", "0.0.0.0", "--tls-name", "mock.example.org", "--tls-name", "*.wild.example"))


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("method, page", [("GET", "journal"), ("GET", "worlds/img/journal"), ("GET", "scenario"), ("GET", "livez"), ("POST", "reset"), ("GET", "nonsense")])
def test_what_is_for_a_page_of_another_site_is_refused(mock, site, method, page):
    reply = Remote(mock).ask(method, page, headers={"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors"})
    assert reply.status == 403 and "Sec-Fetch-Site" in reply.json["error"]


@pytest.mark.parametrize("site", ["none", "same-origin", None])
def test_who_types_the_address_or_sends_no_such_header_is_let_in(mock, site):
    assert Remote(mock).ask("GET", "info", headers={"Sec-Fetch-Site": site} if site else {}).status == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_image_makes_no_world_and_drops_none(serve, method):
    server = serve("", "--max-worlds", "2")
    world = Remote(server).new("mine")
    for number in range(8):
        path = f"/w/evil-{number}/KeyfactorAPI/Agents"
        reply = server.ask(method, path, headers={"Sec-Fetch-Site": "cross-site"})
        assert reply.status == 404
    names = [each["name"] for each in Remote(server).control("GET", "worlds")]
    assert names == ["default", "mine"] and world.control("GET", "clock")


def test_no_get_makes_a_world_below_the_control_interface(mock):
    described = Remote(mock).control("GET", "control.openapi.json")
    pages = [path for path, methods in described["paths"].items() if "get" in methods and "{name}" not in path]
    before = Remote(mock).control("GET", "worlds")
    assert len(pages) > 10
    for number, path in enumerate(pages):
        page = path.removeprefix("/_mock/")
        for headers, asked in ({}, f"worlds/unasked-{number}/{page}"), ({"X-Mock-World": f"unasked-{number}"}, page):
            assert Remote(mock).ask("GET", asked, headers=headers).status in (200, 400, 404, 405)
    assert [each["name"] for each in Remote(mock).control("GET", "worlds")] == [each["name"] for each in before]


# Names

OURS = ["localhost", "127.0.0.1:8080", "10.1.2.3", "192.168.0.7:443", "[fd00::7]:8080", "mock", "keyfactor-mock:8080", "mock.default.svc", "mock.default.svc.cluster.local",
        "host.docker.internal", "command.test", "a.localhost", "MOCK.example.ORG", "b.wild.example", "localhost.", "localhost.:8080", "[::ffff:127.0.0.1]:8080"]
THEIRS = ["evil.example", "mock.example.org.evil.example", "localhost.evil.example", "10.1.2.3.evil.example", "a.b.wild.example", "10.1.2", "1.2.3.4.5", "10.1.2.256",
          "example.org", "evil.local.example", "[::1].evil", "mock.example.org:99999999"]


@pytest.mark.parametrize("host", OURS)
def test_beyond_the_loopback_addresses_plain_names_and_given_names_are_its_own(everywhere, host):
    assert everywhere.ask("GET", "scenario", headers={"Host": host}).status == 200


@pytest.mark.parametrize("host", THEIRS)
def test_beyond_the_loopback_a_strangers_name_is_refused(everywhere, host):
    reply = everywhere.ask("GET", "scenario", headers={"Host": host})
    assert reply.status == 403 and "--tls-name" in reply.json["error"]
    assert everywhere.ask("GET", "livez", headers={"Host": host}).status == 200


@pytest.mark.parametrize("host", [
    "128.1", "1", "0", "0.0.0.0", "127.1.2.3.4", "127.", ".127.1", "127..1", "127.0.0.256", "127.16777216", "0x7g.1", "0127.0.0.1", "3000000000", "127.1.evil.example",
    "127.٣.0.1".encode().decode("latin-1"), "+127.1", "127.-1", "0x", "[::2]", "[::1:0]", "[1::1]", "[::1::]", "[:::1]", "[0:0:0:0:0:0:1]", "[::ffff:128.0.0.1]", "[::ffff:127.0.0]",
    "[::ffff:7f00:1:1]", "[::1%lo]", "[127.0.0.1]x", "localhost.localdomain.evil.example", "localhosts", "xlocalhost"])
def test_on_the_loopback_other_names_are_refused_however_like_they_are(mock, host):
    assert Remote(mock).ask("GET", "info", headers={"Host": host}).status in (400, 403)


@pytest.mark.parametrize("host, name", [
    ("host.docker.internal", "host.docker.internal"), ("10.1.2.3:8080", "10.1.2.3"), ("mock:443", "mock"), ("[fd00::7]:8080", "fd00::7"), ("a" * 300, "a" * 100)])
def test_on_the_loopback_a_refusal_names_the_host_and_the_ways_out(mock, host, name):
    for page in "scenario", "info", "journal":
        reply = Remote(mock).ask("GET", page, headers={"Host": host})
        assert reply.status == 403 and f"names '{name}', which is not" in reply.json["error"], reply
        assert f"--tls-name {name}" in reply.json["error"] and "--host 0.0.0.0 and --admin-token" in reply.json["error"]


@pytest.mark.parametrize("host", ["localhost", "localhost.", "LOCALHOST.:80", "127.0.0.9", "[::ffff:127.0.0.1]", "[::1]:8080", "127.1", "127.0.1:8080", "0x7f.1",
                                  "0x7F000001:80", "2130706433", "0177.0.0.1", "[0:0:0:0:0:0:0:1]", "[::0001]:443", "[0::1]", "[::ffff:7f00:1]", "[::FFFF:127.1.2.3]",
                                  "ip6-localhost", "localhost.localdomain", "a.LOCALHOST:80"])
def test_on_the_loopback_its_names_are_taken_however_they_are_written(mock, host):
    assert Remote(mock).ask("GET", "info", headers={"Host": host}).status == 200


def test_the_names_of_a_given_certificate_are_its_own(serve, tmp_path):
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    subprocess.run([
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate,
        "-subj", "/CN=ours", "-addext", "subjectAltName=DNS:command.example.net"], check=True, capture_output=True, timeout=PATIENCE)
    server = serve("", "--host", "0.0.0.0", ports=("--http-port", "0", "--https-port", "0", "--tls-cert", certificate, "--tls-key", key), own_ca=False)
    assert Remote(server).ask("GET", "info", headers={"Host": "command.example.net"}).status == 200
    assert Remote(server).ask("GET", "info", headers={"Host": "other.example.net"}).status == 403


@option("--admin-port")
def test_the_port_of_the_control_interface_asks_for_the_same(serve):
    import http.client

    server = serve("", "--admin-port", "0", "--host", "0.0.0.0")
    for headers, status in ({"Host": "evil.example"}, 403), ({"Sec-Fetch-Site": "cross-site"}, 403), ({}, 200):
        connection = http.client.HTTPConnection("127.0.0.1", server.ready["admin"], timeout=PATIENCE)
        connection.request("GET", "/_mock/scenario", headers=headers)
        assert connection.getresponse().status == status, headers
        connection.close()


# What a browser asks on its own

NAVIGATES = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none", "Accept": "text/html,*/*;q=0.8"}


def test_what_a_browser_asks_on_its_own_is_no_clients_and_counts_nowhere(serve):
    server = serve("")
    for path, headers, status in ("/", NAVIGATES, 302), ("/", {"Accept": "text/html"}, 302), ("/favicon.ico", {}, 404), ("/favicon.ico", {"Sec-Fetch-Mode": "no-cors"}, 404):
        assert server.ask("GET", path, headers={"X-Mock-World": "browser", **headers}).status == status
    remote = Remote(server)
    assert remote.journal() == [] and remote.control("POST", "verify", EXPECT)["verdict"] == "met"
    assert [each["name"] for each in remote.control("GET", "worlds")] == ["default"]
    assert remote.control("GET", "coverage")["unmatched"] == 0


@pytest.mark.parametrize("method, path, headers", [
    ("GET", "/", {}), ("GET", "/", {"Accept": "application/json"}), ("POST", "/", NAVIGATES), ("GET", "/nonsense", NAVIGATES), ("GET", "/KeyfactorAPI/", NAVIGATES),
    ("POST", "/favicon.ico", {})])
def test_what_a_client_asks_where_nothing_is_still_counts(mock, method, path, headers):
    world = Remote(mock).new(f"client-{method}-{path.strip('/').replace('.', '-')}-{len(headers)}-{'json' in str(headers)}")
    mock.ask(method, path, headers={"X-Mock-World": world.world, **headers})
    assert world.control("POST", "verify", EXPECT)["verdict"] == "failed"
