"""Files that options name: each option, and each kind of thing that may stand at its path."""

import contextlib
import json
import os
import pathlib
import shutil
import stat
import subprocess
import threading

import pytest

from support.mock import BINARY, ESTATE, PATIENCE, SANITIZER, DidNotStart, Mock

EXPECTS = "expect: [ { requests: { operation: GET /Agents }, count: 0 } ]"
# What is written, and a word of it.
WRITTEN = {"--ready-file": b'"pid"', "--env-file": b"KFMOCK_URL=", "--ca-file": b"BEGIN CERTIFICATE", "--junit": b"<testsuite", "--coverage": b'"operations"'}
SECRET = {"--env-file"}
# Those are removed when the server stops.
PASSING = {"--ready-file", "--env-file", "--ca-file"}


def run(option, path, *more, command=("true",), before=""):
    """Runs a server with an option to its end, as a program that does not wait for anybody."""
    words = [BINARY, "exec", option, str(path), *more, "--", *command]
    if before:
        words = ["bash", "-c", f'{before}; exec "$@"', "bash", *words]
    return subprocess.run(words, capture_output=True, timeout=PATIENCE, env={"PATH": os.environ["PATH"], "TMPDIR": "/tmp", **SANITIZER})


def refused(ended, option, path, reason):
    text = ended.stderr.decode()
    assert ended.returncode == 69 and reason in text and str(path)[:80] in text and len(text) < 1000, text
    assert text.count("\n") <= 2


def drafts(folder):
    return [name for name in os.listdir(folder) if name.startswith(".")]


@contextlib.contextmanager
def reader(fifo):
    """Reads a FIFO until its end."""
    read = []

    def work():
        with open(fifo, "rb") as stream:
            read.append(stream.read())

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield read
    thread.join(PATIENCE)


every_written = pytest.mark.parametrize("option", WRITTEN)


@every_written
@pytest.mark.parametrize("old", [None, "file", "link", "dangling", "link to a link"])
def test_a_file_is_written_whole_also_through_a_link(tmp_path, option, old):
    path, target = tmp_path / "file", tmp_path / "folder" / "target"
    target.parent.mkdir()
    if old == "file":
        path.write_text("former")
        path.chmod(0o666)
    elif old:
        path.symlink_to("folder/target")
        if old != "dangling":
            target.write_text("former")
            target.chmod(0o666)
        if old == "link to a link":
            path.rename(target.parent / "link")
            (target.parent / "link").unlink()
            (target.parent / "link").symlink_to("target")
            path.symlink_to("folder/link")
    mode_file = tmp_path / "mode"
    command = ["sh", "-c", f"stat -Lc %a {path} >{mode_file}; cat {path}"] if option in PASSING else ["true"]
    ended = run(option, path, "--scenario", EXPECTS, command=command)
    assert ended.returncode == 0, ended.stderr
    text = ended.stdout if option in PASSING else path.read_bytes()
    assert WRITTEN[option] in text and b"former" not in text
    if option in PASSING:
        assert mode_file.read_text().strip() == ("600" if option in SECRET else "644")
        assert not path.exists() and not target.exists()
    else:
        assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert path.is_symlink() == (old not in (None, "file"))
    assert not drafts(tmp_path) and not drafts(target.parent)


@every_written
def test_the_umask_is_kept(tmp_path, option):
    path = tmp_path / "file"
    command = ["sh", "-c", f"stat -c %a {path} >{tmp_path}/mode"] if option in PASSING else ["true"]
    ended = run(option, path, command=command, before="umask 027")
    assert ended.returncode == 0, ended.stderr
    if option in PASSING:
        assert (tmp_path / "mode").read_text().strip() == ("600" if option in SECRET else "640")
    else:
        assert stat.S_IMODE(path.stat().st_mode) == 0o640


@every_written
def test_a_fifo_gets_it_once_and_stays(tmp_path, option):
    path = tmp_path / "fifo"
    os.mkfifo(path)
    with reader(path) as read:
        ended = run(option, path, "--scenario", EXPECTS)
    assert ended.returncode == 0 and WRITTEN[option] in read[0], ended.stderr
    assert stat.S_ISFIFO(path.stat().st_mode)


