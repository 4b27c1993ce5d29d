"""The server under test: starts it, finds things in it by name, talks to it in plain bytes, and stops it.

Only the standard library, since Tests/Soak uses it too.
"""

import base64
import functools
import http.client
import json
import os
import pathlib
import select
import signal
import socket
import ssl
import subprocess
import tempfile
import warnings
from collections import namedtuple
from urllib.parse import quote

ROOT = pathlib.Path(__file__).resolve().parents[3]
BINARY = os.environ.get("KEYFACTOR_MOCK_BINARY") or str(ROOT / ".build/debug/keyfactor-mock")
# How many times slower than usual the server may be. Tests/sanitize sets it; every limit in time is multiplied by it.
SLOWNESS = int(os.environ.get("KFMOCK_SLOWNESS") or 1)
PATIENCE = 30 * SLOWNESS
# What a server that is built with a sanitizer must find in its environment, however bare that is: where to write what it finds.
SANITIZER = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
# The releases of Command that the server simulates.
RELEASES = ["10.5", "11.6", "12.3", "24.4", "25.4"]
PORTS = ("--http-port", "0", "--https-port", "0")

# Something of every kind that the two operations can meet.
ESTATE = """
estate:
  from: small
  containers:
    - { id: 3, name: Web servers }
    - { id: 4, name: Mail servers }
  agents:
    - { machine: uo-1, capabilities: [ PEM, LOGS, SampleCustomJobType, Custom_Backup, EveryType, NoFields ] }
    - { machine: uo-3, status: disapproved, capabilities: [ LOGS, Custom_Backup ] }
    - { machine: uo-4, status: approved, capabilities: [ PEM ] }
  jobTypes:
    - name: Custom_Backup
      description: Backs something up
      fields: [ { name: Target, default: everything }, { name: PathName } ]
    - name: EveryType
      fields:
        - { name: Whole, type: Int }
        - { name: When, type: DateTime }
        - { name: Sure, type: Bool, default: "true" }
        - { name: Text, type: String, required: true }
    - { name: NoFields }
  certificateStores:
    - { machine: web-2, path: /etc/ssl/shop.pem, agent: uo-1, container: Web servers }
    - { machine: mail-1, path: /etc/ssl/mail.pem, agent: uo-1, container: Mail servers }
    - { machine: found-1, path: /found.pem, agent: uo-1, approved: false }
    - { machine: lonely-1, path: /lonely.pem }
    - { machine: shelf-1, path: /etc/ssl/part.pem, agent: uo-1, count: 120 }
"""


class Reply(namedtuple("Reply", "status reason headers body")):
    """A response as it was on the wire; headers as (name, value) in the order and case sent."""

    @property
    def json(self):
        return json.loads(self.body)

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class DidNotStart(AssertionError):
    """The server ended before it was ready; says how, and what it wrote."""

    def __init__(self, code, errors):
        super().__init__(f"keyfactor-mock ended with {code} before it was ready:\n{errors}")
        self.code, self.errors = code, errors


