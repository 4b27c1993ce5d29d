"""Commands that talk to a running server: what they print, and how they end."""

import json
import socket
import subprocess
import sys
import threading

import pytest

from support.mock import BINARY, PATIENCE

SCENARIO = """
clock: { start: 2026-03-01T09:00:00Z, mode: frozen }
rules:
  - { name: stumbles, operation: GET /Agents, calls: 1, do: [ { refuse: unavailable } ] }
"""


class Commands:
    """The commands for one server."""

    def __init__(self, server, folder):
        self.server, self.folder = server, folder

    def __call__(self, *arguments, code=0, port=None, stdin="", **variables):
        """Runs a command that must end with a code; answers both streams."""
        where = [] if port is None else ["--port", str(port)]
        ended = subprocess.run(
            [BINARY, *arguments, *where], env=variables, cwd=self.folder, input=stdin, capture_output=True, text=True, timeout=PATIENCE)
        assert ended.returncode == code, ended
        return ended.stdout, ended.stderr

    def ask(self, *arguments, **more):
        return self(*arguments, port=self.server.http_port, **more)


@pytest.fixture
def mock_of(serve, tmp_path):
    return Commands(serve(SCENARIO), tmp_path)


def test_verify_says_yes_and_no(serve, tmp_path):
    mock_of = Commands(serve(SCENARIO + "expect: [ { requests: { operation: GET /Agents, status: 200 }, count: 1 } ]"), tmp_path)
    said, _ = mock_of.ask("verify", code=1)
    assert said.startswith("expectations: failed, 0 of 1 met (seed 1)\n  FAILED: ") and "    found: 0 requests\n" in said
    for status in (503, 200):
        assert mock_of.server.ask("GET", "/KeyfactorAPI/Agents").status == status
    assert mock_of.ask("verify")[0].startswith("expectations: met, 1 of 1 met (seed 1)\n")
    assert json.loads(mock_of.ask("verify", "--json")[0])["verdict"] == "met"
    assert mock_of.ask("verify", "--world", "other", code=1) == (
        "", "There is no world 'other': no request has named it, and POST /_mock/worlds makes it.\n")


def test_verify_judges_what_a_file_expects(mock_of):
    mock_of.folder.joinpath("expect.yaml").write_text("expect:\n  - { unmatched: 0 }\n")
    mock_of.ask("verify", "expect.yaml")
    mock_of.ask("verify", "-", stdin="{expect: [{unmatched: 0}]}")
    said, _ = mock_of.ask("verify", "{expect: [{unmatched: 1}]}", code=1)
    assert "found: 0 unmatched requests" in said
    said, _ = mock_of.ask("verify", "--json", "{expect: [{unmatched: 1}]}", code=1)
    assert json.loads(said)["verdict"] == "failed"


def test_mistakes_in_a_file_are_shown_in_it(mock_of):
    mock_of.folder.joinpath("expect.yaml").write_text("expct: []\n")
    _, errors = mock_of.ask("verify", "expect.yaml", code=65)
    assert errors.startswith("expect.yaml:1:1: unknown key 'expct' in a question\n    1 | expct: []\n      | ^~~~~ did you mean 'expect'?")
    _, errors = mock_of.ask("rules", "add", "{operation: GET /Agents, do: [{refuse: unavailible}]}", code=65)
    assert "did you mean 'unavailable'?" in errors
    assert "Cannot read 'none.yaml'" in mock_of.ask("verify", "none.yaml", code=64)[1]


def test_names_that_do_not_exist_are_warned_of_or_refused(mock_of):
    wrong = "{expect: [{jobs: {agent: uo-9}, count: 0}]}"
    said, _ = mock_of.ask("verify", wrong)
    assert "  warning: line 1: there is no agent 'uo-9'" in said
    assert "there is no agent 'uo-9'" in mock_of.ask("verify", "--strict", wrong, code=65)[1]
    rule = "{name: typo, operation: GET /Agnts, do: [{refuse: unavailable}]}"
    assert "warning: the rule 'typo' only matches requests that get 404" in mock_of.ask("rules", "add", rule)[1]
    assert "did you mean 'GET /Agents'" in mock_of.ask("rules", "add", "--strict", rule.replace("typo", "typo2"), code=65)[1]
    assert "warning: 'GET /Agnts' is no operation" in mock_of.ask("journal", "--operation", "GET /Agnts")[1]
    assert "'GET /Agnts' is no operation" in mock_of.ask("journal", "--strict", "--operation", "GET /Agnts", code=64)[1]


