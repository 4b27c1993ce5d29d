"""Long values of --host and --ready-file, as options and as variables, for each command that takes them."""

import os
import subprocess

import pytest

from support.mock import BINARY, PATIENCE, PORTS, SANITIZER, talk

GET = b"GET /KeyfactorAPI/Status/Endpoints HTTP/1.1\r\nHost: localhost\r\n\r\n"
# The name of a socket, by which servers are found, has room for 107 bytes, some 45 of which are taken.
HOSTS = ["a" * length for length in (60, 63, 64, 107, 108, 109, 200, 253, 254, 1024, 5000, 65_536)] + [
    "::1%" + "0" * zeros + "1" for zeros in (15, 16, 50, 94, 200)]
PATHS = ["a" * length for length in (256, 300, 1023, 4095, 4096, 5000, 65_536)] + ["/" + "a/" * 2500, "ä" * 5000]
COMMANDS = {"serve": ["serve", *PORTS], "exec": ["exec", "--", "true"], "healthcheck": ["healthcheck", "--http-port", "1"]}


def run(command, option, value, in_variable):
    """Runs a command to its end, with a value in an option or in the variable for it."""
    words, variables = COMMANDS[command], {"PATH": os.environ["PATH"], **SANITIZER}
    if in_variable:
        variables["KEYFACTOR_MOCK_" + option[2:].upper().replace("-", "_")] = value
    else:
        words = [words[0], option, value, *words[1:]]
    return subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=PATIENCE, env=variables)


def assert_a_sentence(ended, codes):
    assert ended.returncode in codes, (ended.returncode, ended.stderr[:500])
    assert ended.stdout == "" and 0 < len(ended.stderr) < 900, ended.stderr[:2000]
    assert "stack smashing" not in ended.stderr and "Fatal" not in ended.stderr


def shown(value):
    return f"{value[:6]} {len(value)}"


@pytest.mark.parametrize("in_variable", [False, True], ids=["option", "variable"])
@pytest.mark.parametrize("command", ["serve", "exec"])
@pytest.mark.parametrize("host", HOSTS, ids=shown)
def test_a_long_host_is_a_sentence_and_exit_code_64_or_69(command, host, in_variable):
    assert_a_sentence(run(command, "--host", host, in_variable), (64, 69))


@pytest.mark.parametrize("in_variable", [False, True], ids=["option", "variable"])
@pytest.mark.parametrize("command", ["serve", "exec"])
@pytest.mark.parametrize("path", PATHS, ids=shown)
def test_a_long_ready_file_is_a_sentence_and_exit_code_64_or_69(command, path, in_variable):
    ended = run(command, "--ready-file", path, in_variable)
    assert_a_sentence(ended, (64, 69))
    assert "--ready-file" in ended.stderr


@pytest.mark.parametrize("option, values", [("--host", HOSTS), ("--ready-file", PATHS)], ids=["host", "ready file"])
def test_a_health_check_with_a_long_value_is_a_sentence_and_exit_code_1_or_64(option, values):
    for value in values:
        assert_a_sentence(run("healthcheck", option, value, False), (1, 64))


# 127.0.0.1 again, in octal: an address that is as long as one likes. Around 60 bytes, the name of a socket is full.
@pytest.mark.parametrize("length", [50, *range(56, 66), 98, 108, 253])
def test_a_long_address_of_this_machine_is_served(serve, length):
    server = serve("", "--host", "177.0.0.1".rjust(length, "0"))
    assert talk(server, GET).status == 200
