"""What the tests of documents share: the examples of one, and a terminal in which they are tried.

In a document:
- A block of ```yaml is a whole scenario, `my.yaml` to the commands after it, unless a comment directly above says that it is none.
- A block of ```console holds commands after `$ ` (one that ends in a backslash continues on the next line), and below each what it
  prints on both streams. `…` stands for anything in its line; alone in a line, for any lines.
- The commands talk to a server of the scenario above them, which is started when the scenario is a new one. Its ports and its CA are
  put in the place of `localhost:8080`, `localhost:8443` and `ca.pem`; ports are put back in what is printed. Commands of keyfactor-mock
  that ask a running server find it by a variable.
- `<!-- before every example -->` above a block of commands says just that.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
from collections import namedtuple

from support.mock import BINARY, PATIENCE, ROOT, Mock

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{2,3} (.+)$", re.MULTILINE)
Block = namedtuple("Block", "heading line kind note text")
Command = namedtuple("Command", "text printed")


class Document:
    """A document by its path, such as `docs/SCENARIOS.md`."""

    def __init__(self, path):
        self.path = path
        self.text = (ROOT / path).read_text()
        self.blocks = self._blocks()

    def _blocks(self):
        """The blocks in order, each with the heading above it and the comment directly above it."""
        headings = [(match.start(), match[1]) for match in HEADING.finditer(self.text)]
        blocks = []
        for match in FENCE.finditer(self.text):
            above = self.text[: match.start()].rstrip("\n").rsplit("\n", 1)[-1]
            note = re.fullmatch(r"<!-- (.+) -->", above)
            heading = next((name for start, name in reversed(headings) if start < match.start()), "")
            line = self.text.count("\n", 0, match.start()) + 1
            blocks.append(Block(heading, line, match[1], note[1] if note else "", match[2]))
        return blocks

    @property
    def scenarios(self):
        return [block for block in self.blocks if block.kind == "yaml"]

    @property
    def sections(self):
        """The headings with commands below them."""
        return list(dict.fromkeys(block.heading for block in self.blocks if block.kind == "console" and not block.note))

    def try_section(self, heading, terminal):
        """Runs the commands below a heading; each must print what stands below it."""
        for block in self.blocks:
            if block.note == "before every example" or block.heading == heading:
                if block.kind == "yaml" and not block.note.startswith("fragment"):
                    terminal.put(block.text)
                elif block.kind == "console":
                    self._expect(terminal, block)

    def _expect(self, terminal, block):
        for command in commands(block):
            printed = terminal.run(command.text)
            wanted = "".join(line + "\n" for line in command.printed)
            if printed and not printed.endswith("\n"):
                printed += "\n"
            shown = f"{self.path}, the block in line {block.line}\n$ {command.text}\nprinted:\n{printed}\nexpected:\n{wanted}"
            assert pattern(command.printed).fullmatch(printed), shown

    @property
    def long_lines(self):
        """The numbers of lines that are too long, but for tables."""
        return [number for number, line in enumerate(self.text.splitlines(), 1) if len(line) > 140 and not line.startswith("|")]


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
    """A folder with `my.yaml`, and a shell in which commands run one after another."""

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
        if re.search(r"localhost|keyfactor-mock (verify|journal|rules|clock)\b", command) and not self.server:
            self.serve()
        if self.server:
            command = command.replace("localhost:8080", f"localhost:{self.server.http_port}")
            command = command.replace("localhost:8443", f"localhost:{self.server.https_port}")
            self.environment["KFMOCK_ADMIN_URL"] = f"{self.server.http}/_mock"
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
