"""What the tests of recipes share: the files in examples/ and .github/, tools that judge them, and a shell in which their scripts run."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import yaml

from support.mock import BINARY, ROOT

EXAMPLES = ROOT / "examples"
WORKFLOWS = sorted([*(ROOT / ".github/workflows").glob("*.yml"), *(EXAMPLES / "github-actions").glob("*.yml")])
SERVICE, EXEC = EXAMPLES / "github-actions/service.yml", EXAMPLES / "github-actions/exec.yml"
ACTION = ROOT / ".github/actions/setup/action.yml"
GITLAB = EXAMPLES / "gitlab-ci/.gitlab-ci.yml"
COMPOSE = EXAMPLES / "compose/compose.yaml"
KUBERNETES = EXAMPLES / "kubernetes/keyfactor-mock.yaml"
PATIENCE = 300
# What would lead a script to another server, or another CA.
OTHERS = ("KEYFACTOR_", "KFMOCK_", "PYTEST_", "GITHUB_", "CURL_", "SSL_CERT_", "REQUESTS_CA_BUNDLE")
TOOLS = pathlib.Path(sys.executable).parent


def name(path):
    """A file's name in the project, for the names of tests."""
    return str(path.relative_to(ROOT))


def load(path):
    """The documents of a YAML file, or the one that it has."""
    documents = list(yaml.safe_load_all(path.read_text()))
    return documents[0] if len(documents) == 1 else documents


def run(*command, cwd=ROOT, **variables):
    """Runs a command, by preference one of this environment; answers its exit code and what it said."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(OTHERS)}
    own.update(PATH=f"{TOOLS}:{os.environ['PATH']}", no_proxy="*", PYTHONDONTWRITEBYTECODE="1")
    environment = {**own, **variables}
    ended = subprocess.run(command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
    return ended.returncode, ended.stdout + ended.stderr


def passes(*command, **more):
    """Runs a command that must end well; answers what it said."""
    code, said = run(*command, **more)
    assert code == 0, f"{' '.join(map(str, command))}\n{said}"
    return said


def scenarios():
    """Every scenario in a recipe, by the file that holds it: inline, as a file beside it, or in the map of a cluster."""
    found = {name(COMPOSE.with_name("scenario.yaml")): COMPOSE.with_name("scenario.yaml").read_text()}
    for document in load(KUBERNETES):
        if document["kind"] == "ConfigMap":
            found[name(KUBERNETES)] = document["data"]["scenario.yaml"]
    found[name(SERVICE)] = load(SERVICE)["jobs"]["test"]["services"]["command"]["env"]["KEYFACTOR_MOCK_SCENARIO"]
    found[name(GITLAB)] = load(GITLAB)["with-service"]["services"][0]["variables"]["KEYFACTOR_MOCK_SCENARIO"]
    for path in sorted(EXAMPLES.glob("testcontainers-*/**/*.*")):
        if inline := re.search(r'"(\{ rules: .*\})"', path.read_text()):
            found[name(path)] = inline[1]
    return found


class Shell:
    """A folder in which scripts of recipes run as they stand. For curl, a server is where the recipe says that it is."""

    def __init__(self, folder, server=None, host="localhost"):
        self.folder, self.kept = folder, folder / "github.env"
        self.variables = {"CURL_HOME": str(folder), "GITHUB_ENV": str(self.kept), "RUNNER_TEMP": str(folder)}
        ports = [(8080, server.http_port), (8443, server.https_port)] if server else []
        folder.joinpath(".curlrc").write_text("".join(f'connect-to = "{host}:{said}:127.0.0.1:{real}"\n' for said, real in ports))

    def run(self, *lines, **variables):
        """Runs lines of a script, one after another; answers what they printed. Later scripts see what is put into GITHUB_ENV."""
        said = passes("bash", "-e", "-c", "\n".join(lines), cwd=self.folder, **{**self.variables, **variables})
        if self.kept.exists():
            self.variables.update(line.split("=", 1) for line in self.kept.read_text().splitlines())
        return said

    def release(self, file):
        """Makes a release as `make release` does, in this folder; answers its address."""
        place, top = self.folder / "release", file.removesuffix(".tar.gz")
        place.joinpath(top).mkdir(parents=True)
        shutil.copy(BINARY, place / top / "keyfactor-mock")
        passes("sh", "-ec", f"tar -c {top} | gzip -1 > {file}; sha256sum {file} > SHA256SUMS", cwd=place)
        return place.as_uri()
