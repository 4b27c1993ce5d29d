"""What the tests of the kits in examples/ share: how each kit's tests are run, in a copy of its folder."""

import importlib.util
import json
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
    """A kit, which runs its example (`stories`), or one of the tests that must fail (`wrong`)."""

    speaks_tls = True

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
        return int(next(iter(re.findall(r"(\d+) tests successful", said)), 0))


class Dotnet(Kit):
    """There is no SDK: Mono's compiler compiles for the runtime of .NET Core 3.1 that PyPI has, and wrong/Xunit.cs stands in for xUnit."""

    variables = {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1", "DOTNET_CLI_TELEMETRY_OPTOUT": "1"}
    # It wants OpenSSL 1.1.
    speaks_tls = False

    def __init__(self, folder):
        if not shutil.which("mcs"):
            pytest.skip("there is no compiler for C#: apt install mono-mcs")
        super().__init__(folder)
        [runtime] = importlib.util.find_spec("dotnetcore2").submodule_search_locations
        libraries = pathlib.Path(runtime, "bin/shared/Microsoft.NETCore.App/3.1.23").glob("*.dll")
        references = [f"-r:{each}" for each in libraries if "WindowsRuntime" not in each.name]
        sources = [*(EXAMPLES / "dotnet").glob("*.cs"), *WRONG.glob("*.cs")]
        strict = ["-langversion:7.2", "-warnaserror", "-nowarn:1701,1702"]
        passes("mcs", *strict, "-nostdlib", "-noconfig", *references, f"-out:{folder}/kit.dll", *sources, cwd=folder)
        framework = {"name": "Microsoft.NETCore.App", "version": "3.1.0"}
        (folder / "kit.runtimeconfig.json").write_text(json.dumps({"runtimeOptions": {"framework": framework}}))
        self._runner = [f"{runtime}/bin/dotnet", "kit.dll"]
        self.stories = [*self._runner, "ExampleTests"]

    def wrong(self, name):
        return [*self._runner, "WrongTests", name]

    @staticmethod
    def passed(said):
        return len(re.findall(r"^passed", said, re.MULTILINE))


KITS = {"go": Go, "java": Java, "dotnet": Dotnet}


def processes(folder):
    """The processes that have this folder for temporary files."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if f"TMPDIR={folder}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append(process.name)
        except OSError:
            continue  # it has ended, or is another user's
    return found


def below_exec(*options):
    """The command that starts a server around another command."""
    return [BINARY, "exec", *options, "--"]
