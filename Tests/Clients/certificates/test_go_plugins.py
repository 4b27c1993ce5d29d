"""What the secrets engine for Vault, the issuer for cert-manager and the signer of Kubernetes requests send, and how they read the answers."""

import base64
import re

import pytest

from certificates.conftest import openssl
from support.mock import basic

CHAIN = ["csr.example.com", "Sub-CA", "Root-CA"]
# What the issuer for cert-manager writes on each certificate; only if Command knows all of them.
FIELDS = ["Issuer-Name", "Issuer-Namespace", "Controller-Kind", "Controller-Namespace", "Controller-Reconcile-Id",
          "Controller-Resource-Group-Name", "Certificate-Signing-Request-Namespace"]
BEGIN = "-----BEGIN CERTIFICATE-----"


def common_names(pems):
    """The common name of each certificate, as openssl reads it."""
    return [openssl("x509", "-noout", "-subject", "-nameopt", "multiline", text=pem.encode()).rsplit("= ", 1)[1].strip() for pem in pems]


class Vault:
    """The secrets engine. It glues its bodies together by hand, asks for no version, and reads answers from maps, with their exact names."""

    def __init__(self, mock, world):
        self.mock, self.world = mock, world

    def send(self, method, path, body=None, **headers):
        headers = {"X-Mock-World": self.world, "Authorization": basic("vault", "p"), "Content-Type": "application/json", **headers}
        return self.mock.ask(method, "/KeyfactorAPI" + path, body and body.encode(), headers)

    def sign(self, csr, dns="", ips="", **headers):
        """Signs a request; answers the number and the certificates in PEM, as Vault stores them."""
        names = f'"dns": [{", ".join(f"{chr(34)}{each}{chr(34)}" for each in dns.split(","))}]' if dns is not None else ""
        names += ', "ip": [' + ", ".join(f'"{each}"' for each in ips.split(",")) + "]" if ips else ""
        # The line feeds of the PEM stand in the text as they are.
        body = ('{"CSR": "' + csr + '", "CertificateAuthority":"ca.example\\\\Sub-CA", "IncludeChain": true, "Metadata": {}, '
                '"Timestamp": "2026-11-27T01:02:03", "Template": "WebServer-1y", "SANs": {' + names + "}}")
        reply = self.send("POST", "/Enrollment/CSR", body, **{"x-certificateformat": "PEM", **headers})
        if reply.status != 200:
            raise ValueError(reply.json["Message"])
        made = reply.json["CertificateInformation"]
        # A text without the armour makes it panic.
        return made["KeyfactorID"], [text[text.index(BEGIN):] for text in made["Certificates"]]

    def authority(self, name):
        """The chain of an authority: that of any certificate it has issued."""
        # A blank stands before the closing quotation mark, and the limit has no prefix.
        query = f'pq.queryString=CA%20-eq%20%22{name}%20%22&ReturnLimit=1'
        (found,) = self.send("GET", "/Certificates?" + query).json
        body = f'{{"CertID": {found["Id"]}, "IncludeChain": true, "ChainOrder": "rootfirst"}}'
        return base64.b64decode(self.send("POST", "/Certificates/Download", body, **{"x-certificateformat": "P7B"}).json["Content"])

    def revoke(self, number):
        """Its object is closed one member too early."""
        body = (f'{{"CertificateIds": [{number}],"Reason": 0,"Comment": "Via Vault","EffectiveDate": "2026-11-27T01:02:03+01:00"}},'
                f'"CollectionId": 0}}')
        return self.send("POST", "/Certificates/Revoke", body).status


@pytest.fixture
def vault(mock, api):
    return Vault(mock, api.world)


@pytest.mark.parametrize("dns, ips, names", [
    ("", "", ["DNS:csr.example.com"]), ("a.example.com,b.example.com", "", ["DNS:a.example.com", "DNS:b.example.com", "DNS:csr.example.com"]),
    ("a.example.com", "10.0.0.1,::1", ["DNS:a.example.com", "IP Address:10.0.0.1", "IP Address:0:0:0:0:0:0:0:1", "DNS:csr.example.com"])])
