"""The fixture kfmock of packaging/src, which everybody has, and a client that lives in its world."""

import os

import pytest

from support.client import Client
from support.mock import BINARY, ROOT

EXAMPLES = ROOT / "examples"
KIT = ROOT / "packaging/src"
os.environ.setdefault("KEYFACTOR_MOCK_BINARY", BINARY)

CUSTOM = "/OrchestratorJobs/Custom"
SAMPLE = {"ParamInt": "1"}


@pytest.fixture
def client(kfmock):
    """Makes clients for which time passes in the world and not on the wall: `client(attempts=3)`."""
    return lambda **more: Client(kfmock.url, pause=kfmock.advance, **more)


def give(client, **more):
    """Gives the agent uo-1 a job of the sample type."""
    return client.run_on("uo-1", "SampleCustomJobType", SAMPLE, **more)
