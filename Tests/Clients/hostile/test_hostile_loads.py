"""Whatever one caller orders, livez and another world answer meanwhile, and SIGTERM ends the server although the load continues.

How soon is said by KEYFACTOR_MOCK_WITHIN; see support/hostile.py.
"""

import gzip
import json
import os
import signal
import socket
import subprocess
import threading
import time

import pytest

from support.hostile import WITHIN, while_others_are_served
from support.mock import BINARY, PATIENCE, SLOWNESS, talk

LARGE = "estate: { from: large }\n"
MANY = "estate: { from: large, certificateStores: [ { machine: shelf, path: /s, agent: uo-1, count: 50000 } ] }\n"
CERTIFICATES = "estate: { certificates: [ { subject: 'CN=host-{n}.example.com', count: 20000 } ] }\n"
MINUTES = "{ Interval: { Minutes: 1 } }"
# How long a load lasts before the server is to end.
LASTS = 1.0
ENDS = max(1.0, WITHIN / 1000) * SLOWNESS
HEAD = "Host: localhost\r\nx-keyfactor-requested-with: APIClient\r\n"


def control(server, method, page, body=None, world=None):
    return server.ask(method, f"/_mock/{page}", body, {"X-Mock-World": world} if world else None)


def unread(server, path, count):
    """Connections that ask much and read nothing."""
    wires = []
    for _ in range(count):
        wire = socket.create_connection(("127.0.0.1", server.http_port), timeout=PATIENCE)
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        wire.sendall(f"GET {path} HTTP/1.1\r\n{HEAD}\r\n".encode() * 5)
        wires.append(wire)
    return wires


def rule(change=None, **more):
    return {"operation": "GET /Agents", "do": [{"change": change}] if change else [{"refuse": "unavailable"}], **more}


CHANGES = json.dumps([rule({"agents": [{"machine": f"m{number}"} for number in range(300)]}, name=f"r{number}") for number in range(100)])
EXPECT = {"expect": [{"requests": {"operation": "GET /Agents", "where": {"header.x-a": {"regex": f"a{number}"}}}} for number in range(1_000)]}
TEXT = "rules:\n" + "".join(f"  - {{ name: r{number}, operation: GET /Agents, do: [ {{ refuse: unavailable }} ] }}\n" for number in range(5_000))
BOMB = gzip.compress(b" " * (30 << 20), mtime=0)
CONDITIONS = "%20OR%20".join(f"ClientMachine%20-contains%20%22x{number}%22" for number in range(120))


def filled(server):
    """A long journal."""
    text = f"GET /KeyfactorAPI/Agents?returnLimit=1 HTTP/1.1\r\n{HEAD}\r\n".encode()
    for _ in range(20):
        talk(server, text * 100, replies=100)


def minute_by_minute(server):
    control(server, "PATCH", "estate", f"certificateStores: [ {{ machine: tick, path: /t, agent: uo-1, count: 5000, schedule: {MINUTES} }} ]")


def stopped(server):
    server.process.send_signal(signal.SIGSTOP)
    time.sleep(0.02)
    server.process.send_signal(signal.SIGCONT)
    time.sleep(0.1)


def asked(server, *targets):
    for target in targets:
        server.ask("GET", target)


