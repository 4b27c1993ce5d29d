"""The kits of examples/ for languages other than Python: their examples pass, and what must not pass fails, with a reason in a sentence."""

import re
import shutil

import pytest
import tree_sitter
import tree_sitter_powershell

from keyfactor_mock import Rule, World
from support.connection import eventually
from support.kit import KITS, below_exec, processes
from support.mock import BINARY
from support.recipe import EXAMPLES, passes

STORIES = 4


@pytest.fixture(scope="module", params=KITS)
def kit(request, tmp_path_factory):
    return KITS[request.param](tmp_path_factory.mktemp(request.param))


@pytest.mark.parametrize("options", [[], ["--admin-token", "s3cret"], ["--no-http"]], ids=["exec", "a token", "HTTPS alone"])
def test_the_stories_below_exec(kit, options):
    if "--no-http" in options and not kit.speaks_tls:
        pytest.skip("this runtime does not speak TLS here")
    code, said = kit.run(kit.stories, *below_exec(*options))
    assert (code, kit.passed(said)) == (0, STORIES), said


def test_the_stories_by_themselves(kit, tmp_path):
    """The kit starts a server, which ends with the tests."""
    code, said = kit.run(kit.stories, KEYFACTOR_MOCK_BINARY=BINARY, TMPDIR=str(tmp_path))
    assert (code, kit.passed(said)) == (0, STORIES), said
    assert eventually(lambda: not processes(tmp_path))


def test_a_server_ends_with_the_tests_that_started_it_even_if_they_are_killed(kit, tmp_path):
    code, said = kit.run(kit.wrong("Killed"), KEYFACTOR_MOCK_BINARY=BINARY, TMPDIR=str(tmp_path))
    assert code != 0 and kit.passed(said) == 0, said
    assert eventually(lambda: not processes(tmp_path))


def test_the_stories_with_an_address_alone(kit, mock):
    code, said = kit.run(kit.stories, KFMOCK_HTTP_URL=mock.http, KFMOCK_URL=mock.https)
    assert (code, kit.passed(said)) == (0, STORIES), said
    assert [each["name"] for each in mock.ask("GET", "/_mock/worlds").json] == ["default"], "its worlds are dropped"


@pytest.mark.parametrize(
    "name, reason",
    [
        ("Misspelt", "did you mean 'GET /Agents'"), ("MisspeltRule", "did you mean 'GET /Agents'"),
        ("NoEffect", r"was given no effect, such as \w+\(…\): GET /Agents"), ("NotMet", r"found 0 requests[^~]*1 GET /KeyfactorAPI/PamProviders -> 200"),
        ("Shown", r"1 GET /KeyfactorAPI/Agents -> 503[^~]*rule rule-1 \(GET /Agents\) struck 1 of 1: .*refuse unavailable"),
    ],
)
def test_what_must_not_pass(kit, mock, name, reason):
    code, said = kit.run(kit.wrong(name), KFMOCK_HTTP_URL=mock.http)
    assert code != 0 and kit.passed(said) == 0 and re.search(reason, said), said


def test_what_is_right_passes(kit, mock):
    code, said = kit.run(kit.wrong("Right"), KFMOCK_HTTP_URL=mock.http)
    assert (code, kit.passed(said)) == (0, 1), said


def test_a_server_that_dies_in_a_test(kit):
    code, said = kit.run(kit.wrong("Dies"), KEYFACTOR_MOCK_BINARY=BINARY)
    assert code != 0 and re.search("the keyfactor-mock that was started for the tests has ended", said, re.IGNORECASE), said