def test_vault_signs_what_it_is_asked_for(vault, csr, dns, ips, names):
    number, pems = vault.sign(csr(), dns, ips)
    assert number > 0 and common_names(pems) == CHAIN
    text = openssl("x509", "-noout", "-ext", "subjectAltName", text=pems[0].encode())
    assert text.splitlines()[1].strip().split(", ") == names


def test_vault_with_addresses_alone_sends_what_nothing_reads(vault, csr):
    with pytest.raises(ValueError, match="Invalid|invalid|expected|Unexpected"):
        vault.sign(csr(), None, "10.0.0.1")


@pytest.mark.parametrize("name", ["ca.example%5CSub-CA", "ca.example%5C%5CSub-CA", "Sub-CA"])
def test_vault_finds_the_chain_of_its_authority(vault, name, tmp_path):
    (tmp_path / "chain.p7b").write_bytes(vault.authority(name))
    text = openssl("pkcs7", "-inform", "DER", "-in", "chain.p7b", "-print_certs", folder=tmp_path)
    assert re.findall("subject=CN = (.*)", text)[:2] == ["Root-CA", "Sub-CA"]


def test_vault_revokes_and_strict_json_does_not_let_it(vault, api, csr, serve):
    number, _ = vault.sign(csr())
    assert vault.revoke(number) == 200
    row = api("GET", f"/Certificates/{number}")
    assert (row["CertState"], row["RevocationReason"], row["RevocationEffDate"]) == (2, 0, "2026-11-27T00:02:03Z")
    strict = Vault(serve("fidelity: { json: strict }\n"), "default")
    assert strict.revoke(3) == 400
    with pytest.raises(ValueError):
        strict.sign(csr())


# cert-manager


class Issuer:
    """The issuer for cert-manager, with the three permissions that it documents."""

    SCENARIO = """
product: "%s"
auth: { mode: basic, users: [ { name: issuer, password: p, permissions: [ /metadata/types/read/, /certificates/enrollment/csr/, %s ] } ] }
estate: { from: small }
"""

    def __init__(self, server):
        self.server = server
        self.login = {"Authorization": basic("issuer", "p"), "x-keyfactor-api-version": "1"}

    def ask(self, method, path, body=None, **headers):
        reply = self.server.ask(method, "/KeyfactorAPI" + path, body, {**self.login, **headers})
        if reply.status != 200:
            raise ValueError(reply.json["Message"])
        return reply.json

    def pattern(self, name):
        (found,) = self.ask("GET", f"/EnrollmentPatterns?QueryString=Name%20-eq%20%22{name.replace(' ', '%20')}%22")
        return found["Id"]

    def sign(self, csr, **target):
        known = {field["Name"] for field in self.ask("GET", "/MetadataFields?ReturnLimit=1000")}
        metadata = {name: "x" for name in FIELDS} if known.issuperset(FIELDS) else {}
        body = {"CSR": csr, "IncludeChain": True, "Metadata": metadata, "SANs": {}, "Timestamp": "2026-11-27T01:02:03Z", **target}
        made = self.ask("POST", "/Enrollment/CSR", body, **{"x-certificateformat": "PEM"})["CertificateInformation"]
        return made["KeyfactorID"], made["Certificates"]

    @staticmethod
    def chain(texts):
        """What stands before an armour is passed over; all together must be one chain, however they are ordered."""
        pems = re.findall(BEGIN + ".*?-----END CERTIFICATE-----\n", "".join(texts), re.S)
        names = {}
        for pem in pems:
            lines = openssl("x509", "-noout", "-subject", "-issuer", text=pem.encode()).splitlines()
            subject, issuer = (line.split("=", 1)[1].strip() for line in lines)
            assert subject not in names
            names[subject] = issuer
        (leaf,) = set(names) - {issuer for subject, issuer in names.items() if issuer != subject}
        order = [leaf]
        while names[order[-1]] != order[-1]:
            order.append(names[order[-1]])
        assert len(order) == len(pems)
        return order


