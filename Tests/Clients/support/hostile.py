"""What the tests of hostile clients share: somebody else who is served all the while, and what the attack may cost.

A prober is a process of its own, so that the attacker's Python does not hold it up. It asks well-formed requests over HTTP and HTTPS, on
connections that are kept and on new ones, and tells how long each answer took.

KEYFACTOR_MOCK_HOSTILE says how many connections an attack has (1000; 10000 where a machine has nothing else to do).
KEYFACTOR_MOCK_WITHIN says within how many milliseconds others are answered (5000, since machines that test do other things as well and
test debug builds; 100 on a quiet machine with a release build). KEYFACTOR_MOCK_COST says how many milliseconds of a processor one request
may cost (2000; 100). With `-s` the figures are shown.
"""

import contextlib
import itertools
import json
import os
import pathlib
import resource
import select
import socket
import ssl
import subprocess
import sys
import time

import pytest

from support.mock import PATIENCE, SLOWNESS, grew_at_most, read_reply
from support.connection import at_rest, descriptors, eventually, memory

CONNECTIONS = int(os.environ.get("KEYFACTOR_MOCK_HOSTILE", "1000"))
CLIENTS = pathlib.Path(__file__).resolve().parents[1]
WITHIN = int(os.environ.get("KEYFACTOR_MOCK_WITHIN", "5000")) * SLOWNESS
COST = int(os.environ.get("KEYFACTOR_MOCK_COST", "2000")) * SLOWNESS
STATUS = b"GET /KeyfactorAPI/Status/Endpoints HTTP/1.1\r\nHost: localhost\r\n\r\n"
# What must be answered even while the world that is asked for most is busy.
APART = [b"GET /_mock/livez HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET /w/other/KeyfactorAPI/Status/Endpoints HTTP/1.1\r\nHost: localhost\r\n\r\n"]
POST = b"POST /KeyfactorAPI/CertificateStores/Schedule HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n"
CHUNKS = POST.replace(b"Content-Length: 1000000", b"Transfer-Encoding: chunked")
QUIET = ["--log-level", "warning", "--max-connections", "20000"]
BOTH = pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
# What the allocator, and threads that have not been used before, may keep in KiB.
SLACK = 24 << 10
# The most that a connection may cost in KiB, over HTTP and over TLS: its buffer for head and reply, and a session of GnuTLS.
PLAIN_COST, TLS_COST = 24, 72


def plain(server, secure=False):
    return socket.create_connection(("127.0.0.1", server.https_port if secure else server.http_port), timeout=PATIENCE)


def hello(server):
    """The first flight of a TLS client."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = ssl.create_default_context(cafile=server.ca).wrap_bio(incoming, outgoing, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    return outgoing.read()


def others(server, requests, halt):
    """Asks again and again until stopped; answers how long each answer took, in milliseconds, by how it was asked."""
    context = ssl.create_default_context(cafile=server.ca)
    kept = {secure: server.connect(secure, context) for secure in (False, True)}
    streams = {secure: wire.makefile("rb") for secure, wire in kept.items()}
    took = {}
    requests = itertools.cycle(requests)
    while not halt():
        request = next(requests)
        for secure in False, True:
            for is_new in False, True:
                start = time.monotonic()
                wire = server.connect(secure, context) if is_new else kept[secure]
                stream = wire.makefile("rb") if is_new else streams[secure]
                wire.sendall(request)
                assert read_reply(stream).status == 200
                took.setdefault(f"{'HTTPS' if secure else 'HTTP'}, {'new' if is_new else 'kept'}", []).append((time.monotonic() - start) * 1000)
                if is_new:
                    stream.close()
                    wire.close()
        time.sleep(0.005)
    return took


class Served:
    """How long others waited during an attack, in milliseconds."""

    def __init__(self, took):
        self.took = {how: sorted(each) for how, each in took.items()}
        self.worst = max(each[-1] for each in self.took.values())

    def __str__(self):
        return "; ".join(
            f"{how}: {len(each)} answers, p99 {each[int(len(each) * 0.99)]:.1f} ms, max {each[-1]:.1f} ms" for how, each in self.took.items())


@contextlib.contextmanager
def while_others_are_served(server, what, within=WITHIN, apart=False):
    """Somebody else asks during what is done inside, and every answer is there in time. `apart` asks livez and another world alone."""
    command = [sys.executable, "-m", __name__, str(server.http_port), str(server.https_port), server.ca, "apart" if apart else ""]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=CLIENTS, text=True) as prober:
        assert prober.stdout.readline() == "ready\n", "the prober does not start"
        yield
        time.sleep(0.1)
        out, _ = prober.communicate("", timeout=60)
    assert prober.returncode == 0, "somebody else was not served"
    served = Served(json.loads(out))
    print(f"\n{what}: {served}", end="")
    assert served.worst <= within, f"others waited for {served.worst:.0f} ms during {what}, allowed are {within}: {served}"


def processor_time(server):
    """What the server's threads have used of all processors, in milliseconds."""
    tasks = f"/proc/{server.process.pid}/task"
    total = 0
    for thread in os.listdir(tasks):
        with contextlib.suppress(FileNotFoundError), open(f"{tasks}/{thread}/schedstat", encoding="ascii") as file:
            total += int(file.read().split()[0])
    return total / 1e6


@contextlib.contextmanager
def bounded(server, what, most):
    """What is done inside costs at most so many KiB at any time that `peak()` is called, and leaves no descriptor open."""
    files, before = at_rest(server), memory(server)
    peaks = [before]
    yield lambda: peaks.append(memory(server))
    peaks.append(memory(server))
    assert eventually(lambda: descriptors(server) <= files, PATIENCE), f"{descriptors(server)} descriptors are open, before it were {files}"
    print(f"\n{what}: RSS {before} KiB before, {max(peaks)} at most, {memory(server)} after; allowed are {before + most + SLACK}", end="")
    grew_at_most(most + SLACK, max(peaks) - before, f"KiB by {what}")


@contextlib.contextmanager
def many_descriptors(needed):
    """Raises what this process may open. Not on machines that do not allow it: there the test is skipped."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < needed:
        pytest.skip(f"this machine allows {hard} open files, needed are {needed}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def probe():
    """The prober's own process."""
    from types import SimpleNamespace

    from support.mock import Mock

    http_port, https_port, ca, apart = sys.argv[1:]
    server = SimpleNamespace(http_port=int(http_port), https_port=int(https_port), ca=ca)
    server.connect = lambda secure, context: Mock.connect(server, secure, context)
    print("ready", flush=True)
    print(json.dumps(others(server, APART if apart else [STATUS], lambda: select.select([sys.stdin], [], [], 0)[0])))


if __name__ == "__main__":
    probe()
