"""Compares the mock with other test servers: Flask stubs, moto's server, and nginx, which keeps no state."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bench.load import BOTH, HEADERS, HERE, JOB, SCHEDULE, ask, expect, first_answer, packed, wrk
from bench.processes import CORE, Failure, Server, free_port
from bench.report import Gate, Part, at_least, thousands
from bench.samples import Samples

CONNECTIONS = (1, 8, 64)
# How many job requests are sent, one by one, to measure the memory they use: every server handles them in seconds.
ORDERS = 1_000
INSTALL_SECONDS = 300
REQUIREMENTS = HERE / "requirements-peers.txt"
JOB_NAME = BOTH[0][0]


@dataclass(frozen=True)
class Post:
    """A request; `check` sends it once and checks the response."""

    path: str
    body: bytes
    status: int
    check: Callable[[Server], None]
    headers: dict


@dataclass(frozen=True)
class Contestant:
    """A server, its first requests, and the measured requests by name."""

    name: str
    launch: Callable[[], Server]
    first: tuple
    posts: dict
    keeps_state: bool = True

    def prepare(self, server):
        """Waits for the first response, and sends the other preparatory requests."""
        head, *others = self.first
        request = packed("POST", head.path, head.body, head.headers)
        first_answer(server.ports["http"], request, head.status, is_tls=False)
        for post in others:
            post.check(server)


def contestants(setup):
    """The servers; the mock, with which the others are compared, comes first."""
    programs, bodies, tools = setup.programs, setup.bodies, environment()
    statuses = {JOB: 200, SCHEDULE: 204}
    commands = {path: Post(path, bodies.texts[path], status, partial(bodies.check, path=path), HEADERS) for path, status in statuses.items()}
    posts, first = {name: commands[path] for name, path in BOTH}, (commands[SCHEDULE],)
    with programs.mock() as server:
        job = ask(server, "http", "POST", JOB, bodies.texts[JOB])[1].decode()
    variables = {
        **os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(HERE), "STUB_AGENT": bodies.agent,
        "STUB_STORE": json.loads(bodies.texts[SCHEDULE])["StoreIds"][0]}

    def python(tool, *options):
        port = free_port()
        return Server([tools / tool, *(str(option).format(port=port) for option in options)], CORE, {"http": port}, variables)

    return (
        Contestant("mock", lambda: programs.mock(CORE, 1), first, posts),
        Contestant("nginx", lambda: programs.nginx(CORE, JOB, job), first, posts, keeps_state=False),
        Contestant(
            "Flask, gunicorn", lambda: python("gunicorn", "-b", "127.0.0.1:{port}", "-w", 1, "-k", "gthread", "--threads", 4, "stub:app"),
            first, posts),
        Contestant("Flask, its own server", lambda: python("flask", "--app", "stub", "run", "-p", "{port}"), first, posts),
        moto(lambda: python("moto_server", "-H", "127.0.0.1", "-p", "{port}")))


def moto(launch):
    """CloudWatch Logs' PutLogEvents: the fastest of moto's POSTs that store something."""
    where = {"logGroupName": "g", "logStreamName": "s"}
    event = {"timestamp": int(time.time() * 1000), "message": json.loads((HERE / "custom-job.json").read_text())["JobFields"]["ParamText"]}

    def post(operation, body, good):
        headers = {
            "Authorization": "AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/logs/aws4_request, SignedHeaders=host, Signature=0",
            "X-Amz-Target": f"Logs_20140328.{operation}", "Content-Type": "application/x-amz-json-1.1"}
        data = json.dumps(body).encode()

        def check(server):
            answer = ask(server, "http", "POST", "/", data, headers)
            expect(answer[0] == 200 and re.fullmatch(good, answer[1]), f"moto, {operation}", answer)
        return Post("/", data, 200, check, headers)

    return Contestant(
        "moto", launch,
        (post("CreateLogGroup", {"logGroupName": "g"}, rb"(\{\})?"), post("CreateLogStream", where, rb"(\{\})?")),
        {"puts a log event": post("PutLogEvents", {**where, "logEvents": [event]}, rb'\{"nextSequenceToken": "\d{56}"\}')})


def environment():
    """The folder of the peers' programs; installs them unless the right versions are installed."""
    folder = HERE.parent / ".build" / "peers"
    installed, wanted = folder / "installed", REQUIREMENTS.read_text()
    if not installed.exists() or installed.read_text() != wanted:
        print(f"installing {', '.join(wanted.split())} in {folder}", file=sys.stderr)
        pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", REQUIREMENTS]
        for command in ([sys.executable, "-m", "venv", "--clear", folder], pip):
            if subprocess.run(command, timeout=INSTALL_SECONDS, stdout=sys.stderr).returncode != 0:
                raise Failure(f"cannot install {REQUIREMENTS} in {folder}")
        installed.write_text(wanted)
    return folder / "bin"


def versions():
    wanted = [line.replace("==", " ") for line in REQUIREMENTS.read_text().split()]
    return ", ".join([*wanted, f"Python {sys.version.split()[0]}"])


def peers(setup):
    """Rates and latencies of the mock and its peers; then startup times and memory."""
    those = contestants(setup)
    for contestant in those:  # loads their files into the page cache
        with contestant.launch() as server:
            contestant.prepare(server)
    return [requests(setup, those), starts(setup, those)]


