"""The cost of rules for requests that they do not strike."""

import json

from bench.load import JOB, wrk
from bench.processes import CORE
from bench.report import Part, at_most, thousands
from bench.samples import Samples

MANY, STEP = 1_000, 100
OPERATION = "POST /OrchestratorJobs/Custom"
# Supported operations other than the measured one; the other rules use paths that the mock does not know.
SERVED = (
    "GET /Agents", "GET /Agents/{id}", "POST /Agents/Approve", "POST /Agents/Disapprove", "GET /CertificateStores", "GET /JobTypes/Custom",
    "GET /CertificateStores/{id}", "POST /CertificateStores/Schedule", "GET /OrchestratorJobs/JobHistory", "GET /Status/Endpoints")


def elsewhere(count):
    operations = [*SERVED, *(f"GET /Elsewhere/{number}" for number in range(count - len(SERVED)))]
    return [{"name": f"r{n}", "operation": operation, "do": [{"answer": {"body": []}}]} for n, operation in enumerate(operations)]


def counted(count):
    """Rules that match and count every request, but are never due."""
    return [{"name": f"r{n}", "operation": OPERATION, "calls": "900000000+", "do": [{"refuse": "unavailable"}]} for n in range(count)]


def compared(count):
    """Rules that read the body and require a different value."""
    return [
        {"name": f"r{n}", "operation": OPERATION, "where": {"body.JobTypeName": f"Other{n}"}, "do": [{"refuse": "unavailable"}]}
        for n in range(count)]


CONTESTANTS = (
    ("no rules", []), ("200 rules on other operations", elsewhere(200)), (f"{MANY:,} rules that count it", counted(MANY)),
    (f"{MANY:,} rules that look into its body", compared(MANY)))


def rules(setup):
    """Sends the same job to one server after another, each with its own rules."""
    samples = Samples()
    options = {name: [] for name, _ in CONTESTANTS}
    for number, (name, listed) in enumerate(CONTESTANTS[1:]):
        file = setup.programs.folder / f"rules-{number}.json"
        file.write_text(json.dumps({"rules": listed}))
        options[name] = ["--scenario", file]
    for _ in range(setup.growth_rounds):
        for name, _ in CONTESTANTS:
            with setup.programs.mock(CORE, 1, options[name]) as server:
                setup.bodies.check(server, JOB)
                samples.add(name, wrk(server, server.url(JOB), setup.bodies.files[JOB], 64, setup.seconds, CORE))
    cpu, bare = lambda rate: rate.cpu_microseconds, CONTESTANTS[0][0]
    rows, more = [], {}
    for name, listed in CONTESTANTS:
        more[name] = (samples.median(name, cpu) - samples.median(bare, cpu)) / max(1, len(listed)) * STEP
        rows.append([
            name, thousands(samples.median(name, lambda rate: rate.per_second)), f"{samples.median(name, cpu):.2f}",
            f"{samples.ratio(name, bare, cpu):.2f}", f"{more[name]:.2f}"])
    others = CONTESTANTS[1][0]
    gates = [at_most(f"CPU with {others} against none", 1.1, samples.ratio(others, bare, cpu))]
    gates += [at_most(f"µs more for {STEP} of {name}", 3, more[name]) for name, _ in CONTESTANTS[2:]]
    return Part(
        "Rules that do not strike",
        f"Job requests on 64 connections; server (one thread) and wrk (one thread) share a core; {setup.growth_rounds} rounds, fresh servers.",
        ["scenario", "requests/s", "CPU µs a request", "CPU to no rules", f"µs more for {STEP} rules"], rows, gates)
