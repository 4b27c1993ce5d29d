"""Each recipe in docs/RECIPES.md works as it stands: its commands print what stands below them, its test passes beside its scenario."""

import re

import pytest

from support.document import Document
from support.fixture import KIT
from support.mock import BINARY, ROOT
from support.recipe import passes

DOCUMENT = Document("docs/RECIPES.md")


def block(heading, kind):
    return "".join(each.text for each in DOCUMENT.blocks if (each.heading, each.kind) == (heading, kind))


@pytest.mark.parametrize("heading", DOCUMENT.sections)
def test_commands_print_what_stands_below_them(heading, terminal):
    terminal.put("")
    DOCUMENT.try_section(heading, terminal)


@pytest.mark.parametrize("heading", DOCUMENT.sections)
def test_the_client_passes_its_test(heading, mock, tmp_path):
    (tmp_path / "my.yaml").write_text(block(heading, "yaml"))
    (tmp_path / "test_recipe.py").write_text(block(heading, "python"))
    passes(BINARY, "lint", "--strict", tmp_path / "my.yaml")
    command = ["python", "-m", "pytest", "-q", "-p", "keyfactor_mock.plugin", "-p", "no:cacheprovider", "--strict-markers", "test_recipe.py"]
    assert "1 passed" in passes(*command, cwd=tmp_path, KFMOCK_HTTP_URL=mock.http, PYTHONPATH=str(KIT))


def test_every_block_is_tried():
    assert len(DOCUMENT.sections) == 5
    for heading in DOCUMENT.sections:
        kinds = [each.kind for each in DOCUMENT.blocks if each.heading == heading]
        assert sorted(kinds + ["yaml"] * ("yaml" not in kinds)) == ["console", "python", "yaml"]
    assert not DOCUMENT.long_lines


def test_it_is_one_click_from_the_readme():
    assert re.search(r"\]\(docs/RECIPES\.md\)", (ROOT / "README.md").read_text())
