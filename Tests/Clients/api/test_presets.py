"""Clients by name: what each sets, what wins over what, and how that reaches worlds."""

import json
import os
import subprocess

import pytest

from support.mock import BINARY, PATIENCE, PORTS, SANITIZER, DidNotStart

ESTATE = """
clock: { start: 2026-03-01T09:00:00Z, mode: frozen }
estate:
  from: small
  containers: [ { id: 3, name: Weekly, schedule: { Weekly: { Days: [ Monday, Friday ], Time: "2026-03-01T02:30:00Z" } } } ]
  certificateStores:
    - { machine: weekly-1, path: /w.pem, agent: uo-1, schedule: { Weekly: { Days: [ Sunday ], Time: "2026-03-01T02:30:00Z" } } }
"""
READS = ["/Agents", "/CertificateStores", "/CertificateStoreTypes", "/CertificateStoreContainers", "/CertificateStoreContainers/3",
         "/JobTypes/Custom", "/OrchestratorJobs/ScheduledJobs", "/Nothing"]
NAMES = ["kfutil", "terraform", "go-sdk", "python-sdk-11", "python-sdk-1", "java-sdk", "vault", "cert-manager"]


def run(*words, **variables):
    environment = {"PATH": os.environ["PATH"], **SANITIZER, **variables}
    return subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=PATIENCE, env=environment)


def settings(name):
    """What `clients` says that a client sets."""
    line = next(each for each in run("clients").stdout.splitlines() if each.split()[0] == name)
    return dict(each.replace('"', "").split(": ") for each in line.split(maxsplit=1)[1].split(", "))


def seen(server):
    """What a server answers to reads, and to a schedule that is left out."""
    replies = [server.ask("GET", "/KeyfactorAPI" + path) for path in READS]
    replies.append(server.ask("POST", "/KeyfactorAPI/CertificateStores/Schedule", {"StoreIds": []}))
    replies.append(server.ask("POST", "/KeyfactorAPI/Agents/Approve", ["x"], headers={"x-keyfactor-requested-with": ""}))
    return [(each.status, each.body, each.header("X-Keyfactor-Product-Version")) for each in replies]


def test_every_client_is_listed_once():
    assert [line.split()[0] for line in run("clients").stdout.splitlines()] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_client_sets_what_it_says_and_nothing_else(serve, name):
    said = settings(name)
    product = said.pop("product", "25.4")
    switches = {key: value == "true" if value in ("true", "false") else value for key, value in said.items()}
    by_hand = serve(f'product: "{product}"\nfidelity: {json.dumps(switches)}\n' + ESTATE)
    by_key, by_option = serve(f"client: {name}\n" + ESTATE), serve(ESTATE, "--client", name)
    by_variable = serve(ESTATE, variables={"KEYFACTOR_MOCK_CLIENT": name})
    assert seen(by_hand) == seen(by_key) == seen(by_option) == seen(by_variable)
    assert {each.ask("GET", "/_mock/info").json["client"] for each in (by_key, by_option, by_variable)} == {name}
    assert by_hand.ask("GET", "/_mock/info").json["client"] is None


@pytest.mark.parametrize("name", NAMES)
def test_each_setting_has_a_reason_and_a_source(name):
    lines = run("clients", name).stdout.split("\n\n")
    assert lines[0].startswith(name + ": ") and len(lines) == 1 + len(settings(name))
    for part in lines[1:]:
        setting, reason, source = part.rstrip().split("\n")
        assert reason.strip().endswith(".") and source.strip().startswith("Source: ") and ": " in setting


@pytest.mark.parametrize("typed, meant", [
    ("terrafrom", "terraform"), ("kfutill", "kfutil"), ("Go-SDK", "go-sdk"), ("python-sdk-2", "python-sdk-1"), ("certmanager", "cert-manager"),
    ("java_sdk", "java-sdk"), ("curl", None), ("", None)])
