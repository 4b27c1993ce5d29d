"""Counts for Prometheus, coverage, the description of the control interface, and who is refused."""

import contextlib
import json
import os
import subprocess
import threading
import urllib.request
import xml.etree.ElementTree as xml

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from prometheus_client.parser import text_string_to_metric_families

from support.control import Remote, connection, on, until
from support.mock import BINARY, PATIENCE, SLOWNESS, basic, option

RULES = """
rules:
  - { name: 'odd "name" \\ here', operation: GET /PamProviders, calls: 1, do: [ { refuse: unavailable } ] }
  - { name: gone, operation: GET /Status/HealthCheck, do: [ { break: reset, at: reply } ] }
  - { name: never, operation: GET /Reports, do: [] }
"""

# What is held now, which may become less.
GAUGES = ["worlds", *(f"{name}_bytes{limit}" for name in ("journal", "estate", "connection") for limit in ("", "_limit"))]


@pytest.fixture
def world(serve):
    return Remote(serve(RULES))


def metrics(world):
    """Every sample as {(name, labels): value}; the families must be what Prometheus reads."""
    reply = world.ask("GET", "metrics")
    assert reply.header("Content-Type").startswith("text/plain; version=0.0.4")
    families = list(text_string_to_metric_families(reply.body.decode()))
    assert {family.name: family.type for family in families} == {
        "keyfactor_mock_requests": "counter", "keyfactor_mock_strikes": "counter", "keyfactor_mock_worlds": "gauge",
        "keyfactor_mock_answer_seconds": "histogram", **{f"keyfactor_mock_{name}": "gauge" for name in GAUGES[1:]}}
    assert all(family.documentation for family in families)
    samples = [sample for family in families for sample in family.samples]
    found = {(sample.name.removeprefix("keyfactor_mock_"), *sample.labels.values()): sample.value for sample in samples}
    assert len(found) == len(samples), "no sample twice"
    return found


def test_counts(world):
    world.statuses(3)
    world.statuses(2, "/PamProviders")
    world.statuses(1, "/Audit")
    world.server.ask("POST", "/oauth2/token", "grant_type=client_credentials&client_id=a&client_secret=b")
    with connection(world.server) as kept, pytest.raises(ConnectionError):
        on(kept, "GET", "/KeyfactorAPI/Status/HealthCheck")
    found = metrics(world)
    assert {key[1:]: value for key, value in found.items() if key[0] == "requests_total"} == {
        ("GET /Agents", "200"): 3, ("GET /PamProviders", "503"): 1, ("GET /PamProviders", "200"): 1, ("none", "404"): 1,
        ("token", "200"): 1, ("GET /Status/HealthCheck", "0"): 1}
    assert {key[1]: value for key, value in found.items() if key[0] == "strikes_total"} == {'odd "name" \\ here': 1, "gone": 1}


def test_control_requests_are_not_counted(world):
    before = metrics(world)
    for page in ("info", "journal", "nonsense"):
        world.ask("GET", page)
    assert metrics(world) == before


def test_the_histogram_is_consistent(world):
    with connection(world.server) as kept:
        for _ in range(200):
            on(kept, "GET", "/KeyfactorAPI/Agents")
    world.control("POST", "rules", {"operation": "GET /JobTypes/Custom", "do": [{"delay": "200ms"}]})
    world.statuses(2, "/JobTypes/Custom")
    found = metrics(world)
    buckets = [(float(key[1]), value) for key, value in found.items() if key[0] == "answer_seconds_bucket"]
    assert buckets == sorted(buckets) and [value for _, value in buckets] == sorted(value for _, value in buckets)
    assert buckets[-1] == (float("inf"), 202) and found[("answer_seconds_count",)] == 202
    assert dict(buckets)[0.1] == 200 and dict(buckets)[0.5] == 202
    assert 0.4 <= found[("answer_seconds_sum",)] < 2 * SLOWNESS


