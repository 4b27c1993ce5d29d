"""What integrations and scripts in Python, .NET, bash and PowerShell send, and how they read the answers."""

import base64
import datetime
import json
import re

import pytest

from certificates.conftest import CA, PASSWORD, openssl
from support.mock import basic

NOW = "2026-11-27T01:02:03Z"


# The XSOAR pack


def test_xsoar_takes_the_names_from_the_context_and_enrolls(api, csr):
    context = api("GET", "/Enrollment/CSR/Context/My")
    template = next(row for row in context["Templates"] if row["Name"] == "WebServer-1y")
    body = {"CSR": csr(), "CertificateAuthority": template["CAs"][0]["Name"], "Template": template["Name"], "IncludeChain": False,
            "Timestamp": NOW, "SANs": {}, "Metadata": {}}
    made = api("POST", "/Enrollment/CSR", body, format="PEM", version="1")["CertificateInformation"]
    # Both by their exact names.
    assert made["KeyfactorID"] > 0 and made["Certificates"][0].count("BEGIN CERTIFICATE") == 1


@pytest.mark.parametrize("who", ["xsoar", "vault"])
def test_a_waiting_request_has_no_certificates_and_who_takes_the_first_fails(api, csr, who):
    body = {"CSR": csr(), "CertificateAuthority": CA, "Template": "Server-Approval"}
    made = api("POST", "/Enrollment/CSR", body, format="PEM")["CertificateInformation"]
    assert (made["KeyfactorID"], made["RequestDisposition"], made["Certificates"]) == (0, "PENDING", [])
    with pytest.raises(IndexError):
        made["Certificates"][0]


# The Ansible collection: on 10 and 11. It looks up each member of a metadata field in a list of its own.

FIELD = {"Id", "Name", "Description", "DataType", "Hint", "Validation", "Enrollment", "Message", "Options", "DefaultValue", "AllowAPI",
         "ExplicitUpdate", "DisplayOrder"}


def field(server, name):
    """A metadata field as the module finds it; None where a text says that there is none."""
    reply = server.ask("GET", f"/KeyfactorAPI/MetadataFields/{name}")
    if reply.status >= 400:
        assert reply.json["Message"] == f"MetadataFieldType with Name '{name}' does not exist."
        return None
    for member in reply.json:
        if member not in FIELD:
            raise KeyError(member)
    return reply.json


@pytest.mark.parametrize("product", ["10.5", "11.6"])
def test_ansible_makes_a_field_once_and_changes_it(serve, product):
    server = serve(f'product: "{product}"\n')
    assert all(set(row) <= FIELD for row in server.ask("GET", "/KeyfactorAPI/MetadataFields/").json)
    assert field(server, "Site") is None
    wanted = {"Name": "Site", "Description": "where", "DataType": 1, "Hint": "", "Validation": "", "Enrollment": 0, "Message": "",
              "Options": "", "DefaultValue": "", "AllowAPI": True, "ExplicitUpdate": False, "DisplayOrder": 9}
    assert server.ask("POST", "/KeyfactorAPI/MetadataFields/", wanted).status == 200
    again = server.ask("POST", "/KeyfactorAPI/MetadataFields/", wanted)
    assert again.status == 400 and again.json["Message"] == "Metadata Field with Name 'Site' already exists."
    made = field(server, "Site")
    assert server.ask("PUT", "/KeyfactorAPI/MetadataFields/", {**made, "Description": "there"}).status == 200
    assert field(server, "Site")["Description"] == "there"
    assert server.ask("DELETE", f"/KeyfactorAPI/MetadataFields/{made['Id']}").status == 204


def test_ansible_knows_no_member_that_25_adds(mock):
    with pytest.raises(KeyError, match="CaseSensitive"):
        field(mock, "Owner")


@pytest.mark.parametrize("body, is_read", [("html", False), ("json", True)])
def test_ansible_reads_a_refusal_as_json(serve, body, is_read):
    server = serve("auth: { mode: basic, users: [ { name: a, password: p, permissions: [] } ] }\nfidelity: { unauthorizedBody: %s }\n" % body)
    for status, login in [(401, basic("a", "wrong")), (403, basic("a", "p"))]:
        reply = server.ask("GET", "/KeyfactorAPI/Certificates", headers={"Authorization": login})
        assert reply.status == status
        if status == 403 or is_read:
            assert reply.json["Message"]
        else:
            with pytest.raises(json.JSONDecodeError):
                reply.json


