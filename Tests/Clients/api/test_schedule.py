"""POST /CertificateStores/Schedule: what it takes and what is seen afterwards."""

import datetime
import json

import pytest

from support.mock import ESTATE


@pytest.fixture
def schedule(mock):
    """Sets a schedule, given as the member's value, on stores of these machines; answers the status."""

    def send(value, *machines):
        ids = [mock.store(each) for each in machines or ("web-1",)]
        return mock.ask("POST", "/KeyfactorAPI/CertificateStores/Schedule", {"StoreIds": ids, "Schedule": value}).status

    return send


@pytest.fixture
def shown(mock):
    """The schedule and the job that a GET of a store shows, and the list too."""

    def read(machine="web-1"):
        store = mock.get("/CertificateStores/" + mock.store(machine))
        assert mock.get("/CertificateStores?QueryString=Id%20-eq%20" + store["Id"]) == [store]
        return store["InventorySchedule"], store["CertStoreInventoryJobId"]

    return read


def at(hour, minute):
    """A time of day as a GET shows it: on the day of the GET, to the minute."""
    return f"{datetime.datetime.now(datetime.timezone.utc).date()}T{hour:02}:{minute:02}:00Z"


MOMENT = "2027-01-05T08:00:00Z"
KINDS = [
    ({"Immediate": True}, lambda: {"Immediate": True}),
    ({"Interval": {"Minutes": 1}}, lambda: {"Interval": {"Minutes": 1}}),
    ({"Interval": {"Minutes": 2147483647}}, lambda: {"Interval": {"Minutes": 2147483647}}),
    ({"Interval": {"Minutes": "60"}}, lambda: {"Interval": {"Minutes": 60}}),
    ({"Daily": {"Time": "2025-01-01T23:30:45.123Z"}}, lambda: {"Daily": {"Time": at(23, 30)}}),
    ({"Weekly": {"Days": ["Friday", "tuesday"], "Time": MOMENT}}, lambda: {"Weekly": {"Days": ["Friday", "Tuesday"], "Time": at(8, 0)}}),
    ({"Weekly": {"Days": [0, 6], "Time": MOMENT}}, lambda: {"Weekly": {"Days": ["Sunday", "Saturday"], "Time": at(8, 0)}}),
    ({"Weekly": {"Days": ["1", "Monday", 1], "Time": MOMENT}}, lambda: {"Weekly": {"Days": ["Monday"], "Time": at(8, 0)}}),
    ({"Monthly": {"Day": 1, "Time": MOMENT}}, lambda: {"Monthly": {"Day": 1, "Time": at(8, 0)}}),
    ({"Monthly": {"Day": 27, "Time": MOMENT}}, lambda: {"Monthly": {"Day": 27, "Time": at(8, 0)}}),
    ({"ExactlyOnce": {"Time": MOMENT}}, lambda: {"ExactlyOnce": {"Time": MOMENT}}),
    ({"ExactlyOnce": {"Time": "2001-02-03T04:05:06Z"}}, lambda: {"ExactlyOnce": {"Time": "2001-02-03T04:05:06Z"}}),
    ({"INTERVAL": {"minutes": 5}, "Daily": None}, lambda: {"Interval": {"Minutes": 5}}),
    ({"Immediate": False, "Interval": {"Minutes": 5}}, lambda: {"Interval": {"Minutes": 5}}),
    ({"Off": False, "Interval": {"Minutes": 6}}, lambda: {"Interval": {"Minutes": 6}}),
]


@pytest.mark.parametrize("sent, expected", KINDS, ids=[json.dumps(sent) for sent, _ in KINDS])
def test_a_schedule_is_set_and_shown_with_its_job(schedule, shown, sent, expected):
    assert schedule(sent) == 204
    before, (value, job), after = expected(), shown(), expected()
    assert value in (before, after) and job, "at midnight the day may change between the two"


TIMES = [
    ("2026-11-22T20:00:00Z", "2026-11-22T20:00:00Z"), ("2026-11-22T20:00:00z", "2026-11-22T20:00:00Z"),
    ("2026-11-22t20:00:00.000Z", "2026-11-22T20:00:00Z"), ("2026-11-22T20:00:00.1Z", "2026-11-22T20:00:00.1Z"),
    ("2026-11-22T20:00:00.070Z", "2026-11-22T20:00:00.07Z"), ("2026-11-22T20:00:00.123456789Z", "2026-11-22T20:00:00.1234567Z"),
    ("2026-11-22T20:00:00", "2026-11-22T20:00:00Z"), ("2026-11-22T20:00", "2026-11-22T20:00:00Z"),
    ("2026-11-22T20Z", "2026-11-22T20:00:00Z"), ("2026-11-22T20", "2026-11-22T20:00:00Z"), ("2026-11-22", "2026-11-22T00:00:00Z"),
    ("2026-11-22T20:00:00+02:00", "2026-11-22T18:00:00Z"), ("2026-11-22T20:00:00-0530", "2026-11-23T01:30:00Z"),
    ("2026-11-22T20:00:00+02", "2026-11-22T18:00:00Z"), ("2026-11-22T20:00:00.5+14:00", "2026-11-22T06:00:00.5Z"),
    ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z"), ("2028-02-29T00:00:00Z", "2028-02-29T00:00:00Z"),
    ("/Date(0)/", "1970-01-01T00:00:00Z"), ("/Date(-1000)/", "1969-12-31T23:59:59Z"), ("/Date(1795377600000-0500)/", "2026-11-22T20:00:00Z"),
]


