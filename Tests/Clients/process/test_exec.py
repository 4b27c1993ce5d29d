"""exec: a command that runs with a server of its own, and is not to notice more of it than its environment."""

import concurrent.futures
import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from support.mock import BINARY, PATIENCE, ROOT, SANITIZER
from test_process import address_with_port_443

LOGINS = """
auth:
  mode: both
  users: [ { name: 'EXAMPLE\\ops', password: "it's $5" } ]
  clients: [ { id: some, secret: 's3cr:t&=+ %' } ]
"""
OWN = {
    "KEYFACTOR_HOSTNAME", "KEYFACTOR_PORT", "KEYFACTOR_API_PATH", "KEYFACTOR_SCHEME", "KEYFACTOR_CA_CERT", "KEYFACTOR_USERNAME",
    "KEYFACTOR_PASSWORD", "KEYFACTOR_DOMAIN", "KEYFACTOR_AUTH_CONFIG_FILE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
    "GIT_SSL_CAINFO", "AWS_CA_BUNDLE", "PIP_CERT", "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", "HTTPLIB2_CA_CERTS", "NIX_SSL_CERT_FILE",
    "NODE_EXTRA_CA_CERTS", "DENO_CERT", "WGETRC", "NO_PROXY", "no_proxy", "KFMOCK_URL", "KFMOCK_HTTP_URL", "KFMOCK_ADMIN_URL"}