def test_an_unknown_client_is_refused_with_the_nearest_name(typed, meant):
    for ended in run("clients", typed), run("serve", "--client", typed), run("exec", "--client", typed, "--", "true"):
        assert ended.returncode == 64 and f"there is no client '{typed}'" in ended.stderr and "kfutil, terraform" in ended.stderr
        assert meant is None or f"Did you mean '{meant}'?" in ended.stderr
    if typed:
        ended = run("serve", KEYFACTOR_MOCK_CLIENT=typed)
        assert ended.returncode == 64 and "Settings from the environment: KEYFACTOR_MOCK_CLIENT." in ended.stderr
    with pytest.raises(DidNotStart) as caught:
        serve_once(f"client: '{typed}'")
    assert caught.value.code == 65 and "'client' must be" in caught.value.errors
    assert meant is None or f"did you mean '{meant}'?" in caught.value.errors


def serve_once(scenario):
    from support.mock import Mock
    Mock(scenario).stop()


@pytest.mark.parametrize("scenario, options, path, wanted", [
    # A scenario's own switch stands above the client's, however the client was named.
    ("client: python-sdk-11\nfidelity: { enums: names }", (), "/Agents", '"Status":"Approved"'),
    ("fidelity: { enumsOfAgents: names }", ("--client", "python-sdk-11"), "/Agents", '"Status":"Approved"'),
    ("client: python-sdk-11\nfidelity: { enumsOfStoreTypes: names }", (), "/Agents", '"Status":2'),
    ("client: python-sdk-11\nfidelity: { enumsOfStoreTypes: names }", (), "/CertificateStoreTypes", '"PrivateKeyAllowed":"'),
    ("client: python-sdk-11\nfidelity: { nulls: vendor }", (), "/CertificateStores", '"ContainerId":null'),
    ("client: kfutil\nfidelity: { containerSchedule: object }", (), "/CertificateStoreContainers/3", '"Schedule":{"Weekly"'),
    # `enums` sets all four, also those that the client has set.
    ("client: kfutil\nfidelity: { enums: numbers }", (), "/CertificateStoreTypes", '"PrivateKeyAllowed":1'),
    ("client: kfutil\nfidelity: { enums: names }", (), "/Agents", '"Status":"Approved"'),
    # The option stands above the scenario's client.
    ("client: kfutil", ("--client", "go-sdk"), "/CertificateStoreContainers/3", '"Schedule":{"Weekly":{"Days":[1,5]'),
    ("client: null", ("--client", "kfutil"), "/CertificateStoreContainers/3", '"Schedule":"W_1,5_02:30"'),
])
def test_who_wins(serve, scenario, options, path, wanted):
    assert wanted in serve(scenario + ESTATE, *options).ask("GET", "/KeyfactorAPI" + path).body.decode()


@pytest.mark.parametrize("scenario, options, release", [
    ("client: java-sdk", (), "24.4"), ("", ("--client", "java-sdk"), "24.4"), ('client: java-sdk\nproduct: "25.4"', (), "25.4"),
    ('product: "11.6"', ("--client", "java-sdk"), "11.6"), ("client: java-sdk", ("--product", "10.5"), "10.5"),
    ("client: java-sdk", ("--client", "kfutil"), "25.4"), ("client: kfutil", ("--client", "java-sdk"), "24.4"), ("client: vault", (), "25.4")])
def test_whose_release_counts(serve, scenario, options, release):
    server = serve(scenario, *options)
    assert server.ask("GET", "/_mock/info").json["product"] == release
    assert server.ask("GET", "/KeyfactorAPI/Agents").header("X-Keyfactor-Product-Version").startswith(release + ".")


def test_a_flag_overrides_the_variable_and_an_empty_variable_says_nothing(serve):
    assert serve("", "--client", "vault", variables={"KEYFACTOR_MOCK_CLIENT": "kfutil"}).ask("GET", "/_mock/info").json["client"] == "vault"
    assert serve("client: vault", variables={"KEYFACTOR_MOCK_CLIENT": ""}).ask("GET", "/_mock/info").json["client"] == "vault"


