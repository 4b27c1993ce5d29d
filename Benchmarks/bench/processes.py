"""Starts the measured servers, waits until they are ready, measures them, and always stops them."""

import json
import os
import select
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

# One core for server and client together: with two cores, interference between them would dominate the results.
CORE = max(os.sched_getaffinity(0))
READY_SECONDS = 30


class Failure(Exception):
    """A problem that makes a measurement meaningless."""


def pinned(command, core):
    return command if core is None else ["taskset", "-c", str(core), *command]


class Server:
    """A server's process and its children, for the duration of a `with`."""

    def __init__(self, command, core=None, ports=None, environment=None):
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            pinned([str(part) for part in command], core), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=self.errors, close_fds=False, env=environment, start_new_session=True)
        try:
            self.ports = ports or self.read_ready_line()
            for port in (ports or {}).values():
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
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # expected: no process is left
        self.process.stdout.close()
        self.errors.close()

    def errors_text(self):
        self.errors.seek(0)
        return self.errors.read().decode(errors="replace").strip() or "nothing"

    def read_ready_line(self):
        """The ports, from the line of JSON that the server prints when it listens."""
        readable, _, _ = select.select([self.process.stdout], [], [], READY_SECONDS)
        line = self.process.stdout.readline() if readable else b""
        if not line:
            raise Failure(f"{self.process.args[0]} did not get ready; its output was: {self.errors_text()}")
        return json.loads(line)

    def await_port(self, port):
        """Waits for a server that does not report when it listens."""
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            try:
                return socket.create_connection(("127.0.0.1", port), 1).close()
            except ConnectionRefusedError:
                time.sleep(0.001)
        raise Failure(f"{self.process.args[0]} does not listen; its output was: {self.errors_text()}")

    def url(self, path, scheme="http"):
        return f"{scheme}://127.0.0.1:{self.ports[scheme]}{path}"

    def processes(self):
        """The process and all its descendants, each started from its parent's first thread."""
        found = [self.process.pid]
        for pid in found:
            found += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        return found

    def cpu_seconds(self):
        """User and system time of all threads, including finished ones: the clock of clock_getcpuclockid(3)."""
        return sum(time.clock_gettime(~pid << 3 | 2) for pid in self.processes())

    def resident_mib(self):
        """VmRSS; for several processes the sum of their Pss, in which shared memory counts once."""
        processes = self.processes()
        file, field = ("status", "VmRSS:") if len(processes) == 1 else ("smaps_rollup", "Pss:")
        return sum(kilobytes(Path(f"/proc/{pid}/{file}"), field) for pid in processes) / 1024


def kilobytes(file, field):
    for line in file.read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1])
    raise Failure(f"{file} does not tell {field}")


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
    keepalive_requests 1000000000;
    server {{
        listen 127.0.0.1:{http};
        listen 127.0.0.1:{https} ssl;
        ssl_certificate {folder}/ca.pem;
        ssl_certificate_key {folder}/ca-key.pem;
        ssl_protocols TLSv1.3;
        default_type application/json;
        location / {{ return 204; }}
        location = {job_path} {{ return 200 '{job}'; }}
    }}
}}
"""


class Programs:
    """The programs that can be started."""

    def __init__(self, mock, reference, folder):
        self.mock_binary, self.reference_binary, self.folder = mock, reference, folder

    def reference(self, core=None):
        return Server([self.reference_binary, 0], core)

    def mock(self, core=None, threads=None, options=()):
        threads = [] if threads is None else ["--threads", threads]
        return Server([self.mock_binary, "serve", "--http-port", 0, "--https-port", 0, *threads, *options], core)

    def nginx(self, core=None, job_path="/job", job=""):
        """nginx with one process, and with a P-256 key and certificate made by the mock. It sends 204, or this job at one path."""
        if not (self.folder / "ca-key.pem").exists():
            self.mock(options=["--ca-dir", self.folder]).end()
        ports = {"http": free_port(), "https": free_port()}
        file = self.folder / "nginx.conf"
        file.write_text(NGINX.format(folder=self.folder, job_path=job_path, job=job, **ports))
        return Server(["nginx", "-p", self.folder, "-e", "stderr", "-c", file, "-g", "daemon off;"], core, ports)
