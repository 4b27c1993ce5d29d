"""Who may enroll for what, and what follows an enrollment: roles of patterns, keys that are used twice, deliveries that wait."""

import base64

import pytest

from certificates.conftest import CA, STORE, pfx


def test_what_a_waiting_request_becomes_is_deployed_when_it_is_issued(anywhere):
    ask = anywhere()
    number = pfx(ask, Template="Server-Approval").json["CertificateInformation"]["KeyfactorRequestId"]
    reply = ask("POST", "/Enrollment/PFX/Deploy", {"Password": "x", "RequestId": number, "StoreIds": [STORE, "00000000-0000-0000-0000-000000000001"],
                                                   "StoreTypes": [{"StoreTypeId": 2, "Alias": "later"}]})
    assert reply.json == {"SuccessfulStores": [STORE], "FailedStores": ["00000000-0000-0000-0000-000000000001"]}, reply.body
    (row,) = [row for row in ask("GET", "/_mock/estate").json["certificateRequests"] if row["id"] == number]
    assert row["deliveries"] == [{"store": STORE, "alias": "later", "overwrite": False}]
    look = lambda: [entry["Name"] for _ in range(3) for entry in ask("GET", f"/CertificateStores/{STORE}/Inventory").json]
    assert "later" not in look()
    ask("POST", "/Workflow/Certificates/Approve", [number])
    assert "later" in look()
    # One that waits without a key of the server's cannot be deployed.
    denied = ask("POST", "/Enrollment/PFX/Deploy", {"Password": "x", "RequestId": 3, "StoreIds": [STORE]})
    assert (denied.status, denied.json["ErrorCode"]) == (400, "0xA0110002")


@pytest.mark.parametrize("path", ["/Enrollment/PFX", "/Enrollment/CSR", "/Enrollment/PFX/Deploy"])
def test_a_wrong_method_is_named_with_the_right_one(anywhere, path):
    why = anywhere()("GET", path).header("X-Mock-Why")
    assert why == f"GET /KeyfactorAPI{path} is not served: this path has POST"


SCOPED = """
estate:
  enrollmentPatterns: [ { name: Teams, template: WebServer-1y, roles: [ Team ], allowedEnrollmentTypes: 7 } ]
  roles: [ { name: Team, permissions: [ /certificates/, /enrollment_pattern/read/ ] }, { name: Others, permissions: [ /certificates/, /enrollment_pattern/read/ ] } ]
auth: { mode: basic, users: [ { name: in, password: x, roles: [ Team ] }, { name: out, password: x, roles: [ Others ] }, { name: all, password: x } ] }
"""


@pytest.mark.parametrize("user, status", [("in", 200), ("out", 400), ("all", 200)])
def test_by_a_pattern_with_roles_only_they_enroll(anywhere, user, status):
    ask = anywhere(SCOPED)
    login = {"Authorization": "Basic " + base64.b64encode(f"{user}:x".encode()).decode()}
    number = next(row["Id"] for row in ask("GET", "/EnrollmentPatterns", **login).json if row["Name"] == "Teams")
    body = {"Subject": "CN=b.example.org", "EnrollmentPatternId": number, "CertificateAuthority": CA, "Password": "x"}
    reply = ask("POST", "/Enrollment/PFX", body, x_certificateformat="PFX", **login)
    assert reply.status == status, reply.body
    assert status == 200 or "has none of the roles of the enrollment pattern 'Teams'" in reply.json["Message"]


@pytest.mark.parametrize("reuse, status", [("true", 200), ("false", 400)])
def test_a_key_is_used_twice_where_that_is_allowed(anywhere, csr, reuse, status):
    ask = anywhere(f"estate: {{ enrollmentPatterns: [ {{ name: WebServer-1y, template: WebServer-1y, policies: {{ allowKeyReuse: {reuse} }} }} ] }}\n")
    body = {"CSR": csr(), "Template": "WebServer-1y", "CertificateAuthority": CA}
    assert [ask("POST", "/Enrollment/CSR", body, x_certificateformat="PEM").status for _ in range(2)] == [200, status]


def test_the_names_of_a_request_have_their_kind_in_words(anywhere):
    row = anywhere()("GET", "/Workflow/Certificates/1").json
    assert row["SubjectAltNames"] == [{"Value": "pending-1.example.com", "Type": "DNS Name"}]


def test_an_audit_says_who_may_what_and_from_which_provider(anywhere):
    ask = anywhere("""
estate:
  claims: [ { id: 100, type: OAuthSubject, value: web-team, scheme: Idp, description: the web team } ]
  roles: [ { name: WebTeam, permissions: [ /certificates/collections/read/3/ ], claims: [ 100 ] } ]
""")
    audit = lambda number: [row for row in ask("GET", f"/Certificates/IdentityAudit/{number}", x_keyfactor_api_version="2").json
                            if row["Identity"]["ClaimValue"] == "web-team"]
    (row,) = audit(3)
    assert row["Permissions"] == [{"Name": "Read", "GrantedBy": "WebTeam"}]
    provider = ask("GET", "/Security/Claims").json[0]["Provider"]
    assert row["Identity"]["Provider"] == {"Id": provider["Id"], "Name": "Idp"}
    assert audit(1) == [], "the root is not in the collection"
    roles = {role["Name"]: role["Permissions"] for role in ask("GET", "/Certificates/3/Security").json["Roles"]}
    assert roles["WebTeam"] == ["Read"]


def test_enrollment_fields_have_ids(anywhere):
    ask = anywhere("""
product: "24.4"
estate: { templates: [ { name: WebServer-1y, enrollmentFields: [ { name: Cost }, { id: 7, name: Team }, { name: Why } ] } ] }
""")
    template = next(row for row in ask("GET", "/Enrollment/PFX/Context/My").json["Templates"] if row["Name"] == "WebServer-1y")
    assert [(field["Id"], field["Name"]) for field in template["EnrollmentFields"]] == [(8, "Cost"), (7, "Team"), (9, "Why")]
    assert [field["Id"] for field in ask("GET", "/Templates/1").json["EnrollmentFields"]] == [8, 7, 9]
