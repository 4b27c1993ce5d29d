"""Enrollment patterns of 25, as Terraform, cert-manager's issuer and scripts use them."""

import pytest

from support.mock import basic

PATH = "/KeyfactorAPI/EnrollmentPatterns"
# As recorded from 25.4.1 and 25.5.1.
ORDER = [
    "Id", "Name", "Description", "Template", "TemplateDefault", "UseADPermissions", "AssociatedRoles", "CertificateAuthorities",
    "AllowedEnrollmentTypes", "Regexes", "MetadataFields", "RestrictCAs", "Policies", "Defaults", "EnrollmentFields",
]
NEW = {
    "Name": "Web-Servers", "Template": 1, "AssociatedRoles": ["Administrator"], "CertificateAuthorities": [2], "AllowedEnrollmentTypes": 3,
    "Regexes": [{"SubjectPart": "CN", "Regex": ".+", "Error": "a name is needed", "CaseSensitive": True}], "RestrictCAs": True,
    "MetadataFields": [{"MetadataId": 1, "Enrollment": 1}], "Defaults": [{"SubjectPart": "O", "Value": "Example"}],
    "Policies": {"AllowWildcards": False, "CertificateOwnerRole": 1, "KeyInfo": {"RSA": {"bit_lengths": [4096]}}},
}


@pytest.mark.parametrize("product", ["10.5", "11.6", "12.3", "24.4"])
def test_earlier_releases_have_none(serve, product):
    assert serve(f'product: "{product}"').ask("GET", PATH).status == 404


def test_members_and_their_order(serve):
    server = serve()
    reply = server.ask("GET", PATH)
    assert reply.header("X-Total-Count") == "3" and [list(each) for each in reply.json] == [ORDER] * 3
    pattern = server.get("/EnrollmentPatterns/3")
    assert pattern == reply.json[2]
    assert pattern["Template"] == {
        "Id": 3, "TemplateName": "Server-Approval", "CommonName": "Server-Approval", "ConfigurationTenant": "example", "RequiresApproval": True,
        "FriendlyName": None}
    assert pattern["CertificateAuthorities"][0] == {
        "Id": 1, "LogicalName": "Sub-CA", "HostName": "ca.example", "ConfigurationTenant": "example"}
    assert list(pattern["Policies"]) == [
        "AllowKeyReuse", "AllowWildcards", "RFCEnforcement", "CertificateOwnerRole", "DefaultCertificateOwnerRoleId",
        "DefaultCertificateOwnerRoleName", "DefaultCertificateOwnerOverride", "KeyInfo", "PrimaryKeyAlgorithms", "AlternativeKeyAlgorithms"]
    assert pattern["Policies"]["KeyInfo"]["Ed25519"] == {"bit_lengths": [255], "curves": []} and pattern["Policies"]["KeyInfo"]["MLDSA44"] is None


@pytest.mark.parametrize("query, names", [
    ('Name -eq "client-1y"', ["Client-1y"]), ("AllowedEnrollmentType -eq 1", ["WebServer-1y", "Client-1y", "Server-Approval"]),
    ('AllowedEnrollmentType -eq "CSR" AND Name -startswith "Web"', ["WebServer-1y"]), ("AllowedEnrollmentType -eq 8", []),
])
def test_scripts_find_a_pattern_by_name_and_by_what_it_allows(serve_module, query, names):
    server = serve_module()
    assert [each["Name"] for each in server.get("/EnrollmentPatterns?QueryString=" + query.replace(" ", "%20").replace('"', "%22"))] == names


def test_a_pattern_lives_from_post_to_delete(serve):
    server = serve()
    made = server.ask("POST", PATH, NEW)
    assert made.status == 200 and list(made.json) == ORDER and made.json["Id"] == 4
    assert made.json["AssociatedRoles"] == [{"Id": 1, "Name": "Administrator"}]
    assert made.json["Regexes"] == NEW["Regexes"] and made.json["Defaults"] == NEW["Defaults"]
    assert made.json["Policies"]["PrimaryKeyAlgorithms"] == [{"name": "RSA", "bit_lengths": [4096], "curves": []}]
    changed = server.ask("PUT", PATH + "/4", {"Name": "Web", "Policies": {}})
    assert changed.status == 200 and changed.json["Template"]["Id"] == 1 and changed.json["AllowedEnrollmentTypes"] == 0
    assert changed.json["Regexes"] == changed.json["CertificateAuthorities"] == changed.json["AssociatedRoles"] == []
    assert server.ask("DELETE", PATH + "/4").status == 204 and server.ask("GET", PATH + "/4").status == 404


@pytest.mark.parametrize("method, path", [("POST", ""), ("PUT", "/1")])
def test_policies_cannot_be_empty(serve, method, path):
    body = {name: value for name, value in NEW.items() if name != "Policies"}
    reply = serve().ask(method, PATH + path, body)
    assert reply.status == 400 and reply.json["Message"] == "'Policies' cannot be empty"


def test_a_template_has_one_default_pattern(serve):
    server = serve()
    assert server.ask("POST", PATH, {**NEW, "TemplateDefault": True}).json["TemplateDefault"] is True
    defaults = {each["Name"]: each["TemplateDefault"] for each in server.get("/EnrollmentPatterns")}
    assert defaults == {"WebServer-1y": False, "Client-1y": True, "Server-Approval": True, "Web-Servers": True}


def test_settings_and_metadata_are_the_patterns_own_over_those_of_all(serve):
    server = serve()
    common = {"Regexes": [{"SubjectPart": "CN", "Regex": "x"}, {"SubjectPart": "OU", "Regex": "y"}], "Defaults": [],
              "Policies": {"AllowKeyReuse": True, "AllowWildcards": True, "RFCEnforcement": True, "CertificateOwnerRole": 0, "KeyInfo": {}}}
    assert server.ask("PUT", PATH + "/Settings", common).status == 200
    assert server.get("/Templates/Settings")["TemplatePolicy"]["AllowKeyReuse"] is True
    made = server.ask("POST", PATH, NEW).json
    settings = server.get(f"/EnrollmentPatterns/{made['Id']}/Settings")
    assert sorted((each["SubjectPart"], each["Regex"]) for each in settings["Regexes"]) == [("CN", ".+"), ("OU", "y")]
    assert [settings["Policies"][name] for name in ("AllowKeyReuse", "AllowWildcards", "RFCEnforcement")] == [True, False, True]
    rules = {each["MetadataId"]: each["Enrollment"] for each in server.get(f"/EnrollmentPatterns/{made['Id']}/Metadata")}
    assert len(rules) == 14 and rules[1] == 1 and rules[2] == 0
    assert server.get("/EnrollmentPatterns/SubjectParts") == server.get("/Templates/SubjectParts")


def test_permissions(serve):
    server = serve("auth: { mode: basic, users: [ { name: issuer, password: p, permissions: [ /enrollment_pattern/read/ ] } ] }")
    server.headers["Authorization"] = basic("issuer", "p")
    assert server.ask("GET", PATH).status == 200 and server.ask("POST", PATH, NEW).status == 403
    assert server.ask("GET", "/KeyfactorAPI/Templates").status == 403
