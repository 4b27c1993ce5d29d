"""Certificate authorities, as Terraform, an Ansible module and scripts use them."""

import json
import re

import pytest

from support.mock import RELEASES

PATH = "/KeyfactorAPI/CertificateAuthority"
# As recorded from 25.4.1.
ORDER = [
    "Id", "LogicalName", "HostName", "Delegate", "UseCAConnector", "ConnectorPool", "DelegateEnrollment", "ForestRoot", "ConfigurationTenant",
    "Remote", "Agent", "AgentName", "AgentUsername", "Standalone", "MonitorThresholds", "IssuanceMax", "IssuanceMin", "DenialMax",
    "FailureMax", "RFCEnforcement", "Properties", "AllowedEnrollmentTypes", "KeyRetention", "KeyRetentionDays", "ExplicitCredentials",
    "SubscriberTerms", "ExplicitUser", "ExplicitPassword", "UseAllowedRequesters", "AllowedRequesters", "FullScan", "IncrementalScan",
    "ThresholdCheck", "CAType", "AuthCertificate", "EnforceUniqueDN", "AllowOneClickRenewals", "NewEndEntityOnRenewAndReissue", "TokenURL",
    "ClientId", "Scope", "Audience", "ClientSecret", "LastScan", "CertificateCleanupEnabled", "TimeAfterExpiration",
    "TimeAfterExpirationUnits", "DeleteWithArchivedKey", "UseForEnrollment",
]
MASKED = {"SecretValue": "********************", "Parameters": {}, "Provider": None}
NEW = {"LogicalName": "Issuing-1", "HostName": "pki.example", "CAType": 1, "FullScan": {"Daily": {"Time": "2026-11-22T02:00:00Z"}}}


@pytest.fixture(scope="module", params=RELEASES)
def release(request, serve_module):
    server = serve_module(f'product: "{request.param}"')
    server.product = request.param
    return server


def test_25_sends_the_members_that_were_recorded_in_their_order(serve):
    authority = serve().get("/CertificateAuthority/1")
    assert list(authority) == ORDER
    assert (authority["LogicalName"], authority["HostName"], authority["KeyRetention"], authority["CAType"]) == ("Sub-CA", "ca.example", 1, 1)
    assert json.loads(authority["Properties"]) == {"syncExternal": False}
    assert authority["FullScan"] == {"Interval": {"Minutes": 60}} and authority["ThresholdCheck"] is None


def test_the_last_scan_has_seven_digits_and_no_zone(release):
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}", release.get("/CertificateAuthority/1")["LastScan"])


def test_earlier_releases_list_scans_as_tasks(release):
    authority = release.get("/CertificateAuthority/2")
    assert ("ClientSecret" in authority) == (release.product == "25.4") == ("CASyncScheduledTasks" not in authority)
    assert ("AllowOneClickRenewals" in authority) == (release.product != "10.5")
    if release.product != "25.4":
        assert [(each["ScanType"], each["Schedule"]) for each in authority["CASyncScheduledTasks"]] == [(1, "I_60"), (2, "I_10")]


def test_the_list(release):
    reply = release.ask("GET", PATH + "?pq.queryString=LogicalName%20-contains%20%22CA%22")
    assert [each["LogicalName"] for each in reply.json] == ["Sub-CA", "NoKeep-CA"] and reply.header("X-Total-Count") == "2"


@pytest.mark.parametrize("product, status", [("10.5", 404), ("11.6", 404), ("12.3", 200), ("25.4", 200)])
def test_old_releases_refuse_a_list_of_none(serve, product, status):
    reply = serve(f'product: "{product}"\nestate: {{ from: empty }}').ask("GET", PATH)
    assert reply.status == status and (reply.json == [] or reply.json["ErrorCode"] == "0xA0130000")


def test_a_put_clears_a_scan_that_terraform_leaves_out(serve):
    server = serve()
    made = server.ask("POST", PATH + "?forceSave=true", NEW)
    assert made.status == 200 and made.json["Id"] == 3 and list(made.json["FullScan"]) == ["Daily"]
    again = server.ask("PUT", PATH, {**NEW, "Id": 3, "FullScan": None, "KeyRetention": "Indefinite"})
    assert again.status == 200 and again.json["FullScan"] is None and again.json["KeyRetention"] == 1
    assert server.get("/CertificateAuthority/3") == again.json


