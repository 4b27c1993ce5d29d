"""Pytest fixtures for tests of Keyfactor Command clients: each test has its own world on a keyfactor-mock server.

Copy this file next to your conftest.py and add `pytest_plugins = ["keyfactor_mock"]` there; see README.md. It uses the server that
KFMOCK_URL, KFMOCK_HTTP_URL and KFMOCK_ADMIN_URL name, which `keyfactor-mock exec -- pytest` sets. Without these variables it starts
KEYFACTOR_MOCK_BINARY, or keyfactor-mock in PATH, once per session. It needs Python 3.9 or later, and nothing but pytest.
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
    """A running server and its control interface."""

    def __init__(self, http, https, admin, api_path, ca=None):
        self.http, self.https, self.admin, self.api_path, self.ca = http, https, admin, "/" + api_path.strip("/"), ca
        handlers = [urllib.request.ProxyHandler({})]
        if admin.startswith("https:"):
            handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca)))
        self._opener = urllib.request.build_opener(*handlers)

    def control(self, method, page, body=None, timeout=30):
        """Sends one request below /_mock/ and returns the JSON or the text of the response. A body that is not a str is sent as JSON."""
        data = None if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
        request = urllib.request.Request(f"{self.admin}/{page}", data, {"Content-Type": "application/json"}, method=method)
        if token := os.environ.get("KEYFACTOR_MOCK_ADMIN_TOKEN"):
            request.add_header("X-Mock-Token", token)
        try:
            with self._opener.open(request, timeout=timeout) as reply:
                text, is_json = reply.read().decode(), "json" in reply.headers.get("Content-Type", "")
        except urllib.error.HTTPError as refusal:
            body = refusal.read().decode()
            reason = json.loads(body)["error"] if body.startswith("{") else body
            raise Refused(f"{method} {self.admin}/{page}: {refusal.code} {reason}") from None
        return json.loads(text) if is_json else text


class Refused(Exception):
    """The mock refused a request of a test; the message says why."""


class Exchange:
    """A request with its reply, from the journal: `n`, `method`, `path`, `query`, `operation`, `status` (None if nothing was sent),
    `body`, `effect` (`committed` or `none`), `delivery`, `rule`, `failure`, `caller`, `at`, `why` and the journal's other members."""

    def __init__(self, entry):
        self.__dict__.update(entry)

    def header(self, name):
        """A header field of the request, None if it was not sent. Of credentials only the scheme is shown."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)

    @property
    def json(self):
        """The request's body, parsed as JSON."""
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.n} {self.method} {self.path} -> {self.status or self.delivery}" + (f" (rule {self.rule})" if self.rule else "")


class Rule:
    """A rule for some requests. Each method adds an effect; effects apply in the order of their stages, not of the calls."""

    def __init__(self, world, name, keys):
        self._world, self.name, self._keys = world, name, keys

    def does(self, *effects):
        """Any effects as scenario files write them: `does({"limit": {"tokens": 2, "refill": "1/s"}})`; none at all strikes too."""
        self._keys["do"] = self._keys.get("do", []) + list(effects)
        self._world._change("PUT", f"rules/{self.name}?strict", self._keys)
        return self

    @property
    def has_effect(self):
        """Whether it is on the server: each effect adds to it, and the first one sends it."""
        return "do" in self._keys

    def refuse(self, failure=None, **more):
        """Sends a named failure (`keyfactor-mock failures`), or status, code, message, body, headers, retryAfter. No work is done."""
        return self.does({"refuse": failure if failure and not more else {**({"failure": failure} if failure else {}), **more}})

    def answer(self, body=None, **more):
        """Sends a custom response, with status and headers; also for operations that the mock does not support."""
        return self.does({"answer": {**({} if body is None else {"body": body}), **more}})

    def alter(self, **what):
        """Alters the real response: status, headers, patch (a JSON merge patch)."""
        return self.does({"alter": what})

    def delay(self, duration, at="request"):
        """Delays before the work, or with `at="reply"` after it; on the wall clock."""
        return self.does({"delay": duration, "at": at})

    def breaks(self, how, **more):
        """Sends a reply that violates HTTP: stall, slow-headers, wrong-length, garbage, dribble, bad-chunk, …"""
        return self.does({"break": how, **more})

    def reset(self, at="request"):
        """Sends RST and no data; with `at="reply"` after the work is done."""
        return self.breaks("reset", at=at)

    def close(self, at="request"):
        """Sends FIN and no data; with `at="reply"` after the work is done."""
        return self.breaks("close", at=at)

    def truncate(self, keep="50%", then="close"):
        """Does the work, but sends only a part of the body with the full Content-Length."""
        return self.breaks("truncate", keep=keep, then=then)

    def change(self, **parts):
        """Changes the estate for the next request: `change(agents=[{"machine": "uo-1", "status": "disapproved"}])`."""
        return self.does({"change": parts})

    def remove(self):
        """Removes the rule."""
        self._world._change("DELETE", f"rules/{self.name}")


