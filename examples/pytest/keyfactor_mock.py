"""Pytest fixtures for tests of Keyfactor Command clients: each test has a world of its own on a keyfactor-mock server.

Copy this file beside your conftest.py and say there `pytest_plugins = ["keyfactor_mock"]`; README.md says more. The server is the one that
KFMOCK_URL, KFMOCK_HTTP_URL and KFMOCK_ADMIN_URL name, as `keyfactor-mock exec -- pytest` sets them; without these variables
KEYFACTOR_MOCK_BINARY, or keyfactor-mock in PATH, is started once for the session. Python 3.9 or later, nothing but pytest besides it.
"""

import contextlib
import hashlib
import json
import os
import re
import select
import shutil
import ssl
import subprocess
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

import pytest


class Server:
    """A running server: where it is, and the interface that steers it."""

    def __init__(self, http, https, admin, api_path, ca=None):
        self.http, self.https, self.admin, self.api_path, self.ca = http, https, admin, "/" + api_path.strip("/"), ca
        handlers = [urllib.request.ProxyHandler({})]
        if admin.startswith("https:"):
            handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca)))
        self._opener = urllib.request.build_opener(*handlers)

    def control(self, method, page, body=None, timeout=30):
        """One request below /_mock/; answers its JSON, or its text. A body that is no text is sent as JSON."""
        data = None if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
        request = urllib.request.Request(f"{self.admin}/{page}", data, {"Content-Type": "application/json"}, method=method)
        if token := os.environ.get("KEYFACTOR_MOCK_ADMIN_TOKEN"):
            request.add_header("X-Mock-Token", token)
        try:
            with self._opener.open(request, timeout=timeout) as reply:
                text, is_json = reply.read().decode(), "json" in reply.headers.get("Content-Type", "")
        except urllib.error.HTTPError as refusal:
            said = refusal.read().decode()
            said = json.loads(said)["error"] if said.startswith("{") else said
            raise Refused(f"{method} {self.admin}/{page}: {refusal.code} {said}") from None
        return json.loads(text) if is_json else text


class Refused(Exception):
    """The mock did not do what a test asked of it; the message draws the mistake."""


class Exchange:
    """A request with its reply, as the journal has it: `n`, `method`, `path`, `query`, `operation`, `status` (None where nothing was
    sent), `body`, `effect` (`committed` or `none`), `delivery`, `rule`, `failure`, `caller`, `at`, `why` and whatever else it says."""

    def __init__(self, entry):
        self.__dict__.update(entry)

    def header(self, name):
        """A header field of the request, None if it was not sent. Of credentials only the scheme is shown."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)

    @property
    def json(self):
        """The request's body, read as JSON."""
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.n} {self.method} {self.path} -> {self.status or self.delivery}" + (f" (rule {self.rule})" if self.rule else "")


class Rule:
    """What happens to some requests. Each of its methods adds an effect; they apply in the order of their stages, not of the calls."""

    def __init__(self, world, name, said):
        self._world, self.name, self._said = world, name, said

    def does(self, *effects):
        """Any effects as scenario files write them: `does({"limit": {"tokens": 2, "refill": "1/s"}})`; none at all strikes too."""
        self._said["do"] = self._said.get("do", []) + list(effects)
        self._world._change("PUT", f"rules/{self.name}?strict", self._said)
        return self

    @property
    def has_effect(self):
        """Whether it is on the server: each effect adds to it, and the first one sends it."""
        return "do" in self._said

    def refuse(self, failure=None, **more):
        """A failure by its name (`keyfactor-mock failures`) and/or status, code, message, body, headers, retryAfter. No work is done."""
        return self.does({"refuse": failure if failure and not more else {**({"failure": failure} if failure else {}), **more}})

    def answer(self, body=None, **more):
        """An answer of your own, with status and headers; also where the mock has no operation."""
        return self.does({"answer": {**({} if body is None else {"body": body}), **more}})

    def alter(self, **what):
        """The true answer, changed: status, headers, patch (a JSON merge patch)."""
        return self.does({"alter": what})

    def delay(self, duration, at="request"):
        """A wait before the work, or `at="reply"` after it; on the wall clock."""
        return self.does({"delay": duration, "at": at})

    def breaks(self, how, **more):
        """A reply that does not arrive as HTTP wants it: stall, slow-headers, wrong-length, garbage, dribble, bad-chunk, …"""
        return self.does({"break": how, **more})

    def reset(self, at="request"):
        """RST and no byte; `at="reply"`: the work is done, and the client does not know."""
        return self.breaks("reset", at=at)

    def close(self, at="request"):
        """FIN and no byte; `at="reply"`: the work is done, and the client does not know."""
        return self.breaks("close", at=at)

    def truncate(self, keep="50%", then="close"):
        """The work is done, the full length promised, a part of the body sent."""
        return self.breaks("truncate", keep=keep, then=then)

    def change(self, **parts):
        """What exists is another from the next request on: `change(agents=[{"machine": "uo-1", "status": "disapproved"}])`."""
        return self.does({"change": parts})

    def remove(self):
        """Takes the rule away."""
        self._world._change("DELETE", f"rules/{self.name}")


