"""Clients that leave without a word: noticed at once, wherever they are in a request or a handshake."""

import socket

import pytest

from support.hostile import BOTH, CHUNKS, POST, QUIET, STATUS, hello, plain
from support.mock import talk
from support.connection import Wire, at_rest, descriptors, eventually


@BOTH
@pytest.mark.parametrize("sent", [STATUS[:10], STATUS, STATUS + STATUS[:10], POST, POST + b" " * 10, CHUNKS + b"1\r\n"],
                         ids=["in a head", "after a request", "in the next head", "before a body", "in a body", "in a chunk"])
def test_clients_that_leave_are_noticed_at_once(serve, secure, sent):
    """Also where the end comes together with what was sent before it: nobody can hold a descriptor without holding one himself."""
    server = serve("", *QUIET, "--idle-timeout", "0")
    assert talk(server, STATUS, True).status == 200
    files = at_rest(server)
    for _ in range(100):
        with server.connect(secure) as wire:
            wire.sendall(sent)
    assert eventually(lambda: descriptors(server) <= files), f"{descriptors(server) - files} connections are left, of which nobody knows any more"


@pytest.mark.parametrize("part", [1, 100])
def test_clients_that_leave_a_handshake_are_noticed_at_once(serve, part):
    server = serve("", *QUIET, "--idle-timeout", "0")
    whole = hello(server)
    assert talk(server, STATUS, True).status == 200
    files = at_rest(server)
    for _ in range(100):
        with plain(server, True) as wire:
            wire.sendall(whole[:part])
    assert eventually(lambda: descriptors(server) <= files), f"{descriptors(server) - files} connections are left, of which nobody knows any more"


@BOTH
def test_a_client_that_shuts_down_its_side_after_its_request_is_answered_and_then_closed(serve, secure):
    server = serve("rules: [ { operation: GET /Agents, do: [ { delay: 300ms } ] } ]", *QUIET, "--idle-timeout", "0")
    files = at_rest(server)
    for _ in range(20):
        with Wire(server, secure) as wire:
            if secure:
                wire.shake()
            wire.send(STATUS)
            wire.raw.shutdown(socket.SHUT_WR)
            seen = wire.rest()
            assert seen.status == 200 and seen.end == "fin"
    assert eventually(lambda: descriptors(server) <= files)
