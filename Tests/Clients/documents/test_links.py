"""Links in our documents lead somewhere: to a file of the project, and to a heading of it. Addresses elsewhere are not asked."""

import re

import pytest

from support.mock import ROOT

FOLDERS = (".", "docs", "docs/decisions", "docs/fidelity", "scenarios", "examples", "examples/*", "Fuzz", "Tests/Soak", "packaging")
DOCUMENTS = sorted({path for folder in FOLDERS for path in ROOT.glob(f"{folder}/*.md")})


def text_of(path):
    """A document without its examples, in which brackets are code."""
    return re.sub(r"^ {4}.*$", "", re.sub(r"^```.*?^```$", "", path.read_text(), flags=re.MULTILINE | re.DOTALL), flags=re.MULTILINE)


def anchors(path):
    """The names that GitHub gives to headings; the second of two equal ones ends in -1."""
    found = []
    for heading in re.findall(r"^#+ +(.*?) *#*$", text_of(path), re.MULTILINE):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
        name = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        found.append(name if name not in found else f"{name}-{found.count(name)}")
    return set(found)


def test_there_are_documents():
    assert len(DOCUMENTS) > 25


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_link_is_dead(path):
    text = re.sub(r"`[^`\n]*`", "", text_of(path))
    links = re.findall(r"\]\(\s*<?([^)>\s]+)", text) + re.findall(r"^\[[^]]+\]: +(\S+)", text, re.MULTILINE)
    dead = []
    for link in links:
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        found = (path.parent / target).resolve() if target else path
        if not found.exists() or (anchor and found.suffix == ".md" and anchor not in anchors(found)):
            dead.append(link)
    assert not dead, f"{path.relative_to(ROOT)} has dead links"
