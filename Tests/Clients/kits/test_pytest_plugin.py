"""The pytest plugin of packaging/src, as a project has it that installs the wheel: options, marks, reports, and what is wrong said in a sentence."""

import os
import re
import select
import signal

import pytest

from support.fixture import KIT
from support.mock import BINARY, SLOWNESS, Mock

PATIENCE = 60 * SLOWNESS
ASK = """
import json, urllib.error, urllib.request
import pytest

def status(url, path="/Agents"):
    try:
        with urllib.request.urlopen(url + path, timeout=30) as reply:
            return reply.status
    except urllib.error.HTTPError as refusal:
        return refusal.code

def agents(url):
    with urllib.request.urlopen(url + "/Agents", timeout=30) as reply:
        return [each["ClientMachine"] for each in json.load(reply)]
"""
EMPTY = "estate: { from: empty }\n"


class Project:
    """A project of a user. Its tests run in this process and use a running server, or else start one, in a process of their own."""

    def __init__(self, pytester, monkeypatch, mock):
        self.pytester, self.monkeypatch, self.mock = pytester, monkeypatch, mock
        for name in [each for each in os.environ if each.startswith(("KFMOCK_URL", "KFMOCK_HTTP", "KFMOCK_ADMIN", "KEYFACTOR_", "PYTEST_"))]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("KEYFACTOR_MOCK_BINARY", BINARY)
        monkeypatch.setenv("PYTHONPATH", str(KIT))

    def start(self, tests, *options, alone=False, **variables):
        """Runs tests, `alone` with a server of their own."""
        self.pytester.makepyfile(test_it=ASK + tests)
        for name, value in {**({} if alone else {"KFMOCK_HTTP_URL": self.mock.http}), **variables}.items():
            self.monkeypatch.setenv(name, value)
        command = ["-p", "keyfactor_mock.plugin", "-p", "no:cacheprovider", "-W", "error", "--strict-markers", *options]
        if alone:
            return self.pytester.runpytest_subprocess(*command, timeout=PATIENCE)
        return self.pytester.runpytest_inprocess(*command)

    def run(self, tests, *options, **more):
        """Runs tests; answers how many passed, failed and so on, and what pytest wrote."""
        ended = self.start(tests, *options, **more)
        return ended.parseoutcomes(), ended.stdout.str() + ended.stderr.str()

    def passes(self, tests, *options, count=1, **variables):
        """All of so many tests pass; answers what pytest wrote."""
        outcomes, said = self.run(tests, *options, **variables)
        assert outcomes == {"passed": count}, said
        return said


@pytest.fixture
def project(pytester, monkeypatch, mock):
    return Project(pytester, monkeypatch, mock)


# How a world begins


def test_two_names_are_one_world(project):
    project.passes("""
def test_it(kfmock, keyfactor_mock):
    assert kfmock is keyfactor_mock and status(kfmock.url) == 200
""")


def test_a_scenario_from_the_command_line_an_ini_file_and_a_mark(project):
    """The nearest counts: a mark of the test, of its class, the command line, the ini-file."""
    project.pytester.makeini("[pytest]\nkeyfactor_scenario = empty.yaml\n")
    (project.pytester.path / "empty.yaml").write_text(EMPTY)
    (project.pytester.path / "one.yaml").write_text("estate: { from: empty, agents: [ { machine: one-1 } ] }\n")
    tests = """
def test_default(kfmock):
    assert agents(kfmock.url) == {default}

@pytest.mark.keyfactor(scenario={{"estate": {{"from": "empty", "agents": [{{"machine": "outer-1"}}]}}}})
class TestMarks:
    def test_outer(self, kfmock):
        assert agents(kfmock.url) == ["outer-1"]

    @pytest.mark.keyfactor(scenario="estate: {{ from: empty, agents: [ {{ machine: inner-1 }} ] }}")
    def test_inner(self, kfmock):
        assert agents(kfmock.url) == ["inner-1"]

    @pytest.mark.keyfactor(scenario="one.yaml")
    def test_file(self, kfmock):
        assert agents(kfmock.url) == ["one-1"]
"""
    project.passes(tests.format(default=[]), count=4)
    project.passes(tests.format(default=["one-1"]), "--keyfactor-scenario", "one.yaml", count=4)


