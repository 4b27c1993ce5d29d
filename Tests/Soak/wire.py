"""Connections as bytes: what is sent is sent as it is, and what comes back is kept as it came, also where it is no reply."""

import socket
import ssl
import struct
import time
from typing import NamedTuple

# How long a client waits for what must come. Long, since the machine may be busy; who expects silence says so.
PATIENCE = 60
HOST = "127.0.0.1"
_TCP_CLOSE = 7


class Came(NamedTuple):
    """What came back: `kind` is whole, cut (a reply that ended early), garbage, reset, closed or silence."""

    kind: str
    status: int = 0
    head: bytes = b""
    body: bytes = b""

    def __str__(self):
        start = (self.head + b"\r\n\r\n" + self.body)[:600].decode("latin-1") if self.head else repr(self.body[:200])
        return f"{self.kind}, status {self.status or 'none'}: {start}"


class Line:
    """One connection. With a TLS context it is secure; `source` is the address that it comes from."""

    def __init__(self, port, context=None, source=None, patience=PATIENCE):
        self.socket = socket.create_connection((HOST, port), patience, (source, 0) if source else None)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if context:
                self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        except OSError:
            self.socket.close()
            raise
        self.used = time.monotonic()
        self.is_open = True

    def send(self, data):
        self.socket.sendall(data)

    def close(self):
        """The end, as a client says it: FIN."""
        self.is_open = False
        self.socket.close()

    def abort(self):
        """The end of a client that dies: RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def receive(self, method="GET", patience=PATIENCE):
        """Reads one reply, or what there is in its place, which ends the connection."""
        self.socket.settimeout(patience)
        data = b""
        try:
            while b"\r\n\r\n" not in data or not data.startswith(b"HTTP/1.1 "):
                part = self.socket.recv(65536)
                if not part:
                    return self._ended(data, self._how_it_ended())
                data += part
            head, _, body = data.partition(b"\r\n\r\n")
            status, fields = int(head[9:12]), head.lower() + b"\r\n"
            length = _length(fields, method, status)
            while length is None or len(body) < length:
                part = self.socket.recv(65536)
                if not part:
                    return self._cut(status, head, body)
                body += part
        except (ConnectionError, ssl.SSLError):
            ending = "reset"
        except TimeoutError:
            ending = "silence"
        else:
            self.used = time.monotonic()
            if b"\r\nconnection: close" in fields:
                self.close()
            return Came("whole", status, head, body)
        return self._ended(data, ending)

    def _how_it_ended(self):
        """Python's TLS tells RST as an end like any other. The system knows: a socket that was reset is closed, one with FIN waits."""
        is_closed = self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == _TCP_CLOSE
        return "reset" if is_closed else "closed"

    def _cut(self, status, head, body):
        self.close()
        return Came("cut", status, head, body)

    def _ended(self, data, ending):
        """What bytes that are no whole reply amount to."""
        if not data or ending == "silence":
            self.close()
            return Came(ending, body=data)
        if data.startswith(b"HTTP/1.1 ") and b"\r\n\r\n" in data:
            head, _, body = data.partition(b"\r\n\r\n")
            return self._cut(int(head[9:12]), head, body)
        self.close()
        return Came("garbage", body=data)


def _length(fields, method, status):
    """How long the body is; None if only its end tells, as of chunks, which the server sends to break them."""
    if method == "HEAD" or status == 204:
        return 0
    _, found, rest = fields.partition(b"\r\ncontent-length:")
    return int(rest.partition(b"\r\n")[0]) if found else None
