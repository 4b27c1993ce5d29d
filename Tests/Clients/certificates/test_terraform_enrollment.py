"""The life of a certificate as Terraform's provider leads it, through keyfactor-go-client 3: an apply, a refresh that changes nothing, an end."""

import base64
import datetime
import re

import pytest

from certificates.conftest import CA, PASSWORD, openssl
from support.go_client import GoError, decode
from support.mock import RELEASES

CONTEXT = {
    "Id": int, "Thumbprint": str, "SerialNumber": str, "IssuedDN": str, "IssuedCN": str, "ImportDate": str, "NotBefore": str, "NotAfter": str,
    "IssuerDN": str, "PrincipalId": str, "TemplateId": int, "CertState": int, "KeySizeInBits": int, "KeyType": int, "RequesterId": int,
    "IssuedOU": str, "IssuedEmail": str, "KeyUsage": int, "SigningAlgorithm": str, "CertStateString": str, "KeyTypeString": str,
    "RevocationEffDate": str, "RevocationReason": int, "RevocationComment": str, "CertificateAuthorityId": int,
    "CertificateAuthorityName": str, "TemplateName": str, "ArchivedKey": bool, "HasPrivateKey": bool, "PrincipalName": str,
    "CertRequestId": int, "RequesterName": str, "ContentBytes": str, "KeyRecoverable": bool, "Curve": str,
    "ExtendedKeyUsages": [{"Id": int, "Oid": str, "DisplayName": str}],
    "SubjectAltNameElements": [{"Id": int, "Value": str, "Type": int, "ValueHash": str}],
    "CRLDistributionPoints": [{"Id": int, "Url": str, "UrlHash": str}], "LocationsCount": [{"Type": str, "Count": int}],
    "SSLLocations": [{"StorePath": str, "AgentPool": str, "IPAddress": str, "Port": int, "NetworkName": str}],
    "Locations": [{"StoreMachine": str, "StorePath": str, "StoreType": int, "Alias": str, "ChainLevel": int, "CertStoreId": str}]}
PFX = {"SuccessfulStores": [str], "CertificateInformation": {
    "SerialNumber": str, "IssuerDN": str, "Thumbprint": str, "KeyfactorId": int, "KeyfactorRequestId": int, "PKCS12Blob": str, "Password": str,
    "RequestDisposition": str, "DispositionMessage": str}}
CSR = {"CertificateInformation": {
    "SerialNumber": str, "IssuerDN": str, "Thumbprint": str, "KeyfactorID": int, "KeyfactorRequestId": int, "Certificates": [str],
    "RequestDisposition": str, "DispositionMessage": str}}
PENDING = [{"Id": int, "CARequestId": str, "CommonName": str, "State": int, "StateString": str}]
FLAGS = "includeHasPrivateKey=true&includeLocations=true&includeMetadata=true"


class Provider:
    """keyfactor_certificate, in a world of its own. `refresh` reads what is kept in the state."""

    def __init__(self, server, world="default"):
        self.server, self.world = server, world

    def ask(self, shape, method, path, body=None, format=None, version="1"):
        headers = {"X-Mock-World": self.world, "x-keyfactor-api-version": version, "Content-Type": "application/json"}
        headers |= {"x-certificateformat": format} if format else {}
        reply = self.server.ask(method, "/KeyfactorAPI/" + path, body, headers)
        if reply.status not in (200, 204):
            raise GoError(reply.status, reply.json["Message"])
        return decode(shape, reply.json) if shape else reply.json if reply.body else None

    @staticmethod
    def _enrollment(**more):
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"PopulateMissingValuesFromAD": False, "IncludeChain": True, "RenewalCertificateId": None, "CertificateAuthority": CA,
                "Metadata": {}, "AdditionalEnrollmentFields": {}, "Timestamp": now, "SANs": {}, **more}

    def create(self, name, **more):
        """With a key of the server's: the file stays in the state, under the password that the configuration says."""
        body = self._enrollment(Subject=f"CN={name}", Password=PASSWORD, CustomFriendlyName=name, **{"Template": "WebServer-1y", **more})
        return self.ask(PFX, "POST", "Enrollment/PFX", body, "STORE", "2")["CertificateInformation"]

    def sign(self, csr, **more):
        body = self._enrollment(CSR=csr, **{"Template": "WebServer-1y", **more})
        return self.ask(CSR, "POST", "Enrollment/CSR", body, "PEM")["CertificateInformation"]

    def context(self, number):
        """The certificate; its metadata must be texts, or the provider panics."""
        sent = self.ask(None, "GET", f"Certificates/{number}?{FLAGS}")
        assert sent["PrincipalId"] is None and all(type(value) is str for value in sent["Metadata"].values())
        return decode(CONTEXT, sent) | {"Metadata": sent["Metadata"]}

    def find(self, query):
        return self.ask([CONTEXT], "GET", f"Certificates?pq.queryString={query.replace(' ', '%20').replace(chr(34), '%22')}&{FLAGS}")

    def refresh(self, number):
        """Key, certificate and chain, in the order in which its reader takes them, or without a key."""
        context = self.context(number)
        if not context["HasPrivateKey"]:
            body = {"CertID": number, "IncludeChain": True, "ChainOrder": "EndEntityFirst"}
            return context, base64.b64decode(self.ask(None, "POST", "Certificates/Download", body, "P7B")["Content"])
        body = {"CertID": number, "Password": PASSWORD, "IncludeChain": True}
        return context, base64.b64decode(self.ask(None, "POST", "Certificates/Recover", body, "PFX")["PFX"])

    def destroy(self, number):
        body = {"CertificateIds": [number], "Reason": 5, "Comment": "Destroyed by Terraform", "EffectiveDate": None, "CollectionId": 0}
        return self.ask(None, "POST", "Certificates/Revoke", body)["RevokedIds"]