# What a server begins with, what is done once, and what is done again and again.
LOADS = {
    "a hundred rules with changes": (LARGE, None, lambda server: control(server, "POST", "rules", CHANGES)),
    "rules one by one": ("", None, lambda server: [control(server, "POST", "rules", rule(name=f"r{time.monotonic_ns()}")) for _ in range(50)]),
    "a thousand expectations on a long journal": ("", filled, lambda server: control(server, "POST", "verify", EXPECT)),
    "awaits on a long journal": ("", filled, lambda server: control(server, "POST", "await", EXPECT | {"timeout": "100ms"})),
    "lists that nobody reads": (LARGE, lambda server: unread(server, "/KeyfactorAPI/CertificateStores?returnLimit=10000", 40), lambda server: asked(server, "/_mock/metrics")),
    "estates that nobody reads": (LARGE, lambda server: unread(server, "/_mock/estate", 20), lambda server: asked(server, "/_mock/info")),
    "estates one after another": (LARGE, None, lambda server: asked(server, "/_mock/estate")),
    "large merges": ("", None, lambda server: control(server, "PATCH", "estate", "from: large")),
    "large worlds": (LARGE, None, lambda server: control(server, "POST", "worlds", {"name": f"w{time.monotonic_ns()}"})),
    "resets of a large world": (LARGE, None, lambda server: control(server, "POST", "reset")),
    "minutes that pass by the month": (LARGE, minute_by_minute, lambda server: (control(server, "POST", "clock/advance", {"by": "30d"}), asked(server, "/_mock/metrics"))),
    "the whole journal": ("", filled, lambda server: asked(server, "/_mock/journal?limit=100000")),
    "metrics of many worlds": ("", lambda server: [control(server, "POST", "worlds", {"name": f"w{number}"}) for number in range(500)], lambda server: asked(server, "/_mock/metrics", "/_mock/worlds")),
    "scenarios of 5,000 rules": ("", None, lambda server: control(server, "PUT", "scenario", TEXT)),
    "bombs": ("", None, lambda server: server.ask("POST", "/KeyfactorAPI/CertificateStores/Schedule", BOMB, {"Content-Encoding": "gzip"})),
    "filters on 60,000 stores": (MANY, None, lambda server: asked(server, "/KeyfactorAPI/CertificateStores?QueryString=" + CONDITIONS)),
    "sorting 60,000 stores": (MANY, None, lambda server: asked(server, "/KeyfactorAPI/CertificateStores?sortField=StorePath&sortAscending=1&returnLimit=3")),
    "lists of 60,000 stores": (MANY, None, lambda server: asked(server, "/KeyfactorAPI/CertificateStores?returnLimit=60000")),
    "lists of 20,000 certificates": (CERTIFICATES, None, lambda server: asked(server, "/KeyfactorAPI/Certificates?returnLimit=20000")),
    "filters on 20,000 certificates": (CERTIFICATES, None, lambda server: asked(server, "/KeyfactorAPI/Certificates?QueryString=" + CONDITIONS.replace("ClientMachine", "IssuedCN"))),
    "explanations": (TEXT, None, lambda server: control(server, "POST", "explain", {"request": "GET /Agents"})),
    "coverage": (TEXT, filled, lambda server: asked(server, "/_mock/coverage")),
    "stops and goes": ("", None, stopped),
    "schedules of 60,000 stores": (MANY, None, lambda server: control(server, "PATCH", "estate", f"certificateStores: [ {{ machine: shelf, path: /s, count: 20000, schedule: {MINUTES} }} ]")),
}


@pytest.mark.parametrize("scenario, once, again", LOADS.values(), ids=LOADS)
def test_others_are_served_and_the_server_ends_in_time(serve, scenario, once, again):
    server = serve(scenario, "--log-level", "error")
    kept, over = once and once(server), threading.Event()

    def load():
        while not over.is_set():
            try:
                again(server)
            except OSError:
                return

    def ask():
        """Ordinary requests to the world under load, which keep each of the threads that serve."""
        while not over.is_set():
            try:
                server.ask("GET", "/KeyfactorAPI/JobTypes/Custom")
            except OSError:
                return

    threads = [threading.Thread(target=work) for work in [load] * 2 + [ask] * 4]
    try:
        with while_others_are_served(server, "this load", apart=True):
            for thread in threads:
                thread.start()
            over.wait(LASTS)
        started = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(PATIENCE) == 0
        ended = time.monotonic() - started
    finally:
        over.set()
        server.process.send_signal(signal.SIGCONT)
        for thread in threads:
            thread.join()
    del kept
    print(f"; ended in {ended * 1000:.0f} ms", end="")
    assert ended <= ENDS


@pytest.mark.parametrize("level", ["info", "debug"])
def test_a_log_that_nobody_reads_holds_nobody_up(level):
    reading, writing = os.pipe()
    command = [BINARY, "serve", "--http-port", "0", "--https-port", "0", "--log-level", level]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=writing) as process:
        os.close(writing)
        port = json.loads(process.stdout.readline())["http"]
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as wire, wire.makefile("rb") as stream:
            for _ in range(30):
                wire.sendall(b"GET /KeyfactorAPI/Nothing HTTP/1.1\r\nHost: localhost\r\n\r\n" * 100)
                for _ in range(100):
                    assert b"404" in stream.readline()
                    while stream.readline() != b"\r\n":
                        pass
                    stream.read(76)
        started = time.monotonic()
        process.terminate()
        assert process.wait(PATIENCE) == 0
        assert time.monotonic() - started <= ENDS
    os.close(reading)


@pytest.mark.parametrize("count", [1, 10, 100, 2_000, 5_000])
def test_a_verdict_of_any_length_is_written_whole(serve, count):
    """Standard error has a queue, and a verdict may be longer than that."""
    server = serve("expect:\n" + "".join(f"  - {{ requests: {{ operation: GET /Agents, status: {200 + number % 300} }}, count: 7 }}\n" for number in range(count)))
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(PATIENCE) == 70
    assert server.errors.count("FAILED: ") == count
    assert "were dropped" not in server.errors
