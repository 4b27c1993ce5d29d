"""Schedules a job while Command is down at first."""

import requests

HEADERS = {"x-keyfactor-requested-with": "APIClient"}


def order(api):
    """The client under test; in your project it is the code that you ship."""
    agent = next(each["AgentId"] for each in requests.get(api + "/Agents", timeout=10).json() if each["ClientMachine"] == "uo-1")
    job = {"AgentId": agent, "JobTypeName": "SampleCustomJobType", "JobFields": {"ParamInt": "3"}}
    return requests.post(api + "/OrchestratorJobs/Custom", json=job, headers=HEADERS, timeout=10)


def test_a_refused_job_is_scheduled_again(mock):
    assert order(mock + "/KeyfactorAPI").status_code == 503
    assert requests.get(mock + "/_mock/jobs", timeout=10).json() == []
    answer = order(mock + "/KeyfactorAPI")
    assert answer.status_code == 200
    assert [each["id"] for each in requests.get(mock + "/_mock/jobs", timeout=10).json()] == [answer.json()["JobId"]]
