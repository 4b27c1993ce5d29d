"""A CA that is kept in a folder: one that clients would not accept, or that others could use, is a sentence, and is served by nobody."""

import datetime
import os
import subprocess

import pytest

from support.mock import BINARY, PATIENCE, DidNotStart, Mock, talk

GET = b"GET /KeyfactorAPI/Status/Endpoints HTTP/1.1\r\nHost: localhost\r\n\r\n"
TODAY = datetime.datetime.now(datetime.timezone.utc)


CONFIGURATION = """
[ca]
default_ca = ours
[ours]
database = {0}/index
serial = {0}/serial
new_certs_dir = {0}
default_md = sha256
policy = any
[any]
commonName = supplied
[extensions]
{1}
"""
AUTHORITY, SIGNS = "basicConstraints = critical, CA:true", "keyUsage = critical, keyCertSign"


def make(folder, begins, ends, *extensions):
    """Makes a CA of one's own in a folder; times are days from today."""
    folder.mkdir(mode=0o700)
    work = folder.parent / f"{folder.name}-made"
    work.mkdir()
    (work / "index").write_text("")
    (work / "serial").write_text("07")
    (work / "configuration").write_text(CONFIGURATION.format(work, "\n".join(extensions)))
    key, request = str(folder / "ca-key.pem"), str(work / "request")
    dates = [(TODAY + datetime.timedelta(days)).strftime("%Y%m%d%H%M%SZ") for days in (begins, ends)]
    for command in [
        ["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", request, "-subj", "/CN=ours"],
        ["ca", "-selfsign", "-batch", "-notext", "-config", str(work / "configuration"), "-extensions", "extensions", "-keyfile", key,
         "-in", request, "-out", str(folder / "ca.pem"), "-startdate", dates[0], "-enddate", dates[1]],
    ]:
        subprocess.run(["openssl", *command], check=True, capture_output=True, timeout=PATIENCE)
    os.chmod(key, 0o600)


def refusal(folder):
    with pytest.raises(DidNotStart) as raised:
        Mock("", "--ca-dir", str(folder), own_ca=False)
    assert raised.value.code == 69 and str(folder) in raised.value.errors and raised.value.errors.count("\n") == 1
    return raised.value.errors


def test_a_ca_of_ones_own_signs(serve, tmp_path):
    folder = tmp_path / "ca"
    make(folder, -1, 1, AUTHORITY, SIGNS)
    server = serve("", "--ca-dir", str(folder))
    assert talk(server, GET, secure=True).status == 200


def test_a_ca_that_has_expired_or_is_not_valid_yet_is_a_sentence_with_the_date(tmp_path):
    make(tmp_path / "old", -9, -2, AUTHORITY)
    make(tmp_path / "new", 2, 9, AUTHORITY)
    for name, words, days in ("old", "it has been valid until ", -2), ("new", "it is not valid before ", 2):
        date = (TODAY + datetime.timedelta(days)).strftime("%Y-%m-%dT%H:%M:%SZ")
        errors = refusal(tmp_path / name)
        assert words + date in errors and "Remove ca.pem and ca-key.pem there to have a new one made." in errors


def test_a_certificate_that_is_no_ca_or_may_not_sign_is_a_sentence(tmp_path):
    make(tmp_path / "leaf", -1, 9, "basicConstraints = critical, CA:false")
    make(tmp_path / "bare", -1, 9)
    make(tmp_path / "mute", -1, 9, AUTHORITY, "keyUsage = critical, digitalSignature")
    for name in "leaf", "bare":
        assert "its certificate is not that of a CA" in refusal(tmp_path / name)
    assert "its certificate may not sign others" in refusal(tmp_path / "mute")


def test_a_key_of_another_ca_and_text_that_is_neither_are_sentences(tmp_path):
    make(tmp_path / "one", -1, 9, AUTHORITY)
    make(tmp_path / "other", -1, 9, AUTHORITY)
    (tmp_path / "one" / "ca-key.pem").write_bytes((tmp_path / "other" / "ca-key.pem").read_bytes())
    assert "does not belong to the certificate" in refusal(tmp_path / "one")
    (tmp_path / "other" / "ca.pem").write_text("nonsense")
    assert "cannot be used" in refusal(tmp_path / "other")


