"""`keyfactor-mock init`: what it writes works as it is, and what is there stays."""

import os
import subprocess
import sys

import pytest
import yaml

from support.fixture import KIT
from support.mock import BINARY, PATIENCE

FILES = [".github/workflows/command.yml", "scenario.schema.json", "scenario.yaml", "test_command.py"]


def run(*command, folder, **variables):
    names = ("KFMOCK_", "KEYFACTOR_", "PYTEST_")
    own = {key: value for key, value in os.environ.items() if not key.startswith(names)}
    return subprocess.run(command, cwd=folder, env={**own, **variables}, capture_output=True, text=True, timeout=3 * PATIENCE)


def found(folder):
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*") if not each.is_dir())


@pytest.mark.parametrize("arguments, below", [([], "."), (["new/first"], "new/first"), (["./with space/"], "with space")])
def test_it_writes_four_files_and_says_what_is_next(arguments, below, tmp_path):
    done = run(BINARY, "init", *arguments, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "") and found(tmp_path / below) == FILES
    assert done.stdout.count("created ") == 4 and "python3 -m pytest" in done.stdout


def test_the_tests_that_it_wrote_pass(tmp_path):
    run(BINARY, "init", folder=tmp_path)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "keyfactor_mock.plugin", "-p", "no:cacheprovider", "-W", "error"]
    done = run(*command, folder=tmp_path, PYTHONPATH=str(KIT), KEYFACTOR_MOCK_BINARY=BINARY)
    assert done.returncode == 0 and "3 passed" in done.stdout, done


def test_the_scenario_passes_lint_and_names_its_schema(tmp_path):
    run(BINARY, "init", folder=tmp_path)
    assert run(BINARY, "lint", "--strict", "scenario.yaml", folder=tmp_path).returncode == 0
    first = (tmp_path / "scenario.yaml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=scenario.schema.json"
    assert (tmp_path / "scenario.schema.json").read_text() == run(BINARY, "schema", folder=tmp_path).stdout


def test_the_workflow_runs_lint_and_pytest_from_the_wheel(tmp_path):
    """CI's own judges look at it in recipes/."""
    run(BINARY, "init", folder=tmp_path)
    [job] = yaml.safe_load((tmp_path / FILES[0]).read_text())["jobs"].values()
    said = "".join(step.get("run", "") for step in job["steps"])
    assert 'install pytest "$MOCK_WHEEL"' in said and "keyfactor-mock\" lint scenario.yaml" in said and "-m pytest" in said


@pytest.mark.parametrize("file", FILES)
def test_it_overwrites_nothing(file, tmp_path):
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text("mine")
    done = run(BINARY, "init", folder=tmp_path)
    assert (done.returncode, done.stdout) == (73, "")
    assert done.stderr == f"{file} exists, and init overwrites nothing. Choose another folder.\n"
    assert found(tmp_path) == [file] and (tmp_path / file).read_text() == "mine"


def test_it_does_not_write_through_a_link(tmp_path):
    (tmp_path / "scenario.yaml").symlink_to(tmp_path / "elsewhere")
    done = run(BINARY, "init", folder=tmp_path)
    assert done.returncode == 73 and "Cannot create scenario.yaml: File exists." in done.stderr and not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("folder", ["file", "file/below", "/proc/none"])
def test_a_folder_that_cannot_be_is_a_sentence(folder, tmp_path):
    (tmp_path / "file").write_text("")
    done = run(BINARY, "init", folder, folder=tmp_path)
    assert done.returncode == 73 and done.stderr.startswith(f"Cannot create {folder}/scenario.yaml: ") and done.stderr.count("\n") == 1
