"""The cost of certificates: to load many, to search them, to enroll, and what enrollment costs others."""

import json
import subprocess
import threading
import time
from statistics import median

from bench.load import AGENTS, HEADERS, Client, expect, packed
from bench.loading import MANY, MIB, filtered, scenario, total
from bench.processes import CORE
from bench.report import Part, at_least, at_most, thousands
from bench.samples import Samples

CERTIFICATES, CSR, PFX = "/KeyfactorAPI/Certificates", "/KeyfactorAPI/Enrollment/CSR", "/KeyfactorAPI/Enrollment/PFX"
COUNTED = f"estate:\n  certificates:\n    - {{ subject: 'CN=host-{{n}}', count: {MANY} }}\n"
FILTERS = (('IssuedCN -contains "zzz"', 0), ("KeySize -eq 7", 0))
CLIENTS = 64


def certificates(setup):
    return loading(setup), enrolling(setup)


def loading(setup):
    """The time to load many certificates, the memory that they take, and how quickly they are searched."""
    samples, first = Samples(), packed("GET", f"{CERTIFICATES}?ReturnLimit=1")
    for _ in range(setup.loads):
        for name, options in (("small", []), ("many", scenario(setup, "certificates", COUNTED))):
            began = time.perf_counter()
            with setup.programs.mock(CORE, options=options) as server:
                client = Client(server, first, 1)
                (head, _), = client.exchange([first])
                samples.add((name, "s"), time.perf_counter() - began)
                time.sleep(0.1)
                samples.add((name, "rss"), server.resident_mib())
                if name == "many":
                    count = total(head)
                    expect(count >= MANY, "GET Certificates", (count, head))
                    for query, found in FILTERS:
                        used = server.cpu_seconds()
                        answers = client.exchange([packed("GET", filtered(CERTIFICATES, query))] * 3)
                        samples.add(query, count * 3 / (server.cpu_seconds() - used) / 1e6)
                        expect(all(total(head) == found for head, _ in answers), query, answers[0])
                client.close()
    held = median((many - few) * MIB / 1000 / MANY for many, few in zip(samples.seen["many", "rss"], samples.seen["small", "rss"]))
    seconds = samples.median(("many", "s"))
    rows = [["s to the first answer", f"{seconds:.2f}"], ["KB a certificate", f"{held:.2f}"]]
    rows += [[f"million rows a second, `{query}`", f"{samples.median(query):.2f}"] for query, _ in FILTERS]
    gates = [at_most(f"s to load {thousands(MANY)} certificates", 2, seconds), at_most("KB held a certificate", 4, held)]
    gates += [at_least(f"million rows a second, {query}", 2, samples.median(query)) for query, _ in FILTERS]
    return Part(
        f"{thousands(MANY)} certificates",
        f"By `count` in a scenario; {setup.loads} starts. Measured as stores are, see the parts about a large estate. Rows are searched without an "
        "index, and the rate is for the server's CPU time.",
        ["", "measured"], rows, gates)


def certificate_request(setup):
    file = setup.programs.folder / "request.pem"
    subprocess.run(
        ["openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "/dev/null", "-subj", "/CN=shop.example.com", "-out", file],
        check=True, capture_output=True)
    return file.read_text()


def enrollment(path, body, form):
    return packed("POST", path, json.dumps({"Template": "WebServer-1y", **body}).encode(), {**HEADERS, "x-certificateformat": form})


def pfx(kind):
    return enrollment(PFX, {"Subject": "CN=shop.example.com", "Password": "secret-of-12", **kind}, "PFX")


def enrolling(setup):
    """How many enrollments a second of CPU are possible, and how long others wait meanwhile."""
    elliptic, rsa = pfx({"KeyType": "ECC", "KeyLength": 256}), pfx({"KeyType": "RSA", "KeyLength": 2048})
    kinds = (
        ("CSR, RSA 2048", enrollment(CSR, {"CSR": certificate_request(setup)}, "PEM"), 200), ("PFX, EC P-256", elliptic, 40),
        ("PFX, RSA 2048", rsa, 10))
    samples = Samples()
    for _ in range(setup.rounds):
        with setup.programs.mock(CORE, 1) as server:
            client = Client(server, None, 1)
            for name, request, count in kinds:
                client.exchange([request])
                used = server.cpu_seconds()
                client.exchange([request] * count)
                samples.add(name, count / (server.cpu_seconds() - used))
            client.close()
        samples.add("others", waiting(setup, elliptic))
    rows = [[f"{name}: enrollments a second of CPU", f"{samples.median(name):,.0f}"] for name, *_ in kinds]
    rows.append([f"ms, p99 of GET Agents while {CLIENTS} clients enroll", f"{samples.median('others'):.1f}"])
    return Part(
        "Enrollment",
        f"{setup.rounds} fresh servers with one thread on one core. Then {CLIENTS} clients enroll for a PFX with an EC key at once, again and again for "
        "a second, while one other client gets the agents, on a server with the default number of threads.",
        ["", "measured"], rows, [at_most("ms, p99 of others while 64 enroll", 10, samples.median("others"))])


def waiting(setup, request):
    """The 99th percentile of how long another client waits, in ms."""
    with setup.programs.mock() as server:
        stop, times = threading.Event(), []

        def enroll():
            client = Client(server, None, CLIENTS)
            while not stop.is_set():
                client.exchange([request] * CLIENTS)
            client.close()

        crowd, other, get = threading.Thread(target=enroll), Client(server, None, 1), packed("GET", AGENTS)
        other.exchange([get])
        crowd.start()
        until = time.monotonic() + 1
        while time.monotonic() < until or len(times) < 100:
            began = time.perf_counter()
            other.exchange([get])
            times.append((time.perf_counter() - began) * 1000)
        stop.set()
        crowd.join()
        other.close()
    return sorted(times)[len(times) * 99 // 100]