@pytest.fixture
def start(tmp_path):
    """Starts `exec … -- COMMAND` with an environment of its own: `start(*command, options=…)`. It must leave no file behind."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    started = []

    def begin(*command, options=(), variables=None, **more):
        environment = {"PATH": os.environ["PATH"], "TMPDIR": str(folder), **SANITIZER, **(variables or {})}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
        started.append(subprocess.Popen([BINARY, "exec", *options, "--", *command], env=environment, **pipes))
        return started[-1]

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=PATIENCE)
    assert list(folder.iterdir()) == []


@pytest.fixture
def run(start):
    """As `start`, to the end: the exit code, and what came through stdout and stderr."""
    def finish(*command, input=None, **more):
        process = start(*command, **more)
        out, errors = process.communicate(input, timeout=3 * PATIENCE)
        return subprocess.CompletedProcess(command, process.returncode, out, errors)
    return finish


def said(ended):
    """What a command wrote to stdout, once it ended well and wrote nothing else."""
    assert (ended.returncode, ended.stderr) == (0, b"")
    return ended.stdout.decode()


def python(text):
    return sys.executable, "-c", text


def variables_of(ended):
    return json.loads(said(ended))


SHOW = python("import json, os; print(json.dumps(dict(os.environ)))")


# What a command gets

def test_the_environment_is_extended_and_nothing_else_in_it_changes(run):
    mine = {"HOME": "/somewhere", "EMPTY": "", "KEYFACTOR_SKIP_VERIFY": "false", "KEYFACTOR_HOSTNAME": "real.example.com"}
    shown = variables_of(run(*SHOW, variables=mine))
    assert {key: shown[key] for key in shown if key not in OWN | {"KFMOCK_EXEC", "LC_CTYPE"}} == {
        "PATH": os.environ["PATH"], "TMPDIR": shown["TMPDIR"], **SANITIZER, **{key: mine[key] for key in mine if key not in OWN}}
    assert OWN <= shown.keys() and shown["KEYFACTOR_HOSTNAME"].startswith("localhost:")


@pytest.mark.parametrize("way, gone, kept", [
    ("basic", "KEYFACTOR_AUTH_CLIENT_ID COMMAND_IDP_TOKENURL", "KEYFACTOR_USERNAME"),
    ("oauth", "KEYFACTOR_USERNAME KEYFACTOR_DOMAIN", "KEYFACTOR_AUTH_CLIENT_ID")])
def test_credentials_of_the_other_way_to_log_in_are_taken_away(run, way, gone, kept):
    mine = dict.fromkeys([*gone.split(), kept], "real")
    shown = variables_of(run(*SHOW, options=["--auth", way], variables=mine))
    assert shown[kept] != "real" and not any(name in shown for name in gone.split())


def test_a_variable_that_may_mislead_clients_is_reported_and_kept(run):
    ended = run("sh", "-c", "echo $KEYFACTOR_AUTH_ACCESS_TOKEN", variables={"KEYFACTOR_AUTH_ACCESS_TOKEN": "t"})
    assert ended.stdout == b"t\n" and b"KEYFACTOR_AUTH_ACCESS_TOKEN is set and is not changed" in ended.stderr


def test_arguments_and_variables_that_are_not_utf_8_pass(run):
    ended = run("sh", "-c", 'printf %s "$1$X"', "sh", b"\xff -- --help", variables={"X": b"\xfe"})
    assert (ended.returncode, ended.stdout) == (0, b"\xff -- --help\xfe")


def test_standard_streams_are_the_commands_alone(run):
    data = os.urandom(1 << 20)
    ended = run("sh", "-c", "cat; echo problem >&2", input=data)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, data, b"problem\n")


def test_a_closed_reader_ends_the_command_as_usual(start):
    process = start("sh", "-c", "while echo yes; do :; done")
    process.stdout.readline()
    process.stdout.close()
    process.stdout = None
    assert process.wait(PATIENCE) == 128 + signal.SIGPIPE


PROCESS = python(r"""
import json, os, re, resource
status = open("/proc/self/status").read()
masks = {key: int(re.search(key + r":\s*(\w+)", status)[1], 16) & 0x7fffffff for key in ["SigBlk", "SigIgn"]}
print(json.dumps([masks, resource.getrlimit(resource.RLIMIT_NOFILE)[0], sorted(os.listdir("/proc/self/fd")), os.getpgrp()]))
""")


def test_a_command_inherits_signals_limits_and_descriptors_as_without_exec(run):
    def before():
        import resource
        resource.setrlimit(resource.RLIMIT_NOFILE, (200, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    bare = subprocess.run(PROCESS, preexec_fn=before, capture_output=True, check=True, timeout=PATIENCE)
    assert json.loads(said(run(*PROCESS, preexec_fn=before))) == json.loads(bare.stdout)


# How it ends

def test_every_exit_code_is_passed_on(run):
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(lambda code: run("sh", "-c", f"exit {code}", options=["--no-http", "--threads", "1"]).returncode, range(256)))
    assert codes == list(range(256))


@pytest.mark.parametrize("name", ["SEGV", "KILL", "ABRT", "TERM"])
def test_a_command_that_a_signal_ends_is_128_and_its_number(run, name):
    assert run("sh", "-c", f"ulimit -c 0; kill -{name} $$").returncode == 128 + signal.Signals["SIG" + name]


def test_a_command_that_does_not_exist_is_127(run):
    ended = run("no-such-command")
    assert (ended.returncode, ended.stdout) == (127, b"") and b"'no-such-command'" in ended.stderr


def test_a_command_that_cannot_be_run_is_126(run, tmp_path):
    for content, mode in [("#!/bin/sh\n", 0o644), ("\x7fELF", 0o755)]:
        file = tmp_path / f"command-{mode}"
        file.write_text(content)
        file.chmod(mode)
        assert run(str(file)).returncode == 126
    assert run(str(tmp_path)).returncode == 126


def test_a_script_is_run(run, tmp_path):
    script = tmp_path / "script"
    script.write_text('#!/bin/sh\necho "$# $2"\nexit 5\n')
    script.chmod(0o755)
    ended = run("./script", "a", "b c", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (5, b"2 b c\n")


HANGS = "ulimit -c 0; echo $$; exec sleep 100"


@pytest.mark.parametrize("name", ["INT", "TERM", "HUP", "QUIT", "USR1", "USR2"])
def test_a_signal_is_passed_on_to_a_command_that_hangs(start, name):
    number = signal.Signals["SIG" + name]
    # Under nohup the tests, and so the command, would ignore SIGHUP.
    process = start("sh", "-c", HANGS, preexec_fn=lambda: signal.signal(number, signal.SIG_DFL))
    child = int(process.stdout.readline())
    process.send_signal(number)
    assert process.wait(PATIENCE) == 128 + number
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


COUNTS = python("""
import os, signal
counts = {}
def say(*words):
    os.write(1, (" ".join(map(str, words)) + chr(10)).encode())
def count(number, frame):
    counts[number] = counts.get(number, 0) + 1
    say("counted", number)
    if number == signal.SIGTERM:
        say("in all", counts.get(signal.SIGINT, 0))
        os._exit(3)
for number in [signal.SIGINT, signal.SIGTERM]:
    signal.signal(number, count)
if "apart" in os.environ:
    os.setpgid(0, 0)
