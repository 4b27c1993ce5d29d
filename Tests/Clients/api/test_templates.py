"""Certificate templates, as Terraform, Go clients and scripts use them."""

import pytest

from support.mock import RELEASES

PATH = "/KeyfactorAPI/Templates"
# As recorded from 25.4.1.
ORDER = [
    "Id", "CommonName", "TemplateName", "Oid", "KeySize", "KeyType", "ForestRoot", "ConfigurationTenant", "FriendlyName", "KeyRetention",
    "KeyRetentionDays", "KeyArchival", "EnrollmentFields", "MetadataFields", "AllowedEnrollmentTypes", "TemplateRegexes", "TemplateDefaults",
    "TemplatePolicy", "KeyAlgorithms", "UseAllowedRequesters", "AllowedRequesters", "DisplayName", "RFCEnforcement", "RequiresApproval",
    "KeyUsage", "ExtendedKeyUsages", "Curve", "AllowOneClickRenewals", "KeyTypes", "CertificateCleanupEnabled", "TimeAfterExpiration",
    "TimeAfterExpirationUnits", "DeleteWithArchivedKey", "Manageability",
]
RULES = """
estate:
  templates:
    - name: Client-1y
      regexes: [ { subjectPart: CN, regex: "[a-z]+", error: only letters } ]
      defaults: [ { subjectPart: O, value: Example } ]
      policy: { allowWildcards: false, keys: [ { name: RSA, bitLengths: [ 4096 ] }, { name: ECDSA, curves: [ 1.3.132.0.34 ] } ] }
      metadataFields: [ { field: Owner, enrollment: Required } ]
      enrollmentFields: [ { id: 4, name: Cost, options: [ a, b ], dataType: MultipleChoice } ]
"""


@pytest.fixture(scope="module", params=RELEASES)
def release(request, serve_module):
    server = serve_module(f'product: "{request.param}"\n' + RULES)
    server.product = request.param
    return server


def test_members_and_their_order(release):
    found = list(release.get("/Templates/1"))
    added = {"CertificateCleanupEnabled", "TimeAfterExpiration", "TimeAfterExpirationUnits", "DeleteWithArchivedKey", "Manageability"}
    lacking = {"10.5": added | {"KeyAlgorithms", "AllowOneClickRenewals"}, "25.4": set()}.get(release.product, added)
    assert found == [name for name in ORDER if name not in lacking]


def test_scripts_ask_for_5000_and_a_go_client_with_a_slash(release):
    reply = release.ask("GET", PATH + "?ReturnLimit=5000")
    assert reply.header("x-total-count") == "4" and len(reply.json) == 4
    assert release.ask("GET", PATH + "/?sq.returnLimit=2&sq.pageReturned=2").json == reply.json[2:]
    for template in reply.json:
        # Terraform and kfutil read these types.
        assert isinstance(template["KeySize"], str) and isinstance(template["KeyRetention"], str)
        assert isinstance(template["AllowedEnrollmentTypes"], int) and isinstance(template["AllowedRequesters"], list)


def test_the_samples(release):
    found = {each["CommonName"]: (each["Id"], each["RequiresApproval"], each["AllowedEnrollmentTypes"]) for each in release.get("/Templates")}
    types = 0 if release.product == "25.4" else 7
    assert found == {
        "WebServer-1y": (1, False, types), "Client-1y": (2, False, types), "Server-Approval": (3, True, types), "Legacy-Off": (4, False, 0)}


def test_in_25_a_template_shows_nothing_of_enrollment(release):
    template = release.get("/Templates/2")
    if release.product == "25.4":
        assert [template[name] for name in (
            "EnrollmentFields", "MetadataFields", "AllowedEnrollmentTypes", "TemplateRegexes", "TemplateDefaults", "TemplatePolicy")] == [
            [], [], 0, [], [], None]
    else:
        assert template["TemplateRegexes"] == [{"TemplateId": 2, "SubjectPart": "CN", "Regex": "[a-z]+", "Error": "only letters"}]
        assert template["TemplateDefaults"] == [{"SubjectPart": "O", "Value": "Example"}]
        assert template["MetadataFields"][0] == {
            "Id": 0, "MetadataId": 1, "DefaultValue": None, "Validation": None, "Enrollment": 1, "Message": None}
        assert template["EnrollmentFields"] == [{"Id": 4, "Name": "Cost", "Options": ["a", "b"], "DataType": 2}]