@every_written
def test_what_cannot_be_written_is_a_sentence(tmp_path, option):
    fifo, link, loop = tmp_path / "fifo", tmp_path / "link", tmp_path / "loop"
    os.mkfifo(fifo)
    link.symlink_to(tmp_path / "no" / "file")
    loop.symlink_to(loop)
    refused(run(option, tmp_path / "no" / "file"), option, tmp_path / "no", "No such file or directory")
    refused(run(option, tmp_path), option, tmp_path, "Is a directory")
    refused(run(option, f"{tmp_path}/"), option, tmp_path, "Is a directory")
    refused(run(option, fifo), option, fifo, "a FIFO that nobody reads")
    refused(run(option, link), option, link, "No such file or directory")
    refused(run(option, loop), option, loop, "Too many levels of symbolic links")
    refused(run(option, "/dev/full"), option, "/dev/full", "No space left on device. Make room there.")
    refused(run(option, tmp_path / ("n" * 300)), option, tmp_path, "File name too long. Choose a shorter name.")
    refused(run(option, fifo / "file"), option, fifo, "Not a directory")
    assert stat.S_ISFIFO(fifo.stat().st_mode) and os.path.lexists(link) and not drafts(tmp_path)


@every_written
def test_a_name_as_long_as_names_may_be_will_do(tmp_path, option):
    """The draft has a short name of its own."""
    path = tmp_path / ("n" * 255)
    command = ["cat", str(path)] if option in PASSING else ["true"]
    ended = run(option, path, command=command)
    assert ended.returncode == 0 and WRITTEN[option] in (ended.stdout or path.read_bytes()), ended.stderr


@every_written
def test_devices_are_written_into_and_stay(option):
    assert run(option, "/dev/null").returncode == 0
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    ended = run(option, "/dev/stdout", "--scenario", EXPECTS)
    assert ended.returncode == 0 and WRITTEN[option] in ended.stdout


@every_written
def test_a_stream_that_goes_to_a_file_is_continued(tmp_path, option):
    """/dev/stderr leads to a file then, which must not be replaced: what is written later would be lost."""
    errors = tmp_path / "errors"
    with open(errors, "wb") as stream:
        stream.write(b"before\n")
        stream.flush()
        subprocess.run([BINARY, "exec", option, "/dev/stderr", "--", "sh", "-c", "echo after >&2"], stderr=stream, timeout=PATIENCE, check=True)
    text = errors.read_bytes()
    assert text.startswith(b"before\n") and b"after\n" in text and WRITTEN[option] in text


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can become somebody else")
@every_written
def test_a_folder_of_somebody_else_and_a_link_of_somebody_else_are_a_sentence(option):
    folder = pathlib.Path("/tmp", f"keyfactor-mock-test-{os.getpid()}")
    folder.mkdir(mode=0o755)
    try:
        become = ["setpriv", "--reuid", "4711", "--clear-groups", BINARY, "exec", option]
        for path, reason in (folder / "file", "Permission denied"), (folder / "link", "a symbolic link of another user"):
            (folder / "link").unlink(missing_ok=True)
            (folder / "link").symlink_to("/tmp/nothing")
            os.lchown(folder / "link", 4712, 4712)
            ended = subprocess.run([*become, str(path), "--", "true"], capture_output=True, timeout=PATIENCE, env={"TMPDIR": "/tmp", **SANITIZER})
            refused(ended, option, path, reason)
    finally:
        shutil.rmtree(folder)


