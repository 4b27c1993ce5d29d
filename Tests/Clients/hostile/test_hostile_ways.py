"""Whichever way something comes in - an operation, a scenario, a patch of the estate, a rule's change, a fork - the same holds afterwards.

A walk takes all ways at random, and after each step the estate is held against what must always be so.
"""

import itertools
import random

import pytest

from support.control import Remote
from support.mock import DidNotStart, ESTATE, Mock

HIGHEST = 2**31 - 1
EVERY = [{"Interval": {"Minutes": 30}}, {"Interval": {"Minutes": 45}}, {"Daily": {"Time": "2026-01-01T03:00:00Z"}}, {"ExactlyOnce": {"Time": "2031-01-01T03:00:00Z"}}, None]


def check(remote):
    """What must always be so: schedules, jobs, agents and stores belong together, and every id is one of its own that requests can name."""
    estate = remote.control("GET", "estate")
    stores, agents = {store["id"]: store for store in estate["certificateStores"]}, {agent["machine"]: agent["id"] for agent in estate["agents"]}
    jobs = {job["id"]: job for job in estate["jobs"] if job.get("scheduled", True)}
    for part, key in ("certificateStores", "id"), ("agents", "id"), ("containers", "id"), ("storeTypes", "number"), ("jobTypes", "id"), ("jobs", "id"):
        # A job that is over keeps its id beside the one that took its place.
        ids = [row[key] for row in estate[part] if row.get("scheduled", True)]
        assert len(ids) == len(set(ids)), f"{part} share an id"
        assert all(0 <= row <= HIGHEST for row in ids if isinstance(row, int)), f"{part} have an id that no request can name"
    for store in stores.values():
        scheduled = store["schedule"] is not None
        assert scheduled == (store["inventoryJob"] is not None), store
        if scheduled:
            assert store["approved"] and store["agent"], f"scheduled, but not approved or without an agent: {store}"
            job = jobs[store["inventoryJob"]]
            assert job["store"] == store["id"] and job["kind"] == "Inventory", (store, job)
            assert {job["agent"]} & {store["agent"], agents[store["agent"]]} and job["schedule"] == store["schedule"], (store, job)
        assert store["agent"] is None or store["agent"] in agents, store
        container = next((each for each in estate["containers"] if each["name"] == store["container"]), None)
        assert (container is None) == (store["container"] is None), store
        limit = container and container.get("storeType")
        assert limit is None or limit == store["type"], f"of another type than its container takes: {store}, {container}"
    builtin = {"fetchlogs"} | {each["capability"].lower() + kind for each in estate["storeTypes"] for kind in ("inventory", "management", "discovery", "reenrollment")}
    hidden = builtin & {each["name"].lower() for each in estate["jobTypes"]}
    assert not hidden, f"custom job types that hide the jobs on stores: {hidden}"
    for job in jobs.values():
        assert job["agent"] in agents or job["agent"] in agents.values(), job
        if job.get("store"):
            assert job["store"] in stores, f"a job of a store that is gone: {job}"
            if job["kind"] == "Inventory":
                assert stores[job["store"]]["inventoryJob"] == job["id"], f"an inventory that nobody can take off: {job}"
    shown = {job["id"] for job in remote.control("GET", "jobs")}
    assert shown <= set(jobs) | {None}, "jobs are shown that the estate does not have"
    return estate


