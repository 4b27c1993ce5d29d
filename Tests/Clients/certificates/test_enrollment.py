"""Enrollment as clients do it, and its refusals."""

import base64
import re
import shutil
import subprocess

import pytest

from certificates.conftest import PASSWORD, openssl

PFX = ["SerialNumber", "IssuerDN", "Thumbprint", "KeyfactorId", "Pkcs12Blob", "Password", "WorkflowInstanceId", "WorkflowReferenceId",
       "StoreIdsInvalidForRenewal", "ChainFailedToBuild", "KeyfactorRequestId", "RequestDisposition", "DispositionMessage",
       "EnrollmentContext"]
CSR = ["SerialNumber", "IssuerDN", "Thumbprint", "KeyfactorID", "Certificates", "WorkflowInstanceId", "WorkflowReferenceId",
       "KeyfactorRequestId", "RequestDisposition", "DispositionMessage", "EnrollmentContext"]


def test_a_pfx_holds_the_key_first_then_the_certificate_and_its_chain(api, enroll, opened):
    made = enroll(CustomFriendlyName="app", SANs={"dns": ["app.example.org"], "ip4": ["10.0.0.1"], "uri": ["https://app.example.org/"]})
    assert list(made) == PFX
    assert re.fullmatch("[0-7][0-9A-F]{39}", made["SerialNumber"]) and made["IssuerDN"] == "CN=Sub-CA" and made["Password"] is None
    assert (made["RequestDisposition"], made["KeyfactorRequestId"]) == ("ISSUED", 0)
    assert made["DispositionMessage"] == "The private key was successfully retained."
    text = opened(made["Pkcs12Blob"])
    assert re.findall("BEGIN ([A-Z ]*)-", text) == ["PRIVATE KEY", "CERTIFICATE", "CERTIFICATE", "CERTIFICATE"]
    assert re.findall("subject=(.*)", text) == ["O = Example, CN = app.example.org", "CN = Sub-CA", "CN = Root-CA"]
    assert "friendlyName: app" in text
    row = api("GET", f"/Certificates/{made['KeyfactorId']}?includeHasPrivateKey=true")
    assert (row["Thumbprint"], row["HasPrivateKey"]) == (made["Thumbprint"], True)
    assert [(each["Type"], each["Value"]) for each in row["SubjectAltNameElements"]] == [
        (7, "10.0.0.1"), (2, "app.example.org"), (6, "https://app.example.org/")]


@pytest.mark.parametrize("version, members", [
    ("1", ["CertificateInformation", "Metadata"]), ("2", ["SuccessfulStores", "CertificateInformation", "Metadata"])])
def test_the_second_version_says_the_stores_too(api, version, members):
    body = {"Subject": "CN=a.example.org", "Template": "WebServer-1y", "Metadata": {"Owner": "me", "SiteCode": 5}}
    reply = api("POST", "/Enrollment/PFX", body, format="pfx", version=version, whole=True)
    assert list(reply.json) == members
    assert reply.json["Metadata"] == {"Owner": "me", "SiteCode": "5"}
    assert reply.header("Api-Supported-Versions") == "1.0, 2"
    assert (reply.header("X-Certificatefile"), reply.header("X-Privatekeystatus")) == ("a.example.org.pfx", "Saved")


@pytest.mark.parametrize("kind", [
    {"KeyType": "RSA", "KeyLength": 2048}, {"KeyType": "RSA", "KeyLength": 3072}, {"KeyType": "RSA", "KeyLength": 4096},
    {"KeyType": "ECC", "KeyLength": 256}, {"KeyType": "ECC", "Curve": "1.3.132.0.34"}, {"KeyType": "ECC", "KeyLength": 521},
    {"KeyType": "Ed25519"}, {"KeyType": "Ed448"}], ids=str)
@pytest.mark.parametrize("legacy", [False, True], ids=["modern", "legacy"])
def test_every_kind_of_key_is_opened_by_openssl_cryptography_and_keytool(enroll, opened, tmp_path, kind, legacy):
    made = enroll(**kind, UseLegacyEncryption=legacy)
    text = opened(made["Pkcs12Blob"])
    key = re.search("-----BEGIN PRIVATE KEY.*?END PRIVATE KEY-----\n", text, re.S)[0]
    leaf = re.search("-----BEGIN CERTIFICATE.*?END CERTIFICATE-----\n", text, re.S)[0]
    openssl("pkey", "-check", "-noout", text=key.encode())
    assert openssl("pkey", "-pubout", text=key.encode()) == openssl("x509", "-pubkey", "-noout", text=leaf.encode())
    from cryptography.hazmat.primitives.serialization import pkcs12

    found, certificate, others = pkcs12.load_key_and_certificates(base64.b64decode(made["Pkcs12Blob"]), PASSWORD.encode())
    assert found is not None and len(others) == 2
    assert format(certificate.serial_number, "040X") == made["SerialNumber"]
    if shutil.which("keytool"):
        command = ["keytool", "-list", "-storetype", "PKCS12", "-keystore", "file.p12", "-storepass", PASSWORD]
        assert "PrivateKeyEntry" in subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60).stdout


