"""The instructions of a request, counted by valgrind: unlike times, they are the same on every machine and in every run."""

import json
import os
import re
import socket
import subprocess
from contextlib import contextmanager
from pathlib import Path

from bench.certificates import CSR, certificate_request, enrollment
from bench.load import AGENTS, JOB, SCHEDULE, STORES, expect, packed, read_answer
from bench.processes import Failure, Server
from bench.report import Gate, Part, thousands
from bench.worlds import USUAL

PAGE = 50
# Requests before the count begins, so that everything that happens once has happened, and requests that are counted.
WARM, COUNTED = 200, 1_000
FEW = 40  # of what takes long
# Hashes must not differ from run to run, and reading a binary's symbols must not be counted.
ENVIRONMENT = {**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"}
ESTATE = f"estate:\n  certificateStores:\n    - {{ machine: m, path: /p, agent: uo-1, count: {PAGE} }}\n"


class Counted(Server):
    """A server under valgrind that counts its instructions in user space, those of all threads."""

    def __init__(self, command, folder):
        self.folder = folder
        super().__init__(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/callgrind", "--dump-line=no", *command], environment=ENVIRONMENT)

    def tell(self, order):
        subprocess.run(["vgdb", f"--pid={self.process.pid}", *order.split()], check=True, capture_output=True, timeout=60)

    def count(self, requests, status):
        """Sends requests one at a time on one connection. Returns the instructions of one, and the file with all of them."""
        warm, counted = requests
        with socket.create_connection(("127.0.0.1", self.ports["http"]), 60) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for request in warm:
                connection.sendall(request)
                read_answer(connection, status)
            self.tell("zero")
            for request in counted:
                connection.sendall(request)
                read_answer(connection, status)
            before = set(self.folder.glob("callgrind.*"))
            self.tell("dump")
        (file,) = set(self.folder.glob("callgrind.*")) - before
        total = re.search(r"^(?:totals|summary): (\d+)", file.read_text(), re.MULTILINE)
        if not total:
            raise Failure(f"{file} has no total")
        return int(total[1]) / len(counted), file


@contextmanager
def server(setup, *command):
    folder = Path(setup.programs.folder) / "counted"
    folder.mkdir(exist_ok=True)
    for file in folder.glob("callgrind*"):
        file.unlink()
    with Counted(command, folder) as started:
        yield started


def mock(setup, *options):
    # Valgrind reads the names of functions, and gives up at the other things that Swift says about them.
    binary = setup.programs.folder / "without-debugging-information"
    if not binary.exists():
        subprocess.run(["strip", "--strip-debug", "-o", binary, setup.programs.mock_binary], check=True)
    return server(setup, binary, "serve", "--http-port", 0, "--no-https", "--threads", 1, *options)


def reading(setup, server, path):
    """The answer to a GET, as JSON."""
    with socket.create_connection(("127.0.0.1", server.ports["http"]), 60) as connection:
        connection.sendall(packed("GET", path))
        return json.loads(read_answer(connection, 200)[1])


def kinds(setup, server):
    """Name, most instructions, request, status and number of each request to the small estate."""
    store = reading(setup, server, STORES)[0]["Id"]
    return (
        ("POST OrchestratorJobs/Custom", 60_000, packed("POST", JOB, setup.bodies.texts[JOB]), 200, COUNTED),
        ("POST CertificateStores/Schedule", 57_000, packed("POST", SCHEDULE, setup.bodies.texts[SCHEDULE]), 204, COUNTED),
        ("GET CertificateStores/{id}", 60_000, packed("GET", f"{STORES}/{store}"), 200, COUNTED),
        ("GET Agents, two", 95_000, packed("GET", AGENTS), 200, COUNTED),
        ("POST Enrollment/CSR", None, enrollment(CSR, {"CSR": certificate_request(setup), "IncludeChain": True}, "PEM"), 200, FEW),
        ("GET CertificateStore, a miss", None, packed("GET", "/KeyfactorAPI/CertificateStore"), 404, COUNTED),
    )


def kept(file, name):
    """Keeps a profile in the folder that KEYFACTOR_MOCK_PROFILES names, for callgrind_annotate."""
    folder = os.environ.get("KEYFACTOR_MOCK_PROFILES")
    if folder:
        target = Path(folder) / re.sub(r"\W+", "-", name).strip("-").lower()
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())


def instructions(setup):
    """Counts what one request of each kind takes."""
    found = {}

    def count(server, name, bound, request, status, number):
        per_request, file = server.count(([request] * max(FEW // 4, number * WARM // COUNTED), [request] * number), status)
        kept(file, name)
        found[name] = (per_request, bound)

    with server(setup, setup.programs.reference_binary, 0) as running:
        count(running, "C, a job", None, packed("POST", JOB, setup.bodies.texts[JOB]), 204, COUNTED)
    with mock(setup) as running:
        for kind in kinds(setup, running):
            count(running, *kind)
    scenario = setup.programs.folder / "page.yaml"
    scenario.write_text(ESTATE)
    with mock(setup, "--scenario", scenario) as running:
        request = packed("GET", f"{STORES}?ReturnLimit={PAGE}")
        expect(len(reading(setup, running, f"{STORES}?ReturnLimit={PAGE}")) == PAGE, "a page", (200, b""))
        count(running, f"GET CertificateStores, {PAGE}", PAGE * 6_000, request, 200, COUNTED // 4)
    usual = setup.programs.folder / "usual.json"
    usual.write_text(json.dumps(USUAL))
    with mock(setup, "--scenario", usual) as running:
        count(running, "a job, ten rules, expectations", None, packed("POST", JOB, setup.bodies.texts[JOB]), 200, COUNTED)
    return report(found)


def report(found):
    reference, job = found["C, a job"][0], found["POST OrchestratorJobs/Custom"][0]
    rows = [[name, thousands(count), thousands(count - reference)] for name, (count, _) in found.items()]
    gates = [at_most(f"{name}", bound, count) for name, (count, bound) in found.items() if bound]
    gates.append(at_most("ten rules and expectations more than none", 5_000, found["a job, ten rules, expectations"][0] - job))
    return Part(
        "Instructions of a request",
        f"In user space, counted by valgrind (callgrind) for {thousands(COUNTED)} requests on one connection, one after another, sent by another "
        f"process; {FEW} of a certificate request. Two runs on a busy machine differed by up to 1.2 %. These are the gates: times depend on the processor. "
        "About 27,500 of every request, the C server's too, are one instruction that repeats itself: libmicrohttpd clears a connection's memory, "
        "all of it and the half that it reads into. That memory has one size for all connections, and cannot be smaller while header fields of "
        "16 KiB are taken. At 202309eec3cd, before stores, agents and jobs were written as a whole, the requests of the mock took, in this order, "
        "111,662, 93,601, 101,006, 173,584, 1,333,672, 329,040, 1,000,914 and 118,511. "
        "Tried and not kept: inlining the lists of nouns, which did not make pages of them any cheaper; arrays made with a capacity, which ask "
        "for their type at run time and cost 300 more than arrays that grow.",
        ["request", "instructions", "more than C"], rows, gates)


def at_most(what, bound, measured):
    return Gate(what, f"≤ {thousands(bound)}", thousands(measured), measured <= bound)
