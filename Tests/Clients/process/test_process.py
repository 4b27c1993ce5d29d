"""The process: how it starts, what it says, where it keeps its files, and how it ends."""

import json
import os
import pathlib
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time

import pytest
import requests

from support.connection import eventually
from support.mock import BINARY, ESTATE, PATIENCE, SANITIZER, SLOWNESS, DidNotStart, Mock, read_reply, talk

GET = b"GET /KeyfactorAPI/Status/Endpoints HTTP/1.1\r\nHost: localhost\r\n\r\n"


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def run(*arguments, **variables):
    """Runs the command to its end."""
    environment = {"PATH": os.environ["PATH"], **SANITIZER, **variables}
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=PATIENCE, env=environment)


def test_the_ready_line_says_where_and_with_what(mock):
    assert list(mock.ready) == ["ready", "http", "https", "ca", "seed", "pid"]
    assert (mock.ready["ready"], mock.ready["seed"], mock.ready["pid"]) == (True, 1, mock.process.pid)
    assert mock.http_port != mock.https_port and os.path.exists(mock.ca)


@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_on_a_signal_with_exit_code_0(with_signal):
    Mock("").stop(with_signal)


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_it_stops_while_connections_are_idle_or_half_sent(secure):
    server = Mock(ESTATE)
    wires = [server.connect(secure) for _ in range(6)]
    try:
        wires[0].sendall(GET)
        with wires[0].makefile("rb") as stream:
            assert read_reply(stream).status == 200
        wires[1].sendall(GET[:20])
        wires[2].sendall(b"POST /KeyfactorAPI/OrchestratorJobs/Custom HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        wires[3].sendall(b"POST /KeyfactorAPI/OrchestratorJobs/Custom HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab")
        wires[4].sendall(GET * 50)
        server.stop()
    finally:
        for wire in wires:
            wire.close()


def test_it_stops_while_a_handshake_is_half_done():
    server = Mock("")
    with socket.create_connection(("127.0.0.1", server.https_port)) as wire:
        wire.sendall(bytes.fromhex("16030102000100"))
        server.stop()


def test_a_second_signal_while_stopping_does_no_harm():
    server = Mock("")
    server.process.send_signal(signal.SIGTERM)
    server.stop()


@pytest.mark.parametrize("option", ["--http-port", "--https-port"])
def test_a_taken_port_is_exit_code_69_and_a_sentence(mock, option):
    taken = str(mock.http_port)
    ports = {"--http-port": "0", "--https-port": "0", option: taken}
    with pytest.raises(DidNotStart) as raised:
        Mock("", ports=[word for pair in ports.items() for word in pair])
    assert raised.value.code == 69
    assert raised.value.errors.startswith(f"Port {taken} of 127.0.0.1 is taken.") and len(raised.value.errors.splitlines()) == 1


def test_an_address_that_is_not_here_is_exit_code_69():
    with pytest.raises(DidNotStart) as raised:
        Mock("", "--host", "192.0.2.1")
    assert raised.value.code == 69 and "192.0.2.1" in raised.value.errors


HOSTS = ["a" * 64, "a" * 200, "a." * 120, "a" * 253, "a" * 254, "a" * 5000, "1" * 200, "127.0.0.1" + " " * 300, "[::1]", "", "%", "%" * 200] + [
    "::1%" + "0" * zeros + "1" for zeros in (15, 40, 56, 57, 58, 94, 200, 5000)]


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: f"{host[:6]} {len(host)}")
def test_a_host_that_is_no_address_is_a_sentence_and_exit_code_64_or_69(host):
    ended = run("serve", "--host", host, "--http-port", "0", "--https-port", "0")
    assert ended.returncode in (64, 69) and ended.stdout == "" and len(ended.stderr) < 800
    cannot_listen = ended.stderr.startswith("Cannot listen on port 0 of ") and ended.stderr.endswith(" a port it may use.\n")
    assert cannot_listen or ended.stderr.startswith(f"Error: --host '{host[:20]}") and "is not an address" in ended.stderr


