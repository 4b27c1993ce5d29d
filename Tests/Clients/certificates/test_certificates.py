"""Certificates as clients read, change, fetch and revoke them."""

import base64
import re

import pytest

from certificates.conftest import PASSWORD, openssl

SMALL = ["Root-CA", "Sub-CA", "www.example.com", "api.example.com", "ec.example.com", "*.example.com", "expiring.example.com",
         "expired.example.com", "revoked.example.com", "hold.example.com", "app.example.com", "owned.example.com"]
ALL = "includeRevoked=true&includeExpired=true"


def names(rows):
    return [row["IssuedCN"] for row in rows]


def find(api, query, more=""):
    return names(api("GET", "/Certificates?QueryString=" + query.replace(" ", "%20").replace('"', "%22") + more))


def test_the_small_estate_has_what_a_first_test_needs(api):
    reply = api("GET", f"/Certificates?{ALL}", whole=True)
    assert names(reply.json) == SMALL and reply.header("x-total-count") == "12"
    shown = names(api("GET", "/Certificates"))
    assert [name for name in SMALL if name not in shown] == ["expired.example.com", "revoked.example.com", "hold.example.com"]
    assert api("GET", f"/Certificates?{ALL}&ReturnLimit=2&PageReturned=3")[0]["Id"] == 5


@pytest.mark.parametrize("query, found", [
    ('IssuedCN -eq "www.example.com"', ["www.example.com"]), ('(CN -contains "ap")', ["api.example.com", "app.example.com"]),
    ('IssuerDN -contains "Sub-CA" AND CN -startswith "e"', ["ec.example.com", "expiring.example.com"]),
    ('CertId -eq 3', ["www.example.com"]), ('CA -eq "ca.example\\Sub-CA" AND KeyType -eq 3', ["ec.example.com"]),
    ('Environment -eq "Prod"', ["www.example.com"]), ('Critical -eq true', ["owned.example.com"]),
    ('OwnerRoleName -eq "Certificate Owners"', ["owned.example.com"]), ('SAN -eq "10.0.0.10"', ["*.example.com"]),
    ('ExpirationDate -lt "%25TODAY%2B30%25" AND CertState -eq 1', ["expiring.example.com"]), ('HasPrivateKey -eq true', [
        "www.example.com", "ec.example.com", "app.example.com"]),
    ('TemplateShortName -eq "WebServer-1y" AND SSLIPAddress -eq "10.0.0.20"', ["app.example.com"]), ('Thumbprint -eq "00"', [])])
def test_the_query_language_knows_certificates_and_metadata(api, query, found):
    assert find(api, query) == found


def test_an_unknown_field_is_refused_with_the_nearest(api):
    refusal = api("GET", "/Certificates?QueryString=Thumprint%20-eq%20%22x%22", status=400)
    assert "did you mean Thumbprint?" in refusal["Message"]


@pytest.mark.parametrize("field", ["Thumbprint", "SerialNumber", "CertId"])
def test_a_certificate_is_found_by_what_identifies_it(api, field):
    row = api("GET", "/Certificates/5")
    assert find(api, f'{field} -eq "{row["Id" if field == "CertId" else field]}"') == ["ec.example.com"]


@pytest.mark.parametrize("product, field, status", [
    ("25.4", "NotBefore", 400), ("25.4", "IssuedDate", 200), ("25.4", "CertId", 200), ("11.6", "NotBefore", 200)])
def test_25_sorts_by_four_fields_alone(serve, product, field, status):
    reply = serve(f'product: "{product}"\n').ask("GET", f"/KeyfactorAPI/Certificates?SortField={field}&SortAscending=1")
    assert reply.status == status
    if status == 400:
        assert reply.json == {"ErrorCode": "0xA011004A", "Message": "Invalid sort field: NotBefore."}


def test_what_is_not_included_is_empty_and_all_members_are_there(api):
    row = api("GET", "/Certificates/11")
    assert (row["Locations"], row["LocationsCount"], row["SSLLocations"], row["Metadata"], row["HasPrivateKey"]) == ([], [], [], {}, False)
    assert list(row)[:5] == ["IsCACertificate", "PathLengthConstraint", "Id", "Thumbprint", "SerialNumber"] and len(row) == 58
    row = api("GET", "/Certificates/11?includeLocations=true&includeMetadata=true&includeHasPrivateKey=true&verbose=2")
    assert row["LocationsCount"] == [{"Type": "SSL", "Count": 1}] and row["HasPrivateKey"] and row["Locations"] == []
    assert [(each["IPAddress"], each["Port"]) for each in row["SSLLocations"]] == [("10.0.0.20", 443)]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["NotAfter"]), "a client parses exactly this form"