def test_marks_add_rules_and_choose_the_release(project):
    project.passes("""
DOWN = {"operation": "GET /Agents", "calls": 1, "do": [{"refuse": "unavailable"}]}
pytestmark = pytest.mark.keyfactor(rules=[DOWN], product="24.4")

@pytest.mark.keyfactor(rules=["{ operation: GET /CertificateStores, do: [ { refuse: forbidden } ] }"])
def test_it(kfmock):
    assert [status(kfmock.url), status(kfmock.url), status(kfmock.url, "/CertificateStores")] == [503, 200, 403]
    assert 'product: "24.4"' in kfmock.control("GET", "scenario")

@pytest.mark.keyfactor(scenario={"product": "10.5"}, product="25.4")
def test_a_dict(kfmock):
    kfmock.script_job("SampleCustomJobType", ["Completed:Success"])
    assert '"25.4"' in kfmock.control("GET", "scenario") and status(kfmock.url) == 503
""", count=2)


@pytest.mark.parametrize(
    "mark, said",
    [
        ("scenario='absent.yaml'", r"The scenario file /.*/absent\.yaml cannot be read: No such file or directory\."),
        ("scenario='estate: { form: empty }'", "The world of test_it cannot begin so: .*unknown key 'form'"),
        ("product='9.9'", "The world of test_it cannot begin so: .*9.9"),
        ("rules=[{'operation': 'GET /Agnts', 'do': [{'refuse': 'unavailable'}]}]", "did you mean 'GET /Agents'"),
        ("rules=[{'operation': 'GET /Agents'}]", "The world of test_it cannot begin so: .*'do'"),
        ("'small'", "takes scenario, rules and product, found 'small'"), ("scenaro='x'", "takes scenario, rules and product, found scenaro"),
    ],
)
def test_a_mark_that_is_wrong(project, mark, said):
    outcomes, output = project.run(f"@pytest.mark.keyfactor({mark})\ndef test_it(kfmock): pass\n")
    assert outcomes == {"errors": 1} and re.search(said, output) and "Traceback" not in output and "plugin.py" not in output, output


# What fails a test, and its report


def test_a_report_has_the_last_exchanges_and_the_rules(project):
    outcomes, said = project.run("""
def test_it(kfmock):
    kfmock.on("GET", "/Agents", times=1, name="down").refuse("unavailable")
    kfmock.on("GET", "/PamProviders", name="idle").refuse("unavailable")
    status(kfmock.url), status(kfmock.url)
    assert status(kfmock.url, "/Agnets") == 200
""")
    assert outcomes == {"failed": 1}
    section = said.partition("keyfactor-mock, world test_it-")[2]
    assert re.search(r"1 GET /KeyfactorAPI/Agents -> 503 \(rule down\).*\n2 GET /KeyfactorAPI/Agents -> 200\n3 GET .*/Agnets -> 404: .*", section), said
    assert "rule down (GET /Agents) struck 1 of" in section and "rule idle (GET /PamProviders) never struck" in section, said


@pytest.mark.parametrize(
    "body, said",
    [
        ('kfmock.on("GET", "/Agents")', "on(…) was given no effect, such as .refuse(…): GET /Agents"),
        ('kfmock.expect("GET", "/Agents", count=1)', "expected .* found 0 requests"),
        ('kfmock.expect("GET", "/Agnts", count=0)', "did you mean 'GET /Agents'"),
        ('kfmock.on("GET", "/Agnts").refuse("unavailable")', "did you mean 'GET /Agents'"),
        ('kfmock.script_job("SampleCustomJobTyp", ["InProcess", "Completed:Failure:x"])', "did you mean 'SampleCustomJobType'"),
        ('kfmock.load("rules: [ { operation: GET /Agent, do: [ { refuse: unavailable } ] } ]")', "did you mean 'GET /Agents'"),
        ('kfmock.load({"progress": [{"match": {"agent": "uo1"}, "steps": [{"state": "InProcess"}]}]})', "did you mean 'uo-1'"),
        ('kfmock.load("expect: [ { requests: { operation: POST /OrchestratorJobs/Custom }, count: 5 } ]")', "found 0 requests"),
        ('kfmock.load("expect: [ { unmatched: 1 } ]"); kfmock.expect("GET", "/Agents", count=0); kfmock.verify()', "found 0 unmatched"),
        ('kfmock.on("GET", "/Agents", times=0).refuse("unavailable")', "times must be at least 1, found 0"),
        ('[kfmock.on(*of, name="x").refuse("unavailable") for of in (("GET", "/Agents"), ("POST", "/Agents/Approve"))]', "there is a rule 'x' already"),
        ('kfmock.expect("GET", "/Agents", every={"rule": "x"}, has={"status": 200})', "leave out operation"),
        ("kfmock.verify()", "nothing is expected"), ("kfmock.await_()", "nothing is expected"),
    ],
)
def test_what_a_test_must_not_pass_with(project, body, said):
    """It fails, and is no error of a fixture, so `xfail` and reports count it."""
    outcomes, output = project.run(f"def test_it(kfmock):\n    {body}\n")
    assert outcomes == {"failed": 1} and re.search(said.replace("(", r"\(").replace(")", r"\)"), output), output


