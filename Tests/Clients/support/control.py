"""What the tests of the control interface share: its pages for any world, and requests of clients in any world."""

import contextlib
import http.client
import re
import time
from urllib.parse import quote

from support.mock import PATIENCE

AGENTS = "/KeyfactorAPI/Agents"
UO_1 = re.compile(r'"AgentId":"([0-9a-f-]+)","ClientMachine":"uo-1"')


class Remote:
    """The control interface of a server, seen from one world."""

    def __init__(self, server, world=None):
        self.server, self.world = server, world
        self.below = f"/_mock/worlds/{world}/" if world else "/_mock/"

    def ask(self, method, page, body=None, headers=None):
        """The reply as it is."""
        return self.server.ask(method, self.below + page, body, headers)

    def control(self, method, page, body=None, status=200):
        """What a page says; it must answer with the status."""
        reply = self.ask(method, page, body)
        assert reply.status == status, reply
        return reply.json if reply.body[:1] in (b"{", b"[") else reply.body.decode()

    def refused(self, method, page, body=None, status=400):
        """Why a page refuses."""
        return self.control(method, page, body, status)["error"]

    def request(self, method="GET", path="/Agents", body=None, headers=None):
        """A client's request in this world, below the base path."""
        prefix = f"/w/{self.world}" if self.world else ""
        return self.server.ask(method, f"{prefix}/KeyfactorAPI{path}", body, headers)

    def statuses(self, count, path="/Agents"):
        return [self.request(path=path).status for _ in range(count)]

    def journal(self, **query):
        """The exchanges, the oldest first unless it is asked for otherwise."""
        asked = "&".join(f"{name}={quote(str(value))}" for name, value in {"order": "oldest", **query}.items())
        return self.control("GET", f"journal?{asked}")["exchanges"]

    def last(self):
        return self.journal(order="newest", limit=1)[0]

    def job(self, agent, number=1, status=200):
        """Gives a job to an agent, as a client does."""
        fields = {"AgentId": agent, "JobTypeName": "SampleCustomJobType", "JobFields": {"ParamInt": str(number)}}
        reply = self.request("POST", "/OrchestratorJobs/Custom", fields)
        assert reply.status == status, reply
        return reply

    def agent(self):
        """The id of the agent uo-1."""
        return UO_1.search(self.request().body.decode())[1]

    def rules(self):
        return {rule["name"]: rule for rule in self.control("GET", "rules")}

    def new(self, name, **more):
        self.control("POST", "worlds", {"name": name, **more}, status=201)
        return Remote(self.server, name)

    def at(self, world):
        return Remote(self.server, world)


@contextlib.contextmanager
def connection(server):
    """A connection that is kept for many requests."""
    kept = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=PATIENCE)
    try:
        yield kept
    finally:
        kept.close()


def on(kept, method, path, body=None, headers=None):
    """One request on a kept connection: status and body."""
    kept.request(method, path, body, {"x-keyfactor-requested-with": "APIClient", **(headers or {})})
    reply = kept.getresponse()
    return reply.status, reply.read()


def resident(server):
    """The memory of a server in bytes."""
    status = open(f"/proc/{server.process.pid}/status").read()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024


def until(is_so):
    """Polls until a condition is true, without sleeping."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, "that did not happen"