class World:
    """An isolated copy of everything: estate, clock, rules, journal, tokens."""

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
        with contextlib.suppress(Refused):  # it may not exist
            self.server.control("DELETE", f"worlds/{self.name}")

    def control(self, method, page, body=None, **more):
        """Sends a request to the control interface of this world, for anything that has no method here."""
        return self.server.control(method, f"worlds/{self.name}/{page}", body, **more)

    def _change(self, method, page, body=None):
        answer = self.control(method, page, body)
        self._changes.append((method, page, json.loads(json.dumps(body))))
        return answer

    def load(self, scenario):
        """Replaces the whole scenario: YAML or JSON text, or a dict. The world restarts, without the rules of `on`."""
        self._scenario, self._scripts, self._changes = scenario, {}, []
        self.control("PUT", "scenario", scenario)

    def on(self, operation, path=None, *, name=None, times=None, **more):
        """A rule for some requests, `on("POST", "/OrchestratorJobs/Custom", times=2).refuse("unavailable")`; rules are evaluated in the
        order of their creation. It must be given an effect, and an operation that does not exist raises `Refused`. `times=2` is `calls="1-2"`; calls, per, where, chance, maxRun, window, becomes, unauthenticated and
        ttl as in scenario files, and `while` as `while_`. The operation `token` is the token endpoint."""
        keys = {"operation": f"{operation} {path or ''}".strip(), **{key.rstrip("_"): value for key, value in more.items()}}
        if times:
            keys["calls"] = f"1-{times}"
        rule = Rule(self, re.sub(r"[^A-Za-z0-9._-]+", "-", name or f"rule-{len(self._rules) + 1}"), keys)
        self._rules.append((rule, keys["operation"]))
        return rule

    def check_rules(self):
        """Fails if a rule was given no effect: it was never sent, so a test that relies on it shows nothing. `does()` is an effect, too."""
        idle = [operation for rule, operation in self._rules if not rule.has_effect]
        if idle:
            raise AssertionError("on(…) was given no effect, such as .refuse(…): " + ", ".join(idle))

    def patch(self, **parts):
        """Merges into the estate: `patch(agents=[…], certificateStores=[…])`, in the format of scenario files."""
        return self._change("PATCH", "estate", parts)

    def script_job(self, job_type, steps):
        """Defines the progress of jobs of a type: a list of steps as in scenario files, or short `"Completed:Failure:disk full"`.
        Call it before the first request, because it restarts the world; earlier changes and rules are applied again."""
        if self.requests():
            raise RuntimeError("call script_job before the first request, because it restarts the world")
        if self._scenario is None:
            self._scenario = self.control("GET", "scenario")
        steps = [dict(zip(("state", "result", "message"), each.split(":", 2)) if isinstance(each, str) else each) for each in steps]
        self._scripts[job_type] = {"match": {"jobType": job_type}, "steps": steps}
        self.control("PUT", "scenario", _with_scripts(self._scenario, list(self._scripts.values())))
        for change in self._changes:
            self.control(*change)

    def advance(self, by=None, to=None):
        """Advances the world's clock by `"2h"` or seconds, or to a time, and runs everything that becomes due. Returns how many runs began."""
        if isinstance(by, (int, float)):
            by = f"{int(by)}s" if by == int(by) else f"{round(by * 1000)}ms"
        return self._change("POST", "clock/advance", {"by": by} if to is None else {"to": to})["ran"]

    def clock(self, **how):
        """Sets mode (running, frozen, scaled), now, rate, and returns them; without arguments it only returns them."""
        return self._change("PUT", "clock", how) if how else self.control("GET", "clock")

    def requests(self, operation=None, path=None, *, status=None):
        """The exchanges of an operation, or all, oldest first. An operation that does not exist raises `Refused`."""
        query = {"order": "oldest", "limit": 100_000, "strict": "true", "operation": operation and f"{operation} {path or ''}".strip(), "status": status}
        journal = self.control("GET", "journal?" + urlencode({key: value for key, value in query.items() if value is not None}))
        if journal["evicted"]:
            raise RuntimeError(f"the journal has dropped {journal['evicted']} exchanges: use expect and verify, which allow for that")
        return [Exchange(each) for each in journal["exchanges"]]

    def jobs(self, over=False):
        """The jobs that are scheduled or running: dicts of id, jobType, agent, schedule, state, runs. With `over=True` those that are
        over, with attempts, result, message and ended instead of runs."""
        return self.control("GET", "jobs/over" if over else "jobs")

    def estate(self):
        """The estate, in the format of scenario files."""
        return self.control("GET", "estate")

    def expect(self, operation=None, path=None, *, count=None, where=None, status=None, rule=None, **more):
        """Adds an expectation: `expect("GET", "/Agents", count="1-3")`, `expect(jobs={}, count=1)`, `expect(unmatched=0)`; `count` is 3,
        "1-3" or "3+". It is checked by `verify`, or else at the end of the test."""
        chosen = {"operation": operation and f"{operation} {path or ''}".strip(), "where": where, "status": status, "rule": rule}
        chosen = {key: value for key, value in chosen.items() if value is not None}
        expectation = {**({"requests": chosen} if chosen and "every" not in more else {}), **more}
        self.expected.append({**expectation, "count": count} if count is not None else expectation)

    def verify(self):
        """Fails, with the exchanges that came nearest, unless all that was expected (else: what the scenario expects) has happened.
        A name in it that does not exist (an operation, a rule, a job type, an agent, …) raises `Refused`, with the nearest that does."""
        self._judge("verify", {})

    def await_(self, timeout="5s"):
        """Like `verify`, but waits until the expectations are met; the timeout is on the wall clock, at most 10m."""
        self._judge("await", {"timeout": timeout}, timeout=700)

    def _judge(self, page, body, **more):
        self.check_rules()
        verdict = self.control("POST", f"{page}?strict", {**body, **({"expect": self.expected} if self.expected else {})}, **more)
        self.expected = []
        if verdict["verdict"] != "met":
            raise AssertionError("\n".join(line for each in verdict["results"] if each["verdict"] != "met" for line in _lines(each)))


