"""The switches of enums, one for each group, and how the schedule of one container is shown."""

import itertools

import pytest

from support.mock import RELEASES

ESTATE = """
clock: { start: 2026-03-01T09:00:00Z, mode: frozen }
estate:
  from: small
  agents: [ { machine: uo-7, platform: 5, status: disapproved } ]
  jobs: [ { agent: uo-1, jobType: SampleCustomJobType, fields: { ParamInt: "1" } } ]
"""
GROUPS = ["enumsOfWeekdays", "enumsOfStoreTypes", "enumsOfJobHistory", "enumsOfAgents"]


def read(server):
    """One value of each enum, by its group."""
    agent = next(each for each in server.get("/Agents") if each["ClientMachine"] == "uo-7")
    pem = server.get("/CertificateStoreTypes/Name/PEM")[0]
    attempt = server.get("/OrchestratorJobs/JobHistory")
    weekly = server.ask("POST", "/KeyfactorAPI/OrchestratorJobs/Custom", {
        "AgentId": server.agent("uo-1"), "JobTypeName": "SampleCustomJobType", "JobFields": {"ParamInt": 2},
        "Schedule": {"Weekly": {"Days": ["Sunday", 3], "Time": "2026-03-01T08:00:00Z"}}}).json["Schedule"]
    return {
        "enumsOfWeekdays": weekly["Weekly"]["Days"],
        "enumsOfStoreTypes": [pem["PrivateKeyAllowed"], pem["CustomAliasAllowed"], pem["PasswordOptions"]["Style"]],
        "enumsOfJobHistory": [each["Type"] for each in server.get("/JobTypes/Custom")[0]["JobTypeFields"]]
        + [each["Status"] for each in attempt] + [each["Result"] for each in attempt],
        "enumsOfAgents": [agent["Status"], agent["AgentPlatform"]]}


def kind(values):
    kinds = {"numbers" if isinstance(each, int) else "names" for each in values}
    assert len(kinds) == 1, values
    return kinds.pop()


def of_product(product):
    return {"enumsOfWeekdays": "names", "enumsOfStoreTypes": "names", "enumsOfAgents": "numbers",
            "enumsOfJobHistory": "names" if product in ("10.5", "11.6", "12.3") else "numbers"}


@pytest.mark.parametrize("product", RELEASES)
@pytest.mark.parametrize("value", ["product", "numbers", "names"])
def test_enums_sets_all_four(serve, product, value):
    found = read(serve(f'product: "{product}"\nfidelity: {{ enums: {value} }}\n' + ESTATE))
    wanted = of_product(product) if value == "product" else dict.fromkeys(GROUPS, value)
    assert {group: kind(values) for group, values in found.items()} == wanted


@pytest.mark.parametrize("group, value, general", list(itertools.product(GROUPS, ["numbers", "names", "product"], ["names", "numbers"])))
def test_each_group_has_a_switch_that_stands_above_enums(serve, group, value, general):
    found = read(serve(f"fidelity: {{ {group}: {value}, enums: {general} }}\n" + ESTATE))
    wanted = {**dict.fromkeys(GROUPS, general), group: of_product("25.4")[group] if value == "product" else value}
    assert {each: kind(values) for each, values in found.items()} == wanted


def test_numbers_and_names_stand_for_the_same(serve):
    names, numbers = (read(serve(f"fidelity: {{ enums: {each} }}\n" + ESTATE)) for each in ("names", "numbers"))
    assert names["enumsOfWeekdays"] == ["Sunday", "Wednesday"] and numbers["enumsOfWeekdays"] == [0, 3]
    assert names["enumsOfAgents"] == ["Disapproved", "Native"] and numbers["enumsOfAgents"] == [3, 5]
    assert names["enumsOfJobHistory"][:2] == ["Int", "String"] and numbers["enumsOfJobHistory"][:2] == [2, 1]


SCHEDULES = [
    ({"Interval": {"Minutes": 90}}, "I_90"), ({"Daily": {"Time": "2026-03-01T23:05:00Z"}}, "D_23:05"),
    ({"Weekly": {"Days": [1, 5], "Time": "2026-03-01T02:30:00Z"}}, "W_1,5_02:30"),
    ({"Monthly": {"Day": 27, "Time": "2026-03-01T00:00:00Z"}}, "M_27_00:00"),
    ({"ExactlyOnce": {"Time": "2027-01-02T03:04:00Z"}}, "O_2027-01-02T03:04:00Z"), ({"Immediate": True}, None), ({}, None)]


@pytest.mark.parametrize("schedule, text", SCHEDULES, ids=lambda value: None if value is None else next(iter(value), "off") if isinstance(value, dict) else "")
@pytest.mark.parametrize("shown", ["object", "text"])
@pytest.mark.parametrize("nulls", ["vendor", "omit"])
def test_one_container_shows_its_schedule_as_the_switch_says(serve_module, schedule, text, shown, nulls):
    servers = serve_module.__dict__.setdefault("containers", {})
    if (shown, nulls) not in servers:
        servers[shown, nulls] = serve_module(f"fidelity: {{ containerSchedule: {shown}, nulls: {nulls} }}\n" + ESTATE)
    server = servers[shown, nulls]
    name = f"c {len(server.get('/CertificateStoreContainers'))}"
    made = server.ask("POST", "/KeyfactorAPI/CertificateStoreContainers", {"Name": name, "Schedule": schedule}).json
    container = server.get(f"/CertificateStoreContainers/{made['Id']}")
    listed = next(each for each in server.get("/CertificateStoreContainers?ReturnLimit=100") if each["Id"] == made["Id"])
    assert listed.get("Schedule") == text
    if shown == "text" or not schedule:
        assert container.get("Schedule") == text
        assert ("Schedule" in container) == (text is not None or nulls == "vendor")
    else:
        assert container["Schedule"].keys() == schedule.keys()
    # What answers a write repeats the object.
    assert made.get("Schedule") is None if not schedule else made["Schedule"].keys() == schedule.keys()
