"""Builds the wheel: keyfactor_mock with the program, its libraries, their licences and the list of all parts.

    packaging/wheel.py BINARY CHECKOUTS OUTPUT     called by packaging/wheel

BINARY is a release build, CHECKOUTS the folder of its Swift packages; auditwheel and patchelf are in PATH.
"""

from __future__ import annotations

import base64
import hashlib
import os
import platform
import re
import shutil
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from parts import ROOT, bill, moment, parts, run, version_of

PACKAGE = ROOT / "packaging/src/keyfactor_mock"
# Debian 12 has glibc 2.36, but what the program and its libraries ask for is in 2.35, so Ubuntu 22.04 is served, too.
PLATFORM = f"manylinux_2_35_{platform.machine()}"
METADATA = """\
Metadata-Version: 2.4
Name: keyfactor-mock
Version: {version}
Summary: A mock server for Keyfactor Command with a pytest plugin, for tests of its clients
License-Expression: {licence}
{files}
Requires-Python: >=3.9
Provides-Extra: pytest
Requires-Dist: pytest>=8; extra == 'pytest'
Classifier: Framework :: Pytest
Classifier: Operating System :: POSIX :: Linux
Classifier: Typing :: Typed
Description-Content-Type: text/markdown

{description}"""
# The plugin has the name of its module, so that pytest does not load it twice where a project also names it in `pytest_plugins`.
ENTRY_POINTS = """\
[console_scripts]
keyfactor-mock = keyfactor_mock.__main__:main

[pytest11]
keyfactor_mock.plugin = keyfactor_mock.plugin
"""


def python_version(version: str) -> str:
    """A version as PEP 440 writes it: 0.1.0-dev is 0.1.0.dev0, and 0.1.0-5-gabc, five commits after the tag, 0.1.0.post5+gabc."""
    number, _, rest = version.partition("-")
    if not rest:
        return number
    after = re.fullmatch(r"(\d+)-(g[0-9a-f]+)", rest)
    return f"{number}.post{after[1]}+{after[2]}" if after else f"{number}.dev0"


def contents(binary: Path, checkouts: Path) -> tuple[str, dict[str, bytes]]:
    """The version, and the files of the wheel before its libraries are added."""
    version = python_version(version_of(binary))
    information = f"keyfactor_mock-{version}.dist-info"
    files = {f"keyfactor_mock/{path.name}": path.read_bytes() for path in sorted(PACKAGE.glob("*.py")) + [PACKAGE / "py.typed"]}
    files["keyfactor_mock/bin/keyfactor-mock"] = binary.read_bytes()
    listed = parts(binary, checkouts)
    texts = {"LICENSE": ROOT / "LICENSE"}
    for part in listed:
        texts |= {f"{'common' if 'common-licenses' in str(text) else part.name}/{text.name}": text for text in part.texts}
    files |= {f"{information}/licenses/{name}": text.read_bytes() for name, text in sorted(texts.items())}
    files[f"{information}/sboms/keyfactor-mock.cdx.json"] = bill(binary, checkouts).encode()
    expressions = sorted({f"({part.licence})" if " OR " in part.licence else part.licence for part in listed})
    metadata = METADATA.format(
        version=version, licence=" AND ".join(["Apache-2.0", *expressions]), files="\n".join(f"License-File: {name}" for name in sorted(texts)),
        description=(ROOT / "packaging/README.md").read_text())
    tag = f"Wheel-Version: 1.0\nGenerator: keyfactor-mock\nRoot-Is-Purelib: false\nTag: py3-none-linux_{platform.machine()}\n"
    for name, text in [("METADATA", metadata), ("WHEEL", tag), ("entry_points.txt", ENTRY_POINTS)]:
        files[f"{information}/{name}"] = text.encode()
    return version, files


def record(files: dict[str, bytes], name: str) -> bytes:
    """RECORD: each file with its hash and length."""
    lines = []
    for path, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{path},sha256={digest},{len(content)}")
    return "\n".join([*lines, f"{name},,", ""]).encode()


def main() -> None:
    """Builds the wheel and prints its path."""
    binary, checkouts, output = (Path(each).resolve() for each in sys.argv[1:])
    when = moment()
    with tempfile.TemporaryDirectory(prefix="keyfactor-mock-wheel-") as folder:
        stripped = Path(folder, "keyfactor-mock")
        shutil.copy(binary, stripped)
        run("strip", stripped)
        version, files = contents(stripped, checkouts)
        name = f"keyfactor_mock-{version}.dist-info/RECORD"
        files[name] = record(files, name)
        raw = Path(folder, f"keyfactor_mock-{version}-py3-none-linux_{platform.machine()}.whl")
        with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as wheel:
            for path, content in files.items():
                entry = zipfile.ZipInfo(path, time.gmtime(when)[:6])
                entry.external_attr = (0o100755 if "/bin/" in path else 0o100644) << 16
                wheel.writestr(entry, content, zipfile.ZIP_DEFLATED)
        repaired = Path(folder, "repaired")
        run("auditwheel", "repair", "--only-plat", "--plat", PLATFORM, "-w", repaired, raw, env={**os.environ, "SOURCE_DATE_EPOCH": str(when)})
        [wheel_path] = repaired.iterdir()
        output.mkdir(parents=True, exist_ok=True)
        shutil.move(wheel_path, output / wheel_path.name)
        print(output / wheel_path.name)


if __name__ == "__main__":
    main()