def test_an_unknown_certificate_is_refused_as_recorded(api):
    assert api("GET", "/Certificates/4711", status=404)["Message"] == "Unable to find 'Certificate' with Id '4711'"


def test_metadata_is_changed_field_by_field_and_always_read_as_text(api):
    api("PUT", "/Certificates/Metadata", {"Id": 3, "Metadata": {"SiteCode": 5, "Critical": True, "ReviewDate": "2026-11-27"}, "CollectionId": 0}, 204)
    read = lambda: api("GET", "/Certificates/3?includeMetadata=true")["Metadata"]
    assert read() == {"Environment": "Prod", "SiteCode": "5", "Critical": "true", "ReviewDate": "2026-11-27"}
    api("PUT", "/Certificates/Metadata", {"Id": 3, "Metadata": {"SiteCode": "", "Critical": None}}, 204)
    assert read() == {"Environment": "Prod", "ReviewDate": "2026-11-27"}
    api("PUT", "/Certificates/Metadata/All", {
        "CertificateIds": [3, 4, 4711], "Metadata": [{"MetadataName": "Environment", "Value": "Dev", "OverwriteExisting": False}]}, 204)
    assert [api("GET", f"/Certificates/{number}?includeMetadata=true")["Metadata"]["Environment"] for number in (3, 4)] == ["Prod", "Dev"]
    refusal = api("PUT", "/Certificates/Metadata/All", {"Metadata": [{"MetadataName": "Owner", "Value": "x"}]}, 400)
    assert "One of Query, CertificateIds and collectionId" in refusal["Message"]
    assert api("GET", "/MetadataFields/6/InUse") is True


@pytest.mark.parametrize("query", ["", " ", "\t\n"])
def test_an_empty_query_alone_does_not_change_the_metadata_of_all(serve, query):
    server = serve("")
    body = {"Query": query, "Metadata": [{"MetadataName": "Notes", "Value": "x", "OverwriteExisting": True}]}
    refused = server.ask("PUT", "/KeyfactorAPI/Certificates/Metadata/All", body)
    assert refused.status == 400 and "found an empty one, which would be every certificate" in refused.json["Message"]
    with_notes = lambda of: [row for row in of.ask("GET", "/KeyfactorAPI/Certificates?includeMetadata=true").json if row["Metadata"].get("Notes") == "x"]
    assert with_notes(server) == []
    assert server.ask("PUT", "/KeyfactorAPI/Certificates/Metadata/All", {**body, "CertificateIds": [3]}).status == 204
    assert [row["Id"] for row in with_notes(server)] == [3]
    loose = serve("fidelity: { emptyQuery: all }")
    assert loose.ask("PUT", "/KeyfactorAPI/Certificates/Metadata/All", body).status == 204
    assert len(with_notes(loose)) > 3


def test_a_revocation_shows_everywhere_and_a_hold_is_taken_off(api, tmp_path):
    assert api("POST", "/Certificates/Revoke", {"CertificateIds": [4], "Reason": "6", "Comment": "hold it"}) == {"RevokedIds": [4], "SuspendedCerts": []}
    row = api("GET", "/Certificates/4")
    assert (row["CertState"], row["CertStateString"], row["RevocationReason"], row["RevocationComment"]) == (2, "Revoked (2)", 6, "hold it")
    assert "api.example.com" not in names(api("GET", "/Certificates")) and "api.example.com" in names(api("GET", "/Certificates?IncludeRevoked=true"))
    (tmp_path / "list.crl").write_bytes(api("GET", "/crl/Sub-CA.crl", whole=True).body)
    assert row["SerialNumber"] in openssl("crl", "-inform", "DER", "-in", "list.crl", "-noout", "-text", folder=tmp_path)
    api("POST", "/Certificates/Revoke", {"CertificateIds": [4], "Reason": -1, "Comment": "off"})
    assert api("GET", "/Certificates/4")["CertState"] == 1
    assert [entry["Action"] for entry in api("GET", "/Certificates/4/History")] == ["Revoked", "Removed From Hold"]