say("foreground", os.isatty(0) and os.tcgetpgrp(0) == os.getpgrp())
while True:
    signal.pause()
""")


def test_a_command_may_catch_a_signal_and_end_as_it_likes(start):
    process = start(*COUNTS)
    process.stdout.readline()
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == b"counted 2\n"
    process.send_signal(signal.SIGTERM)
    assert process.stdout.read() == b"counted 15\nin all 2\n" and process.wait(PATIENCE) == 3


@pytest.mark.parametrize("apart", [False, True], ids=["in the same group", "in a group of its own"])
def test_ctrl_c_reaches_a_command_once(start, apart):
    import fcntl
    import pty
    import termios
    terminal, end = pty.openpty()
    process = start(
        *COUNTS, variables={"apart": "1"} if apart else {}, stdin=end, stdout=end, stderr=end, start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
    os.close(end)
    with open(terminal, "r+b", buffering=0) as screen:
        def line():
            text = b""
            while not text.endswith(b"\n"):
                text += screen.read(1)
            return text.decode().replace("^C", "").strip()
        assert line() == f"foreground {not apart}"
        screen.write(b"\x03")
        assert line() == "counted 2"
        process.send_signal(signal.SIGTERM)
        assert [line(), line()] == ["counted 15", "in all 1"] and process.wait(PATIENCE) == 3


def test_what_a_command_leaves_in_the_background_is_ended(run):
    ended = run("sh", "-c", "sleep 100 </dev/null >/dev/null 2>&1 & echo $!; exit 4")
    # Nobody may have asked for its exit code yet.
    assert not os.path.exists(f"/proc/{int(ended.stdout)}/exe")
    assert ended.returncode == 4


def test_nothing_is_left_when_it_ends(run):
    shown = variables_of(run(*SHOW))
    for name in ["KFMOCK_URL", "KFMOCK_HTTP_URL"]:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", int(shown[name].rpartition(":")[2])), timeout=PATIENCE).close()
    assert not os.path.exists(os.path.dirname(shown["KEYFACTOR_CA_CERT"]))


def test_files_that_a_command_puts_beside_its_own_go_too(run):
    assert run("sh", "-c", 'cd "$(dirname "$KEYFACTOR_CA_CERT")" && mkdir -p a/b && touch a/b/c .d && ln -s / e').returncode == 0


@pytest.mark.parametrize("options, code, word", [
    (["--http-prot", "1"], 64, "--http-prot"), (["--no-https"], 64, "--no-https"), (["--port-443", "--https-port", "1"], 64, "--port-443"),
    (["--scenario", "/nowhere.yaml"], 64, "/nowhere.yaml"), (["--scenario", "{fidelity: {nuls: omit}}"], 65, "nulls"),
    (["--env-file", "/nowhere/file"], 69, "/nowhere/file")], ids=str)
def test_what_it_cannot_do_is_reported_and_the_command_does_not_run(run, options, code, word):
    ended = run("echo", "ran", options=options)
    assert (ended.returncode, ended.stdout) == (code, b"") and word in ended.stderr.decode()


def test_a_port_that_is_taken_is_69(run, mock):
    ended = run("echo", "ran", options=["--https-port", str(mock.https_port)])
    assert (ended.returncode, ended.stdout) == (69, b"") and b"is taken" in ended.stderr


def test_without_a_folder_for_its_files_it_is_69(run):
    ended = run("echo", "ran", variables={"TMPDIR": "/nowhere"})
    assert (ended.returncode, ended.stdout) == (69, b"") and b"TMPDIR" in ended.stderr


def test_a_relative_folder_for_its_files_will_do(run, tmp_path):
    shown = variables_of(run(*SHOW, variables={"TMPDIR": "tmp"}, cwd=tmp_path))
    assert os.path.dirname(os.path.dirname(shown["SSL_CERT_FILE"])) == os.path.realpath(tmp_path / "tmp")


def test_a_command_needs_its_dashes():
    ended = subprocess.run([BINARY, "exec", "echo", "ran"], capture_output=True, timeout=PATIENCE)
    assert (ended.returncode, ended.stdout) == (64, b"") and b"exec -- COMMAND" in ended.stderr


# What leads clients to the server

def test_the_ready_line_goes_to_its_file_alone(run, tmp_path):
    file = tmp_path / "ready.json"
    ended = run("sh", "-c", 'cat "$0"; echo "$KFMOCK_URL"', str(file), options=["--ready-file", str(file)])
    ready, url = said(ended).splitlines()
    assert url == f"https://localhost:{json.loads(ready)['https']}"


def test_given_ports_and_settings_in_variables_hold(run):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    shown = variables_of(run(*SHOW, variables={"KEYFACTOR_MOCK_HTTPS_PORT": str(port)}, options=["--no-http"]))
    assert shown["KFMOCK_ADMIN_URL"] == f"https://localhost:{port}/_mock" and "KFMOCK_HTTP_URL" not in shown


def test_the_roots_are_the_systems_and_ours(run):
    bundle = "/etc/ssl/certs/ca-certificates.crt"
    if not os.path.exists(bundle):
        pytest.skip("this machine has no roots")
    system = ssl.create_default_context(cafile=bundle).get_ca_certs(binary_form=True)
    text = ("import os, ssl\nfor each in ssl.create_default_context(cafile=os.environ['SSL_CERT_FILE']).get_ca_certs(binary_form=True):"
            " print(each.hex())")
    found = {bytes.fromhex(line) for line in said(run(*python(text))).splitlines()}
    assert len(system) > 10 and found > set(system) and len(found - set(system)) == 1


def test_roots_that_the_caller_trusts_stay_trusted(run):
    inner = f'"{BINARY}" exec -- sh -c \'curl -fsS "$OUTER/_mock/livez" && curl -fsS "$KFMOCK_URL/_mock/livez"\''
    assert run("sh", "-c", 'OUTER=$KFMOCK_URL; export OUTER; ' + inner).returncode == 0


def test_the_control_interface_is_where_it_says(run):
    assert json.loads(said(run("sh", "-c", 'curl -fsS "$KFMOCK_ADMIN_URL/info"')))["product"] == "25.4"


def test_the_token_of_the_control_interface_is_passed_on(run):
    ask = 'curl -fsS -H "X-Mock-Token: $KEYFACTOR_MOCK_ADMIN_TOKEN" "$KFMOCK_ADMIN_URL/info"'
    assert json.loads(said(run("sh", "-c", ask, options=["--admin-token", "s3cret"])))["product"] == "25.4"
    assert "KEYFACTOR_MOCK_ADMIN_TOKEN" not in variables_of(run(*SHOW))


def test_the_scenarios_user_and_client_are_let_in(run, tmp_path):
    file = tmp_path / "logins.yaml"
    file.write_text(LOGINS)
    basic_way = python("""