@pytest.mark.parametrize(
    "variables, sentence",
    [
        ({"KFMOCK_HTTP_URL": "http://localhost:1"}, "no keyfactor-mock answers at http://localhost:1/_mock.*refused"),
        ({}, "keyfactor-mock was not found: set KFMOCK_URL or KEYFACTOR_MOCK_BINARY, or add it to PATH"),
        ({"KEYFACTOR_MOCK_BINARY": "/absent"}, "/absent cannot be run"), ({"KEYFACTOR_MOCK_BINARY": "/bin/false"}, "/bin/false did not start"),
        ({"KEYFACTOR_MOCK_BINARY": BINARY, "KEYFACTOR_MOCK_PRODUCT": "9.9"}, "did not start: .*product"),
        ({"KFMOCK_URL": "https://localhost:1", "KEYFACTOR_CA_CERT": "/absent.pem"}, "the CA file /absent.pem, which KEYFACTOR_CA_CERT names, "),
    ],
    ids=["nothing answers", "no program", "an absent program", "another program", "a wrong option", "no CA"],
)
def test_a_server_that_cannot_be_used(kit, variables, sentence):
    code, said = kit.run(kit.wrong("Right"), **variables)
    assert code != 0 and re.search(sentence, said, re.IGNORECASE), said


def test_a_token_that_is_missing(kit, serve):
    closed = serve("", "--admin-token", "s3cret")
    code, said = kit.run(kit.wrong("Right"), KFMOCK_HTTP_URL=closed.http)
    expected = f"keyfactor-mock at {closed.http}/_mock only obeys who knows its --admin-token, expected in KEYFACTOR_MOCK_ADMIN_TOKEN"
    assert code != 0 and expected in said, said


def test_a_ca_that_is_no_certificate(kit, tmp_path, mock):
    (tmp_path / "ca.pem").write_text("none")
    code, said = kit.run(kit.wrong("Right"), KFMOCK_URL=mock.https, KEYFACTOR_CA_CERT=str(tmp_path / "ca.pem"))
    assert code != 0 and re.search(rf"the CA file {tmp_path}/ca.pem, which KEYFACTOR_CA_CERT names, ", said, re.IGNORECASE), said


# Words of the kit for pytest that others have in another form: the keys of `on`, `expect` and `jobs`; what belongs to Python alone.
OURS = {"add_rules", "check_rules", "control", "drop", "estate", "clock", "eventually", "finish", "summary", "has_effect", "operation", "ca", "change"}
SOURCES = {"go": "go/[a-z]*.go", "java": "java/**/kfmock/*.java", "dotnet": "dotnet/*.cs", "powershell": "powershell/*.psm1"}


@pytest.mark.parametrize("kit", SOURCES)
def test_each_kit_has_the_same_words(kit):
    text = "".join(path.read_text() for path in EXAMPLES.glob(SOURCES[kit])).lower()
    words = {name for type in (World, Rule) for name in vars(type) if not name.startswith("_")} - OURS
    missing = {word for word in words if not re.search(rf"\b{word.replace('_', '')}\s*\(", text)}
    assert len(words) > 15 and missing == set()


@pytest.mark.parametrize("kit", SOURCES)
def test_each_file_of_a_kit_has_at_most_200_lines(kit):
    paths = [path for path in (EXAMPLES / kit).rglob("*") if path.suffix in (".go", ".java", ".cs", ".psm1", ".ps1")]
    assert [path.name for path in paths if len(path.read_text().splitlines()) > 200] == [] and paths


@pytest.mark.parametrize("path", sorted((EXAMPLES / "powershell").glob("*.ps*1")), ids=lambda path: path.name)
def test_the_kit_for_powershell_is_powershell(path):
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))
    assert not parser.parse(path.read_bytes()).root_node.has_error


@pytest.mark.skipif(not shutil.which("pwsh"), reason="there is no PowerShell")
def test_the_stories_of_the_kit_for_powershell():
    script = "$ran = Invoke-Pester -PassThru; exit $ran.FailedCount + ($ran.PassedCount -ne 3)"
    passes(*below_exec(), "pwsh", "-NoProfile", "-Command", script, cwd=EXAMPLES / "powershell")
