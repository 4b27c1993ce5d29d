"""The pytest plugin: the fixture `kfmock` is a world for one test.

Where this package is installed, pytest finds it by itself. It uses the server that KFMOCK_URL, KFMOCK_HTTP_URL and KFMOCK_ADMIN_URL name,
which `keyfactor-mock exec -- pytest` sets. Without these variables it starts one a session; under pytest-xdist, one a worker.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from keyfactor_mock.server import Refused, Server, Unusable, served
from keyfactor_mock.world import Scenario, World

MARK = "keyfactor"
_world = pytest.StashKey[World]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The scenario of all tests that do not name another."""
    about = "the scenario file of all tests without a scenario of their own"
    parser.getgroup("keyfactor-mock").addoption("--keyfactor-scenario", metavar="FILE", help=about)
    parser.addini("keyfactor_scenario", f"{about}; relative to the folder of this file")


def pytest_configure(config: pytest.Config) -> None:
    """What the marker takes."""
    keys = "scenario=file, text or dict, rules=[dict or text], product='24.4'"
    config.addinivalue_line("markers", f"{MARK}({keys}): how the world of the fixture kfmock begins; keys of inner marks count before outer")


@pytest.fixture(scope="session")
def kfmock_server() -> Iterator[Server]:
    """The server named by the environment, or else one that is started for the session."""
    with served() as server:
        yield server


@pytest.fixture
def kfmock(kfmock_server: Server, request: pytest.FixtureRequest) -> Iterator[World]:
    """A world for this test. It is named after the test, so that random values are the same in every run."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", request.node.name)[:48].strip("-")
    world = World(kfmock_server, f"{name}-{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:8]}")
    try:
        _begin(world, request.node)
        request.node.stash[_world] = world
        yield world
    finally:
        world.drop()


@pytest.fixture
def keyfactor_mock(kfmock: World) -> World:
    """The same as `kfmock`."""
    return kfmock


def _begin(world: World, item: pytest.Item) -> None:
    """Applies options and marks to a new world."""
    scenario, product, rules = _default_scenario(item.config), None, []
    for mark in reversed(list(item.iter_markers(MARK))):
        wrong = [repr(each) for each in mark.args] + [key for key in mark.kwargs if key not in ("scenario", "product", "rules")]
        if wrong:
            raise Unusable(f"@pytest.mark.{MARK} takes scenario, rules and product, found {', '.join(wrong)}.")
        if "scenario" in mark.kwargs:
            scenario = _read(mark.kwargs["scenario"], item.path.parent)
        product = mark.kwargs.get("product", product)
        rules += mark.kwargs.get("rules", [])
    try:
        if scenario is not None or product:
            world.load(scenario, product)
        world.add_rules(*rules)
    except Refused as refused:
        raise Unusable(f"The world of {item.name} cannot begin so: {refused}") from None


def _default_scenario(config: pytest.Config) -> Scenario | None:
    """What the command line says, or else the ini-file."""
    if named := config.getoption("--keyfactor-scenario"):
        return _read(named, config.invocation_params.dir)
    if named := config.getini("keyfactor_scenario"):
        return _read(named, config.inipath.parent if config.inipath else config.rootpath)
    return None


def _read(scenario: Any, folder: Path) -> Scenario:
    """A dict, or text, which has a colon and a space, or lines; anything else is the path of a file."""
    if isinstance(scenario, dict):
        return {**scenario}
    if isinstance(scenario, str) and (": " in scenario or "\n" in scenario):
        return scenario
    path: Path = folder / scenario
    try:
        return path.read_text()
    except OSError as error:
        raise Unusable(f"The scenario file {path} cannot be read: {error.strerror}.") from None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Judges what a test expected as a part of the test: it fails, and is no error of a fixture."""
    result = yield
    world = item.stash.get(_world, None)
    if world:
        try:
            world.finish()
        except (AssertionError, Refused) as failure:
            pytest.fail(str(failure), pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Says in one sentence that there is no server, and adds what happened in the world of a test that failed."""
    report = yield
    if call.excinfo and isinstance(call.excinfo.value, Unusable) and report.failed:
        report.longrepr = str(call.excinfo.value)
    elif report.failed and (world := item.stash.get(_world, None)):
        try:
            report.sections.append((f"keyfactor-mock, world {world.name}", world.summary()))
        except (Refused, Unusable) as error:
            report.sections.append(("keyfactor-mock", str(error)))
    return report
