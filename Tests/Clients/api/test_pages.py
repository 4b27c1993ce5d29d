"""What the vendor's pages say of operations, by the page's name: who may do it, and what is refused whole or in part."""

import base64
import json

import pytest

USERS = {
    "reader": "/agents/management/read/", "writer": "/agents/management/modify/", "keeper": "/agents/management/",
    "scheduler": "/certificate_stores/schedule/", "enroller": "/certificates/enrollment/csr/, /certificate_stores/modify/3/",
    "modifier": "/certificate_stores/modify/", "container": "/certificate_stores/modify/3/",
    "remover": "/certificates/collections/read/, /certificate_stores/schedule/", "collector": "/certificates/collections/read/7/, /certificate_stores/schedule/",
}
SCENARIO = (
    "auth: { mode: basic, users: [ { name: all, password: p }, "
    + ", ".join(f"{{ name: {name}, password: p, permissions: [ {granted} ] }}" for name, granted in USERS.items())
    + """ ] }
estate:
  containers: [ { id: 3, name: Three } ]
  agents:
    - { machine: ready, capabilities: [ PEM, JKS ] }
    - { machine: fresh, status: new, capabilities: [ PEM ] }
    - { machine: gone, status: disapproved, capabilities: [ PEM ] }
  certificateStores:
    - { machine: a, path: /a, type: PEM, agent: ready, container: Three }
    - { machine: b, path: /b, type: JKS, agent: ready }
    - { machine: c, path: /c, type: PEM, agent: fresh }
    - { machine: d, path: /d, type: PEM, agent: gone }
    - { machine: e, path: /e, type: PEM, agent: ready, approved: false }
    - { machine: f, path: /f, type: JKS, agent: ready, approved: false }
""")


@pytest.fixture()
def world(serve_module, request):
    if not hasattr(serve_module, "pages"):
        serve_module.pages = serve_module(SCENARIO)
    return World(serve_module.pages, "w" + str(abs(hash(request.node.nodeid))))


class World:
    def __init__(self, server, name):
        self.server, self.name = server, name

    def ask(self, user, method, path, body=None):
        headers = {
            "Authorization": "Basic " + base64.b64encode(f"{user}:p".encode()).decode(), "X-Mock-World": self.name,
            "x-keyfactor-requested-with": "APIClient", "Content-Type": "application/json"}
        return self.server.ask(method, "/KeyfactorAPI" + path, None if body is None else json.dumps(body), headers)

    def agent(self, machine):
        return next(each["AgentId"] for each in self.ask("all", "GET", "/Agents").json if each["ClientMachine"] == machine)

    def store(self, machine):
        return next(each["Id"] for each in self.ask("all", "GET", "/CertificateStores").json if each["ClientMachine"] == machine)


@pytest.mark.parametrize("operation", ["Approve", "Disapprove", "Reset", "{id}/Reset", "SetAuthCertificateReenrollment"])
@pytest.mark.parametrize("user, is_let", [("reader", False), ("writer", False), ("keeper", True)])
def test_agents_are_changed_by_who_may_read_and_modify_them(world, operation, user, is_let):
    """AgentsDisapprovePOST, AgentsResetIDPOST, AgentsSetAuthCertReenrollPOST of 12.2."""
    agent = world.agent("ready")
    body = None if "{" in operation else {"OrchestratorIds": [agent], "Status": 1} if "Set" in operation else [agent]
    reply = world.ask(user, "POST", "/Agents/" + operation.replace("{id}", agent), body)
    assert reply.status == (403 if not is_let else 200 if "Set" in operation else 204), reply.body


@pytest.mark.parametrize("machine, force, status", [
    ("ready", "", 400), ("ready", "?force=true", 400), ("fresh", "?force=true", 400), ("gone", "", 400), ("gone", "?force=true", 204)])
def test_only_a_disapproved_agent_is_deleted(world, machine, force, status):
    """AgentsIDDELETE of 12.2. Without force the one that is disapproved stays for the store that it serves."""
    assert world.ask("writer", "DELETE", f"/Agents/{world.agent(machine)}{force}").status == status


@pytest.mark.parametrize("machine", ["c", "d"])
@pytest.mark.parametrize("what", ["Schedule", "Certificates/Add", "Certificates/Remove", "Reenrollment"])
def test_nothing_is_scheduled_on_an_agent_that_is_not_approved(world, machine, what):
    """AgentsApprovePOST of 12.2."""
    store, now = world.store(machine), {"Immediate": True}
    body = {
        "Schedule": {"StoreIds": [store], "Schedule": {"Daily": {"Time": "2026-11-22T20:00:00Z"}}},
        "Certificates/Add": {"CertificateId": 1, "CertificateStores": [{"CertificateStoreId": store}], "Schedule": now},
        "Certificates/Remove": {"CertificateId": 1, "CertificateStores": [{"CertificateStoreId": store, "Alias": "x"}], "Schedule": now},
        "Reenrollment": {"KeystoreId": store, "SubjectName": "CN=x", "AgentGuid": world.agent("fresh" if machine == "c" else "gone"), "Alias": "x"},
    }[what]
    reply = world.ask("all", "POST", "/CertificateStores/" + what, body)
    assert reply.status == 400 and "not Approved" in reply.json["Message"], reply.body


@pytest.mark.parametrize("user, collection, status", [
    ("scheduler", None, 403), ("remover", None, 200), ("remover", 7, 200), ("collector", 7, 200), ("collector", 8, 403), ("collector", None, 403), ("all", 7, 200)])