def test_the_journal_is_a_line_for_each_request_the_newest_last(mock_of):
    for path in ("/Agents", "/Agents?a=1", "/Agnets"):
        mock_of.server.ask("GET", "/KeyfactorAPI" + path)
    said, _ = mock_of.ask("journal")
    first, second, third = said.splitlines()
    assert first.startswith("1 2026-03-01T09:00:00Z GET /KeyfactorAPI/Agents 503 by 127.0.0.1 (rule 'stumbles'): ")
    assert second.startswith("2 2026-03-01T09:00:00Z GET /KeyfactorAPI/Agents?a=1 200 by 127.0.0.1")
    assert third.startswith("3 2026-03-01T09:00:00Z GET /KeyfactorAPI/Agnets 404 by 127.0.0.1: ") and "GET /Agents" in third
    assert mock_of.ask("journal", "--limit", "1")[0].splitlines() == [third]
    assert mock_of.ask("journal", "--since", "1", "--status", "200")[0].splitlines() == [second]
    assert mock_of.ask("journal", "--rule", "stumbles", "--operation", "GET /Agents")[0].splitlines() == [first]
    assert mock_of.ask("journal", "--caller", "nobody")[0] == ""
    assert [each["n"] for each in json.loads(mock_of.ask("journal", "--json")[0])["exchanges"]] == [3, 2, 1]


def test_one_exchange_is_shown_whole_without_its_secrets(mock_of):
    body = {"AgentId": "e89c945f-da62-482c-9495-ecf36abbd2dd", "JobTypeName": "SampleCustomJobType", "JobFields": {"ParamInt": "3"}}
    mock_of.server.ask("POST", "/KeyfactorAPI/OrchestratorJobs/Custom", body, {"Authorization": "Basic b3BzOnMzY3JldA=="})
    said, _ = mock_of.ask("journal", "1")
    assert "\nrequest\n  " in said and "\nreply\n  " in said and '  {"AgentId": "e89c945f' in said and '"JobId":' in said
    assert "  Authorization: Basic (struck out)\n" in said and "s3cret" not in said
    assert json.loads(mock_of.ask("journal", "1", "--json")[0])["status"] == 200
    assert mock_of.ask("journal", "2", code=1)[1] == "There is no exchange '2' in the journal; it holds 1 to 1.\n"


def test_a_request_cannot_steer_the_terminal(mock_of):
    mock_of.server.ask("GET", "/KeyfactorAPI/Agents%1B%5B2J%E2%80%AE")
    mock_of.server.ask("POST", "/KeyfactorAPI/OrchestratorJobs/Custom", '{"JobTypeName": "\x1b[2J\u202e\u009b"}'.encode())
    for number in ("1", "2"):
        said = mock_of.ask("journal", number)[0] + mock_of.ask("journal")[0]
        assert not any(ord(each) < 32 and each != "\n" or each in "\u202e\u009b\x7f" for each in said), said


def test_rules_are_listed_added_and_removed(mock_of):
    assert mock_of.ask("rules")[0] == "stumbles  GET /Agents  struck 0 of 0  refuse unavailable\n"
    said, errors = mock_of.ask("rules", "add", "-", stdin="[{name: a/b, operation: GET /JobTypes/Custom, do: [{refuse: forbidden}]}]")
    assert (said, errors) == ("a/b  GET /JobTypes/Custom  struck 0 of 0  refuse forbidden, live\n", "")
    assert mock_of.server.ask("GET", "/KeyfactorAPI/JobTypes/Custom").status == 403
    said, _ = mock_of.ask("rules", "list")
    assert said == (
        "a/b       GET /JobTypes/Custom  struck 1 of 1  refuse forbidden, live\n"
        "stumbles  GET /Agents           struck 0 of 0  refuse unavailable\n")
    assert mock_of.ask("rules", "remove", "a/b") == ("", "")
    assert mock_of.ask("rules", "remove", "a/b", code=1)[1].startswith("There is no rule 'a/b'.")
    said, _ = mock_of.ask("rules", "add", "{name: short, operation: GET /Agents, ttl: 1h, do: [{refuse: forbidden}]}")
    assert "refuse forbidden, live until 20" in said
    assert [each["name"] for each in json.loads(mock_of.ask("rules", "list", "--json")[0])] == ["short", "stumbles"]