def test_the_server_makes_a_password_where_none_is_sent(enroll, opened):
    made = enroll(Password=None)
    assert len(made["Password"]) >= 12
    opened(made["Pkcs12Blob"], made["Password"])


@pytest.mark.parametrize("kind, bits, name", [
    ("rsa:2048", 2048, "RSA"), ("rsa:4096", 4096, "RSA"), ("EC:P-256", 256, "ECC"), ("EC:P-384", 384, "ECC"), ("EC:P-521", 521, "ECC"),
    ("ED25519", 256, "Ed25519"), ("ED448", 456, "Ed448")])
def test_a_csr_of_every_kind_becomes_a_certificate_that_verifies(api, csr, tmp_path, kind, bits, name):
    body = {"CSR": csr(kind, "/O=Example/CN=csr.example.com"), "Template": "WebServer-1y", "IncludeChain": True, "SANs": {"dns": ["b.example.com"]}}
    reply = api("POST", "/Enrollment/CSR", body, format="PEM", whole=True)
    made = reply.json["CertificateInformation"]
    assert list(made) == CSR and made["DispositionMessage"] == ""
    assert (reply.header("X-Certificatefile"), reply.header("X-Privatekeystatus")) == ("csr.example.com.pem", None)
    assert [text.splitlines()[0] for text in made["Certificates"]] == ["#CN=csr.example.com", "#CN=Sub-CA", "#CN=Root-CA"]
    assert all("\r" not in text and text.endswith("-----END CERTIFICATE-----\n") for text in made["Certificates"])
    assert max(len(line) for line in made["Certificates"][0].splitlines()[2:-1]) == 64
    leaf, sub, root = made["Certificates"]
    (tmp_path / "root.pem").write_text(root)
    (tmp_path / "sub.pem").write_text(sub)
    assert openssl("verify", "-x509_strict", "-CAfile", "root.pem", "-untrusted", "sub.pem", text=leaf.encode(), folder=tmp_path).endswith("OK\n")
    text = openssl("x509", "-noout", "-text", text=leaf.encode())
    # Only RSA keys encipher others.
    usage = "Digital Signature, Key Encipherment\n" if name == "RSA" else "Digital Signature\n"
    for part in ("CA:FALSE", usage, "TLS Web Server Authentication", "Authority Key Identifier",
                 "Subject Key Identifier", "http://ca.example/crl/Sub-CA.crl", "DNS:b.example.com, DNS:csr.example.com"):
        assert part in text
    row = api("GET", f"/Certificates/{made['KeyfactorID']}")
    assert (row["KeySizeInBits"], row["KeyTypeString"], row["IssuedDN"]) == (bits, name, "CN=csr.example.com,O=Example")
    assert base64.b64decode(row["ContentBytes"]) == base64.b64decode("".join(leaf.splitlines()[2:-1]))


@pytest.mark.parametrize("change, reason", [
    (lambda text: text.replace("\n", "\r\n"), "CRLF"), (lambda text: "".join(text.splitlines()[1:-1]), "no armour"),
    (lambda text: text.replace("BEGIN CERT", "BEGIN NEW CERT").replace("END CERT", "END NEW CERT"), "an old label")])
def test_a_csr_is_taken_as_clients_send_it(api, csr, change, reason):
    made = api("POST", "/Enrollment/CSR", {"CSR": change(csr()), "Template": "WebServer-1y"}, format="PEM")
    assert len(made["CertificateInformation"]["Certificates"]) == 1, reason


def test_raw_line_feeds_and_text_after_the_body_are_taken_as_newtonsoft_does(api, mock, csr):
    """The plugin for Vault glues its bodies together by hand."""
    headers = {"X-Mock-World": api.world, "x-certificateformat": "PEM"}
    body = '{"CSR": "' + csr() + '", "CertificateAuthority":"ca.example\\\\Sub-CA", "Template":"WebServer-1y", "SANs": {"dns": [""]}}'
    reply = mock.ask("POST", "/KeyfactorAPI/Enrollment/CSR", body.encode(), headers)
    assert reply.status == 200, reply.body
    number = reply.json["CertificateInformation"]["KeyfactorID"]
    revoke = f'{{"CertificateIds":[{number}],"Reason":0,"Comment":"Via Vault","EffectiveDate":"2026-11-27T01:02:03+01:00"}},"CollectionId":0}}'
    assert mock.ask("POST", "/KeyfactorAPI/Certificates/Revoke", revoke.encode(), headers).json == {"RevokedIds": [number], "SuspendedCerts": []}


