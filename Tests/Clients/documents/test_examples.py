"""What lies in examples/ works as its README files say: with the server that the environment names, and with one that is started."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

from support.fixture import EXAMPLES, KIT
from support.mock import BINARY, SLOWNESS

PATIENCE = 60 * SLOWNESS
# How pytest finds the plugin where no wheel is installed.
PLUGIN = ["-p", "keyfactor_mock.plugin"]


@pytest.fixture
def copies(tmp_path):
    """The example as a newcomer would have it, in a folder of its own."""
    shutil.copy(EXAMPLES / "pytest/test_example.py", tmp_path)
    return tmp_path


def environment(**more):
    """The caller's, without what would name a server, or look on while pytest runs."""
    names = ("KFMOCK_", "KEYFACTOR_", "PYTEST_", "CURL_", "SSL_CERT_", "REQUESTS_CA_BUNDLE")
    return {**{key: value for key, value in os.environ.items() if not key.startswith(names)}, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(KIT), **more}


def run(command, folder, **variables):
    """Runs a command and answers its exit code and what it said."""
    ran = subprocess.run(command, cwd=folder, env=environment(**variables), capture_output=True, text=True, timeout=PATIENCE)
    return ran.returncode, ran.stdout + ran.stderr


def pytest_in(folder, *more, **variables):
    return run([sys.executable, "-m", "pytest", "-q", *PLUGIN, "-p", "no:cacheprovider", "-W", "error", *more], folder, **variables)


def variables(mock):
    """What `exec` would say of a server."""
    return {"KFMOCK_URL": mock.https, "KFMOCK_HTTP_URL": mock.http, "KFMOCK_ADMIN_URL": mock.http + "/_mock", "KEYFACTOR_CA_CERT": mock.ca}


def worlds(mock):
    return [each["name"] for each in mock.ask("GET", "/_mock/worlds").json]


def test_the_pytest_example_starts_a_server_by_itself(copies):
    code, said = pytest_in(copies, KEYFACTOR_MOCK_BINARY=BINARY)
    assert code == 0 and "7 passed" in said, said


def test_the_pytest_example_finds_the_program_in_the_path(copies):
    (copies / "bin").mkdir()
    (copies / "bin/keyfactor-mock").symlink_to(BINARY)
    code, said = pytest_in(copies, PATH=f"{copies / 'bin'}:{os.environ['PATH']}")
    assert code == 0 and "7 passed" in said, said


def test_the_pytest_example_uses_a_running_server(copies, mock):
    before = worlds(mock)
    code, said = pytest_in(copies, **variables(mock))
    assert code == 0 and "7 passed" in said, said
    assert worlds(mock) == before, "its worlds are dropped"


def test_the_pytest_example_runs_twice_at_once_in_different_folders(copies, mock):
    """As workers that share a server do: each has other tests, and none meets another's."""
    command = [sys.executable, "-m", "pytest", "-q", *PLUGIN, "-p", "no:cacheprovider"]
    halves = [["-k", "job"], ["-k", "not job"]]
    how = {"cwd": copies, "env": environment(**variables(mock)), "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    started = [subprocess.Popen(command + each, **how) for each in halves]
    said = [each.communicate(timeout=PATIENCE)[0] for each in started]
    assert [each.returncode for each in started] == [0, 0], said
    assert sum(int(re.search(r"(\d+) passed", each)[1]) for each in said) == 7


def test_the_pytest_example_runs_below_exec(copies):
    code, said = run([BINARY, "exec", "--", sys.executable, "-m", "pytest", "-q", *PLUGIN, "-p", "no:cacheprovider"], copies)
    assert code == 0 and "7 passed" in said, said


def test_a_server_behind_an_address_alone_gives_its_ca(copies, mock):
    (copies / "test_example.py").write_text(
        "import ssl\n"
        "import urllib.request\n"
        "def test_it(kfmock):\n"
        "    context = ssl.create_default_context(cafile=kfmock.ca)\n"
        "    with urllib.request.urlopen(kfmock.https_url + '/Agents', context=context) as reply:\n"
        "        assert reply.status == 200 and len(kfmock.requests('GET /Agents', status=200)) == 1\n")
    code, said = pytest_in(copies, KFMOCK_URL=mock.https, KFMOCK_HTTP_URL=mock.http)
    assert code == 0 and "1 passed" in said, said


def test_without_a_server_the_example_says_what_is_missing(copies):
    code, said = pytest_in(copies, PATH="/nowhere")
    assert code == 1 and "set KFMOCK_URL or KEYFACTOR_MOCK_BINARY, or add it to PATH" in said


SILENT = """
def test_it(kfmock):
    kfmock.expect("GET", "/Agents", count=1)
"""


def test_what_is_expected_and_not_verified_is_judged_at_the_end(copies):
    (copies / "test_example.py").write_text(SILENT)
    code, said = pytest_in(copies, KEYFACTOR_MOCK_BINARY=BINARY)
    assert code == 1 and 'failed: expected {"requests": {"operation": "GET /Agents"}, "count": 1}, found 0 requests' in said, said


def test_the_curl_example_runs_below_exec(tmp_path):
    code, said = run([BINARY, "exec", "--", "sh", str(EXAMPLES / "curl/story.sh")], tmp_path)
    assert code == 0 and said.endswith("all is well\n") and said.count("ok: ") == 7, said


def test_the_curl_example_uses_a_running_server(tmp_path, mock):
    before = worlds(mock)
    for _ in range(2):
        code, said = run(["sh", str(EXAMPLES / "curl/story.sh"), "curl-again"], tmp_path, **variables(mock))
        assert code == 0 and said.endswith("all is well\n"), said
    assert worlds(mock) == before


def test_the_curl_example_ends_with_a_refusal_of_the_control_interface(tmp_path, mock):
    wrong = pathlib.Path(tmp_path, "story.sh")
    wrong.write_text((EXAMPLES / "curl/story.sh").read_text().replace("refuse: unavailable", "refuse: unavailible"))
    code, said = run(["sh", str(wrong), "curl-wrong"], tmp_path, **variables(mock))
    assert code == 1 and "did you mean 'unavailable'?" in said
    mock.ask("DELETE", "/_mock/worlds/curl-wrong")
