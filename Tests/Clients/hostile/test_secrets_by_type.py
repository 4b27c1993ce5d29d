"""What a store type declares to be secret is shown nowhere, however harmless its name is."""

import json
import uuid

import pytest

# Store types as the vendor's orchestrator extensions declare them, by short name: their properties of type Secret. Some are our own, with
# names that nobody would take for a secret.
SHAPES = {
    "Akamai": ["client_token", "client_secret", "access_token"],
    "AKV": ["ServerUsername", "ServerPassword"],
    "AppGwBin": ["ServerUsername", "ServerPassword"],
    "AWS-ACM": ["ServerUsername", "ServerPassword"],
    "AxisIPCam": ["ServerUsername", "ServerPassword"],
    "AzureSP": ["ServerUsername", "ServerPassword", "ClientCertificate", "ClientCertificatePassword"],
    "BoschIP": ["ServerUsername", "ServerPassword"],
    "CiscoAsa": ["ServerUsername", "ServerPassword"],
    "CitrixAdc": ["ServerUsername", "ServerPassword"],
    "DataPower": ["ServerUsername", "ServerPassword"],
    "F5-BigIQ": ["ServerUsername", "ServerPassword"],
    "Fortigate": ["ServerPassword"],
    "GCPLoadBal": ["jsonKey"],
    "GcpCertMgr": ["ServiceAccountKey"],
    "HCVKV": ["ServerUsername", "ServerPassword"],
    "Imperva": ["ServerUsername", "ServerPassword"],
    "K8SCluster": ["ServerUsername", "ServerPassword"],
    "K8SJKS": ["ServerUsername", "ServerPassword", "StorePasswordPath"],
    "NmapDisc": ["Range"],
    "PaloAlto": ["ServerUsername", "ServerPassword"],
    "RFJKS": ["ServerUsername", "ServerPassword"],
    "RFPkcs12": ["ServerUsername", "ServerPassword"],
    "SamsungUS": ["PlayerPin"],
    "Signum": ["ServerUsername", "ServerPassword"],
    "VMware-NSX": ["ServerUsername", "ServerPassword"],
    "WinCert": ["ServerUsername", "ServerPassword"],
    "Own1": ["region", "note"],
    "Own2": ["Line Of Text", "x", "ünïcode"],
    "Own3": ["path", "type", "name", "value", "id"],
    "Own4": ["a.b-c_d", "REGION", "Value2"],
}
WAYS = {
    "a text": lambda mark: mark,
    "a value": lambda mark: {"value": mark},
    "a secret": lambda mark: {"SecretValue": mark},
    "a secret as a value": lambda mark: {"value": {"SecretValue": mark}},
    "a provider's parameter": lambda mark: {"value": {"Provider": 1, "Parameters": {"Folder": mark, "Password": mark}}},
}
PAGES = [
    "/KeyfactorAPI/CertificateStores", "/KeyfactorAPI/CertificateStoreTypes", "/_mock/journal", "/_mock/estate", "/_mock/metrics", "/_mock/coverage",
    "/_mock/verify", "/_mock/jobs",
]


