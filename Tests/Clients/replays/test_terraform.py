"""The life of a store as Terraform's provider leads it, under its preset: after each apply the next plan must be empty."""

import pytest

from support.go_client import GoClient, GoError
from support.mock import RELEASES
from support.terraform import Deployment, Store

ESTATE = """
client: terraform
product: "%s"
estate:
  from: small
  containers:
    - { id: 3, name: Web servers, storeType: PEM }
    - { id: 4, name: Nightly, schedule: { Daily: { Time: "2026-03-01T02:30:00Z" } } }
  agents:
    - { machine: uo-7, capabilities: [ PEM, JKS ] }
  certificateStores:
    - { machine: shelf-1, path: /many.pem, agent: uo-1, count: 120 }
"""


@pytest.fixture(scope="module", params=RELEASES)
def terraform(request, serve_module):
    client = GoClient(serve_module(ESTATE % request.param))
    yield client
    client.close()


def made(terraform, path, **more):
    config = {"client_machine": "tf-1", "store_path": path, "store_type": "PEM", "agent_identifier": "uo-1", **more}
    store = Store(terraform, **config)
    store.apply()
    return store


@pytest.mark.parametrize("more", [
    {}, {"properties": {"separatePrivateKey": "true", "note": "a \"quoted\" text"}}, {"container_name": "Web servers"},
    {"store_password": "p4ss"}, {"create_if_missing": True}, {"agent_identifier": "uo-7"},
    {"server_username": "me", "server_password": "s3cret", "server_use_ssl": True}], ids=lambda more: "-".join(more) or "nothing")
def test_a_new_store_needs_no_further_change(terraform, more):
    store = made(terraform, f"/new/{'-'.join(more)}.pem", **more)
    assert store.plan() == {}
    assert store.plan() == {}
    store.destroy()


@pytest.mark.parametrize("text, shown", [("30m", "30m"), ("12h", "720m"), ("1m", "1m"), ("1h", "60m"), ("immediate", "immediate")])
def test_a_schedule_goes_on_and_off(terraform, text, shown):
    store = made(terraform, f"/schedule/{text}.pem")
    store.apply(inventory_schedule=text)
    assert store.plan() in ({}, {"inventory_schedule": (shown, text)})
    store.apply(inventory_schedule=None)
    assert store.plan() == {}
    store.apply(inventory_schedule=text)
    store.apply(inventory_schedule="45m")
    assert store.plan() == {}
    store.destroy()


def test_a_store_goes_into_containers_and_out(terraform):
    store = made(terraform, "/containers.pem")
    for name, number in ("Web servers", 3), ("Nightly", 4), ("Web servers", 3), (None, 0):
        store.apply(container_name=name)
        assert store.plan().keys() <= {"inventory_schedule"}
        assert store.state["container_id"] == number
    store.destroy()


def test_a_container_is_found_by_number_and_by_name(terraform):
    assert terraform.container("Nightly") == {**terraform.container(4), "OverwriteSchedules": False}
    assert terraform.container("4")["Schedule"] == "D_02:30"
    assert terraform.container("3")["Schedule"] == ""
    assert [each["Name"] for each in terraform.containers()] == ["Web servers", "Nightly"]


@pytest.mark.parametrize("changes", [
    {"properties": {"separatePrivateKey": "true"}}, {"properties": {"a": "1", "b": "two", "c": ""}}, {"properties": None},
    {"store_password": "another"}, {"store_password": None}, {"server_username": "me", "server_password": "you"},
    {"server_use_ssl": True}, {"server_use_ssl": False}, {"agent_identifier": "uo-7"}, {"create_if_missing": True}],
    ids=lambda changes: "-".join(f"{name}-{value}" for name, value in changes.items())[:40])
def test_every_attribute_can_be_changed_and_changed_back(terraform, changes):
    first = {"properties": {"separatePrivateKey": "false"}, "store_password": "p4ss", "container_name": "Web servers",
             "inventory_schedule": "30m"}
    store = made(terraform, f"/change/{changes}.pem", **first)
    before = dict(store.config)
    assert store.plan() == {}
    store.apply(**changes)
    assert store.plan() == {} and store.state["approved"]
    store.apply(**{**{name: None for name in changes}, **before})
    assert store.plan() == {}
    assert store.state["container_name"] == "Web servers" and store.state["inventory_schedule"] == "30m"
    store.destroy()


def test_an_agent_is_found_by_its_id_too(terraform):
    agent = terraform.agents("uo-7")[0]["AgentId"]
    store = made(terraform, "/by-id.pem", store_type="JKS", agent_identifier=agent)
    assert store.plan() == {} and store.state["agent_id"] == agent
    store.destroy()


@pytest.mark.parametrize("alias", ["web", "Web Server", "0123456789ABCDEF0123456789ABCDEF01234567", "ünïcode", "a/b"])
def test_a_certificate_is_deployed_and_taken_out_while_only_the_inventory_is_read(terraform, alias):
    store = made(terraform, f"/deploy/{alias}.pem")
    deployment = Deployment(terraform, 4711, store.state["id"], alias)
    assert not deployment.is_there
    assert deployment.apply() == 2, "the first look sees the job in process"
    assert deployment.apply() == 0 and store.plan() == {}
    assert deployment.destroy() == 2
    assert not deployment.is_there and store.plan() == {}
    store.destroy()


def test_a_deployment_without_an_alias_is_found_by_the_certificates_number(terraform):
    store = made(terraform, "/no-alias.pem")
    assert Deployment(terraform, 815, store.state["id"], "").apply() == 2
    store.destroy()


def test_two_stores_deploy_the_same_certificate_without_a_mix_up(terraform):
    stores = [made(terraform, f"/two/{number}.pem") for number in range(2)]
    first, second = (Deployment(terraform, 99, store.state["id"], "shared") for store in stores)
    first.apply()
    assert first.is_there and not second.is_there
    second.apply()
    first.destroy()
    assert second.is_there and not first.is_there
    for store in stores:
        store.destroy()


def test_a_store_that_is_gone_is_reported(terraform):
    store = made(terraform, "/gone.pem")
    store.destroy()
    for step in store.plan, store.apply, store.destroy:
        with pytest.raises(GoError) as caught:
            step()
        assert caught.value.status in (404, 400)


def test_a_taken_place_is_refused_in_words(terraform):
    store = made(terraform, "/taken.pem")
    with pytest.raises(GoError) as caught:
        made(terraform, "/taken.pem")
    assert caught.value.status == 400 and "/taken.pem" in caught.value.message
    assert store.plan() == {}
    store.destroy()


@pytest.mark.parametrize("members", [
    {"client_machine": "tf-1", "store_path": "/l.pem"}, {"client_machine": "TF-1", "store_path": "/l.pem"},
    {"store_path": "/l.pem"}, {"client_machine": "tf-1"}, {"container": 3, "client_machine": "tf-1", "store_path": "/l.pem"}])
def test_the_data_source_finds_a_store_by_container_path_and_machine(terraform, members):
    store = made(terraform, "/l.pem", container_name="Web servers")
    parts = [f'ContainerId -eq "{members["container"]}"'] if "container" in members else []
    parts += [f'{field} -eq "{members[name]}"' for field, name in (("StorePath", "store_path"), ("ClientMachine", "client_machine"))
              if name in members]
    found = terraform.ask([{"Id": str}], "GET", "CertificateStores", certificateStoreQuery__queryString=" AND ".join(parts))
    assert store.state["id"] in [each["Id"] for each in found]
    store.destroy()
