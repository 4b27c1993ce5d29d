"""What breaks a client of certificates, or a test of one: each has been seen to."""

import base64
import json

import pytest

from certificates.conftest import CA, STORE, openssl, pfx

MARK = "the-file-is-written"


@pytest.mark.parametrize("value", [CA, "Sub-CA", CA + " ", "Sub-CA ", "ca.example\\\\Sub-CA", "CA.EXAMPLE\\sub-ca"])
def test_an_authority_is_found_by_every_name_that_clients_give_it(anywhere, value):
    ask = anywhere()
    target = "/Certificates?pq.queryString=" + f'CA -eq "{value}"'.replace("\\", "%5C").replace(" ", "%20").replace('"', "%22")
    assert len(ask("GET", target + "&ReturnLimit=1").json) == 1
    assert ask("GET", target.replace("%20-eq%20", "%20-ne%20")).json != []


@pytest.mark.parametrize("query, found", [
    ('CertState -eq "Revoked"', {9, 10}), ('KeyType -eq "ECC"', None), ("RFC2818Compliant -eq false", None), ("SSLDNSName -ne NULL", {11}),
    ('PublicKey -contains "3059301306072A8648CE3D020106082A8648CE3D030107"', None)])
def test_fields_of_the_portal_can_be_asked_for(anywhere, query, found):
    ask = anywhere()
    rows = ask("GET", "/Certificates?includeRevoked=true&includeExpired=true&queryString=" + query.replace(" ", "%20").replace('"', "%22"))
    assert rows.status == 200 and (len(rows.json) > 0 if found is None else found & {row["Id"] for row in rows.json}), rows.body


RULES = [
    {"alter": {"headers": {"X-Y": "1"}}}, {"alter": {"patch": {"Metadata": {"a": "b"}}, "headers": {"X-Y": "1"}}}]


@pytest.mark.parametrize("effect", RULES)
def test_a_rule_that_alters_header_fields_leaves_the_file_of_the_key(anywhere, effect):
    ask = anywhere()
    assert ask("POST", "/_mock/rules", {"name": "r", "operation": "POST /**", "do": [effect]}).status < 300
    made = pfx(ask).json["CertificateInformation"]
    assert base64.b64decode(made["Pkcs12Blob"])[0] == 0x30
    kept = ask("POST", "/Certificates/Recover", {"CertID": 3, "Password": "x"}, x_certificateformat="PFX")
    assert base64.b64decode(kept.json["PFX"])[0] == 0x30 and kept.header("X-Y") == "1"


def test_the_older_spelling_holds_the_same_file(anywhere):
    made = pfx(anywhere("fidelity: { legacySpelling: true }\n")).json["CertificateInformation"]
    assert made["PKCS12Blob"] == made["Pkcs12Blob"] and base64.b64decode(made["Pkcs12Blob"])[0] == 0x30


def test_no_text_of_a_client_is_taken_for_the_file(anywhere):
    ask = anywhere()
    mark = "the-file-is-written-when-the-lock-is-released"
    answer = pfx(ask, Metadata={"Notes": mark}).json
    assert answer["Metadata"]["Notes"] == mark and MARK not in answer["CertificateInformation"]["Pkcs12Blob"]


def test_the_journal_shows_the_format_and_no_file(anywhere):
    ask = anywhere()
    made = pfx(ask).json["CertificateInformation"]
    entry = ask("GET", "/_mock/journal?limit=1").json["exchanges"][0]
    assert entry["headers"]["x-certificateformat"] == "PFX"
    shown = json.loads(entry["replyBody"])["CertificateInformation"]
    assert shown["Pkcs12Blob"] == "(struck out)" and shown["DispositionMessage"] == made["DispositionMessage"]


@pytest.mark.parametrize("operation", ["Import", "Analyze"])
def test_a_file_with_a_key_that_is_sent_is_in_no_journal(anywhere, operation):
    ask = anywhere()
    blob = pfx(ask).json["CertificateInformation"]["Pkcs12Blob"]
    assert ask("POST", f"/Certificates/{operation}", {"Certificate": blob, "Password": "x"}).status == 200
    assert blob[:40] not in str(ask("GET", "/_mock/journal").body)


@pytest.mark.parametrize("algorithm", [
    ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"], ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"], ["EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
    ["EC", "-pkeyopt", "ec_paramgen_curve:P-521"], ["ed25519"], ["ed448"]])