def test_ansible_enrolls_with_a_password_of_the_server_and_a_bare_name(serve, tmp_path):
    server = serve('product: "11.6"\n')
    body = {"Subject": "CN=play.example.com", "Password": None, "IncludeChain": True, "CertificateAuthority": CA, "Template": "WebServer-1y",
            "SANs": {"dns": "play.example.com"}, "Metadata": {}, "Timestamp": NOW}
    reply = server.ask("POST", "/KeyfactorAPI/Enrollment/PFX", body, {"x-certificateformat": "PFX"})
    made = reply.json["CertificateInformation"]
    (tmp_path / "p").write_bytes(base64.b64decode(made["Pkcs12Blob"]))
    text = openssl("pkcs12", "-in", "p", "-passin", f"pass:{made['Password']}", "-nodes", folder=tmp_path)
    assert text.count("BEGIN CERTIFICATE") == 3
    row = server.ask("GET", f"/KeyfactorAPI/Certificates/{made['KeyfactorId']}").json
    assert [each["Value"] for each in row["SubjectAltNameElements"]] == ["play.example.com"]


def test_ansible_grants_a_role_a_collection_on_10(serve):
    server = serve('product: "10.5"\n')
    ask = lambda method, path, body=None: server.ask(method, "/KeyfactorAPI" + path, body)
    made = ask("POST", "/CertificateCollections", {"Name": "Shops", "Description": "d", "Query": 'CN -contains "shop"'}).json
    role = ask("GET", "/Security/Roles").json[0]["Id"]
    assert ask("POST", f"/CertificateCollections/{made['Id']}/Permissions", [{"RoleId": role, "Permissions": ["Read", "Recover"]}]).status == 204
    assert ask("POST", "/CertificateAuthority/PublishCRL", {"CertificateAuthorityLogicalName": "Sub-CA"}).status in (200, 204)
    assert all(type(row["KeyRetention"]) is int for row in ask("GET", "/CertificateAuthority").json)
    identity = ask("POST", "/Security/Identities", {"AccountName": "EXAMPLE\\play"}).json
    assert identity["Roles"] == [] and ask("DELETE", f"/Security/Identities/{identity['Id']}").status == 204


# The synchronisation of metadata with DigiCert and Sectigo: .NET, with types.

TYPED = {"Id": int, "KeyUsage": int, "KeySizeInBits": int, "KeyType": int, "AltKeySizeInBits": int, "CertState": int, "Thumbprint": str,
         "SerialNumber": str, "IssuerDN": str, "NotBefore": str, "NotAfter": str}


@pytest.mark.parametrize("product", ["10.5", "11.6", "24.4", "25.4"])
def test_the_synchronisation_reads_page_after_page_until_one_is_empty(serve, product):
    server = serve(f'product: "{product}"\nestate: {{ from: small, certificates: [ {{ subject: "CN=s-{{n}}.example.com", template: WebServer-1y, count: 230 }} ] }}\n')
    # Since 25 there is no such order.
    order = "IssuedDate" if product == "25.4" else "NotBefore"
    rows, page = [], 1
    while True:
        path = f"/KeyfactorAPI/Certificates?pq.queryString=IssuerDN%20-contains%20%22Sub-CA%22&pq.pageReturned={page}&pq.returnLimit=100" \
            f"&pq.sortField={order}&pq.sortAscending=1&pq.includeExpired=true&includeMetadata=true"
        found = server.ask("GET", path).json
        if not found:
            break
        rows, page = rows + found, page + 1
    assert page == 4 and len({row["Id"] for row in rows}) == len(rows) > 230
    assert [row["NotBefore"] for row in rows] == sorted((row["NotBefore"] for row in rows), reverse=True), "1 is descending"
    for row in rows:
        wrong = {name: row[name] for name, kind in TYPED.items() if (name in row or not name.startswith("Alt")) and type(row[name]) is not kind}
        assert not wrong and (row["CARowIndex"] is None or abs(row["CARowIndex"]) < 2**31), wrong
        assert all(type(value) is str for value in row["Metadata"].values())
    # It drops null and blank values, and sends the others with their types.
    body = {"Id": rows[0]["Id"], "Metadata": {"SiteCode": 5, "Critical": True, "ReviewDate": "2026-11-27"}}
    assert server.ask("PUT", "/KeyfactorAPI/Certificates/Metadata", body).status == 204