import os, requests
v = os.environ
answer = requests.get(f"{v['KFMOCK_URL']}/{v['KEYFACTOR_API_PATH']}/Agents",
    auth=(v["KEYFACTOR_DOMAIN"] + chr(92) + v["KEYFACTOR_USERNAME"], v["KEYFACTOR_PASSWORD"]))
print(answer.status_code, requests.get(answer.url, auth=("a", "b")).status_code)
""")
    assert said(run(*basic_way, options=["--scenario", str(file)])) == "200 401\n"
    for client in ["KEYFACTOR_AUTH_CLIENT_ID KEYFACTOR_AUTH_CLIENT_SECRET KEYFACTOR_AUTH_TOKEN_URL",
                   "COMMAND_IDP_CLIENTID COMMAND_IDP_CLIENTSECRET COMMAND_IDP_TOKENURL"]:
        oauth_way = python(f"""
import os, requests
id, secret, url = (os.environ[name] for name in "{client}".split())
token = requests.post(url, data={{"grant_type": "client_credentials", "client_id": id, "client_secret": secret}}).json()["access_token"]
print(requests.get(os.environ["KFMOCK_URL"] + "/KeyfactorAPI/Agents", headers={{"Authorization": "Bearer " + token}}).status_code)
""")
        assert said(run(*oauth_way, options=["--scenario", str(file), "--auth", "oauth"])) == "200\n"


def test_a_log_in_that_will_be_refused_is_reported(run):
    ended = run("true", options=["--scenario", "{auth: {mode: bearer, clients: [{id: a, secret: b}]}}", "--auth", "basic"])
    assert ended.returncode == 0 and b"WARNING the scenario only accepts bearer tokens" in ended.stderr


def test_the_configuration_file_says_the_same(run):
    text = "import json, os; print(json.dumps([dict(os.environ), json.load(open(os.environ['KEYFACTOR_AUTH_CONFIG_FILE']))]))"
    shown, configuration = json.loads(said(run(*python(text))))
    server = configuration["servers"]["default"]
    assert server == {
        "host": shown["KEYFACTOR_HOSTNAME"], "api_path": "KeyfactorAPI", "username": shown["KEYFACTOR_USERNAME"],
        "password": shown["KEYFACTOR_PASSWORD"], "domain": "EXAMPLE", "ca_cert_path": shown["KEYFACTOR_CA_CERT"], "skip_tls_verify": False}


def test_a_file_of_variables_reads_as_the_environment_in_a_shell(run, tmp_path):
    scenario, written, file = tmp_path / "logins.yaml", tmp_path / "mock.env", tmp_path / "copy.env"
    scenario.write_text(LOGINS)
    for way in ["basic", "oauth"]:
        shown = variables_of(run(
            "sh", "-c", 'cp "$0" "$1"; shift; exec "$@"', str(written), str(file), *SHOW,
            options=["--scenario", str(scenario), "--env-file", str(written), "--auth", way]))
        names = [line.partition("=")[0] for line in file.read_text().splitlines()]
        assert shown.get("KEYFACTOR_PASSWORD", "it's $5") == "it's $5" and {"KFMOCK_URL", "SSL_CERT_FILE"} <= set(names)
        read = subprocess.run(
            ["env", "-i", "sh", "-c", f"set -a; . '{file}'; exec {sys.executable} -c \"$0\"", SHOW[2]], capture_output=True, timeout=PATIENCE)
        assert {name: json.loads(read.stdout)[name] for name in names} == {name: shown[name] for name in names}


def test_a_file_of_plain_values_reads_as_docker_does(run, tmp_path):
    written, file = tmp_path / "mock.env", tmp_path / "copy.env"
    shown = variables_of(run(
        "sh", "-c", 'cp "$0" "$1"; shift; exec "$@"', str(written), str(file), *SHOW, options=["--env-file", str(written)]))
    read = dict(line.split("=", 1) for line in file.read_text().splitlines())
    assert read == {name: shown[name] for name in read} and read.keys() == OWN


def test_serve_writes_a_file_of_variables_too(serve, tmp_path):
    file, folder = tmp_path / "mock.env", tmp_path / "tmp"
    folder.mkdir()
    server = serve("", "--env-file", str(file), variables={"TMPDIR": str(folder)})
    script = 'set -a; . "$0"; curl -fsS -u "$KEYFACTOR_USERNAME:$KEYFACTOR_PASSWORD" "https://$KEYFACTOR_HOSTNAME/KeyfactorAPI/Agents"'
    ended = subprocess.run(["env", "-i", "sh", "-c", script, file], capture_output=True, timeout=PATIENCE)
    assert "uo-1" in [agent["ClientMachine"] for agent in json.loads(ended.stdout)] and ended.stderr == b""
    server.stop()
    assert list(folder.iterdir()) == []


# Port 443

def test_port_443_is_served_on_an_address_of_its_own_even_twice(run):
    address_with_port_443()
    script = 'echo "$KEYFACTOR_HOSTNAME $KEYFACTOR_PORT $KFMOCK_URL"; curl -fsS "https://$KEYFACTOR_HOSTNAME/_mock/livez" >/dev/null'
    both = said(run("sh", "-c", f'{script}; "$0" exec --port-443 -- sh -c "$1"', BINARY, script, options=["--port-443"])).splitlines()
    hosts = [line.split()[0] for line in both]
    assert both == [f"{host} 443 https://{host}" for host in hosts] and len(set(hosts)) == 2
    assert all(host.startswith("127.0.0.") for host in hosts)


def test_port_443_is_refused_to_those_who_may_not(tmp_path):
    start = int(pathlib.Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
    if start <= 443:
        pytest.skip("everybody may listen on port 443")
    user = {"user": 65534} if os.geteuid() == 0 else {}
    try:
        ended = subprocess.run([BINARY, "exec", "--port-443", "--", "echo", "ran"], capture_output=True, text=True, timeout=PATIENCE, **user)
    except PermissionError:
        pytest.skip("another user cannot read the binary")
    assert (ended.returncode, ended.stdout) == (69, "")
    assert "net.ipv4.ip_unprivileged_port_start=443" in ended.stderr and "cap_net_bind_service" in ended.stderr


# The recipes of docs/EXEC.md

def recipe(heading):
    """The indented blocks below a heading of docs/EXEC.md."""
    section = (ROOT / "docs/EXEC.md").read_text().split(f"\n### {heading}\n", 1)[1].split("\n### ", 1)[0]
    blocks, before = [], ""
    for line in section.splitlines():
        if line.startswith("    ") or not line and blocks and before != "text":
            blocks[-1].append(line[4:]) if before == "code" else blocks.append([line[4:]])
            before = "code"
        elif line:
            before = "text"
    return ["\n".join(block).strip() + "\n" for block in blocks]


@pytest.fixture
def shell(tmp_path):
    """Runs a recipe in a folder of its own, with the mock and this Python in PATH; answers what it printed."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "keyfactor-mock").symlink_to(BINARY)
    environment = {"PATH": f"{programs}:{os.path.dirname(sys.executable)}:{os.environ['PATH']}", **SANITIZER}

    def run_there(text):
        ended = subprocess.run(
            ["sh", "-e", "-c", text], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=6 * PATIENCE)
        assert ended.returncode == 0, ended
        return ended.stdout

    return run_there


