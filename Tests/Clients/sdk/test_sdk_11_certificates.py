"""keyfactor-command-sdk 11.0.0a1 enrolls, reads, changes, fetches and revokes certificates."""

import base64
import datetime
import importlib
import subprocess

import pytest

from command_v11_client.api.certificate import (
    get_certificates, get_certificates_id, post_certificates_download, post_certificates_recover, post_certificates_revoke,
    put_certificates_metadata)
from command_v11_client.api.enrollment import post_enrollment_csr, post_enrollment_pfx
from support.sdk_11 import client_of

NOW = datetime.datetime(2026, 11, 27, tzinfo=datetime.timezone.utc)


def model(name):
    """A model of the SDK by the end of its name."""
    models = importlib.import_module("command_v11_client.models")
    return next(getattr(models, each) for each in dir(models) if each.endswith(name))


@pytest.fixture(scope="module")
def server(serve_module):
    return serve_module('product: "11.6"\nclient: python-sdk-11\n')


@pytest.fixture
def client(server):
    return lambda format: client_of(server).with_headers({"x-certificateformat": format, "x-keyfactor-requested-with": "APIClient"})


@pytest.fixture
def pfx(client):
    body = model("EnrollmentPFXEnrollmentRequest")(
        subject="CN=sdk.example.com", template="WebServer-1y", certificate_authority="ca.example\\Sub-CA", password="a password",
        include_chain=True, timestamp=NOW)
    return post_enrollment_pfx.sync_detailed(client=client("PFX"), json_body=body).parsed.certificate_information


def test_a_certificate_is_enrolled_with_a_key_of_the_server(pfx, tmp_path):
    assert pfx.request_disposition == "ISSUED"
    (tmp_path / "file.p12").write_bytes(base64.b64decode(pfx.pkcs_12_blob))
    command = ["openssl", "pkcs12", "-in", "file.p12", "-passin", "pass:a password", "-nokeys"]
    assert "subject=CN = sdk.example.com" in subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout


def test_a_certificate_is_enrolled_with_a_csr(client, tmp_path):
    command = ["openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=csr.example.com", "-keyout", "key.pem"]
    csr = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    body = model("EnrollmentCSREnrollmentRequest")(
        csr=csr, template="WebServer-1y", certificate_authority="Sub-CA", include_chain=True, timestamp=NOW)
    made = post_enrollment_csr.sync_detailed(client=client("PEM"), json_body=body).parsed.certificate_information
    assert [text.splitlines()[0] for text in made.certificates] == ["#CN=csr.example.com", "#CN=Sub-CA", "#CN=Root-CA"]


def test_it_is_read_searched_changed_fetched_and_revoked(client, pfx):
    number = pfx.keyfactor_id
    assert get_certificates_id.sync_detailed(number, client=client("")).parsed.issued_cn == "sdk.example.com"
    (row,) = get_certificates.sync_detailed(client=client(""), query_string=f"CertId -eq {number}").parsed
    assert row.id == number
    metadata = model("MetadataUpdateRequestMetadata").from_dict({"Owner": "sdk"})
    body = model("MetadataUpdateRequest")(certificate_id=number, metadata=metadata)
    assert put_certificates_metadata.sync_detailed(client=client(""), json_body=body).status_code == 204
    row = get_certificates_id.sync_detailed(number, client=client(""), include_metadata=True).parsed
    assert list(row.metadata.additional_properties.values()) == ["sdk"]
    found = post_certificates_download.sync_detailed(
        client=client("PEM"), json_body=model("CertificatesCertificateDownloadRequest")(cert_id=number, include_chain=True)).parsed
    assert base64.b64decode(found.content).decode().count("BEGIN CERTIFICATE") == 3
    body = model("CertificatesCertificateRecoveryRequest")(password="a password", cert_id=number, include_chain=True)
    assert post_certificates_recover.sync_detailed(client=client("PFX"), json_body=body).parsed.file_name == "sdk.example.com.pem"  # the SDK asks for PEM
    body = model("ModelsRevokeCertificateRequest")(certificate_ids=[number], reason=model("EnumsRevokeCode")(1), comment="lost", effective_date=NOW)
    assert post_certificates_revoke.sync_detailed(client=client(""), json_body=body).parsed.revoked_ids == [number]
    assert get_certificates_id.sync_detailed(number, client=client("")).parsed.cert_state == 2