def test_gauges(world):
    before = metrics(world)
    assert before[("worlds",)] == 1 and before[("journal_bytes",)] == 0 and before[("connection_bytes",)] == 0
    assert before[("journal_bytes_limit",)] == 32 << 20 and before[("connection_bytes_limit",)] == 128 << 20
    assert 0 < before[("estate_bytes",)] < 1 << 20 and before[("estate_bytes_limit",)] == 256 << 20
    world.new("one")
    world.at("two").request("POST", "/CertificateStores", "x" * 30_000)
    after = metrics(world)
    assert after[("worlds",)] == 3 and 30_000 < after[("journal_bytes",)] < 36_000
    world.control("DELETE", "worlds/two", status=204)
    after = metrics(world)
    assert after[("worlds",)] == 2 and after[("journal_bytes",)] == 0
    world.statuses(3)
    assert metrics(world)[("journal_bytes",)] > 0
    world.control("DELETE", "journal")
    assert metrics(world)[("journal_bytes",)] == 0


STEPS = {
    "reset": ("POST", "worlds/one/reset", None, 200), "reset from another": ("POST", "worlds/one/reset", {"from": "default"}, 200),
    "scenario": ("PUT", "worlds/one/scenario", "", 200), "drop": ("DELETE", "worlds/one", None, 204),
    "journal": ("DELETE", "worlds/one/journal", None, 200), "fork": ("POST", "worlds", {"name": "two", "from": "one"}, 201),
}


@pytest.mark.parametrize("name", STEPS)
def test_counts_never_go_down(world, name):
    method, page, body, status = STEPS[name]
    world.at("one").statuses(3)
    world.at("one").statuses(1, "/PamProviders")
    before = metrics(world)
    world.control(method, page, body, status=status)
    after = metrics(world)
    counters = {key: value for key, value in before.items() if key[0] not in GAUGES}
    assert {key: after[key] for key in counters} == counters
    world.at("one").statuses(1)
    assert metrics(world)[("requests_total", "GET /Agents", "200")] == 4


def test_nothing_counts_twice_after_a_reset_from_the_same_world(world):
    world.statuses(3)
    world.control("POST", "reset", {"from": "default"})
    assert metrics(world)[("requests_total", "GET /Agents", "200")] == 3


def test_counts_never_go_down_while_worlds_come_and_go(world):
    def come_and_go(number):
        with connection(world.server) as kept:
            for step in range(400):
                on(kept, "GET", f"/w/world-{number}/KeyfactorAPI/Agents")
                on(kept, *("POST", f"/_mock/worlds/world-{number}/reset") if step % 2 else ("DELETE", f"/_mock/worlds/world-{number}"))

    threads = [threading.Thread(target=come_and_go, args=[number]) for number in range(4)]
    for each in threads:
        each.start()
    last = 0
    while any(each.is_alive() for each in threads):
        text = world.ask("GET", "metrics").body.decode()
        found = sum(int(line.split()[-1]) for line in text.splitlines() if line.startswith("keyfactor_mock_requests_total"))
        assert found >= last
        last = found
    assert metrics(world)[("requests_total", "GET /Agents", "200")] == 1600


