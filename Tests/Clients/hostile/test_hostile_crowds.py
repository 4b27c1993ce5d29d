"""Thousands of connections that want nothing good: slow ones, silent ones, half-shaken hands, resets. Others are served all the while,
memory stays within what each connection may cost, and afterwards no descriptor is left.
"""

import os
import socket
import ssl
import struct
import time

import pytest

from support.hostile import BOTH, CHUNKS, CONNECTIONS, PLAIN_COST, POST, QUIET, STATUS, TLS_COST
from support.hostile import bounded, hello, many_descriptors, plain, while_others_are_served
from support.mock import PATIENCE, read_reply, talk
from support.connection import at_rest, descriptors, eventually, memory

# A slow connection sends so many pieces.
ROUNDS = 10


@pytest.fixture(scope="module", autouse=True)
def descriptors_enough():
    with many_descriptors(CONNECTIONS + 500):
        yield


def crowd(server, secure, count=CONNECTIONS):
    """So many connections; one context for all, so that the client needs little memory."""
    context = ssl.create_default_context(cafile=server.ca)
    return [server.connect(secure, context) for _ in range(count)]


SLOW = {
    "heads": [STATUS[at:at + 1] for at in range(ROUNDS)],
    "heads without end": [STATUS[:-2]] + [b"X-%d: a\r\n" % number for number in range(ROUNDS)],
    "bodies": [POST] + [b" "] * ROUNDS, "chunked bodies": [CHUNKS] + [b"1\r\n \r\n"] * ROUNDS, "chunk sizes": [CHUNKS] + [b"0"] * ROUNDS,
    "bodies of which little has come": [POST + b" " * 10_000],
}


@BOTH
@pytest.mark.parametrize("pieces", SLOW.values(), ids=SLOW)
def test_slow_connections_hold_nobody_up(serve, secure, pieces):
    """Slowloris: each of the connections has sent a part of a request, and sends a little of the rest now and then."""
    server = serve("", *QUIET)
    assert talk(server, STATUS, True).status == 200
    with bounded(server, f"{CONNECTIONS} slow connections", CONNECTIONS * (TLS_COST if secure else PLAIN_COST)) as peak:
        with while_others_are_served(server, f"{CONNECTIONS} slow connections"):
            wires = crowd(server, secure)
            for piece in pieces:
                for wire in wires:
                    wire.sendall(piece)
                peak()
        for wire in wires:
            wire.close()


@BOTH
def test_connections_that_say_nothing_hold_nobody_up_and_are_closed_when_they_have_been_idle(serve, secure):
    """Over HTTP the system keeps a connection on which nothing was said to itself for a second; over TLS the handshake is waited for."""
    server = serve("", *QUIET, "--idle-timeout", "5")
    assert talk(server, STATUS, True).status == 200
    with bounded(server, f"{CONNECTIONS} silent connections", CONNECTIONS * PLAIN_COST) as peak:
        files = at_rest(server)
        with while_others_are_served(server, f"{CONNECTIONS} silent connections"):
            wires = [plain(server, secure) for _ in range(CONNECTIONS)]
            if secure:
                assert eventually(lambda: descriptors(server) >= files + CONNECTIONS, PATIENCE)
            peak()
            assert eventually(lambda: all(map(is_over, wires)), 6 * PATIENCE), "silent connections stay open"
        for wire in wires:
            wire.close()


def is_over(wire):
    """Whether the other side has ended a connection, over TLS with an alert before."""
    try:
        while wire.recv(100, socket.MSG_DONTWAIT):
            pass
    except BlockingIOError:
        return False
    except ConnectionError:
        pass
    return True