@every_written
def test_a_limit_on_the_size_of_files_is_a_sentence_and_leaves_no_draft(tmp_path, option):
    """At that limit a signal ends a process that does not ignore it."""
    path = tmp_path / "file"
    path.write_text("former")
    folder = tmp_path / "ready"
    folder.mkdir()
    words = [BINARY, "serve", "--http-port", "0", "--https-port", "0", option, str(path)]
    if option == "--env-file":
        # Its folder of files for clients comes first.
        folder = tmp_path / "temporary"
        folder.mkdir()
    ended = subprocess.run(
        ["bash", "-c", 'ulimit -f 0; "$@" & trap "kill $!" TERM; wait $!; code=$?; [ $code = 143 ] && wait $!; exit $code', "bash", *words],
        capture_output=True, timeout=PATIENCE, env={"PATH": os.environ["PATH"], "TMPDIR": str(folder), **SANITIZER}) if option in PASSING else None
    if ended is not None:
        assert ended.returncode == 69 and b"File too large. Raise the limit on the size of files, 'ulimit -f'." in ended.stderr, ended
    assert path.read_text() == "former" and drafts(tmp_path) == [] and os.listdir(folder) == []


@pytest.mark.parametrize("option", sorted(set(WRITTEN) - PASSING))
def test_a_limit_on_the_size_of_files_is_a_sentence_for_reports_too(tmp_path, option):
    path = tmp_path / "file"
    server = Mock("", option, str(path))
    subprocess.run(["prlimit", "--pid", str(server.process.pid), "--fsize=0"], check=True, timeout=PATIENCE)
    with pytest.raises(AssertionError, match="ended with 69"):
        server.stop()
    assert not path.exists() and not drafts(tmp_path)


def test_the_command_of_exec_has_the_signal_of_that_limit():
    """It is ignored in this process alone."""
    shown = run("--log-level", "info", command=["grep", "SigIgn", "/proc/self/status"]).stdout.split()[1]
    assert int(shown, 16) & 1 << (25 - 1) == 0


@every_written
def test_a_draft_cannot_be_foreseen(tmp_path, option):
    """The name was the path and the number of the process: whoever had made such a file before kept its mode, or a link led elsewhere."""
    path, victim = tmp_path / "file", tmp_path / "victim"
    victim.write_text("untouched")
    script = f'for i in $(seq 0 40); do ln -s {victim} {path}.$(($$ + i)); done; exec "$@"'
    words = [BINARY, "exec", option, str(path), "--", "true"]
    ended = subprocess.run(["bash", "-c", script, "bash", *words], capture_output=True, timeout=PATIENCE)
    assert ended.returncode == 0 and victim.read_text() == "untouched", ended.stderr


# Reports

def test_a_report_that_cannot_be_written_does_not_take_the_others_along(tmp_path):
    junit = tmp_path / "junit.xml"
    ended = run("--coverage", tmp_path / "no" / "file", "--junit", str(junit), "--scenario", EXPECTS)
    assert ended.returncode == 69 and b"Cannot write --coverage" in ended.stderr and b"expectations: met" in ended.stderr
    assert "<testsuite" in junit.read_text()


def test_each_report_that_cannot_be_written_is_named_and_the_worst_is_the_exit_code(tmp_path):
    lost = ["--junit", str(tmp_path / "no" / "junit"), "--scenario", EXPECTS.replace("count: 0", "count: 7")]
    ended = run("--coverage", "/dev/full", *lost)
    assert ended.returncode == 70 and ended.stderr.count(b"Cannot write") == 2 and b"FAILED" in ended.stderr
    assert run("--coverage", "/dev/full", *lost, command=("sh", "-c", "exit 3")).returncode == 3


# Files that are read

def read_with(option, path):
    pair = {"--tls-cert": ["--tls-key", "/dev/null"], "--tls-key": ["--tls-cert", "/dev/null"]}.get(option, [])
    order = [option, str(path), *pair] if option != "--tls-key" else [*pair, option, str(path)]
    return subprocess.run([BINARY, "serve", "--http-port", "0", "--https-port", "0", *order], capture_output=True, text=True, timeout=PATIENCE)


@pytest.mark.parametrize("option", ["--scenario", "--tls-cert"])
@pytest.mark.parametrize("kind, reason", [
    ("missing", "No such file or directory"), ("folder", "Is a directory. Give the path of a file."), ("fifo", "a FIFO that nobody writes into"),
    ("/dev/zero", "larger than "), ("long", "File name too long"), ("loop", "Too many levels")])
