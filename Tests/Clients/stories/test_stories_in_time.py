"""Stories of clients that wait: agents that do not ask, schedules that fall due, steps that last. Time passes when a test says so."""

import pytest

from support.client import JobResult, JobStatus, StillWaiting, moment
from support.world import World

START = "2026-03-01T09:00:00Z"  # a Sunday

SCENARIO = """
clock: { start: 2026-03-01T09:00:00Z, mode: frozen }
estate:
  from: small
  agents:
    - { machine: uo-1, capabilities: [ PEM, LOGS, SampleCustomJobType, Plain, Breaks, Lasts, Moved ] }
    - { machine: quiet-1, polls: false, capabilities: [ PEM, Plain ] }
  jobTypes: [ { name: Plain }, { name: Breaks }, { name: Lasts }, { name: Moved } ]
  certificateStores: [ { machine: quiet-2, path: /etc/ssl/quiet.pem, agent: quiet-1 } ]
progress:
  - match: { jobType: Plain }
    steps: [ { state: Completed, result: Success } ]
  - match: { jobType: Breaks }
    steps: [ { state: Completed, result: Failure, message: disk full } ]
  - match: { jobType: Lasts }
    steps:
      - { state: absent, for: 5s }
      - { state: InProcess, for: 5s }
      - { state: CompletedWillRetry, for: 1m }
      - { state: InProcess, for: 5s }
      - { state: Completed, result: Warning, message: slow disk }
  - match: { jobType: Moved }
    steps:
      - { state: absent, until: told }
      - { state: InProcess, until: told }
      - { state: Completed, result: Success, message: moved }
"""


@pytest.fixture(scope="module")
def server(serve_module):
    return serve_module(SCENARIO)


@pytest.fixture
def world(server):
    world = World(server)
    world.reset()
    return world


@pytest.fixture
def client(world):
    return world.client()


def starts(client, job):
    return [str(each.start)[:19] for each in client.history(job)]


# An agent that is approved, and silent.


def test_a_silent_agent_leaves_the_job_waiting(client, world):
    job = client.run_on("quiet-1", "Plain")
    with pytest.raises(StillWaiting):
        client.wait(job, patience=30 * 60, every=60)
    assert world.now == moment("2026-03-01T09:30:00Z")
    assert client.history(job) == [] and [each["Id"] for each in client.scheduled()] == [job]
    assert [(each["id"], each["state"]) for each in world.jobs()] == [(job, "waiting")]


def test_the_waiting_job_runs_once_its_agent_asks_for_work(client, world):
    job = client.run_on("quiet-1", "Plain")
    with pytest.raises(StillWaiting):
        client.wait(job, patience=30 * 60, every=60)
    world.patch(agents=[{"machine": "quiet-1", "polls": True}])
    attempt = client.wait(job)
    assert (attempt.result, attempt.start) == (JobResult.SUCCESS, moment("2026-03-01T09:30:00Z"))
    assert client.scheduled() == [] and len(client.history(job)) == 1


def test_a_silent_agent_holds_no_other_agent_up(client):
    waiting, running = client.run_on("quiet-1", "Plain"), client.run_on("uo-1", "Plain")
    assert client.wait(running).result == JobResult.SUCCESS and client.history(waiting) == []


def test_a_daily_job_that_waits_for_days_runs_once_when_its_agent_asks(client, world):
    job = client.run_on("quiet-1", "Plain", schedule={"Daily": {"Time": "2026-03-01T10:00:00Z"}})
    assert world.advance("3d") == 0
    world.patch(agents=[{"machine": "quiet-1", "polls": True}])
    assert starts(client, job) == ["2026-03-04 09:00:00"]
    world.advance("1h")
    assert starts(client, job) == ["2026-03-04 09:00:00", "2026-03-04 10:00:00"]


def test_the_inventory_of_a_silent_agents_store_waits_too(client, world):
    store = next(each for each in client.stores() if each.machine == "quiet-2")
    client.schedule_inventory([store], {"Immediate": True})
    world.advance("30m")
    assert client.store(store.id).inventory_job is not None and client.history(client.store(store.id).inventory_job) == []


def test_a_job_also_waits_until_its_agent_is_approved_again(client, world):
    job = client.run_on("uo-1", "Plain", schedule={"ExactlyOnce": {"Time": "2026-03-01T10:00:00Z"}})
    world.patch(agents=[{"machine": "uo-1", "status": "disapproved"}])
    assert world.advance("2h") == 0 and client.history(job) == []
    world.patch(agents=[{"machine": "uo-1", "status": "approved"}])
    assert starts(client, job) == ["2026-03-01 11:00:00"]


