"""Twelve stories of client authors, written with the pytest fixture kfmock: the first six. Time passes when a test says so."""

import pytest

from support.client import AgentUnavailable, Forbidden, JobResult, Login, Refused, StillWaiting, UnknownOutcome
from support.fixture import CUSTOM, client, give  # noqa: F401: a fixture

HOURLY = {"Interval": {"Minutes": 60}}
MONDAYS = {"Weekly": {"Days": ["Monday"], "Time": "2026-03-02T02:00:00Z"}}
SUNDAY_AT_NINE = {"clock": {"start": "2026-03-01T09:00:00Z", "mode": "frozen"}}
LOGIN = ("EXAMPLE\\ops", "s3cret")


# 1. A POST is retried, and there is one job.


def test_two_refusals_and_then_one_job(kfmock, client):
    kfmock.on("POST", CUSTOM, times=2).refuse("unavailable")
    job = give(client(attempts=3, login=LOGIN))
    sent = kfmock.requests("POST", CUSTOM)
    assert [(each.status, each.effect) for each in sent] == [(503, "none"), (503, "none"), (200, "committed")]
    assert {each.body for each in sent} == {sent[0].body} and sent[0].json["JobTypeName"] == "SampleCustomJobType"
    for name in "Content-Type", "Authorization", "X-Keyfactor-Requested-With":
        assert len({each.header(name) for each in sent}) == 1 and sent[0].header(name)
    assert [each["id"] for each in kfmock.jobs()] == [job]


def test_three_refusals_are_too_many_for_three_attempts(kfmock, client):
    kfmock.on("POST", CUSTOM, times=3).refuse("unavailable")
    with pytest.raises(Exception, match="503"):
        give(client(attempts=3))
    assert [each.status for each in kfmock.requests("POST", CUSTOM)] == [503] * 3 and kfmock.jobs() == []


# 2. The work was done and the answer was lost.


BREAKS = ["reset", "close", "truncate"]


@pytest.mark.parametrize("how", BREAKS)
def test_a_lost_answer_makes_no_second_job(kfmock, client, how):
    rule = kfmock.on("POST", CUSTOM, times=1)
    if how == "truncate":
        rule.truncate(keep="10%")
    else:
        getattr(rule, how)(at="reply")
    with pytest.raises(UnknownOutcome):
        give(client(attempts=3))
    [sent] = kfmock.requests("POST", CUSTOM)
    assert sent.effect == "committed" and len(kfmock.jobs()) == 1
    kfmock.expect("POST", CUSTOM, count=1)
    kfmock.expect(jobs={"agent": "uo-1"}, count=1)
    kfmock.verify()


@pytest.mark.parametrize("how", ["reset", "close"])
def test_a_lost_request_makes_no_job(kfmock, client, how):
    getattr(kfmock.on("POST", CUSTOM, times=1), how)(at="request")
    with pytest.raises(UnknownOutcome):
        give(client(attempts=3))
    assert [each.effect for each in kfmock.requests("POST", CUSTOM)] == ["none"] and kfmock.jobs() == []


def test_a_read_whose_answer_was_lost_is_asked_again(kfmock, client):
    kfmock.on("GET", "/Agents", times=2).reset(at="reply")
    give(client(attempts=3))
    assert len(kfmock.requests("GET", "/Agents")) == 3 and len(kfmock.jobs()) == 1


# 3. The token expires in the middle.


SHORT_LIVED = {**SUNDAY_AT_NINE, "auth": {"mode": "bearer", "clients": [{"id": "ci", "secret": "s3cret"}], "tokens": {"expiresIn": "60s"}}}


def test_one_token_serves_many_calls_and_is_renewed_when_it_is_not_taken_any_more(kfmock, client):
    kfmock.load(SHORT_LIVED)
    caller = client(login=Login(kfmock.token_url, "ci", "s3cret"))
    for _ in range(20):
        caller.agent("uo-1")
    assert len(kfmock.requests("token")) == 1
    kfmock.advance("2m")
    caller.agent("uo-1")
    assert len(kfmock.requests("token")) == 2
    assert [each.status for each in kfmock.requests("GET", "/Agents")] == [200] * 20 + [401, 200]