def test_every_request_of_many_clients_is_counted(world):
    def ask(number):
        with connection(world.server) as kept:
            for _ in range(50):
                on(kept, "GET", f"/w/world-{number % 3}/KeyfactorAPI/Agents")

    threads = [threading.Thread(target=ask, args=[number]) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    found = metrics(world)
    assert found[("requests_total", "GET /Agents", "200")] == 400 == found[("answer_seconds_count",)]


# MARK: Coverage


def test_coverage(world):
    before = world.control("GET", "coverage")
    assert before["operations"]["met"] == {} and before["unmatched"] == 0 and before["failures"]["met"] == {}
    assert {"GET /Agents", "token"} <= set(before["operations"]["notMet"])
    world.statuses(2)
    world.statuses(2, "/PamProviders")
    world.statuses(1, "/Audit")
    with connection(world.server) as kept, pytest.raises(ConnectionError):
        on(kept, "GET", "/KeyfactorAPI/Status/HealthCheck")
    after = world.control("GET", "coverage")
    met = {"GET /Agents": {"200": 2}, "GET /PamProviders": {"200": 1, "503": 1}, "GET /Status/HealthCheck": {"nothing": 1}}
    assert after["operations"]["met"] == met
    assert set(after["operations"]["notMet"]) == set(before["operations"]["notMet"]) - set(met)
    assert after["unmatched"] == 1
    assert after["failures"]["met"] == {"unavailable": 1}
    assert set(after["failures"]["notMet"]) == set(before["failures"]["notMet"]) - {"unavailable"}
    assert {rule["name"] for rule in after["rules"]["met"]} == {'odd "name" \\ here', "gone"}
    assert after["rules"]["notMet"] == [{"name": "never", "matches": 0, "strikes": 0}]
    assert world.new("other").control("GET", "coverage")["operations"]["met"] == {}
    world.control("POST", "reset")
    assert world.control("GET", "coverage") == before


# MARK: The description


@pytest.fixture(scope="module")
def shared(serve_module):
    return Remote(serve_module())


BODIES = {
    ("post", "/worlds"): ({"name": "made"}, 201), ("delete", "/worlds/{name}"): (None, 204), ("put", "/clock"): ({"mode": "frozen"}, 200),
    ("post", "/clock/advance"): ({"by": "1s"}, 200), ("patch", "/estate"): ({"agents": [{"machine": "m"}]}, 200),
    ("put", "/scenario"): ("", 200),
    ("post", "/rules"): ({"name": "one", "operation": "GET /Agents", "do": []}, 200), ("delete", "/rules/{name}"): (None, 204),
    ("put", "/rules/{name}"): ({"operation": "GET /Agents", "do": []}, 200), ("post", "/await"): ({"expect": [], "timeout": "1s"}, 200),
}
HOLES = {"/worlds/{name}": "/worlds/made", "/rules/{name}": "/rules/one", "/ui/{file}": "/ui/page.js"}


def test_the_description_is_valid_and_every_path_of_it_answers(shared):
    description = shared.control("GET", "control.openapi.json")
    OpenAPIV31SpecValidator(description).validate()
    ids = [operation["operationId"] for path in description["paths"].values() for operation in path.values()]
    assert len(set(ids)) == len(ids)
    for path, operations in description["paths"].items():
        for method, operation in sorted(operations.items(), key=lambda each: ["get", "post", "put", "patch", "delete"].index(each[0])):
            body, status = BODIES.get((method, path), (None, 200))
            place = HOLES.get(path, path)
            if "/jobs/{id}" in path:
                shared.job(shared.agent())
                place = path.replace("{id}", shared.control("GET", "jobs")[0]["id"])
            if path.startswith("/journal/{n}"):
                shared.request()
                place = path.replace("{n}", str(shared.last()["n"]))
            reply = shared.ask(method.upper(), place[1:], body)
            assert reply.status == status, (method, path, reply)
            assert operation["summary"]
            if "requestBody" in operation:
                refused = shared.ask(method.upper(), place[1:], {"nonsense": 1})
                assert refused.status == 400 and set(refused.json) == {"error"}, (method, path, refused)


def test_a_405_names_the_allowed_methods(shared):
    for path, operations in shared.control("GET", "control.openapi.json")["paths"].items():
        reply = shared.ask("TRACE", path[1:].replace("{", "").replace("}", ""))
        assert reply.status == 405, path
        assert set(reply.header("Allow").split(", ")) == {method.upper() for method in operations}
    assert shared.ask("PUT", "journal").json["error"] == "/_mock/journal takes GET, DELETE."


def test_head_is_a_get_without_a_body(shared):
    reply = shared.ask("HEAD", "info")
    assert (reply.status, reply.body) == (200, b"")


@pytest.mark.parametrize(
    "asked, nearest",
    [
        ("jorunal", "journal"), ("rule", "rules"), ("metric", "metrics"), ("clock/advanced", "clock/advance"), ("verfy", "verify"),
        ("world", "worlds"),
    ],
)
def test_unknown_paths_name_the_nearest(shared, asked, nearest):
    for remote in (shared, shared.at("default")):
        why = remote.refused("GET", asked, status=404)
        assert f"Did you mean /_mock/{nearest}?" in why and "This version has" in why


def test_a_path_like_that_of_the_interface_is_none_of_it(shared):
    assert shared.server.ask("GET", "/_mocked/info").header("X-Mock-Why")
    assert "Did you mean" not in shared.refused("GET", "nonsense", status=404)


# MARK: Who is let in


@pytest.mark.parametrize("page", ["", "info", "livez", "readyz", "ca.pem", "journal", "nonsense"])
@pytest.mark.parametrize("origin", ["https://example.org", "null", "http://localhost"])
def test_web_pages_are_refused(shared, page, origin):
    reply = shared.ask("GET", page, headers={"Origin": origin})
    assert reply.status == 403 and "Origin" in reply.json["error"]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "127.0.0.1", "127.1.2.3:8080", "[::1]:8080", "keyfactor.localhost"])
