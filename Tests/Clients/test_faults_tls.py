"""Faults of connections, seen by clients that we did not write: handshakes that fail, certificates that are not to be trusted, resets.

Each rule strikes the first connection alone, so that the second shows a server which is none the worse for it.
"""

import http.client
import re
import shutil
import ssl
import subprocess
import time

import pytest
import requests

from conftest import session_of
from mock import PATIENCE, Mock
from seen import CUSTOM, JOB, Wire, at_rest, descriptors, eventually, get, jobs, journal, look, post_job

pytestmark = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
SILENCE = 0.4
REQUESTS_SSL, REQUESTS_GONE = requests.exceptions.SSLError, requests.exceptions.ConnectionError
HUNG_UP = (ssl.SSLEOFError, ConnectionResetError)

# What is done; the error in a handshake seen from below and its words; how the connection ends; curl's exit code; what requests says.
# The last is the number of bytes that come: None is a flight of the server.
TLS = {
    "an expired certificate": ("tls: expired", ssl.SSLCertVerificationError, "certificate has expired", None, 60, REQUESTS_SSL),
    "a certificate for another name": ("tls: wrong-name", ssl.SSLCertVerificationError, "Hostname mismatch", None, 60, REQUESTS_SSL),
    "an untrusted certificate": ("tls: untrusted", ssl.SSLCertVerificationError, "unable to get local issuer", None, 60, REQUESTS_SSL),
    "a cut": ("tls: cut", ssl.SSLEOFError, "EOF", "fin", 35, (REQUESTS_SSL, REQUESTS_GONE)),
    "a stall": ("tls: stall", TimeoutError, "timed out", "silent", 28, requests.exceptions.Timeout),
    "an old protocol": ("tls: old-protocol", ssl.SSLError, r"(?i)alert[ _]protocol[ _]version", "fin", 35, REQUESTS_SSL),
    "a reset": ("break: reset", ConnectionResetError, "reset by peer", "rst", 35, (REQUESTS_SSL, REQUESTS_GONE)),
    "a close": ("break: close", ssl.SSLEOFError, "EOF", "fin", 35, (REQUESTS_SSL, REQUESTS_GONE)),
}
# The same on HTTP: the end, curl's exit code, what http.client says.
HTTP = {
    "a reset": ("break: reset", "rst", 56, ConnectionResetError),
    "a reset at connection": ("break: reset, at: connection", "rst", 56, ConnectionResetError),
    "a close": ("break: close", "fin", 52, http.client.RemoteDisconnected),
}
ALERT = bytes([0x15, 3, 3, 0, 2, 2, 0x46])


def scenario(do):
    return f"clock: {{ start: 2026-03-01T09:00:00Z, mode: frozen }}\nrules: [ {{ operation: connection, do: [ {{ {do} }} ], calls: 1 }} ]\n"


@pytest.fixture(scope="module")
def servers(serve_module):
    """A server for each fault; a reset of its world makes its first connection from then on the one that is struck."""
    started = {}

    def server(do):
        if do not in started:
            started[do] = serve_module(scenario(do))
        mock = started[do]
        spend(mock, do)
        assert mock.ask("POST", "/_mock/reset").status == 200
        mock.ask("GET", "/_mock/jobs") if not do.startswith("tls") else None
        return mock

    return server


def spend(mock, do):
    """Takes the strike of an earlier test's reset away, if it is still there."""
    for _ in range(2):
        try:
            mock.ask("GET", "/_mock/jobs", secure=do.startswith("tls"))
            return
        except (OSError, http.client.HTTPException):
            pass
