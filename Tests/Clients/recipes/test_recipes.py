"""Recipes and workflows: held against the schemas of those who read them and against the server; their scripts are run as they stand."""

import ast
import json
import os
import re
import shutil
import xml.etree.ElementTree

import pytest

from support.kit import GO
from support.mock import BINARY, ROOT
from support.recipe import ACTION, COMPOSE, EXAMPLES, EXEC, GITLAB, KUBERNETES, SERVICE, TOOLS, WORKFLOWS, Shell, load, name, passes, scenarios

IMAGE = "registry.example.com/keyfactor-mock:0.1.0"
LIBRARIES = ["libmicrohttpd12", "libgnutls30", "libyaml-0-2"]
FOLDERS = "github-actions gitlab-ci compose kubernetes testcontainers-go testcontainers-java testcontainers-python".split()
TEXTS = [path for folder in FOLDERS for path in sorted((EXAMPLES / folder).rglob("*")) if path.is_file()]


# What readers of these files say

@pytest.mark.parametrize("path", WORKFLOWS, ids=name)
def test_a_workflow_of_github(path):
    passes("check-jsonschema", "--builtin-schema", "vendor.github-workflows", path)
    passes("check-jsonschema", "--builtin-schema", "custom.github-workflows-require-timeout", path)
    passes("actionlint", path)
    passes("zizmor", "--offline", "--no-progress", path)


def test_the_workflow_that_init_writes(tmp_path):
    passes(BINARY, "init", tmp_path)
    test_a_workflow_of_github(tmp_path / ".github/workflows/command.yml")


def test_the_action(tmp_path):
    """It is as GitHub reads actions, and puts the program of a release into PATH."""
    passes("check-jsonschema", "--builtin-schema", "vendor.github-actions", ACTION)
    passes("zizmor", "--offline", "--no-progress", ACTION)
    [step], shell = load(ACTION)["runs"]["steps"], Shell(tmp_path)
    path, file = tmp_path / "github.path", f"keyfactor-mock-0.1.0-linux-{os.uname().machine}.tar.gz"
    said = shell.run(step["run"], MOCK_RELEASE=shell.release(file), MOCK_VERSION="0.1.0", GITHUB_PATH=str(path))
    assert f"{file}: OK" in said and os.access(os.path.join(path.read_text().strip(), "keyfactor-mock"), os.X_OK)


def test_the_kit_for_python_is_typed(tmp_path):
    """As its mark py.typed promises, and nothing is in it that Python 3.9 cannot read."""
    passes("mypy", "--strict", "--cache-dir", tmp_path, ROOT / "packaging/src/keyfactor_mock")
    for path in (ROOT / "packaging/src").rglob("*.py"):
        ast.parse(path.read_text(), feature_version=(3, 9))


def test_manual_pages_can_be_read(tmp_path):
    """Each command has one, and it is as roff reads it."""
    passes("python", ROOT / "packaging/manual.py", BINARY, tmp_path)
    pages = sorted(path.name for path in tmp_path.iterdir())
    assert "keyfactor-mock.1" in pages and "keyfactor-mock-exec.1" in pages and "keyfactor-mock-clock-advance.1" in pages and len(pages) == 24
    text = (tmp_path / "keyfactor-mock-exec.1").read_text()
    assert text.startswith(".TH KEYFACTOR-MOCK-EXEC 1") and "\\fB\\-\\-scenario\\fR \\fIfile\\fR" in text
    if shutil.which("man"):
        for page in pages:
            assert passes("man", "--warnings", "-l", tmp_path / page, MANPAGER="cat", LC_ALL="C.UTF-8").count("warning:") == 0


def test_the_jobs_of_gitlab():
    passes("check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", GITLAB)


