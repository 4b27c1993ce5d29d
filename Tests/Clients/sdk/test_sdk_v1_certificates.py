"""keyfactor-v-1-client 1.0.3 enrolls, reads, finds and revokes certificates. Its call for metadata sends two bodies, which no HTTP client does."""

import datetime
import importlib
import subprocess

import pytest

from keyfactor_v_1_client.api.certificate import certificate_get_certificate, certificate_query_certificates, certificate_revoke
from keyfactor_v_1_client.api.enrollment import enrollment_post_csr_enroll, enrollment_post_pfx_enroll
from keyfactor_v_1_client.client import AuthenticatedClient
from support.mock import basic

NOW = datetime.datetime(2026, 11, 27, tzinfo=datetime.timezone.utc)


def model(name):
    """A model of the SDK by the end of its name."""
    models = importlib.import_module("keyfactor_v_1_client.models")
    return next(getattr(models, each) for each in dir(models) if each.endswith(name))


@pytest.fixture(scope="module")
def server(serve_module):
    return serve_module('product: "10.5"\nclient: python-sdk-1\n')


@pytest.fixture
def client(server):
    return AuthenticatedClient(base_url=server.secure_api, prefix="Basic", token=basic("EXAMPLE\\ops", "x")[6:], verify_ssl=server.ca)


def test_a_certificate_lives_from_its_enrollment_to_its_revocation(client, tmp_path):
    body = model("EnrollmentPFXEnrollmentRequest")(
        subject="CN=sdk.example.com", template="WebServer-1y", certificate_authority="ca.example\\Sub-CA", password="a password",
        include_chain=True, timestamp=NOW)
    made = enrollment_post_pfx_enroll.sync_detailed(client=client, json_body=body, x_certificateformat="PFX").parsed.certificate_information
    assert (made.request_disposition, made.issuer_dn) == ("ISSUED", "CN=Sub-CA")
    number = made.keyfactor_id
    assert certificate_get_certificate.sync_detailed(number, client=client).parsed.issued_cn == "sdk.example.com"
    (row,) = certificate_query_certificates.sync_detailed(client=client, pq_query_string=f'Thumbprint -eq "{made.thumbprint}"').parsed
    assert row.id == number
    body = model("ModelsRevokeCertificateRequest")(certificate_ids=[number], reason=model("RevokeCertificateRequestReason")(1), comment="lost", effective_date=NOW)
    assert certificate_revoke.sync_detailed(client=client, json_body=body).parsed.revoked_ids == [number]


def test_a_certificate_is_enrolled_with_a_csr(client, tmp_path):
    command = ["openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=csr.example.com", "-keyout", "key.pem"]
    csr = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    body = model("EnrollmentCSREnrollmentRequest")(
        csr=csr, template="WebServer-1y", certificate_authority="ca.example\\Sub-CA", include_chain=True, timestamp=NOW)
    made = enrollment_post_csr_enroll.sync_detailed(client=client, json_body=body).parsed.certificate_information
    assert [text.splitlines()[0] for text in made.certificates] == ["#CN=csr.example.com", "#CN=Sub-CA", "#CN=Root-CA"]
