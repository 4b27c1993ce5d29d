"""Nothing is left of a server that has stopped: files that describe it, processes that `exec` started. And `--watch` reads no half files."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest

from support.mock import BINARY, PATIENCE, SANITIZER, SLOWNESS, DidNotStart, Mock


def eventually(condition, seconds=10):
    """Waits until a condition holds."""
    deadline = time.monotonic() + seconds * SLOWNESS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def is_alive(process):
    try:
        return "Z" != pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False


# Files

@pytest.fixture
def files(tmp_path):
    """The files that describe a server, and the options that write them."""
    paths = {name: tmp_path / name for name in ["ready-file", "env-file", "ca-file"]}
    return paths, [word for name, path in paths.items() for word in (f"--{name}", str(path))]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT])
@pytest.mark.parametrize("more", [[], ["--watch"]])
def test_files_that_describe_a_server_go_with_it(files, tmp_path, number, more):
    paths, options = files
    scenario, junit = tmp_path / "s.yaml", tmp_path / "j.xml"
    scenario.write_text("expect: [ { unmatched: 0 } ]")
    server = Mock("", "--scenario", str(scenario), "--junit", str(junit), *more, *options, own_ca=False)
    assert all(path.exists() for path in paths.values())
    server.stop(number)
    assert not any(path.exists() for path in paths.values())
    assert 'tests="1"' in junit.read_text()


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_that_a_server_was_started_to_ignore_does_not_end_it(tmp_path, number):
    """As `nohup` starts it, or a shell in the background."""
    ready = tmp_path / "ready"
    words = [BINARY, "serve", "--http-port", "0", "--https-port", "0", "--ready-file", str(ready)]
    name = signal.Signals(number).name.removeprefix("SIG")
    server = subprocess.Popen(["bash", "-c", f"trap '' {name}; exec \"$@\"", "bash", *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    eventually(lambda: ready.exists(), PATIENCE)
    server.send_signal(number)
    server.send_signal(signal.SIGTERM)
    said = server.communicate(timeout=PATIENCE)[1].decode()
    assert server.returncode == 0 and "stopping on SIGTERM" in said, said


def test_the_certificate_of_a_ca_that_is_kept_stays(tmp_path):
    file = tmp_path / "ca.pem"
    Mock("", "--ca-dir", str(tmp_path / "ca"), "--ca-file", str(file), own_ca=False).stop()
    assert file.read_text() == (tmp_path / "ca/ca.pem").read_text()


def test_files_that_another_server_has_replaced_stay(files):
    paths, options = files
    first = Mock("", *options, own_ca=False)
    second = Mock("", *options, own_ca=False)
    texts = {name: path.read_text() for name, path in paths.items()}
    first.stop()
    assert {name: path.read_text() for name, path in paths.items()} == texts
    assert json.loads(texts["ready-file"])["pid"] == second.process.pid
    second.stop()
    assert not any(path.exists() for path in paths.values())


@pytest.mark.parametrize("wrong", [["--scenario", "/nowhere.yaml"], ["--scenario", "rules: 5"], ["--junit", "/nowhere/x", "--host", "192.0.2.1"]])
def test_a_start_that_fails_removes_the_files_of_a_server_that_was_killed(files, wrong):
    paths, options = files
    server = Mock("", *options, own_ca=False)
    server.process.kill()
    server.process.wait(PATIENCE)
    server.process.stdout.close()
    assert paths["ready-file"].exists()
    with pytest.raises(DidNotStart):
        Mock("", *options, *wrong, own_ca=False)
    assert not any(path.exists() for path in paths.values())


def test_a_start_that_fails_leaves_the_files_of_a_server_that_runs(files):
    paths, options = files
    server = Mock("", *options, own_ca=False)
    texts = {name: path.read_text() for name, path in paths.items()}
    with pytest.raises(DidNotStart):
        Mock("", *options, ports=("--http-port", str(server.http_port), "--https-port", "0"), own_ca=False)
    assert {name: path.read_text() for name, path in paths.items()} == texts
    server.stop()


@pytest.mark.parametrize("text", ["", "{}", '{"pid": "7"}', "mine\n", '{"ready":true}'])
def test_a_file_of_somebody_else_is_not_removed_by_a_start_that_fails(tmp_path, text):
    file = tmp_path / "ready"
    file.write_text(text)
    with pytest.raises(DidNotStart):
        Mock("", "--ready-file", str(file), "--env-file", str(file), "--scenario", "/nowhere.yaml")
    assert file.read_text() == text


# Watched files

SMALL, EMPTY, LARGE = "estate: { from: small }\n", "estate: { from: empty }\n", "estate: { agents: [ { machine: uo-9 } ] }\n"


def slowly(file, text):
    with open(file, "w") as stream:
        time.sleep(0.7)
        stream.write(text)


def in_pieces(file, text):
    with open(file, "w", buffering=1) as stream:
        for each in text.splitlines(keepends=True):
            stream.write(each)
            stream.flush()
            time.sleep(0.1)


def by_rename(file, text):
    draft = file.with_suffix(".new")
    draft.write_text(text)
    draft.rename(file)


def after_removal(file, text):
    file.rename(file.with_suffix(".old"))
    time.sleep(0.05)
    file.write_text(text)


def emptied_first(file, text):
    os.truncate(file, 0)
    time.sleep(1.2)
    file.write_text(text)


@pytest.mark.parametrize("save", [slowly, in_pieces, by_rename, after_removal, emptied_first])
def test_a_watched_file_is_read_when_it_is_whole(tmp_path, save):
    file = tmp_path / "watched.yaml"
    file.write_text(EMPTY)
    server = Mock("", "--scenario", str(file), "--watch", "--log-level", "info")
    # A first part of the new text is a scenario, too, and means something else.
    save(file, "# new\n" * 8 + LARGE.replace("estate:", "scenario: whole\nestate:"))
    eventually(lambda: "has changed" in server.errors)
    time.sleep(0.6)
    changes = [line for line in server.errors.splitlines() if "scenario" in line]
    assert len(changes) == 1 and "'whole' has changed" in changes[0], changes
    server.stop()


# Processes

@pytest.fixture
def start(tmp_path):
    """Starts `exec -- COMMAND`; its temporary folder must be empty in the end."""
    folder, started = tmp_path / "tmp", []
    folder.mkdir()

    def begin(*command, options=()):
        environment = {"PATH": os.environ["PATH"], "TMPDIR": str(folder), **SANITIZER}
        started.append(subprocess.Popen(
            [BINARY, "exec", *options, "--", *command], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=PATIENCE)
    eventually(lambda: list(folder.iterdir()) == [])


QUIET = "</dev/null >/dev/null 2>&1"
IGNORES = f'{sys.executable} -c "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(100)"'
LEFT = {
    "in the background": f"sleep 100 {QUIET} & echo $!",
    "below another shell": f"sh -c 'sleep 100 {QUIET} & echo $!'",
    "with nohup": f"nohup sleep 100 {QUIET} & echo $!",
    "in a session of its own": f"setsid sh -c 'echo $$; exec sleep 100 {QUIET}' & sleep 0.3",
    "stopped": f"sleep 100 {QUIET} & kill -STOP $!; echo $!",
    "ignoring SIGTERM": f"{IGNORES} {QUIET} & echo $!",
}


@pytest.mark.parametrize("left", LEFT.values(), ids=LEFT)
def test_nothing_that_a_command_leaves_behind_outlives_exec(start, left):
    process = start("sh", "-c", left + "; exit 3", options=["--log-level", "info"])
    out, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 3 and not is_alive(int(out)) and f"{int(out)} (" in errors


def test_nothing_outlives_exec_while_it_replaces_its_program(start):
    """A process shows no environment for a moment then. Without a second look some of these are missed."""
    left = f"nohup nohup nohup sleep 100 {QUIET} & echo $!; exit 3"
    for _ in range(10):
        processes = [start("sh", "-c", left) for _ in range(8)]
        assert not any(is_alive(int(process.communicate(timeout=PATIENCE)[0])) for process in processes)


@pytest.mark.parametrize("left", LEFT.values(), ids=LEFT)
def test_nothing_outlives_an_exec_that_is_killed(start, left):
    process = start("sh", "-c", left + "; echo $$; exec sleep 100")
    child, command = int(process.stdout.readline()), int(process.stdout.readline())
    assert is_alive(child) and is_alive(command)
    process.kill()
    eventually(lambda: not is_alive(child) and not is_alive(command))


def test_a_process_that_its_user_takes_out_of_exec_stays(start):
    process = start("sh", "-c", f"env -u KFMOCK_EXEC sleep 100 {QUIET} & while [ \"$(cat /proc/$!/comm)\" != sleep ]; do :; done; echo $!")
    left = int(process.communicate(timeout=PATIENCE)[0])
    assert is_alive(left)
    os.kill(left, signal.SIGKILL)


def test_an_exec_in_another_one_goes_with_it(start):
    process = start(BINARY, "exec", "--", "sh", "-c", "echo $$; exec sleep 100")
    command = int(process.stdout.readline())
    process.kill()
    eventually(lambda: not is_alive(command))


def test_a_guard_does_not_stay_when_exec_ends_by_itself(start):
    process = start("sh", "-c", "echo $KFMOCK_EXEC; ps -eo args | grep -c '[k]eyfactor-mock: guard'")
    folder, guards = process.communicate(timeout=PATIENCE)[0].split()
    assert int(guards) >= 1
    shown = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert folder not in shown