@pytest.mark.parametrize(
    "scenario, said",
    [
        ("rules: [ { operation: GET /Agent, do: [ { refuse: unavailable } ] } ]", "did you mean 'GET /Agents'"),
        ("progress: [ { match: { jobType: SampleX }, steps: [ { state: InProcess } ] } ]", "there is no job type 'SampleX'"),
        ("expect: [ { requests: { operation: POST /OrchestratorJobs/Custm }, count: 0 } ]", "did you mean 'POST /OrchestratorJobs/Custom'"),
        ("auth: { mode: basic }", "nobody can log in"), ("clock: { mode: frozen, rate: 2 }", "a frozen clock has no rate"),
    ],
)
def test_a_scenario_whose_names_do_not_exist_does_not_begin(project, scenario, said):
    outcomes, output = project.run(f"@pytest.mark.keyfactor(scenario={scenario!r})\ndef test_it(kfmock): pass\n")
    assert outcomes == {"errors": 1} and said in output, output


def test_what_a_scenario_expects_is_judged_at_the_end_of_the_test(project):
    tests = """
ONE = "expect: [ {{ requests: {{ operation: GET /Agents }}, count: {count} }} ]"

@pytest.mark.keyfactor(scenario=ONE)
def test_mark(kfmock):
    assert status(kfmock.url) == 200

def test_loaded(kfmock):
    kfmock.load({{"expect": [{{"requests": {{"operation": "GET /Agents"}}, "count": {count}}}]}})
    kfmock.verify() if {count} == 0 else None
    assert status(kfmock.url) == 200

@pytest.mark.keyfactor(scenario={{"progress": [{{"match": {{"jobType": "SampleCustomJobType"}}, "steps": [{{"state": "InProcess"}}]}}]}})
def test_script(kfmock):
    kfmock.script_job("SampleCustomJobType", ["Completed:Success"])
"""
    project.passes(tests.format(count=1), count=3)
    outcomes, output = project.run(tests.format(count=0))
    assert outcomes == {"failed": 2, "passed": 1} and output.count("expected") >= 2, output


# What is wrong with a server is one sentence


def sentence(project, said, **more):
    outcomes, output = project.run("def test_it(kfmock): pass\n", **more)
    assert outcomes == {"errors": 1}, output
    body = re.search(r"_+ (?:ERROR at setup of )?test_it _+\n(.*?)\n(?:=|-)+", output, re.DOTALL)[1]
    assert re.fullmatch(said, body) and "\n" not in body, output


def test_a_server_that_does_not_answer(project):
    said = r"No keyfactor-mock answers at http://localhost:1/_mock: Connection refused\."
    sentence(project, said, KFMOCK_HTTP_URL="http://localhost:1")


def test_a_server_that_dies_in_a_test(project):
    tests = """
import os, signal
def test_it(kfmock, kfmock_server):
    os.kill(kfmock_server.process.pid, signal.SIGKILL)
    kfmock_server.process.wait()
    kfmock.requests()
"""
    outcomes, said = project.run(tests, alone=True)
    ended = "The keyfactor-mock that was started for the tests has ended, with exit code -9."
    assert outcomes == {"failed": 1, "errors": 1} and said.count(ended) >= 2 and "server.py" not in said, said


