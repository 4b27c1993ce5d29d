"""The README fits on two screens, and every example in it and in docs/FIRST.md is true; docs/OPTIONS.md has every option."""

import re
import shlex
import subprocess

import pytest

from support.document import Document
from support.mock import BINARY, PATIENCE, ROOT

README, FIRST = Document("README.md"), Document("docs/FIRST.md")
SECTIONS = [(document, heading) for document in (README, FIRST) for heading in document.sections]


@pytest.mark.parametrize("document, heading", SECTIONS, ids=lambda each: each if isinstance(each, str) else each.path)
def test_commands_print_what_stands_below_them(document, heading, terminal):
    terminal.put("")
    document.try_section(heading, terminal)


def test_the_readme_is_short_and_says_at_once_how_to_build_and_test():
    lines = README.text.splitlines()
    assert len(lines) <= 120 and not README.long_lines and not FIRST.long_lines
    assert all(any(line.startswith(f"    make {name} ") for line in lines[:30]) for name in ("run", "test"))
    assert {block.kind for block in README.blocks} == {"text", "console", "yaml"} and {block.kind for block in FIRST.blocks} == {"console"}


def test_the_scenario_in_the_readme_passes_lint(tmp_path):
    [block] = README.scenarios
    (tmp_path / "my.yaml").write_text(block.text)
    subprocess.run([BINARY, "lint", "--strict", tmp_path / "my.yaml"], check=True, timeout=PATIENCE)


@pytest.mark.parametrize("line", re.findall(r"^ {4}(keyfactor-mock exec .+)$", README.text, re.MULTILINE))
def test_exec_takes_these_options(line, tmp_path):
    """Their commands are others' programs; they are replaced."""
    (tmp_path / "my.yaml").write_text(README.scenarios[0].text)
    words = shlex.split(line)
    command = [BINARY, *words[1:words.index("--") + 1], "sh", "-c", "echo $KEYFACTOR_HOSTNAME"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE)
    if "may not listen on port 443" in done.stderr:
        pytest.skip("this user may not listen on port 443")
    assert done.returncode == 0 and re.fullmatch(r"localhost:\d+|127\.0\.0\.\d+", done.stdout.strip()), done


def test_every_make_target_that_documents_name_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for path in [ROOT / "README.md", *ROOT.glob("docs/*.md"), ROOT / "CONTRIBUTING.md"]:
        assert set(re.findall(r"(?:`|^ {4})make ([a-z-]+)", path.read_text(), re.MULTILINE)) <= targets, path


def test_the_page_of_options_has_every_option_and_command():
    def said(*arguments):
        return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=True).stdout

    document = Document("docs/OPTIONS.md")
    options = set(re.findall(r"^  (--[a-z0-9-]+)", said("serve", "--help") + said("exec", "--help"), re.MULTILINE))
    rows = "".join(line for line in document.text.splitlines() if line.startswith("| `--"))
    assert set(re.findall(r"--[a-z0-9-]+", rows.replace("-- ", ""))) >= options - {"--help", "--version"}
    commands = set(re.findall(r"^  ([a-z]+)  ", said("--help").split("SUBCOMMANDS:")[1], re.MULTILINE))
    rows = "".join(line.split("|")[1] for line in document.text.split("## Commands")[1].splitlines() if line.startswith("| `"))
    assert commands <= set(re.findall(r"[a-z]+", rows))
    assert not document.long_lines and not Document("docs/CI.md").long_lines