def test_a_rescheduled_job_waits_for_a_silent_agent_too(client, world):
    job = client.run_on("uo-1", "Breaks", schedule={"Weekly": {"Days": ["Monday"], "Time": "2026-03-02T02:00:00Z"}})
    world.advance("1d")
    failure = client.wait(job)
    world.patch(agents=[{"machine": "uo-1", "polls": False}])
    client.reschedule(failure)
    with pytest.raises(StillWaiting):
        client.wait(job, after=failure.id)
    world.patch(agents=[{"machine": "uo-1", "polls": True}])
    assert client.wait(job, after=failure.id).start == moment("2026-03-02T10:00:00Z")
    assert client.history(job)[0] == failure


def last_seen(client, machine):
    return next(moment(each["LastSeen"]) for each in client.pages("/Agents") if each["ClientMachine"] == machine)


def test_an_agent_that_asks_is_seen_as_time_passes(client, world):
    world.advance("30m")
    assert last_seen(client, "uo-1") == moment("2026-03-01T09:30:00Z")


def test_a_silent_agent_is_not_seen_as_time_passes(client, world):
    world.advance("30m")
    assert last_seen(client, "quiet-1") == moment(START)


def test_an_agent_that_falls_silent_is_not_seen_from_then_on(client, world):
    world.advance("30m")
    world.patch(agents=[{"machine": "uo-1", "polls": False}])
    world.advance("30m")
    assert last_seen(client, "uo-1") == moment("2026-03-01T09:30:00Z")


# Schedules fall due when the clock comes to them.


TIMES = [
    ({"ExactlyOnce": {"Time": "2026-03-01T12:00:00Z"}}, "2026-03-01T12:00:00Z", "exactly once"),
    ({"Daily": {"Time": "2026-03-01T12:00:00Z"}}, "2026-03-01T12:00:00Z", "daily, later on this day"),
    ({"Daily": {"Time": "2026-03-01T02:00:00Z"}}, "2026-03-02T02:00:00Z", "daily, earlier than now"),
    ({"Weekly": {"Days": ["Saturday"], "Time": "2026-03-01T12:00:00Z"}}, "2026-03-07T12:00:00Z", "weekly"),
    ({"Monthly": {"Day": 1, "Time": "2026-03-01T02:00:00Z"}}, "2026-04-01T02:00:00Z", "monthly"),
    ({"Interval": {"Minutes": 90}}, "2026-03-01T10:30:00Z", "interval"),
]


@pytest.mark.parametrize("schedule, due", [each[:2] for each in TIMES], ids=[each[2] for each in TIMES])
def test_a_job_runs_when_its_time_has_come_and_not_before(client, world, schedule, due):
    job = client.run_on("uo-1", "Plain", schedule=schedule)
    assert client.history(job) == []
    seconds = int((moment(due) - moment(START)).total_seconds())
    assert world.advance(f"{seconds - 1}s") == 0 and client.history(job) == []
    assert world.advance("1s") == 1
    [attempt] = client.history(job)
    assert (attempt.start, attempt.result) == (moment(due), JobResult.SUCCESS)
    assert [each["Id"] for each in client.scheduled()] == ([] if "ExactlyOnce" in schedule else [job])


SERIES = [
    ({"Daily": {"Time": "2026-03-01T02:00:00Z"}}, "3d", ["2026-03-02 02:00:00", "2026-03-03 02:00:00", "2026-03-04 02:00:00"], "days"),
    ({"Monthly": {"Day": 27, "Time": "2026-03-01T02:00:00Z"}}, "62d", ["2026-03-27 02:00:00", "2026-04-27 02:00:00"], "months"),
    ({"Interval": {"Minutes": 25}}, "1h", ["2026-03-01 09:25:00", "2026-03-01 09:50:00"], "minutes"),
]


@pytest.mark.parametrize("schedule, by, expected", [each[:3] for each in SERIES], ids=[each[3] for each in SERIES])
def test_all_that_falls_due_in_one_advance_has_run_in_order(client, world, schedule, by, expected):
    job = client.run_on("uo-1", "Plain", schedule=schedule)
    assert world.advance(by) == len(expected)
    assert starts(client, job) == expected


def test_jobs_of_several_schedules_run_in_the_order_of_their_times(client, world):
    later = client.run_on("uo-1", "Plain", schedule={"ExactlyOnce": {"Time": "2026-03-01T12:00:00Z"}})
    often = client.run_on("uo-1", "Plain", schedule={"Interval": {"Minutes": 100}})
    sooner = client.run_on("uo-1", "Plain", schedule={"ExactlyOnce": {"Time": "2026-03-01T09:00:01Z"}})
    assert world.advance("200m") == 4
    jobs = [each["JobId"] for each in client.pages("/OrchestratorJobs/JobHistory")]
    assert jobs == [sooner, often, later, often]


