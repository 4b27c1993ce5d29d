"""The server under test, with what the system tells about its process."""

import pathlib
import signal
import sys
import time
from typing import NamedTuple

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "Clients"))
from support.mock import BINARY, Mock  # noqa: E402

from ledger import Wrong  # noqa: E402
from traffic import MAX_BODY  # noqa: E402
from worker import IDLE_TIMEOUT  # noqa: E402

SCENARIO = pathlib.Path(__file__).with_name("soak.yaml").read_text()
# Bounds small enough to be reached at once (worker.Client.fill): what they bound may not be mistaken for growth.
JOURNAL_BYTES, WORLDS = 4 << 20, 32
OPTIONS = [
    "--max-body", MAX_BODY, "--idle-timeout", IDLE_TIMEOUT, "--max-worlds", WORLDS, "--journal-bytes", JOURNAL_BYTES,
    "--log-level", "error",
]
# How many seconds the end may take; on a quiet machine it is hundredths of one.
PROMPT = 5
# Swift's pool has begun once the number of descriptors has not changed for so many seconds.
POOL = 1


class Facts(NamedTuple):
    """What the process uses."""

    rss: int
    descriptors: int
    threads: int


class Server:
    """A running server. `ports` are those of the one before, or 0."""

    def __init__(self, ca_folder, ports=(0, 0)):
        began = time.monotonic()
        options = [str(each) for each in OPTIONS]
        ports = ["--http-port", str(ports[0]), "--https-port", str(ports[1])]
        self.mock = Mock(SCENARIO, "--ca-dir", str(ca_folder), *options, ports=ports)
        self.seconds_to_ready = time.monotonic() - began
        self.ports = self.mock.http_port, self.mock.https_port
        self.ca = pathlib.Path(self.mock.ca).read_text()
        self.folder = pathlib.Path("/proc", str(self.mock.process.pid))
        self.at_start = self.facts()

    def wake(self):
        """Lets it drop a world: Swift's pool, which frees worlds, begins with the first, and keeps three descriptors of its own."""
        self.mock.ask("POST", "/_mock/worlds", {"name": "first"})
        self.mock.ask("DELETE", "/_mock/worlds/first")
        unchanged_since = time.monotonic()
        while time.monotonic() - unchanged_since < POOL:
            if (now := self.facts()).descriptors != self.at_start.descriptors:
                self.at_start, unchanged_since = now, time.monotonic()
            time.sleep(0.01)

    def facts(self):
        fields = dict(line.split(":", 1) for line in (self.folder / "status").read_text().splitlines())
        return Facts(int(fields["VmRSS"].split()[0]) * 1024, len(list((self.folder / "fd").iterdir())), int(fields["Threads"]))

    def kill(self):
        """kill -9, in the middle of everything."""
        self.mock.process.kill()
        self.mock.process.wait()
        self.mock.process.stdout.close()
        self._require_silence()

    def stop(self):
        """SIGTERM; answers how many seconds the end took. Mock.stop requires exit code 0."""
        self._require_silence()
        began = time.monotonic()
        self.mock.stop(signal.SIGTERM)
        if (seconds := time.monotonic() - began) > PROMPT:
            raise Wrong(f"the server took {seconds:.1f} s to end on SIGTERM; {PROMPT} s are allowed")
        return seconds

    def _require_silence(self):
        if errors := self.mock.errors:
            raise Wrong("the server has logged errors:\n" + errors[:2000])