class Walk:
    """Ways in, each with inputs drawn at random. Whether a step is refused does not matter, only what holds afterwards."""

    def __init__(self, remote, seed):
        self.remote, self.random, self.names = remote, random.Random(seed), itertools.count()

    def step(self):
        way = self.random.choice([getattr(self, name) for name in dir(self) if name.startswith("by_")])
        self.estate = self.remote.control("GET", "estate")
        reply = way()
        assert reply.status < 500, (way.__name__, reply)
        return f"{way.__name__} {reply.status}"

    def store(self):
        return self.random.choice(self.estate["certificateStores"] or [{"id": "0" * 8 + "-0000-0000-0000-" + "0" * 12, "machine": "m", "path": "/p"}])

    def agent(self, *more):
        return self.random.choice([agent["id"] for agent in self.estate["agents"]] + list(more))

    def machine(self):
        return self.random.choice([agent["machine"] for agent in self.estate["agents"]] + [None])

    def container(self):
        return self.random.choice([container["id"] for container in self.estate["containers"]] + [None])

    def schedule(self):
        return self.random.choice(EVERY)

    def seed(self):
        """A store as files have it: one that exists, or a new one."""
        known = self.store() if self.random.random() < 0.7 else {"machine": f"m-{next(self.names)}", "path": "/p"}
        seed = {"machine": known["machine"], "path": known["path"]}
        if "type" in known:
            seed["type"] = known["type"]
        container = next((each["name"] for each in self.estate["containers"] if each["id"] == self.container()), None)
        for key, value in ("schedule", self.schedule()), ("agent", self.machine()), ("approved", self.random.random() < 0.7), ("container", container):
            if self.random.random() < 0.5:
                seed[key] = value
        return seed

    def patch(self):
        part = self.random.choice(["certificateStores", "containers", "agents"])
        if part == "certificateStores":
            return {part: [self.seed() for _ in range(self.random.randint(1, 3))]}
        if part == "agents":
            return {part: [{"machine": self.machine() or f"a-{next(self.names)}", "status": self.random.choice(["new", "approved", "disapproved"])}]}
        names = [container["name"] for container in self.estate["containers"]] + [f"c-{next(self.names)}"]
        container = {"name": self.random.choice(names), "schedule": self.schedule(), "overwriteSchedules": self.random.random() < 0.5}
        if self.random.random() < 0.4:
            container["storeType"] = self.random.choice(["PEM", "JKS", None])
        return {part: [container]}

    def by_schedule(self):
        return self.remote.request("POST", "/CertificateStores/Schedule", {"StoreIds": [self.store()["id"]], "Schedule": self.schedule() or {}})

    def by_post(self):
        fields = {"ClientMachine": f"p-{next(self.names)}", "StorePath": "/p", "CertStoreType": self.random.choice([2, 2, 0]), "AgentId": self.agent(None),
                  "ContainerId": self.container(), "InventorySchedule": self.schedule()}
        return self.remote.request("POST", "/CertificateStores", fields)

    def by_put(self):
        shown = self.remote.request(path=f"/CertificateStores/{self.store()['id']}")
        if shown.status != 200:
            return shown
        fields = shown.json
        fields["Id"] = fields.get("Id")
        if self.random.random() < 0.5:
            fields["AgentId"] = self.agent(None)
        if self.random.random() < 0.5:
            fields["ContainerId"] = self.container()
        if self.random.random() < 0.3:
            fields["InventorySchedule"] = self.schedule()
        return self.remote.request("PUT", "/CertificateStores", fields)

    def by_approval(self):
        return self.remote.request("POST", "/CertificateStores/Approve", [{"Id": self.store()["id"], "AgentId": self.agent(), "InventorySchedule": self.schedule()}])

    def by_container(self):
        fields = {"Name": f"c-{next(self.names)}", "Schedule": self.schedule() or {"Off": True}, "OverwriteSchedules": self.random.random() < 0.5}
        if self.random.random() < 0.5:
            fields["CertStoreType"] = self.random.choice([2, 0, -1])
        container = self.container()
        if container is None:
            return self.remote.request("POST", "/CertificateStoreContainers", fields)
        if self.random.random() < 0.2:
            return self.remote.request("DELETE", f"/CertificateStoreContainers/{container}")
        return self.remote.request("PUT", "/CertificateStoreContainers", {"Id": container, **fields})

    def by_assignment(self):
        fields = {"KeystoreIds": [self.store()["id"]]}
        container = self.container()
        fields |= {"CertStoreContainerId": container} if container else {"NewContainerName": f"n-{next(self.names)}", "NewContainerType": self.random.choice([-1, 2, 0])}
        return self.remote.request("PUT", "/CertificateStores/AssignContainer", fields)

    def by_types(self):
        """A store type and a custom job type, whose jobs may not have one name."""
        name = self.random.choice("XYZ") + "t"
        kind = self.random.choice(["Inventory", "Management", "Discovery", "Reenrollment", "inventory", ""])
        if self.random.random() < 0.3:
            part = self.random.choice([{"storeTypes": [{"shortName": name}]}, {"jobTypes": [{"name": name + kind or "x"}]}])
            return self.remote.ask("PATCH", "estate", part)
        if self.random.random() < 0.5:
            return self.remote.request("POST", "/JobTypes/Custom", {"JobTypeName": name + kind})
        return self.remote.request("POST", "/CertificateStoreTypes", {"Name": name, "ShortName": name, "Capability": name})

    def by_agents(self):
        way = self.random.choice(["Approve", "Disapprove", "Approve", "Reset"])
        if way == "Reset" and self.random.random() < 0.5:
            return self.remote.request("DELETE", f"/Agents/{self.agent()}?force=true")
        return self.remote.request("POST", f"/Agents/{way}", [self.agent()])

    def by_deletion(self):
        return self.remote.request("DELETE", f"/CertificateStores/{self.store()['id']}")

    def by_management(self):
        fields = {"CertificateId": 1, "Schedule": {"Immediate": True}, "CertificateStores": [{"CertificateStoreId": self.store()["id"], "Alias": "a"}]}
        return self.remote.request("POST", "/CertificateStores/Certificates/Add", fields)

    def by_patch(self):
        return self.remote.ask("PATCH", "estate", self.patch())

    def by_rule(self):
        rule = {"name": "walk", "operation": "GET /Agents", "do": [{"change": {"estate": self.patch()}}]}
        reply = self.remote.ask("POST", "rules", rule)
        if reply.status != 200:
            rule["do"] = [{"change": self.patch()}]
            reply = self.remote.ask("POST", "rules", rule)
        assert self.remote.request().status < 500
        self.remote.ask("DELETE", "rules/walk")
        return reply

    def by_fork(self):
        """Goes on in a fork."""
        name = f"fork-{next(self.names)}-{self.random.randrange(10**9)}"
        self.remote = Remote(self.remote.server).new(name, **{"from": self.remote.world})
        return self.remote.request()

    def by_dump(self):
        """Puts back what was shown, all of it."""
        return self.remote.ask("PATCH", "estate", self.estate)

    def by_time(self):
        return self.remote.ask("POST", "clock/advance", {"by": self.random.choice(["1m", "31m", "1d", "5s"])})


