"""Example tests of a small client. The client comes first; in your project it is the code that you ship."""

import json
import urllib.error
import urllib.request

import pytest

# The client under test.


def ask(url, path, body=None):
    headers = {"x-keyfactor-requested-with": "APIClient", "Content-Type": "application/json"}
    request = urllib.request.Request(url + path, body and json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as reply:
        return json.load(reply)


def give_job(url, machine, attempts=3):
    """Schedules a job on the agent of a machine and returns the job's id. Retries while the server is down."""
    agent = next(each["AgentId"] for each in ask(url, "/Agents") if each["ClientMachine"] == machine)
    body = {"AgentId": agent, "JobTypeName": "SampleCustomJobType", "JobFields": {"ParamInt": "1"}}
    for left in reversed(range(attempts)):
        try:
            return ask(url, "/OrchestratorJobs/Custom", body)["JobId"]
        except urllib.error.HTTPError as refusal:
            if refusal.code != 503 or not left:
                raise


def results(url, job):
    return [each["Result"] for each in ask(url, f"/OrchestratorJobs/JobHistory?QueryString=JobId%20-eq%20%22{job}%22")]


# Its tests.


def test_a_server_that_is_down_twice_gets_one_job(kfmock):
    kfmock.on("POST", "/OrchestratorJobs/Custom", times=2).refuse("unavailable")
    job = give_job(kfmock.url, "uo-1")
    sent = kfmock.requests("POST", "/OrchestratorJobs/Custom")
    assert [each.status for each in sent] == [503, 503, 200]
    assert len({each.body for each in sent}) == 1
    assert [each["id"] for each in kfmock.jobs()] == [job]


def test_a_lost_answer_does_not_make_a_second_job(kfmock):
    kfmock.on("POST", "/OrchestratorJobs/Custom").reset(at="reply")
    with pytest.raises(OSError):
        give_job(kfmock.url, "uo-1")
    [sent] = kfmock.requests("POST", "/OrchestratorJobs/Custom")
    assert sent.effect == "committed"
    kfmock.expect(jobs={}, count=1)
    kfmock.verify()


def test_a_job_fails_when_the_script_says_so(kfmock):
    kfmock.script_job("SampleCustomJobType", ["InProcess", "Completed:Failure:disk full"])
    job = give_job(kfmock.url, "uo-1")
    assert [results(kfmock.url, job) for _ in range(2)] == [[0], [4]]


def test_a_job_of_tonight_runs_tonight(kfmock):
    kfmock.load("clock: { start: 2026-03-01T09:00:00Z, mode: frozen }")
    agent = next(each["id"] for each in kfmock.estate()["agents"] if each["machine"] == "uo-1")
    tonight = {"ExactlyOnce": {"Time": "2026-03-01T23:00:00Z"}}
    body = {"AgentId": agent, "JobTypeName": "SampleCustomJobType", "JobFields": {"ParamInt": "1"}, "Schedule": tonight}
    job = ask(kfmock.url, "/OrchestratorJobs/Custom", body)["JobId"]
    assert results(kfmock.url, job) == []
    assert kfmock.advance("14h") == 1
    assert results(kfmock.url, job) != []


@pytest.mark.parametrize("attempt", [1, 2])
def test_chance_is_the_same_in_every_run(kfmock, attempt):
    """Two worlds with different names: neither sees the other's requests."""
    kfmock.on("GET", "/Agents", chance="50%", maxRun=1).refuse("unavailable")
    with pytest.raises(urllib.error.HTTPError):
        for _ in range(20):
            ask(kfmock.url, "/Agents")
    assert {each.status for each in kfmock.requests()} <= {200, 503}


def test_an_expectation_that_is_not_met_is_shown_with_the_nearest_request(kfmock):
    give_job(kfmock.url, "uo-1")
    kfmock.expect("POST", "/OrchestratorJobs/Custom", where={"body.JobFields.ParamInt": "2"})
    with pytest.raises(AssertionError, match="nearest: .* POST"):
        kfmock.verify()
