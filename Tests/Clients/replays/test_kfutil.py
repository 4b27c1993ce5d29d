"""The life of a store as kfutil's commands lead it, under its preset: what each command reads must be what the last one wrote."""

import json

import pytest

from support.go_client import STORE_TYPE, GoClient, GoError
from support.mock import RELEASES

ESTATE = """
client: kfutil
product: "%s"
estate:
  from: small
  containers:
    - { id: 3, name: Web servers, schedule: { Interval: { Minutes: 90 } } }
    - { id: 4, name: Plain }
  storeTypes:
    - { shortName: HCVPKI, name: Hashicorp Vault PKI, number: 110, supports: [ add, remove ] }
  agents:
    - { machine: uo-7, capabilities: [ PEM, JKS, HCVPKI ] }
  certificateStores:
    - { machine: vault-1, path: pki, agent: uo-7, type: HCVPKI }
    - { machine: java-1, path: /opt/a.jks, agent: uo-7, type: JKS, container: Plain }
    - { machine: shelf-1, path: /many.pem, agent: uo-1, count: 120 }
"""


@pytest.fixture(scope="module", params=RELEASES)
def kfutil(request, serve_module):
    client = GoClient(serve_module(ESTATE % request.param))
    yield client
    client.close()


def made(kfutil, path, type="PEM", **more):
    """`stores import csv` makes a store of each row, with the type and the agent looked up."""
    number = kfutil.store_type(type)["StoreType"]
    assert kfutil.store_type(number)["ShortName"] == type
    agent = kfutil.agents("uo-7")[0]["AgentId"]
    return kfutil.create_store(machine="csv-1", path=path, type=number, agent=agent, **more)["Id"]


def test_the_list_of_stores_ends_and_holds_every_store_once(kfutil):
    ids = [each["Id"] for each in kfutil.stores()]
    assert len(ids) == len(set(ids)) >= 120


@pytest.mark.parametrize("expression, machines", [
    ('(CertStoreType -eq "HCVPKI")', {"vault-1"}), ('(CertStoreType -eq "hcvpki")', {"vault-1"}), ('(CertStoreType -eq "110")', {"vault-1"}),
    ('(CertStoreType -eq "HCVPKI" OR CertStoreType -eq "JKS")', {"vault-1", "java-1"}),
    ('(ClientMachine -eq "java-1")AND (CertStoreType -eq "JKS")', {"java-1"}), ('(Container -eq "Plain")', {"java-1"}),
    ('(Category -eq "JKS")', {"java-1"}), ('(CertStoreType -ne "PEM")AND (Approved -eq "true")', {"vault-1", "java-1"})])
def test_inventory_show_selects_stores_by_the_short_name_of_their_type(kfutil, expression, machines):
    assert {each["ClientMachine"] for each in kfutil.stores(expression)} == machines


@pytest.mark.parametrize("name", ["NOPE", "PE", "PEM File", "1x", "-"])
def test_an_unknown_short_name_is_refused_in_words(kfutil, name):
    with pytest.raises(GoError) as caught:
        kfutil.stores(f'(CertStoreType -eq "{name}")')
    assert caught.value.status == 400 and "the short name of a store type" in caught.value.message


@pytest.mark.parametrize("members", [
    {}, {"schedule": {"Interval": {"Minutes": 15}}}, {"schedule": {"Daily": {"Time": "2026-03-01T02:00:00Z"}}},
    {"container_id": 4, "container_name": "Plain"}, {"properties": {"separatePrivateKey": "true", "n": 7, "yes": True}},
    {"password": {"SecretValue": "p4ss"}}, {"create_if_missing": True}], ids=lambda members: "-".join(members) or "nothing")
def test_an_imported_store_is_shown_as_it_was_written(kfutil, members):
    id = made(kfutil, f"/csv/{'-'.join(members)}", **members)
    shown = kfutil.store(id)
    assert shown["CreateIfMissing"] == members.get("create_if_missing", False)
    assert shown["ContainerId"] == members.get("container_id", 0) and shown["ContainerName"] == members.get("container_name", "")
    schedule = members.get("schedule", {})
    assert shown["InventorySchedule"]["Interval"]["Minutes"] == schedule.get("Interval", {}).get("Minutes", 0)
    # Shown on the day of the GET; 10.5 sends no zone.
    assert shown["InventorySchedule"]["Daily"]["Time"][10:19] == schedule.get("Daily", {}).get("Time", "")[10:19]
    assert json.loads(shown["Properties"]) == {
        name: json.dumps(value) if value is True or isinstance(value, int) else value for name, value in members.get("properties", {}).items()}
    assert [each for each in kfutil.stores(f'(ClientMachine -eq "csv-1")') if each["Id"] == id] == [shown]
    kfutil.delete_store(id)
    assert id not in [each["Id"] for each in kfutil.stores()]