def test_an_address_with_a_zone_is_served_and_found(serve):
    if not pathlib.Path("/proc/net/if_inet6").exists():
        pytest.skip("this machine has no IPv6")
    server = serve("", "--host", "::1%00000000000001")
    assert run("healthcheck", "--host", "::1%00000000000001", "--http-port", str(server.http_port)).returncode == 0


@pytest.mark.parametrize("zeros", [30, 52, 53, 54, 60, 100, 240])
def test_an_address_that_is_too_long_for_the_name_of_a_socket_is_served(serve, tmp_path, zeros):
    file = tmp_path / "ready.json"
    server = serve("", "--host", "0" * zeros + "177.0.0.1", "--ready-file", str(file))  # 127.0.0.1, in octal
    assert talk(server, GET).status == 200
    ended = run("serve", "--no-https", "--http-port", str(server.http_port), "--ready-file", str(file))
    assert ended.returncode == 69 and json.loads(file.read_text()) == server.ready, "the file of a server that runs stays"


PATHS = [f"{'a' * length}" for length in (256, 1000, 4096, 5000, 70_000)] + ["a/" * 2500]


@pytest.mark.parametrize("path", PATHS, ids=len)
@pytest.mark.parametrize("option", ["--ready-file", "--ca-file", "--ca-dir", "--env-file", "--scenario", "--tls-cert"])
def test_a_path_that_is_too_long_is_a_sentence_and_exit_code_64_or_69(option, path):
    others = ["--tls-key", path] if option == "--tls-cert" else []
    ended = run("serve", "--http-port", "0", "--https-port", "0", option, path, *others)
    assert ended.returncode in (64, 69) and ended.stdout == "" and path[:90] in ended.stderr and "Fatal" not in ended.stderr
    assert option == "--env-file" or len(ended.stderr) < 800


@pytest.mark.parametrize("path", PATHS, ids=len)
@pytest.mark.parametrize("option", ["--junit", "--coverage"])
def test_a_path_that_is_too_long_at_the_end_is_a_sentence_and_exit_code_69(option, path):
    server = Mock("", option, path)
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(PATIENCE) == 69 and f"Cannot write {option} {path[:90]}" in server.errors and len(server.errors) < 800


# What a newer libmicrohttpd says of itself.
OTHER_LIBRARY = 'const char *MHD_get_version(void) { return "%s"; }'


@pytest.mark.skipif(bool(SANITIZER) or not shutil.which("clang"), reason="needs clang, and no sanitizer")
@pytest.mark.parametrize("version", ["0.9.59", "0.9.75a", "0.9.77", "1.0.1", ""])
def test_a_libmicrohttpd_that_has_not_been_tried_is_exit_code_69_and_a_sentence(version, tmp_path):
    library = tmp_path / "other.so"
    subprocess.run(["clang", "-shared", "-fPIC", "-x", "c", "-o", library, "-"], input=OTHER_LIBRARY % version, text=True, check=True, timeout=PATIENCE)
    ended = run("serve", "--http-port", "0", "--https-port", "0", LD_PRELOAD=str(library))
    if "statically linked" in subprocess.run(["ldd", BINARY], capture_output=True, text=True).stdout:
        pytest.skip("the binary has its own libmicrohttpd")
    assert ended.returncode == 69 and ended.stdout == ""
    assert ended.stderr == f"This program does not work with libmicrohttpd {version}: it has been tried with 0.9.75 only. Install that release.\n"


def ticks(process):
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().split()
    return int(fields[13]) + int(fields[14])


def limited(descriptors, errors):
    """A server that may have so many descriptors."""
    command = ["sh", "-c", f'ulimit -n {descriptors} && exec "$0" serve --http-port 0 --https-port 0', BINARY]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors)


