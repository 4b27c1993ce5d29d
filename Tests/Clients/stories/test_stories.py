"""Stories of client authors: what they do with stores, jobs and releases, written with the client in client.py."""

import re

import pytest

from support.client import AgentUnavailable, JobResult, JobStatus, MaxPages, NotFound, Refused, Store
from support.world import World

NOBODY = "00000000-0000-0000-0000-000000000000"
HOURLY = {"Interval": {"Minutes": 60}}
MONDAYS = {"Weekly": {"Days": ["Monday"], "Time": "2026-03-02T02:00:00Z"}}  # the world begins on a Sunday at nine
INVENTORIES = 'JobType -contains "Inventory"'

SCENARIO = """
clock: { start: 2026-03-01T09:00:00Z, mode: frozen }
estate:
  from: small
  agents: [ { machine: uo-1, capabilities: [ PEM, LOGS, SampleCustomJobType, Heals, Retries, Fails ] } ]
  jobTypes: [ { name: Heals }, { name: Retries }, { name: Fails } ]
  certificateStores: [ { machine: shelf-1, path: /etc/ssl/part.pem, agent: uo-1, count: 2 } ]
progress:
  - match: { jobType: Heals }
    steps:
      - { state: InProcess, reads: 2 }
      - { state: Completed, result: Failure, message: disk full }
      - { state: InProcess }
      - { state: Completed, result: Success, message: done }
  - match: { jobType: Retries }
    steps:
      - { state: absent, reads: 2 }
      - { state: InProcess }
      - { state: CompletedWillRetry, message: no answer from the target }
      - { state: InProcess }
      - { state: Completed, result: Success }
  - match: { jobType: Fails }
    steps: [ { state: Completed, result: Failure, message: disk full } ]
"""


@pytest.fixture(scope="module")
def server(serve_module):
    return serve_module(SCENARIO)


@pytest.fixture
def world(server):
    world = World(server)
    world.reset()
    return world


@pytest.fixture(params=[False, True], ids=["HTTP", "HTTPS"])
def client(world, request):
    return world.client(secure=request.param)


# Story 5: the schedule is seen after 204.


def test_a_schedule_is_seen_in_each_store_and_among_the_scheduled_jobs(client):
    stores = client.stores()
    assert len(stores) == 3 and client.scheduled(INVENTORIES) == []
    client.schedule_inventory(stores, HOURLY)
    after = [client.store(each.id) for each in stores]
    assert [each.inventory_schedule for each in after] == [HOURLY] * 3
    rows = client.scheduled(INVENTORIES)
    assert {each["Id"] for each in rows} == {each.inventory_job for each in after} and len(rows) == 3
    assert {(each["ClientMachine"], each["JobType"]) for each in rows} == {("uo-1", "PEMInventory")}
    assert {each["Target"] for each in rows} == {each.path for each in stores}


def test_the_answer_to_a_schedule_is_204_without_a_body(client):
    body = {"StoreIds": [client.stores()[0].id], "Schedule": HOURLY}
    reply = client.session.post(client.url + "/CertificateStores/Schedule", json=body)
    assert (reply.status_code, reply.content) == (204, b"") and "Content-Type" not in reply.headers


def test_other_jobs_are_not_among_the_inventories(client):
    client.schedule_inventory(client.stores()[:1], HOURLY)
    job = client.run_on("uo-1", "Heals", schedule=MONDAYS)
    assert len(client.scheduled(INVENTORIES)) == 1 and len(client.scheduled()) == 2
    assert [each["Id"] for each in client.scheduled('JobType -eq "Heals"')] == [job]


def test_a_schedule_that_is_taken_off_is_gone_everywhere(client):
    stores = client.stores()
    client.schedule_inventory(stores, HOURLY)
    client.schedule_inventory(stores[:1], {})
    gone = client.store(stores[0].id)
    assert (gone.inventory_schedule, gone.inventory_job) == (None, None) and len(client.scheduled(INVENTORIES)) == 2


def test_one_store_that_is_not_there_refuses_all(client):
    stores = client.stores()
    nobody = Store(NOBODY, "", "", None, None)
    with pytest.raises(Refused) as refusal:
        client.schedule_inventory([*stores, nobody], HOURLY)
    assert len(refusal.value.reasons) == 1 and NOBODY in refusal.value.reasons[0]
    assert {each.inventory_schedule for each in client.stores()} == {None} and client.scheduled(INVENTORIES) == []


# Story 6: failure after some polls, rescheduled, success.


