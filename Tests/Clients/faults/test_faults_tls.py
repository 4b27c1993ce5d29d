"""Faults of connections, seen by clients that we did not write: handshakes that fail, certificates that are not to be trusted, resets.

Each rule strikes one connection alone, so that the next shows a server which is none the worse for it. What tests ask of the mock itself
goes over a connection that they keep, which no rule strikes.
"""

import http.client
import json
import shutil
import ssl
import subprocess
import time

import pytest
import requests

from support.session import session_of
from support.mock import PATIENCE, SLOWNESS
from support.connection import CUSTOM, JOB, Seen, Wire, at_rest, descriptors, eventually, get, look, post_job, reset

pytestmark = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
SILENCE = 0.4 * SLOWNESS
REQUESTS_SSL, REQUESTS_GONE = requests.exceptions.SSLError, requests.exceptions.ConnectionError
HUNG_UP = (ssl.SSLEOFError, ConnectionResetError)

# What is done; the error in a handshake seen from below and its words; how the connection ends; curl's exit code; what requests says.
# A reset over HTTPS comes after the ClientHello, so that no client is struck while it is still in connect().
TLS = {
    "an expired certificate": ("tls: expired", ssl.SSLCertVerificationError, "certificate has expired", None, 60, REQUESTS_SSL),
    "a certificate for another name": ("tls: wrong-name", ssl.SSLCertVerificationError, "Hostname mismatch", None, 60, REQUESTS_SSL),
    "an untrusted certificate": ("tls: untrusted", ssl.SSLCertVerificationError, "unable to get local issuer", None, 60, REQUESTS_SSL),
    "a cut": ("tls: cut", ssl.SSLEOFError, "EOF", "fin", 35, (REQUESTS_SSL, REQUESTS_GONE)),
    "a stall": ("tls: stall", TimeoutError, "timed out", "silent", 28, requests.exceptions.Timeout),
    "an old protocol": ("tls: old-protocol", ssl.SSLError, r"(?i)alert[ _]protocol[ _]version", "fin", 35, REQUESTS_SSL),
    "a reset": ("break: reset", ConnectionResetError, "reset by peer", "rst", (35,), (REQUESTS_SSL, REQUESTS_GONE)),
    "a close": ("break: close", ssl.SSLEOFError, "EOF", "fin", 35, (REQUESTS_SSL, REQUESTS_GONE)),
}
# The same on HTTP: the end, curl's exit code, what http.client says.
HTTP = {
    "a reset": ("break: reset", "rst", 56, ConnectionResetError),
    "a reset at connection": ("break: reset, at: connection", "rst", 56, ConnectionResetError),
    "a close": ("break: close", "fin", 52, http.client.RemoteDisconnected),
}
ALERT = bytes([0x15, 3, 3, 0, 2, 2, 0x46])


class Control:
    """The server, and a connection of ours that stays."""

    def __init__(self, mock):
        self.mock = mock
        self.kept = http.client.HTTPConnection("127.0.0.1", mock.http_port, timeout=PATIENCE)

    def ask(self, method, path, body=None):
        self.kept.request(method, "/_mock/" + path, json.dumps(body) if body is not None else None)
        response = self.kept.getresponse()
        text = response.read()
        assert response.status < 300, text
        return json.loads(text) if text else None

    def strike(self, do, calls=1):
        """From the next connection on."""
        self.ask("PUT", "rules/fault", {"name": "fault", "operation": "connection", "calls": calls, "do": [do]})

    def strikes(self):
        return next(each["strikes"] for each in self.ask("GET", "rules") if each["name"] == "fault")

    def judge(self):
        """Nothing was done or noted, and the next client finds nothing amiss."""
        assert self.ask("GET", "jobs") == [] and self.ask("GET", "journal")["exchanges"] == []
        assert self.strikes() == 1
        for secure in True, False:
            seen = look(self.mock, post_job(connection="close"), secure)
            assert seen.status == 200 and seen.length == len(seen.body)
        assert len(self.ask("GET", "jobs")) == 2
        assert [(each["rule"], each["effect"]) for each in self.ask("GET", "journal")["exchanges"]] == [(None, "committed")] * 2
        assert eventually(lambda: descriptors(self.mock) == self.mock.at_rest + 1), "descriptors are left open"


@pytest.fixture(scope="module")
def quiet(serve_module):
    server = serve_module()
    reset(server)
    server.trusting = ssl.create_default_context(cafile=server.ca)
    look(server, get(connection="close"), secure=True)
    server.at_rest = at_rest(server)
    return server


@pytest.fixture
def control(quiet):
    control = Control(quiet)
    control.ask("POST", "reset")
    control.ask("DELETE", "journal")
    control.ask("PUT", "scenario", {})
    yield control
    control.kept.close()


def effect(words):
    return dict(word.split(": ") for word in words.split(", "))


EVERY_TLS = pytest.mark.parametrize("name", TLS)
EVERY_HTTP = pytest.mark.parametrize("name", HTTP)


@EVERY_TLS
def test_from_below_a_handshake_meets(control, quiet, name):
    do, error, words, end, _, _ = TLS[name]
    control.strike(effect(do))
    with pytest.raises(error, match=words):
        with Wire(quiet, secure=True, context=quiet.trusting, patience=SILENCE if end == "silent" else PATIENCE) as wire:
            wire.shake()
    control.judge()


