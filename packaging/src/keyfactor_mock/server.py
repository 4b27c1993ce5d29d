"""A running server and its control interface: found through the environment, or started."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import select
import shutil
import ssl
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# The program in this package. Only a wheel has it.
BUNDLED = Path(__file__).with_name("bin") / "keyfactor-mock"
TOKEN = "KEYFACTOR_MOCK_ADMIN_TOKEN"
# Seconds until a server must have started, or answered a request that does not wait.
PATIENCE = 30


class Refused(Exception):
    """The mock refused a request of a test; the message says why."""


class Unusable(Exception):
    """There is no server to use: it is missing or gone, or its CA or its token is wrong. The message is one sentence."""


class Server:
    """A running server and its control interface."""

    def __init__(self, http: str | None, https: str | None, admin: str, api_path: str, ca: str | None = None) -> None:
        self.http, self.https, self.admin, self.api_path, self.ca = http, https, admin, "/" + api_path.strip("/"), ca
        self.process: subprocess.Popen[str] | None = None
        handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
        if ca or admin.startswith("https:"):
            handlers.append(urllib.request.HTTPSHandler(context=_trust(ca)))
        self._opener = urllib.request.build_opener(*handlers)

    def control(self, method: str, page: str, body: Any = None, timeout: float = PATIENCE) -> Any:
        """Sends one request below /_mock/ and returns the JSON or the text of the response. A body that is not a str is sent as JSON."""
        data = None if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
        request = urllib.request.Request(f"{self.admin}/{page}", data, {"Content-Type": "application/json"}, method=method)
        if token := os.environ.get(TOKEN):
            request.add_header("X-Mock-Token", token)
        try:
            with self._opener.open(request, timeout=timeout) as reply:
                text, is_json = reply.read().decode(), "json" in reply.headers.get("Content-Type", "")
        except urllib.error.HTTPError as refusal:
            with refusal:
                raise self._refusal(f"{method} {self.admin}/{page}", refusal.code, refusal.read().decode(errors="replace")) from None
        except (OSError, http.client.HTTPException) as error:
            raise Unusable(self._absence(getattr(error, "reason", error))) from None
        return json.loads(text) if is_json else text

    def _refusal(self, request: str, status: int, body: str) -> Exception:
        """What to raise for a reply that is no success."""
        if status == 401:
            found = "which has another value" if os.environ.get(TOKEN) else "which is not set"
            return Unusable(f"keyfactor-mock at {self.admin} only obeys who knows its --admin-token, expected in {TOKEN}, {found}.")
        try:
            reason = json.loads(body)["error"]
        except (ValueError, TypeError, KeyError):
            reason = body
        return Refused(f"{request}: {status} {reason}")

    def _absence(self, reason: object) -> str:
        """Why there is no reply, in a sentence."""
        if isinstance(reason, ssl.SSLCertVerificationError):
            ca = self.ca or "the trusted roots; set KEYFACTOR_CA_CERT to its CA"
            return f"The certificate of {self.admin} does not follow from {ca} ({reason.verify_message})."
        if self.process and self.process.poll() is not None:
            return f"The keyfactor-mock that was started for the tests has ended, with exit code {self.process.returncode}."
        what = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
        return f"No keyfactor-mock answers at {self.admin}: {what}."


def _trust(ca: str | None) -> ssl.SSLContext:
    """Trust in a CA alone, or in the system's roots."""
    try:
        return ssl.create_default_context(cafile=ca)
    except FileNotFoundError:
        raise Unusable(f"The CA file {ca}, which KEYFACTOR_CA_CERT names, does not exist.") from None
    except (OSError, ssl.SSLError) as error:
        raise Unusable(f"The CA file {ca}, which KEYFACTOR_CA_CERT names, cannot be used: {error.strerror or error}.") from None


def program() -> str:
    """The program: KEYFACTOR_MOCK_BINARY, or the one in this package, or keyfactor-mock in PATH."""
    found = os.environ.get("KEYFACTOR_MOCK_BINARY") or (str(BUNDLED) if BUNDLED.exists() else shutil.which("keyfactor-mock"))
    if not found:
        raise Unusable("keyfactor-mock was not found: set KFMOCK_URL or KEYFACTOR_MOCK_BINARY, or add it to PATH.")
    return found


@contextlib.contextmanager
def served() -> Iterator[Server]:
    """The server that the environment names, as `keyfactor-mock exec` sets it, or else one of its own, which stops at the end."""
    given = os.environ
    http, https = given.get("KFMOCK_HTTP_URL"), given.get("KFMOCK_URL")
    if not (http or https):
        with _started(program()) as server:
            yield server
        return
    admin = given.get("KFMOCK_ADMIN_URL") or f"{http or https}/_mock"
    server = Server(http, https, admin, given.get("KEYFACTOR_API_PATH", "KeyfactorAPI"), given.get("KEYFACTOR_CA_CERT"))
    with tempfile.TemporaryDirectory(prefix="kfmock-") as folder:
        if https and not server.ca:
            ca = Path(folder, "ca.pem")
            ca.write_text(server.control("GET", "ca.pem"))
            server.ca = str(ca)
        yield server


# `exec` and not `serve`: when this process ends, even by SIGKILL, `cat` reads the end of its input, and then the server stops.
SCRIPT = r"""printf '%s\n' "$KFMOCK_HTTP_URL" "$KFMOCK_URL" "$KFMOCK_ADMIN_URL" "$KEYFACTOR_API_PATH" "$KEYFACTOR_CA_CERT"; exec cat"""


@contextlib.contextmanager
def _started(path: str) -> Iterator[Server]:
    """Starts a server on free ports and stops it."""
    command = [path, "exec", "--http-port", "0", "--https-port", "0", "--", "sh", "-c", SCRIPT]
    with tempfile.TemporaryFile("w+") as log:
        try:
            # In a session of its own, so that Ctrl-C reaches the tests alone, which then still can drop their worlds.
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True)
        except OSError as error:
            raise Unusable(f"{path} cannot be run: {error.strerror}.") from None
        assert process.stdin and process.stdout
        with process:
            try:
                lines = []
                if select.select([process.stdout], [], [], PATIENCE)[0]:
                    lines = [process.stdout.readline().rstrip("\n") for _ in range(5)]
                if not (lines and lines[-1]):
                    process.kill()
                    log.seek(0)
                    raise Unusable(f"{path} did not start: {' '.join(log.read().split()) or 'it wrote nothing'}")
                http, https, admin, api_path, ca = lines
                server = Server(http or None, https, admin, api_path, ca)
                server.process = process
                yield server
            finally:
                process.stdin.close()
                try:
                    process.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    process.kill()