@pytest.mark.parametrize("mode", [0o777, 0o702, 0o1777])
def test_a_folder_that_everybody_may_write_in_is_a_sentence(tmp_path, mode):
    folder = tmp_path / "ca"
    folder.mkdir()
    folder.chmod(mode)
    assert f"everybody may write in it. Correct that with 'chmod o-w {folder}'." in refusal(folder)
    assert os.listdir(folder) == []


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602])
def test_a_key_that_everybody_may_use_is_a_sentence_and_its_advice_helps(serve, tmp_path, mode):
    folder = tmp_path / "ca"
    serve("", "--ca-dir", str(folder), own_ca=False).stop()
    (folder / "ca-key.pem").chmod(mode)
    assert "everybody may use this key" in refusal(folder)
    subprocess.run(["chmod", "o=", str(folder / "ca-key.pem")], check=True, timeout=PATIENCE)
    serve("", "--ca-dir", str(folder), own_ca=False)


@pytest.mark.parametrize("missing, left", [("ca.pem", "ca-key.pem"), ("ca-key.pem", "ca.pem")])
def test_a_ca_of_which_a_part_is_missing_is_a_sentence_and_what_is_left_stays(serve, tmp_path, missing, left):
    folder = tmp_path / "ca"
    serve("", "--ca-dir", str(folder), own_ca=False).stop()
    (folder / missing).unlink()
    before = (folder / left).read_bytes()
    said = refusal(folder)
    assert f"{missing} is missing, the other file is there. Remove ca.pem and ca-key.pem" in said and ".." not in said
    assert os.listdir(folder) == [left] and (folder / left).read_bytes() == before
    (folder / left).unlink()
    serve("", "--ca-dir", str(folder), own_ca=False)


@pytest.mark.parametrize("mode", [0o640, 0o440])
def test_a_key_that_a_group_may_read_as_clusters_mount_it_will_do(serve, tmp_path, mode):
    folder = tmp_path / "ca"
    serve("", "--ca-dir", str(folder), own_ca=False).stop()
    (folder / "ca-key.pem").chmod(mode)
    folder.chmod(0o2775)
    serve("", "--ca-dir", str(folder), own_ca=False)


@pytest.mark.parametrize("place", ["folder", "ca.pem", "ca-key.pem"])
def test_what_is_no_file_or_no_folder_is_a_sentence(tmp_path, place):
    folder = tmp_path / "ca"
    if place == "folder":
        folder.write_text("")
        assert "Not a directory" in refusal(folder)
        return
    make(folder, -1, 9, AUTHORITY)
    (folder / place).unlink()
    os.mkfifo(folder / place)
    assert "a FIFO that nobody writes into" in refusal(folder)
    (folder / place).unlink()
    (folder / place).mkdir()
    assert "Is a directory" in refusal(folder)


def test_without_a_port_for_the_control_interface_no_file_is_written(tmp_path, mock):
    file = tmp_path / "ca.pem"
    with pytest.raises(DidNotStart):
        Mock("", "--ca-file", str(file), "--admin-port", str(mock.http_port), own_ca=False)
    assert not file.exists()


# The health check

PLANTED = """
import socket, sys
kept = []
for kind, port in (socket.SOCK_STREAM, 9001), (socket.SOCK_DGRAM, 9002):
    planted = socket.socket(socket.AF_UNIX, kind)
    planted.bind(f"\\0keyfactor-mock/{sys.argv[1]}/4242/127.0.0.1/{port}/0")
    if kind is socket.SOCK_STREAM:
        planted.listen(9)
    kept.append(planted)
print("planted", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can become somebody else")
def test_a_name_that_a_stranger_has_bound_is_not_believed():
    become = ["setpriv", "--reuid", "4711", "--clear-groups", "python3", "-c", PLANTED, str(os.getuid())]
    # In a network of its own, where no other server of this user is.
    script = 'coproc stranger { "$@"; }; read <&${stranger[0]}; "$BINARY" healthcheck; echo $?'
    ended = subprocess.run(
        ["unshare", "--net", "bash", "-c", script, "bash", *become], capture_output=True, text=True, timeout=PATIENCE,
        env={**os.environ, "BINARY": BINARY})
    if "unshare failed" in ended.stderr:
        pytest.skip("this user may not make a network of its own")
    assert ended.stdout == "1\n" and "port 8080" in ended.stderr, ended


def test_a_server_is_found_as_often_as_somebody_looks(tmp_path):
    """Whoever looks for it calls it; nobody's call stays in its queue."""
    file = tmp_path / "ready"
    server = Mock("", "--ready-file", str(file))
    for _ in range(40):
        # A start that fails looks whether the server that has written the file still runs.
        ended = subprocess.run([BINARY, "serve", "--ready-file", str(file), "--scenario", "/nowhere"], capture_output=True, timeout=PATIENCE)
        assert ended.returncode == 64 and file.exists()
    server.stop()