def test_hosts_of_this_machine(shared, host):
    assert shared.ask("GET", "info", headers={"Host": host}).status == 200


@pytest.mark.parametrize("host", ["example.org", "localhost.example.org", "10.0.0.1", "[::2]", "notlocalhost"])
def test_other_hosts_are_refused_but_for_health_and_ca(shared, host):
    reply = shared.ask("GET", "info", headers={"Host": host})
    assert reply.status == 403 and "Host" in reply.json["error"]
    assert shared.ask("POST", "reset", headers={"Host": host}).status == 403
    for page in ("livez", "readyz", "ca.pem"):
        assert shared.ask("GET", page, headers={"Host": host}).status == 200


def test_a_name_that_looks_like_an_address_is_refused(shared):
    for host in ("127.example.org", "127.0.0.1.example.org:8080"):
        assert shared.ask("GET", "info", headers={"Host": host}).status == 403


def test_who_is_refused_makes_no_world(shared):
    assert shared.ask("GET", "worlds/by-a-stranger/journal", headers={"Host": "example.org"}).status == 403
    assert "by-a-stranger" not in shared.ask("GET", "worlds").body.decode()


@option("--admin-token")
def test_a_token_is_asked_for_but_for_health_and_ca(serve):
    world = Remote(serve("", "--admin-token", "t0ken"))
    wrong = [{"X-Mock-Token": token} for token in ("wrong", "", "t0ken2", "T0ken")]
    for headers in ({}, {"Authorization": basic("x", "t0ken")}, *wrong):
        for method, page in (("GET", ""), ("GET", "info"), ("POST", "reset"), ("GET", "metrics")):
            reply = world.ask(method, page, headers=headers)
            assert reply.status == 401 and "X-Mock-Token" in reply.json["error"]
    for page in ("livez", "readyz", "ca.pem"):
        assert world.ask("GET", page).status == 200
    assert world.ask("GET", "info", headers={"X-Mock-Token": "t0ken"}).status == 200
    assert world.request().status == 200


@option("--admin-token")
def test_who_has_no_token_makes_no_world(serve):
    world = Remote(serve("", "--admin-token", "t0ken"))
    assert world.ask("GET", "worlds/by-a-stranger/journal").status == 401
    assert "by-a-stranger" not in world.ask("GET", "worlds", headers={"X-Mock-Token": "t0ken"}).body.decode()