@pytest.mark.parametrize("seed", range(6))
def test_what_must_always_be_so_holds_whichever_way_something_comes_in(mock, seed):
    walk, steps = Walk(Remote(mock).new(f"walk-{seed}"), seed), []
    check(walk.remote)
    for _ in range(120):
        steps.append(walk.step())
        try:
            check(walk.remote)
        except (AssertionError, KeyError) as broken:
            raise AssertionError(f"after {len(steps)} steps, the last {steps[-3:]}: {broken!r}") from broken
    taken = {step.split()[0] for step in steps if step.split()[1] in ("200", "201", "204")}
    assert len(taken) >= 10, f"too few ways were taken: {sorted(taken)}"


# Schedules

WRONG_STORES = {
    "unapproved": ("{ machine: s-1, path: /p, agent: uo-1, approved: false, schedule: { Interval: { Minutes: 30 } } }", "is not approved"),
    "no agent": ("{ machine: s-1, path: /p, schedule: { Interval: { Minutes: 30 } } }", "has no agent"),
    "agent taken away": ("{ machine: web-2, path: /etc/ssl/shop.pem, agent: null, schedule: { Interval: { Minutes: 30 } } }", "has no agent"),
}


@pytest.mark.parametrize("store, reason", WRONG_STORES.values(), ids=WRONG_STORES)
def test_a_file_cannot_schedule_a_store_that_a_request_could_not(mock, store, reason):
    words = f"the certificate store {reason}, so that nothing can be scheduled on it"
    with pytest.raises(DidNotStart, match=words) as raised:
        Mock(ESTATE + f"    - {store}\n")
    assert raised.value.code == 65 and "schedule: { Interval" in raised.value.errors
    world = Remote(mock).new(f"files-{list(WRONG_STORES.values()).index((store, reason))}")
    import yaml

    patch = {"certificateStores": [yaml.safe_load(store)]}
    assert words in world.refused("PATCH", "estate", patch)
    rule = [{"operation": "GET /Agents", "do": [{"change": {"estate": patch}}]}]
    reply = world.ask("POST", "rules", rule)
    assert reply.status == 400 or world.request().status == 200
    check(world)


def test_a_store_that_loses_its_agent_or_approval_loses_its_schedule_and_job(mock):
    world = Remote(mock).new("loses")
    store = mock.store("web-2")
    jobs = set()
    for way in "PUT", "agent", "approved":
        seed = {"machine": "web-2", "path": "/etc/ssl/shop.pem", "agent": "uo-1", "approved": True, "schedule": {"Interval": {"Minutes": 30}}}
        world.control("PATCH", "estate", {"certificateStores": [seed]})
        shown = world.request(path=f"/CertificateStores/{store}").json
        jobs.add(shown["CertStoreInventoryJobId"])
        if way == "PUT":
            shown = world.request("PUT", "/CertificateStores", {**shown, "AgentId": None}).json
        else:
            seed = {"machine": "web-2", "path": "/etc/ssl/shop.pem", way: None if way == "agent" else False}
            world.control("PATCH", "estate", {"certificateStores": [seed]})
            shown = world.request(path=f"/CertificateStores/{store}").json
        assert shown.get("InventorySchedule") is None and shown.get("CertStoreInventoryJobId") is None, way
        assert world.control("GET", "jobs") == []
        check(world)
    assert len(jobs) == 3 and None not in jobs