@pytest.mark.parametrize("change, status, text", [
    ({"Comment": " "}, 400, "Comment: expected at least one character"), ({"CertificateIds": []}, 400, "at least one"),
    ({"CertificateIds": [4711]}, 404, "Unable to find 'Certificate' with Id '4711'"), ({"Reason": 77}, 400, "Reason: expected a number"),
    ({"CertificateIds": [1]}, 400, "was issued by no certificate authority"), ({"Reason": -1}, 400, "not on hold")], ids=str)
def test_a_revocation_that_is_wrong_revokes_nothing(api, change, status, text):
    refusal = api("POST", "/Certificates/Revoke", {"CertificateIds": [3], "Reason": 1, "Comment": "x", **change}, status)
    assert text in refusal["Message"] and api("GET", "/Certificates/3")["CertState"] == 1


def test_a_revoked_certificate_fails_the_check_of_openssl_at_the_list_s_address(api, csr, tmp_path):
    made = api("POST", "/Enrollment/CSR", {"CSR": csr(), "Template": "WebServer-1y", "IncludeChain": True}, format="PEM")["CertificateInformation"]
    leaf, sub, root = made["Certificates"]
    check = ["verify", "-crl_check", "-CAfile", "all.pem", "leaf.pem"]
    for state in ("OK", "revoked"):
        crl = openssl("crl", "-inform", "DER", text=api("GET", "/crl/Sub-CA.crl", whole=True).body)
        (tmp_path / "all.pem").write_text(root + sub + crl)
        (tmp_path / "leaf.pem").write_text(leaf)
        if state == "OK":
            assert openssl(*check, folder=tmp_path).endswith("OK\n")
            api("POST", "/Certificates/Revoke", {"CertificateIds": [made["KeyfactorID"]], "Reason": 1, "Comment": "lost"})
        else:
            with pytest.raises(AssertionError, match="certificate revoked"):
                openssl(*check, folder=tmp_path)


@pytest.mark.parametrize("format, name, count", [("P7B", "p7b", 3), ("PEM", "pem", 3), ("DER", "der", 1), ("CRT", "crt", 1)])
@pytest.mark.parametrize("order", ["EndEntityFirst", "rootfirst"])
def test_a_download_holds_the_certificate_and_its_chain(api, tmp_path, format, name, count, order):
    thumbprint = api("GET", "/Certificates/3")["Thumbprint"]
    reply = api("POST", "/Certificates/Download", {"Thumbprint": thumbprint, "IncludeChain": True, "ChainOrder": order}, format=format, whole=True)
    assert reply.header("X-Certificatefile") == f"www.example.com.{name}"
    content = base64.b64decode(reply.json["Content"])
    (tmp_path / "file").write_bytes(content)
    if format == "P7B":
        text = openssl("pkcs7", "-inform", "DER", "-in", "file", "-print_certs", folder=tmp_path)
    else:
        text = content.decode() if format == "PEM" else openssl("x509", "-inform", "DER", "-in", "file", "-subject", folder=tmp_path)
    found = re.findall("(?:#CN=|subject=CN = )(.*)", text)
    assert len(found) == count
    if count == 3:
        wanted = ["www.example.com", "Sub-CA", "Root-CA"]
        assert found == (wanted if order == "EndEntityFirst" else wanted[::-1])


def test_a_recovered_key_is_that_of_the_certificate(api, opened):
    reply = api("POST", "/Certificates/Recover", {"CertId": 3, "Password": PASSWORD, "IncludeChain": True}, format="PFX")
    assert list(reply) == ["PFX", "FileName"] and reply["FileName"] == "www.example.com.pfx"
    assert re.findall("BEGIN ([A-Z ]*)-", opened(reply["PFX"])) == ["PRIVATE KEY"] + ["CERTIFICATE"] * 3
    text = base64.b64decode(api("POST", "/Certificates/Recover", {"CertID": 5, "Password": PASSWORD, "IncludeChain": True}, format="PEM")["PFX"]).decode()
    assert re.findall("#CN=(.*)|BEGIN (ENCRYPTED PRIVATE KEY)", text) == [
        ("ec.example.com", ""), ("", "ENCRYPTED PRIVATE KEY"), ("Sub-CA", ""), ("Root-CA", "")]
    openssl("pkey", "-passin", f"pass:{PASSWORD}", "-check", "-noout", text=text.encode())