def test_the_recipe_for_curl(shell):
    assert "uo-1" in [agent["ClientMachine"] for agent in json.loads(shell(recipe("curl")[0]))]


def test_the_recipe_for_a_token(shell):
    assert json.loads(shell(recipe("A token")[0]))["token_type"] == "Bearer"


def test_the_recipe_for_python(shell, tmp_path):
    code, command = recipe("Python")
    (tmp_path / "test_agents.py").write_text(code)
    assert "1 passed" in shell(command)


def test_the_recipe_for_the_sdk(shell, tmp_path):
    code, command = recipe("Python, keyfactor-command-sdk 11")
    (tmp_path / "sdk.py").write_text(code)
    assert shell(command) == "['uo-2', 'uo-1']\n" * 2


# What --host, --watch and expectations do

FETCH = "import os, urllib.request as r; print(r.urlopen(os.environ['KFMOCK_URL'] + '/KeyfactorAPI/Agents').status, os.environ['KFMOCK_URL'])"


@pytest.mark.parametrize("host", ["127.0.0.5", "127.0.0.2", "::1", "localhost", "0.0.0.0"])
def test_the_certificate_is_for_the_host_that_is_given(run, host):
    ended = run(*python(FETCH), options=("--host", host))
    assert ended.returncode == 0 and ended.stdout.startswith(b"200 https://"), ended
    assert host in ("::1", "localhost", "0.0.0.0") or f"//{host}:".encode() in ended.stdout


