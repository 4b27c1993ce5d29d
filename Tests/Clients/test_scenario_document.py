"""Every example in docs/SCENARIOS.md is true: its scenarios pass lint, its commands print what stands below them.

In the document:
- A block of ```yaml is a whole scenario, `my.yaml` to the commands behind it. A comment directly above says if it is none:
  `<!-- fragment of rules -->` (a list of rules), `<!-- fragment of a rule -->` (keys of one), `<!-- fragment of do -->` (a list of
  effects), `<!-- fragment of where -->`, `<!-- wrong -->` for a scenario that lint must refuse, `<!-- doubtful -->` for one that it
  must warn of.
- A block of ```console holds commands behind `$ ` (one that ends in a backslash goes on in the next line), and below each what it
  prints on both streams. `…` stands for anything in its line; alone in a line, for any lines.
- The commands talk to a server of the scenario above them, which is started when the scenario is a new one. Its ports and its CA are
  put in the place of `localhost:8080`, `localhost:8443` and `ca.pem`; ports are put back in what is printed.
- `<!-- before every example -->` above a block of commands says just that.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import textwrap
from collections import namedtuple

import pytest

from mock import BINARY, PATIENCE, ROOT, Mock

DOCUMENT = ROOT / "docs/SCENARIOS.md"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{2,3} (.+)$", re.MULTILINE)
# What a fragment of a scenario is put into, and how far it is indented there.
WRAPPINGS = {
    "rules": ("rules:\n", 2),
    "a rule": ("rules:\n  - operation: \"* /**\"\n    do: []\n", 4),
    "where": ("rules:\n  - operation: \"* /Agents/{id}\"\n    do: []\n    where:\n", 6),
    "do": ("rules:\n  - operation: \"* /**\"\n    do:\n", 6),
}

Block = namedtuple("Block", "heading line kind note text")
Command = namedtuple("Command", "text printed")


def read_document():
    """The blocks in order, each with the heading above it and the comment directly above it."""
    document = DOCUMENT.read_text()
    headings = [(match.start(), match[1]) for match in HEADING.finditer(document)]
    blocks = []
    for match in FENCE.finditer(document):
        above = document[: match.start()].rstrip("\n").rsplit("\n", 1)[-1]
        note = re.fullmatch(r"<!-- (.+) -->", above)
        heading = next((name for start, name in reversed(headings) if start < match.start()), "")
        line = document.count("\n", 0, match.start()) + 1
        blocks.append(Block(heading, line, match[1], note[1] if note else "", match[2]))
    return blocks


BLOCKS = read_document()
SCENARIOS = [block for block in BLOCKS if block.kind == "yaml"]
SECTIONS = list(dict.fromkeys(block.heading for block in BLOCKS if block.kind == "console" and not block.note))


def whole(block):
    """The scenario that a block is, or stands for."""
    if not block.note.startswith("fragment of "):
        return block.text
    before, indent = WRAPPINGS[block.note.removeprefix("fragment of ")]
    return before + textwrap.indent(block.text, " " * indent)


def commands(block):
    """The commands of a block, each with the text that it prints."""
    found = []
    continues = False
    for line in block.text.splitlines():
        if continues:
            found[-1] = Command(found[-1].text + "\n" + line, [])
        elif line.startswith("$ "):
            found.append(Command(line[2:], []))
        else:
            assert found, f"line {block.line}: a block of commands begins with '$ '"
            found[-1].printed.append(line)
        continues = continues and line.endswith("\\") or line.startswith("$ ") and line.endswith("\\")
    return found


def pattern(lines):
    """What may be printed, as a regular expression."""
    parts = [r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + "\n" for line in lines]
    return re.compile("".join(parts))


class Terminal:
    """A folder with `my.yaml`, and a shell in which commands run one behind another."""

    def __init__(self, folder):
        self.folder = folder
        self.server = None
        programs = folder / "bin"
        programs.mkdir()
        (programs / "keyfactor-mock").symlink_to(pathlib.Path(BINARY).resolve())
        (folder / "curl").mkdir()
        self.work = folder / "work"
        self.work.mkdir()
        environment = {key: value for key, value in os.environ.items() if not key.startswith("KEYFACTOR_MOCK_")}
        # No one's .curlrc, no proxy.
        self.environment = {**environment, "PATH": f"{programs}:{environment['PATH']}", "CURL_HOME": str(folder / "curl"), "no_proxy": "*"}

    def put(self, scenario):
        """Makes another scenario `my.yaml`."""
        self.stop()
        (self.work / "my.yaml").write_text(scenario)

    def serve(self, *options):
        """Starts the server; `ca.pem` is its CA from now on."""
        self.stop()
        self.server = Mock((self.work / "my.yaml").read_text(), *options)
        shutil.copy(self.server.ca, self.work / "ca.pem")
        return json.dumps({**self.server.ready, "ca": "ca.pem"}, separators=(",", ":"))

    def run(self, command):
        """What a command prints."""
        if command.startswith("keyfactor-mock serve"):
            assert command == "keyfactor-mock serve --scenario my.yaml --ca-file ca.pem", command
            return self.named(self.serve())
        if "localhost" in command and not self.server:
            self.serve()
        if self.server:
            command = command.replace("localhost:8080", f"localhost:{self.server.http_port}")
            command = command.replace("localhost:8443", f"localhost:{self.server.https_port}")
        done = subprocess.run(
            ["bash", "-c", command], cwd=self.work, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=PATIENCE)
        return self.named(done.stdout.decode())

    def named(self, text):
        """A text with the ports that the document has."""
        if self.server:
            text = re.sub(rf"\b{self.server.http_port}\b", "8080", text)
            text = re.sub(rf"\b{self.server.https_port}\b", "8443", text)
        return text.replace("\r", "")

    def stop(self):
        if self.server:
            self.server.stop()
        self.server = None


@pytest.fixture
def terminal(tmp_path):
    terminal = Terminal(tmp_path)
    yield terminal
    terminal.stop()


def expect(terminal, block):
    for command in commands(block):
        printed = terminal.run(command.text)
        wanted = "".join(line + "\n" for line in command.printed)
        if printed and not printed.endswith("\n"):
            printed += "\n"
        shown = f"docs/SCENARIOS.md, the block in line {block.line}\n$ {command.text}\nprinted:\n{printed}\nexpected:\n{wanted}"
        assert pattern(command.printed).fullmatch(printed), shown


@pytest.mark.parametrize("block", SCENARIOS, ids=lambda block: f"line {block.line}")
def test_a_scenario_passes_lint_unless_it_shows_a_mistake(block, tmp_path):
    file = tmp_path / "my.yaml"
    file.write_text(whole(block))

    def lint(*options):
        return subprocess.run([BINARY, "lint", *options, file], stderr=subprocess.PIPE, text=True, timeout=PATIENCE)

    done, strict = lint(), lint("--strict")
    codes = {"wrong": (65, 65), "doubtful": (0, 65)}.get(block.note, (0, 0))
    assert (done.returncode, strict.returncode) == codes, f"docs/SCENARIOS.md, line {block.line}:\n{strict.stderr}"


@pytest.mark.parametrize("heading", SECTIONS)
def test_commands_print_what_stands_below_them(heading, terminal):
    for block in BLOCKS:
        if block.note == "before every example" or block.heading == heading:
            if block.kind == "yaml" and not block.note.startswith("fragment"):
                terminal.put(block.text)
            elif block.kind == "console":
                expect(terminal, block)


def test_every_block_is_looked_at():
    kinds = {block.kind for block in BLOCKS}
    assert kinds == {"yaml", "console"}, "another kind of block is not checked by anything"
    notes = {block.note for block in BLOCKS} - {""}
    assert notes <= {"wrong", "doubtful", "before every example"} | {f"fragment of {name}" for name in WRAPPINGS}


def test_lines_are_not_long():
    long = [number for number, line in enumerate(DOCUMENT.read_text().splitlines(), 1) if len(line) > 140 and not line.startswith("|")]
    assert not long, f"docs/SCENARIOS.md, lines {long}: at most 140 characters, but for tables"
