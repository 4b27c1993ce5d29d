"""What differs between the releases of Command that can be simulated."""

import re

import pytest

from support.mock import ESTATE, RELEASES, DidNotStart, Mock

WEEKLY = {"Weekly": {"Days": [1], "Time": "2026-11-22T20:00:00Z"}}
MONTHLY = {"Monthly": {"Day": 3, "Time": "2026-11-22T20:00:00Z"}}


@pytest.fixture(scope="module", params=RELEASES)
def release(request, serve_module):
    """A server of each release, under its name."""
    server = serve_module(f'product: "{request.param}"\n' + ESTATE)
    server.product = request.param
    return server


def schedule(server, value):
    body = {"StoreIds": [server.store("web-1")], "Schedule": value}
    return server.ask("POST", "/KeyfactorAPI/CertificateStores/Schedule", body)


def old(release):
    return release.product in ("10.5", "11.6")


def test_the_version_header_begins_with_the_release(release):
    for path in "/Agents", "/Nothing":
        version = release.ask("GET", "/KeyfactorAPI" + path).header("X-Keyfactor-Product-Version")
        assert version.startswith(release.product + ".") and re.match(r"\d+\.\d+\.\d+", version)


def test_only_10_sends_times_without_zone_and_fraction(release):
    seen = release.get("/Agents")[0]["LastSeen"]
    job = {"AgentId": release.agent("uo-1"), "JobTypeName": "NoFields", "Schedule": {"ExactlyOnce": {"Time": "2026-11-22T20:00:00.5Z"}}}
    answer = release.ask("POST", "/KeyfactorAPI/OrchestratorJobs/Custom", job).json
    times = [seen, answer["RequestTimestamp"], answer["Schedule"]["ExactlyOnce"]["Time"]]
    bare = [bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", each)) for each in times]
    assert bare == [release.product == "10.5"] * 3 and all(each.endswith("Z") for each in times) == (release.product != "10.5")


@pytest.mark.parametrize("value", [WEEKLY, MONTHLY], ids=["weekly", "monthly"])
def test_an_inventory_of_10_and_11_is_neither_weekly_nor_monthly(release, value):
    assert schedule(release, {"Interval": {"Minutes": 5}}).status == 204
    reply = schedule(release, value)
    kind = next(iter(value))
    if old(release):
        assert reply.status == 400 and reply.json["Message"].startswith(f"Schedule.{kind}: ") and release.product in reply.json["Message"]
        assert release.schedule_of(release.store("web-1")) == {"Interval": {"Minutes": 5}}
    else:
        assert reply.status == 204 and list(release.schedule_of(release.store("web-1"))) == [kind]


@pytest.mark.parametrize("value", [{"Immediate": True}, {"Interval": {"Minutes": 5}}, {"Daily": {"Time": "2026-11-22"}}, {}], ids=str)
def test_other_inventories_are_taken_by_all(release, value):
    assert schedule(release, value).status == 204


def test_a_scenario_gives_no_weekly_inventory_to_a_release_that_has_none():
    store = '{ machine: a, path: /a, agent: uo-1, schedule: { Weekly: { Days: [ 1 ], Time: "2026-11-22" } } }'
    with pytest.raises(DidNotStart):
        Mock(f'product: "10.5"\nestate: {{ certificateStores: [ {store} ] }}').stop()


def test_a_custom_job_is_weekly_and_monthly_in_all(release):
    for value in WEEKLY, MONTHLY:
        job = {"AgentId": release.agent("uo-1"), "JobTypeName": "NoFields", "Schedule": value}
        assert release.ask("POST", "/KeyfactorAPI/OrchestratorJobs/Custom", job).status == 200


def test_10_and_11_have_no_health_check(release):
    reply = release.ask("GET", "/KeyfactorAPI/Status/HealthCheck")
    assert reply.status == (404 if old(release) else 204)
    assert ("GET /Status/HealthCheck" in release.get("/Status/Endpoints")) != old(release)
    if old(release):
        assert list(reply.json) == ["ErrorCode", "Message"] and release.product in reply.header("X-Mock-Why")


def test_types_of_job_fields_are_names_before_24_and_numbers_since(release):
    types = [each["Type"] for each in release.get("/JobTypes/Custom/" + release.job_type("EveryType"))["JobTypeFields"]]
    assert types == ([2, 3, 4, 1] if release.product in ("24.4", "25.4") else ["Int", "DateTime", "Bool", "String"])


def test_agents_of_25_have_job_types(release):
    agent = release.get("/Agents/" + release.agent("uo-1"))
    assert ("JobTypes" in agent) == (release.product == "25.4")
    assert (agent["Status"], agent["AgentPlatform"]) == (2, 1)


def test_the_option_overrides_the_scenario(serve):
    server = serve('product: "10.5"', "--product", "25.4")
    assert server.ask("GET", "/KeyfactorAPI/Agents").header("X-Keyfactor-Product-Version").startswith("25.4.")


@pytest.mark.parametrize("style, status, days, field", [("numbers", 2, [1], 2), ("names", "Approved", ["Monday"], "Int")])
def test_enums_are_all_numbers_or_all_names_where_the_scenario_says_so(serve, style, status, days, field):
    server = serve(f"fidelity: {{ enums: {style} }}\n" + ESTATE)
    assert schedule(server, WEEKLY).status == 204
    assert server.schedule_of(server.store("web-1"))["Weekly"]["Days"] == days
    assert server.get("/Agents/" + server.agent("uo-1"))["Status"] == status
    assert server.get("/JobTypes/Custom/" + server.job_type("EveryType"))["JobTypeFields"][0]["Type"] == field


def test_nulls_are_left_out_where_the_scenario_says_so(serve):
    server = serve("fidelity: { nulls: omit }\n" + ESTATE)
    for path in "/Agents/" + server.agent("uo-1"), "/CertificateStores/" + server.store("web-1"), "/JobTypes/Custom/" + server.job_type("EveryType"):
        assert b"null" not in server.ask("GET", "/KeyfactorAPI" + path).body


@pytest.mark.parametrize("product", RELEASES)
@pytest.mark.parametrize("schedule", ['{ Weekly: { Days: [ Monday ], Time: "2026-03-01T02:00:00Z" } }', '{ Monthly: { Day: 3, Time: "2026-03-01T02:00:00Z" } }'])
def test_a_custom_job_of_a_scenario_may_be_weekly_or_monthly_in_every_release(serve, product, schedule):
    """Only inventories of 10 and 11 know neither."""
    job = "{ agent: uo-1, jobType: SampleCustomJobType, fields: { ParamInt: 1 }, schedule: %s }" % schedule
    server = serve(f'product: "{product}"\nestate:\n  from: small\n  jobs: [ {job} ]\n')
    (found,) = [row for row in server.get("/OrchestratorJobs/ScheduledJobs") if row["JobType"] == "SampleCustomJobType"]
    assert list(found["Schedule"])[0] == schedule.split()[1].rstrip(":")
