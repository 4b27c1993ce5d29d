"""keyfactor-mock for tests in Python: the program itself, and worlds on a running server.

With pytest there is nothing to import: the fixture `kfmock` is a world for one test. Elsewhere::

    with keyfactor_mock.served() as server:
        world = keyfactor_mock.World(server, "my-test")
        world.on("POST", "/OrchestratorJobs/Custom", times=2).refuse("unavailable")

It needs Python 3.9 or later and nothing but the standard library.
"""

from keyfactor_mock.exchange import Exchange
from keyfactor_mock.rule import Rule
from keyfactor_mock.server import Refused, Server, Unusable, program, served
from keyfactor_mock.world import World

__all__ = ["Exchange", "Refused", "Rule", "Server", "Unusable", "World", "program", "served"]
