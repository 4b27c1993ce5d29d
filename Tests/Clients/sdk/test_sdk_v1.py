"""keyfactor-v-1-client 1.0.3, as PyPI has it, over HTTPS with the server's own CA. It knows Basic alone.

Its models read neither null objects nor weekday names, and it has no call that reads certificate stores: what its schedules did is
read without it.
"""

import datetime
import importlib
import sys

import pytest

from keyfactor_v_1_client.api.agent import agent_get_agent_detail, agent_get_agents
from keyfactor_v_1_client.api.certificate_store import certificate_store_schedule
from keyfactor_v_1_client.api.custom_job_type import custom_job_type_get_job_type_by_id, custom_job_type_get_job_types
from keyfactor_v_1_client.api.orchestrator_job import orchestrator_job_schedule_job
from keyfactor_v_1_client.api.status import status_get_endpoints
from keyfactor_v_1_client.client import AuthenticatedClient
from keyfactor_v_1_client.models.keyfactor_common_scheduling_keyfactor_schedule import KeyfactorCommonSchedulingKeyfactorSchedule as Schedule
from keyfactor_v_1_client.models.keyfactor_common_scheduling_models_interval_model import KeyfactorCommonSchedulingModelsIntervalModel as Interval
from keyfactor_v_1_client.models.keyfactor_common_scheduling_models_monthly_model import KeyfactorCommonSchedulingModelsMonthlyModel as Monthly
from keyfactor_v_1_client.models.keyfactor_common_scheduling_models_time_model import KeyfactorCommonSchedulingModelsTimeModel as Time
from keyfactor_v_1_client.models.keyfactor_common_scheduling_models_weekly_model import KeyfactorCommonSchedulingModelsWeeklyModel as Weekly
from keyfactor_v_1_client.models.keyfactor_common_scheduling_models_weekly_model_days_item import (
    KeyfactorCommonSchedulingModelsWeeklyModelDaysItem as Day)
from keyfactor_v_1_client.models.models_cert_stores_schedule import ModelsCertStoresSchedule as StoresSchedule
from keyfactor_v_1_client.models.models_orchestrator_jobs_schedule_job_request import ModelsOrchestratorJobsScheduleJobRequest as JobRequest
from keyfactor_v_1_client.types import UNSET
from support.mock import ESTATE, basic

USER, PASSWORD = "EXAMPLE\\ops", "Pa55:w:ord"
ACCESS = f"auth: {{ mode: basic, users: [ {{ name: '{USER}', password: '{PASSWORD}' }} ] }}\n"
SWITCHES = "client: python-sdk-1\n"
STANDSTILL = "clock: { mode: frozen }\n"  # so that two answers about one agent are the same
UTC = datetime.timezone.utc
EVENING = datetime.datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def server(serve_module):
    started = serve_module(STANDSTILL + SWITCHES + ACCESS + ESTATE)
    started.headers["Authorization"] = basic(USER, PASSWORD)
    return started


def client_of(server, user=USER, password=PASSWORD):
    return AuthenticatedClient(base_url=server.secure_api, prefix="Basic", token=basic(user, password)[6:], verify_ssl=server.ca)


@pytest.fixture
def client(server):
    return client_of(server)


@pytest.fixture
def store(server):
    return server.store("web-1")


def schedule_store(client, store, schedule=UNSET):
    """Only `sync_detailed` works for this call: the generated module has no `sync`."""
    reply = certificate_store_schedule.sync_detailed(client=client, json_body=StoresSchedule([store], schedule))
    assert (reply.status_code, reply.content) == (204, b"")


@pytest.mark.parametrize("user", ["EXAMPLE\\ops", "ops@EXAMPLE", "ops"])
def test_logs_in_with_each_way_to_write_the_user(server, user):
    assert "POST /CertificateStores/Schedule" in status_get_endpoints.sync(client=client_of(server, user))


def test_sees_401_and_no_exception_with_a_wrong_password(server):
    reply = status_get_endpoints.sync_detailed(client=client_of(server, password="Pa55:w"))
    assert (reply.status_code, reply.parsed) == (401, None)


