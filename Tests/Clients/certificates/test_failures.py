"""The failures of certificates by name: each is, on the wire, what the server says when it happens."""

import re

import pytest

from certificates.conftest import CA

PFX = {"Subject": "CN=a.example.org", "Template": "WebServer-1y", "CertificateAuthority": CA, "Password": "x"}
REQUIRED = "estate: { templates: [ { name: WebServer-1y, metadataFields: [ { field: Owner, enrollment: Required } ] } ] }\n"
REGEX = "estate: { templates: [ { name: WebServer-1y, regexes: [ { subjectPart: CN, regex: '^.*\\.corp\\.example$' } ] } ] }\n"

CASES = [
    ("not-found-certificate", "GET /Certificates/4711", None, None, ""),
    ("no-private-key", "POST /Certificates/Recover", {"CertID": 4, "Password": "x"}, "PFX", ""),
    ("format-missing", "POST /Enrollment/PFX", PFX, None, ""),
    ("format-invalid", "POST /Certificates/Recover", {"CertID": 3, "Password": "x"}, "STORE", ""),
    ("ca-missing", "POST /Enrollment/PFX", {**PFX, "CertificateAuthority": "ca.example\\Nope"}, "PFX", ""),
    ("no-default-pattern", "POST /Enrollment/PFX", {**PFX, "Template": "Legacy-Off"}, "PFX", ""),
    ("subject-invalid", "POST /Enrollment/PFX", PFX, "PFX", REGEX),
    ("metadata-required", "POST /Enrollment/PFX", PFX, "PFX", REQUIRED),
]


@pytest.mark.parametrize("name, operation, body, format, scenario", CASES, ids=[case[0] for case in CASES])
def test_a_failure_is_what_the_server_says_itself(anywhere, name, operation, body, format, scenario):
    ask = anywhere(scenario)
    method, path = operation.split(" ")
    headers = {"x_certificateformat": format} if format else {}
    own = ask(method, path, body, **headers)
    rule = {"name": "r", "operation": re.sub("/4711$", "/{id}", operation), "do": [{"refuse": name}]}
    assert ask("POST", "/_mock/rules", rule).status < 300
    sent = ask(method, path, body, **headers)
    assert sent.status == own.status and list(sent.json) == list(own.json) and sent.json["ErrorCode"] == own.json["ErrorCode"]
    plain = lambda reply: re.sub(r"'[^']*'", "''", reply.json["Message"])
    assert plain(sent) == plain(own)
    fields = lambda reply: sorted(key for key, _ in reply.headers)
    assert fields(sent) == fields(own)


@pytest.mark.parametrize("nulls", ["vendor", "omit"])
@pytest.mark.parametrize("word, number", [("denied", 0), ("pending", 999_999_999), ("failed", 0)])
def test_a_renewal_comes_to_nothing_in_its_own_words(anywhere, nulls, word, number):
    ask = anywhere(f"fidelity: {{ nulls: {nulls} }}\n")
    body = {"CertificateId": 3, "Timestamp": "2026-11-27T00:00:00Z"}
    own = ask("POST", "/Enrollment/Renew", body).json
    ask("POST", "/_mock/rules", {"name": "r", "operation": "POST /Enrollment/**", "do": [{"refuse": f"enrollment-{word}"}]})
    sent = ask("POST", "/Enrollment/Renew", body).json
    assert list(sent) == [each for each in own if nulls == "vendor" or each != "Password"]
    assert (sent["KeyfactorId"], sent["KeyfactorRequestId"], sent["RequestDisposition"]) == (0, number, word.upper())
    enrolled = ask("POST", "/Enrollment/PFX", PFX, x_certificateformat="PFX").json["CertificateInformation"]
    assert ("Pkcs12Blob" in enrolled) == (nulls == "vendor")


def test_a_collection_is_not_ready_for_a_while(anywhere):
    """Right after an enrollment, then well."""
    ask = anywhere()
    rule = {"name": "r", "operation": "GET /Certificates", "calls": "1-2", "do": [{"refuse": "collection-not-ready"}]}
    assert ask("POST", "/_mock/rules", rule).status < 300
    seen = [ask("GET", "/Certificates?collectionId=3") for _ in range(3)]
    assert [each.status for each in seen] == [403, 403, 200]
    assert seen[0].json["ErrorCode"] == "0xA0140002" and seen[0].json["Message"].endswith("required permissions: Certificates - Read")
