"""What is no handshake, after one, or a wish for another: the connection is closed, and others are served all the while."""

import shutil
import socket
import subprocess

import pytest

from support.hostile import QUIET, STATUS, TLS_COST, bounded, plain, while_others_are_served
from support.mock import PATIENCE, talk
from support.connection import Wire

GARBAGE = {
    "HTTP": STATUS, "zeros": bytes(1000), "noise": bytes(index * 7 % 251 for index in range(20_000)), "a record of 64 KiB": b"\x16\x03\x01\xff\xff" + bytes(65_535),
    "an alert": b"\x15\x03\x03\x00\x02\x02\x28", "application data first": b"\x17\x03\x03\x00\x10" + bytes(16), "SSLv2": b"\x80\x2e\x01\x00\x02" + bytes(44),
    "an empty record": b"\x16\x03\x01\x00\x00" * 100, "a heartbeat": b"\x18\x03\x02\x00\x03\x01\x40\x00",
    "a hello that promises more than it has": b"\x16\x03\x01\x00\x2f\x01\xff\xff\xff\x03\x03" + bytes(42),
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE)
def test_garbage_instead_of_a_handshake_is_closed(serve, garbage):
    server = serve("", *QUIET, "--idle-timeout", "2")
    assert talk(server, STATUS, True).status == 200
    with bounded(server, "garbage", 100 * TLS_COST), while_others_are_served(server, "garbage instead of handshakes"):
        for _ in range(100):
            with plain(server, True) as wire:
                try:
                    wire.sendall(garbage)
                    wire.shutdown(socket.SHUT_WR)
                    answer = wire.recv(65536)
                    assert answer.startswith(b"HTTP/1.1 400 ") if garbage == STATUS else b"HTTP/" not in answer
                except TimeoutError:
                    raise
                except OSError:
                    pass


@pytest.mark.parametrize("garbage", [b"\x17\x03\x03\x00\x20" + bytes(32), STATUS, b"\x16\x03\x03\x00\x04\x01\x00\x00\x00"], ids=["a record of zeros", "HTTP", "a handshake"])
def test_garbage_after_a_handshake_ends_the_connection(mock, garbage):
    with Wire(mock, secure=True) as wire:
        wire.shake()
        wire.raw.sendall(garbage)
        seen = wire.rest()
        assert seen.end in ("fin", "rst") and seen.data == b""
    assert talk(mock, STATUS, True).status == 200


def test_a_client_cannot_ask_for_another_handshake(mock, tmp_path):
    """TLS 1.2's renegotiation costs a server more than a client. `R` on a line of its own makes s_client ask for it."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{mock.https_port}", "-tls1_2", "-CAfile", mock.ca, "-legacy_renegotiation"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as client:
        client.stdin.write("R\n")
        client.stdin.flush()
        client.wait(PATIENCE)  # its input is still open: it ends because the server ends the connection
        assert "RENEGOTIATING" in client.stdout.read()
    assert talk(mock, STATUS, True).status == 200