def test_a_policy_has_sizes_in_10_and_kinds_of_key_later(release):
    policy = release.get("/Templates/2")["TemplatePolicy"]
    if release.product == "10.5":
        assert (policy["RSAValidKeySizes"], policy["ECCValidCurves"]) == ([4096], ["1.3.132.0.34"]) and "KeyInfo" not in policy
    elif release.product != "25.4":
        assert policy["KeyInfo"] == {
            "ECDSA": {"BitLengths": [], "Curves": ["1.3.132.0.34"]}, "RSA": {"BitLengths": [4096], "Curves": []}, "Ed448": None, "Ed25519": None}
        assert policy["TemplateId"] == 2 and policy["AllowWildcards"] is False and policy["AllowKeyReuse"] is None


def test_kinds_of_key_have_small_letters_inside_in_25(serve):
    keys = serve().get("/Templates/1")["KeyAlgorithms"]
    assert list(keys) == ["TemplateId", "KeyInfo", "PrimaryKeyAlgorithms", "AlternativeKeyAlgorithms"]
    assert list(keys["KeyInfo"]) == ["ECDSA", "RSA", "Ed448", "Ed25519", "MLDSA44", "MLDSA65", "MLDSA87"]
    assert keys["KeyInfo"]["RSA"] == {"name": "RSA", "bit_lengths": [2048, 3072, 4096], "curves": []}


@pytest.mark.parametrize("product", ["10.5", "11.6", "24.4"])
def test_a_put_clears_what_it_leaves_out_so_that_terraform_sends_all(serve, product):
    server = serve(f'product: "{product}"\n' + RULES)
    before = server.get("/Templates/2")
    again = server.ask("PUT", PATH, {**before, "FriendlyName": "Clients"})
    assert again.status == 200 and again.json == {**before, "FriendlyName": "Clients"}
    cleared = server.ask("PUT", PATH, {"Id": 2}).json
    kept = ["CommonName", "TemplateName", "Oid", "ExtendedKeyUsages", "KeyTypes", "DisplayName"]
    assert {name: cleared[name] for name in kept} == {name: before[name] for name in kept}
    assert [cleared[name] for name in ("FriendlyName", "TemplateRegexes", "TemplatePolicy", "AllowedEnrollmentTypes", "KeyRetention", "KeyUsage")] == [
        None, [], None, 0, "None", 0]


@pytest.mark.parametrize("policies", [{}, {"Policies": None}], ids=["left out", "null"])
def test_25_wants_policies(serve, policies):
    reply = serve().ask("PUT", PATH, {"Id": 1, "FriendlyName": "x", **policies})
    assert reply.status == 400 and reply.json["Message"] == "'Policies' cannot be empty"


def test_25_takes_a_template_with_policies_and_keeps_what_patterns_have(serve):
    server = serve()
    template = server.get("/Templates/1")
    reply = server.ask("PUT", PATH, {**template, "FriendlyName": "Web", "Policies": {"AllowKeyReuse": False}})
    assert reply.status == 200 and reply.json == {**template, "FriendlyName": "Web"}
    assert server.get("/EnrollmentPatterns/1")["AllowedEnrollmentTypes"] == 7


def test_a_key_usage_that_is_true_gets_the_text_of_the_json_reader(serve):
    reply = serve().ask("PUT", PATH, {"Id": 1, "KeyUsage": True, "Policies": {}})
    assert reply.status == 400 and reply.json["Message"] == "Unexpected character encountered while parsing value: t. Path 'KeyUsage'"


def test_settings_are_replaced_as_a_whole(serve):
    server = serve('product: "11.6"')
    key_info = {"RSA": {"BitLengths": [2048]}, "ECDSA": None}
    policy = {"AllowKeyReuse": True, "AllowWildcards": False, "RFCEnforcement": True, "KeyInfo": key_info}
    settings = {"TemplateRegexes": [{"SubjectPart": "CN", "Regex": ".+", "Error": "needed"}], "TemplateDefaults": [], "TemplatePolicy": policy}
    reply = server.ask("PUT", PATH + "/Settings", settings)
    assert reply.status == 200 and reply.json == server.get("/Templates/Settings")
    assert reply.json["TemplateRegexes"] == settings["TemplateRegexes"] and reply.json["TemplatePolicy"]["AllowWildcards"] is False
    assert server.ask("PUT", PATH + "/Settings", {"TemplateRegexes": []}).status == 400


def test_parts_of_subjects_and_imports(release):
    parts = {each["SubjectPart"] for each in release.get("/Templates/SubjectParts")}
    assert {"CN", "O", "OU", "L", "ST", "C"} <= parts
    assert release.ask("POST", PATH + "/Import", {"ConfigurationTenant": "example"}).status == 204
    assert release.ask("GET", PATH + "/CADetails/1").status == (200 if release.product == "25.4" else 404)
