"""How it ends: verdicts as exit codes, files that cannot be written, and a health check that finds the control interface."""

import pathlib
import subprocess

import pytest

from support.mock import BINARY, PATIENCE

EXPECTS = "scenario: nightly\nexpect: [ { requests: { operation: GET /Agents }, count: 1 }, { unmatched: 0 } ]"


def run(*arguments):
    return subprocess.run([BINARY, *arguments], capture_output=True, timeout=PATIENCE)


def test_a_health_check_finds_the_port_of_the_control_interface(serve):
    server = serve("", "--admin-port", "0")
    ports = ["--http-port", str(server.http_port), "--admin-port", str(server.ready["admin"])]
    assert run("healthcheck", *ports).returncode == 0


@pytest.mark.parametrize("path, code", [("Agents", 0), ("JobTypes/Custom", 70)], ids=["met", "not met"])
def test_exec_ends_with_70_when_an_expectation_is_not_met(path, code):
    command = ["sh", "-c", f'curl -s "$KFMOCK_HTTP_URL/KeyfactorAPI/{path}"']
    ended = run("exec", "--scenario", EXPECTS, "--", *command)
    assert ended.returncode == code
    assert (b"expectations: met, 2 of 2" if code == 0 else b"FAILED: ") in ended.stderr and ended.stdout.startswith(b"[{")


def test_the_exit_code_of_a_command_that_fails_comes_before_an_unmet_expectation():
    ended = run("exec", "--scenario", EXPECTS, "--", "sh", "-c", "exit 3")
    assert ended.returncode == 3 and b"FAILED: " in ended.stderr


def test_a_scenario_that_is_no_file_cannot_be_watched():
    ended = run("serve", "--watch")
    assert ended.returncode == 64 and b"--watch needs --scenario" in ended.stderr


@pytest.mark.parametrize("option", ["--junit", "--coverage"])
def test_a_file_that_cannot_be_written_at_the_end_is_69(tmp_path, option):
    ended = run("exec", option, str(pathlib.Path(tmp_path, "no", "folder")), "--", "true")
    assert ended.returncode == 69 and option.encode() in ended.stderr
