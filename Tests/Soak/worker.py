"""A process that is one client: it has connections, makes worlds and lives in them, until it is stopped or the server is killed."""

import json
import random
import ssl
import time
import traceback

import rude
import steering
import traffic
from ledger import Counts, Wrong
from life import Life
from wire import Line

STEPS = traffic.STEPS | rude.STEPS | steering.STEPS
# The server closes a connection that has been idle for so long; clients do not use one that has been for half of it.
IDLE_TIMEOUT = 20
# How many connections with half a request a client keeps.
FORGOTTEN = 12
# How many steps are made in a world: so many that the journals, of which resets and drops take some away, are full again and again. What
# they hold would otherwise go up and down by a good part of the server's memory.
LENGTHS = 3, 60, 200, 400


class Client:
    """What all lives of a worker share. `counts` is of one life of the server."""

    def __init__(self, name, seed, ca, scenario):
        self.name, self.random = name, random.Random(f"{seed}/{name}")
        self.context = ssl.create_default_context(cadata=ca)
        self.scenario = scenario
        self.numbers = self.worlds = 0
        self.meet(None)

    def meet(self, ports):
        """A server that has just started, and knows nothing."""
        self.ports, self.counts = ports, Counts()
        self.lines, self.desk, self.forgotten = {}, None, []
        self.template = f"{self.name}-template"

    def fill(self, worlds=8, lists=12):
        """Makes worlds with long lists in their journals, and leaves them: what is bounded is full, however slow the machine."""
        for _ in range(worlds):
            life = Life(self, self.next_world())
            for _ in range(lists):
                traffic.stores(life, traffic.LONG)
            life.close()

    def fresh_template(self):
        """A world to copy, which is made, or kept from being the one that was not asked for the longest."""
        self.control("PATCH", f"worlds/{self.template}/estate", {"agents": [{"machine": "uo-8"}]})
        return self.template

    def next_number(self):
        self.numbers += 1
        return f"{self.name}-{self.numbers}"

    def next_world(self):
        self.worlds += 1
        return f"{self.name}-{self.worlds}"

    # MARK: Connections

    def new_line(self):
        """A connection of its own, one in three secure."""
        return self._connect(self.random.random() < 0.33)

    def _connect(self, is_secure):
        self.counts.other["connections, HTTPS" if is_secure else "connections, HTTP"] += 1
        return Line(self.ports[is_secure], self.context if is_secure else None)

    def line(self):
        """A connection for a request: mostly one that is kept, sometimes a new one in its place."""
        is_secure = self.random.random() < 0.3
        kept = self.lines.get(is_secure)
        if kept and kept.is_open and self.random.random() > 0.05 and time.monotonic() - kept.used < IDLE_TIMEOUT / 2:
            return kept
        if kept:
            kept.close()
        self.lines[is_secure] = self._connect(is_secure)
        return self.lines[is_secure]

    def dribble(self, line, data, pieces):
        """Sends a request in pieces, with pauses."""
        size = len(data) // pieces + 1
        for start in range(0, len(data), size):
            line.send(data[start:start + size])
            time.sleep(0.002)

    def forget(self, line):
        """A client that neither continues nor leaves: the server must close it in the end."""
        self.forgotten.append((time.monotonic(), line))
        if len(self.forgotten) > FORGOTTEN:
            since, oldest = self.forgotten.pop(0)
            if time.monotonic() - since > 3 * IDLE_TIMEOUT:
                if not _was_closed(oldest):
                    raise Wrong(f"half a request is still waited for after {3 * IDLE_TIMEOUT} s; --idle-timeout is {IDLE_TIMEOUT}")
                self.counts.other["idle connections that the server closed"] += 1
            oldest.close()

    def rest(self):
        """No connection is open any more."""
        for line in [*self.lines.values(), *(line for _, line in self.forgotten), *([self.desk] if self.desk else [])]:
            line.close()
        self.lines, self.desk, self.forgotten = {}, None, []

    def control(self, method, page, body=None, status=200):
        """A page of the control interface; what it says."""
        if self.desk is None or not self.desk.is_open or time.monotonic() - self.desk.used > IDLE_TIMEOUT / 2:
            if self.desk:
                self.desk.close()
            self.desk = Line(self.ports[0])
        content = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        began = time.perf_counter()
        self.desk.send(f"{method} /_mock/{page} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content)
        came = self.desk.receive(method)
        self.counts.other["requests to the control interface"] += 1
        allowed = status if isinstance(status, tuple) else (status,)
        if came.kind != "whole" or came.status not in allowed:
            seconds = time.perf_counter() - began
            raise Wrong(f"{method} /_mock/{page} should answer {status}; sent: {content[:200]!r}; came after {seconds:.1f} s: {came}")
        return json.loads(came.body) if came.body[:1] in (b"{", b"[") else came.body


def _was_closed(line):
    line.socket.settimeout(0)
    try:
        while line.socket.recv(65536):
            pass
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    except OSError:
        pass
    return True


def live(client, is_over):
    """Lives in one world after another until it is over; then all books are closed."""
    life = None
    steps, weights = list(STEPS), list(STEPS.values())
    while not is_over():
        life = life or steering.born(client)
        for step in client.random.choices(steps, weights, k=client.random.choice(LENGTHS)):
            step(life)
            client.counts.other["step " + step.__name__] += 1
            if is_over():
                break
        life = steering.ended(life)
    if life:
        life.close()
    client.rest()


def work(pipe, doomed, name, seed, ca, scenario):
    """The process. On ("meet", ports, fills) it meets a new server; on ("live",) it lives until the next message, and answers
    its counts.

    `doomed` is set before the server is killed: what fails from then on is no fault.
    """
    client = Client(name, seed, ca, scenario)
    while True:
        order, *more = pipe.recv()
        if order == "end":
            return
        try:
            if order == "meet":
                client.meet(more[0])
                if more[1]:
                    client.fill()
            else:
                live(client, pipe.poll)
                pipe.recv()
            pipe.send(("done", client.counts))
        except (Wrong, OSError, ValueError, KeyError) as error:
            client.rest()
            if doomed.value:
                pipe.recv()
                pipe.send(("cut", None))
                continue
            text = str(error) if isinstance(error, Wrong) else traceback.format_exc()
            pipe.send(("wrong", f"{name}: {text}"))
            return
