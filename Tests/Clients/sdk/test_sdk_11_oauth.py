"""keyfactor-command-sdk 11.0.0a1 with OAuth client credentials: it asks the token endpoint before every single call."""

import importlib
import sys

import pytest

from command_v11_client.models.csscms_data_model_models_cert_stores_schedule import (
    CSSCMSDataModelModelsCertStoresSchedule as StoresSchedule)
from command_v11_client.models.csscms_data_model_models_orchestrator_jobs_schedule_job_request import (
    CSSCMSDataModelModelsOrchestratorJobsScheduleJobRequest as JobRequest)
from command_v11_client.models.keyfactor_common_scheduling_keyfactor_schedule import KeyfactorCommonSchedulingKeyfactorSchedule as Schedule
from command_v11_client.models.keyfactor_common_scheduling_models_interval_model import KeyfactorCommonSchedulingModelsIntervalModel as Interval
from support.mock import ESTATE

SCENARIO = """
clock: { mode: frozen }
client: python-sdk-11
auth: { mode: bearer, clients: [ { id: ci, secret: 's3cr:t&=+ %' } ] }
"""


@pytest.fixture(scope="module")
def server(serve_module):
    return serve_module(SCENARIO + ESTATE)


@pytest.fixture
def keyfactor(server, monkeypatch):
    """The SDK's convenience module, set up by nothing but variables; requests fetches the token, httpx does the rest."""
    variables = {
        "KEYFACTOR_HOSTNAME": f"localhost:{server.https_port}", "COMMAND_IDP_TOKENURL": f"{server.https}/oauth2/token",
        "COMMAND_IDP_CLIENTID": "ci", "COMMAND_IDP_CLIENTSECRET": "s3cr:t&=+ %", "SSL_CERT_FILE": server.ca,
        "REQUESTS_CA_BUNDLE": server.ca}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delitem(sys.modules, "command_v11_client.keyfactor", raising=False)
    return importlib.import_module("command_v11_client.keyfactor")


def test_logs_in_and_reads_everything(keyfactor):
    assert "GET /Agents" in keyfactor.get_status_endpoints_()
    agent = next(each for each in keyfactor.get_agents_() if each.client_machine == "uo-1")
    assert keyfactor.get_agents_id_(id=agent.agent_id) == agent
    store = keyfactor.get_certificate_stores_(query_string='ClientMachine -eq "web-1"')[0]
    assert keyfactor.get_certificate_stores_id_(id=store.id) == store
    job_type = keyfactor.get_job_types_custom_()[0]
    assert keyfactor.get_job_types_custom_id_(id=job_type.id) == job_type


def test_schedules_an_inventory_and_a_custom_job(keyfactor):
    from command_v11_client.api.certificate_store import post_certificate_stores_schedule
    store = keyfactor.get_certificate_stores_(query_string='ClientMachine -eq "web-1"')[0]
    body = StoresSchedule([store.id], Schedule(interval=Interval(minutes=30)))
    assert post_certificate_stores_schedule.sync_detailed(client=keyfactor.kfclient, json_body=body).status_code == 204
    assert keyfactor.get_certificate_stores_id_(id=store.id).inventory_schedule.interval.minutes == 30
    job = keyfactor.post_orchestrator_jobs_custom_(json_body=JobRequest(store.agent_id, "NoFields"))
    assert job.orchestrator_id == store.agent_id and job.job_id


def test_a_new_token_replaces_the_old_one_before_each_call(keyfactor):
    seen = set()
    for _ in range(3):
        keyfactor.get_status_endpoints_()
        seen.add(keyfactor.kfclient._client.headers["Authorization"])
    assert len(seen) == 3 and all(each.startswith("Bearer ") for each in seen)


def test_a_wrong_secret_shows_as_a_missing_access_token(keyfactor):
    keyfactor.kfclient._idp_args["clientSecret"] = "wrong"
    with pytest.raises(KeyError, match="access_token"):
        keyfactor.get_agents_()


def test_basic_credentials_are_not_let_in_where_tokens_are_asked_for(keyfactor):
    keyfactor.kfclient._idp_args.clear()
    keyfactor.kfclient._client = None
    assert keyfactor.get_agents_() is None