@pytest.mark.parametrize("path", ["/migrate/a", "/migrate/b c", "C:\\migrate\\d", "/migrate/\"e\"", "/migrate/ä"])
def test_a_migration_writes_a_store_back_with_other_credentials(kfutil, path):
    """`migrate pam` reads every store and puts it back, its secrets replaced by a provider."""
    id = made(kfutil, path, container_id=4, properties={"ServerUsername": "me", "note": "kept"}, schedule={"Interval": {"Minutes": 60}})
    before = next(each for each in kfutil.stores() if each["Id"] == id)
    properties = json.loads(before["Properties"])
    assert properties["ServerUsername"]["HasValue"]
    provider = {"value": {"Provider": 1, "Parameters": {"SecretId": "s", "SecretFieldName": "f"}}}
    kfutil.update_store(
        id, machine=before["ClientMachine"], path=before["Storepath"], type=before["CertStoreType"], agent=before["AgentId"],
        container_id=before["ContainerId"], container_name=before["ContainerName"], approved=True, password={"SecretValue": None},
        properties={**properties, "ServerUsername": provider}, schedule={"Interval": {"Minutes": 60}})
    after = kfutil.store(id)
    assert {name: after[name] for name in after if name != "Properties"} == {name: before[name] for name in before if name != "Properties"}
    assert json.loads(after["Properties"])["note"] == "kept" and json.loads(after["Properties"])["ServerUsername"]["HasValue"]
    kfutil.delete_store(id)


@pytest.mark.parametrize("certificate", [1, 17, 4711, 65_536, 2_147_483_647])
def test_inventory_add_and_remove_are_seen_by_inventory_show(kfutil, certificate):
    id = made(kfutil, f"/inventory/{certificate}", type="JKS")
    assert kfutil.inventory(id) == []
    kfutil.add_certificate(certificate, id, f"{certificate:040X}")
    assert [each["Name"] for each in [*kfutil.inventory(id), *kfutil.inventory(id)]] == [f"{certificate:040X}"]
    entry = kfutil.inventory(id)[0]["Certificates"][0]
    assert entry["Id"] == certificate
    kfutil.remove_certificate(id, f"{certificate:040X}", certificate)
    kfutil.inventory(id)
    assert kfutil.inventory(id) == []
    kfutil.delete_store(id)


@pytest.mark.parametrize("name", ["Simple", "With Properties", "Entry", "Local", "Style"])
def test_a_store_type_is_made_read_and_deleted(kfutil, name):
    short = f"T{name[:4].upper().strip()}"
    body = {
        "Name": name, "ShortName": short, "Capability": short, "LocalStore": name == "Local",
        "SupportedOperations": {"Add": True, "Create": True, "Discovery": False, "Enrollment": False, "Remove": True},
        "Properties": [{"Name": "p", "DisplayName": "P", "Type": "Bool", "DefaultValue": "true", "Required": name != "Simple"}],
        "EntryParameters": [{"Name": "e", "DisplayName": "E", "Type": "String", "DefaultValue": "x", "RequiredWhen": {"OnAdd": True}}],
        "PasswordOptions": {"EntrySupported": False, "StoreRequired": False, "Style": "Default"}, "PrivateKeyAllowed": "Optional",
        "CustomAliasAllowed": "Required", "ServerRequired": False, "PowerShell": False, "BlueprintAllowed": True}
    made = kfutil.ask(STORE_TYPE, "POST", "CertificateStoreTypes", body)
    assert kfutil.store_type(short) == kfutil.store_type(made["StoreType"]) == made
    assert made["PrivateKeyAllowed"] == "Optional" and made["CustomAliasAllowed"] == "Required"
    assert made["PasswordOptions"]["Style"] == "Default" and made["Properties"][0]["Type"] == "Bool"
    assert short in [each["ShortName"] for each in kfutil.store_types()]
    kfutil.ask(None, "DELETE", f"CertificateStoreTypes/{made['StoreType']}")
    with pytest.raises(GoError) as caught:
        kfutil.store_type(short)
    assert caught.value.status == 404


def test_containers_are_read_as_texts(kfutil):
    assert [(each["Name"], each["Schedule"]) for each in kfutil.containers()] == [("Web servers", "I_90"), ("Plain", "")]
    assert kfutil.container(3)["Schedule"] == "I_90" and kfutil.container("4")["Schedule"] == ""


def test_agents_are_approved_and_disapproved(kfutil):
    agent = kfutil.agents("uo-2")[0]
    for operation, status in ("Approve", 2), ("Disapprove", 3), ("Approve", 2):
        kfutil.ask(None, "POST", f"Agents/{operation}", [agent["AgentId"]])
        assert kfutil.agents(agent["AgentId"])[0]["Status"] == status


@pytest.mark.parametrize("client", ["kfutil", "terraform"])
@pytest.mark.parametrize("switch, read", [
    ("containerSchedule: object", lambda client: client.container(3)), ("enums: numbers", lambda client: client.store_types()),
    ("enumsOfStoreTypes: numbers", lambda client: client.store_type("PEM")), ("enums: names", lambda client: client.agents("uo-1")),
    ("enumsOfAgents: names", lambda client: client.agents("uo-7")), ("paging: ignorePage", lambda client: client.stores())])
def test_without_a_setting_of_its_preset_it_cannot_read(serve, client, switch, read):
    scenario = ESTATE.replace("client: kfutil", f"client: {client}") % "25.4"
    read(GoClient(serve(scenario)))
    with pytest.raises((GoError, AssertionError)) as caught:
        read(GoClient(serve(scenario + f"fidelity: {{ {switch} }}\n")))
    assert "cannot unmarshal" in str(caught.value) or "does not end" in str(caught.value)
