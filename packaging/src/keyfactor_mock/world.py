"""A world: what a test sees and does on a server, without meeting other tests."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from typing import Any, Union
from urllib.parse import urlencode

from keyfactor_mock.exchange import Exchange, shortcoming
from keyfactor_mock.rule import Rule
from keyfactor_mock.server import Refused, Server

# A scenario as YAML or JSON text, or as what JSON would be read to.
Scenario = Union[str, "dict[str, Any]"]


class World:
    """An isolated copy of everything: estate, clock, rules, journal, tokens."""

    def __init__(self, server: Server, name: str) -> None:
        self.server, self.name = server, name
        self.expected: list[dict[str, Any]] = []
        self._scripts: dict[str, dict[str, Any]] = {}
        self._changes: list[tuple[str, str, Any]] = []
        self._rules: list[Rule] = []
        self._names: set[str] = set()
        self._scenario: Scenario | None = None
        self._loaded = False
        below = f"/w/{name}"
        self.https_url = server.https and server.https + below + server.api_path
        self.url: str = (server.http or server.https or "") + below + server.api_path
        self.token_url = (server.http or server.https or "") + below + "/oauth2/token"
        self.drop()
        server.control("POST", "worlds", {"name": name})

    @property
    def ca(self) -> str | None:
        """The file of the CA that signed the server's certificate."""
        return self.server.ca

    def drop(self) -> None:
        """Removes the world from the server."""
        with contextlib.suppress(Refused):  # it may not exist
            self.server.control("DELETE", f"worlds/{self.name}")

    def control(self, method: str, page: str, body: Any = None, **more: Any) -> Any:
        """Sends a request to the control interface of this world, for anything that has no method here."""
        return self.server.control(method, f"worlds/{self.name}/{page}", body, **more)

    def change(self, method: str, page: str, body: Any = None) -> Any:
        """As `control`, for what `script_job` must do again after it has restarted the world."""
        answer = self.control(method, page, body)
        self._changes.append((method, page, json.loads(json.dumps(body))))
        return answer

    def load(self, scenario: Scenario | None, product: str | None = None) -> None:
        """Replaces the whole scenario: YAML or JSON text, or a dict; `None` is the one that it has. The world restarts, without the rules
        of `on`. What a scenario given here expects is checked at the end of the test; a name in it that does not exist raises `Refused`."""
        self._loaded = scenario is not None
        if scenario is None:
            scenario = self.control("GET", "scenario")
        if product:
            scenario = _with_part(scenario, "product", product)
        self._scenario, self._scripts, self._changes = scenario, {}, []
        self._names.clear()
        self._put(scenario)

    def on(self, operation: str, path: str | None = None, *, name: str | None = None, times: int | None = None, **more: Any) -> Rule:
        """A rule for some requests, `on("POST", "/OrchestratorJobs/Custom", times=2).refuse("unavailable")`; rules are evaluated in the
        order of their creation. It must be given an effect, and an operation that does not exist raises `Refused`. `times=2` is
        `calls="1-2"`; calls, per, where, chance, maxRun, window, becomes, unauthenticated and ttl as in scenario files, and `while` as
        `while_`. The operation `token` is the token endpoint."""
        keys = {"operation": f"{operation} {path or ''}".strip(), **{key.rstrip("_"): value for key, value in more.items()}}
        if times is not None:
            if times < 1:
                raise ValueError(f"times must be at least 1, found {times}; a rule that never strikes is none")
            keys["calls"] = f"1-{times}"
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", name or f"rule-{len(self._rules) + 1}")
        if name in self._names:
            raise ValueError(f"there is a rule {name!r} already, which this one would replace; give it another name")
        self._names.add(name)
        rule = Rule(self, name, keys)
        self._rules.append(rule)
        return rule

    def add_rules(self, *rules: dict[str, Any] | str) -> None:
        """Adds rules as scenario files write them, each a dict or YAML text."""
        for rule in rules:
            self.change("POST", "rules?strict", rule)

    def check_rules(self) -> None:
        """Fails if a rule was given no effect: it was never sent, so a test that relies on it shows nothing. `does()` is an effect, too."""
        idle = [rule.operation for rule in self._rules if not rule.has_effect]
        if idle:
            raise AssertionError("on(…) was given no effect, such as .refuse(…): " + ", ".join(idle))

    def patch(self, **parts: Any) -> Any:
        """Merges into the estate: `patch(agents=[…], certificateStores=[…])`, in the format of scenario files."""
        return self.change("PATCH", "estate", parts)

    def script_job(self, job_type: str, steps: list[str | dict[str, Any]]) -> None:
        """Defines the progress of jobs of a type: a list of steps as in scenario files, or short `"Completed:Failure:disk full"`.
        Call it before the first request, because it restarts the world; earlier changes and rules are applied again."""
        if self.requests():
            raise RuntimeError("call script_job before the first request, because it restarts the world")
        if self._scenario is None:
            self._scenario = self.control("GET", "scenario")
        full = [dict(zip(("state", "result", "message"), each.split(":", 2))) if isinstance(each, str) else each for each in steps]
        self._scripts[job_type] = {"match": {"jobType": job_type}, "steps": full}
        self._put(_with_scripts(self._scenario or "", list(self._scripts.values())))
        for change in self._changes:
            self.control(*change)

    def advance(self, by: str | float | None = None, to: str | None = None) -> int:
        """Advances the world's clock by `"2h"` or seconds, or to a time, and runs everything that becomes due. Returns how many runs began."""
        if isinstance(by, (int, float)):
            by = f"{int(by)}s" if by == int(by) else f"{round(by * 1000)}ms"
        return int(self.change("POST", "clock/advance", {"by": by} if to is None else {"to": to})["ran"])

    def clock(self, **how: Any) -> Any:
        """Sets mode (running, frozen, scaled), now, rate, and returns them; without arguments it only returns them."""
        return self.change("PUT", "clock", how) if how else self.control("GET", "clock")

    def requests(self, operation: str | None = None, path: str | None = None, *, status: int | None = None) -> list[Exchange]:
        """The exchanges of an operation, or all, oldest first. An operation that does not exist raises `Refused`."""
        wanted = operation and f"{operation} {path or ''}".strip()
        query = {"order": "oldest", "limit": 100_000, "strict": "true", "operation": wanted, "status": status}
        journal = self.control("GET", "journal?" + urlencode({key: value for key, value in query.items() if value is not None}))
        if journal["evicted"]:
            raise RuntimeError(f"the journal has dropped {journal['evicted']} exchanges: use expect and verify, which allow for that")
        return [Exchange(each) for each in journal["exchanges"]]

    def jobs(self, over: bool = False) -> list[dict[str, Any]]:
        """The jobs that are scheduled or running: dicts of id, jobType, agent, schedule, state, runs. With `over=True` those that are
        over, with attempts, result, message and ended instead of runs."""
        return list(self.control("GET", "jobs/over" if over else "jobs"))

    def estate(self) -> dict[str, Any]:
        """The estate, in the format of scenario files."""
        return dict(self.control("GET", "estate"))

    def expect(
        self, operation: str | None = None, path: str | None = None, *, count: int | str | None = None,
        where: dict[str, Any] | None = None, status: Any = None, rule: str | None = None, **more: Any,
    ) -> None:
        """Adds an expectation: `expect("GET", "/Agents", count="1-3")`, `expect(jobs={}, count=1)`, `expect(unmatched=0)`; `count` is 3,
        "1-3" or "3+". It is checked by `verify`, or else at the end of the test."""
        chosen = {"operation": operation and f"{operation} {path or ''}".strip(), "where": where, "status": status, "rule": rule}
        chosen = {key: value for key, value in chosen.items() if value is not None}
        if chosen and "every" in more:
            raise ValueError("every says which requests are meant; leave out " + ", ".join(chosen))
        expectation = {**({"requests": chosen} if chosen else {}), **more}
        self.expected.append({**expectation, "count": count} if count is not None else expectation)

    def verify(self) -> None:
        """Fails, with the exchanges that came nearest, unless all that was expected (else: what the scenario expects) has happened.
        A name in it that does not exist (an operation, a rule, a job type, an agent, …) raises `Refused`, with the nearest that does."""
        self._judge("verify", {})

    def await_(self, timeout: str = "5s") -> None:
        """Like `verify`, but waits until the expectations are met; the timeout is on the wall clock, at most 10m."""
        self._judge("await", {"timeout": timeout}, timeout=700)

    async def eventually(self, timeout: str = "5s") -> None:
        """`await_` for asynchronous tests: their clients continue in the meantime."""
        await asyncio.get_running_loop().run_in_executor(None, self.await_, timeout)

    def finish(self) -> None:
        """What must hold at the end of a test: what is expected has happened, also by a scenario that the test has loaded, and each rule has
        an effect."""
        if self.expected:
            self.verify()
        self.check_rules()
        if self._loaded:
            _check(self.control("POST", "verify"))

    def summary(self, last: int = 10) -> str:
        """The last exchanges, and which rules struck, for the report of a test that failed."""
        exchanges = [Exchange(each) for each in self.control("GET", f"journal?order=newest&limit={last}")["exchanges"]]
        rules = self.control("GET", "rules")
        lines = [f"{each}{': ' + each.why if each.why else ''}" for each in reversed(exchanges)] or ["no request has reached this world"]
        for rule in rules:
            struck = f"struck {rule['strikes']} of {rule['matches']}" if rule["strikes"] else "never struck"
            lines.append(f"rule {rule['name']} ({rule['operation']}) {struck}: {', '.join(rule['do']) or 'no effect'}")
        return "\n".join(lines)

    def _put(self, scenario: Scenario) -> None:
        """Replaces the scenario. A name in it that does not exist raises `Refused`, and so does whatever can never be."""
        self.control("PUT", "scenario?strict", scenario)

    def _judge(self, page: str, body: dict[str, Any], **more: Any) -> None:
        self.check_rules()
        verdict = self.control("POST", f"{page}?strict", {**body, **({"expect": self.expected} if self.expected else {})}, **more)
        self.expected = []
        _check(verdict)


