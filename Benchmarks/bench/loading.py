"""Estates with many stores, and the cost of loading them."""

import re
import time
from statistics import median
from urllib.parse import quote

from bench.load import STORES, Client, expect, packed
from bench.report import Part, at_most, thousands
from bench.samples import Samples

FEW, MANY = 100, 100_000
MIB = 1 << 20
# One in this many stores has another type and is not approved: few rows for a filter to find.
RARE = 10_000
# Jobs run and do not end: each is in the list of scheduled jobs and has an entry in the history.
PROGRESS = "progress:\n  - steps: [ { state: InProcess, until: told } ]\n"


def counted(count):
    """A scenario in which one item creates many stores."""
    return f"estate:\n  certificateStores:\n    - {{ machine: m, path: /p, agent: uo-1, count: {count} }}\n"


def separate(count):
    """A scenario with one item for each store, each on a different machine."""
    lines = []
    for number in range(1, count + 1):
        other = "PEM, approved: false" if number % RARE == 0 else "JKS"
        lines.append(f"    - {{ machine: host-{number}, path: /p, agent: uo-1, type: {other} }}\n")
    return "estate:\n  certificateStores:\n" + "".join(lines) + PROGRESS


def scenario(setup, name, text):
    """The options that give a server this estate."""
    file = setup.programs.folder / f"{name}.yaml"
    file.write_text(text)
    return ["--scenario", file]


def total(head):
    """The total number of matching rows, from the headers of a response."""
    found = re.search(rb"(?i)\r\nx-total-count: (\d+)", head)
    return int(found[1]) if found else None


def filtered(path, query):
    return f"{path}?QueryString={quote(query)}"


def load(setup):
    """The time from exec to the first response, and the memory used then, compared with the built-in estate."""
    samples, first = Samples(), packed("GET", filtered(STORES, 'ClientMachine -eq "web-1"'))
    contestants = (
        ("the small estate", scenario(setup, "small", PROGRESS), 1),
        (f"{thousands(MANY)} stores by `count`", scenario(setup, "counted", counted(MANY)), MANY + 1),
        (f"{thousands(MANY)} stores, an item each", scenario(setup, "separate", separate(MANY)), MANY + 1))
    for _ in range(setup.loads):
        for name, options, count in contestants:
            began = time.perf_counter()
            with setup.programs.mock(options=options) as server:
                client = Client(server, first, 1)
                (head, _), = client.exchange([first])
                samples.add((name, "s"), time.perf_counter() - began)
                time.sleep(0.1)
                samples.add((name, "rss"), server.resident_mib())
                (all_head, _), = client.exchange([packed("GET", f"{STORES}?ReturnLimit=1")])
                client.close()
                expect(total(head) == 1 and total(all_head) == count, f"{name}: stores", (total(all_head), head))
    small = contestants[0][0]
    rows, gates = [], []
    for name, *_ in contestants:
        held = [(a - b) * MIB / 1000 / MANY for a, b in zip(samples.seen[name, "rss"], samples.seen[small, "rss"])]
        seconds, held = samples.seen[name, "s"], median(held)
        rows.append([
            name, f"{samples.median((name, 's')):.2f}", f"{min(seconds):.2f}–{max(seconds):.2f}",
            f"{samples.median((name, 'rss')):.1f}", "" if name == small else f"{held:.2f}"])
        if name != small:
            gates.append(at_most(f"s to load {name}", 1, samples.median((name, "s"))))
            gates.append(at_most(f"KB held a store, {name}", 1, held))
    return Part(
        "A large estate: loading it",
        f"Time from before fork and exec to the end of the first response, over HTTP; {setup.loads} alternating starts each. RSS is VmRSS 0.1 s "
        "later; the size of a store is the difference to the small estate, divided by the number of stores; KB are 10³ bytes.",
        ["scenario", "s to the first answer", "lowest–highest", "RSS MiB", "KB a store"], rows, gates)
