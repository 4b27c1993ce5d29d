"""TLS as real clients meet it: the certificate, the versions, and both kinds of mistaken port."""

import os
import socket
import ssl
import time
import urllib.request

import pytest

from support.mock import PATIENCE, read_reply, talk

GET = b"GET /KeyfactorAPI/Status/Endpoints HTTP/1.1\r\nHost: localhost\r\n\r\n"


def socket_to(port):
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def test_a_tls_hello_on_the_http_port_is_closed_at_once(mock):
    with mock.connect() as plain:
        with pytest.raises((ssl.SSLError, ConnectionResetError, BrokenPipeError)):
            ssl.create_default_context(cafile=mock.ca).wrap_socket(plain, server_hostname="localhost")
    assert talk(mock, GET).status == 200


PLAIN = {
    "GET": GET, "POST": b"POST /KeyfactorAPI/Agents HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n" + bytes(9000),
    "HTTP/1.0": b"GET / HTTP/1.0\r\n\r\n", "lower case": GET.lower(), "a letter": b"G", "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a proxy's CONNECT": b"CONNECT localhost:443 HTTP/1.1\r\n\r\n", "a bare line feed": b"OPTIONS * HTTP/1.1\n\n",
}


@pytest.mark.parametrize("sent", PLAIN.values(), ids=PLAIN)
def test_plain_http_on_the_https_port_is_told_the_right_port(serve, sent):
    server = serve("")
    with socket_to(server.https_port) as wire, wire.makefile("rb") as stream:
        wire.sendall(sent)
        reply = read_reply(stream)
    sentence = f"Port {server.https_port} serves HTTPS, but the client speaks HTTP. HTTP is served on port {server.http_port}."
    assert (reply.status, reply.header("Connection"), reply.json["Message"]) == (400, "close", sentence)
    assert f"WARNING Closed a connection from 127.0.0.1: {sentence}\n" in server.errors
    assert talk(server, GET, secure=True).status == 200


@pytest.mark.parametrize("sent", [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(508), b"\x16\x03\x03", b"\x16"], ids=len)
def test_tls_on_the_http_port_is_closed_with_a_warning(serve, sent):
    server = serve("")
    with socket_to(server.http_port) as wire:
        wire.sendall(sent)
        try:
            assert wire.recv(1) == b""
        except ConnectionResetError:
            pass
    sentence = f"Port {server.http_port} serves HTTP, but the client speaks HTTPS. HTTPS is served on port {server.https_port}."
    assert f"WARNING Closed a connection from 127.0.0.1: {sentence}\n" in server.errors
    assert talk(server, GET).status == 200


def test_a_client_of_the_wrong_protocol_is_told_that_there_is_no_other_port(serve):
    server = serve("", "--no-http")
    with socket_to(server.https_port) as wire, wire.makefile("rb") as stream:
        wire.sendall(GET)
        assert read_reply(stream).json["Message"].endswith("HTTP is not served.")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1:DeprecationWarning")
def test_old_versions_of_tls_are_refused(mock):
    context = ssl.create_default_context(cafile=mock.ca)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        mock.connect(secure=True, context=context)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_current_versions_of_tls_are_spoken(mock, version):
    context = ssl.create_default_context(cafile=mock.ca)
    context.minimum_version = context.maximum_version = version
    with mock.connect(secure=True, context=context) as wire, wire.makefile("rb") as stream:
        wire.sendall(GET)
        assert read_reply(stream).status == 200


def certificate(server, host):
    """Speaks TLS to a server under a name and answers its certificate."""
    context = ssl.create_default_context(cafile=server.ca)
    with context.wrap_socket(socket_to(server.https_port), server_hostname=host) as wire:
        return wire.getpeercert()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", socket.gethostname()])
def test_the_certificate_is_valid_for(mock, host):
    names = certificate(mock, host)["subjectAltName"]
    assert {("DNS", "localhost"), ("DNS", "*.localhost"), ("IP Address", "127.0.0.1")} <= set(names)


@pytest.mark.xfail(strict=True, reason="OpenSSL takes no wildcard directly below a top-level name, so *.localhost is of no use to its clients")
def test_the_certificate_is_valid_for_any_name_below_localhost(mock):
    certificate(mock, "anything.localhost")


@pytest.mark.parametrize("host", ["command.test", "keyfactor.localhost", "127.0.0.2", "localhost"])
def test_the_certificate_is_valid_for_names_given(serve, host):
    certificate(serve("", "--tls-name", "command.test", "--tls-name", "keyfactor.localhost", "--tls-name", "127.0.0.2"), host)


@pytest.mark.parametrize("host", ["command.test", "localhost.test", "127.0.0.2"])
def test_the_certificate_is_not_valid_for(mock, host):
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch|not valid"):
        certificate(mock, host)


def test_a_client_that_hangs_up_during_the_handshake_does_no_harm(mock):
    for _ in range(20):
        with socket_to(mock.https_port) as wire:
            wire.sendall(bytes.fromhex("1603010200"))
    assert talk(mock, GET, secure=True).status == 200


def test_the_ca_is_served_as_a_page_too(mock):
    with urllib.request.urlopen(mock.http + "/_mock/ca.pem", timeout=PATIENCE) as page, open(mock.ca, "rb") as file:
        assert page.read() == file.read()


def processor_time(server):
    """What a server has used of all processors, in seconds."""
    with open(f"/proc/{server.process.pid}/stat", encoding="ascii") as file:
        user, system = file.read().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("part", [b"\x16", b"\x16\x03\x01\x02\x00\x01"], ids=["a byte", "a few bytes"])
def test_a_part_of_a_tls_hello_costs_no_processor_time_while_the_rest_is_awaited(serve, part):
    server = serve("")
    wires = [socket_to(server.https_port) for _ in range(20)]
    for wire in wires:
        wire.sendall(part)
    time.sleep(0.1)
    before = processor_time(server)
    time.sleep(1)
    assert processor_time(server) - before < 0.3
    assert talk(server, GET, secure=True).status == 200
    for wire in wires:
        wire.close()
