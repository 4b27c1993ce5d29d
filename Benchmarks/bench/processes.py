"""The servers that are measured: started, asked whether they are ready, watched, and always ended."""

import json
import os
import select
import socket
import subprocess
import tempfile
import time
from pathlib import Path

# One core for server and client together: with two, whether they disturb each other decides more than the server does.
CORE = max(os.sched_getaffinity(0))
READY_SECONDS = 10
TICKS = os.sysconf("SC_CLK_TCK")


class Failure(Exception):
    """Something without which a measurement would mean nothing."""


def pinned(command, core):
    return command if core is None else ["taskset", "-c", str(core), *command]


class Server:
    """A server's process for the length of a `with`."""

    def __init__(self, command, core=None, port=None):
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            pinned([str(part) for part in command], core), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=self.errors, close_fds=False)
        try:
            if port is None:
                self.ports = self.read_ready_line()
            else:
                self.ports = {"https": port}
                self.await_port(port)
        except BaseException:
            self.end()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.end()

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.errors.close()

    def said(self):
        self.errors.seek(0)
        return self.errors.read().decode(errors="replace").strip() or "nothing"

    def read_ready_line(self):
        """The ports that a line of JSON names once the server listens."""
        readable, _, _ = select.select([self.process.stdout], [], [], READY_SECONDS)
        line = self.process.stdout.readline() if readable else b""
        if not line:
            raise Failure(f"{self.process.args[0]} did not get ready; it said: {self.said()}")
        return json.loads(line)

    def await_port(self, port):
        """For a server that does not tell when it listens."""
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            try:
                return socket.create_connection(("127.0.0.1", port), 1).close()
            except ConnectionRefusedError:
                time.sleep(0.01)
        raise Failure(f"{self.process.args[0]} does not listen; it said: {self.said()}")

    def url(self, path, scheme="http"):
        return f"{scheme}://127.0.0.1:{self.ports[scheme]}{path}"

    def cpu_seconds(self):
        """User and system time of all threads: to the nanosecond where the kernel keeps it so, else in ticks."""
        tasks = Path(f"/proc/{self.process.pid}/task")
        try:
            return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e9
        except OSError:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / TICKS

    def resident_mib(self):
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise Failure("the kernel does not tell VmRSS")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


NGINX = """
worker_processes 1;
master_process off;
pid {folder}/nginx.pid;
error_log stderr error;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {folder}/ca.pem;
        ssl_certificate_key {folder}/ca-key.pem;
        ssl_protocols TLSv1.3;
        location / {{ return 204; }}
    }}
}}
"""


class Programs:
    """What there is to start."""

    def __init__(self, mock, reference, folder):
        self.mock_binary, self.reference_binary, self.folder = mock, reference, folder

    def reference(self, core=None):
        return Server([self.reference_binary, 0], core)

    def mock(self, core=None, threads=None, options=()):
        threads = [] if threads is None else ["--threads", threads]
        return Server([self.mock_binary, "serve", "--http-port", 0, "--https-port", 0, *threads, *options], core)

    def nginx(self, core=None):
        """nginx as one process, with a P-256 key and certificate that the mock has made."""
        if not (self.folder / "ca-key.pem").exists():
            self.mock(options=["--ca-dir", self.folder]).end()
        port = free_port()
        file = self.folder / "nginx.conf"
        file.write_text(NGINX.format(folder=self.folder, port=port))
        return Server(["nginx", "-p", self.folder, "-e", "stderr", "-c", file, "-g", "daemon off;"], core, port)
