"""Every example in docs/SCENARIOS.md is true: its scenarios pass lint, its commands print what stands below them.

document.py says how they are written. In addition, a comment above a block of ```yaml says if it is no whole scenario:
`<!-- fragment of rules -->` (a list of rules), `<!-- fragment of a rule -->` (keys of one), `<!-- fragment of do -->` (a list of
effects), `<!-- fragment of where -->`, `<!-- wrong -->` for a scenario that lint must refuse, `<!-- doubtful -->` for one that it must
warn of.
"""

import subprocess
import textwrap

import pytest

from support.document import Document
from support.mock import BINARY, PATIENCE

DOCUMENT = Document("docs/SCENARIOS.md")
# What a fragment of a scenario is put into, and how far it is indented there.
WRAPPINGS = {
    "rules": ("rules:\n", 2),
    "a rule": ("rules:\n  - operation: \"* /**\"\n    do: []\n", 4),
    "where": ("rules:\n  - operation: \"* /Agents/{id}\"\n    do: []\n    where:\n", 6),
    "do": ("rules:\n  - operation: \"* /**\"\n    do:\n", 6),
}


def whole(block):
    """The scenario that a block is, or stands for."""
    if not block.note.startswith("fragment of "):
        return block.text
    before, indent = WRAPPINGS[block.note.removeprefix("fragment of ")]
    return before + textwrap.indent(block.text, " " * indent)


@pytest.mark.parametrize("block", DOCUMENT.scenarios, ids=lambda block: f"line {block.line}")
def test_a_scenario_passes_lint_unless_it_shows_a_mistake(block, tmp_path):
    file = tmp_path / "my.yaml"
    file.write_text(whole(block))

    def lint(*options):
        return subprocess.run([BINARY, "lint", *options, file], stderr=subprocess.PIPE, text=True, timeout=PATIENCE)

    done, strict = lint(), lint("--strict")
    codes = {"wrong": (65, 65), "doubtful": (0, 65)}.get(block.note, (0, 0))
    assert (done.returncode, strict.returncode) == codes, f"docs/SCENARIOS.md, line {block.line}:\n{strict.stderr}"


@pytest.mark.parametrize("heading", DOCUMENT.sections)
def test_commands_print_what_stands_below_them(heading, terminal):
    DOCUMENT.try_section(heading, terminal)


def test_every_block_is_checked():
    kinds = {block.kind for block in DOCUMENT.blocks}
    assert kinds == {"yaml", "console"}, "another kind of block is not checked by anything"
    notes = {block.note for block in DOCUMENT.blocks} - {""}
    assert notes <= {"wrong", "doubtful", "before every example"} | {f"fragment of {name}" for name in WRAPPINGS}


def test_lines_are_not_long():
    assert not DOCUMENT.long_lines
