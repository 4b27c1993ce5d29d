"""Every example in docs/CONTROL.md is true, and its table has every path."""

import re
import subprocess

import pytest

from support.document import Document
from support.mock import BINARY, PATIENCE

DOCUMENT = Document("docs/CONTROL.md")


@pytest.mark.parametrize("heading", DOCUMENT.sections)
def test_commands_print_what_stands_below_them(heading, terminal):
    terminal.put("")
    DOCUMENT.try_section(heading, terminal)


@pytest.mark.parametrize("block", DOCUMENT.scenarios, ids=lambda block: f"line {block.line}")
def test_scenarios_pass_lint(block, tmp_path):
    (tmp_path / "my.yaml").write_text(block.text)
    subprocess.run([BINARY, "lint", "--strict", tmp_path / "my.yaml"], check=True, timeout=PATIENCE)


def test_the_table_has_every_path(mock):
    described = mock.ask("GET", "/_mock/control.openapi.json").json["paths"]
    served = [f"{method.upper()} {path[1:] or '/'}" for path, operations in described.items() for method in operations]
    assert sorted(re.findall(r"^\| `([A-Z]+ [^`]+)` \|", DOCUMENT.text, re.MULTILINE)) == sorted(served)


def test_links_lead_somewhere():
    headings = re.findall(r"^#+ (.+)$", DOCUMENT.text, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", DOCUMENT.text)) <= anchors


def test_lines_are_not_long():
    assert not DOCUMENT.long_lines
    assert {block.kind for block in DOCUMENT.blocks} == {"yaml", "console"}