def _check(verdict: dict[str, Any]) -> None:
    """Fails, with the exchanges that came nearest, unless everything is met."""
    if verdict["verdict"] != "met":
        raise AssertionError("\n".join(line for each in verdict["results"] if each["verdict"] != "met" for line in shortcoming(each)))


def _with_part(scenario: Scenario, key: str, value: Any) -> Scenario:
    """A scenario with a part that it does not have yet, or, if the value is short, with this one in place of its own."""
    if isinstance(scenario, str):
        if not scenario.lstrip().startswith("{"):
            line = f"{key}: {json.dumps(value)}"
            others = re.sub(rf"^{key}\s*:.*\n?", "", scenario, flags=re.MULTILINE)
            return others.rstrip() + f"\n{line}\n"
        scenario = json.loads(scenario)
        assert isinstance(scenario, dict)
    return {**scenario, key: value}


def _with_scripts(scenario: Scenario, scripts: list[dict[str, Any]]) -> Scenario:
    """Adds scripts to a scenario, before its own."""
    if isinstance(scenario, str):
        if re.search(r"^progress\s*:", scenario, re.MULTILINE):
            raise ValueError("this scenario has a part 'progress': write the script there, or load the scenario as a dict")
        if scenario.lstrip().startswith("{"):
            scenario = json.loads(scenario)
    own = scenario.get("progress", []) if isinstance(scenario, dict) else []
    # The scenario's own for the same job types would never be used.
    new = {script["match"]["jobType"].lower() for script in scripts}
    own = [script for script in own if str((script.get("match") or {}).get("jobType")).lower() not in new]
    return _with_part(scenario, "progress", scripts + own)