def test_the_compose_file(tmp_path):
    passes("check-jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE)
    # podman-compose asks podman for its version before it reads a file, and here for nothing else.
    podman = tmp_path / "podman"
    podman.write_text("#!/bin/sh\necho podman version 5.4.0\n")
    podman.chmod(0o755)
    read = passes("podman-compose", "-f", COMPOSE, "config", PATH=f"{tmp_path}:{TOOLS}:{os.environ['PATH']}")
    assert read.index("service_healthy") and read.index(IMAGE)


def test_the_objects_of_kubernetes():
    said = passes("kubernetes-validate", "--strict", KUBERNETES)
    assert [kind for kind in ["configmap", "deployment", "service"] if f"passed for resource {kind}/" not in said] == []


def test_what_our_workflows_make_is_in_the_makefile():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    made = {each for path in WORKFLOWS for each in re.findall(r"\bmake ([a-z-]+)", path.read_text())}
    assert made == {"lint", "image-test", "release"} and made <= targets


# What they say of the server

@pytest.mark.parametrize("path", TEXTS, ids=name)
def test_every_variable_of_the_mock_is_an_option(path):
    found = set(re.findall(r"KEYFACTOR_MOCK_([A-Z0-9_]+)", path.read_text()))
    options = set(re.findall(r"--([a-z0-9-]+)", passes(BINARY, "help", "exec")))
    assert {each for each in found if each.lower().replace("_", "-") not in options} == set()


def test_every_recipe_has_the_same_image_and_release():
    named = {each for path in TEXTS for each in re.findall(r"[\w./-]*keyfactor-mock:\d[\w.]*\w", path.read_text())}
    jobs = load(EXEC)["jobs"]["test"]["env"], load(GITLAB)["with-exec"]["variables"]
    version = IMAGE.rpartition(":")[2]
    released = {(f"https://example.com/keyfactor-mock/releases/download/v{version}", f"keyfactor-mock-{version}-linux-x86_64.tar.gz")}
    assert named == {IMAGE} and {(each["MOCK_RELEASE"], each["MOCK_FILE"]) for each in jobs} == released


@pytest.mark.parametrize("path", scenarios())
def test_every_scenario_has_no_mistake(path, tmp_path):
    file = tmp_path / "scenario.yaml"
    file.write_text(scenarios()[path])
    passes(BINARY, "lint", "--strict", file)


def test_what_is_probed_is_answered(mock):
    [deployment] = [each for each in load(KUBERNETES) if each["kind"] == "Deployment"]
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    probed = [container[each]["httpGet"]["path"] for each in ["readinessProbe", "livenessProbe"]]
    for folder in ["go", "java", "python"]:
        texts = [path.read_text() for path in TEXTS if f"testcontainers-{folder}/" in name(path)]
        probed += [each for text in texts for each in re.findall(r'"(/_mock/\w+z)"', text)]
    assert len(probed) == 5
    assert [mock.ask("GET", path).status for path in probed] == [200] * len(probed)


def test_the_health_check_of_the_compose_file(mock):
    [how, program, *arguments] = load(COMPOSE)["services"]["command"]["healthcheck"]["test"]
    assert (how, f'CMD ["{program}", "{arguments[0]}"]' in (ROOT / "Dockerfile").read_text()) == ("CMD", True)
    passes(BINARY, *arguments, KEYFACTOR_MOCK_HTTP_PORT=str(mock.http_port))


def test_the_libraries_for_exec_are_those_of_the_image():
    image = (ROOT / "Dockerfile").read_text().rpartition("FROM ")[2]
    assert [each.partition("=")[0] for each in re.findall(r" (lib[^ ]+)", image)] == LIBRARIES
    # A release contains libmicrohttpd.
    assert all(" " + " ".join(LIBRARIES[1:]) in path.read_text() for path in [EXEC, GITLAB])


# Their scripts

def serve_as(serve, scenario, settings):
    """A server as a recipe would have it, with free ports and the host's own loopback."""
    return serve(scenario, variables={key: value for key, value in settings.items() if key != "KEYFACTOR_MOCK_SCENARIO"})


def test_the_steps_of_the_service_on_github(serve, tmp_path):
    job = load(SERVICE)["jobs"]["test"]
    settings = job["services"]["command"]["env"]
    shell = Shell(tmp_path, serve_as(serve, settings["KEYFACTOR_MOCK_SCENARIO"], settings))
    trust, test, count, journal = [shell.run(step["run"], **job["env"]) for step in job["steps"] if "run" in step]
    assert trust == "" and '"JobId"' in test and '"verdict":"met"' in count
    assert [each["status"] for each in json.loads(journal)["exchanges"]] == [200, 503, 503]


def test_the_service_on_gitlab(serve, tmp_path):
    job = load(GITLAB)["with-service"]
    [service] = job["services"]
    shell = Shell(tmp_path, serve_as(serve, service["variables"]["KEYFACTOR_MOCK_SCENARIO"], service["variables"]), service["alias"])
    said = shell.run(*job["before_script"], *job["script"], **job["variables"])
    assert '"JobId"' in said and '"verdict":"met"' in said


def test_the_client_of_the_compose_file(serve, tmp_path):
    services = load(COMPOSE)["services"]
    command, client = services["command"], services["client"]
    [mount] = command["volumes"]
    source, target, how = mount.split(":")
    assert (target, how) == (command["environment"]["KEYFACTOR_MOCK_SCENARIO"], "ro")
    shell = Shell(tmp_path, serve_as(serve, (COMPOSE.parent / source).read_text(), command["environment"]), "command")
    [program, option, script] = client["command"]
    assert (program, option) == ("sh", "-ec")
    said = shell.run(script.replace("$$", "$"), **client["environment"])
    assert '"JobId"' in said and '"verdict":"met"' in said


def test_exec_on_github(tmp_path):
    job, shell = load(EXEC)["jobs"]["test"], Shell(tmp_path)
    release = {**job["env"], "MOCK_RELEASE": shell.release(job["env"]["MOCK_FILE"])}
    libraries, install, test = [step["run"] for step in job["steps"] if "run" in step]
    assert libraries.startswith("apt-get ")
    assert f"{release['MOCK_FILE']}: OK" in shell.run(install, **release)
    assert '"ClientMachine":"uo-1"' in shell.run(test)


def test_exec_on_gitlab(tmp_path):
    job, shell = load(GITLAB)["with-exec"], Shell(tmp_path)
    release = {**job["variables"], "MOCK_RELEASE": shell.release(job["variables"]["MOCK_FILE"])}
    libraries, *install = job["before_script"]
    assert libraries.startswith("apt-get ")
    assert '"ClientMachine":"uo-1"' in shell.run(*install, *job["script"], **release)


# Testcontainers: the test of each against a server that is there, in the place of a container

def order_scenario(path):
    return scenarios()[f"examples/{path}"]


@pytest.fixture
def python_order(tmp_path):
    """The Python recipe's files, in a folder of their own."""
    return shutil.copytree(EXAMPLES / "testcontainers-python", tmp_path / "order", ignore=shutil.ignore_patterns("__pycache__"))


def test_the_python_order(serve, python_order):
    server = serve(order_scenario("testcontainers-python/conftest.py"))
    (python_order / "conftest.py").write_text(f"import pytest\n\n\n@pytest.fixture\ndef mock():\n    return {server.http!r}\n")
    assert "1 passed" in passes("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=python_order)


def test_the_python_container_is_described_with_the_library(python_order):
    assert passes("python", "-c", "import conftest; print(conftest.IMAGE)", cwd=python_order).strip() == IMAGE


@pytest.mark.skipif("KFMOCK_IMAGE" not in os.environ, reason="KFMOCK_IMAGE names no image to run with Docker")
def test_the_python_container(python_order):
    said = passes("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=python_order, KFMOCK_IMAGE=os.environ["KFMOCK_IMAGE"])
    assert "1 passed" in said


GO_START = """package order

import (
	"os"
	"testing"
)

func startMock(*testing.T) string { return os.Getenv("ADDRESS") }
"""


def test_the_go_order(serve, tmp_path):
    folder = EXAMPLES / "testcontainers-go"
    root = passes("go", "env", "GOROOT", **GO).strip()
    assert passes(f"{root}/bin/gofmt", "-l", folder, EXAMPLES / "go") == ""
    shutil.copy(folder / "order_test.go", tmp_path)
    (tmp_path / "start_test.go").write_text(GO_START)
    (tmp_path / "go.mod").write_text("module example.com/keyfactor-order\n\ngo 1.24\n")
    server = serve(order_scenario("testcontainers-go/container_test.go"))
    passes("go", "vet", "./...", cwd=tmp_path, **GO)
    assert "--- PASS: TestARefusedJobIsScheduledAgain" in passes("go", "test", "-v", "./...", cwd=tmp_path, ADDRESS=server.http, **GO)


def test_the_java_order_is_java():
    import tree_sitter
    import tree_sitter_java

    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_java.language()))
    sources = sorted((EXAMPLES / "testcontainers-java").rglob("*.java"))
    assert [path.name for path in sources] == ["MockContainer.java", "OrderTest.java"]
    assert [path.name for path in sources if parser.parse(path.read_bytes()).root_node.has_error] == []
    project = xml.etree.ElementTree.parse(EXAMPLES / "testcontainers-java/pom.xml").getroot()
    assert project.tag == "{http://maven.apache.org/POM/4.0.0}project"


# The table of all examples

def test_the_table_names_every_example():
    table = (EXAMPLES / "README.md").read_text()
    folders = {path.name for path in EXAMPLES.iterdir() if path.is_dir()}
    assert set(re.findall(r"^\| \[([\w-]+)\]\(\1[/)]", table, re.MULTILINE)) == folders
