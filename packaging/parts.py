"""What the released program is made of: shared libraries of Debian, static libraries, packages of Swift; with versions and licences.

    packaging/parts.py BINARY CHECKOUTS     prints the list in CycloneDX; CHECKOUTS is the folder of the packages of Swift
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The C library is the system's everywhere; a wheel may not bring its own.
SYSTEM = {"glibc"}
# SPDX expressions by Debian's source packages. A library that is not here stops the build, so that its licence is read first.
LICENCES = {
    "libmicrohttpd": "LGPL-2.1-or-later", "gnutls28": "LGPL-2.1-or-later", "libyaml": "MIT", "zlib": "Zlib", "p11-kit": "BSD-3-Clause",
    "libidn2": "LGPL-3.0-or-later OR GPL-2.0-or-later", "libunistring": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "libtasn1-6": "LGPL-2.1-or-later", "nettle": "LGPL-3.0-or-later OR GPL-2.0-or-later", "gmp": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "libffi": "MIT", "gcc-12": "GPL-3.0-or-later WITH GCC-exception-3.1", "gcc-14": "GPL-3.0-or-later WITH GCC-exception-3.1",
}
SWIFT_LICENCE = "Apache-2.0 WITH Swift-exception"


@dataclass(frozen=True)
class Part:
    """A thing that the program contains or loads."""

    name: str
    version: str
    licence: str
    purl: str
    texts: tuple[Path, ...]
    is_shared: bool = False


def run(*command: str | Path, **more: object) -> str:
    """What a command prints; it must succeed."""
    return subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True, **more).stdout  # type: ignore[call-overload]


def version_of(binary: Path) -> str:
    """The version, which Sources/Base/Version.swift says."""
    return run(binary, "--version").strip()


def parts(binary: Path, checkouts: Path) -> list[Part]:
    """All parts of a program: what it loads, what is linked into it, and the packages of Swift that lie in `checkouts`."""
    loaded = [Path(each) for each in re.findall(r"=> (/\S+)", run("ldd", binary))]
    # KFMOCK_RELEASE links libmicrohttpd in, and every release build the C++ library.
    inside = ["libstdc++.a"] + ["libmicrohttpd.a"] * all("libmicrohttpd" not in path.name for path in loaded)
    static = [Path(run("gcc", f"-print-file-name={name}").strip()) for name in inside]
    found = {part.name: part for part in [_debian(path, True) for path in loaded] + [_debian(path, False) for path in static] if part}
    return sorted([*found.values(), *_swift(checkouts)], key=lambda part: part.name)


def _debian(library: Path, is_shared: bool) -> Part | None:
    """The package that brings a library; none for the C library."""
    path = library.resolve()
    # dpkg knows some files by the name that they had before /lib became a link.
    owner = next(
        (owned.stdout for owned in (subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True)
         for name in (str(path), str(path).removeprefix("/usr"))) if owned.returncode == 0), "")
    if not owner:
        raise SystemExit(f"{path} is no file of a Debian package")
    package = owner.partition(": ")[0].split(",")[0]
    fields = "${Package}\t${Version}\t${Architecture}\t${source:Package}"
    name, version, architecture, source = run("dpkg-query", "-W", f"-f={fields}", package).split("\t")
    if source in SYSTEM:
        return None
    if source not in LICENCES:
        raise SystemExit(f"add the licence of {source}, which brings {path}, to {Path(__file__).name}")
    text = Path("/usr/share/doc", name, "copyright").resolve()
    common = sorted(set(re.findall(r"/usr/share/common-licenses/[A-Za-z]+[A-Za-z0-9.-]*[A-Za-z0-9]", text.read_text(errors="replace"))))
    purl = f"pkg:deb/debian/{name}@{version}?arch={architecture}&upstream={source}"
    return Part(name, version, LICENCES[source], purl, (text, *(Path(each).resolve() for each in common if Path(each).exists())), is_shared)


def _swift(checkouts: Path) -> list[Part]:
    """Swift's runtime, and the packages as they are pinned."""
    toolchain = Path(shutil.which("swift") or "").resolve().parent.parent
    version = re.search(r"Swift version (\S+)", run("swift", "--version", stderr=subprocess.DEVNULL))
    licence = toolchain / "share/swift/LICENSE.txt"
    found = [Part("swift", version[1] if version else "unknown", SWIFT_LICENCE, "pkg:github/swiftlang/swift", (licence,))]
    for pin in json.loads((checkouts.parent / "workspace-state.json").read_text())["object"]["dependencies"]:
        name, state = pin["packageRef"]["identity"], pin["state"]["checkoutState"]
        purl = f"pkg:github/apple/{name}@{state['version']}"
        found.append(Part(name, state["version"], SWIFT_LICENCE, purl, (checkouts / name / "LICENSE.txt",)))
    return found


def moment() -> int:
    """When the sources were committed, so that the same sources give the same files."""
    return int(os.environ.get("SOURCE_DATE_EPOCH") or run("git", "-C", ROOT, "log", "-1", "--format=%ct"))


def bill(binary: Path, checkouts: Path) -> str:
    """The list of parts in CycloneDX; the same for the same parts."""
    version = version_of(binary)
    own = {"type": "application", "name": "keyfactor-mock", "version": version, "bom-ref": "keyfactor-mock"}
    listed = parts(binary, checkouts)
    document = {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(moment(), timezone.utc).isoformat(),
            "component": {**own, "licenses": [{"license": {"id": "Apache-2.0"}}]},
        },
        "components": [
            {
                "type": "library", "name": each.name, "version": each.version, "purl": each.purl, "bom-ref": each.purl,
                "licenses": [{"expression": each.licence}],
                "properties": [{"name": "keyfactor-mock:linking", "value": "shared" if each.is_shared else "static"}],
            }
            for each in listed
        ],
        "dependencies": [{"ref": "keyfactor-mock", "dependsOn": [each.purl for each in listed]}],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(bill(*(Path(each).resolve() for each in sys.argv[1:])), end="")