def test_the_same_seed_and_clock_give_the_same_bytes(serve, csr):
    request, answers = csr(), []
    for _ in range(2):
        server = serve("seed: 7\nclock: { mode: frozen, start: 2026-11-27T00:00:00Z }\n")
        one = server.ask("POST", "/KeyfactorAPI/Enrollment/CSR", {"CSR": request, "Template": "WebServer-1y"}, {"x-certificateformat": "PEM"})
        two = server.ask("POST", "/KeyfactorAPI/Enrollment/PFX", {"Subject": "CN=a", "Template": "WebServer-1y", "Password": "x"}, {"x-certificateformat": "PFX"})
        answers.append((one.json, two.json, server.ask("GET", "/KeyfactorAPI/Certificates").body))
    assert answers[0] == answers[1]


def test_a_request_that_needs_approval_waits_and_becomes_a_certificate(api, enroll):
    made = enroll(Template="Server-Approval", Metadata={"Owner": "me"})
    assert (made["RequestDisposition"], made["KeyfactorId"], made["Pkcs12Blob"], made["SerialNumber"]) == ("PENDING", 0, None, "")
    number = made["KeyfactorRequestId"]
    pending = api("GET", "/Workflow/Certificates/Pending?pagedQuery.returnLimit=1000")
    assert number in [row["Id"] for row in pending]
    answer = api("POST", "/Workflow/Certificates/Approve", [number, 4711])
    assert [part["KeyfactorRequestId"] for part in answer["Successes"] + answer["Failures"]] == [number, 4711]
    (row,) = api("GET", f"/Certificates?QueryString=CertRequestId%20-eq%20{number}&includeMetadata=true")
    assert (row["CertRequestId"], row["CertState"], row["Metadata"]) == (number, 1, {"Owner": "me"})
    assert number not in [row["Id"] for row in api("GET", "/Workflow/Certificates/Pending")]
    api("POST", "/Certificates/Recover", {"CertID": row["Id"], "Password": "x"}, format="PFX")


def test_a_denied_request_is_listed_with_what_was_said(api):
    answer = api("POST", "/Workflow/Certificates/Deny", {"CertificateRequestIds": [1], "Comment": "no"})
    assert [part["Comment"] for part in answer["Successes"]] == ["no"]
    assert api("GET", "/Workflow/Certificates/1")["DenialComment"] == "no"
    assert {row["Id"]: row["State"] for row in api("GET", "/Workflow/Certificates/Denied")} == {1: 3, 3: 3}


@pytest.mark.parametrize("change, status, code, text", [
    ({"Template": "WebServer-1x"}, 400, "0xA0110004", "did you mean 'WebServer-1y'?"),
    ({"Template": ""}, 400, "0xA0110004", "EnrollmentPatternId or Template"),
    ({"Template": "Legacy-Off"}, 400, "0xA0110004", "has no default enrollment pattern"),
    ({"EnrollmentPatternId": 99}, 400, "0xA0110004", "EnrollmentPatternId: expected the id"),
    ({"CertificateAuthority": "ca.example\\Nope"}, 400, "0xA0110004", "CA does not exist"),
    ({"Subject": "www"}, 400, "0xA0110004", "it has no '='"), ({"Subject": ""}, 400, "0xA0110004", "Subject: Expected a distinguished name"),
    ({"RenewalCertificateId": 0}, 400, "0xA0110004", "RenewalCertificateId"),
    ({"Metadata": {"Ownr": "x"}}, 400, "0xA0110004", "did you mean 'Owner'?"),
    ({"Metadata": {"SiteCode": "x"}}, 400, "0xA0110004", "a whole number"),
    ({"Metadata": {"Environment": "x"}}, 400, "0xA0110004", "one of Dev, Test, Prod"),
    ({"SANs": {"dsn": ["x"]}}, 400, "0xA0110004", "did you mean dns?"), ({"SANs": {"ip4": ["::1"]}}, 400, "0xA0110004", "version 4"),
    ({"KeyType": "RSA", "KeyLength": 1024}, 400, "0xA0110004", "2048"), ({"KeyType": "DSA"}, 400, "0xA0110004", "KeyType"),
    ({"OwnerRoleName": "Nobody"}, 400, "0xA0110004", "OwnerRoleName")], ids=str)
