"""A connection at the level of sockets: which bytes came and when, and whether it ended by FIN, by RST, or not at all.

Over TLS the records are read by an `ssl.SSLObject` between two buffers, so that the socket stays in sight: close_notify, FIN and RST are
distinguished, which sockets of `ssl` do not do.
"""

import os
import socket
import ssl
import time
from dataclasses import dataclass, field

from support.mock import SLOWNESS

AGENT = "e89c945f-da62-482c-9495-ecf36abbd2dd"
JOB = b'{"AgentId":"%s","JobTypeName":"SampleCustomJobType","JobFields":{"ParamInt":"3"}}' % AGENT.encode()
CUSTOM = "/KeyfactorAPI/OrchestratorJobs/Custom"


def post_job(**fields):
    """The bytes of a request that gives a job to an agent; `x_fault="…"` becomes the header field x-fault."""
    lines = [f"POST {CUSTOM} HTTP/1.1", "Host: localhost", "x-keyfactor-requested-with: APIClient", f"Content-Length: {len(JOB)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\r\n".join([*lines, "", ""]).encode() + JOB


def get(path="/Agents", **fields):
    """The bytes of a request for something below the base path."""
    lines = [f"GET /KeyfactorAPI{path} HTTP/1.1", "Host: localhost"]
    return "\r\n".join([*lines, *(f"{name.replace('_', '-')}: {value}" for name, value in fields.items()), "", ""]).encode()


@dataclass
class Seen:
    """What came in answer to a request."""

    data: bytes = b""
    # "fin", "rst", "silent" (nothing more came while we waited), or "fin+rst" (which no fault does)
    end: str = "silent"
    # Whether TLS said that it ends, before the end of the connection.
    notified: bool = False
    # (seconds after the request, number of bytes), one for each piece.
    pieces: list = field(default_factory=list)
    # Seconds after the request until the end, or until we left.
    ended: float = 0

    @property
    def head(self):
        return self.data.partition(b"\r\n\r\n")[0].decode("latin-1")

    @property
    def body(self):
        return self.data.partition(b"\r\n\r\n")[2]

    @property
    def status(self):
        return int(self.head.split(" ", 2)[1])

    @property
    def length(self):
        return int(self.header("content-length"))

    def header(self, name):
        fields = (line.partition(": ") for line in self.head.split("\r\n")[1:])
        return next((value for key, _, value in fields if key.lower() == name.lower()), None)


class Wire:
    """A connection, its TLS done by hand."""

    def __init__(self, mock, secure=False, context=None, patience=10):
        self.raw = socket.create_connection(("127.0.0.1", mock.https_port if secure else mock.http_port), timeout=patience)
        self.raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.tls = None
        if secure:
            self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
            context = context or ssl.create_default_context(cafile=mock.ca)
            self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname="localhost")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.raw.close()

    def shake(self):
        """The handshake; what goes wrong in it is thrown."""
        while True:
            try:
                self.tls.do_handshake()
                return self._flush()
            except ssl.SSLWantReadError:
                self._flush()
                self._take()

    def _flush(self):
        if self.outgoing.pending:
            self.raw.sendall(self.outgoing.read())

    def _take(self):
        data = self.raw.recv(65536)
        self.incoming.write(data) if data else self.incoming.write_eof()
        return data

    def send(self, data):
        if self.tls:
            self.tls.write(data)
            return self._flush()
        self.raw.sendall(data)

    def rest(self, patience=5.0):
        """Everything until the end, or until nothing more has come for so long."""
        seen, start = Seen(), time.monotonic()
        self.raw.settimeout(patience)
        try:
            while data := self.raw.recv(65536):
                if self.tls:
                    self.incoming.write(data)
                    data = self._decrypted(seen)
                seen.data += data
                if data:
                    seen.pieces.append((time.monotonic() - start, len(data)))
            seen.end = "fin"
        except TimeoutError:
            seen.end = "silent"
        except ConnectionResetError:
            seen.end = "rst"
        except BrokenPipeError:  # Linux says so of a RST after a FIN
            seen.end = "fin+rst"
        seen.ended = time.monotonic() - start
        return seen

    def _decrypted(self, seen):
        data = b""
        try:
            while part := self.tls.read(65536):
                data += part
            seen.notified = True
        except ssl.SSLWantReadError:
            pass
        return data


def look(mock, request, secure=False, patience=5.0 * SLOWNESS):
    """What a request on a connection of its own gets."""
    with Wire(mock, secure) as wire:
        if secure:
            wire.shake()
        wire.send(request)
        return wire.rest(patience)


def eventually(condition, within=5.0 * SLOWNESS):
    """Whether a condition becomes true soon."""
    end = time.monotonic() + within
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def descriptors(mock):
    """How many the server has open."""
    return len(os.listdir(f"/proc/{mock.process.pid}/fd"))


def at_rest(mock):
    """How many it has open when nobody is connected any more: the number that has stayed for a while."""
    counts = [descriptors(mock)]
    while len(counts) < 10 or len(set(counts[-10:])) > 1:
        time.sleep(0.02)
        counts.append(descriptors(mock))
    return counts[-1]


def memory(mock):
    """The server's memory in KiB."""
    with open(f"/proc/{mock.process.pid}/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def jobs(mock):
    """The jobs that exist."""
    return mock.ask("GET", "/_mock/jobs").json


def journal(mock, query=""):
    """The exchanges that the journal holds, the newest first."""
    return mock.ask("GET", "/_mock/journal" + query).json["exchanges"]


def reset(mock):
    """The world as it began, and an empty journal."""
    assert mock.ask("POST", "/_mock/reset").status == 200
    mock.ask("DELETE", "/_mock/journal")
