"""Thousands of requests that are held at once: all are answered in time, each costs little, and nothing of them is left.

KEYFACTOR_MOCK_HELD says how many (1,000). With `-s` the figures are shown.
"""

import os
import resource
import selectors
import signal
import socket
import ssl
import time

import pytest

from support.mock import PATIENCE, SLOWNESS, grew_at_most
from support.connection import at_rest, descriptors, eventually, get, journal, look, memory

HELD = int(os.environ.get("KEYFACTOR_MOCK_HELD", "1000"))
DELAY, LATEST = 2.0, 2.0 + 0.5 * SLOWNESS
# What machines that do other things as well may add.
MARGIN = 1.0 * SLOWNESS
# All answers are the same, also when a minute ends meanwhile in which agents were last seen.
SCENARIO = """
clock: { mode: frozen }
rules:
  - { name: held, operation: GET /Agents, where: { header.x-fault: held }, do: [ { delay: %s } ] }
"""
REQUEST = get(x_fault="held")
OPTIONS = ["--log-level", "warning", "--max-connections", "20000"]


@pytest.fixture(scope="module", autouse=True)
def many_descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < HELD + 500:
        pytest.skip(f"this machine allows {hard} open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class Crowd:
    """Many connections of one process."""

    def __init__(self, server, secure=False, count=HELD):
        context, port = None, server.http_port
        if secure:
            context, port = ssl.create_default_context(cafile=server.ca), server.https_port
        self.length = len(look(server, get()[:-2] + b"Connection: close\r\n\r\n").data) - len(b"Connection: close\r\n")
        self.wires = []
        for _ in range(count):
            wire = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
            self.wires.append(context.wrap_socket(wire, server_hostname="localhost") if context else wire)

    def ask(self, request=REQUEST):
        """Sends the request on each; says when each was sent."""
        sent = []
        for wire in self.wires:
            sent.append(time.monotonic())
            wire.sendall(request)
        return sent

    def answers(self, length):
        """When the answer of each was there, in the order of the connections; all are of this length. Reading is cheap, to measure well."""
        came, data = {}, {wire: b"" for wire in self.wires}
        with selectors.DefaultSelector() as selector:
            for wire in self.wires:
                wire.setblocking(False)
                selector.register(wire, selectors.EVENT_READ)
            while len(came) < len(self.wires):
                ready = selector.select(PATIENCE)
                assert ready, f"{len(self.wires) - len(came)} are not answered"
                for key, _ in ready:
                    try:
                        part = key.fileobj.recv(65536)
                    except (ssl.SSLWantReadError, BlockingIOError):
                        continue
                    assert part, "a connection was closed"
                    data[key.fileobj] += part
                    if len(data[key.fileobj]) >= length:
                        came[key.fileobj] = time.monotonic()
        for wire in self.wires:
            wire.setblocking(True)
        bodies = {text.partition(b"\r\n\r\n")[2] for text in data.values()}
        assert len(bodies) == 1 and all(text.startswith(b"HTTP/1.1 200 ") and len(text) == length for text in data.values())
        return [came[wire] for wire in self.wires]

    def leave(self):
        for wire in self.wires:
            wire.close()


def held(crowd, server, what, before):
    """Has a request held on each connection, and answers by how much each has made memory grow since before, in KiB."""
    sent = crowd.ask()
    time.sleep(max(0.0, sent[0] + DELAY * 0.9 - time.monotonic()))
    during = memory(server)
    came = crowd.answers(crowd.length)
    waits = [answered - asked for answered, asked in zip(came, sent)]
    cost = (during - before) / len(sent)
    print(
        f"\n{what}: {len(sent)} sent in {sent[-1] - sent[0]:.2f} s, RSS {before} KiB before, {during} KiB held, {memory(server)} KiB answered, "
        f"{cost:.1f} KiB each; waited {min(waits):.3f} to {max(waits):.3f} s; after the last sent: first answer {min(came) - sent[-1]:.3f} s, "
        f"last {max(came) - sent[-1]:.3f} s", end="")
    assert min(waits) >= DELAY - 0.01, "an answer came too soon"
    assert max(came) - sent[-1] < LATEST + MARGIN, "an answer came too late"
    return cost


@pytest.mark.alone
@pytest.mark.parametrize("secure", [False, True], ids=["over HTTP", "over HTTPS"])
def test_all_that_are_held_are_answered_in_time(serve, secure):
    """On fresh connections, and again on the same ones."""
    server = serve(SCENARIO % "2s", *OPTIONS, "--journal-bytes", "65536")
    assert server.ask("POST", "/_mock/reset").status == 200
    files, name = at_rest(server), "TLS" if secure else "plain"
    before = memory(server)
    crowd = Crowd(server, secure)
    assert eventually(lambda: descriptors(server) == files + HELD, PATIENCE)
    connected = memory(server)
    print(f"\n{name}: {HELD} connections, RSS {before} KiB before, {connected} KiB connected, {(connected - before) / HELD:.1f} KiB each", end="")
    fresh = held(crowd, server, f"{name}, fresh, connections included", before)
    held(crowd, server, f"{name}, keep-alive, connections included", before)
    crowd.leave()
    assert eventually(lambda: descriptors(server) == files, PATIENCE)
    if not secure and HELD >= 5000:
        grew_at_most(12, fresh, "KiB a connection")
    assert server.ask("GET", "/KeyfactorAPI/Agents").status == 200


@pytest.mark.parametrize("secure", [False, True], ids=["over HTTP", "over HTTPS"])
def test_clients_that_leave_while_held_are_noticed(serve, secure):
    server = serve(SCENARIO % "60s", *OPTIONS)
    assert server.ask("POST", "/_mock/reset").status == 200
    files, count = at_rest(server), min(HELD, 1000)
    crowd = Crowd(server, secure, count)
    crowd.ask()
    assert eventually(lambda: len(journal(server, f"?rule=held&limit={count + 1}")) == count), "each is pending"
    crowd.leave()
    assert eventually(lambda: descriptors(server) == files, PATIENCE)
    assert eventually(lambda: len(journal(server, f"?rule=held&limit={count + 1}")) == count)
    for entry in journal(server, f"?rule=held&limit={count + 1}"):
        assert (entry["rule"], entry["effect"], entry["delivery"], entry["status"]) == ("held", "none", "left", None)


@pytest.mark.parametrize("secure", [False, True], ids=["over HTTP", "over HTTPS"])
@pytest.mark.parametrize("with_signal", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_server_stops_at_once_while_500_wait(serve, secure, with_signal):
    for _ in range(3):
        server = serve(SCENARIO % "60s", *OPTIONS)
        crowd = Crowd(server, secure, 500)
        crowd.ask()
        time.sleep(0.05)
        start = time.monotonic()
        server.stop(with_signal)
        took = time.monotonic() - start
        print(f"\nstopped in {took:.3f} s", end="")
        assert took < 3 * SLOWNESS
        crowd.leave()