# A community script in Python


def test_a_script_parses_the_end_of_each_certificate_and_ends_one(api, enroll):
    number = next(row["Id"] for row in api("GET", "/CertificateCollections") if row["EstimatedCertCount"] is not None)
    rows = api("GET", f"/Certificates?collectionId={number}&ReturnLimit=100") + api("GET", "/Certificates?includeExpired=true")
    assert rows and all(datetime.datetime.strptime(row["NotAfter"], "%Y-%m-%dT%H:%M:%SZ") for row in rows)
    made = enroll()
    assert made["RequestDisposition"] == "ISSUED"
    api("POST", "/Certificates/Revoke", {"CertificateIds": [made["KeyfactorId"]], "Reason": 4, "Comment": "replaced", "EffectiveDate": NOW})
    api("DELETE", f"/Certificates/{made['KeyfactorId']}", status=204)
    api("GET", f"/Certificates/{made['KeyfactorId']}", status=404)


# A bash script with jq


@pytest.mark.parametrize("legacy", [True, False])
def test_jq_finds_the_older_spelling_only_where_it_is_asked_for(serve, legacy):
    server = serve(f"fidelity: {{ legacySpelling: {str(legacy).lower()} }}\n")
    (template,) = [row for row in server.ask("GET", "/KeyfactorAPI/Enrollment/PFX/Context/My").json["Templates"] if row["Name"] == "WebServer-1y"]
    body = {"Subject": "CN=b.example.com", "Template": template["Name"], "CertificateAuthority": template["CAs"][0]["Name"], "KeyType": "RSA",
            "KeyLength": 2048, "IncludeChain": True, "Timestamp": NOW, "SANs": {"dns": ["b.example.com"]}}
    made = server.ask("POST", "/KeyfactorAPI/Enrollment/PFX", body, {"x-certificateformat": "PFX"}).json["CertificateInformation"]
    assert bool(made.get("PKCS12Blob")) == legacy and made["Password"] and made["KeyfactorRequestId"] == 0 and made["WorkflowReferenceId"]


# A portal on 25.5


def test_a_portal_maps_templates_to_patterns_and_enrolls_by_pattern(api, enroll, opened):
    patterns = api("GET", "/EnrollmentPatterns?ReturnLimit=1000")
    number = next(row["Id"] for row in patterns if row["Template"]["CommonName"] == "WebServer-1y" and row["TemplateDefault"])
    names = {"dns": ["p.example.com"], "email": ["a@example.com"], "upn": ["a@corp.example"]}
    made = enroll("CN=p.example.com", Template="", EnrollmentPatternId=number, SANs=names, KeyType="ECC", KeyLength=256, Password=PASSWORD)
    row = api("GET", f"/Certificates/{made['KeyfactorId']}?includeHasPrivateKey=true")
    assert (row["EnrollmentPatternId"], row["KeyTypeString"]) == (number, "ECC")
    assert {(each["Type"], each["Value"]) for each in row["SubjectAltNameElements"]} == {
        (2, "p.example.com"), (1, "a@example.com"), (100, "a@corp.example")}
    file = api("POST", "/Certificates/Download", {"CertID": row["Id"], "IncludeChain": True, "ChainOrder": "EndEntityFirst"}, format="PEM")
    assert re.findall("#CN=(.*)", base64.b64decode(file["Content"]).decode()) == ["p.example.com", "Sub-CA", "Root-CA"]
    new = api("POST", "/Enrollment/Renew?collectionId=0", {"CertificateId": row["Id"], "Timestamp": NOW, "EnrollmentPatternId": number,
                                                            "CertificateAuthority": CA})
    assert new["RequestDisposition"] == "ISSUED" and new["Password"] and new["KeyfactorId"] != row["Id"]
    assert api("POST", "/Certificates/Revoke", {"CertificateIds": [row["Id"]], "Reason": "5", "Comment": "x"})["RevokedIds"] == [row["Id"]]
    api("POST", "/Certificates/Revoke", {"CertificateIds": [row["Id"]], "Reason": "5", "Comment": ""}, 400)