class World:
    """An isolated copy of everything: what exists, the clock, the rules, the journal, the tokens."""

    def __init__(self, server, name):
        self.server, self.name, self.ca = server, name, server.ca
        self.expected, self._scripts, self._changes, self._rules, self._scenario = [], {}, [], [], None
        below = f"/w/{name}"
        self.https_url = server.https and server.https + below + server.api_path
        self.url = server.http + below + server.api_path if server.http else self.https_url
        self.token_url = (server.http or server.https) + below + "/oauth2/token"
        self.drop()
        server.control("POST", "worlds", {"name": name})

    def drop(self):
        with contextlib.suppress(Refused):  # it may not be there
            self.server.control("DELETE", f"worlds/{self.name}")

    def control(self, method, page, body=None, **more):
        """One request to the control interface of this world, for what has no method here."""
        return self.server.control(method, f"worlds/{self.name}/{page}", body, **more)

    def _change(self, method, page, body=None):
        answer = self.control(method, page, body)
        self._changes.append((method, page, json.loads(json.dumps(body))))
        return answer

    def load(self, scenario):
        """Swaps the whole scenario: YAML or JSON text, or a dict. The world begins anew, without the rules of `on`."""
        self._scenario, self._scripts, self._changes = scenario, {}, []
        self.control("PUT", "scenario", scenario)

    def on(self, operation, path=None, *, name=None, times=None, **more):
        """A rule for some requests, `on("POST", "/OrchestratorJobs/Custom", times=2).refuse("unavailable")`; rules are asked in the
        order of their making. It must be given an effect, and an operation that does not exist raises `Refused`. `times=2` is `calls="1-2"`; calls, per, where, chance, maxRun, window, becomes, unauthenticated and
        ttl as in scenario files, and `while` as `while_`. The operation `token` is the token endpoint."""
        said = {"operation": f"{operation} {path or ''}".strip(), **{key.rstrip("_"): value for key, value in more.items()}}
        if times:
            said["calls"] = f"1-{times}"
        rule = Rule(self, re.sub(r"[^A-Za-z0-9._-]+", "-", name or f"rule-{len(self._rules) + 1}"), said)
        self._rules.append((rule, said["operation"]))
        return rule

    def check_rules(self):
        """Fails if a rule was given no effect: it was never sent, so a test that relies on it shows nothing. `does()` is an effect, too."""
        idle = [operation for rule, operation in self._rules if not rule.has_effect]
        if idle:
            raise AssertionError("on(…) was given no effect, such as .refuse(…): " + ", ".join(idle))

    def patch(self, **parts):
        """Merges into what exists: `patch(agents=[…], certificateStores=[…])`, in the words of scenario files."""
        return self._change("PATCH", "estate", parts)

    def script_job(self, job_type, steps):
        """Says how jobs of a type go on: a list of steps as in scenario files, or short `"Completed:Failure:disk full"`.
        It belongs before the first request, since the world begins anew with it; changes and rules so far are made again."""
        if self.requests():
            raise RuntimeError("script_job belongs before the first request: the world begins anew with it")
        if self._scenario is None:
            self._scenario = self.control("GET", "scenario")
        steps = [dict(zip(("state", "result", "message"), each.split(":", 2)) if isinstance(each, str) else each) for each in steps]
        self._scripts[job_type] = {"match": {"jobType": job_type}, "steps": steps}
        self.control("PUT", "scenario", _with_scripts(self._scenario, list(self._scripts.values())))
        for change in self._changes:
            self.control(*change)

    def advance(self, by=None, to=None):
        """Lets world time pass, `"2h"` or seconds, or up to a time; all that falls due has happened. Answers how many runs began."""
        if isinstance(by, (int, float)):
            by = f"{int(by)}s" if by == int(by) else f"{round(by * 1000)}ms"
        return self._change("POST", "clock/advance", {"by": by} if to is None else {"to": to})["ran"]

    def clock(self, **how):
        """Sets mode (running, frozen, scaled), now, rate; answers them, also when nothing is set."""
        return self._change("PUT", "clock", how) if how else self.control("GET", "clock")

    def requests(self, operation=None, path=None, *, status=None):
        """The exchanges of an operation, or all, the first one first. An operation that does not exist raises `Refused`."""
        query = {"order": "oldest", "limit": 100_000, "strict": "true", "operation": operation and f"{operation} {path or ''}".strip(), "status": status}
        journal = self.control("GET", "journal?" + urlencode({key: value for key, value in query.items() if value is not None}))
        if journal["evicted"]:
            raise RuntimeError(f"the journal has let {journal['evicted']} exchanges go: use expect and verify, which know that")
        return [Exchange(each) for each in journal["exchanges"]]

    def jobs(self, over=False):
        """The jobs that are scheduled or under way: dicts of id, jobType, agent, schedule, state, runs. With `over=True` those that are
        over, with attempts, result, message and ended instead of runs."""
        return self.control("GET", "jobs/over" if over else "jobs")

    def estate(self):
        """All that exists, in the words of scenario files."""
        return self.control("GET", "estate")

    def expect(self, operation=None, path=None, *, count=None, where=None, status=None, rule=None, **more):
        """Notes what must have happened: `expect("GET", "/Agents", count="1-3")`, `expect(jobs={}, count=1)`, `expect(unmatched=0)`;
        `count` is 3, "1-3" or "3+". `verify` judges it; the end of the test does where `verify` was not called."""
        chosen = {"operation": operation and f"{operation} {path or ''}".strip(), "where": where, "status": status, "rule": rule}
        chosen = {key: value for key, value in chosen.items() if value is not None}
        said = {**({"requests": chosen} if chosen and "every" not in more else {}), **more}
        self.expected.append({**said, "count": count} if count is not None else said)

    def verify(self):
        """Fails, with the exchanges that came nearest, unless all that was expected (else: what the scenario expects) has happened.
        A name in it that does not exist (an operation, a rule, a job type, an agent, …) raises `Refused`, with the nearest that does."""
        self._judge("verify", {})

    def await_(self, timeout="5s"):
        """As `verify`, but waits until it is so, at most so long on the wall clock; 10m is the most."""
        self._judge("await", {"timeout": timeout}, timeout=700)

    def _judge(self, page, body, **more):
        self.check_rules()
        verdict = self.control("POST", f"{page}?strict", {**body, **({"expect": self.expected} if self.expected else {})}, **more)
        self.expected = []
        if verdict["verdict"] != "met":
            raise AssertionError("\n".join(line for each in verdict["results"] if each["verdict"] != "met" for line in _lines(each)))


