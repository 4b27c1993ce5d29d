"""The measurements, one function each, which returns one or more parts of the report.

The servers that are compared take turns, A B C A B C, in each round.
"""

import os
import subprocess
import time
from statistics import median

from bench import certificates, estate, instructions, loading, peers, rules, worlds
from bench.load import AGENTS, BOTH, JOB, SCHEDULE, Client, TLS, ask, expect, first_answer, packed, wrk
from bench.processes import CORE
from bench.report import Part, at_least, at_most, thousands
from bench.samples import Samples

CONNECTIONS = (8, 64, 128, 256)


def per_second(rate):
    return rate.per_second


def cpu(rate):
    return rate.cpu_microseconds


def rounds_against_reference(setup, rounds, seconds, connections, core, threads):
    """Uses a fresh server for every number: a mock with a million jobs behaves differently."""
    samples = Samples()
    for _ in range(rounds):
        for count in connections:
            for path in (None, JOB, SCHEDULE):
                sent = path or JOB
                start = setup.programs.mock(core, threads) if path else setup.programs.reference(core)
                with start as server:
                    setup.bodies.check(server, sent, is_mock=path is not None)
                    rate = wrk(server, server.url(sent), setup.bodies.files[sent], count, seconds, core)
                samples.add((path, count), rate)
    return samples


def reference_table(samples, connections):
    rows = []
    for count in connections:
        reference = (None, count)
        rows.append([count, "C", thousands(samples.median(reference, per_second)), f"{samples.median(reference, cpu):.1f}", "1.00", ""])
        for name, path in BOTH:
            key = (path, count)
            rows.append([
                count, f"mock, {name}", thousands(samples.median(key, per_second)), f"{samples.median(key, cpu):.1f}",
                f"{samples.ratio(key, reference, per_second):.2f}", samples.spread(key, reference, per_second)])
    return rows


REFERENCE_HEADER = ["connections", "server", "requests/s", "CPU µs a request", "ratio to C", "lowest–highest"]


def no_slower(samples, name, path, count):
    """Whether more connections slow the mock down by more than 10 % compared with the C server and wrk."""
    mock, reference = samples.steps((path, count), (path, 64)), samples.steps((None, count), (None, 64))
    relative = median(a / b for a, b in zip(mock, reference, strict=True))
    gate = at_least(f"{count} connections against 64, {name}", 0.9, relative)
    gate.measured += f" (mock {median(mock):.2f}, C {median(reference):.2f})"
    return gate


def same_core(setup):
    samples = rounds_against_reference(setup, setup.rounds, setup.seconds, CONNECTIONS, CORE, 1)
    gates = []
    for name, path in BOTH:
        gates.append(at_least(f"64 connections, {name}: ratio to C", 0.45, samples.ratio((path, 64), (None, 64), per_second)))
        gates += [no_slower(samples, name, path, count) for count in (128, 256)]
    return Part(
        "Requests against bare libmicrohttpd, on one core",
        "Server (one thread) and wrk (one thread) share a core, so that no wake-ups between cores affect the result. Keep-alive. "
        "128 and 256 connections must be no slower than 64, with a tolerance of 10 %, which is how much rounds differ; the cost of more "
        "connections for the C server and wrk on that core is factored out.",
        REFERENCE_HEADER, reference_table(samples, CONNECTIONS), gates)


def free_placement(setup):
    connections = (64,) if setup.quick else (64, 256)
    samples = rounds_against_reference(setup, setup.rounds, 1, connections, None, None)
    return Part(
        "The same, placed by the kernel, with the default number of threads",
        "For information: on a virtual machine the rate switches between two levels, depending on where the kernel puts server and client. "
        "The mock has one thread per core here, the C server a single thread.",
        REFERENCE_HEADER, reference_table(samples, connections), [])