@option("--admin-port")
def test_the_interface_can_have_a_port_of_its_own(serve):
    server = serve("", "--admin-port", "0")
    port = server.ready["admin"]
    world = Remote(server)
    assert server.ask("GET", "/_mock/info").status == 404
    assert world.request().status == 200
    api, server.http_port = server.http_port, port
    assert world.control("GET", "info")["admin"] == port
    assert world.control("GET", "info")["http"] == api
    assert len(world.journal()) >= 1
    assert server.ask("GET", "/KeyfactorAPI/Agents").status == 404


@option("--coverage")
def test_verdict_and_coverage_are_written_at_the_end(serve, tmp_path):
    junit, coverage = tmp_path / "junit.xml", tmp_path / "coverage.json"
    scenario = "expect: [ { requests: { operation: GET /Agents }, count: 1 } ]"
    world = Remote(serve(scenario, "--junit", str(junit), "--coverage", str(coverage)))
    world.request()
    world.server.stop()
    suite = xml.parse(junit).getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("1", "0")
    assert json.loads(coverage.read_text())["operations"]["met"] == {"GET /Agents": {"200": 1}}


@option("--junit")
def test_a_verdict_that_is_not_met_is_written_and_is_exit_code_70(serve, tmp_path):
    junit = tmp_path / "junit.xml"
    server = serve("seed: 3\nexpect: [ { requests: { operation: GET /Agents, status: 503 } } ]", "--junit", str(junit))
    world = Remote(server)
    world.request(headers={"X-Odd": "<&\">"})
    assert world.control("POST", "verify")["verdict"] == "failed"
    server.process.terminate()
    assert server.process.wait(10) == 70
    assert "expectations: failed, 0 of 1 met (seed 3)" in server.errors and "wanted 503, found 200" in server.errors
    suite = xml.parse(junit).getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")
    assert suite.find("testcase/failure").get("type") == "failed"
    assert "GET /KeyfactorAPI/Agents 200" in suite.find("testcase/failure").text


@option("--watch")
def test_a_scenario_file_is_watched(serve, tmp_path):
    file = tmp_path / "watched.yaml"
    file.write_text("scenario: one\n")
    world = Remote(serve("", "--scenario", str(file), "--watch"))
    world.at("old").request()
    world.request()

    def write(text):
        fresh = tmp_path / "fresh"
        fresh.write_text(text)
        fresh.rename(file)

    write("scenario: two\nrules: [ { operation: GET /Agents, do: [ { refuse: unavailable } ] } ]\n")
    until(lambda: world.control("GET", "info")["scenario"] == "two")
    assert world.statuses(1) == [503] and world.at("new").statuses(1) == [503] and world.at("old").statuses(1) == [200]
    write("scenario: three\nruls: []\n")
    until(lambda: "ruls" in world.server.errors)
    assert world.control("GET", "info")["scenario"] == "two" and world.statuses(1) == [503]
    write("scenario: four\n")
    until(lambda: world.control("GET", "info")["scenario"] == "four")
    assert world.statuses(1) == [200]


def test_a_change_while_the_server_starts_is_seen(tmp_path):
    """It has read the file and cannot get rid of its ready line when the file changes."""
    file, ready = tmp_path / "watched.yaml", tmp_path / "ready"
    file.write_text("scenario: one\n")
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writer, bytes(4096))
    os.set_blocking(writer, True)
    command = [BINARY, "serve", "--http-port", "0", "--no-https", "--scenario", file, "--watch", "--ready-file", ready]
    with subprocess.Popen(command, stdout=writer) as process:
        try:
            until(ready.exists)
            page = f"http://127.0.0.1:{json.loads(ready.read_text())['http']}/_mock/info"
            file.write_text("scenario: two\n")
            os.read(reader, 1 << 20)
            until(lambda: json.load(urllib.request.urlopen(page, timeout=PATIENCE))["scenario"] == "two")
        finally:
            process.terminate()
    os.close(writer)
    os.close(reader)
    assert process.returncode == 0