def test_exec_serves_a_client():
    command = ["sh", "-c", 'curl -sS "$KFMOCK_ADMIN_URL/info"']
    assert json.loads(run("exec", "--client", "terraform", "--", *command).stdout)["client"] == "terraform"
    assert json.loads(run("exec", "--", *command, KEYFACTOR_MOCK_CLIENT="vault").stdout)["client"] == "vault"


@pytest.mark.parametrize("name", NAMES)
def test_only_the_sdk_that_forgets_the_header_may_write_without_it(serve, name):
    server = serve(f"client: {name}\n" + ESTATE)
    server.headers = {}
    reply = server.ask("POST", "/KeyfactorAPI/Agents/Approve", [server.agent("uo-2")])
    assert reply.status == (204 if name == "python-sdk-11" else 400), reply
    assert reply.status == 204 or "x-keyfactor-requested-with" in reply.json["Message"]


def world(name):
    return {"X-Mock-World": name}


def client_of(server, name):
    return server.ask("GET", "/_mock/info", headers=world(name)).json["client"]


class TestWorlds:
    @pytest.mark.parametrize("name", NAMES)
    def test_a_worlds_client_stays_in_that_world(self, serve_module, name):
        if not hasattr(serve_module, "plain"):
            serve_module.plain = serve_module(ESTATE)
        server = serve_module.plain
        before = seen(server)
        server.ask("GET", "/w/another/KeyfactorAPI/Agents")
        reply = server.ask("PUT", "/_mock/scenario", f"client: {name}\n" + ESTATE, world(f"of-{name}"))
        assert reply.status == 200 and reply.json["warnings"] == []
        assert [client_of(server, each) for each in ("default", f"of-{name}", "another")] == [None, name, None]
        assert seen(server) == before

    @pytest.mark.parametrize("name", NAMES[1:])
    def test_an_option_holds_in_every_world_and_says_so(self, serve_module, name):
        if not hasattr(serve_module, "fixed"):
            serve_module.fixed = serve_module(ESTATE, "--client", "kfutil")
        server, own = serve_module.fixed, world(f"of-{name}")
        reply = server.ask("PUT", "/_mock/scenario", f"scenario: x\nclient: {name}\n", own)
        assert reply.status == 200 and f"the scenario's client is '{name}', and the server serves 'kfutil'" in reply.json["warnings"][0]
        assert reply.json["warnings"][0].startswith("line 2: ")
        assert client_of(server, f"of-{name}") == "kfutil"
        refused = server.ask("PUT", "/_mock/scenario?strict", f"client: {name}\n", own)
        assert refused.status == 400 and "leave the option out" in refused.body.decode()
        assert server.ask("PUT", "/_mock/scenario", "client: kfutil\n", own).json["warnings"] == []

    def test_the_log_warns_at_the_start(self, serve):
        assert "the server serves 'go-sdk'" in serve("client: kfutil", "--client", "go-sdk").errors
        assert "client" not in serve("client: kfutil", "--client", "kfutil").errors


@pytest.mark.parametrize("name", ["java-sdk", "python-sdk-1", "python-sdk-11", "go-sdk"])
def test_a_generated_sdk_finds_only_numbers(serve, name):
    server = serve(f"client: {name}\n" + ESTATE)
    agents = server.get("/Agents")
    assert sorted(each["Status"] for each in agents) == [1, 2]
    assert name != "java-sdk" or not any("JobTypes" in each for each in agents)
    types = server.get("/CertificateStoreTypes")
    assert all(isinstance(each[member], int) for each in types for member in ("PrivateKeyAllowed", "CustomAliasAllowed"))
    assert name != "java-sdk" or not any("CertificateFormat" in each for each in types)
    assert server.schedule_of(server.store("weekly-1"))["Weekly"]["Days"] == [0]
    assert [each["Type"] for each in server.get("/JobTypes/Custom")[0]["JobTypeFields"]] == [2, 1]
