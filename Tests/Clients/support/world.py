"""The control interface as tests use it: a world that is put back, changed, and moved through its time. Nothing here sleeps."""

from support.client import Client, moment


class World:
    """The world of a running server."""

    def __init__(self, server):
        self.server = server

    def control(self, method, page, body=None, status=200):
        """One request to the control interface; answers what it says."""
        reply = self.server.ask(method, "/_mock/" + page, body)
        assert reply.status == status, reply
        return reply.json

    def client(self, secure=False, **more):
        """A client for which time passes in the world and not on the wall."""
        where = {"url": self.server.secure_api, "verify": self.server.ca} if secure else {"url": self.server.api}
        return Client(**where, pause=lambda seconds: self.advance(f"{seconds}s"), **more)

    @property
    def now(self):
        return moment(self.control("GET", "clock")["now"])

    def advance(self, by):
        """Lets so much time pass; answers how many runs began."""
        return self.control("POST", "clock/advance", {"by": by})["ran"]

    def advance_to(self, time):
        return self.control("POST", "clock/advance", {"to": time})["ran"]

    def reset(self):
        return self.control("POST", "reset")

    def estate(self):
        return self.control("GET", "estate")

    def patch(self, **parts):
        return self.control("PATCH", "estate", parts)

    def jobs(self):
        return self.control("GET", "jobs")

    def tell(self, job):
        """Moves a job one step on; answers its state then."""
        return self.control("POST", f"jobs/{job}/advance")["state"]