@pytest.fixture(scope="module")
def server(serve_module):
    return serve_module(
        """
estate: { from: empty, pamProviders: [ { id: 1, name: Vault } ] }
expect: [ { requests: { operation: POST /CertificateStores }, count: 0+ } ]
""", "--log-level", "debug")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("short_name", SHAPES)
def test_a_secret_of_a_store_type_is_shown_nowhere(server, short_name, way):
    world = "w" + uuid.uuid4().hex[:12]
    mark = "hush" + uuid.uuid4().hex
    headers = {"x-keyfactor-requested-with": "APIClient", "Content-Type": "application/json", "X-Mock-World": world}

    def ask(method, path, body=None):
        return server.ask(method, path, None if body is None else json.dumps(body), headers)

    properties = [{"Name": name, "DisplayName": name, "Type": "Secret", "Required": False} for name in SHAPES[short_name]]
    properties.append({"Name": "Plain", "DisplayName": "Plain", "Type": "String", "Required": False})
    made = ask("POST", "/KeyfactorAPI/CertificateStoreTypes", {
        "Name": short_name + " type", "ShortName": short_name, "Capability": short_name, "SupportedOperations": {"Add": True, "Remove": True},
        "Properties": properties})
    assert made.status == 200, made.body
    values = {name: WAYS[way](mark) for name in SHAPES[short_name]} | {"Plain": "seen-" + world}
    store = {
        "ClientMachine": "m", "StorePath": "/p", "CertStoreType": made.json["StoreType"], "Properties": json.dumps(values),
    }
    replies = [ask("POST", "/KeyfactorAPI/CertificateStores", store)]
    assert replies[0].status == 200, replies[0].body
    answered = json.loads(replies[0].json["Properties"])
    for name in SHAPES[short_name]:
        uuid.UUID(answered[name])
    replies.append(ask("GET", "/KeyfactorAPI/CertificateStores/" + replies[0].json["Id"]))
    shown = json.loads(replies[1].json["Properties"])
    assert shown["Plain"] == "seen-" + world
    assert all(shown[name]["HasValue"] is True and mark not in json.dumps(shown[name]) for name in SHAPES[short_name])
    # What comes back masked changes nothing; what comes back new is hidden too.
    again = store | {"Id": replies[0].json["Id"], "Properties": replies[1].json["Properties"]}
    replies.append(ask("PUT", "/KeyfactorAPI/CertificateStores", again))
    replies.append(ask("PUT", "/KeyfactorAPI/CertificateStores", again | {"Properties": json.dumps(values)}))
    # A body that is refused is in the journal as well.
    replies.append(ask("POST", "/KeyfactorAPI/CertificateStores", store))
    assert [each.status for each in replies[2:]] == [200, 200, 400], [each.body for each in replies[2:]]
    replies += [server.ask("GET", path, headers=headers) for path in PAGES]
    for each in replies:
        assert mark not in (each.body if isinstance(each.body, str) else each.body.decode()), each.body
    journal = server.ask("GET", "/_mock/journal", headers=headers).body
    assert "seen-" + world in (journal if isinstance(journal, str) else journal.decode()), "what is no secret is shown"
    assert mark not in server.errors_file.read_text()


def test_a_secret_that_a_scenario_spells_out_is_shown_nowhere(serve):
    server = serve("""
estate:
  from: empty
  storeTypes: [ { shortName: Own, properties: [ { name: region, type: Secret }, { name: plain } ] } ]
  certificateStores: [ { machine: m, path: /p, type: Own, properties: { region: hush-hush, plain: seen } } ]
""")
    stores = server.ask("GET", "/KeyfactorAPI/CertificateStores").json
    shown = json.loads(stores[0]["Properties"])
    assert shown["plain"] == "seen" and shown["region"]["HasValue"] is True
    for path in ["/KeyfactorAPI/CertificateStores", "/_mock/estate", "/_mock/journal"]:
        body = server.ask("GET", path).body
        assert "hush-hush" not in (body if isinstance(body, str) else body.decode())


@pytest.mark.parametrize("name", ["ApiHost", "tenant", "Größe", "a b", "X-Key"])
def test_a_type_that_a_patch_changes_hides_what_its_stores_hold_already(serve, name):
    server = serve("estate: { from: small, storeTypes: [ { name: Late, shortName: LATE, properties: [ { name: %s } ] } ] }" % json.dumps(name))
    number = server.ask("GET", "/KeyfactorAPI/CertificateStoreTypes/Name/LATE").json[0]["StoreType"]
    store = {"ClientMachine": "m", "StorePath": "/p", "CertStoreType": number, "AgentId": server.agent("uo-1"), "Properties": json.dumps({name: {"value": "hush-hush"}})}
    made = server.ask("POST", "/KeyfactorAPI/CertificateStores", store)
    assert made.status == 200 and "hush-hush" in made.body.decode()
    patch = {"storeTypes": [{"shortName": "LATE", "name": "Late", "properties": [{"name": name, "type": "Secret"}]}]}
    assert server.ask("PATCH", "/_mock/estate", patch).status == 200
    for page in ("/KeyfactorAPI/CertificateStores", f"/KeyfactorAPI/CertificateStores/{made.json['Id']}", "/_mock/estate"):
        assert "hush-hush" not in server.ask("GET", page).body.decode(), page
