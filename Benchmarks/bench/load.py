"""The requests, the clients that send them, and the expected responses."""

import http.client
import json
import re
import socket
import ssl
import subprocess
from pathlib import Path

from bench.processes import Failure, pinned

HERE = Path(__file__).resolve().parent.parent
# The maximum time for a response: some peers load modules at the first request.
ANSWER_SECONDS = 30
NOBODY = "00000000-0000-0000-0000-000000000000"
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
HEADERS = {
    "Authorization": "Basic YmVuY2g6bWFyaw==",
    "x-keyfactor-requested-with": "APIClient",
    "Content-Type": "application/json",
}
JOB, SCHEDULE = "/KeyfactorAPI/OrchestratorJobs/Custom", "/KeyfactorAPI/CertificateStores/Schedule"
AGENTS, STORES = "/KeyfactorAPI/Agents", "/KeyfactorAPI/CertificateStores"
BOTH = (("orders a custom job", JOB), ("schedules a store", SCHEDULE))
TEMPLATES = {JOB: "custom-job.json", SCHEDULE: "schedule.json"}


def client_tls():
    """A context that does not verify the servers' certificates, which were just created."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


TLS = client_tls()


def ask(server, scheme, method, path, body=None, headers=HEADERS):
    """Sends one request on a new connection and returns status and body."""
    port = server.ports[scheme]
    connection = (
        http.client.HTTPSConnection("127.0.0.1", port, timeout=ANSWER_SECONDS, context=TLS) if scheme == "https"
        else http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS))
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def expect(truth, what, answer):
    if not truth:
        raise Failure(f"{what}: unexpected answer {answer[0]}: {answer[1][:300]!r}")


class Bodies:
    """The request bodies with the ids of the mock's built-in estate, in files for wrk."""

    def __init__(self, server, folder):
        agents = ask(server, "http", "GET", AGENTS)
        expect(agents[0] == 200, "GET Agents", agents)
        self.agent = next(agent["AgentId"] for agent in json.loads(agents[1]) if agent["Status"] == 2)
        stores = ask(server, "http", "GET", STORES)
        expect(stores[0] == 200, "GET CertificateStores", stores)
        identifiers = {JOB: self.agent, SCHEDULE: json.loads(stores[1])[0]["Id"]}
        self.texts, self.files = {}, {}
        for path, template in TEMPLATES.items():
            self.texts[path] = (HERE / template).read_text().strip().replace(NOBODY, identifiers[path]).encode()
            self.files[path] = folder / template
            self.files[path].write_bytes(self.texts[path])

    def check(self, server, path, scheme="http", is_mock=True):
        """Sends the measured request once and checks the response."""
        answer = ask(server, scheme, "POST", path, self.texts[path])
        if path != JOB or not is_mock:
            return expect(answer == (204, b""), f"POST {path}", answer)
        expect(answer[0] == 200, f"POST {path}", answer)
        job = json.loads(answer[1])
        fields = {field["JobTypeField"]: field["Value"] for field in job["JobFields"]}
        sent = json.loads(self.texts[path])
        good = (
            GUID.fullmatch(job["JobId"]) and job["OrchestratorId"] == self.agent and fields == sent["JobFields"]
            and job["JobTypeName"] == sent["JobTypeName"] and job["Schedule"] == sent["Schedule"] and job["RequestTimestamp"])
        expect(good, f"POST {path}", answer)


class Rate:
    """The result of a run of wrk; latencies are in ms."""

    def __init__(self, summary, cpu_seconds):
        self.requests = requests = summary["requests"]
        self.per_second = requests / summary["microseconds"] * 1e6
        self.p50, self.p99 = (max(1, summary[name]) / 1000 for name in ("p50", "p99"))
        self.cpu_microseconds = cpu_seconds / requests * 1e6


def wrk(server, url, body_file, connections, seconds, core=None, closes=False, worlds=None, headers=()):
    """Sends requests continuously on this many connections. Every response must be 2xx, on every connection."""
    command = ["wrk", "-t", "1", "-c", connections, "-d", f"{seconds}s", "--timeout", f"{ANSWER_SECONDS}s", "-s", HERE / "post.lua"]
    command += [part for name, value in dict(headers).items() for part in ("-H", f"{name}: {value}")] + [url, "--", body_file]
    command += ["close"] if closes else ["worlds", worlds] if worlds else []
    before = server.cpu_seconds()
    run = subprocess.run(
        pinned([str(part) for part in command], core), capture_output=True, text=True, timeout=seconds + ANSWER_SECONDS)
    cpu = server.cpu_seconds() - before
    lines = [line for line in run.stdout.splitlines() if line.startswith("{")]
    if run.returncode != 0 or not lines:
        raise Failure(f"wrk failed: {run.stdout} {run.stderr}")
    summary = json.loads(lines[-1])
    wrong = {name: summary[name] for name in ("connect", "read", "write", "status", "timeout") if summary[name] > 0}
    if wrong or summary["requests"] == 0:
        raise Failure(f"wrk on {url} with {connections} connections: {summary['requests']} requests, errors {wrong}")
    return Rate(summary, cpu)


def packed(method, path, body=b"", headers=HEADERS):
    """A request as bytes."""
    fields = {"Host": "127.0.0.1", **headers, "Content-Length": len(body)}
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return head.encode() + b"\r\n" + body


def read_answer(connection, status):
    """Reads one complete response, which must have this status, and returns its headers and its body."""
    data = b""
    while True:
        piece = connection.recv(65536)
        data += piece
        end = data.find(b"\r\n\r\n")
        if end >= 0:
            length = re.search(rb"\r\nContent-Length: (\d+)", data[:end])
            if len(data) >= end + 4 + (int(length[1]) if length else 0):
                break
        if not piece:
            raise Failure(f"the server closed the connection after {data[:200]!r}")
    if not data.startswith(b"HTTP/1.1 %d " % status):
        raise Failure(f"expected status {status}, found {data[:300]!r}")
    return data[:end], data[end + 4:]


class Client:
    """Requests on a fixed set of connections: all connections send, then all responses are read."""

    def __init__(self, server, request, connections):
        self.request = request
        self.connections = [socket.create_connection(("127.0.0.1", server.ports["http"]), 5) for _ in range(connections)]

    def send(self, count):
        for start in range(0, count, len(self.connections)):
            some = self.connections[:min(len(self.connections), count - start)]
            for connection in some:
                connection.sendall(self.request)
            for connection in some:
                read_answer(connection, 200)

    def exchange(self, requests, status=200):
        """Sends these requests and returns the headers and bodies of the responses in the same order."""
        answers = []
        for start in range(0, len(requests), len(self.connections)):
            some = list(zip(self.connections, requests[start:start + len(self.connections)]))
            for connection, request in some:
                connection.sendall(request)
            answers += [read_answer(connection, status) for connection, _ in some]
        return answers

    def close(self):
        for connection in self.connections:
            connection.close()


def first_answer(port, request, status, is_tls):
    """Connects and sends one request that was prepared in advance.

    Without TCP_NODELAY, which HTTP clients set, the request would wait for the server to acknowledge the end of the handshake.
    """
    with socket.create_connection(("127.0.0.1", port), ANSWER_SECONDS) as plain:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = TLS.wrap_socket(plain) if is_tls else plain
        with connection:
            connection.sendall(request)
            read_answer(connection, status)
