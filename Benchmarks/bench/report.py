"""The results as Markdown tables."""

import os
import platform
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Gate:
    """A bound and the measured value; `met` is None if there is no bound."""

    what: str
    bound: str
    measured: str
    met: bool | None


@dataclass
class Part:
    title: str
    how: str
    header: list
    rows: list
    gates: list


def at_least(what, bound, measured):
    return Gate(what, f"≥ {bound:g}", f"{measured:.2f}", measured >= bound)


def at_most(what, bound, measured):
    return Gate(what, f"≤ {bound:g}", f"{measured:.2f}", measured <= bound)


def thousands(number):
    return f"{number:,.0f}"


def table(header, rows):
    """A Markdown table with aligned columns."""
    cells = [[str(cell) for cell in row] for row in [header, *rows]]
    widths = [max(3, *(len(row[column]) for row in cells)) for column in range(len(header))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in cells]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def as_text(part, stamp=""):
    text = f"## {part.title}\n\n{stamp}{part.how}\n\n{table(part.header, part.rows)}\n"
    if part.gates:
        verdicts = {True: "met", False: "**not met**", None: ""}
        rows = [[gate.what, gate.bound, gate.measured, verdicts[gate.met]] for gate in part.gates]
        text += f"\n{table(['gate', 'bound', 'measured', 'verdict'], rows)}\n"
    return text


def output(*command, folder=None):
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return (run.stdout + run.stderr).strip() if run.returncode in (0, 1) else ""


def first(pattern, text):
    found = re.search(pattern, text, re.MULTILINE)
    return found[1].strip() if found else "unknown"


def machine():
    memory = int(first(r"^MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())) / 1024 / 1024
    cpu = first(r"^model name\s*:(.*)", Path("/proc/cpuinfo").read_text())
    system = first(r'^PRETTY_NAME="?([^"\n]*)', Path("/etc/os-release").read_text())
    return f"{cpu}, {len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB; {system}, Linux {platform.release()} {platform.machine()}"


def versions():
    libraries = [f"{name} {output('pkg-config', '--modversion', name) or 'unknown'}" for name in ("libmicrohttpd", "gnutls")]
    programs = [
        "Swift " + first(r"Swift version (\S+)", output("swift", "--version")),
        "wrk " + first(r"wrk\s+(?:debian/)?(\S+)", output("wrk", "-v")),
        "nginx " + first(r"nginx/(\S+)", output("nginx", "-v"))]
    return ", ".join(programs + libraries)


def commit(folder):
    short = output("git", "rev-parse", "--short=12", "HEAD", folder=folder) or "unknown"
    changed = output("git", "status", "--porcelain", "--", "Sources", "Package.swift", folder=folder)
    return short + (" with changes to the sources" if changed else "")


def stamp(folder):
    return f"""\
- Machine: {machine()}
- Versions: {versions()}
- Commit: {commit(folder)}
- Date: {time.strftime('%Y-%m-%d', time.gmtime())}
"""


def refreshed(document, folder, parts):
    """The document with these parts replaced, each with its own commit and date; new parts come last."""
    top, *sections = re.split(r"^(?=## )", document, flags=re.MULTILINE)
    sections = [section.rstrip() + "\n" for section in sections]
    for part in parts:
        text = as_text(part, f"Measured separately from the other sections:\n\n{stamp(folder)}\n")
        places = [place for place, section in enumerate(sections) if section.startswith(f"## {part.title}\n")]
        if places:
            sections[places[0]] = text
        else:
            sections.append(text)
    return "\n".join([top.rstrip() + "\n", *sections])


def heading(folder, rounds):
    return f"""\
# Performance

Written by `make bench`; [Benchmarks](../Benchmarks/README.md) explains how to read it. Sections with their own commit and date were \
measured separately.

{stamp(folder)}\
- How: servers that are compared take turns, with {rounds} rounds unless noted otherwise. Figures are medians; ratios are the medians of the \
ratios of each round. Requests: a job of 495 bytes and a schedule of 97, with five header fields. Every server's response is checked in \
advance, and every counted response must be 2xx. CPU is the server's user and system time. Absolute rates depend on this machine, ratios \
much less.
"""