def test_a_patched_container_and_a_patched_agent_take_their_stores_along(mock):
    world = Remote(mock).new("takes-along")
    where = {"machine": "web-2", "path": "/etc/ssl/shop.pem"}
    world.control("PATCH", "estate", {"containers": [{"name": "Web servers", "schedule": {"Interval": {"Minutes": 20}}}]})
    shown = next(store for store in check(world)["certificateStores"] if store["machine"] == "web-2")
    assert shown["schedule"] == {"Interval": {"Minutes": 20}}
    estate = world.control("PATCH", "estate", {"certificateStores": [{**where, "agent": "uo-4"}]})
    moved = next(store for store in estate["certificateStores"] if store["machine"] == "web-2")
    assert moved["inventoryJob"] == shown["inventoryJob"] and len(estate["jobs"]) == 1
    check(world)


ORPHANS = [
    ({"jobs": [{"id": "11111111-1111-1111-1111-111111111111", "agent": "22222222-2222-2222-2222-222222222222", "jobType": "x"}]}, "there is no agent of the id"),
    ({"jobs": [{"id": "11111111-1111-1111-1111-111111111111", "agent": "uo-1", "jobType": "x", "store": "33333333-3333-3333-3333-333333333333"}]},
     "there is no certificate store of the id"),
    ({"jobs": [{"id": "11111111-1111-1111-1111-111111111111", "agent": "uo-1", "jobType": "x", "kind": "Inventory"}]}, "is an inventory, and not that of"),
    ({"certificateStores": [{"machine": "web-2", "path": "/etc/ssl/shop.pem", "id": "44444444-4444-4444-4444-444444444444"}]}, "id is given once"),
    ({"containers": [{"name": "Web servers", "id": 77}]}, "id is given once"),
    ({"jobTypes": [{"name": "FetchLogs"}]}, "is built in"), ({"jobTypes": [{"name": "PEMInventory"}]}, "is built in"),
    ({"jobTypes": [{"name": "jksmanagement"}]}, "is built in"), ({"jobTypes": [{"name": "NewInventory"}], "storeTypes": [{"shortName": "New"}]}, "would have the name"),
]


@pytest.mark.parametrize("patch, reason", ORPHANS, ids=[reason for _, reason in ORPHANS])
def test_a_patch_leaves_nothing_that_belongs_to_nothing(mock, patch, reason):
    world = Remote(mock).new("orphans-" + str(ORPHANS.index((patch, reason))))
    before = world.control("GET", "estate")
    assert reason in world.refused("PATCH", "estate", patch)
    assert world.control("GET", "estate") == before


def test_the_built_in_job_type_cannot_be_hidden(mock):
    for name in "FetchLogs", "fetchlogs", "PEMInventory", "jksreenrollment", "IISDISCOVERY", "PEMManagement":
        reply = mock.ask("POST", "/KeyfactorAPI/JobTypes/Custom", {"JobTypeName": name})
        assert reply.status == 400 and "exists already" in reply.json["Message"]


# Numbers

TOO_HIGH = [
    {"containers": [{"name": "z", "id": 0}]}, {"storeTypes": [{"shortName": "ZZ", "name": "z", "number": 0}]}, {"pamProviders": [{"name": "z", "id": 0}]},
    {"certificates": [{"id": 0}]}, {"numbers": {"highestContainer": 0}}, {"numbers": {"highestStoreType": 0}},
    {"numbers": {"jobs": 0}}, {"numbers": {"inventoryItems": 0}},
]


def filled(value, number):
    if isinstance(value, dict):
        return {key: filled(each, number) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, number) for each in value]
    return number if value == 0 else value


@pytest.mark.parametrize("patch", TOO_HIGH, ids=str)
def test_what_comes_after_the_highest_number_of_a_file_can_still_be_named(mock, patch):
    world = Remote(mock).new(f"numbers-{TOO_HIGH.index(patch)}")
    for number in HIGHEST, 2_000_000_001:
        assert "must be a whole number from" in world.refused("PATCH", "estate", filled(patch, number))
    world.control("PATCH", "estate", filled(patch, 2_000_000_000))
    check(world)
    made = world.request("POST", "/CertificateStoreContainers", {"Name": "after"}).json
    assert made["Id"] <= HIGHEST
    assert world.request("GET", f"/CertificateStoreContainers/{made['Id']}").status == 200
    assert world.request("PUT", "/CertificateStoreContainers", {"Id": made["Id"], "Name": "changed"}).status == 200
    assert world.request("DELETE", f"/CertificateStoreContainers/{made['Id']}").status == 204
    type_ = world.request("POST", "/CertificateStoreTypes", {"Name": "after", "ShortName": "AFT", "Capability": "AFT"}).json
    assert world.request("DELETE", f"/CertificateStoreTypes/{type_['StoreType']}").status == 204
    check(world)