class Mock:
    """A running server. Its ports and its CA are read from the ready line; nothing waits by the clock."""

    def __init__(self, scenario="", *options, variables=None, ports=PORTS, own_ca=True):
        self.headers = {"x-keyfactor-requested-with": "APIClient"}
        self.folder = tempfile.TemporaryDirectory(prefix="keyfactor-mock-")
        self.errors_file = pathlib.Path(self.folder.name, "stderr")
        command = [BINARY, "serve", *ports, *options]
        if own_ca:
            command += ["--ca-file", str(pathlib.Path(self.folder.name, "ca.pem"))]
        if scenario:
            file = pathlib.Path(self.folder.name, "scenario.yaml")
            file.write_text(scenario)
            command += ["--scenario", str(file)]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("KEYFACTOR_MOCK_")}
        environment.update(variables or {})
        with open(self.errors_file, "wb") as errors:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=environment)
        self.ready = self._read_ready_line()
        self.http_port, self.https_port, self.ca = (self.ready[key] for key in ("http", "https", "ca"))
        self.http = f"http://localhost:{self.http_port}"
        self.https = f"https://localhost:{self.https_port}"
        self.api, self.secure_api = self.http + "/KeyfactorAPI", self.https + "/KeyfactorAPI"

    def _read_ready_line(self):
        # Not select.select: a test may have thousands of sockets open, and select takes no descriptor above 1023.
        poll = select.poll()
        poll.register(self.process.stdout, select.POLLIN)
        readable = poll.poll(PATIENCE * 1000)
        line = self.process.stdout.readline() if readable else b""
        if line:
            return json.loads(line)
        if not readable:
            self.process.kill()
        code = self.process.wait(PATIENCE)
        errors = self.errors
        self.process.stdout.close()
        self.folder.cleanup()
        raise DidNotStart(code if readable else "no ready line", errors)

    @property
    def errors(self):
        """What the server has written to stderr."""
        return self.errors_file.read_text(errors="replace")

    def stop(self, with_signal=signal.SIGTERM):
        """Stops the server as an operator would. It must exit with 0."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError("keyfactor-mock did not stop on " + with_signal.name) from None
        finally:
            self.process.stdout.close()
        errors = self.errors
        self.folder.cleanup()
        assert code == 0, f"keyfactor-mock ended with {code}:\n{errors}"

    def ask(self, method, path, body=None, headers=None, secure=False):
        """One request on a connection of its own, with the headers that a well-behaved client sends."""
        if secure:
            context = ssl.create_default_context(cafile=self.ca)
            connection = http.client.HTTPSConnection("localhost", self.https_port, timeout=PATIENCE, context=context)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=PATIENCE)
        sent = {**self.headers, **(headers or {})}
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            return Reply(response.status, response.reason, response.getheaders(), response.read())
        finally:
            connection.close()

    def get(self, path):
        """What a GET below the base path says."""
        reply = self.ask("GET", "/KeyfactorAPI" + path)
        assert reply.status == 200, reply
        return reply.json

    def _find(self, path, field, name, member):
        rows = self.get(f"{path}?QueryString=" + quote(f'{field} -eq "{name}"'))
        assert rows, f"the estate has no {name}"
        return rows[0][member]

    def store(self, machine):
        """The id of a store, by its machine."""
        return self._find("/CertificateStores", "ClientMachine", machine, "Id")

    def agent(self, machine):
        """The id of an agent, by its machine."""
        return self._find("/Agents", "ClientMachine", machine, "AgentId")

    def job_type(self, name):
        """The id of a custom job type, by its name."""
        return self._find("/JobTypes/Custom", "JobTypeName", name, "Id")

    def schedule_of(self, store):
        """The inventory schedule that a GET of a store shows."""
        return self.get(f"/CertificateStores/{store}").get("InventorySchedule")

    def connect(self, secure=False, context=None):
        """A socket to the server, TLS with the server's own CA if it is to be secure."""
        port = self.https_port if secure else self.http_port
        plain = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not secure:
            return plain
        context = context or ssl.create_default_context(cafile=self.ca)
        return context.wrap_socket(plain, server_hostname="localhost")


def grew_at_most(limit, grown, unit="bytes"):
    """Asserts what memory has grown by; under a sanitizer, which keeps what is freed, a warning tells that this is not judged."""
    if SANITIZER:
        warnings.warn("how memory grows is not judged under a sanitizer", stacklevel=2)
    else:
        assert grown <= limit, f"memory has grown by {grown:.0f} {unit}, expected at most {limit}"


def basic(user, password):
    """The value of an Authorization header."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def read_reply(stream, method="GET"):
    """Reads one response, and no byte more, from a socket's file (`socket.makefile('rb')`)."""
    line = stream.readline()
    assert line.startswith(b"HTTP/1.1 "), f"expected a response, found {line!r}"
    _, status, reason = line.decode("latin-1").rstrip("\r\n").split(" ", 2)
    headers = []
    while (field := stream.readline()) not in (b"\r\n", b""):
        name, value = field.decode("latin-1").rstrip("\r\n").split(": ", 1)
        headers.append((name, value))
    length = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
    bodiless = method == "HEAD" or int(status) in (100, 204, 304)
    return Reply(int(status), reason, headers, b"" if bodiless else stream.read(length))


def talk(mock, text, secure=False, replies=1, method="GET"):
    """Sends bytes as they are and reads so many responses."""
    with mock.connect(secure) as wire, wire.makefile("rb") as stream:
        wire.sendall(text)
        answers = [read_reply(stream, method) for _ in range(replies)]
    return answers[0] if replies == 1 else answers


def option(name):
    """A mark for tests of an option of `serve`: they are skipped where the server does not have it."""
    import pytest

    return pytest.mark.skipif(name not in _serve_help(), reason=f"this server does not have {name}")


@functools.cache
def _serve_help():
    return subprocess.run([BINARY, "serve", "--help"], capture_output=True, text=True, timeout=PATIENCE).stdout