def test_a_portal_tries_again_after_503_and_asks_for_a_new_token_after_401(serve):
    """One more try, writes too; so a lost reply would enroll twice."""
    server = serve("""
auth: { mode: bearer, clients: [ { id: portal, secret: s } ] }
rules:
  - { name: stumbles, operation: POST /Enrollment/PFX, calls: 1, do: [ { refuse: unavailable } ] }
  - { name: lost, operation: POST /Enrollment/PFX, calls: 2, do: [ { break: reset, at: reply } ] }
""")
    login = lambda: server.ask("POST", "/oauth2/token", "grant_type=client_credentials&client_id=portal&client_secret=s",
                               {"Content-Type": "application/x-www-form-urlencoded"}).json["access_token"]
    token = login()

    def enroll(name):
        nonlocal token
        body = {"Subject": f"CN={name}", "Template": "WebServer-1y", "Password": PASSWORD}
        for _ in range(3):
            try:
                reply = server.ask("POST", "/KeyfactorAPI/Enrollment/PFX", body, {"Authorization": f"Bearer {token}", "x-certificateformat": "PFX"})
            except OSError:
                continue
            if reply.status == 401:
                token = login()
            elif reply.status < 500:
                return reply.json["CertificateInformation"]["KeyfactorId"]

    count = lambda name: server.ask("GET", f"/KeyfactorAPI/Certificates?QueryString=IssuedCN%20-eq%20%22{name}%22", headers={
        "Authorization": f"Bearer {token}"}).header("X-Total-Count")
    assert enroll("once.example.com") and count("once.example.com") == "1"
    assert enroll("twice.example.com") and count("twice.example.com") == "2"
    token = "an old one"
    assert enroll("later.example.com") and count("later.example.com") == "1"


# Scripts in PowerShell and Python that come with Command's examples


def test_a_script_changes_an_owner_that_it_has_looked_up(api):
    reply = api("GET", "/Certificates?pq.queryString=IssuedCN%20-eq%20%22www.example.com%22&pq.returnLimit=5000", whole=True)
    assert "x-total-count" in {name.lower() for name, _ in reply.headers} and reply.header("x-total-count") == "1"
    (role,) = api("GET", "/Security/Roles?pq.queryString=name%20-eq%20%22Certificate%20Owners%22")
    number = reply.json[0]["Id"]
    api("PUT", f"/Certificates/{number}/Owner", {"NewRoleId": role["Id"]}, 204)
    assert api("GET", f"/Certificates/{number}")["OwnerRoleName"] == "Certificate Owners"
    assert [row["Name"] for row in api("GET", "/PermissionSets") if row["Name"] == "Global"] == ["Global"]


def test_kfutil_lists_with_locations_and_cannot_read_one(api):
    """With an id it expects a list, and gets the object that every other client reads."""
    rows = api("GET", "/Certificates?includeLocations=true&pq.queryString=")
    assert isinstance(rows, list) and isinstance(api("GET", "/Certificates/3?includeLocations=true"), dict)


# The switch of collections


@pytest.mark.parametrize("word, found", [("filter", 1), ("permission", 9)])
def test_a_collection_filters_or_is_a_matter_of_permissions_alone(serve, word, found):
    server = serve(f"""
fidelity: {{ collectionId: {word} }}
auth:
  users: [ {{ name: some, password: p, permissions: [ /certificates/collections/read/2/ ] }}, {{ name: all, password: p }} ]
""")
    ask = lambda user, number: server.ask("GET", f"/KeyfactorAPI/Certificates?collectionId={number}", headers={"Authorization": basic(user, "p")})
    assert len(ask("all", 2).json) == found and len(ask("all", 0).json) == 9
    # Who may see the collection alone sees no more than the collection, whatever the switch.
    assert len(ask("some", 2).json) == 1 and ask("some", 3).status == 403
    assert ask("all", 99).status == 404