def test_a_scenario_is_watched_while_the_command_runs(run, tmp_path):
    file = tmp_path / "watched.yaml"
    file.write_text("scenario: one")
    text = f"""
import json, os, time, urllib.request as r
ask = lambda: json.load(r.urlopen(os.environ["KFMOCK_ADMIN_URL"] + "/info"))["scenario"]
first = ask()
open({str(file)!r}, "w").write("scenario: two")
end = time.monotonic() + {PATIENCE}
while ask() == first and time.monotonic() < end: time.sleep(0.05)
print(first, ask())
"""
    ended = run(*python(text), options=("--scenario", str(file), "--watch"))
    assert (ended.returncode, ended.stdout) == (0, b"one two\n"), ended


PUT = "import os, urllib.request as r; r.urlopen(r.Request(os.environ['KFMOCK_ADMIN_URL'] + '/scenario', data=b'expect: [ { unmatched: %d } ]', method='PUT'))"


@pytest.mark.parametrize("first", [(), ("--scenario", "expect: [ { unmatched: 0 } ]"), ("--scenario", "rules: [ { operation: GET /Agents, do: [] } ]")])
@pytest.mark.parametrize("count, code", [(7, 70), (0, 0)])
def test_expectations_that_come_later_are_judged_at_the_end(run, first, count, code):
    ended = run(*python(PUT % count), options=first)
    assert ended.returncode == code and (b"expectations: met" if code == 0 else b"expectations: failed") in ended.stderr, ended