@pytest.mark.parametrize("spare", [0, 1, 3, 8])
@pytest.mark.parametrize("port", ["http", "https"])
def test_a_full_descriptor_table_costs_nothing_and_is_logged(mock, tmp_path, spare, port):
    own = len(os.listdir(f"/proc/{mock.process.pid}/fd"))
    with open(tmp_path / "errors", "wb") as errors, limited(own + spare, errors) as server:
        try:
            ready = json.loads(server.stdout.readline())
            wires = [socket.create_connection(("127.0.0.1", ready[port])) for _ in range(40)]
            for wire in wires:
                wire.sendall(GET[:9] if port == "http" else bytes.fromhex("16030102000100"))
            time.sleep(0.5)
            before = ticks(server)
            time.sleep(1)
            assert ticks(server) - before <= 5 * SLOWNESS, "hundredths of a second of work in a second of waiting"
            for wire in wires:
                wire.close()
            if spare > 0:
                with socket.create_connection(("127.0.0.1", ready["http"]), timeout=PATIENCE) as wire, wire.makefile("rb") as stream:
                    wire.sendall(GET)
                    assert read_reply(stream).status == 200
            else:
                assert eventually(lambda: "No connection can be accepted: Too many open files." in (tmp_path / "errors").read_text())
        finally:
            server.terminate()
        assert server.wait(PATIENCE) == 0


@pytest.mark.parametrize("arguments, word", [
    (["serve", "--http-prot", "1"], "--http-prot"), (["serve", "--http-port", "70000"], "--http-port"), (["serve", "--no-http", "--no-https"], "--no-http"),
    (["serve", "--product", "9.9"], "--product"), (["sevre"], "sevre"), (["serve", "--scenario", "/nowhere.yaml"], "/nowhere.yaml")], ids=str)
def test_a_command_line_that_is_wrong_is_exit_code_64(arguments, word):
    ended = run(*arguments)
    assert ended.returncode == 64 and word in ended.stderr and ended.stdout == ""


def test_a_scenario_that_is_wrong_is_exit_code_65_with_place_caret_and_the_right_word():
    with pytest.raises(DidNotStart) as raised:
        Mock("fidelity:\n  nuls: omit\n")
    assert raised.value.code == 65
    assert ":2:3" in raised.value.errors and "^~~~" in raised.value.errors and "nulls" in raised.value.errors


def test_a_scenario_can_stand_in_the_option_itself(serve):
    server = serve("", "--scenario", '{ "seed": 9, "estate": { "from": "empty" } }')
    assert server.ready["seed"] == 9 and server.get("/Agents") == []


def test_the_ready_file_holds_the_ready_line(serve, tmp_path):
    file = tmp_path / "ready.json"
    server = serve("", "--ready-file", str(file))
    assert json.loads(file.read_text()) == server.ready
    assert [each.name for each in tmp_path.iterdir()] == ["ready.json"]


def test_a_ready_file_that_cannot_be_written_is_exit_code_69(tmp_path):
    with pytest.raises(DidNotStart) as raised:
        Mock("", "--ready-file", str(tmp_path / "nowhere" / "ready.json"))
    assert raised.value.code == 69 and "--ready-file" in raised.value.errors


def test_healthcheck_finds_the_server_by_its_ready_file(serve, tmp_path):
    file = str(tmp_path / "ready.json")
    assert run("healthcheck", "--ready-file", file).returncode == 1
    server = serve("", "--ready-file", file)
    assert run("healthcheck", "--ready-file", file).returncode == 0
    assert run("healthcheck", "--http-port", str(server.http_port)).returncode == 0
    server.stop()
    ended = run("healthcheck", "--ready-file", file)
    assert ended.returncode == 1 and ended.stderr.startswith("Not ready: ")


# Runs where its server is the only one: brings loopback up, serves, asks for its health before and after the end.
ALONE = """
import fcntl, socket, struct, subprocess, sys
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP
binary, *options = sys.argv[1:]
server = subprocess.Popen([binary, "serve", *options], stdout=subprocess.PIPE)
server.stdout.readline()
healthy = subprocess.run([binary, "healthcheck"]).returncode
server.terminate()
print(healthy, server.wait(), subprocess.run([binary, "healthcheck"]).returncode)
"""


