"""Some of the shipped scenarios as they stand, met with keyfactor-v-1-client 1.0.3, whose httpx is years older than the other SDK's."""

import httpx
import pytest

from support import shipped
from keyfactor_v_1_client.api.agent import agent_get_agents
from keyfactor_v_1_client.api.orchestrator_job import orchestrator_job_schedule_job
from keyfactor_v_1_client.client import AuthenticatedClient
from keyfactor_v_1_client.models.models_orchestrator_jobs_schedule_job_request import ModelsOrchestratorJobsScheduleJobRequest as JobRequest
from support.mock import basic


@pytest.fixture
def server(serve, request):
    """A server of the scenario that the test is marked with."""
    return serve(shipped.text(request.param))


def scenario(name):
    return pytest.mark.parametrize("server", [name], indirect=True)


def control(server, method, page, body=None):
    """What the control interface says."""
    return server.ask(method, "/_mock/" + page, body).json


def jobs(server):
    return [each["id"] for each in control(server, "GET", "jobs")]


def client_of(server):
    return AuthenticatedClient(base_url=server.secure_api, prefix="Basic", token=basic("EXAMPLE\\ops", "s3cret")[6:], verify_ssl=server.ca)


def agents(server):
    return agent_get_agents.sync_detailed(client=client_of(server))


def give_job(server):
    """Gives uo-1 a custom job; answers the reply."""
    agent = next(each["id"] for each in control(server, "GET", "estate")["agents"] if each["machine"] == "uo-1")
    body = JobRequest.from_dict({"AgentId": agent, "JobTypeName": "SampleCustomJobType", "JobFields": {"ParamInt": "3"}})
    return orchestrator_job_schedule_job.sync_detailed(client=client_of(server), json_body=body)


@scenario("flaky-scheduling")
def test_the_third_try_makes_the_job_and_the_first_two_none(server):
    assert [give_job(server).status_code for _ in range(2)] == [503, 503] and jobs(server) == []
    job = give_job(server).parsed.job_id
    assert jobs(server) == [job]


@scenario("lost-reply")
def test_the_connection_is_reset_although_the_job_was_made(server):
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):  # over TLS Python takes a reset for the end of the file
        give_job(server)
    assert len(jobs(server)) == 1


@scenario("rate-limited")
def test_the_eleventh_request_at_once_is_asked_to_come_back_in_a_second(server):
    control(server, "PUT", "clock", {"mode": "frozen"})
    *allowed, refusal = [agents(server) for _ in range(11)]
    assert {each.status_code for each in allowed} == {200}
    assert (refusal.status_code, refusal.headers["Retry-After"], refusal.parsed) == (429, "1", None)
    control(server, "POST", "clock/advance", {"by": "1s"})
    assert agents(server).status_code == 200


@scenario("agent-leaves")
def test_the_agent_that_was_approved_takes_no_job_any_more(server):
    assert {each.client_machine: each.status for each in agents(server).parsed} == {"uo-1": 2, "uo-2": 1}
    assert give_job(server).status_code == 400 and jobs(server) == []


@scenario("bad-certificate")
def test_three_bad_certificates_are_refused_and_then_all_is_well(server):
    for _ in range(3):
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            give_job(server)
    assert jobs(server) == [] and give_job(server).status_code == 200