def test_worlds_that_the_verdict_is_not_about_are_named(run):
    text = "import os, urllib.request as r; [r.urlopen(os.environ['KFMOCK_HTTP_URL'] + f'{w}/KeyfactorAPI/Agents') for w in ('', '/w/t1', '/w/t2')]"
    ended = run(*python(text), options=("--scenario", "expect: [ { requests: { operation: GET /Agents }, count: 1 } ]"))
    assert ended.returncode == 0 and b"the verdict is on the default world; t1, t2 had requests too" in ended.stderr, ended
    ended = run(*python("import os, urllib.request as r; r.urlopen(os.environ['KFMOCK_HTTP_URL'] + '/KeyfactorAPI/Agents')"),
                options=("--scenario", "expect: [ { requests: { operation: GET /Agents }, count: 1 } ]"))
    assert b"had requests too" not in ended.stderr


ASK = "import os, urllib.request as r; [r.urlopen(os.environ['KFMOCK_HTTP_URL'] + f'{w}/KeyfactorAPI/Agents') for w in %r]"


@pytest.mark.parametrize("asked, code, met", [
    (("/w/t1",), 0, ["t1"]), (("/w/t1", "/w/t2"), 0, ["t1", "t2"]), (("/w/t1", "/w/t2", "/w/t2"), 70, ["t1"]), (("/w/a", "/w/a"), 70, []),
    (("/w/t1", ""), 0, [])])
def test_worlds_are_judged_where_no_request_came_to_the_default_one(run, tmp_path, asked, code, met):
    report = tmp_path / "report.xml"
    ended = run(*python(ASK % (asked,)), options=("--scenario", "expect: [ { requests: { operation: GET /Agents }, count: 1 } ]", "--junit", str(report)))
    assert ended.returncode == code, ended
    for name in {path.rpartition("/")[2] for path in asked if "" not in asked}:
        verdict = "met" if name in met else "failed"
        assert f"expectations of world '{name}': {verdict}".encode() in ended.stderr, ended
        assert f"world {name}" in report.read_text()
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
    assert len(suites) == (1 if "" in asked else len(set(asked))) and (sum(int(each.get("failures")) for each in suites) > 0) == (code == 70)


WITH_SCENARIO = ("import os, urllib.request as r; r.urlopen(r.Request(os.environ['KFMOCK_ADMIN_URL'] + '/worlds/own/scenario',"
                 " data=b'expect: [ { requests: { operation: GET /Agents }, count: %d } ]', method='PUT'));")


@pytest.mark.parametrize("count, asked, code", [(1, ("/w/own",), 0), (2, ("/w/own",), 70), (1, (), 70), (0, (), 0), (1, ("/w/own", ""), 0)])
@pytest.mark.parametrize("scenario", [(), ("--scenario", "expect: [ { unmatched: 0 } ]")])
def test_a_world_with_expectations_of_its_own_is_judged_too(run, count, asked, code, scenario):
    ended = run(*python(WITH_SCENARIO % count + ASK % (asked,)), options=scenario)
    assert ended.returncode == code and b"expectations of world 'own': " + (b"failed" if code else b"met") in ended.stderr, ended
    assert (b"expectations: met" in ended.stderr) == bool(scenario)


# The page after a failure

def test_after_a_failure_it_serves_until_enter(start):
    process = start("sh", "-c", "curl -s -o /dev/null $KFMOCK_HTTP_URL/KeyfactorAPI/Agnets; exit 3", options=["--ui-on-failure"])
    line = next(line for line in iter(process.stderr.readline, b"") if b"Enter" in line).decode()
    assert line.startswith("The command ended with 3. See what happened at http://127.0.0.1:")
    page = next(word for word in line.split() if word.startswith("http")).rstrip(";")
    shown = subprocess.run(["curl", "-s", page, page.removesuffix("ui") + "journal"], capture_output=True, check=True, timeout=PATIENCE).stdout
    assert b"<!doctype html>" in shown and b"/KeyfactorAPI/Agnets" in shown
    assert process.poll() is None
    process.communicate(b"\n", timeout=PATIENCE)
    assert process.returncode == 3


@pytest.mark.parametrize("command, code", [("exit 0", 0), ("exit 3", 3)])
def test_it_waits_for_nobody_where_there_is_no_failure_or_nobody_to_press_enter(run, command, code):
    ended = run("sh", "-c", command, options=["--ui-on-failure"], input=b"" if code else None)
    assert ended.returncode == code and (b"Enter" in ended.stderr) is bool(code)


def test_a_signal_ends_the_wait(start):
    process = start("sh", "-c", "exit 3", options=["--ui-on-failure"])
    assert any(b"Enter" in line for line in iter(process.stderr.readline, b""))
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 3