def test_a_failed_weekly_job_is_rescheduled_once_and_succeeds(client, world):
    job = client.run_on("uo-1", "Heals", schedule=MONDAYS)
    world.advance_to("2026-03-02T02:00:00Z")
    *before, failure = client.watch(job)
    assert [each.status for each in before] == [JobStatus.IN_PROCESS] * 2
    assert (failure.result, failure.message) == (JobResult.FAILURE, "disk full")

    client.reschedule(failure)
    success = client.wait(job, after=failure.id)
    assert (success.result, success.message) == (JobResult.SUCCESS, "done")
    assert [each.message for each in client.history(job) if each.is_final] == ["disk full", "done"]
    assert [(each["id"], each["runs"]) for each in world.jobs()] == [(job, 2)], "the job is the same, and still there"


def test_a_rescheduled_job_keeps_its_weekly_schedule(client, world):
    job = client.run_on("uo-1", "Heals", schedule=MONDAYS)
    world.advance_to("2026-03-02T02:00:00Z")
    client.reschedule(client.wait(job))
    client.wait(job, after=1)
    assert world.advance_to("2026-03-09T01:59:59Z") == 0 and world.advance("1s") == 1
    assert [each["Schedule"] for each in client.scheduled()] == [{"Weekly": {"Days": ["Monday"], "Time": "2026-03-09T02:00:00Z"}}]
    assert [str(each.start)[:16] for each in client.history(job)] == ["2026-03-02 02:00", "2026-03-02 02:00", "2026-03-09 02:00"]


ONCE = [({"Immediate": True}, "immediate"), ({"ExactlyOnce": {"Time": "2026-03-01T09:00:00Z"}}, "exactly once")]


@pytest.mark.parametrize("schedule", [each for each, _ in ONCE], ids=[each for _, each in ONCE])
def test_a_job_that_was_to_run_once_is_not_rescheduled(client, schedule):
    failure = client.wait(client.run_on("uo-1", "Fails", schedule=schedule))
    assert failure.result == JobResult.FAILURE
    with pytest.raises(Refused) as refusal:
        client.reschedule(failure)
    assert f"'{failure.id}'" in refusal.value.reasons[0] and "once" in refusal.value.message
    assert client.history(failure.job) == [failure] and client.scheduled() == []


def test_what_has_not_failed_is_not_rescheduled(client, world):
    job = client.run_on("uo-1", "Retries", schedule=MONDAYS)
    world.advance_to("2026-03-02T02:00:00Z")
    for attempt in filter(None, client.watch(job)):
        with pytest.raises(Refused):
            client.reschedule(attempt)
    assert len(client.history(job)) == 2


def test_one_attempt_that_cannot_be_rescheduled_refuses_all(client, world):
    once, weekly = client.run_on("uo-1", "Fails"), client.run_on("uo-1", "Fails", schedule=MONDAYS)
    world.advance_to("2026-03-02T02:00:00Z")
    failures = client.wait(once), client.wait(weekly)
    with pytest.raises(Refused) as refusal:
        client.reschedule(*failures)
    assert len(refusal.value.reasons) == 1 and client.history(weekly) == [failures[1]]
    client.reschedule(failures[1])
    assert len(client.history(weekly)) == 2


# Story 7: no history yet, an attempt that will be retried, success.


def seen(attempts):
    return [each and each.status.name for each in attempts]


def test_a_job_is_absent_then_retried_then_done(client):
    job = client.run_on("uo-1", "Retries")
    looks = seen(client.watch(job))
    assert looks == [None, None, "IN_PROCESS", "COMPLETED_WILL_RETRY", "IN_PROCESS", "COMPLETED"]
    first, second = client.history(job)
    assert (first.result, first.message, first.is_final) == (JobResult.FAILURE, "no answer from the target", False)
    assert (second.result, second.is_final) == (JobResult.SUCCESS, True) and first.id < second.id


def test_looking_at_another_job_moves_nothing_on(client):
    job, other = client.run_on("uo-1", "Retries"), client.run_on("uo-1", "Retries")
    looks = []
    for attempt in client.watch(job):
        looks.append(attempt)
        assert client.history(NOBODY) == []
    assert seen(looks) == [None, None, "IN_PROCESS", "COMPLETED_WILL_RETRY", "IN_PROCESS", "COMPLETED"]
    assert client.history(other) == []


def test_an_acknowledged_failure_is_the_end(client):
    failure = client.wait(client.run_on("uo-1", "Fails"))
    client.acknowledge(failure)
    again = client.wait(failure.job, patience=0)
    assert (again.status, again.result, again.message) == (JobStatus.ACKNOWLEDGED, JobResult.FAILURE, "disk full")


# Story 8: all pages, then stop.


@pytest.fixture(scope="module")
def shelves(serve_module):
    return World(serve_module("clock: { mode: frozen }\nestate: { from: empty, agents: [ { machine: uo-1, capabilities: [ PEM ] } ] }"))