@pytest.mark.parametrize("sent, expected", TIMES)
def test_a_time_is_understood(schedule, shown, sent, expected):
    assert schedule({"ExactlyOnce": {"Time": sent}}) == 204
    assert shown()[0] == {"ExactlyOnce": {"Time": expected}}


OFF = [{}, {"Off": True}, {"Off": {}}, {"Off": None}, {"Off": False}, {"Immediate": False}, {"Interval": None}, {"Unknown": 1}]


@pytest.mark.parametrize("off", OFF, ids=map(json.dumps, OFF))
def test_a_schedule_is_switched_off_and_its_job_goes(schedule, shown, off):
    schedule({"Interval": {"Minutes": 5}})
    assert schedule(off) == 204
    assert shown() == (None, None)


def test_a_null_schedule_is_a_missing_one(mock, schedule, serve):
    assert schedule(None) == 400
    server = serve("fidelity: { missingSchedule: off }")
    body = {"StoreIds": [server.store("web-1")], "Schedule": None}
    assert server.ask("POST", "/KeyfactorAPI/CertificateStores/Schedule", body).status == 204


def test_a_recurring_job_keeps_its_id_and_others_get_a_new_one(schedule, shown):
    jobs = []
    for value in ({"Interval": {"Minutes": 5}}, {"Daily": {"Time": MOMENT}}, {"Immediate": True}, {"Immediate": True}, {"Interval": {"Minutes": 5}}):
        schedule(value)
        jobs.append(shown()[1])
    assert jobs[0] == jobs[1] and len(set(jobs)) == 4
    schedule({})
    schedule({"Interval": {"Minutes": 5}})
    assert shown()[1] not in jobs


def test_several_stores_are_scheduled_at_once_each_with_its_own_job(schedule, shown):
    assert schedule({"Interval": {"Minutes": 12}}, "web-1", "web-2", "mail-1", "web-1") == 204
    seen = [shown(machine) for machine in ("web-1", "web-2", "mail-1")]
    assert [value for value, _ in seen] == [{"Interval": {"Minutes": 12}}] * 3 and len({job for _, job in seen}) == 3


def test_a_store_is_found_by_its_id_in_capitals(mock):
    store = mock.store("web-1")
    body = {"StoreIds": [store.upper()], "Schedule": {"Interval": {"Minutes": 13}}}
    assert mock.ask("POST", "/KeyfactorAPI/CertificateStores/Schedule", body).status == 204
    assert mock.get("/CertificateStores/" + store.upper())["Id"] == store and mock.schedule_of(store) == {"Interval": {"Minutes": 13}}


def test_stores_with_a_schedule_can_be_asked_for(mock, schedule):
    schedule({"Interval": {"Minutes": 5}}, "mail-1")
    schedule({}, "web-2")
    machines = {each["ClientMachine"] for each in mock.get("/CertificateStores?QueryString=HasInventoryScheduled%20-eq%20true")}
    assert "mail-1" in machines and "web-2" not in machines


CONTAINERS = """
estate:
  containers:
    - { name: mild, schedule: { Interval: { Minutes: 7 } } }
    - { name: stern, schedule: { Interval: { Minutes: 8 } }, overwriteSchedules: true }
  certificateStores:
    - { machine: a, path: /a, agent: uo-1, container: mild }
    - { machine: b, path: /b, agent: uo-1, container: mild, schedule: { Interval: { Minutes: 99 } } }
    - { machine: c, path: /c, agent: uo-1, container: stern, schedule: { Interval: { Minutes: 99 } } }
"""


def test_a_store_takes_the_schedule_of_its_container_unless_it_has_its_own(serve):
    server = serve(CONTAINERS)
    assert [server.schedule_of(server.store(each)) for each in "ab"] == [{"Interval": {"Minutes": 7}}, {"Interval": {"Minutes": 99}}]


def test_a_container_that_overwrites_schedules_replaces_a_stores_own(serve):
    server = serve(CONTAINERS)
    assert server.schedule_of(server.store("c")) == {"Interval": {"Minutes": 8}}


def test_all_stores_of_a_large_estate_are_scheduled_in_one_request(serve):
    server = serve("estate: { from: large }")
    ids = [each["Id"] for each in server.get("/CertificateStores?ReturnLimit=10000")]
    body = {"StoreIds": ids, "Schedule": {"Interval": {"Minutes": 60}}}
    assert len(ids) == 10000 and server.ask("POST", "/KeyfactorAPI/CertificateStores/Schedule", body).status == 204
    assert server.ask("GET", "/KeyfactorAPI/CertificateStores?QueryString=HasInventoryScheduled%20-eq%20true").header("X-Total-Count") == "10000"