def test_a_client_that_is_not_known_gets_no_token_and_asks_once(kfmock, client):
    kfmock.load(SHORT_LIVED)
    with pytest.raises(Forbidden):
        client(login=Login(kfmock.token_url, "ci", "wrong")).agent("uo-1")
    assert [each.operation for each in kfmock.requests()] == ["token"]


# 4. The agent goes away between the look-up and the POST.


def test_an_agent_lost_after_it_was_looked_up_gets_one_request_and_no_job(kfmock, client):
    kfmock.on("GET", "/Agents").change(agents=[{"machine": "uo-1", "status": "disapproved"}])
    with pytest.raises(AgentUnavailable):
        give(client(attempts=3))
    assert [each.status for each in kfmock.requests("POST", CUSTOM)] == [400] and kfmock.jobs() == []


def test_a_refusal_for_another_reason_stays_what_it_is(kfmock, client):
    with pytest.raises(Refused):
        give(client(), schedule={"Daily": {"Time": "at nine"}})
    assert len(kfmock.requests("POST", CUSTOM)) == 1


def test_an_agent_that_is_silent_leaves_the_job_waiting(kfmock, client):
    kfmock.load(SUNDAY_AT_NINE)
    kfmock.patch(agents=[{"machine": "uo-1", "polls": False}])
    caller = client()
    job = give(caller)
    with pytest.raises(StillWaiting):
        caller.wait(job, patience=30 * 60, every=60)
    assert kfmock.clock()["now"] == "2026-03-01T09:30:00Z"
    assert caller.history(job) == [] and [each["state"] for each in kfmock.jobs()] == ["waiting"]


# 5. The schedule is seen after 204.


def test_a_schedule_is_seen_after_204(kfmock, client):
    kfmock.load(SUNDAY_AT_NINE)
    kfmock.patch(certificateStores=[{"machine": "shelf-1", "path": "/part.pem", "agent": "uo-1", "count": 2}])
    caller = client()
    stores = caller.stores()
    caller.schedule_inventory(stores, HOURLY)
    [sent] = kfmock.requests("POST", "/CertificateStores/Schedule")
    assert (sent.status, sent.replyBody) == (204, "") and len(stores) == 3
    after = [caller.store(each.id) for each in stores]
    assert [each.inventory_schedule for each in after] == [HOURLY] * 3
    rows = caller.scheduled('JobType -contains "Inventory"')
    assert sorted(each["Id"] for each in rows) == sorted(each.inventory_job for each in after)
    assert {each["schedule"]["Interval"]["Minutes"] for each in kfmock.estate()["certificateStores"]} == {60}


# 6. Failure, rescheduled, success.


def test_a_failed_job_is_rescheduled_once_and_succeeds(kfmock, client):
    kfmock.load(SUNDAY_AT_NINE)
    kfmock.script_job("SampleCustomJobType", ["InProcess", "InProcess", "Completed:Failure:disk full", "InProcess", "Completed:Success"])
    caller = client()
    job = give(caller, schedule=MONDAYS)
    kfmock.advance(to="2026-03-02T02:00:00Z")
    assert caller.heal(job).result == JobResult.SUCCESS
    assert len(kfmock.requests("POST", CUSTOM)) == len(kfmock.requests("POST", "/OrchestratorJobs/Reschedule")) == 1
    ends = [each for each in caller.history(job) if each.is_final]
    assert [(each.result, each.message) for each in ends] == [(JobResult.FAILURE, "disk full"), (JobResult.SUCCESS, "")]


def test_a_job_that_succeeds_is_not_rescheduled(kfmock, client):
    caller = client()
    assert caller.heal(give(caller)).result == JobResult.SUCCESS
    assert kfmock.requests("POST", "/OrchestratorJobs/Reschedule") == []