@pytest.fixture(params=RELEASES, scope="module")
def release(request, serve_module):
    return Provider(serve_module(f'client: terraform\nproduct: "{request.param}"\n'))


@pytest.fixture
def provider(mock, api):
    return Provider(mock, api.world)


def labels(file, folder, password=PASSWORD):
    """What a PKCS#12 holds, in its own order."""
    (folder / "file.p12").write_bytes(file)
    text = openssl("pkcs12", "-in", "file.p12", "-passin", f"pass:{password}", "-nodes", folder=folder)
    return re.findall("BEGIN ([A-Z ]*)-", text), re.findall("subject=(?:.*, )?CN = (.*)", text)


def test_a_certificate_is_made_refreshed_and_destroyed(release, tmp_path):
    made = release.create("tf.example.com", SANs={"dns": ["tf.example.com"], "ip4": ["10.0.0.1"], "uri": ["https://tf/"]})
    assert made["RequestDisposition"] == "ISSUED" and made["Password"] == ""
    chain = (["PRIVATE KEY"] + ["CERTIFICATE"] * 3, ["tf.example.com", "Sub-CA", "Root-CA"])
    assert labels(base64.b64decode(made["PKCS12Blob"]), tmp_path) == chain
    for _ in range(2):
        context, file = release.refresh(made["KeyfactorId"])
        assert labels(file, tmp_path) == chain
        assert (context["Thumbprint"], context["SerialNumber"], context["CertRequestId"]) == (made["Thumbprint"], made["SerialNumber"], 0)
        assert sorted(each["Value"] for each in context["SubjectAltNameElements"]) == ["10.0.0.1", "https://tf/", "tf.example.com"]
    assert release.destroy(made["KeyfactorId"]) == [made["KeyfactorId"]]
    assert release.context(made["KeyfactorId"])["CertState"] == 2
    assert release.find(f'Thumbprint -eq "{made["Thumbprint"]}"') == [], "a lookup that sets no flag finds nothing revoked"


@pytest.mark.parametrize("text, split", [("pem", "\n"), ("crlf", "\r\n")])
def test_a_csr_with_crlf_is_signed_and_older_ones_split_the_answer_there(serve, csr, text, split, tmp_path):
    release = Provider(serve(f"fidelity: {{ certificateText: {text} }}\n"))
    made = release.sign(csr().replace("\n", "\r\n"))
    # The 2024 provider takes the lines apart by CRLF and drops the first.
    lines = made["Certificates"][0].split(split)
    assert lines[0] == "#CN=csr.example.com" and lines[1] == "-----BEGIN CERTIFICATE-----" and lines[-1] == ""
    context, file = release.refresh(made["KeyfactorID"])
    assert not context["HasPrivateKey"]
    (tmp_path / "chain").write_bytes(file)
    found = openssl("pkcs7", "-inform", "DER", "-in", "chain", "-print_certs", folder=tmp_path)
    assert re.findall("subject=CN = (.*)", found) == ["csr.example.com", "Sub-CA", "Root-CA"]