@pytest.mark.parametrize("body, format, code, text", [
    ({"CertID": 4, "Password": "x"}, "STORE", "0xA0110002", "No private key could be found for the given certificate."),
    ({"CertID": 3, "Password": "x"}, "STORE", "0xA0110008", "The format 'STORE' is invalid."),
    ({"CertID": 3, "Password": ""}, "PFX", "0xA0110004", "Password: expected a password, found an empty string."),
    ({"Password": "x"}, "PFX", "0xA0110004", "One of CertID, Thumbprint, and SerialNumber with IssuerDN is required.")], ids=str)
def test_recover_refuses_in_the_recorded_order(api, body, format, code, text):
    assert api("POST", "/Certificates/Recover", body, 400, format) == {"ErrorCode": code, "Message": text}


def test_an_import_is_found_by_its_thumbprint_and_has_its_key(api, enroll, tmp_path):
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=self.example", "-keyout", "k", "-out", "c", folder=tmp_path)
    openssl("pkcs12", "-export", "-inkey", "k", "-in", "c", "-out", "p", "-passout", "pass:x", folder=tmp_path)
    body = {"Certificate": base64.b64encode((tmp_path / "p").read_bytes()).decode(), "Password": "x", "Metadata": {"Owner": "me"}}
    answer = api("POST", "/Certificates/Import", body)
    assert list(answer) == ["ImportStatus", "JobStatus", "InvalidKeystores", "Thumbprint"]
    (row,) = api("GET", f"/Certificates?QueryString=Thumbprint%20-eq%20%22{answer['Thumbprint']}%22&includeMetadata=true&includeHasPrivateKey=true")
    assert (row["IssuedDN"], row["Metadata"], row["HasPrivateKey"], row["SigningAlgorithm"]) == ("CN=self.example", {"Owner": "me"}, True, "SHA-256withRSA")
    assert api("POST", "/Certificates/Import", body)["Thumbprint"] == answer["Thumbprint"]
    assert len(api("GET", f"/Certificates?{ALL}")) == 13
    assert not any("privateKey" in seed for seed in api("GET", "/_mock/estate")["certificates"])
    assert any("privateKey" in seed for seed in api("GET", "/_mock/estate?keys=true")["certificates"])
    (analyzed,) = api("POST", "/Certificates/Analyze", {"Certificate": (tmp_path / "c").read_text()})
    assert analyzed["Thumbprint"] == answer["Thumbprint"]
    assert api("POST", "/Certificates/Import", {"Certificate": "AAAA"}, 400)["Message"].startswith("Certificate: ")


def test_a_certificate_is_delivered_to_a_store_and_shows_there(api):
    store = api("GET", "/CertificateStores?QueryString=ClientMachine%20-eq%20%22web-1%22")[0]["Id"]
    answer = api("POST", "/Enrollment/PFX/Deploy", {"Password": "x", "CertificateId": 3, "Stores": [
        {"StoreId": store, "Alias": "www"}, {"StoreId": "00000000-0000-0000-0000-000000000001"}]})
    assert answer == {"SuccessfulStores": [store], "FailedStores": ["00000000-0000-0000-0000-000000000001"]}
    for _ in range(2):
        api("GET", "/OrchestratorJobs/JobHistory")
    entries = {entry["Name"]: entry for entry in api("GET", f"/CertificateStores/{store}/Inventory")}
    assert [row["Id"] for row in entries["www"]["Certificates"]] == [3, 2, 1] and entries["www"]["Parameters"] == {"PrivateKeyEntry": "Yes"}
    assert [(place["Alias"], place["ChainLevel"]) for place in api("GET", "/Certificates/3?includeLocations=true")["Locations"]] == [("www", 0)]
    assert api("GET", "/Certificates/Locations/3")["Details"][0]["StoreCount"] == 1
    new = api("POST", "/Enrollment/Renew", {"CertificateId": 3, "Timestamp": "2026-11-27T00:00:00Z"})
    assert api("POST", "/Enrollment/PFX/Replace", {"ExistingCertificateId": 3, "CertificateId": new["KeyfactorId"]})["SuccessfulStores"] == [store]
    for _ in range(2):
        api("GET", "/OrchestratorJobs/JobHistory")
    assert api("GET", "/Certificates/3?includeLocations=true")["Locations"] == []