@pytest.mark.parametrize("product, permission", [("11.6", "/certificates/"), ("24.4", "/certificates/"), ("25.4", "/enrollment_pattern/read/")])
def test_cert_manager_signs_and_writes_its_metadata(serve, csr, product, permission):
    issuer = Issuer(serve(Issuer.SCENARIO % (product, permission)))
    target = {"Template": "WebServer-1y", "CertificateAuthority": "ca.example\\Sub-CA"}
    if product == "25.4":
        target = {"EnrollmentPatternId": issuer.pattern("WebServer-1y"), "CertificateAuthority": ""}
    number, texts = issuer.sign(csr(), **target)
    assert issuer.chain(texts) == ["CN = csr.example.com", "CN = Sub-CA", "CN = Root-CA"]
    shown = next(row for row in estate(issuer.server)["certificates"] if row.get("id") == number)
    assert shown["metadata"] == {name: "x" for name in FIELDS}


def estate(server):
    return server.ask("GET", "/_mock/estate").json


def test_cert_manager_without_its_fields_sends_no_metadata(serve, csr):
    issuer = Issuer(serve(Issuer.SCENARIO % ("25.4", "/enrollment_pattern/read/")))
    field = next(each for each in estate(issuer.server)["metadataFields"] if each["name"] == "Issuer-Name")
    admin = issuer.server.ask("DELETE", f"/KeyfactorAPI/MetadataFields/{field['id']}")
    assert admin.status == 401, "the scenario asks for a password"
    assert issuer.server.ask("PUT", "/_mock/scenario", "").status == 200
    assert issuer.server.ask("DELETE", f"/KeyfactorAPI/MetadataFields/{field['id']}").status == 204
    number, _ = issuer.sign(csr(), Template="WebServer-1y", CertificateAuthority="ca.example\\Sub-CA")
    assert issuer.ask("GET", f"/Certificates/{number}?includeMetadata=true")["Metadata"] == {}


@pytest.mark.parametrize("missing, text", [
    ("/metadata/types/read/", "does not have the required permissions: /metadata/types/read/."),
    ("/certificates/enrollment/csr/", "does not have the required permissions: /certificates/enrollment/csr/."),
    ("/enrollment_pattern/read/", "doesn't have the required permission")])
def test_cert_manager_says_which_permission_it_lacks(serve, csr, missing, text):
    scenario = (Issuer.SCENARIO % ("25.4", "/enrollment_pattern/read/")).replace(missing, "/agents/management/read/")
    issuer = Issuer(serve(scenario))
    with pytest.raises(ValueError, match=text):
        issuer.sign(csr(), EnrollmentPatternId=issuer.pattern("WebServer-1y"))


# The signer of Kubernetes requests


@pytest.mark.parametrize("text", ["pem", "crlf", "base64"])
def test_the_signer_of_kubernetes_requests_takes_every_text(serve, csr, text):
    """It puts an armour around each element that has none."""
    server = serve(f"fidelity: {{ certificateText: {text} }}\n")
    body = {"CSR": csr(), "CertificateAuthority": "ca.example\\Sub-CA", "IncludeChain": True, "Template": "WebServer-1y",
            "SANs": {}, "Metadata": {}, "Timestamp": "2026-11-27T01:02:03Z"}
    sent = server.ask("POST", "/KeyfactorAPI/Enrollment/CSR", body, {"x-certificateformat": "PEM"}).json["CertificateInformation"]["Certificates"]
    assert all((BEGIN in each) == (text != "base64") and ("\r\n" in each) == (text == "crlf") for each in sent)
    pems = [each if BEGIN in each else f"{BEGIN}\n{each}\n-----END CERTIFICATE-----\n" for each in sent]
    assert common_names(pems) == CHAIN


@pytest.mark.parametrize("word, name", [("addName", "DNS:csr.example.com"), ("nothing", None)])
def test_a_request_without_names_gets_its_common_name_where_rfc_2818_is_enforced(serve, csr, word, name):
    server = serve(f"fidelity: {{ rfcEnforcement: {word} }}\n"
                   "estate: { from: small, templates: [ { name: WebServer-1y, rfcEnforcement: true } ] }\n")
    body = {"CSR": csr(names=""), "Template": "WebServer-1y", "CertificateAuthority": "Sub-CA"}
    reply = server.ask("POST", "/KeyfactorAPI/Enrollment/CSR", body, {"x-certificateformat": "PEM"})
    (text,) = reply.json["CertificateInformation"]["Certificates"]
    found = openssl("x509", "-noout", "-text", text=text.encode())
    assert name in found if name else "Subject Alternative Name" not in found