def test_what_cannot_be_read_is_a_sentence(tmp_path, option, kind, reason):
    path = pathlib.Path(kind) if kind.startswith("/") else tmp_path / (kind if kind != "long" else "n" * 300)
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "loop":
        path.symlink_to(path)
    ended = read_with(option, path)
    assert ended.returncode == (64 if option == "--scenario" else 69) and reason in ended.stderr, ended.stderr


@pytest.mark.parametrize("command", [["lint"], ["explain", "--request", "GET /Agents"]], ids=["lint", "explain"])
def test_other_commands_say_why_they_cannot_read(tmp_path, command):
    os.mkfifo(tmp_path / "fifo")
    for path, reason in (tmp_path, "Is a directory"), (tmp_path / "fifo", "nobody writes into"), ("/dev/zero", "larger than 64 MiB"):
        ended = subprocess.run([BINARY, *command, str(path)], capture_output=True, text=True, timeout=PATIENCE)
        assert ended.returncode in (64, 65) and reason in ended.stderr, ended.stderr


@pytest.mark.parametrize("pause", [0, 0.3, 4])
def test_a_scenario_comes_through_a_fifo_as_slowly_as_it_likes(tmp_path, pause):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    script = f'(exec >{fifo}; echo "scenario: slow"; sleep {pause}; echo "seed: 7") & exec "$@"'
    words = [BINARY, "exec", "--scenario", str(fifo), "--", "sh", "-c", "curl -s $KFMOCK_HTTP_URL/_mock/info"]
    ended = subprocess.run(["bash", "-c", script, "bash", *words], capture_output=True, timeout=PATIENCE)
    assert json.loads(ended.stdout)["seed"] == 7, ended.stderr


def test_a_watched_scenario_is_an_ordinary_file(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    ended = subprocess.run([BINARY, "serve", "--watch", "--scenario", str(fifo)], capture_output=True, text=True, timeout=PATIENCE)
    assert ended.returncode == 64 and "It is no ordinary file" in ended.stderr


def test_a_watched_scenario_that_becomes_a_folder_is_reported_and_the_old_one_stays(tmp_path, serve):
    from support.control import until

    file = tmp_path / "watched.yaml"
    file.write_text(ESTATE)
    server = serve("", "--scenario", str(file), "--watch")
    file.unlink()
    file.mkdir()
    until(lambda: "keeping the old scenario. Is a directory" in server.errors)
    assert server.get("/Agents")


@pytest.mark.parametrize(
    "mistaken",
    [
        "auth: { users: [ { name: a, password: hush, permisions: [] } ] }", "auth: { users: [ { name: a, password: [ hush ] } ] }",
        "auth:\n  clients:\n  - { id: a, secrt: hush }", 'auth: { users: [ { name: a, password: "hush } ] }',
        "rules: [ { operation: GET /Agents, where: { header.Authorization: 'Basic hush' }, dooo: [] } ]",
    ],
)  # fmt: skip
def test_a_watched_scenario_keeps_its_secrets_although_it_has_mistakes(tmp_path, serve, mistaken):
    from support.control import until

    file = tmp_path / "watched.yaml"
    file.write_text("auth: { mode: basic, users: [ { name: a, password: hush } ] }")
    server = serve("", "--scenario", str(file), "--watch")
    file.write_text(mistaken)
    until(lambda: "    1 | " in server.errors or "    3 | " in server.errors)
    assert "(struck out)" in server.errors and "hush" not in server.errors, server.errors


@pytest.mark.parametrize("option", ["--ready-file", "--env-file"])
def test_a_fifo_at_the_place_of_an_old_file_is_not_read(tmp_path, option):
    """What another server has left is looked for there; a FIFO holds nothing of the kind, and its content is another's."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    holder = os.open(fifo, os.O_RDWR)
    os.write(holder, b"theirs\n")
    with pytest.raises(DidNotStart):
        Mock("", option, str(fifo), "--scenario", "/nowhere.yaml")
    assert os.read(holder, 100) == b"theirs\n"
    os.close(holder)