@pytest.mark.parametrize("options", [[], ["-aes256", "-pass", "pass:x"]])
def test_no_private_key_is_in_the_journal_whatever_its_name(anywhere, algorithm, options):
    ask = anywhere()
    made = openssl("genpkey", "-algorithm", *algorithm, *options)
    text = "".join(made.splitlines()[1:-1])
    ask("POST", "/Certificates/Analyze", {"Certificate": "x", "Data": {"Thing": text}})
    assert text[:30] not in str(ask("GET", "/_mock/journal").body)


def test_a_certificate_is_in_the_journal(anywhere):
    ask = anywhere()
    text = ask("POST", "/Certificates/Download", {"CertID": 3}, x_certificateformat="DER").json["Content"]
    ask("POST", "/Certificates/Analyze", {"Certificate": text})
    assert json.loads(ask("GET", "/_mock/journal?limit=1").json["exchanges"][0]["body"])["Certificate"] == text


@pytest.mark.parametrize("number", [9999, -1, 0])
@pytest.mark.parametrize("path", ["/Enrollment/PFX", "/Enrollment/CSR"])
def test_only_a_certificate_that_exists_is_renewed(anywhere, number, path, csr):
    body = {"Subject": "CN=b.example.org", "CSR": csr(subject="/CN=b.example.org"), "Template": "WebServer-1y", "CertificateAuthority": CA, "RenewalCertificateId": number}
    reply = anywhere()("POST", path, body, x_certificateformat="PEM" if path.endswith("CSR") else "PFX")
    assert reply.status == 400 and f"found {number}" in reply.json["Message"]


def test_a_request_for_nobody_is_refused(anywhere, csr):
    ask = anywhere()
    body = {"CSR": csr(subject="/", names=""), "Template": "WebServer-1y", "CertificateAuthority": CA}
    reply = ask("POST", "/Enrollment/CSR", body, x_certificateformat="PEM")
    assert reply.status == 400 and reply.json["Message"].startswith("CSR: expected a subject or an alternative name")
    assert ask("POST", "/Enrollment/CSR", body | {"SANs": {"dns": ["b.example.org"]}}, x_certificateformat="PEM").status == 200


def test_who_issues_has_its_chain_whatever_was_deleted(anywhere, csr):
    ask = anywhere()
    assert [ask("DELETE", f"/Certificates/{number}").status for number in (1, 2)] == [204, 204]
    body = {"CSR": csr(subject="/CN=b.example.org"), "Template": "WebServer-1y", "CertificateAuthority": CA, "IncludeChain": True}
    made = ask("POST", "/Enrollment/CSR", body, x_certificateformat="PEM").json["CertificateInformation"]
    assert len(made["Certificates"]) == 3


@pytest.mark.parametrize("body, alias", [
    ({"Stores": [{"StoreId": STORE, "Alias": "a"}], "StoreIds": []}, "a"),
    ({"StoreIds": [STORE], "StoreTypes": [{"StoreTypeId": 2, "Alias": "goc", "Overwrite": True}], "RequestId": 7}, "goc"),
    ({"StoreIds": [STORE]}, None)])
def test_a_certificate_is_deployed_under_the_alias_that_was_given(anywhere, body, alias):
    ask = anywhere()
    reply = ask("POST", "/Enrollment/PFX/Deploy", {"Password": "x", "CertificateId": 3, **body})
    assert reply.json == {"SuccessfulStores": [STORE], "FailedStores": []}, reply.body
    for _ in range(2):
        ask("GET", "/OrchestratorJobs/JobHistory")
    names = [entry["Name"] for entry in ask("GET", f"/CertificateStores/{STORE}/Inventory").json]
    assert (alias or ask("GET", "/Certificates/3").json["Thumbprint"]) in names


@pytest.mark.parametrize("path, body", [
    ("/CertificateStores/Certificates/Add", {"CertificateId": 4, "Schedule": {"Immediate": True},
                                             "CertificateStores": [{"CertificateStoreId": STORE, "IncludePrivateKey": True}]}),
    ("/Enrollment/PFX/Deploy", {"Password": "x", "CertificateId": 4, "StoreIds": [STORE]})])
def test_a_key_that_nobody_keeps_is_given_to_nobody(anywhere, path, body):
    reply = anywhere()("POST", path, body)
    assert (reply.status, reply.json["ErrorCode"]) == (400, "0xA0110002")