def test_the_convenience_module_joins_user_and_domain(server, monkeypatch):
    variables = {
        "KEYFACTOR_HOSTNAME": f"localhost:{server.https_port}", "KEYFACTOR_USERNAME": "ops", "KEYFACTOR_PASSWORD": PASSWORD,
        "KEYFACTOR_DOMAIN": "EXAMPLE", "SSL_CERT_FILE": server.ca}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delitem(sys.modules, "keyfactor_v_1_client.wrappers.keyfactor", raising=False)
    keyfactor = importlib.import_module("keyfactor_v_1_client.wrappers.keyfactor")
    assert keyfactor.kfclient.token == basic("ops@EXAMPLE", PASSWORD)[6:]
    assert "GET /Agents" in status_get_endpoints.sync(client=keyfactor.kfclient)
    with pytest.raises(AttributeError, match="sync"):
        keyfactor.schedule_(json_body=StoresSchedule([]))


def test_a_token_fetched_elsewhere_is_sent_as_bearer(serve):
    """It cannot ask for a token itself, but takes one with another prefix."""
    server = serve(SWITCHES + "auth: { mode: bearer, clients: [ { id: ci, secret: x } ] }\n" + ESTATE)
    form = "grant_type=client_credentials&client_id=ci&client_secret=x"
    token = server.ask("POST", "/oauth2/token", form, secure=True).json["access_token"]
    client = AuthenticatedClient(base_url=server.secure_api, token=token, verify_ssl=server.ca)
    agents = agent_get_agents.sync(client=client, pq_query_string='ClientMachine -eq "uo-1"')
    job = orchestrator_job_schedule_job.sync(client=client, json_body=JobRequest(agents[0].agent_id, "NoFields"))
    assert job.orchestrator_id == agents[0].agent_id
    assert agent_get_agents.sync_detailed(client=client_of(server)).status_code == 401


KINDS = [
    pytest.param(Schedule(immediate=True), {"Immediate": True}, id="immediate"),
    pytest.param(Schedule(interval=Interval(minutes=30)), {"Interval": {"Minutes": 30}}, id="interval"),
    pytest.param(Schedule(daily=Time(EVENING)), {"Daily": {"Time": "T20:00:00Z"}}, id="daily"),
    pytest.param(
        Schedule(weekly=Weekly([Day.VALUE_1, Day.VALUE_5], EVENING)), {"Weekly": {"Days": [1, 5], "Time": "T20:00:00Z"}}, id="weekly"),
    pytest.param(Schedule(monthly=Monthly(3, EVENING)), {"Monthly": {"Day": 3, "Time": "T20:00:00Z"}}, id="monthly"),
    pytest.param(Schedule(exactly_once=Time(EVENING)), {"ExactlyOnce": {"Time": "2026-11-22T20:00:00Z"}}, id="exactly once"),
]


def without_the_date(schedule):
    """A daily, weekly or monthly schedule is shown on the day of the GET."""
    kind, value = next(iter(schedule.items()))
    if kind in ("Daily", "Weekly", "Monthly"):
        value = {**value, "Time": value["Time"][10:]}
    return {kind: value}


@pytest.mark.parametrize("schedule, shown", KINDS)
def test_every_kind_of_schedule_can_be_set_on_a_store(server, client, store, schedule, shown):
    schedule_store(client, store, schedule)
    assert without_the_date(server.schedule_of(store)) == shown


@pytest.mark.parametrize("off", [pytest.param(UNSET, id="by leaving it out"), pytest.param(Schedule(), id="with an empty object")])
def test_a_schedule_is_switched_off(server, client, store, off):
    schedule_store(client, store, Schedule(interval=Interval(minutes=5)))
    schedule_store(client, store, off)
    assert server.schedule_of(store) is None


TIMES = [
    pytest.param(datetime.datetime(2026, 11, 22, 20, 30), "2026-11-22T20:00:00Z", id="a naive time, sent as 2026-11-22T20Z"),
    pytest.param(EVENING.replace(microsecond=123000), "2026-11-22T20:00:00.123Z", id="microseconds"),
    pytest.param(
        EVENING.replace(tzinfo=datetime.timezone(datetime.timedelta(hours=2))), "2026-11-22T20:00:00Z", id="an offset, relabelled Z by the SDK"),
]