MISSPELT = [
    ("Intervall", {"Minutes": 60}, "Interval"), ("Dayly", {"Time": "2026-11-22T09:00:00Z"}, "Daily"), ("weekley", {"Days": [1], "Time": "2026-11-22T09:00:00Z"}, "Weekly"),
    ("Imediate", True, "Immediate"), ("ExactlyOnes", {"Time": "2026-11-22T09:00:00Z"}, "ExactlyOnce"), ("Montly", {"Day": 3, "Time": "2026-11-22T09:00:00Z"}, "Monthly"),
    ("exactly_once", {"Time": "2026-11-22T09:00:00Z"}, "ExactlyOnce"), ("Hourly", {}, None), ("X\r\nSet-Cookie: a=b", {}, None), ("Pässword: hush", {}, None),
]


@pytest.mark.parametrize("kind, value, nearest", MISSPELT, ids=[case[0][:12] for case in MISSPELT])
def test_a_misspelt_kind_of_schedule_is_reported(serve_module, kind, value, nearest):
    """Where unknown members are ignored, in X-Mock-Why and the journal; where they are refused, in the refusal."""
    if not hasattr(serve_module, "lenient"):
        serve_module.lenient, serve_module.strict = serve_module(ESTATE), serve_module("fidelity: { unknownMembers: refuse }\n" + ESTATE)
    lenient, strict = serve_module.lenient, serve_module.strict
    store, agent = lenient.store("web-2"), lenient.agent("uo-1")
    schedule = {kind: value}
    requests = [
        ("POST", "/CertificateStores/Schedule", {"StoreIds": [store], "Schedule": schedule}, 204),
        ("POST", "/OrchestratorJobs/Custom", {"AgentId": agent, "JobTypeName": "NoFields", "Schedule": schedule}, 400),
        ("POST", "/CertificateStores/Certificates/Remove", {"CertificateStores": [{"CertificateStoreId": store, "Alias": "x"}], "Schedule": schedule}, None),
        ("PUT", "/CertificateStoreContainers", {"Id": 3, "Name": "Web servers", "Schedule": schedule}, None),
    ]
    for method, path, body, status in requests:
        reply = lenient.ask(method, "/KeyfactorAPI" + path, body)
        why = reply.header("X-Mock-Why") or ""
        assert reply.status == status or status is None
        assert "unknown member, which is ignored" in why or "(struck out)" in why, (path, reply)
        assert nearest is None or f"did you mean {nearest}?" in why
        assert not reply.header("Set-Cookie")
        assert lenient.ask("GET", "/_mock/journal?limit=1").json["exchanges"][0]["why"].replace("ä", "?") == why
        refused = strict.ask(method, "/KeyfactorAPI" + path, body)
        assert refused.status == 400
        assert nearest is None or f"did you mean {nearest}?" in refused.json["Message"]
        assert "which is ignored" not in refused.header("X-Mock-Why")


@pytest.mark.parametrize("method, path, body", [
    ("POST", "/CertificateStores/Schedule", {"StoreIds": ["<web-2>"], "Schedule": {"Interval": {"Minutes": 60}, "Dayly": {}}}),
    ("POST", "/CertificateStores/Approve", [{"Id": "<web-2>", "CertStoreType": 2, "InventorySchedule": {"Intervall": {"Minutes": 60}}}]),
    ("POST", "/CertificateStores/Approve", [
        {"Id": "<web-1>", "CertStoreType": 2}, {"Id": "<web-2>", "CertStoreType": 2, "InventorySchedule": {"Dayly": {"Time": "2026-01-01T00:00:00Z"}}}]),
    ("POST", "/CertificateAuthority", {"LogicalName": "q", "HostName": "h", "FullScan": {"Intervall": {"Minutes": 60}}}),
    ("POST", "/CertificateAuthority", {"LogicalName": "r", "HostName": "h", "IncrementalScan": {"Dayly": {}}}),
    ("POST", "/CertificateAuthority", {"LogicalName": "s", "HostName": "h", "ThresholdCheck": {"Intervall": {"Minutes": 60}}}),
], ids=str)
def test_a_misspelt_kind_is_reported_wherever_a_schedule_stands(mock, method, path, body):
    text = json.dumps(body)
    for machine in "web-1", "web-2":
        text = text.replace(f"<{machine}>", mock.store(machine)) if f"<{machine}>" in text else text
    reply = mock.ask(method, "/KeyfactorAPI" + path, json.loads(text))
    assert "unknown member, which is ignored; did you mean" in (reply.header("X-Mock-Why") or ""), reply


@pytest.mark.parametrize("schedule", [{}, {"Off": None}, {"Off": True}, {"Intervall": None}, {"interval": {"Minutes": 5}, "Immediate": None}, {"Immediate": False}, None])
def test_a_schedule_that_says_what_it_means_is_not_doubted(mock, schedule):
    reply = mock.ask("POST", "/KeyfactorAPI/CertificateStores/Schedule", {"StoreIds": [mock.store("web-2")], "Schedule": schedule})
    assert reply.header("X-Mock-Why") is None or reply.status == 400
