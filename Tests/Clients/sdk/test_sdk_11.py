"""keyfactor-command-sdk 11.0.0a1, as PyPI has it, over HTTPS with the server's own CA.

Its models read no null objects and no weekday names, and it switches a schedule off by leaving the member out: the scenario here
sets the three switches for that. What happens without them stands in test_sdk_11_without_switches.py.
"""

import asyncio
import base64
import datetime
import importlib
import sys

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
from command_v11_client.models.keyfactor_common_queryable_extensions_sort_order import (
    KeyfactorCommonQueryableExtensionsSortOrder as SortOrder)
from command_v11_client.models.keyfactor_common_scheduling_keyfactor_schedule import KeyfactorCommonSchedulingKeyfactorSchedule as Schedule
from command_v11_client.models.keyfactor_common_scheduling_models_interval_model import KeyfactorCommonSchedulingModelsIntervalModel as Interval
from command_v11_client.models.keyfactor_common_scheduling_models_monthly_model import KeyfactorCommonSchedulingModelsMonthlyModel as Monthly
from command_v11_client.models.keyfactor_common_scheduling_models_time_model import KeyfactorCommonSchedulingModelsTimeModel as Time
from command_v11_client.models.keyfactor_common_scheduling_models_weekly_model import KeyfactorCommonSchedulingModelsWeeklyModel as Weekly
from command_v11_client.models.system_day_of_week import SystemDayOfWeek as Day
from command_v11_client.types import UNSET
from support.mock import ESTATE, basic

SWITCHES = "client: python-sdk-11\n"
STANDSTILL = "clock: { mode: frozen }\n"  # so that two answers about one agent are the same
USER, PASSWORD = "EXAMPLE\\ops", "Pa55:w:ord"
ACCESS = f"auth: {{ mode: basic, users: [ {{ name: '{USER}', password: '{PASSWORD}' }} ] }}\n"
UTC = datetime.timezone.utc
EVENING = datetime.datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def server(serve_module):
    started = serve_module(STANDSTILL + SWITCHES + ACCESS + ESTATE)
    started.headers["Authorization"] = basic(USER, PASSWORD)
    return started


@pytest.fixture
def client(server, monkeypatch):
    """The SDK's own client; httpx finds the CA in SSL_CERT_FILE."""
    monkeypatch.setenv("SSL_CERT_FILE", server.ca)
    token = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    return AuthenticatedClient(base_url=server.secure_api, prefix="Basic", token=token)


@pytest.fixture
def store(server):
    return server.store("web-1")


def time_of_day(moment):
    return moment.hour, moment.minute, moment.second


def schedule_store(client, store, schedule=UNSET):
    """Only `sync_detailed` works for this call: the generated module has no `sync`."""
    reply = post_certificate_stores_schedule.sync_detailed(client=client, json_body=StoresSchedule([store], schedule))
    assert (reply.status_code, reply.content) == (204, b"")
    return get_certificate_stores_id.sync(client=client, id=store)


def test_logs_in_with_a_domain_user_whose_password_has_colons(client):
    endpoints = get_status_endpoints.sync(client=client)
    assert "POST /OrchestratorJobs/Custom" in endpoints and all(isinstance(each, str) for each in endpoints)


def test_sees_401_and_no_exception_with_a_wrong_password(server, client):
    wrong = AuthenticatedClient(base_url=server.secure_api, prefix="Basic", token=base64.b64encode(b"EXAMPLE\\ops:Pa55").decode())
    reply = get_status_endpoints.sync_detailed(client=wrong)
    assert (reply.status_code, reply.parsed) == (401, None)


def test_trusts_a_ca_given_as_a_path(server):
    token = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    client = AuthenticatedClient(base_url=server.secure_api, prefix="Basic", token=token, verify_ssl=server.ca)
    assert get_status_endpoints.sync_detailed(client=client).status_code == 200