@pytest.mark.parametrize("count", [0, 1, 50, 51, 100, 101])
def test_all_stores_are_listed_and_each_once(shelves, count):
    shelves.reset()
    if count:
        shelves.patch(certificateStores=[{"machine": "shelf-1", "path": "/part.pem", "agent": "uo-1", "count": count}])
    stores = shelves.client().stores()
    assert sorted(each.path for each in stores) == sorted(f"/part.pem.{each + 1}" for each in range(count))
    assert len({each.id for each in stores}) == count


def test_a_patch_can_ask_for_no_stores_at_all(shelves):
    shelves.reset()
    shelves.patch(certificateStores=[{"machine": "shelf-1", "path": "/part.pem", "count": 0}])
    assert shelves.client().stores() == []


def test_the_guard_finds_a_list_that_never_ends(serve):
    client = World(serve("clock: { mode: frozen }\nfidelity: { paging: ignorePage }")).client(max_pages=7)
    with pytest.raises(MaxPages):
        client.stores()


def test_the_guard_does_not_mind_an_empty_list_that_ignores_pages(serve):
    assert World(serve("fidelity: { paging: ignorePage }\nestate: { from: empty }")).client(max_pages=1).stores() == []


# Story 12: one client, all releases.

NAMES = ["10.5", "11.6", "12.3"]
RELEASES = [(each, "") for each in [*NAMES, "24.4", "25.4"]] + [("25.4", "nulls: omit"), ("25.4", "enums: names"), ("10.5", "enums: numbers")]


@pytest.fixture(scope="module", params=RELEASES, ids=[" ".join(each).strip() for each in RELEASES])
def release(request, serve_module):
    """A world of each release, and of some with a switch."""
    product, switch = request.param
    world = World(serve_module(f'product: "{product}"\nfidelity: {{ {switch} }}\n' + SCENARIO))
    world.product, world.switch = product, switch
    world.names = switch == "enums: names" or product in NAMES and not switch
    return world


@pytest.fixture
def visitor(release):
    release.reset()
    return release.client()


def test_a_store_reads_the_same_in_every_release(visitor):
    store = next(each for each in visitor.stores() if each.machine == "web-1")
    assert (store.path, store.inventory_schedule, store.inventory_job) == ("/etc/ssl/app.pem", None, None)
    visitor.schedule_inventory([store], HOURLY)
    assert visitor.store(store.id).inventory_schedule == HOURLY
    visitor.schedule_inventory([store], {})
    assert visitor.store(store.id) == store


def test_a_job_fails_the_same_in_every_release(visitor, release):
    failure = visitor.wait(visitor.run_on("uo-1", "Fails"))
    assert (failure.result.name, failure.status.name) == ("FAILURE", "COMPLETED")
    assert failure.start == failure.end == release.now
    raw = visitor.ask("GET", "/OrchestratorJobs/JobHistory")[0]
    assert (raw["Result"], raw["Status"]) == (("Failure", "Completed") if release.names else (4, 3))
    assert raw["OperationEnd"].endswith("Z") == (release.product != "10.5")


def test_a_job_under_way_reads_the_same_in_every_release(visitor):
    looks = [each for each in visitor.watch(visitor.run_on("uo-1", "Retries")) if each]
    assert seen(looks) == ["IN_PROCESS", "COMPLETED_WILL_RETRY", "IN_PROCESS", "COMPLETED"]
    assert [each.result.name for each in looks] == ["UNKNOWN", "FAILURE", "UNKNOWN", "SUCCESS"]
    assert [each.end is None for each in looks] == [True, False, True, False]


def test_every_release_says_which_it_is(visitor, release):
    visitor.stores()
    assert re.match(re.escape(release.product) + r"\.\d", visitor.version)


def test_what_does_not_exist_is_the_same_error_in_every_release(visitor):
    for ask in (lambda: visitor.store(NOBODY), lambda: visitor.ask("GET", f"/Agents/{NOBODY}"), lambda: visitor.ask("GET", "/Nothing")):
        with pytest.raises(NotFound) as error:
            ask()
        assert error.value.message and re.fullmatch(r"0x[0-9A-F]{8}", error.value.code)
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", error.value.correlation_id)


def test_an_agent_that_is_not_approved_is_unavailable_in_every_release(visitor):
    for machine in "uo-2", "nowhere":
        with pytest.raises(AgentUnavailable):
            visitor.run_on(machine, "Fails")


@pytest.mark.parametrize("sent", [{"InventorySchedule": {}}, {"InventorySchedule": None}, {}], ids=["{}", "null", "left out"])
def test_the_client_takes_every_way_to_say_no_schedule(sent):
    assert Store.read({"Id": NOBODY, "ClientMachine": "web-1", "StorePath": "/x", **sent}).inventory_schedule is None