@pytest.mark.parametrize("product, version", [("10.5", "1"), ("11.6", "2"), ("24.4", "1"), ("25.4", "1"), ("25.4", "2")])
@pytest.mark.parametrize("word", ["denied", "pending", "failed"])
def test_an_enrollment_that_gives_nothing_has_the_members_of_its_release(anywhere, csr, product, version, word):
    ask = anywhere(f'product: "{product}"\n')
    body = {"Subject": "CN=b.example.org", "CSR": csr(subject="/CN=b.example.org"), "CertificateAuthority": CA}
    for kind, template in [("PFX", "Server-Approval"), ("CSR", "Server-Approval")]:
        format = {"x_certificateformat": "PEM" if kind == "CSR" else "PFX", "x_keyfactor_api_version": version}
        own = ask("POST", f"/Enrollment/{kind}", body | {"Template": template}, **format).json
        ask("POST", "/_mock/rules", {"name": kind, "operation": f"POST /Enrollment/{kind}", "do": [{"refuse": f"enrollment-{word}"}]})
        made = ask("POST", f"/Enrollment/{kind}", body | {"Template": template}, **format).json
        assert list(made) == list(own) and list(made["CertificateInformation"]) == list(own["CertificateInformation"])
        assert made["CertificateInformation"]["RequestDisposition"] == word.upper()
        assert ask("GET", f"/Workflow/Certificates/{made['CertificateInformation']['KeyfactorRequestId']}").status == 404


@pytest.mark.parametrize("change", [
    {"revoked": {"reason": 1, "comment": "gone"}}, {"metadata": {"Owner": "z"}}, {"owner": "Administrator"}])
@pytest.mark.parametrize("way", ["file", "patch", "rule"])
def test_what_is_said_of_a_certificate_that_exists_changes_it(anywhere, change, way):
    said = {"certificates": [{"id": 3, **change}]}
    ask = anywhere("estate: " + json.dumps(said) + "\n" if way == "file" else "")
    if way == "patch":
        assert ask("PATCH", "/_mock/estate", said).status < 300
    if way == "rule":
        ask("POST", "/_mock/rules", {"name": "r", "operation": "GET /Agents", "do": [{"change": said}]})
        ask("GET", "/Agents")
    row = ask("GET", "/Certificates/3?includeMetadata=true").json
    assert row["Id"] == 3 and row["IssuedCN"] == "www.example.com"
    found = {"revoked": row["CertState"] == 2 and row["RevocationReason"] == 1, "metadata": row["Metadata"].get("Owner") == "z",
             "owner": row["OwnerRoleName"] == "Administrator"}
    assert found[list(change)[0]], row


def test_a_described_certificate_has_whole_seconds_and_is_revoked_wholly(anywhere):
    ask = anywhere("estate: { certificates: [ { subject: CN=d, issuer: CN=Old-CA, notAfter: +5d }, { subject: CN=s, template: WebServer-1y, state: Revoked } ] }\n")
    rows = ask("GET", "/Certificates?includeRevoked=true&ReturnLimit=100").json
    assert all(len(row[name]) == len("2026-01-01T00:00:00Z") for row in rows for name in ("NotBefore", "NotAfter"))
    revoked = [row for row in rows if row["IssuedCN"] == "s"][0]
    assert revoked["CertState"] == 2 and revoked["RevocationEffDate"] and revoked["RevocationReason"] == 0


@pytest.mark.parametrize("path, permission", [
    ("/MetadataFields", "/metadata/types/read/"), ("/Enrollment/PFX/Context/My", "/certificates/enrollment/pfx/")])
def test_a_missing_permission_is_named_where_clients_quote_it(anywhere, path, permission):
    ask = anywhere("auth: { mode: basic, users: [ { name: none, password: x, permissions: [] } ] }\n")
    reply = ask("GET", path, Authorization="Basic " + base64.b64encode(b"none:x").decode())
    assert (reply.status, reply.json["Message"]) == (403, f"User none does not have the required permissions: {permission}.")


