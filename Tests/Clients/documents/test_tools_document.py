"""Every command in docs/TOOLS.md prints what stands below it; recipes/ tries those for Swagger UI."""

import subprocess

import pytest

from support.document import Document
from support.mock import BINARY, PATIENCE

DOCUMENT = Document("docs/TOOLS.md")


@pytest.mark.parametrize("heading", DOCUMENT.sections)
def test_commands_print_what_stands_below_them(heading, terminal):
    terminal.put("")
    DOCUMENT.try_section(heading, terminal)


@pytest.mark.parametrize("block", DOCUMENT.scenarios, ids=lambda block: f"line {block.line}")
def test_scenarios_pass_lint(block, tmp_path):
    (tmp_path / "my.yaml").write_text(block.text)
    subprocess.run([BINARY, "lint", "--strict", tmp_path / "my.yaml"], check=True, timeout=PATIENCE)


def test_every_block_is_checked_and_no_line_is_long():
    assert {block.kind for block in DOCUMENT.blocks} == {"console", "yaml", "sh"}
    assert [block.heading for block in DOCUMENT.blocks if block.kind == "sh"] == ["The API in Swagger UI"]
    assert not DOCUMENT.long_lines