def test_certificates_are_moved_by_who_may_read_them(world, user, collection, status):
    """CertificateStoresPostCertificatesAdd and …Remove: to read, everywhere or in the collection named, and to schedule."""
    body = {
        "CertificateId": 1, "CertificateStores": [{"CertificateStoreId": world.store("a")}], "Schedule": {"Immediate": True}, "CollectionId": collection}
    reply = world.ask(user, "POST", "/CertificateStores/Certificates/Add", body)
    assert reply.status == status, reply.body


@pytest.mark.parametrize("user, status", [("scheduler", 403), ("modifier", 204), ("container", 204), ("reader", 403), ("all", 204)])
def test_a_discovery_needs_modify(world, user, status):
    """CertificateStoresPutDiscoveryJob."""
    body = {"ClientMachine": "m", "AgentId": world.agent("ready"), "Type": 2}
    assert world.ask(user, "PUT", "/CertificateStores/DiscoveryJob", body).status == status


@pytest.mark.parametrize("user, status", [("scheduler", 403), ("modifier", 403), ("container", 403), ("enroller", 204), ("all", 204)])
def test_a_reenrollment_needs_enrollment_and_modify(world, user, status):
    """CertificateStoresPostReenrollment."""
    body = {"KeystoreId": world.store("a"), "SubjectName": "CN=x", "AgentGuid": world.agent("ready"), "Alias": "x"}
    assert world.ask(user, "POST", "/CertificateStores/Reenrollment", body).status == status


@pytest.mark.parametrize("alias", [None, "", "absent"])
def test_a_reenrollment_needs_an_alias(world, alias):
    """CertificateStoresPostReenrollment of 25: required."""
    body = {"KeystoreId": world.store("a"), "SubjectName": "CN=x", "AgentGuid": world.agent("ready"), "Alias": alias}
    if alias == "absent":
        del body["Alias"]
    reply = world.ask("enroller", "POST", "/CertificateStores/Reenrollment", body)
    assert reply.status == 400 and reply.json["Message"].startswith("Alias: expected"), reply


def test_stores_of_two_types_are_not_approved_together(world):
    """CertificateStoresPostApprove."""
    both = [{"Id": world.store("e"), "CertStoreType": 2}, {"Id": world.store("f"), "CertStoreType": 0}]
    reply = world.ask("all", "POST", "/CertificateStores/Approve", both)
    assert reply.status == 400 and reply.json["Message"].startswith("[1].Id: expected a store of type 2")
    assert [world.ask("all", "POST", "/CertificateStores/Approve", [each]).status for each in both] == [204, 204]


def test_what_cannot_be_deleted_is_passed_over(world):
    """CertificateStoresDelete: single failures are ignored."""
    ids = [world.store("b"), "00000000-0000-0000-0000-000000000001", world.store("a")]
    assert world.ask("container", "DELETE", "/CertificateStores", ids).status == 204
    left = {each["ClientMachine"] for each in world.ask("all", "GET", "/CertificateStores").json}
    assert "b" in left and "a" not in left


@pytest.mark.parametrize("change, status", [
    ({}, 200), ({"Name": "Other"}, 200), ({"ShortName": "OTHER"}, 200), ({"SupportedOperations": {"Add": True, "Remove": True, "Discovery": True}}, 200),
    ({"SupportedOperations": {"Add": True}}, 400), ({"LocalStore": True}, 400), ({"Properties": []}, 400), ({"PrivateKeyAllowed": "Required"}, 400),
    ({"Capability": "Else"}, 400)])
def test_of_a_store_type_with_stores_little_can_be_changed(world, change, status):
    """CertificateStoreTypesPUT of 24.4.2."""
    made = world.ask("all", "POST", "/CertificateStoreTypes", {
        "Name": "Used", "ShortName": "USED", "Capability": "USED", "SupportedOperations": {"Add": True, "Remove": True},
        "Properties": [{"Name": "p", "DisplayName": "p", "Type": "String", "Required": False}]})
    assert made.status == 200, made.body
    whole = made.json | change
    assert world.ask("all", "PUT", "/CertificateStoreTypes", made.json | {"LocalStore": True}).status == 200, "while no store is of it"
    assert world.ask("all", "PUT", "/CertificateStoreTypes", made.json).status == 200
    assert world.ask("all", "POST", "/CertificateStores", {
        "ClientMachine": "m", "StorePath": "/m", "CertStoreType": made.json["StoreType"], "Properties": "{}"}).status == 200
    reply = world.ask("all", "PUT", "/CertificateStoreTypes", whole)
    assert reply.status == status, reply.body


@pytest.mark.parametrize("kept", ["ContainerId", "AgentId", "Properties", "CreateIfMissing", "InventorySchedule", None])
def test_what_an_update_of_a_store_leaves_out_is_cleared(world, kept):
    """CertificateStoresPut of 12.4."""
    store = world.store("a")
    whole = {
        "Id": store, "ContainerId": 3, "AgentId": world.agent("ready"), "Properties": "{\"p\":\"q\"}", "CreateIfMissing": True,
        "InventorySchedule": {"Interval": {"Minutes": 7}}}
    assert world.ask("all", "PUT", "/CertificateStores", whole).status == 200
    said = {name: value for name, value in whole.items() if name in ("Id", kept) or kept == "InventorySchedule" and name == "AgentId"}
    assert world.ask("all", "PUT", "/CertificateStores", said).status == 200
    shown = world.ask("all", "GET", "/CertificateStores/" + store).json
    empty = {"ContainerId": None, "AgentId": None, "Properties": "{}", "CreateIfMissing": False, "InventorySchedule": None}
    for name, value in empty.items():
        if name in said:
            assert shown[name] == whole[name], name
        else:
            assert shown[name] in (value, 0 if name == "ContainerId" else value), name
