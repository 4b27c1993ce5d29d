"""What keyfactor-command-sdk 11.0.0a1 does with a server that behaves as the vendor's: which call raises what, and why."""

import asyncio
import datetime

import pytest

from command_v11_client.api.agent import get_agents, get_agents_id
from command_v11_client.api.certificate_store import (
    get_certificate_stores, get_certificate_stores_id, post_certificate_stores_schedule)
from command_v11_client.api.custom_job_type import get_job_types_custom, get_job_types_custom_id
from command_v11_client.api.orchestrator_job import post_orchestrator_jobs_custom
from command_v11_client.api.status import get_status_endpoints
from command_v11_client.client import AuthenticatedClient
from command_v11_client.models.csscms_data_model_models_cert_stores_schedule import (
    CSSCMSDataModelModelsCertStoresSchedule as StoresSchedule)
from command_v11_client.models.csscms_data_model_models_orchestrator_jobs_schedule_job_request import (
    CSSCMSDataModelModelsOrchestratorJobsScheduleJobRequest as JobRequest)
from support.mock import ESTATE, basic

WEEKLY = {"Weekly": {"Days": [1], "Time": "2026-11-22T20:00:00Z"}}


def client_of(server):
    return AuthenticatedClient(base_url=server.secure_api, prefix="Basic", token=basic("ops", "x")[6:])


@pytest.fixture
def client(mock, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", mock.ca)
    return client_of(mock)


def schedule(client, store, wanted=None):
    body = {"StoreIds": [store]} if wanted is None else {"StoreIds": [store], "Schedule": wanted}
    return post_certificate_stores_schedule.sync_detailed(client=client, json_body=StoresSchedule.from_dict(body))


def test_agents_job_types_and_status_are_read_as_they_are(mock, client):
    assert len(get_agents.sync(client=client)) == 4
    assert get_agents_id.sync(client=client, id=mock.agent("uo-1")).last_error_code is None
    assert len(get_job_types_custom.sync(client=client)) == 4
    assert get_job_types_custom_id.sync(client=client, id=mock.job_type("EveryType")).job_type_fields[0].type == 2
    assert get_status_endpoints.sync(client=client)


def test_a_custom_job_that_is_not_weekly_is_read_as_it_is(mock, client):
    job = post_orchestrator_jobs_custom.sync(client=client, json_body=JobRequest(mock.agent("uo-1"), "NoFields"))
    assert job.schedule.immediate is True


@pytest.mark.parametrize("call", ["list", "one"])
def test_a_store_without_a_schedule_crashes_the_sdk(mock, client, call):
    """InventorySchedule is null, and the model takes no null: AttributeError. Needs nulls: omit."""
    store = mock.store("web-2")
    schedule(client, store, {})
    with pytest.raises(AttributeError, match="'NoneType' object has no attribute 'keys'"):
        if call == "list":
            get_certificate_stores.sync(client=client, query_string=f'Id -eq "{store}"')
        else:
            get_certificate_stores_id.sync(client=client, id=store)


def test_a_store_with_a_schedule_crashes_the_sdk_over_its_password_of_null(mock, client):
    store = mock.store("web-2")
    schedule(client, store, {"Interval": {"Minutes": 5}})
    with pytest.raises(AttributeError, match="'NoneType' object has no attribute 'keys'") as raised:
        get_certificate_stores_id.sync(client=client, id=store)
    assert raised.traceback[-1].path.name == "csscms_data_model_models_keyfactor_secret.py"


def test_a_weekly_schedule_crashes_the_sdk_because_days_are_names(mock, client):
    """ValueError. Needs enums: numbers. The schedule itself was taken."""
    store = mock.store("web-2")
    assert schedule(client, store, WEEKLY).status_code == 204
    with pytest.raises(ValueError, match="'Monday' is not a valid SystemDayOfWeek"):
        get_certificate_stores_id.sync(client=client, id=store)
    assert mock.schedule_of(store)["Weekly"]["Days"] == ["Monday"]


def test_a_weekly_custom_job_exists_although_reading_its_answer_crashes_the_sdk(mock, client):
    body = JobRequest.from_dict({"AgentId": mock.agent("uo-1"), "JobTypeName": "NoFields", "Schedule": WEEKLY})
    with pytest.raises(ValueError, match="'Monday' is not a valid SystemDayOfWeek"):
        post_orchestrator_jobs_custom.sync(client=client, json_body=body)


def test_off_by_leaving_the_schedule_out_is_400_and_no_exception(mock, client):
    """Needs missingSchedule: off."""
    store = mock.store("web-2")
    schedule(client, store, {"Interval": {"Minutes": 5}})
    reply = schedule(client, store)
    assert reply.status_code == 400 and reply.content.startswith(b'{"ErrorCode":"0xA0110004","Message":"Schedule: ')
    assert mock.schedule_of(store) == {"Interval": {"Minutes": 5}}


def test_an_asynchronous_write_is_400_because_it_sends_no_header(mock, client):
    """Needs headers: off."""
    body = StoresSchedule.from_dict({"StoreIds": [mock.store("web-2")], "Schedule": {}})
    reply = asyncio.run(post_certificate_stores_schedule.asyncio_detailed(client=client, json_body=body))
    assert reply.status_code == 400 and b"x-keyfactor-requested-with" in reply.content


def test_an_asynchronous_read_passes_without_the_header(mock, client):
    assert asyncio.run(get_status_endpoints.asyncio(client=client))


def test_command_11_names_the_types_of_job_fields_which_crashes_the_sdk(serve, monkeypatch):
    """ValueError on both reads of job types. Needs enums: numbers."""
    server = serve('product: "11.6"\n' + ESTATE)
    monkeypatch.setenv("SSL_CERT_FILE", server.ca)
    with pytest.raises(ValueError, match="is not a valid CSSCMSDataModelEnumsDataType"):
        get_job_types_custom.sync(client=client_of(server))


def test_a_time_without_a_zone_is_read_but_sent_back_wrong(serve, monkeypatch):
    """Command 10.5 sends no zone; the SDK cuts the last six characters off, whatever they are."""
    server = serve('product: "10.5"\nfidelity: { nulls: omit, enums: numbers }\n' + ESTATE)
    monkeypatch.setenv("SSL_CERT_FILE", server.ca)
    client, store = client_of(server), server.store("web-1")
    schedule(client, store, {"Daily": {"Time": "2026-11-22T20:30:00Z"}})
    daily = get_certificate_stores_id.sync(client=client, id=store).inventory_schedule.daily
    assert (daily.time.hour, daily.time.minute, daily.time.tzinfo) == (20, 30, None)
    assert daily.to_dict()["time"].endswith("T20Z")
    assert isinstance(daily.time, datetime.datetime)