def test_only_allowed_requesters_enroll(anywhere):
    scenario = """
estate: { templates: [ { name: Limited, useAllowedRequesters: true, allowedRequesters: [ Reader ], allowedEnrollmentTypes: 7, keys: [ { name: RSA, bitLengths: [ 2048 ] } ] } ], roles: [ { name: Reader, permissions: [ /certificates/ ] } ] }
product: "24.4"
auth: { mode: basic, users: [ { name: one, password: x, roles: [ Reader ] }, { name: all, password: x } ] }
"""
    ask = anywhere(scenario)
    for user, status in [("one", 200), ("all", 400)]:
        login = {"Authorization": "Basic " + base64.b64encode(f"{user}:x".encode()).decode(), "x_certificateformat": "PFX"}
        reply = ask("POST", "/Enrollment/PFX", {"Subject": "CN=b.example.org", "Template": "Limited", "CertificateAuthority": CA, "Password": "x"}, **login)
        assert reply.status == status, reply.body
        shown = [row["Name"] for row in ask("GET", "/Enrollment/PFX/Context/My", **login).json["Templates"]]
        assert ("Limited" in shown) == (status == 200)


def test_a_key_that_cannot_encipher_does_not_say_so(anywhere):
    usages = {row["KeyTypeString"]: row["KeyUsage"] for row in anywhere()("GET", "/Certificates?ReturnLimit=100").json if not row["IsCACertificate"]}
    assert usages["RSA"] == 160 and usages["ECC"] == 128


@pytest.mark.parametrize("reason", [7, 8])
def test_a_list_never_takes_a_revocation_back(anywhere, reason, tmp_path):
    ask = anywhere()
    assert ask("POST", "/Certificates/Revoke", {"CertificateIds": [3], "Reason": reason, "Comment": "c"}).status == 200
    place = ask("GET", "/Certificates/3").json["CRLDistributionPoints"][0]["Url"]
    (tmp_path / "list").write_bytes(ask("GET", "/crl" + place.split("/crl", 1)[1]).body)
    text = openssl("crl", "-inform", "DER", "-in", "list", "-noout", "-text", folder=tmp_path)
    assert ask("GET", "/Certificates/3").json["SerialNumber"] in text and "Remove From CRL" not in text


def sent(mock, world):
    """Recovers a certificate and returns the length that the head announces and the body as far as it came."""
    body = json.dumps({"CertID": 3, "Password": "x"})
    head = (f"POST /KeyfactorAPI/Certificates/Recover HTTP/1.1\r\nHost: localhost\r\nX-Mock-World: {world}\r\nx-keyfactor-requested-with: x\r\n"
            f"x-certificateformat: PFX\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n{body}")
    with mock.connect(False) as wire, wire.makefile("rb") as stream:
        wire.sendall(head.encode())
        fields, _, body = stream.read().partition(b"\r\n\r\n")
    lengths = [int(line.split(b":")[1]) for line in fields.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    return lengths[0], body


@pytest.mark.parametrize("effect, share", [
    ({"break": "truncate", "keep": "50%"}, lambda length: length // 2), ({"break": "truncate"}, lambda length: length // 2),
    ({"break": "truncate", "keep": "90%"}, lambda length: length * 90 // 100), ({"break": "truncate", "keep": "1%"}, lambda length: length // 100),
    ({"break": "truncate", "keep": 1000}, lambda length: 1000), ({"break": "truncate", "keep": 0}, lambda length: 0),
    ({"break": "wrong-length", "by": 7}, lambda length: length)])
def test_a_share_of_a_body_with_a_file_is_a_share_of_all_of_it(anywhere, mock, request, effect, share):
    ask = anywhere()
    whole = len(ask("POST", "/Certificates/Recover", {"CertID": 3, "Password": "x"}, x_certificateformat="PFX").body)
    assert ask("POST", "/_mock/rules", {"name": "r", "operation": "POST /Certificates/Recover", "do": [effect]}).status < 300
    length, body = sent(mock, "b" + format(abs(hash(request.node.nodeid)), "x"))
    length -= effect.get("by", 0)
    assert whole > 2000 and abs(length - whole) <= 16 and len(body) == share(length), (whole, length, len(body))


def test_the_journal_says_no_length_of_a_body_that_is_written_later(anywhere):
    ask = anywhere()
    ask("POST", "/Certificates/Recover", {"CertID": 3, "Password": "x"}, x_certificateformat="PFX")
    ask("GET", "/Agents")
    later, whole = ask("GET", "/_mock/journal?order=oldest").json["exchanges"]
    assert later["bytesOut"] is None and later["status"] == 200 and whole["bytesOut"] > 100