def test_a_program_that_is_missing_or_does_not_start(project):
    sentence(project, r"/absent cannot be run: No such file or directory\.", alone=True, KEYFACTOR_MOCK_BINARY="/absent")
    sentence(project, r"/bin/false did not start: it wrote nothing", alone=True, KEYFACTOR_MOCK_BINARY="/bin/false")
    sentence(project, f"{BINARY} did not start: .*product.*", alone=True, KEYFACTOR_MOCK_BINARY=BINARY, KEYFACTOR_MOCK_PRODUCT="9.9")


def test_a_ca_that_is_missing_or_wrong(project, mock, tmp_path):
    secure = {"KFMOCK_URL": mock.https, "KFMOCK_HTTP_URL": ""}
    absent, empty, other = tmp_path / "absent.pem", tmp_path / "empty.pem", Mock(ports=("--no-http", "--https-port", "0"))
    empty.write_text("")
    sentence(project, rf"The CA file {absent}, which KEYFACTOR_CA_CERT names, does not exist\.", KEYFACTOR_CA_CERT=str(absent), **secure)
    sentence(project, rf"The CA file {empty}, which KEYFACTOR_CA_CERT names, cannot be used: .*", KEYFACTOR_CA_CERT=str(empty), **secure)
    said = rf"The certificate of {mock.https}/_mock does not follow from {other.ca} \(.*\)\."
    sentence(project, said, KEYFACTOR_CA_CERT=other.ca, **secure)
    project.passes("def test_it(kfmock): assert kfmock.url.startswith('https')\n", KFMOCK_URL=other.https, KFMOCK_HTTP_URL="", KEYFACTOR_CA_CERT=other.ca)
    other.stop()


def test_a_token_that_is_missing_or_wrong(project, serve):
    closed = serve("", "--admin-token", "s3cret")
    asks = f"keyfactor-mock at {closed.http}/_mock only obeys who knows its --admin-token, expected in KEYFACTOR_MOCK_ADMIN_TOKEN, "
    sentence(project, re.escape(asks + "which is not set."), KFMOCK_HTTP_URL=closed.http)
    sentence(project, re.escape(asks + "which has another value."), KFMOCK_HTTP_URL=closed.http, KEYFACTOR_MOCK_ADMIN_TOKEN="other")
    test = "def test_it(kfmock): assert status(kfmock.url) == 200\n"
    project.passes(test, KFMOCK_HTTP_URL=closed.http, KEYFACTOR_MOCK_ADMIN_TOKEN="s3cret")


# Ways to run


CROWD = """
@pytest.mark.parametrize("number", range(8))
def test_it(kfmock, number):
    kfmock.on("GET", "/Agents", times=1).refuse("unavailable")
    assert [status(kfmock.url) for _ in range(2)] == [503, 200]
    assert [each.status for each in kfmock.requests()] == [503, 200]
"""


@pytest.mark.parametrize("alone", [True, False], ids=["a server for each worker", "one server"])
def test_workers(project, alone):
    project.passes(CROWD, "-p", "xdist", "-n", "2", count=8, alone=alone)


def test_asynchronous_clients(project):
    project.passes("""
import asyncio, httpx

def test_it(kfmock):
    async def story():
        async with httpx.AsyncClient(base_url=kfmock.url, verify=False) as client:
            kfmock.expect("GET", "/Agents", count=2)
            waiting = asyncio.create_task(kfmock.eventually("30s"))
            assert [(await client.get("/Agents")).status_code for _ in range(2)] == [200, 200]
            await waiting
    asyncio.run(story())
""")


def test_a_server_ends_with_the_tests_that_started_it(project):
    """Even where they are killed, and their fixtures cannot end."""
    ended = project.start("""
import os, signal
def test_it(kfmock, kfmock_server):
    print(f"server {kfmock_server.process.pid}.", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
""", "-s", alone=True)
    server = int(re.search(r"server (\d+)\.", ended.stdout.str())[1])
    try:
        end = os.pidfd_open(server)
    except ProcessLookupError:
        return
    try:
        assert select.select([end], [], [], PATIENCE)[0], "it still runs"
    finally:
        os.close(end)
