"""The JSON Schema of scenarios says what the reader of scenarios says, as an independent validator judges it.

`wrong-scenarios` holds scenarios with one mistake each. Schema and reader must refuse them; those in `reader-only` have mistakes
that a schema cannot see. The first line of each is a comment with words that the message of `lint` must contain.
"""

import json
import pathlib
import re
import subprocess

import pytest
import yaml
from jsonschema import Draft7Validator

from support.mock import BINARY, PATIENCE, ROOT
from test_scenario_document import DOCUMENT, whole

WRONG = pathlib.Path(__file__).parent / "wrong-scenarios"
BY_SCHEMA = sorted(WRONG.glob("*.yaml"))
BY_READER = sorted(WRONG.glob("reader-only/*.yaml"))
SHIPPED = sorted((ROOT / "scenarios").glob("*.yaml"))
SCHEMA = json.loads((ROOT / "docs/scenario.schema.json").read_text())
VALIDATOR = Draft7Validator(SCHEMA)


class Loader(yaml.SafeLoader):
    """Reads YAML 1.1 as editors do that check by a schema: times stay texts, a bare `off` is false."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def errors(text):
    """What the schema finds in a scenario."""
    return [f"{error.json_path}: {error.message[:200]}" for error in VALIDATOR.iter_errors(yaml.load(text, Loader))]


def lint(file):
    return subprocess.run([BINARY, "lint", file], capture_output=True, text=True, timeout=PATIENCE)


def name(file):
    return file.stem


def test_the_schema_in_the_documents_is_the_one_printed():
    printed = subprocess.run([BINARY, "schema"], capture_output=True, text=True, timeout=PATIENCE, check=True).stdout
    assert json.loads(printed) == SCHEMA


def test_the_schema_is_one_of_draft_07_and_has_no_keyword_of_a_later_one():
    """What a draft does not know it ignores, so the meta-schema alone would let `$defs` or `prefixItems` pass."""
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(SCHEMA)
    assert keywords(SCHEMA) <= set(Draft7Validator.META_SCHEMA["properties"])


def keywords(schema):
    """Every keyword in a schema; names of members are none. A reference stands alone, since draft-07 ignores what is beside it."""
    assert "$ref" not in schema or list(schema) == ["$ref"], schema
    found = set(schema)
    for key, value in schema.items():
        if key in ("properties", "patternProperties", "definitions"):
            value = list(value.values())
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                found |= keywords(each)
    return found


@pytest.mark.parametrize("file", SHIPPED, ids=name)
def test_the_schema_accepts_what_is_shipped(file):
    assert errors(file.read_text()) == []


@pytest.mark.parametrize("block", DOCUMENT.scenarios, ids=lambda block: f"line {block.line}")
def test_the_schema_accepts_what_is_documented(block):
    assert bool(errors(whole(block))) == (block.note == "wrong"), errors(whole(block))


@pytest.mark.parametrize("file", BY_SCHEMA, ids=name)
def test_the_schema_refuses_what_is_wrong(file):
    assert errors(file.read_text())


@pytest.mark.parametrize("file", BY_SCHEMA + BY_READER, ids=name)
def test_lint_refuses_what_is_wrong_and_says_so(file):
    words = file.read_text().splitlines()[0].removeprefix("# ")
    done = lint(file)
    assert done.returncode == 65
    assert words in done.stderr, done.stderr
    # A place, the line, and a caret below it; one mistake and no other.
    assert re.fullmatch(rf"{re.escape(str(file))}:\d+:\d+: .+\n +\d+ \| .*\n +\| +\^~*( .*)?\n", done.stderr), done.stderr
    assert not done.stdout


def test_every_kind_of_mistake_has_an_example():
    assert len(BY_SCHEMA) > 30 and len(BY_READER) > 15