def test_the_clock_is_shown_advanced_frozen_run_and_set(mock_of):
    assert mock_of.ask("clock") == ("2026-03-01T09:00:00Z, frozen\n", "")
    assert mock_of.ask("clock", "advance", "1h")[0] == "2026-03-01T10:00:00Z, runs of jobs begun: 0, ended: 0\n"
    assert mock_of.ask("clock", "advance", "2026-03-02T00:00:00Z")[0].startswith("2026-03-02T00:00:00Z, ")
    assert mock_of.ask("clock", "set", "2026-03-01T09:00:00Z")[0] == "2026-03-01T09:00:00Z, frozen\n"
    assert mock_of.ask("clock", "set", "+2h")[0] == "2026-03-01T11:00:00Z, frozen\n"
    assert mock_of("clock", "set", "--port", str(mock_of.server.http_port), "--", "-2h")[0] == "2026-03-01T09:00:00Z, frozen\n"
    assert mock_of.ask("clock", "run")[0].endswith(", running\n")
    assert json.loads(mock_of.ask("clock", "freeze", "--json")[0])["mode"] == "frozen"
    assert mock_of.ask("clock", "advance", "1x", code=64)[1] == "'by' must be a duration such as 250ms, 3s, 2m, 1h or 5d, found \"1x\"\n"
    assert mock_of.ask("clock", "advance", "2020-01-01T00:00:00Z", code=64)[1] == "Time only advances; PUT /_mock/clock sets it back.\n"


def test_jobs_that_become_due_run(mock_of):
    mock_of.server.ask("PATCH", "/_mock/estate", {"jobs": [{"agent": "uo-1", "jobType": "SampleCustomJobType", "fields": {"ParamInt": "1"}}]})
    said, _ = mock_of.ask("clock", "advance", "1h")
    assert said == "2026-03-01T10:00:00Z, runs of jobs begun: 1, ended: 0\n"


def test_a_world_is_another(mock_of):
    mock_of.server.ask("GET", "/w/mine/KeyfactorAPI/Agents")
    assert len(mock_of.ask("journal", "--world", "mine")[0].splitlines()) == 1
    assert mock_of.ask("journal")[0] == ""
    mock_of.ask("rules", "add", "--world", "mine", "{name: x, operation: GET /Agents, do: [{refuse: forbidden}]}")
    assert "x " not in mock_of.ask("rules")[0]
    mock_of.ask("clock", "advance", "1h", "--world", "mine")
    assert mock_of.ask("clock")[0].startswith("2026-03-01T09:00:00Z")
    assert mock_of.ask("journal", "--world", "mnie", code=1)[1].endswith("Did you mean 'mine'?\n")


def test_the_token_comes_from_the_environment(serve, tmp_path):
    token, files = "a secret", [tmp_path / "ready.json", tmp_path / "my.env"]
    server = serve("", "--ready-file", str(files[0]), "--env-file", str(files[1]), variables={"KEYFACTOR_MOCK_ADMIN_TOKEN": token})
    commands = Commands(server, tmp_path)
    for wrong in ({}, {"KEYFACTOR_MOCK_ADMIN_TOKEN": "other"}):
        said, errors = commands.ask("clock", code=69, **wrong)
        assert "X-Mock-Token" in errors and said == "" and token not in errors
    commands.ask("clock", KEYFACTOR_MOCK_ADMIN_TOKEN=token)
    commands("clock", "--env-file", "my.env")
    commands("clock", "--ready-file", "ready.json", KEYFACTOR_MOCK_ADMIN_TOKEN=token)