def test_a_refused_enrollment_says_why_and_changes_nothing(api, enroll, change, status, code, text):
    api("GET", "/Certificates/3")  # which makes the world
    before = api("GET", "/_mock/estate", whole=True).body
    refusal = enroll(status=status, **change)
    assert refusal["ErrorCode"] == code and text in refusal["Message"]
    assert api("GET", "/_mock/estate", whole=True).body == before


@pytest.mark.parametrize("format, code, text", [
    (None, "0xA0110007", "You must supply a certificate format in the 'X-CertificateFormat' header of the request."),
    ("JKS", "0xA0110008", "The format 'JKS' is invalid."), ("PEMM", "0xA0110008", "The format 'PEMM' is invalid.")])
def test_a_format_that_is_missing_or_wrong_is_refused_as_recorded(api, format, code, text):
    body = {"Subject": "CN=a", "Template": "WebServer-1y"}
    assert api("POST", "/Enrollment/PFX", body, 400, format) == {"ErrorCode": code, "Message": text}


@pytest.mark.parametrize("body", ["", "x", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"])
def test_a_csr_that_is_none_is_refused(api, body):
    refusal = api("POST", "/Enrollment/CSR", {"CSR": body, "Template": "WebServer-1y"}, 400, "PEM")
    assert refusal["Message"].startswith("CSR: ")


def test_subjects_are_held_against_a_template_s_expressions_in_its_own_words(serve):
    server = serve("""
estate:
  templates:
    - { name: WebServer-1y, regexes: [ { subjectPart: CN, regex: '^[a-z]+\\.corp\\.example$', error: 'Names end with corp.example.' } ] }
""")
    for name, status in [("a.corp.example", 200), ("a.example", 400)]:
        reply = server.ask("POST", "/KeyfactorAPI/Enrollment/PFX", {"Subject": f"CN={name}", "Template": "WebServer-1y"}, {"x-certificateformat": "PFX"})
        assert reply.status == status
    assert reply.json["Message"] == "Names end with corp.example."


@pytest.mark.parametrize("product, members", [("10.5", 10), ("11.6", 13), ("24.4", 13), ("25.4", 14)])
def test_a_release_answers_what_it_has(serve, product, members):
    server = serve(f'product: "{product}"\n')
    body = {"Subject": "CN=a", "Template": "WebServer-1y", "CertificateAuthority": "ca.example\\Sub-CA"}
    reply = server.ask("POST", "/KeyfactorAPI/Enrollment/PFX", body, {"x-certificateformat": "PFX"})
    assert len(reply.json["CertificateInformation"]) == members


def test_a_key_that_the_authority_does_not_keep_cannot_be_recovered(api, enroll):
    made = enroll(CertificateAuthority="NoKeep-CA")
    refusal = api("POST", "/Certificates/Recover", {"CertID": made["KeyfactorId"], "Password": "x"}, 400, "PFX")
    assert refusal["ErrorCode"] == "0xA0110002"


def test_no_key_and_no_password_is_in_journal_log_or_estate(api, enroll, mock):
    made = enroll(Password="hush4711hush")
    api("POST", "/Certificates/Recover", {"CertID": made["KeyfactorId"], "Password": "hush4712hush"}, format="PEM")
    generated = enroll(Password=None)["Password"]
    for page in ("/_mock/journal", "/_mock/estate", "/_mock/metrics"):
        text = api("GET", page, whole=True).body.decode()
        for secret in ("hush4711hush", "hush4712hush", generated, made["Pkcs12Blob"][:60], "PRIVATE KEY"):
            assert secret not in text, (page, secret)
    assert "hush471" not in mock.errors


def test_a_generated_request_is_enrolled_with_its_kept_key(api):
    made = api("POST", "/CSRGeneration/Generate", {"Subject": "CN=gen.example.com", "KeyType": "ECC", "KeyLength": 256})
    (row,) = api("GET", "/CSRGeneration/Pending")
    assert row["Subject"] == ["CN=gen.example.com"] and row["CSR"] == made["CSR"]
    answer = api("POST", "/Enrollment/CSR", {"CSR": made["CSR"], "Template": "WebServer-1y"}, format="PEM")
    number = answer["CertificateInformation"]["KeyfactorID"]
    assert api("GET", f"/Certificates/{number}?includeHasPrivateKey=true")["HasPrivateKey"]
    assert api("GET", "/CSRGeneration/Pending") == []