def test_an_inventory_that_has_run_once_leaves_the_store(client, world):
    store = next(each for each in client.stores() if each.machine == "web-1")
    client.schedule_inventory([store], {"ExactlyOnce": {"Time": "2026-03-01T12:00:00Z"}})
    job = client.store(store.id).inventory_job
    assert world.advance("3h") == 1
    assert client.wait(job).result == JobResult.SUCCESS
    assert client.store(store.id) == store and client.scheduled() == []


# Steps that last for a time, and steps that last until they are moved on.


def states(client, job):
    return [each.status.name for each in client.history(job)]


def test_steps_move_on_with_the_clock_and_not_with_looks(client, world):
    job = client.run_on("uo-1", "Lasts")
    for by, expected in [
        ("0s", []), ("4999ms", []), ("1ms", ["IN_PROCESS"]), ("5s", ["COMPLETED_WILL_RETRY"]), ("59s", ["COMPLETED_WILL_RETRY"]),
        ("1s", ["COMPLETED_WILL_RETRY", "IN_PROCESS"]), ("5s", ["COMPLETED_WILL_RETRY", "COMPLETED"])]:
        world.advance(by)
        for _ in range(3):
            assert states(client, job) == expected, by


def test_steps_that_are_over_ended_at_their_time_however_far_the_clock_went(client, world):
    job = client.run_on("uo-1", "Lasts")
    world.advance("1h")
    times = [(str(each.start)[11:19], str(each.end)[11:19]) for each in client.history(job)]
    assert times == [("09:00:05", "09:00:10"), ("09:01:10", "09:01:15")]
    last = client.wait(job, patience=0)
    assert (last.result, last.message) == (JobResult.WARNING, "slow disk")


def test_a_client_that_waits_sees_the_steps_pass(client, world):
    looks = [each and each.status for each in client.watch(client.run_on("uo-1", "Lasts"), every=5)]
    assert looks == [None, JobStatus.IN_PROCESS, *[JobStatus.COMPLETED_WILL_RETRY] * 12, JobStatus.IN_PROCESS, JobStatus.COMPLETED]
    assert world.now == moment("2026-03-01T09:01:15Z")


def test_steps_until_told_wait_for_a_request_to_go_on_and_for_nothing_else(client, world):
    job = client.run_on("uo-1", "Moved")
    for expected, state in ([], "InProcess"), (["IN_PROCESS"], "over"), (["COMPLETED"], None):
        world.advance("10d")
        assert states(client, job) == states(client, job) == expected
        if state:
            assert world.tell(job) == state
    assert client.wait(job).message == "moved"
    assert job in world.control("POST", f"jobs/{job}/advance", status=404)["error"]


def test_the_word_also_ends_steps_that_would_last(client, world):
    job = client.run_on("uo-1", "Lasts")
    assert [world.tell(job) for _ in range(4)] == ["InProcess", "CompletedWillRetry", "InProcess", "over"]
    assert states(client, job) == ["COMPLETED_WILL_RETRY", "COMPLETED"]
    assert client.history(job)[-1].end == moment(START)
    world.advance("1h")
    assert len(client.history(job)) == 2


# Reset.


def a_day(client, world):
    """Does something of everything, and answers every id and time that a client gets to see."""
    stores = client.stores()
    client.schedule_inventory(stores, {"Interval": {"Minutes": 60}})
    jobs = [client.run_on("uo-1", "Plain"), client.run_on("uo-1", "Lasts"), client.run_on("quiet-1", "Plain")]
    world.advance("1d")
    attempts = [client.history(job) for job in jobs]
    return stores, client.stores(), jobs, attempts, client.scheduled(), list(client.pages("/Agents")), world.now


def test_a_reset_gives_the_same_ids_again(client, world):
    first = a_day(client, world)
    world.patch(agents=[{"machine": "uo-7"}], certificateStores=[{"machine": "more-1", "path": "/x", "count": 7}])
    world.reset()
    assert a_day(client, world) == first


def test_a_reset_puts_everything_back(client, world):
    before = world.estate()
    client.run_on("uo-1", "Moved")
    client.schedule_inventory(client.stores(), {"Interval": {"Minutes": 60}})
    world.patch(agents=[{"machine": "quiet-1", "polls": True}, {"machine": "uo-7"}])
    world.advance("400d")
    assert world.reset()["dropped"]["jobs"] == 3
    assert (world.estate(), world.jobs(), client.scheduled(), world.now) == (before, [], [], moment(START))
    assert list(client.pages("/OrchestratorJobs/JobHistory")) == []


def test_each_reset_is_a_generation_of_its_own(world):
    assert world.reset()["generation"] + 1 == world.reset()["generation"]


def test_what_was_due_before_a_reset_does_not_run_after_it(client, world):
    client.run_on("uo-1", "Plain", schedule={"Interval": {"Minutes": 1}})
    world.advance("10m")
    world.reset()
    assert world.advance("10d") == 0 and list(client.pages("/OrchestratorJobs/JobHistory")) == []