@pytest.mark.parametrize("moment, shown", TIMES)
def test_every_time_that_the_sdk_can_send_is_understood(server, client, store, moment, shown):
    schedule_store(client, store, Schedule(exactly_once=Time(moment)))
    assert server.schedule_of(store) == {"ExactlyOnce": {"Time": shown}}


@pytest.mark.parametrize("schedule, shown", KINDS)
def test_a_custom_job_takes_every_kind_of_schedule(server, client, schedule, shown):
    agent = server.agent("uo-1")
    job = orchestrator_job_schedule_job.sync(client=client, json_body=JobRequest(agent, "Custom_Backup", schedule))
    assert job.schedule.to_dict().keys() == shown.keys() and job.schedule == schedule
    assert (job.orchestrator_id, job.job_type_name) == (agent, "Custom_Backup")
    assert abs(job.request_timestamp - datetime.datetime.now(UTC)) < datetime.timedelta(minutes=1)


def test_job_fields_keep_their_names_and_defaults_are_filled_in(server, client):
    body = JobRequest.from_dict({"AgentId": server.agent("uo-1"), "JobTypeName": "Custom_Backup", "JobFields": {"PathName": "/y"}})
    job = orchestrator_job_schedule_job.sync(client=client, json_body=body)
    assert [(each.job_type_field, each.value) for each in job.job_fields] == [("Target", "everything"), ("PathName", "/y")]


def test_agents_are_listed_filtered_and_found_by_id(client):
    assert {each.client_machine for each in agent_get_agents.sync(client=client)} == {"uo-1", "uo-2", "uo-3", "uo-4"}
    found = agent_get_agents.sync(client=client, pq_query_string='ClientMachine -contains "O-1"', pq_page_returned=1, pq_return_limit=10)
    assert [(each.client_machine, each.status) for each in found] == [("uo-1", 2)]
    assert agent_get_agent_detail.sync(client=client, id=found[0].agent_id).capabilities == found[0].capabilities


def test_agents_are_read_page_by_page_to_the_end(client):
    pages = [agent_get_agents.sync(client=client, pq_page_returned=n, pq_return_limit=3) for n in (1, 2, 3)]
    assert [len(page) for page in pages] == [3, 1, 0]


def test_job_types_are_listed_and_found_by_id(client):
    types = {each.job_type_name: each for each in custom_job_type_get_job_types.sync(client=client)}
    fields = [(each.name, each.type, each.required) for each in types["EveryType"].job_type_fields]
    assert fields == [("Whole", 2, False), ("When", 3, False), ("Sure", 4, False), ("Text", 1, True)]
    assert custom_job_type_get_job_type_by_id.sync(client=client, id=types["EveryType"].id) == types["EveryType"]


class TestWithoutSwitches:
    """What it does with a server that behaves as the vendor's."""

    def test_agents_job_types_and_jobs_that_are_not_weekly_are_read_as_they_are(self, mock):
        client = client_of(mock)
        assert len(agent_get_agents.sync(client=client)) == 4
        assert len(custom_job_type_get_job_types.sync(client=client)) == 4
        job = orchestrator_job_schedule_job.sync(client=client, json_body=JobRequest(mock.agent("uo-1"), "NoFields"))
        assert job.schedule.immediate is True

    def test_a_weekly_custom_job_exists_although_reading_its_answer_crashes_the_sdk(self, mock):
        """ValueError: days are names. Needs enums: numbers."""
        body = JobRequest(mock.agent("uo-1"), "NoFields", Schedule(weekly=Weekly([Day.VALUE_1], EVENING)))
        with pytest.raises(ValueError, match="'Monday' is not a valid"):
            orchestrator_job_schedule_job.sync(client=client_of(mock), json_body=body)

    def test_off_by_leaving_the_schedule_out_is_400_and_no_exception(self, mock):
        """Needs missingSchedule: off."""
        reply = certificate_store_schedule.sync_detailed(client=client_of(mock), json_body=StoresSchedule([mock.store("web-2")]))
        assert reply.status_code == 400 and reply.parsed is None

    def test_command_11_names_the_types_of_job_fields_which_crashes_the_sdk(self, serve):
        with pytest.raises(ValueError, match="is not a valid"):
            custom_job_type_get_job_types.sync(client=client_of(serve('product: "11.6"\n' + ESTATE)))