def test_idle_tls_connections_cost_little_and_hold_nobody_up(serve):
    server = serve("", *QUIET)
    assert talk(server, STATUS, True).status == 200
    before = memory(server)
    with bounded(server, f"{CONNECTIONS} idle TLS connections", CONNECTIONS * TLS_COST) as peak:
        with while_others_are_served(server, f"{CONNECTIONS} idle TLS connections being made"):
            wires = crowd(server, True)
        with while_others_are_served(server, f"{CONNECTIONS} idle TLS connections"):
            time.sleep(1)
            peak()
            print(f"\neach idle TLS connection costs {(memory(server) - before) / CONNECTIONS:.1f} KiB", end="")
        for wire in wires[:: max(1, CONNECTIONS // 100)]:
            wire.sendall(STATUS)
            assert read_reply(wire.makefile("rb")).status == 200
        for wire in wires:
            wire.close()


@pytest.mark.parametrize("part", ["a byte", "a half", "all"])
def test_handshakes_that_are_never_finished_hold_nobody_up(serve, part):
    server = serve("", *QUIET)
    assert talk(server, STATUS, True).status == 200
    whole = hello(server)
    # Whole hellos are answered in the order in which they come, at about a millisecond of a processor each; who comes later waits for that.
    count = min(CONNECTIONS, 1000) if part == "all" else CONNECTIONS
    first = {"a byte": whole[:1], "a half": whole[:len(whole) // 2], "all": whole}[part]
    with bounded(server, f"{count} half handshakes", count * TLS_COST) as peak:
        with while_others_are_served(server, f"{count} handshakes of which {part} has come"):
            wires = []
            for _ in range(count):
                wires.append(plain(server, True))
                wires[-1].sendall(first)
            time.sleep(0.5)
            peak()
        for wire in wires:
            wire.close()


@BOTH
@pytest.mark.parametrize("first", [b"", STATUS[:10], STATUS], ids=["at once", "in a request", "instead of reading the answer"])
def test_a_storm_of_resets_holds_nobody_up(serve, secure, first):
    server = serve("", *QUIET)
    assert talk(server, STATUS, True).status == 200
    with bounded(server, "resets", 100 * TLS_COST), while_others_are_served(server, "a storm of resets"):
        for _ in range(min(CONNECTIONS, 2000)):
            wire = plain(server, secure)
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            try:
                wire.sendall(first)
            except ConnectionError:
                pass
            wire.close()


@BOTH
def test_connections_beyond_the_limit_wait_and_are_served_when_others_go(serve, secure):
    """What the README says of --max-connections: per thread and port; further ones wait in the queue of the system."""
    server = serve("", "--log-level", "warning", "--threads", "1", "--max-connections", "20")
    other = not secure
    wires = crowd(server, secure, 20)
    for wire in wires:
        wire.sendall(STATUS)
        assert read_reply(wire.makefile("rb")).status == 200
    late = [plain(server, secure) for _ in range(10)]
    for wire in late:
        if not secure:
            wire.sendall(STATUS)
    assert talk(server, STATUS, other).status == 200, "the other port has its own limit"
    for wire in late:
        wire.settimeout(0.05)
        with pytest.raises(TimeoutError):
            wire.recv(1)
    wires[0].sendall(STATUS)
    assert read_reply(wires[0].makefile("rb")).status == 200, "those that are in are served"
    for wire in wires:
        wire.close()
    if not secure:
        for wire in late:
            wire.settimeout(PATIENCE)
            assert read_reply(wire.makefile("rb")).status == 200
    for wire in late:
        wire.close()
    assert eventually(lambda: talk(server, STATUS, secure).status == 200)


def test_a_server_that_has_no_descriptor_left_serves_those_that_are_in_and_recovers(serve):
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    server = serve("", "--log-level", "warning", "--threads", "1")
    kept = server.connect()
    stream = kept.makefile("rb")
    kept.sendall(STATUS)
    assert read_reply(stream).status == 200
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (64, hard))
    wires = [plain(server) for _ in range(200)]
    for wire in wires:
        wire.sendall(STATUS[:10])
    time.sleep(0.3)
    kept.sendall(STATUS)
    assert read_reply(stream).status == 200
    before = cpu(server)
    time.sleep(1)
    assert cpu(server) - before < 0.5, "the server spins while it has no descriptor"
    for wire in [stream, kept, *wires]:
        wire.close()
    assert eventually(lambda: is_served(server), PATIENCE)


def is_served(server):
    try:
        return talk(server, STATUS).status == 200
    except (OSError, AssertionError):
        return False


def cpu(server):
    with open(f"/proc/{server.process.pid}/stat", encoding="ascii") as file:
        user, system = file.read().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
