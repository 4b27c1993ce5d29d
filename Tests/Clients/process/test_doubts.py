"""What is allowed and yet hardly meant gets a warning, and a mistake gets the sentence that mends it."""

import base64
import json
import os
import subprocess

import pytest

from support.control import Remote
from support.mock import BINARY, ESTATE, PATIENCE, SANITIZER

AUTH = "auth: {{ mode: both, users: [ {} ], clients: [ {} ] }}"
USERS = {
    "two users in another case": ("{ name: jo, password: a }, { name: JO, password: b }", "the user 'JO' is also in line 1"),
    "a domain in two ways": ('{ name: "D\\\\jo", password: a }, { name: "jo@d", password: b }', "the user 'jo@d' is also in line 1"),
    "a permission in capitals": ("{ name: jo, password: a, permissions: [ /Certificate_Stores/Read/ ] }", "did you mean '/certificate_stores/read/'?"),
    "a permission misspelt": ("{ name: jo, password: a, permissions: [ /certificate_store/read/ ] }", "did you mean '/certificate_stores/read/'?"),
}
FINE = [
    "{ name: jo, password: a }, { name: joe, password: b }", '{ name: "D\\\\jo", password: a }, { name: "E\\\\jo", password: b }',
    "{ name: jo, password: a, permissions: [ /agents/, /certificate_stores/read/3/, '*', /security/roles/modify/ ] }",
]


def lint(text, *options):
    return subprocess.run([BINARY, "lint", *options, "-"], input=text, capture_output=True, text=True, timeout=PATIENCE)


def warned(text, words):
    assert words in lint(text).stderr and lint(text).returncode == 0
    assert lint(text).stdout.rstrip().endswith("warnings: 1, which --strict counts as mistakes")
    assert lint(text, "--strict").returncode == 65


@pytest.mark.parametrize("users, words", USERS.values(), ids=USERS)
def test_users_who_are_the_same_or_may_do_nothing(users, words):
    warned(AUTH.format(users, "{ id: ci, secret: s }"), words)


@pytest.mark.parametrize("users", FINE)
def test_users_who_are_not_the_same(users):
    assert lint(AUTH.format(users, "{ id: ci, secret: s }, { id: CI, secret: s }"), "--strict").returncode == 0


def test_two_clients_of_one_id():
    warned(AUTH.format("{ name: jo, password: a }", "{ id: ci, secret: s }, { id: ci, secret: t }"), "the client 'ci' is also in line 1")


def test_tokens_that_are_born_expired():
    warned("auth: { tokens: { expiresIn: 0s } }", "every token has expired when it is given out")
    assert lint("auth: { tokens: { expiresIn: 1s } }", "--strict").returncode == 0


@pytest.mark.parametrize("path", ["/oauth2/token", "[ /a, /OAuth2/Token ]"])
def test_a_base_path_where_the_token_endpoint_is(path):
    warned(f"basePath: {path}", "/oauth2/token is the token endpoint")


@pytest.mark.parametrize("turn", "\u202e\u2066\u200f\ufeff", ids=ascii)
def test_what_turns_the_direction_of_a_text_is_not_drawn(turn):
    ended = lint(f'estate: {{ agents: [ {{ machine: "a{turn}b", nonsense: "{turn}" }} ] }}')
    assert ended.returncode == 65 and turn not in ended.stderr and "\ufffd" in ended.stderr


MENDED = {
    "refuse: 503": ("rules: [ { operation: GET /Agents, do: [ { refuse: 503 } ] } ]", "write { status: 503 }"),
    "a blank": ("rules: [ { operation: GET /Agents, do: [ { delay: 250 ms } ] } ]", "write 250ms without a blank"),
    "no sign": ("rules: [ { operation: GET /Agents, window: { from: 90m }, do: [ delay: 1s ] } ]", "write +90m for a time that is so far away"),
    "a method in small letters": ("rules: [ { operation: post /OrchestratorJobs/Custom, do: [ delay: 1s ] } ]", "write 'POST /OrchestratorJobs/Custom'"),
    "a release as a number": ("product: 10.5", 'quote it: "10.5"'),
}


@pytest.mark.parametrize("text, words", MENDED.values(), ids=MENDED)
def test_a_mistake_says_what_mends_it(text, words):
    ended = lint(text)
    assert ended.returncode == 65 and words in ended.stderr


@pytest.mark.parametrize("path", ["POST /oauth/token", "POST /connect/token"])
def test_another_token_endpoint(path):
    warned(f"rules: [ {{ operation: {path}, do: [ delay: 1s ] }} ]", "write 'token'")


def test_options_that_are_nearly_ours():
    ended = subprocess.run([BINARY, "serve", "--prot", "1"], capture_output=True, text=True, timeout=PATIENCE)
    assert ended.returncode == 64 and "Did you mean '--http-port'?" in ended.stderr


# What a server says when it starts and ends