@pytest.mark.parametrize("name", [name for name, fault in TLS.items() if fault[3]])
def test_the_bytes_are_counted_of(control, quiet, name):
    """Nothing but an alert comes, and the end is what it is said to be."""
    do, _, _, end, _, _ = TLS[name]
    control.strike(effect(do))
    try:
        with Wire(quiet, secure=True, context=quiet.trusting) as wire:
            with pytest.raises(ssl.SSLWantReadError):
                wire.tls.do_handshake()
            hello = wire.outgoing.read()
            wire.raw.sendall(hello)
            wire.tls = None  # as they come
            seen = wire.rest(SILENCE)
    except ConnectionResetError:
        seen = Seen(end="rst")
    assert (seen.data, seen.end) == (ALERT if "protocol" in name else b"", end)
    control.judge()


@EVERY_TLS
def test_curl_meets(control, quiet, name):
    do, _, _, end, code, _ = TLS[name]
    control.strike(effect(do))
    patience = str(SILENCE if end == "silent" else PATIENCE)
    command = ["curl", "-sS", "-m", patience, "--cacert", quiet.ca, "-H", "x-keyfactor-requested-with: APIClient", "--data-binary", JOB]
    result = subprocess.run([*command, quiet.https + CUSTOM], capture_output=True, timeout=PATIENCE)
    assert result.returncode in (code if isinstance(code, tuple) else (code,)) and result.stdout == b"", result
    control.judge()


@EVERY_TLS
def test_python_meets(control, quiet, name):
    do, error, words, end, _, _ = TLS[name]
    control.strike(effect(do))
    patience = SILENCE if end == "silent" else PATIENCE
    connection = http.client.HTTPSConnection("localhost", quiet.https_port, timeout=patience, context=quiet.trusting)
    with pytest.raises(HUNG_UP if end in ("fin", "rst") and "protocol" not in name else error) as caught:
        connection.request("POST", CUSTOM, JOB, quiet.headers)
    assert "protocol" not in name or "PROTOCOL_VERSION" in str(caught.value)
    connection.close()
    control.judge()


@EVERY_TLS
def test_requests_meets(control, quiet, name):
    do, _, words, end, _, expected = TLS[name]
    control.strike(effect(do))
    with session_of(quiet) as session, pytest.raises(expected) as caught:
        session.post(quiet.https + CUSTOM, data=JOB, timeout=SILENCE if end == "silent" else PATIENCE)
    assert end or words in str(caught.value)
    control.judge()


@pytest.mark.parametrize("name", ["an expired certificate", "a certificate for another name", "an untrusted certificate"])
def test_a_careless_client_is_served_in_spite_of(control, quiet, name):
    """What is wrong is the certificate alone."""
    control.strike(effect(TLS[name][0]))
    result = subprocess.run(["curl", "-sSk", quiet.secure_api + "/Agents"], capture_output=True, timeout=PATIENCE)
    assert result.returncode == 0 and len(json.loads(result.stdout)) == 2
    assert control.strikes() == 1


@pytest.mark.parametrize("name", [name for name, fault in TLS.items() if fault[0].startswith("tls")])
def test_http_is_not_concerned_by(control, quiet, name):
    control.strike(effect(TLS[name][0]))
    assert quiet.ask("GET", "/KeyfactorAPI/Agents").status == 200 and control.strikes() == 0


@EVERY_HTTP
def test_on_http_from_below_a_client_meets(control, quiet, name):
    do, end, _, _ = HTTP[name]
    control.strike(effect(do))
    seen = look(quiet, post_job())
    assert (seen.data, seen.end) == (b"", end)
    control.judge()


@EVERY_HTTP
def test_on_http_curl_meets(control, quiet, name):
    do, _, code, _ = HTTP[name]
    control.strike(effect(do))
    result = subprocess.run(["curl", "-sS", "--data-binary", JOB, quiet.http + CUSTOM], capture_output=True, timeout=PATIENCE)
    assert result.returncode == code and (b"reset by peer" in result.stderr) == (code == 56)
    control.judge()


@EVERY_HTTP
def test_on_http_python_and_requests_meet(control, quiet, name):
    do, _, _, error = HTTP[name]
    control.strike(effect(do), calls=[1, 2])
    with pytest.raises(error) as caught:
        quiet.ask("POST", CUSTOM, JOB)
    assert caught.type is error
    with session_of(quiet) as session, pytest.raises(requests.exceptions.ConnectionError):
        session.post(quiet.http + CUSTOM, data=JOB)
    assert control.ask("GET", "jobs") == [] and control.strikes() == 2
    assert quiet.ask("POST", CUSTOM, JOB).status == 200


def test_a_reset_over_http_also_strikes_a_client_that_sends_nothing(control, quiet):
    """Within about a second. Over HTTPS it waits for the ClientHello."""
    control.strike({"break": "reset"})
    try:
        with Wire(quiet, False) as wire:
            seen = wire.rest()
    except ConnectionResetError:
        seen = Seen(end="rst")
    assert (seen.data, seen.end) == (b"", "rst") and seen.ended < 3 * SLOWNESS
    control.judge()


def test_a_stalled_handshake_keeps_nobody_else_waiting(control, quiet):
    control.strike({"tls": "stall"}, calls="1-20")
    wires = [Wire(quiet, secure=True, context=quiet.trusting) for _ in range(20)]
    for wire in wires:
        with pytest.raises(ssl.SSLWantReadError):
            wire.tls.do_handshake()
        wire._flush()
    assert eventually(lambda: control.strikes() == 20)
    start = time.monotonic()
    assert quiet.ask("GET", "/KeyfactorAPI/Agents", secure=True).status == 200 and time.monotonic() - start < 2 * SLOWNESS
    for wire in wires:
        wire.raw.close()
    assert eventually(lambda: descriptors(quiet) == quiet.at_rest + 1)
