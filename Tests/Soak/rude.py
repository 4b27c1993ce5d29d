"""Clients that misbehave: they leave in the middle, send half, send too much, or wait for what does not come."""

import ssl

from faults import CONNECTION_FAULTS
from ledger import Wrong
from life import GONE
from traffic import AGENT, MAX_BODY
from wire import PATIENCE, Line

# How long a client waits for what it knows will not come.
IMPATIENCE = 0.1
JOB = {"AgentId": AGENT, "JobTypeName": "SampleCustomJobType", "JobFields": {"ParamInt": "3"}}
CUSTOM = "POST /OrchestratorJobs/Custom"


def _end(life, line):
    (line.close if life.random.random() < 0.5 else line.abort)()


def half_a_request(life):
    """The head or the body stops half-way: it is no request, and the journal must not have it."""
    number, head, content = life.message(CUSTOM, "/OrchestratorJobs/Custom", JOB)
    data = head + content
    line = life.client.new_line()
    line.send(data[:life.random.randrange(1, len(data))])
    life.ledger.cut_off.add(number)
    if life.random.random() < 0.2:
        life.client.forget(line)
    else:
        _end(life, line)
    life.client.counts.other["requests cut off"] += 1


def leave_behind_the_request(life):
    """All is sent, and the client does not wait for the reply. FIN alone: RST may take the request with it."""
    number, head, content = life.message("GET /Status/Endpoints", "/Status/Endpoints")
    line = Line(life.client.ports[0])
    line.send(head + content)
    line.close()
    life.expect_in_journal(number)
    life.note(number, head, "GET /Status/Endpoints", 200, GONE)


def leave_while_held(life):
    """A rule lets the request wait before its work, and the client leaves: no work is done."""
    number, head, content = life.message(CUSTOM, "/OrchestratorJobs/Custom", JOB, want="hold")
    line = life.client.new_line()
    with life.struck("want-hold"):
        line.send(head + content)
    _end(life, line)
    life.expect_in_journal(number)
    life.note(number, head, CUSTOM, 200, GONE)


def leave_in_the_reply(life):
    number, head, content = life.message("GET /Agents", "/Agents", want="long-dribble")
    line = life.client.new_line()
    line.send(head + content)
    if not line.socket.recv(1):
        raise Wrong(f"request {number} should get its reply in small pieces, and the connection was closed")
    _end(life, line)
    life.note(number, head, "GET /Agents", 200, GONE)


def wait_in_vain(life):
    """A reply that stalls; the client gives up."""
    want = life.random.choice(["stall-request", "stall-reply", "stall-headers", "stall-body"])
    life.ask("GET /Agents", "/Agents", want=want, patience=IMPATIENCE)


def too_much(life):
    """What HTTP or the limits forbid is refused before anything reads it; the journal does not have it."""
    number, head, content = life.message(CUSTOM, "/OrchestratorJobs/Custom", JOB)
    data, status = life.random.choice([
        (head.replace(f"Content-Length: {len(content)}".encode(), f"Content-Length: {MAX_BODY + 1}".encode()) + b"x" * (MAX_BODY + 1), 413),
        (head.replace(b"\r\n", b"\r\nX-Long: " + b"x" * 20_000 + b"\r\n", 1) + content, 431),
        (head.replace(b"Host: localhost", b"Host: localhost\r\nHost: other") + content, 400),
    ])
    line = life.client.new_line()
    life.ledger.cut_off.add(number)
    line.send(data)
    came = line.receive()
    line.close()
    if (came.kind, came.status) != ("whole", status):
        raise Wrong(f"request {number} should be refused with {status}; came: {came}")
    life.client.counts.other[f"refused {status} before the journal"] += 1


def connection_faults(life):
    """New connections from the addresses that rules of connections strike; what the client met is counted by its name."""
    client = life.client
    source = life.random.choice(["127.0.0.7", "127.0.0.8", "127.0.0.9", "127.0.0.9", "127.0.0.9"])
    client.counts.other["connections from " + source] += 1
    if source == "127.0.0.7":
        # To a client that has sent something RST and FIN may look the same.
        line = Line(client.ports[0], source=source)
        try:
            line.send(b"GET /_mock/livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            is_whole = line.receive().kind == "whole"
        except ConnectionError:
            is_whole = False
        line.close()
        client.counts.other["connections broken"] += not is_whole
        return
    try:
        line = Line(client.ports[1], client.context, source, IMPATIENCE if source == "127.0.0.8" else PATIENCE)
    except OSError as error:
        name = next((name for text, name in CONNECTION_FAULTS.items() if text in str(error)), None)
        if name is None and isinstance(error, (ConnectionResetError, ssl.SSLZeroReturnError)):
            name = "tls-cut"
        if name is None:
            raise
        client.counts.other[name] += 1
    else:
        line.close()


STEPS = {
    half_a_request: 2, leave_behind_the_request: 1, leave_while_held: 0.7, leave_in_the_reply: 0.7, wait_in_vain: 0.7, too_much: 1.5,
    connection_faults: 4,
}