def test_metadata_goes_on_and_off(release):
    made = release.create("meta.example.com", Metadata={"Owner": "me"})
    number = made["KeyfactorId"]
    for metadata, shown in [({"SiteCode": "7", "Critical": "true"}, {"Owner": "me", "SiteCode": "7", "Critical": "true"}),
                            ({"Owner": "", "SiteCode": "", "Critical": ""}, {})]:
        assert release.ask(None, "PUT", "Certificates/Metadata", {"Id": number, "CollectionId": 0, "Metadata": metadata}) is None
        assert release.context(number)["Metadata"] == shown


def test_a_request_that_waits_is_polled_until_it_is_a_certificate(release):
    made = release.create("slow.example.com", Template="Server-Approval")
    number = made["KeyfactorRequestId"]
    assert made["RequestDisposition"].lower() == "pending" and number > 0 and made["KeyfactorId"] == 0
    waiting = lambda: [row["Id"] for row in release.ask(PENDING, "GET", "Workflow/Certificates/Pending?pagedQuery.returnLimit=1000")]
    assert number in waiting() and release.find(f"CertRequestId -eq {number}") == []
    release.ask(None, "POST", "Workflow/Certificates/Approve", [number])
    (context,) = release.find(f"CertRequestId -eq {number}")
    assert number not in waiting() and context["CertRequestId"] == number and context["CertState"] == 1
    assert release.refresh(context["Id"])[0]["HasPrivateKey"]


def test_what_is_gone_is_told_by_its_text(provider):
    with pytest.raises(GoError, match="Unable to find 'Certificate' with Id '4711'"):
        provider.context(4711)
    with pytest.raises(GoError, match="CA does not exist"):
        provider.create("x.example.com", CertificateAuthority="ca.example\\Nobody")


def test_an_enrollment_that_timed_out_is_found_by_its_name(provider):
    """It looks for a certificate of the name that was imported since."""
    before = datetime.datetime.now(datetime.timezone.utc)
    made = provider.create("lost.example.com")
    (found,) = provider.find('IssuedCN -eq "lost.example.com"')
    assert found["Id"] == made["KeyfactorId"]
    imported = datetime.datetime.fromisoformat(found["ImportDate"].replace("Z", "+00:00"))
    assert imported >= before - datetime.timedelta(seconds=1)
    assert datetime.datetime.fromisoformat(found["NotBefore"].replace("Z", "+00:00")) < before, "NotBefore lies ten minutes back"


def test_a_deployment_is_seen_among_the_locations_once_the_inventory_has_run(provider):
    number = provider.create("deployed.example.com")["KeyfactorId"]
    store = provider.ask(None, "GET", "CertificateStores?pq.queryString=ClientMachine%20-eq%20%22web-1%22")[0]["Id"]
    entry = {"CertificateStoreId": store, "Alias": "tf", "Overwrite": True, "EntryPassword": None, "IncludePrivateKey": True}
    body = {"CertificateId": number, "CertificateStores": [entry], "Schedule": {"Immediate": True}}
    assert len(provider.ask(None, "POST", "CertificateStores/Certificates/Add", body)) == 1
    for looks in range(10):
        locations = provider.context(number)["Locations"]
        if locations:
            break
    assert looks > 0, "it is not there at once"
    assert [(each["Alias"], each["ChainLevel"], each["CertStoreId"]) for each in locations] == [("tf", 0, store)]


@pytest.mark.parametrize("format", ["PFX", "PEM"])
def test_a_key_is_recovered_under_a_password_of_its_own(provider, format, tmp_path):
    number = provider.create("kept.example.com")["KeyfactorId"]
    body = {"CertID": number, "Password": "another password", "IncludeChain": True}
    answer = provider.ask(None, "POST", "Certificates/Recover", body, format)
    assert list(answer) == ["PFX", "FileName"] and answer["FileName"] == f"kept.example.com.{format.lower()}"
    content = base64.b64decode(answer["PFX"])
    if format == "PFX":
        assert labels(content, tmp_path, "another password")[1] == ["kept.example.com", "Sub-CA", "Root-CA"]
    else:
        assert re.findall("BEGIN ([A-Z ]*)-", content.decode()) == ["CERTIFICATE", "ENCRYPTED PRIVATE KEY", "CERTIFICATE", "CERTIFICATE"]
        openssl("pkey", "-passin", "pass:another password", "-noout", text=content)