def _lines(result):
    """Describes why an expectation is not met, and the nearest exchanges."""
    yield f"{result['verdict']}: expected {json.dumps(result['expected'])}, found {result['found']}"
    if result.get("neverStruck"):
        yield f"  never struck: {', '.join(result['neverStruck'])}"
    for near in result["nearest"]:
        kind = "counted" if all(each["met"] for each in near["criteria"]) else "nearest"
        yield f"  {kind}: {near['n']} {near['method']} {near['path']} -> {near['status']}"
        unmet = [each for each in near["criteria"] if not each["met"]]
        yield from (f"    {each['criterion']}: wanted {each['wanted']}, found {each['found']}" for each in unmet)


def _with_scripts(scenario, scripts):
    """Adds scripts to a scenario, before its own."""
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
    """The server named by the environment, or else one that is started for the session."""
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
            pytest.fail("keyfactor-mock was not found: set KFMOCK_URL or KEYFACTOR_MOCK_BINARY, or add it to PATH.", pytrace=False)
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
    """A world for this test. It is named after the test, so that random values are the same in every run."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", request.node.name)[:48].strip("-")
    world = World(kfmock_server, f"{name}-{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:8]}")
    yield world
    try:
        if world.expected:
            world.verify()
        world.check_rules()
    finally:
        world.drop()