@pytest.mark.parametrize(
    "options",
    [[], ["--http-port", "0", "--https-port", "0"], ["--http-port", "9001"], ["--no-http", "--https-port", "9443"], ["--no-http", "--admin-port", "0"],
     ["--host", "127.0.0.9", "--http-port", "0"], ["--host", "::", "--no-https", "--http-port", "0"]],
    ids=" ".join,
)
def test_healthcheck_finds_the_only_server_whatever_its_options(options):
    command = ["unshare", "--map-root-user", "--net", sys.executable, "-c", ALONE, BINARY, *options]
    if subprocess.run(["unshare", "--map-root-user", "--net", "true"], capture_output=True).returncode != 0:
        pytest.skip("this user may not make a network of its own")
    assert subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE).stdout == "0 0 1\n"


def test_healthcheck_asks_the_usual_ports_where_there_are_several_servers(serve):
    serve(""), serve("")
    assert run("healthcheck").stderr == "Not ready: no response from 127.0.0.1, port 8080.\n"


def test_a_kept_ca_survives_restarts_in_a_folder_of_its_owner_alone(tmp_path):
    folder, seen = tmp_path / "ca", []
    for _ in range(2):
        server = Mock("", "--ca-dir", str(folder))
        seen.append(pathlib.Path(server.ca).read_text())
        assert (mode(folder), mode(folder / "ca-key.pem")) == (0o700, 0o600)
        assert talk(server, GET, secure=True).status == 200
        server.stop()
    assert seen[0] == seen[1] == (folder / "ca.pem").read_text()
    assert sorted(each.name for each in folder.iterdir()) == ["ca-key.pem", "ca.pem"]


def test_without_a_folder_every_start_has_a_ca_of_its_own(serve):
    one, other = serve(""), serve("")
    assert pathlib.Path(one.ca).read_text() != pathlib.Path(other.ca).read_text()


