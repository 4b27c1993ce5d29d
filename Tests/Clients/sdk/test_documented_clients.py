"""What docs/CLIENTS.md shows for Python works as it stands, with the SDKs that PyPI has."""

import os
import pathlib
import re
import subprocess
import sys

import pytest

from support.document import Document
from support.mock import PATIENCE, ROOT

DOCUMENT = Document("docs/CLIENTS.md")
[SCENARIO] = DOCUMENT.scenarios
[CLIENT_11, CLIENT_1] = [block.text for block in DOCUMENT.blocks if block.kind == "python"]
[LINES] = [block.text.splitlines() for block in DOCUMENT.blocks if block.kind == "sh"]
SDK_V1 = ROOT / ".build/clients/sdk-v1"


@pytest.fixture
def shell(serve, tmp_path):
    """Runs a line beside `ca.pem`; in texts the server's port takes the place of 8443."""
    server = serve(SCENARIO.text)
    (tmp_path / "ca.pem").write_bytes(pathlib.Path(server.ca).read_bytes())

    def run(*lines, **variables):
        names = ("KEYFACTOR_", "KFMOCK_", "COMMAND_", "SSL_CERT_", "REQUESTS_CA_BUNDLE")
        own = {key: value for key, value in os.environ.items() if not key.startswith(names)}
        own |= {"PATH": f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}", **variables}
        text = "\n".join(lines).replace("localhost:8443", f"localhost:{server.https_port}")
        done = subprocess.run(["bash", "-ec", text], cwd=tmp_path, env=own, capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode == 0, done
        return done.stdout

    run.folder, run.port = tmp_path, server.https_port
    return run


@pytest.mark.parametrize("line", LINES[1:], ids=["basic", "oauth"])
def test_the_sdk_11(line, shell):
    (shell.folder / "client11.py").write_text(CLIENT_11)
    assert shell(LINES[0], line) == "['uo-2', 'uo-1']\n204\n"


def test_the_sdk_1(shell):
    (shell.folder / "client1.py").write_text(CLIENT_1.replace("localhost:8443", f"localhost:{shell.port}"))
    assert re.fullmatch(r"[0-9a-f-]{36}\n", shell("python3 client1.py", PYTHONPATH=str(SDK_V1)))


def test_every_block_is_run_and_no_line_is_long():
    assert [block.kind for block in DOCUMENT.blocks] == ["yaml", "python", "sh", "python"]
    assert not DOCUMENT.long_lines