def _lines(result):
    """What is wrong with an expectation, and what came nearest to it."""
    yield f"{result['verdict']}: expected {json.dumps(result['expected'])}, found {result['found']}"
    if result.get("neverStruck"):
        yield f"  never struck: {', '.join(result['neverStruck'])}"
    for near in result["nearest"]:
        kind = "counted" if all(each["met"] for each in near["criteria"]) else "nearest"
        yield f"  {kind}: {near['n']} {near['method']} {near['path']} -> {near['status']}"
        unmet = [each for each in near["criteria"] if not each["met"]]
        yield from (f"    {each['criterion']}: wanted {each['wanted']}, found {each['found']}" for each in unmet)


def _with_scripts(scenario, scripts):
    """A scenario with more scripts, which come before its own."""
    if isinstance(scenario, str):
        if scenario.lstrip().startswith("{"):
            scenario = json.loads(scenario)
        elif re.search(r"^progress\s*:", scenario, re.MULTILINE):
            raise ValueError("this scenario has a part 'progress': write the script there, or load the scenario as a dict")
        else:
            return scenario.rstrip() + "\nprogress: " + json.dumps(scripts) + "\n"
    return {**scenario, "progress": scripts + scenario.get("progress", [])}


@pytest.fixture(scope="session")
def kfmock_server():
    """The server: the one that the environment names, else one that is started now and stopped with the session."""
    given = os.environ
    with tempfile.TemporaryDirectory(prefix="kfmock-") as folder:
        ca, api_path = Path(folder, "ca.pem"), given.get("KEYFACTOR_API_PATH", "KeyfactorAPI")
        http, https = given.get("KFMOCK_HTTP_URL"), given.get("KFMOCK_URL")
        if http or https:
            admin = given.get("KFMOCK_ADMIN_URL") or f"{http or https}/_mock"
            server = Server(http, https, admin, api_path, given.get("KEYFACTOR_CA_CERT"))
            if https and not server.ca:
                ca.write_text(server.control("GET", "ca.pem"))
                server.ca = str(ca)
            yield server
            return
        binary = given.get("KEYFACTOR_MOCK_BINARY") or shutil.which("keyfactor-mock")
        if not binary:
            pytest.fail("There is no keyfactor-mock: set KFMOCK_URL, or KEYFACTOR_MOCK_BINARY, or put it into PATH.", pytrace=False)
        with open(Path(folder, "log"), "w") as log:
            command = [binary, "serve", "--http-port", "0", "--https-port", "0", "--log-level", "warning", "--ca-file", str(ca)]
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process:
                try:
                    ready = select.select([process.stdout], [], [], 30)[0] and process.stdout.readline()
                    if not ready:
                        pytest.fail(f"{binary} did not start:\n{Path(log.name).read_text()}", pytrace=False)
                    ports = json.loads(ready)
                    http, https = f"http://localhost:{ports['http']}", f"https://localhost:{ports['https']}"
                    yield Server(http, https, http + "/_mock", api_path, str(ca))
                finally:
                    process.terminate()


@pytest.fixture
def kfmock(kfmock_server, request):
    """A world of this test's own. Its name comes from the test's, so that whatever is drawn at random is the same in every run."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", request.node.name)[:48].strip("-")
    world = World(kfmock_server, f"{name}-{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:8]}")
    yield world
    try:
        if world.expected:
            world.verify()
        world.check_rules()
    finally:
        world.drop()