def test_refuses_the_certificate_without_the_ca(server, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    client = AuthenticatedClient(base_url=server.secure_api, prefix="Basic", token="x")
    with pytest.raises(Exception, match="CERTIFICATE_VERIFY_FAILED"):
        get_status_endpoints.sync(client=client)


def test_the_convenience_module_works_from_environment_variables_alone(server, monkeypatch):
    variables = {
        "KEYFACTOR_HOSTNAME": f"localhost:{server.https_port}", "KEYFACTOR_USERNAME": USER, "KEYFACTOR_PASSWORD": PASSWORD,
        "KEYFACTOR_DOMAIN": "is never sent", "SSL_CERT_FILE": server.ca}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delitem(sys.modules, "command_v11_client.keyfactor", raising=False)
    keyfactor = importlib.import_module("command_v11_client.keyfactor")
    assert "GET /Agents" in keyfactor.get_status_endpoints_()
    with pytest.raises(AttributeError, match="sync"):
        keyfactor.post_certificate_stores_schedule_(json_body=StoresSchedule([]))


KINDS = [
    pytest.param(Schedule(immediate=True), lambda s: s.immediate is True, id="immediate"),
    pytest.param(Schedule(interval=Interval(minutes=30)), lambda s: s.interval.minutes == 30, id="interval"),
    pytest.param(Schedule(daily=Time(EVENING)), lambda s: time_of_day(s.daily.time) == (20, 0, 0), id="daily"),
    pytest.param(
        Schedule(weekly=Weekly(EVENING, [Day.VALUE_1, Day.VALUE_5])),
        lambda s: s.weekly.days == [1, 5] and time_of_day(s.weekly.time) == (20, 0, 0), id="weekly on days given as numbers"),
    pytest.param(
        Schedule(monthly=Monthly(time=EVENING, day=3)),
        lambda s: s.monthly.day == 3 and time_of_day(s.monthly.time) == (20, 0, 0), id="monthly"),
    pytest.param(Schedule(exactly_once=Time(EVENING)), lambda s: s.exactly_once.time == EVENING, id="exactly once"),
]


@pytest.mark.parametrize("schedule, shows", KINDS)
def test_every_kind_of_schedule_set_on_a_store_is_read_back(client, store, schedule, shows):
    seen = schedule_store(client, store, schedule)
    assert shows(seen.inventory_schedule)
    assert seen.cert_store_inventory_job_id and seen.id == store
    listed = get_certificate_stores.sync(client=client, query_string=f'Id -eq "{store}"')
    assert listed == [seen]


@pytest.mark.parametrize("off", [pytest.param(UNSET, id="by leaving it out"), pytest.param(Schedule(), id="with an empty object")])
def test_a_schedule_is_switched_off(client, store, off):
    schedule_store(client, store, Schedule(interval=Interval(minutes=5)))
    seen = schedule_store(client, store, off)
    assert not isinstance(seen.inventory_schedule, Schedule)
    assert not seen.cert_store_inventory_job_id


TIMES = [
    pytest.param(datetime.datetime(2026, 11, 22, 20, 0), (20, 0), id="a naive time, sent as 2026-11-22T20Z, loses its minutes"),
    pytest.param(datetime.datetime(2026, 11, 22, 20, 30), (20, 0), id="a naive half past, sent as 2026-11-22T20Z too"),
    pytest.param(EVENING.replace(minute=30, microsecond=123000), (20, 30), id="microseconds"),
    pytest.param(EVENING.replace(tzinfo=datetime.timezone(datetime.timedelta(hours=2))), (20, 0), id="an offset, relabelled Z by the SDK"),
]


@pytest.mark.parametrize("moment, shown", TIMES)
def test_every_time_that_the_sdk_can_send_is_understood(client, store, moment, shown):
    seen = schedule_store(client, store, Schedule(daily=Time(moment)))
    assert (seen.inventory_schedule.daily.time.hour, seen.inventory_schedule.daily.time.minute) == shown


def test_microseconds_of_a_moment_are_kept(client, store):
    moment = EVENING.replace(microsecond=123000)
    assert schedule_store(client, store, Schedule(exactly_once=Time(moment))).inventory_schedule.exactly_once.time == moment


def test_a_refusal_is_a_status_and_changes_nothing(client, store):
    before = schedule_store(client, store, Schedule(interval=Interval(minutes=45)))
    body = StoresSchedule([store], Schedule(monthly=Monthly(time=EVENING, day=31)))
    reply = post_certificate_stores_schedule.sync_detailed(client=client, json_body=body)
    assert (reply.status_code, reply.parsed) == (400, None) and b"Schedule.Monthly.Day" in reply.content
    assert get_certificate_stores_id.sync(client=client, id=store) == before


@pytest.mark.parametrize("schedule, shows", KINDS)
def test_a_custom_job_takes_every_kind_of_schedule(server, client, schedule, shows):
    agent = server.agent("uo-1")
    job = post_orchestrator_jobs_custom.sync(client=client, json_body=JobRequest(agent, "Custom_Backup", schedule))
    assert shows(job.schedule)
    assert (job.orchestrator_id, job.job_type_name) == (agent, "Custom_Backup")
    assert abs(job.request_timestamp - datetime.datetime.now(UTC)) < datetime.timedelta(minutes=1)


def test_job_fields_with_the_first_letter_lowered_by_the_sdk_find_their_fields(server, client):
    body = JobRequest.from_dict({
        "AgentId": server.agent("uo-1"), "JobTypeName": "Custom_Backup", "JobFields": {"Target": "x", "PathName": "/y"}})
    assert body.to_dict()["jobFields"] == {"target": "x", "pathName": "/y"}
    job = post_orchestrator_jobs_custom.sync(client=client, json_body=body)
    assert [(each.job_type_field, each.value) for each in job.job_fields] == [("Target", "x"), ("PathName", "/y")]
    assert job.schedule.immediate is True


def test_job_fields_of_null_are_none(server, client):
    body = JobRequest(server.agent("uo-1"), "Custom_Backup", job_fields=None)
    assert body.to_dict()["jobFields"] is None
    job = post_orchestrator_jobs_custom.sync(client=client, json_body=body)
    assert [(each.job_type_field, each.value) for each in job.job_fields] == [("Target", "everything")]


def test_the_same_job_twice_is_two_jobs(server, client):
    body = JobRequest(server.agent("uo-1"), "NoFields")
    one, other = (post_orchestrator_jobs_custom.sync(client=client, json_body=body) for _ in range(2))
    assert one.job_id != other.job_id


def test_agents_are_listed_filtered_and_found_by_id(client):
    assert {each.client_machine for each in get_agents.sync(client=client)} == {"uo-1", "uo-2", "uo-3", "uo-4"}
    found = get_agents.sync(client=client, query_string='Status -eq 2 AND Capabilities -contains "LOGS"')
    assert [(each.client_machine, each.status) for each in found] == [("uo-1", 2)]
    assert get_agents_id.sync(client=client, id=found[0].agent_id) == found[0]
    assert found[0].agent_platform == 1 and found[0].last_seen.tzinfo


def test_job_types_are_listed_and_found_by_id(client):
    types = {each.job_type_name: each for each in get_job_types_custom.sync(client=client)}
    assert set(types) == {"SampleCustomJobType", "Custom_Backup", "EveryType", "NoFields"}
    fields = [(each.name, each.type, each.required) for each in types["EveryType"].job_type_fields]
    assert fields == [("Whole", 2, False), ("When", 3, False), ("Sure", 4, False), ("Text", 1, True)]
    assert get_job_types_custom_id.sync(client=client, id=types["EveryType"].id) == types["EveryType"]


def test_stores_are_read_page_by_page_to_the_end(client):
    pages = []
    while not pages or pages[-1]:
        pages.append(get_certificate_stores.sync(client=client, page_returned=len(pages) + 1, return_limit=40))
        assert len(pages) < 10, "the pages have no end"
    stores = [each for page in pages for each in page]
    assert [len(page) for page in pages] == [40, 40, 40, 5, 0] and len({each.id for each in stores}) == 125
    assert [each.client_machine for each in stores] == sorted(each.client_machine for each in stores)


def test_the_sdk_cannot_ask_for_ascending_order_by_its_zero(client):
    """It drops an order of 0, which is the default anyway; 1 is descending."""
    assert get_agents._get_kwargs(sort_ascending=SortOrder.VALUE_0)["params"] == {}
    rising, falling = (
        get_agents.sync(client=client, sort_field="ClientMachine", sort_ascending=order) for order in (SortOrder.VALUE_0, SortOrder.VALUE_1))
    assert [each.client_machine for each in rising] == ["uo-1", "uo-2", "uo-3", "uo-4"] and falling == rising[::-1]


def test_asynchronous_calls_work_where_no_header_is_asked_for(serve, monkeypatch):
    """They send no x-keyfactor-requested-with."""
    server = serve(SWITCHES.replace("{", "{ headers: off,") + ESTATE)
    monkeypatch.setenv("SSL_CERT_FILE", server.ca)
    store = server.store("web-1")

    async def both():
        async with AuthenticatedClient(base_url=server.secure_api, prefix="Basic", token=basic("a", "b")[6:]) as client:
            body = StoresSchedule([store], Schedule(interval=Interval(minutes=7)))
            reply = await post_certificate_stores_schedule.asyncio_detailed(client=client, json_body=body)
            return reply, await get_certificate_stores_id.asyncio(client=client, id=store)

    reply, seen = asyncio.run(both())
    assert reply.status_code == 204 and seen.inventory_schedule.interval.minutes == 7