def test_secrets_are_masked_and_never_written(serve):
    server = serve()
    secrets = {"ExplicitPassword": {"SecretValue": "hush-password"}, "ClientSecret": {"SecretValue": "hush-client"}, "ClientId": "app"}
    made = server.ask("POST", PATH, {**NEW, **secrets, "AuthCertificatePassword": {"SecretValue": "hush-key"}}).json
    assert made["ExplicitPassword"] == made["ClientSecret"] == MASKED
    kept = server.ask("PUT", PATH, made).json
    assert kept == made
    gone = server.ask("PUT", PATH, {**made, "ExplicitPassword": None}).json
    assert gone["ExplicitPassword"] is None and gone["ClientSecret"] == MASKED
    for path in "/_mock/requests", "/_mock/estate":
        assert b"hush" not in server.ask("GET", path).body
    assert "hush" not in server.errors


@pytest.mark.parametrize("oauth", [{"ClientId": "app"}, {"TokenURL": "https://id.example"}, {"ClientSecret": {"SecretValue": "x"}}], ids=str)
def test_two_ways_to_log_in_are_one_too_many(serve, oauth):
    reply = serve().ask("POST", PATH, {**NEW, **oauth, "AuthCertificate": {"SecretValue": "MIIB"}})
    assert reply.status == 400 and reply.json == {
        "ErrorCode": "0xA011000F",
        "Message": "Fields for OAuth and Client Certificate Authentication cannot both be provided for the same CA."}


def test_an_authority_with_certificates_stays(serve):
    server = serve('estate: { certificates: [ { subject: CN=a, issuer: "CN=Sub-CA,O=Example" } ] }')
    reply = server.ask("DELETE", PATH + "/1")
    assert reply.status == 400 and reply.json["ErrorCode"] == "0xA0110029"
    assert server.ask("DELETE", PATH + "/2").status == 204
    assert [each["Id"] for each in server.get("/EnrollmentPatterns/1")["CertificateAuthorities"]] == [1]


def test_a_revocation_list_is_published_by_an_authority_that_exists(release):
    known = {"CertificateAuthorityLogicalName": "sub-ca", "CertificateAuthorityHostName": "ca.example"}
    assert release.ask("POST", PATH + "/PublishCRL", known).status == 204
    assert release.ask("POST", PATH + "/PublishCRL", {"CertificateAuthorityLogicalName": "Sub-CA"}).status == 204
    reply = release.ask("POST", PATH + "/PublishCRL", {**known, "CertificateAuthorityHostName": "elsewhere"})
    assert reply.status == 400 and "CA does not exist" in reply.json["Message"]


def test_what_else_is_asked(release):
    assert release.get("/CertificateAuthority/SourceCount") == 2 and release.get("/CertificateAuthority/AvailableForests") == ["example"]
    assert list(release.get("/CertificateAuthority/HealthMonitoring/Schedule")) == [
        "Id", "Schedule", "ScheduleType", "Enabled", "Name", "EntityId", "LastRun"]
    assert release.ask("POST", PATH + "/Import?dns=example").status == 204
    reached = release.ask("POST", PATH + "/Test", {"LogicalName": "Sub-CA", "HostName": "ca.example"}).json
    missed = release.ask("POST", PATH + "/Test", {"LogicalName": "Sub-CA", "HostName": "elsewhere"}).json
    assert (reached["Success"], missed["Success"]) == (True, False) and list(reached) == ["Success", "Message"]


@pytest.mark.parametrize("name", ["CAHealthRecipients", "CAThresholdRecipients"])
def test_recipients_live_from_post_to_delete(serve, name):
    server, path = serve(), f"/AlertRecipients/{name}"
    assert server.get("/CertificateAuthority" + path) == []
    assert server.ask("POST", PATH + path, {"Emails": ["a@example.com", "b@example.com"]}).json == [
        {"Id": 1, "Email": "a@example.com"}, {"Id": 2, "Email": "b@example.com"}]
    assert server.ask("POST", PATH + path, {"Emails": ["A@example.com"]}).status == 400
    assert server.ask("PUT", PATH + path + "/2", {"Email": "c@example.com"}).json == {"Id": 2, "Email": "c@example.com"}
    assert server.ask("DELETE", PATH + path + "/1").status == 204
    assert server.get("/CertificateAuthority" + path) == [{"Id": 2, "Email": "c@example.com"}]