def test_below_exec_they_find_its_server(tmp_path):
    script = "curl -s -o /dev/null $KFMOCK_HTTP_URL/KeyfactorAPI/Agents; $0 journal; $0 verify '{expect: [{unmatched: 1}]}'; echo $?"
    for options in ([], ["--admin-port", "0", "--admin-token", "t"]):
        ended = subprocess.run(
            [BINARY, "exec", *options, "--", "sh", "-c", script, BINARY], capture_output=True, text=True, timeout=PATIENCE, cwd=tmp_path)
        lines = ended.stdout.splitlines()
        assert "GET /KeyfactorAPI/Agents 200" in lines[0] and lines[1].startswith("expectations: failed") and lines[-1] == "1", ended


def test_without_http_they_say_what_is_missing(serve, tmp_path):
    server = serve("", "--no-http", "--ready-file", str(tmp_path / "ready.json"), ports=("--https-port", "0"))
    commands = Commands(server, tmp_path)
    _, errors = commands("verify", "--ready-file", "ready.json", code=69)
    assert errors == "The server of ready.json has no HTTP, which this command needs: start it without --no-http, or with --admin-port 0.\n"


def test_where_nothing_listens(tmp_path):
    commands = Commands(None, tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        assert commands("rules", code=69, port=port)[1] == f"No server listens on 127.0.0.1:{port}.\n"
        url = f"http://localhost:{port}/_mock"
        assert commands("rules", code=69, KFMOCK_ADMIN_URL=url)[1] == f"No server listens on localhost:{port}.\n"


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-OpenSSH_9\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[]", b"HTTP/1.1 500 No\r\n\r\n"])
def test_what_is_not_the_mock_is_a_sentence(said, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:

        def answer():
            wire, _ = other.accept()
            with wire:
                wire.recv(65536)
                wire.sendall(said)

        thread = threading.Thread(target=answer)
        thread.start()
        _, errors = Commands(None, tmp_path)("rules", code=69, port=other.getsockname()[1])
        thread.join()
    assert errors.count("\n") == 1 and errors.startswith("The server at 127.0.0.1:")


ALONE = """
import fcntl, socket, struct, subprocess, sys
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP
ask = lambda: subprocess.run([sys.argv[1], "clock"], stdout=subprocess.DEVNULL).returncode
server = subprocess.Popen([sys.argv[1], "serve", "--http-port", "0", "--https-port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
server.stdout.readline()
found = ask()
server.terminate()
server.wait()
print(found, ask())
"""


def test_the_only_server_of_a_user_is_found():
    within = ["unshare", "--map-root-user", "--net"]
    if subprocess.run([*within, "true"], capture_output=True).returncode != 0:
        pytest.skip("this user may not make a network of its own")
    ended = subprocess.run([*within, sys.executable, "-c", ALONE, BINARY], capture_output=True, text=True, timeout=PATIENCE)
    assert ended.stdout == "0 69\n"
    assert ended.stderr.startswith("No server: this user runs none here, and none listens on 127.0.0.1:8080.")


def test_several_servers_are_a_choice(serve, tmp_path):
    ports = [serve("").http_port, serve("").http_port]
    _, errors = Commands(None, tmp_path)("clock", code=64)
    assert errors.startswith("This user runs several servers: ") and all(f"127.0.0.1:{port}" in errors for port in ports)


def test_localhost_needs_no_look_up(mock_of):
    """In a root file system without /etc/hosts nobody knows the name."""
    within = ["unshare", "--map-root-user", "--mount", "sh", "-c", 'mount --bind /dev/null /etc/hosts && exec "$@"', "sh"]
    if subprocess.run([*within, "true"], capture_output=True).returncode != 0:
        pytest.skip("this user may not mount")
    variables = {"KFMOCK_ADMIN_URL": f"http://localhost:{mock_of.server.http_port}/_mock"}
    ended = subprocess.run([*within, BINARY, "clock"], env=variables, capture_output=True, text=True, timeout=PATIENCE)
    assert (ended.returncode, ended.stdout) == (0, "2026-03-01T09:00:00Z, frozen\n"), ended
