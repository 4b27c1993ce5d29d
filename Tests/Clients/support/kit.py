"""What the tests of the kits in examples/ share: how each kit's tests are run, in a copy of its folder."""

import os
import pathlib
import re
import shutil

import pytest

from support.mock import BINARY, ROOT
from support.recipe import EXAMPLES, passes, run

WRONG = pathlib.Path(__file__).parent.parent / "recipes/wrong"
# Go must not fetch anything, and keeps what it has compiled.
GO = {"GOTOOLCHAIN": "local", "GOPROXY": "off", "GOFLAGS": "-mod=readonly", "GOCACHE": str(ROOT / ".build/clients/go-cache")}
JARS = pathlib.Path("/usr/share/java")
CONSOLE = JARS / "junit-platform-console-standalone.jar"


class Kit:
    """A kit, which runs its example, or the tests that must fail: `stories` and `wrong` answer what is to be run, with its variables."""

    def __init__(self, folder):
        self.folder = folder

    def run(self, command, *below, **variables):
        """Runs tests, `below` another command; answers the exit code and what was said, without colours."""
        code, said = run(*below, *command, cwd=self.folder, **{**self.variables, **variables})
        return code, re.sub(r"\x1b\[[\d;]*m", "", said)


class Go(Kit):
    variables = GO

    def __init__(self, folder):
        super().__init__(shutil.copytree(EXAMPLES / "go", folder / "go"))
        shutil.copy(WRONG / "wrong_test.go", self.folder)
        self.stories = ["go", "test", "-count=1", "-v", "-run", r"^TestA[A-Z]", "./..."]

    def wrong(self, name):
        return ["go", "test", "-count=1", "-v", "-run", f"^Test{name}$", "./..."]

    @staticmethod
    def passed(said):
        return len(re.findall(r"^--- PASS", said, re.MULTILINE))


class Java(Kit):
    variables = {}

    def __init__(self, folder):
        if not (shutil.which("javac") and CONSOLE.exists()):
            pytest.skip("there is no javac, or no JUnit 5: apt install openjdk-17-jdk-headless junit5")
        super().__init__(shutil.copytree(EXAMPLES / "java", folder / "java"))
        shutil.copy(WRONG / "WrongTest.java", self.folder / "src/test/java")
        libraries = ":".join(str(JARS / f"{each}.jar") for each in "junit-jupiter-api apiguardian-api junit-platform-commons opentest4j".split())
        passes("javac", "-Xlint:all,-serial", "-Werror", "-d", "classes", "-cp", libraries, *sorted(self.folder.rglob("*.java")), cwd=self.folder)
        self._console = ["java", "-Xshare:auto", "-jar", str(CONSOLE), "-cp", "classes", "--disable-banner"]
        self.stories = [*self._console, "--select-class", "ExampleTest"]

    def wrong(self, name):
        return [*self._console, "--select-method", f"WrongTest#test{name}(kfmock.World)"]

    @staticmethod
    def passed(said):
        return int(re.search(r"(\d+) tests successful", said)[1])


KITS = {"go": Go, "java": Java}


def below_exec(*options):
    """The command that starts a server around another command."""
    return [BINARY, "exec", *options, "--"]


def without_program():
    """A PATH in which there is everything but the mock."""
    return ":".join(each for each in os.environ["PATH"].split(":") if not os.path.exists(os.path.join(each, "keyfactor-mock")))
