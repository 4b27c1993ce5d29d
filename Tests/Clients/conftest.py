"""What the tests of real clients share: a server for all of them, and servers of a test's own."""

import os

import pytest

from support.mock import BINARY, ESTATE, Mock
from support.session import session_of

# The fixture kfmock, as everybody has it who installs the wheel; and what tests of plugins need.
pytest_plugins = ["keyfactor_mock.plugin", "pytester"]


def pytest_sessionstart(session):
    if not os.access(BINARY, os.X_OK):
        pytest.exit(f"There is no server to test at {BINARY}. Run `swift build`, or set KEYFACTOR_MOCK_BINARY.", returncode=2)


@pytest.fixture(scope="session")
def mock():
    """The server that most tests share: the vendor's behaviour, every credential accepted."""
    server = Mock(ESTATE)
    yield server
    server.stop()


@pytest.fixture
def command(mock):
    """A requests session that talks to the shared server over HTTPS and sends what a well-behaved client sends."""
    with session_of(mock) as session:
        yield session


@pytest.fixture(scope="module")
def serve_module():
    """As `serve`, for servers that the tests of one file share."""
    yield from _servers()


@pytest.fixture
def serve():
    """Starts servers of a test's own: `serve(scenario_text, *options)`. They must end with exit code 0."""
    yield from _servers()


def _servers():
    started = []

    def start(scenario="", *options, **more):
        started.append(Mock(scenario, *options, **more))
        return started[-1]

    yield start
    for server in started:
        if server.process.returncode is None:
            server.stop()


@pytest.fixture
def terminal(tmp_path):
    """A terminal in which the examples of a document are tried."""
    from support.document import Terminal

    terminal = Terminal(tmp_path)
    yield terminal
    terminal.stop()