def test_a_given_certificate_is_used(serve, tmp_path):
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    subprocess.run([
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate,
        "-subj", "/CN=ours", "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True, timeout=PATIENCE)
    server = serve("", ports=("--http-port", "0", "--https-port", "0", "--tls-cert", certificate, "--tls-key", key), own_ca=False)
    server.ca = certificate
    assert server.ready["ca"] is None and talk(server, GET, secure=True).status == 200


def test_variables_mean_what_flags_mean_and_a_flag_overrides_its_variable(tmp_path):
    file = tmp_path / "scenario.yaml"
    file.write_text("estate: { from: empty }")
    variables = {
        "KEYFACTOR_MOCK_HTTP_PORT": "0", "KEYFACTOR_MOCK_HTTPS_PORT": "0", "KEYFACTOR_MOCK_SEED": "5", "KEYFACTOR_MOCK_PRODUCT": "24.4",
        "KEYFACTOR_MOCK_SCENARIO": str(file), "KEYFACTOR_MOCK_NO_HTTPS": "true", "KEYFACTOR_MOCK_AUTH_MODE": "basic"}
    server = Mock("", "--seed", "6", "--auth-mode", "none", variables=variables, ports=(), own_ca=False)
    assert (server.ready["https"], server.ready["seed"]) == (None, 6) and server.get("/Agents") == []
    assert server.ask("GET", "/KeyfactorAPI/Agents").header("X-Keyfactor-Product-Version").startswith("24.4")
    server.stop()


def test_a_scenario_can_stand_in_a_variable(serve):
    server = serve("", variables={"KEYFACTOR_MOCK_SCENARIO": "seed: 11\nestate:\n  from: empty\n"})
    assert server.ready["seed"] == 11 and server.get("/Agents") == []


UNKNOWN = {"KEYFACTOR_MOCK_HTTP_PROT": "KEYFACTOR_MOCK_HTTP_PORT", "KFMOCK_ULR": "KFMOCK_URL", "KFMOCK_SEED": "KEYFACTOR_MOCK_SEED"}


def test_an_unknown_variable_is_reported_with_the_nearest_known_one(serve):
    server = serve("", variables=dict.fromkeys(UNKNOWN, "1"))
    for name, nearest in UNKNOWN.items():
        assert f"{name} is not a setting; did you mean {nearest}?" in server.errors


def test_exec_reports_them_too_but_none_that_another_exec_has_set():
    ended = run("exec", "--", BINARY, "exec", "--", "true", **dict.fromkeys(UNKNOWN, "1"))
    assert ended.returncode == 0 and ended.stderr.count("is not a setting") == 2 * len(UNKNOWN), ended.stderr
    for name, nearest in UNKNOWN.items():
        assert ended.stderr.count(f"{name} is not a setting; did you mean {nearest}?") == 2


def test_a_wrong_value_in_a_variable_names_the_variable():
    ended = run("serve", KEYFACTOR_MOCK_HTTP_PORT="http")
    assert ended.returncode == 64 and "KEYFACTOR_MOCK_HTTP_PORT" in ended.stderr


@pytest.mark.parametrize("off, left, gone", [("--no-http", "https", "http"), ("--no-https", "http", "https")])
def test_either_protocol_can_be_left_out(serve, off, left, gone):
    server = serve("", off, own_ca=off != "--no-https")
    assert server.ready[gone] is None and talk(server, GET, secure=left == "https").status == 200


def address_with_port_443():
    """127.0.0.2, or the next loopback address whose port 443 is free."""
    for last in range(2, 20):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((f"127.0.0.{last}", 443))
                return f"127.0.0.{last}"
            except PermissionError:
                pytest.skip("this user may not listen on port 443")
            except OSError:
                continue
    pytest.skip("port 443 of 127.0.0.2 to 127.0.0.19 is taken")


def test_it_listens_on_443_of_a_loopback_address():
    """The one port that kfutil and older Go clients know."""
    host = address_with_port_443()
    server = Mock("", "--no-http", "--host", host, "--tls-name", host, ports=("--https-port", "443"))
    try:
        reply = requests.get(f"https://{host}/KeyfactorAPI/Status/Endpoints", verify=server.ca, timeout=PATIENCE)
        assert server.ready["https"] == 443 and "GET /Agents" in reply.json()
    finally:
        server.stop()


def test_an_idle_connection_is_closed_after_the_time_allowed(serve):
    server = serve("", "--idle-timeout", "1")
    with server.connect() as wire, wire.makefile("rb") as stream:
        wire.sendall(GET)
        assert read_reply(stream).status == 200 and stream.read(1) == b""


def test_ipv6_is_served(serve):
    if not socket.has_ipv6 or not pathlib.Path("/proc/net/if_inet6").exists():
        pytest.skip("this machine has no IPv6")
    server = serve("", "--host", "::1")
    with socket.create_connection(("::1", server.http_port), timeout=PATIENCE) as wire, wire.makefile("rb") as stream:
        wire.sendall(GET)
        assert read_reply(stream).status == 200


def work(*arguments, ends_itself):
    """How many seconds of processor time a call takes; the least of three, since others use the caches too."""
    def once():
        process = subprocess.Popen([BINARY, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        with process.stdout as output:
            if ends_itself:
                output.read()
            else:
                output.readline()
                process.terminate()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        return used.ru_utime + used.ru_stime

    return min(once() for _ in range(3))


def test_a_start_takes_less_work_than_the_schema_of_scenarios():
    # A start once wrote that schema, for a help text that nobody had asked for, and needed as much again to read its arguments.
    start = work("serve", "--http-port", "0", "--https-port", "0", "--log-level", "off", ends_itself=False)
    assert start < work("schema", ends_itself=True)