def growth(setup):
    """Sends the same job to one server repeatedly: what do the requests around the n-th cost?"""
    samples, marks, width = Samples(), (1_000, 10_000, 100_000), 1_000
    request = packed("POST", JOB, setup.bodies.texts[JOB])
    anywhere = os.sched_getaffinity(0)
    for _ in range(setup.growth_rounds):
        with setup.programs.mock(CORE, 1) as server:
            setup.bodies.check(server, JOB)
            client, sent = Client(server, request, 50), 0
            # On the server's core, responses never interrupt the client while it sends, so each batch costs the server the same.
            os.sched_setaffinity(0, {CORE})
            try:
                for mark in marks:
                    client.send(mark - width // 2 - sent)
                    used, began = server.cpu_seconds(), time.perf_counter()
                    client.send(width)
                    samples.add(("cpu", mark), (server.cpu_seconds() - used) / width * 1e6)
                    samples.add(("rate", mark), width / (time.perf_counter() - began))
                    samples.add(("rss", mark), server.resident_mib())
                    sent = mark + width // 2
            finally:
                os.sched_setaffinity(0, anywhere)
                client.close()
    rows = [[
        thousands(mark), f"{samples.median(('cpu', mark)):.2f}", f"{samples.ratio(('cpu', mark), ('cpu', marks[0])):.2f}",
        thousands(samples.median(("rate", mark))), f"{samples.median(('rss', mark)):.0f}"] for mark in marks]
    return Part(
        "Growth: what a job costs when there are many",
        f"{setup.growth_rounds} fresh servers receive jobs in batches of 50, one per connection, from a client on the same core. Measured is the "
        f"server's CPU time for the {thousands(width)} jobs around each mark. Requests/s depend on the slow client as much as on the server.",
        ["jobs in the world", "CPU µs a job", "to the 1,000th", "requests/s", "RSS MiB"], rows,
        [at_most("cost of the 100,000th job against the 1,000th", 1.2, samples.ratio(("cpu", marks[-1]), ("cpu", marks[0])))])


TRIED_AT_START = (
    "Counted by callgrind until the server is ready, a start took 246 million instructions of the release build and 520 of the debug build "
    "while it wrote the schema of scenarios for a help text and had the argument parser look at its own types; without both it took 79 and "
    "139, and the debug build 95 once it made no models that nobody had asked for. In turns on a busy machine the release build was ready "
    "after 0.4 of the time, with 0.4 of the CPU, and its first HTTPS answer took 5.2 times as long as C's instead of 8.3 times. With the "
    "functions of a start side by side, 16.8 MiB are resident instead of 21.7, of which 6.0 instead of 11.0 are code.")


def start(setup):
    """The time from exec to the first complete response, as a test's setup sees it."""
    samples = Samples()
    get = packed("GET", AGENTS)
    contestants = (
        ("C, HTTP", setup.programs.reference, "http", 204),
        ("mock, HTTP alone", lambda: setup.programs.mock(options=["--no-https"]), "http", 200),
        ("mock, HTTP and HTTPS, CA made at start", setup.programs.mock, "https", 200))
    for _ in range(setup.starts):
        for name, launch, scheme, status in contestants:
            began = time.perf_counter()
            with launch() as server:
                first_answer(server.ports[scheme], get, status, TLS if scheme == "https" else None)
                samples.add((name, "ms"), (time.perf_counter() - began) * 1000)
                time.sleep(0.1)
                samples.add((name, "rss"), server.resident_mib())
        for name, command in (("true", ["true"]), ("exec -- true", [setup.programs.mock_binary, "exec", "--", "true"])):
            began = time.perf_counter()
            subprocess.run(command, check=True)
            samples.add((name, "ms"), (time.perf_counter() - began) * 1000)

    def times(name):
        seen = samples.seen[name, "ms"]
        return [name, f"{samples.median((name, 'ms')):.1f}", f"{min(seen):.1f}–{max(seen):.1f}"]

    rows = [[*times(name), f"{samples.median((name, 'rss')):.1f}"] for name, *_ in contestants]
    rows += [[*times(name), ""] for name in ("true", "exec -- true")]
    served = contestants[-1][0]
    more = median(a - b for a, b in zip(samples.seen["exec -- true", "ms"], samples.seen["true", "ms"]))
    return Part(
        "Start",
        f"Time from before fork and exec to the end of the first response; {setup.starts} starts each, with default options. The client "
        "initializes TLS in advance, waits for the ready line, then connects and sends one request: polling would take processor time from the "
        "server. RSS is VmRSS 0.1 s later. Of the last two, the time is that until they have ended. " + TRIED_AT_START,
        ["server", "ms to the first answer", "lowest–highest", "RSS MiB"], rows,
        [at_most("first HTTPS answer, times as long as C", 3, samples.ratio((served, "ms"), ("C, HTTP", "ms"))),
         at_most("exec -- true, ms more than true", 8, more),
         at_most("idle RSS, MiB", 16, samples.median((served, "rss")))])


def keep_alive_over_tls(setup):
    samples = Samples()
    for _ in range(setup.rounds):
        for path in (JOB, SCHEDULE):
            for scheme in ("http", "https"):
                with setup.programs.mock(CORE, 1) as server:
                    setup.bodies.check(server, path, scheme)
                    samples.add((path, scheme), wrk(server, server.url(path, scheme), setup.bodies.files[path], 64, setup.seconds, CORE))
    rows, gates = [], []
    for name, path in BOTH:
        for scheme in ("http", "https"):
            key = (path, scheme)
            rows.append([
                f"{scheme.upper()}, {name}", thousands(samples.median(key, per_second)), f"{samples.median(key, cpu):.1f}",
                f"{samples.ratio(key, (path, 'http'), per_second):.2f}"])
        gates.append(at_least(f"HTTPS against HTTP, {name}", 0.6, samples.ratio((path, "https"), (path, "http"), per_second)))
    return Part(
        "HTTPS with keep-alive against HTTP",
        "64 connections; server (one thread) and wrk (one thread) share a core, so wrk's TLS is included in the rate.",
        ["mock", "requests/s", "CPU µs a request", "ratio to HTTP"], rows, gates)


def new_tls_connections(setup):
    samples = Samples()
    others = os.sched_getaffinity(0) - {CORE}
    contestants = (("mock", lambda: setup.programs.mock(CORE, 1)), ("nginx", lambda: setup.programs.nginx(CORE)))
    for _ in range(setup.rounds):
        for name, launch in contestants:
            with launch() as server:
                check_over_tls(setup, server)
                url, file = server.url(SCHEDULE, "https"), setup.bodies.files[SCHEDULE]
                samples.add(name, wrk(server, url, file, 16, setup.seconds, min(others, default=None), closes=True))
    rows = [[
        name, thousands(samples.median(name, per_second)), f"{samples.median(name, cpu):.0f}",
        f"{samples.ratio(name, 'nginx', per_second):.2f}"] for name, _ in contestants]
    return Part(
        "New TLS connections",
        "One request per connection (`Connection: close`), 16 concurrent, TLS 1.3, P-256, no resumption; the server (one thread) has one core, "
        "wrk another. nginx, with one process, uses `return 204`.",
        ["server", "connections/s", "CPU µs a connection", "ratio to nginx"], rows, [])


def check_over_tls(setup, server):
    answer = ask(server, "https", "POST", SCHEDULE, setup.bodies.texts[SCHEDULE])
    expect(answer == (204, b""), f"POST {SCHEDULE} over TLS", answer)


TRIED_FOR_SIZE = (
    "A section for each function, so that the linker leaves out those that nothing calls, took 6.3 % off; one function in place of all that "
    "are the same, another 7.7 %. Tried and not kept: lld's own -O2, which took nothing off, and clang's flags against unwind tables, which "
    "do nothing to Swift's code. A fifth of the code is Swift's standard library, a sixth FoundationEssentials and its collections, and both "
    "stay whole, because their metadata refers to all of it.")


def size(setup):
    binary, stripped = setup.programs.mock_binary, setup.programs.folder / "stripped"
    subprocess.run(["strip", "-o", stripped, binary], check=True)
    megabytes = {name: file.stat().st_size / 1e6 for name, file in (("as built", binary), ("stripped", stripped))}
    return Part(
        "Size of the binary", "The release build with Swift's standard library linked in. MB are 10⁶ bytes. " + TRIED_FOR_SIZE, ["binary", "MB"],
        [[name, f"{value:.1f}"] for name, value in megabytes.items()],
        [at_most("MB, static and stripped", 18, megabytes["stripped"])])


ALL = (
    instructions.instructions, same_core, free_placement, growth, loading.load, estate.lookups, certificates.certificates, rules.rules,
    worlds.usual, worlds.worlds, start, keep_alive_over_tls, new_tls_connections, peers.peers, size)
