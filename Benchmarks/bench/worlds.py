"""The cost of worlds, the journal and a scenario of typical size."""

import json

from bench.load import JOB, wrk
from bench.processes import CORE
from bench.report import Part, at_least, thousands
from bench.samples import Samples

OPERATION = "POST /OrchestratorJobs/Custom"
# Ten typical rules, none of which strikes, and expectations.
USUAL = {
    "rules": [
        {"name": "stumbles", "operation": OPERATION, "calls": "900000000+", "do": [{"refuse": "unavailable"}]},
        {"name": "another-type", "operation": OPERATION, "where": {"body.JobTypeName": "FetchLogs"}, "do": [{"break": "reset"}]},
        {"name": "another-phase", "operation": "* /**", "while": "down", "do": [{"refuse": "unavailable"}]},
        {"name": "goes-down", "operation": "GET /Status/Endpoints", "becomes": "down", "do": []},
        {"name": "later", "operation": "* /**", "window": {"from": "+5d"}, "do": [{"refuse": "unavailable"}]},
        *({"name": f"other-{n}", "operation": f"GET /Elsewhere/{n}", "do": [{"answer": {"body": []}}]} for n in range(5))],
    "expect": [
        {"requests": {"operation": OPERATION}, "count": "1+"}, {"every": {"operation": OPERATION}, "has": {"header.authorization": "present"}},
        {"unmatched": 0}]}


def per_second(rate):
    return rate.per_second


def usual(setup):
    """A job with the journal, ten rules and expectations, against bare libmicrohttpd."""
    samples, file = Samples(), setup.programs.folder / "usual.json"
    file.write_text(json.dumps(USUAL))
    contestants = {
        "C": lambda: setup.programs.reference(CORE),
        "mock, no scenario": lambda: setup.programs.mock(CORE, 1),
        "mock, ten rules, expectations": lambda: setup.programs.mock(CORE, 1, ["--scenario", file])}
    for _ in range(setup.rounds):
        for name, start in contestants.items():
            with start() as server:
                setup.bodies.check(server, JOB, is_mock=name != "C")
                samples.add(name, wrk(server, server.url(JOB), setup.bodies.files[JOB], 64, setup.seconds, CORE))
    rows = [[
        name, thousands(samples.median(name, per_second)), f"{samples.median(name, lambda rate: rate.cpu_microseconds):.1f}",
        f"{samples.ratio(name, 'C', per_second):.2f}", samples.spread(name, "C", per_second)] for name in contestants]
    return Part(
        "A job with a scenario of the usual size",
        "The journal is always on. 64 connections, server (one thread) and wrk (one thread) on one core.",
        ["server", "requests/s", "CPU µs a request", "ratio to C", "lowest–highest"], rows,
        [at_least("ten rules and expectations: ratio to C", 0.40, samples.ratio("mock, ten rules, expectations", "C", per_second))])


def worlds(setup):
    """Sends the same job to one world, and to 64 worlds in turns."""
    samples = Samples()
    for _ in range(setup.rounds):
        for count in (1, 64):
            with setup.programs.mock(CORE, 1) as server:
                setup.bodies.check(server, JOB)
                samples.add(count, wrk(server, server.url(JOB), setup.bodies.files[JOB], 64, setup.seconds, CORE, worlds=count))
    rows = [[
        count, thousands(samples.median(count, per_second)), f"{samples.median(count, lambda rate: rate.cpu_microseconds):.1f}",
        f"{samples.ratio(count, 1, per_second):.2f}", samples.spread(count, 1, per_second)] for count in (1, 64)]
    return Part(
        "Many worlds",
        "Job requests on 64 connections, each request to the next world by its path prefix; server (one thread) and wrk on one core. No slower "
        "means with a tolerance of 10 %.",
        ["worlds", "requests/s", "CPU µs a request", "ratio to one", "lowest–highest"], rows,
        [at_least("64 worlds against one", 0.9, samples.ratio(64, 1, per_second))])
