"""The responder at the address in a certificate, judged by openssl and cryptography."""

import base64
import re
from urllib.parse import quote

import pytest

from certificates.conftest import openssl


@pytest.fixture
def asked(mock, api, csr, tmp_path):
    """Enrolls, and asks for its status as a client does: asked("POST", "-sha256") gives what openssl says of the answer."""
    made = api("POST", "/Enrollment/CSR", {"CSR": csr(), "Template": "WebServer-1y", "IncludeChain": True}, format="PEM")
    made = made["CertificateInformation"]
    for name, text in zip(("leaf", "sub", "root"), made["Certificates"]):
        (tmp_path / f"{name}.pem").write_text(text)
    (tmp_path / "authorities.pem").write_text(made["Certificates"][1] + made["Certificates"][2])

    def ask(method="POST", *options, certificate=("-cert", "leaf.pem"), issuer="sub", path="/ocsp/Sub-CA"):
        openssl("ocsp", "-issuer", f"{issuer}.pem", *(["-sha256"] if "-sha256" in options else []), *certificate,
                *(["-no_nonce"] if "-no_nonce" in options else []), "-reqout", "request.der", folder=tmp_path)
        request = (tmp_path / "request.der").read_bytes()
        headers = {"X-Mock-World": api.world, "Content-Type": "application/ocsp-request"}
        if method == "GET":
            reply = mock.ask("GET", f"{path}/{quote(base64.b64encode(request).decode(), safe='')}", None, headers)
        else:
            reply = mock.ask("POST", path, request, headers)
        assert reply.status == 200 and reply.header("Content-Type") == "application/ocsp-response", reply
        (tmp_path / "answer.der").write_bytes(reply.body)
        # Nothing is trusted but Root-CA. A nonce that is not repeated, or one that was not sent, is an error.
        return openssl("ocsp", "-respin", "answer.der", "-reqin", "request.der", "-CAfile", "root.pem", "-verify_other", "authorities.pem",
                       "-resp_text", *(["-noverify"] if "-noverify" in options else []), folder=tmp_path)

    ask.number = made["KeyfactorID"]
    return ask


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("option", ["-sha1", "-sha256", "-no_nonce"])
def test_a_good_certificate_is_good_and_a_revoked_one_revoked(api, asked, method, option):
    text = asked(method, option)
    assert "Cert Status: good" in text and "OCSP Response Status: successful" in text
    assert ("OCSP Nonce" in text) == (option != "-no_nonce")
    api("POST", "/Certificates/Revoke", {"CertificateIds": [asked.number], "Reason": 4, "Comment": "x", "EffectiveDate": "2026-11-27T01:02:03Z"})
    text = asked(method, option)
    assert "Cert Status: revoked" in text and "Reason: superseded" in text and "Revocation Time: Nov 27 01:02:03 2026 GMT" in text


def test_a_hold_is_taken_off(api, asked):
    api("POST", "/Certificates/Revoke", {"CertificateIds": [asked.number], "Reason": 6, "Comment": "x"})
    assert "Reason: certificateHold" in asked()
    api("POST", "/Certificates/Revoke", {"CertificateIds": [asked.number], "Reason": -1, "Comment": "x"})
    assert "Cert Status: good" in asked()


def test_what_the_authority_has_not_issued_is_unknown(asked):
    assert "Cert Status: unknown" in asked(certificate=("-serial", "0x1234567890"))
    # Another authority is named, so that this one has no say in it.
    assert "Cert Status: unknown" in asked("POST", "-noverify", issuer="root")


def test_the_root_speaks_for_the_authorities_below_it(asked):
    assert "Cert Status: good" in asked(certificate=("-cert", "sub.pem"), issuer="root", path="/ocsp/Root-CA")


def test_the_address_stands_in_the_certificate_and_openssl_asks_there(serve, tmp_path):
    server = serve("")
    download = lambda number: base64.b64decode(server.ask(
        "POST", "/KeyfactorAPI/Certificates/Download", {"CertID": number}, {"x-certificateformat": "PEM"}).json["Content"])
    for name, number in [("root", 1), ("sub", 2), ("leaf", 3)]:
        (tmp_path / f"{name}.pem").write_bytes(download(number))
    place = openssl("x509", "-in", "leaf.pem", "-noout", "-ocsp_uri", folder=tmp_path).strip()
    assert place == "http://ca.example/ocsp/Sub-CA"
    assert openssl("x509", "-in", "sub.pem", "-noout", "-ocsp_uri", folder=tmp_path).strip() == "http://ca.example/ocsp/Root-CA"
    assert openssl("x509", "-in", "root.pem", "-noout", "-ocsp_uri", folder=tmp_path) == ""
    # The server is the proxy for ca.example.
    url = place.replace("ca.example", f"127.0.0.1:{server.http_port}")
    text = openssl("ocsp", "-issuer", "sub.pem", "-cert", "leaf.pem", "-url", url, "-CAfile", "root.pem", folder=tmp_path)
    assert "leaf.pem: good" in text


def test_python_reads_the_answer(mock, api, asked, tmp_path):
    from cryptography.x509 import ocsp

    asked()
    answer = ocsp.load_der_ocsp_response((tmp_path / "answer.der").read_bytes())
    assert answer.certificate_status == ocsp.OCSPCertStatus.GOOD and answer.responder_name is None
    serial = f"{answer.serial_number:040X}"
    assert serial == api("GET", f"/Certificates/{asked.number}")["SerialNumber"]
    # The same request at the same time has the same answer.
    assert re.fullmatch("[0-9a-f]{40}", answer.responder_key_hash.hex())


@pytest.mark.parametrize("body", [b"", b"0", b"nothing of the kind", b"0\x80\x00\x00", b"\x30\x03\x02\x01\x01"])
def test_what_is_no_request_is_malformed_by_the_protocol_s_own_words(mock, body):
    reply = mock.ask("POST", "/ocsp/Sub-CA", body)
    assert reply.status == 200
    assert reply.body == b"\x30\x03\x0a\x01\x01", "malformedRequest"


def test_an_authority_that_there_is_not_has_no_responder(mock):
    reply = mock.ask("POST", "/ocsp/Sub-CB", b"0")
    assert reply.status == 404 and "did you mean /ocsp/Sub-CA?" in reply.header("X-Mock-Why")
