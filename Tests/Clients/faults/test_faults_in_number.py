"""What thousands of faults cost: afterwards descriptors, connections and memory are what they were.

KEYFACTOR_MOCK_FAULTS says how many there are of each (200), over HTTPS a tenth of it. With `-s` the figures are shown.
"""

import os
import resource
import socket
import ssl
import threading
import time

import pytest

from support.mock import PATIENCE, grew_at_most
from support.connection import at_rest, descriptors, eventually, get, memory
from test_faults import FAULTS

FAULTS_OF_EACH = int(os.environ.get("KEYFACTOR_MOCK_FAULTS", "200"))
# The allocator's slack, in KiB: what a warm-up of a tenth does not reach.
SLACK = 6 << 10
THREADS = 4
QUIET = ["--log-level", "warning"]
# Little enough that the warm-up fills the journal, and then it does not grow.
SMALL_JOURNAL = ["--journal-bytes", "65536"]


@pytest.fixture(scope="module", autouse=True)
def many_descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def kept_context(server):
    """One for all connections; its sessions are taken up again, which costs less than a whole handshake."""
    if not hasattr(server, "context"):
        server.context = ssl.create_default_context(cafile=server.ca)
    return server.context


def connect(server, secure, shake=True):
    wire = socket.create_connection(("127.0.0.1", server.https_port if secure else server.http_port), timeout=PATIENCE)
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if not secure or not shake:
        return wire
    return kept_context(server).wrap_socket(wire, server_hostname="localhost")


def one(server, request, secure, leaves):
    """One request; reads until the end, or leaves as soon as the silence can have begun."""
    try:
        with connect(server, secure) as wire:
            wire.sendall(request)
            if leaves:
                return
            while wire.recv(65536):
                pass
    except (OSError, ssl.SSLError) as error:
        assert not isinstance(error, TimeoutError), "a fault that does not end"


def in_threads(count, work):
    """Does so many pieces of work in a few threads."""
    failures = []

    def some(number):
        try:
            for _ in range(number, count, THREADS):
                work()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=some, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures[0]


def open_connections(server):
    """How many connections to its ports the server's system knows, those aside that are over (TIME_WAIT)."""
    ports, count = {server.http_port, server.https_port}, 0
    with open("/proc/net/tcp") as lines:
        for line in list(lines)[1:]:
            _, local, _, state, *_ = line.split()
            count += int(local.split(":")[1], 16) in ports and state not in ("06", "0A")
    return count


# Those of the other file, in less time; a read instead of a job, so that the estate stays as it is.
TIMES = {"a dribble": "{ break: dribble, chunks: 3, over: 1ms }", "slow headers": "{ break: slow-headers, over: 1ms }"}
OTHERS = {
    "a refusal": "{ refuse: unavailable }", "an answer": "{ answer: { status: 418 } }", "a delay": "{ delay: 1ms }",
    "a delay at reply": "{ delay: 1ms, at: reply }", "an alteration": "{ alter: { patch: { a: 1 } } }",
}
MANY = {**{name: TIMES.get(name, fault[0]) for name, fault in FAULTS.items() if name != "more kept than there is"}, **OTHERS}


@pytest.fixture(scope="module")
def faulty(serve_module):
    rules = "rules:\n"
    for name, do in MANY.items():
        rules += f'  - {{ name: "{name}", operation: GET /Agents, where: {{ header.x-fault: "{name}" }}, do: [ {do} ] }}\n'
    server = serve_module(rules, *QUIET, *SMALL_JOURNAL)
    for secure in False, True:
        in_threads(200, lambda: one(server, get(connection="close"), secure, False))
    return server


def measured(server, count, work, what):
    """Does work so many times; afterwards descriptors, connections and memory are what they were."""
    in_threads(max(count // 10, 1), work)
    files, before = at_rest(server), memory(server)
    start = time.monotonic()
    in_threads(count, work)
    seconds = time.monotonic() - start
    assert eventually(lambda: descriptors(server) <= files), f"{descriptors(server)} descriptors, before {files}"
    assert eventually(lambda: open_connections(server) == 0), "connections are left open"
    after = memory(server)
    print(f"\n{what}: {count} in {seconds:.1f} s, RSS {before} KiB before, {after} KiB after, descriptors {files}, {descriptors(server)}", end="")
    grew_at_most(SLACK, after - before, "KiB")


@pytest.mark.parametrize("secure", [False, True], ids=["over HTTP", "over HTTPS"])
@pytest.mark.parametrize("name", MANY)
def test_everything_is_given_back_after_many_of(faulty, name, secure):
    request, leaves = get(x_fault=name, connection="close"), "stall" in name
    count = max(FAULTS_OF_EACH // (10 if secure else 1), 10)
    asked = strikes(faulty, name) + count + max(count // 10, 1)
    measured(faulty, count, lambda: one(faulty, request, secure, leaves), f"{name}{' over TLS' if secure else ''}")
    assert eventually(lambda: strikes(faulty, name) == asked), f"{strikes(faulty, name)} were struck of {asked}"


def strikes(server, name):
    return next(each["strikes"] for each in server.ask("GET", "/_mock/rules").json if each["name"] == name)


CONNECTIONS = ["tls: expired", "tls: wrong-name", "tls: untrusted", "tls: cut", "tls: stall", "tls: old-protocol", "break: reset", "break: close"]


@pytest.mark.parametrize("do", CONNECTIONS)
def test_everything_is_given_back_after_many_connections_with(serve, do):
    server = serve(f"rules: [ {{ operation: connection, do: [ {{ {do} }} ] }} ]", *QUIET)
    context = kept_context(server)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(incoming, outgoing, server_hostname="localhost").do_handshake()
    hello = outgoing.read()

    def refused():
        if "stall" not in do and not do.startswith("break"):
            return one(server, get(), True, False)
        try:
            with connect(server, True, shake=False) as wire:
                wire.sendall(hello)
                assert "stall" in do or wire.recv(1) == b""
        except ConnectionError:
            pass

    measured(server, max(FAULTS_OF_EACH // 10, 10), refused, do)


def test_everything_is_given_back_after_many_resets_of_http_connections(serve):
    server = serve("rules: [ { operation: connection, do: [ { break: reset } ] } ]", *QUIET)
    measured(server, FAULTS_OF_EACH, lambda: one(server, get(), False, False), "break: reset of HTTP")