def test_a_deleted_certificate_is_gone_from_stores_too_and_its_id_is_not_given_again(api, enroll):
    last = enroll()["KeyfactorId"]
    api("DELETE", f"/Certificates/{last}", status=204)
    assert enroll()["KeyfactorId"] == last + 1
    store = api("GET", "/CertificateStores?QueryString=ClientMachine%20-eq%20%22web-1%22")[0]["Id"]
    api("POST", "/Enrollment/PFX/Deploy", {"Password": "x", "CertificateId": 11, "StoreIds": [store]})
    for _ in range(2):
        api("GET", "/OrchestratorJobs/JobHistory")
    shown = lambda: [row["Id"] for entry in api("GET", f"/CertificateStores/{store}/Inventory") for row in entry["Certificates"]]
    assert shown() == [11, 2, 1]
    api("DELETE", "/Certificates", [11, 4711], 204)
    assert shown() == [2, 1]
    assert api("DELETE", "/Certificates/Query", "", 400)["Message"].startswith("The request body")
    api("DELETE", "/Certificates/PrivateKey/3", status=204)
    assert api("DELETE", "/Certificates/PrivateKey/3", status=400)["ErrorCode"] == "0xA0110002"


def test_permissions_are_granted_by_collection(serve):
    server = serve("""
auth:
  users:
    - { name: web, password: p, permissions: [ /certificates/collections/read/3/ ] }
    - { name: all, password: p, permissions: [ /certificates/collections/read/ ] }
""")
    from support.mock import basic

    ask = lambda user, path, method="GET", body=None: server.ask(method, "/KeyfactorAPI" + path, body, {"Authorization": basic(user, "p")})
    assert ask("web", "/Certificates").status == 403 and ask("web", "/Certificates?collectionId=2").status == 403
    assert ask("web", "/Certificates/3?collectionId=3").status == 200 and ask("web", "/Certificates/3").status == 403
    assert "www.example.com" in names(ask("web", "/Certificates?collectionId=3").json)
    assert names(ask("all", "/Certificates?collectionId=2").json) == ["expiring.example.com"]
    assert ask("all", "/Certificates?collectionId=99").status == 404
    refusal = ask("all", "/Certificates/Metadata", "PUT", {"Id": 3, "Metadata": {"Owner": "x"}})
    assert refusal.status == 403 and "/certificates/collections/metadata/modify/" in refusal.header("X-Mock-Why")


def test_owners_are_roles(api):
    api("PUT", "/Certificates/3/Owner", {"NewRoleName": "certificate owners"}, 204)
    assert api("GET", "/Certificates/3")["OwnerRoleName"] == "Certificate Owners"
    api("PUT", "/Certificates/3/Owner", {}, 204)
    assert api("GET", "/Certificates/3")["OwnerRoleId"] is None
    assert "did you mean" in api("PUT", "/Certificates/3/Owner", {"NewRoleName": "Certificate Owner"}, 400)["Message"]


def test_expiry_follows_the_world_s_clock(serve):
    server = serve("clock: { mode: frozen, start: 2026-11-27T00:00:00Z }\n")
    shown = lambda: names(server.ask("GET", "/KeyfactorAPI/Certificates").json)
    assert "expiring.example.com" in shown()
    assert server.ask("POST", "/_mock/clock/advance", {"by": "11d"}).status == 200
    assert "expiring.example.com" not in shown()


def test_a_file_describes_many_certificates(serve):
    server = serve("""
estate:
  certificates:
    - { subject: "CN=host-{n}.example.com", names: [ "dns:host-{n}.example.com" ], template: WebServer-1y, count: 300, metadata: { Owner: us } }
    - { id: 3, subject: CN=mine, thumbprint: 00112233445566778899aabbccddeeff00112233 }
""")
    rows = server.ask("GET", "/KeyfactorAPI/Certificates?QueryString=Owner%20-eq%20%22us%22&ReturnLimit=500").json
    assert len(rows) == 300 and len({row["Thumbprint"] for row in rows}) == 300
    assert rows[299]["SubjectAltNameElements"][0]["Value"] == "host-300.example.com"
    row = server.ask("GET", "/KeyfactorAPI/Certificates/3").json
    assert (row["IssuedCN"], row["ContentBytes"]) == ("mine", None), "a file may put another certificate in the place of a built-in one"
    refusal = server.ask("POST", "/KeyfactorAPI/Certificates/Download", {"CertID": 3}, {"x-certificateformat": "PEM"})
    assert refusal.status == 400 and "has no content" in refusal.json["Message"]