def requests(setup, those):
    """Every server's rate and latency, with few and with many connections, because some do not support many."""
    samples = Samples()
    for _ in range(setup.rounds):
        for count in CONNECTIONS:
            for contestant in those:
                for what, post in contestant.posts.items():
                    with contestant.launch() as server:
                        contestant.prepare(server)
                        post.check(server)
                        url, file = server.url(post.path), setup.programs.folder / "peers-body"
                        file.write_bytes(post.body)
                        rate = wrk(server, url, file, count, 1, CORE, headers=post.headers)
                        rate.resident_mib = server.resident_mib()
                        post.check(server)
                    samples.add((contestant.name, what, count), rate)
    return Part(
        "Peers: requests",
        f"The mock (one thread) and other servers, over HTTP; server and wrk (one thread) share a core. {setup.rounds} rounds; each "
        "number comes from a fresh server and one second of load. Every server is started once in advance. The complete response is "
        "checked before and after the load. The stub (`Benchmarks/stub.py`) has one agent, one store and one job type, and handles "
        "both requests from memory: under gunicorn with one worker of four threads, which keeps connections open, and under Flask's "
        "own server. moto gets PutLogEvents with a message as long as a job's `ParamText`, compared with the more expensive of the "
        "mock's requests, a job. nginx, with one process, keeps no state: it sends 204, and for a job the bytes of a response of the "
        "mock. Latency is wrk's, from sending to the end of the response; a stall counts once for each request that it delayed. "
        "Connecting, which moto and Flask's own server require for each request, is not included. RSS after a second of load is for "
        "information: it grows with the stored data, so faster servers use more; the section below compares it for the same number of "
        f"requests. {versions()}.",
        ["connections", "server", "request", "requests/s", "mock's to it", "lowest–highest", "p50 ms", "p99 ms", "CPU µs", "RSS MiB after"],
        [request_row(samples, contestant.name, what, count) for count in CONNECTIONS for contestant in those for what in contestant.posts],
        request_gates(samples, those))


def mock_beside(what, count):
    """The mock's samples that these are compared with."""
    return ("mock", what if what in dict(BOTH) else JOB_NAME, count)


def request_row(samples, name, what, count):
    key, mock = (name, what, count), mock_beside(what, count)
    own = name == "mock"
    return [
        count, name, what, thousands(samples.median(key, per_second)), "" if own else f"{samples.ratio(mock, key, per_second):.2f}",
        "" if own else samples.spread(mock, key, per_second), f"{samples.median(key, lambda rate: rate.p50):.3f}",
        f"{samples.median(key, lambda rate: rate.p99):.3f}", f"{samples.median(key, lambda rate: rate.cpu_microseconds):.0f}",
        f"{samples.median(key, lambda rate: rate.resident_mib):.0f}"]


def per_second(rate):
    return rate.per_second


def ahead(name, what, times):
    """How many times better the mock is, in the worst of the compared cases."""
    return Gate(f"times ahead of {name}: {what}", "> 1", f"{min(times):.2f}", min(times) > 1)


def request_gates(samples, those):
    gates = []
    for peer in those[1:]:
        keys = [((peer.name, what, count), mock_beside(what, count)) for what in peer.posts for count in CONNECTIONS]
        if peer.keeps_state:
            gates.append(ahead(peer.name, "requests/s", [samples.ratio(mock, key, per_second) for key, mock in keys]))
            for field in ("p50", "p99"):
                gates.append(ahead(peer.name, field, [samples.ratio(key, mock, lambda rate: getattr(rate, field)) for key, mock in keys]))
        else:
            for what in peer.posts:
                times = [samples.ratio(mock, key, per_second) for key, mock in keys if key[1] == what]
                gate = at_least(f"rate to that of {peer.name}, {what}", 1 / 3, min(times))
                gate.bound = "≥ 1/3"
                gates.append(gate)
    return gates


def starts(setup, those):
    """Startup as a test's setup sees it; then the same number of job requests to each server."""
    samples = Samples()
    for _ in range(setup.rounds):
        for contestant in those:
            began = time.perf_counter()
            with contestant.launch() as server:
                contestant.prepare(server)
                samples.add((contestant.name, "ms"), (time.perf_counter() - began) * 1000)
                time.sleep(0.1)
                samples.add((contestant.name, "idle"), server.resident_mib())
                order = next(iter(contestant.posts.values()))
                for _ in range(ORDERS):
                    order.check(server)
                samples.add((contestant.name, "loaded"), server.resident_mib())
    fields = {"ms": "exec to the first answer", "idle": "RSS, idle", "loaded": f"RSS after {ORDERS:,} orders"}
    return Part(
        "Peers: start and memory",
        f"Time from before fork and exec to the end of the first response over HTTP; {setup.rounds} alternating starts each. The mock "
        "has its default options except for one thread, so it also creates a CA and serves HTTPS. It reports when it is ready; the "
        f"others are polled every millisecond. RSS is read 0.1 s later, and again after {ORDERS:,} job requests, one after another, "
        "each on its own connection and with its response checked; moto gets the same number of log events. gunicorn's two processes "
        "are counted with their Pss.",
        ["server", "ms to the first answer", "lowest–highest", "RSS MiB, idle", f"RSS MiB, {ORDERS:,} orders"],
        [[contestant.name, f"{samples.median((contestant.name, 'ms')):.1f}", lowest_highest(samples.seen[contestant.name, "ms"]),
          f"{samples.median((contestant.name, 'idle')):.1f}", f"{samples.median((contestant.name, 'loaded')):.1f}"] for contestant in those],
        [ahead(peer.name, what, [samples.ratio((peer.name, field), ("mock", field))])
         for peer in those[1:] if peer.keeps_state for field, what in fields.items()])


def lowest_highest(values):
    return f"{min(values):.1f}–{max(values):.1f}"