def test_a_line_for_people_says_where_it_listens(serve):
    server = serve("", "--admin-port", "0")
    assert f"listening on http://127.0.0.1:{server.http_port} and https://127.0.0.1:{server.https_port}, and with http://127.0.0.1:{server.ready['admin']}/_mock/" in server.errors
    assert f"listening on https://[::1]:{(six := serve('', '--host', '::1', '--no-http')).https_port}; watch it at " in six.errors


def test_a_warning_names_the_file(serve, tmp_path):
    file = tmp_path / "doubtful.yaml"
    file.write_text(ESTATE + "\nrules: [ { operation: GET /Agentz, do: [ delay: 1s ] } ]")
    assert f"{file}, line " in serve("", "--scenario", str(file)).errors


def test_with_json_the_verdict_is_json_too():
    ended = subprocess.run(
        [BINARY, "exec", "--log-format", "json", "--scenario", "expect: [ { requests: { operation: GET /Agents }, count: 2 } ]", "--", "true"],
        capture_output=True, text=True, timeout=PATIENCE)
    lines = [json.loads(line) for line in ended.stderr.splitlines()]
    assert ended.returncode == 70 and {line["level"] for line in lines} == {"error"} and "expectations: failed, 0 of 1 met" in lines[0]["message"]


# Variables

@pytest.mark.parametrize("name, value, words", [
    ("ADMIN_TOKEN", "", "is empty, which would open /_mock/ to everybody"), ("NO_HTTP", "maybe", "is 'maybe', expected 1, true, yes or on, or 0, false, no or off"),
    ("WATCH", "2", "is '2', expected 1"), ("STRICT_WORLDS", "ja", "is 'ja'")])
def test_a_variable_that_says_nothing_that_can_be_meant_is_refused(name, value, words):
    environment = {"PATH": os.environ["PATH"], f"KEYFACTOR_MOCK_{name}": value, **SANITIZER}
    ended = subprocess.run([BINARY, "serve", "--http-port", "0", "--https-port", "0"], capture_output=True, text=True, timeout=PATIENCE, env=environment)
    assert ended.returncode == 64 and f"KEYFACTOR_MOCK_{name} {words}" in ended.stderr


@pytest.mark.parametrize("value", ["0", "false", "No", "OFF", ""])
def test_a_flag_can_be_off(serve, value):
    assert serve("", variables={"KEYFACTOR_MOCK_NO_HTTP": value}).ready["http"]


# Clocks

def test_a_clock_set_back_says_what_is_still_running(mock):
    world = Remote(mock).new("set-back")
    scenario = ESTATE + "\nprogress: [ { steps: [ { state: InProcess, for: 1d }, { state: Completed } ] } ]"
    world.control("PUT", "scenario", scenario)
    world.control("PUT", "clock", {"mode": "frozen", "now": "2030-01-01T00:00:00Z"})
    world.job(world.agent())
    assert "warning" not in world.control("PUT", "clock", {"now": "+1h"})
    assert world.control("GET", "jobs")[0]["state"] == "InProcess"
    assert world.control("PUT", "clock", {"now": "-2h"})["warning"].startswith("running jobs: 1.")


RULES = """
auth: { mode: both, users: [ { name: 'CORP\\Alice', password: p, permissions: [ '*' ] } ], clients: [ { id: ci, secret: s } ] }
rules:
  - { name: reads, operation: GET /Agents, where: { caller: 'CORP\\Alice' }, do: [ { refuse: unavailable } ] }
  - { name: deletes, operation: DELETE /Agents/*, where: { method: DELETE }, do: [ { refuse: unavailable } ] }
  - { name: strangers, operation: GET /Agents, unauthenticated: true, do: [ { refuse: unauthorized } ] }
"""


@pytest.fixture(scope="module")
def ruled(serve_module):
    return serve_module(RULES)


@pytest.mark.parametrize("method, path", [
    ("GET", "/Agents"), ("get", "/Agents"), ("gEt", "/agents"), ("Get", "/KeyfactorAPI/Agents"), ("delete", "/Agents/1"), ("DELETE", "/Keyfactor/API/Agents/1"),
    ("Put", "/Agents")])
@pytest.mark.parametrize("user", ["CORP\\Alice:p", "corp\\alice:p", "alice:p", "Alice@corp:p", "alice:wrong", "bob:p", ""])
def test_explain_says_of_each_case_what_the_server_does(ruled, method, path, user):
    credential = f"Authorization: Basic {base64.b64encode(user.encode()).decode()}"
    shown = subprocess.run([BINARY, "explain", "-", "--request", f"{method} {path}", *(["--header", credential] if user else ["--unauthenticated"])],
                           input=RULES, capture_output=True, text=True, timeout=PATIENCE)
    said = [line.split()[1] for line in shown.stdout.splitlines() if line.startswith("  * ")]
    target = path if path.lower().startswith("/keyfactor") else "/KeyfactorAPI" + path
    ruled.ask(method, target, headers=dict([credential.split(": ")]) if user else {})
    struck = ruled.ask("GET", "/_mock/journal?limit=1").json["exchanges"][0]["rule"]
    assert said == ([struck] if struck else []), (shown, struck)
