"""POST /CertificateStores/Schedule: every refusal names the member at fault and changes nothing."""

import json

import pytest

PATH = "/KeyfactorAPI/CertificateStores/Schedule"
GOOD = {"Interval": {"Minutes": 99}}
NOBODY, NOBODY_ELSE = "aaaaaaaa-0000-4000-8000-000000000001", "aaaaaaaa-0000-4000-8000-000000000002"


@pytest.fixture
def refused(mock):
    """Sends a body, sees that it is refused and that no store has changed, and answers the refusal."""

    def send(body, status=400):
        before = mock.get("/CertificateStores?ReturnLimit=1000")
        reply = mock.ask("POST", PATH, body, {"Content-Type": "application/json"})
        assert reply.status == status, reply
        assert mock.get("/CertificateStores?ReturnLimit=1000") == before
        return reply.json

    return send


BODIES = [
    (b"", "empty"), (b"{", "not valid JSON"), (b'{"StoreIds": [} }', "not valid JSON"), (b"{'StoreIds': []", "not valid JSON"),
    (b'"text"', "a string"), (b"[]", "an array"), (b"null", "null"), (b"7", "a number"), (b'{"StoreIds": ["\xff"]}', "not valid JSON"),
    (b'{"a": "\x01}', "not valid JSON"), (b"{a:} {}", "not valid JSON"), (b"[" * 100_000, "not valid JSON"),
]


@pytest.mark.parametrize("body, word", BODIES, ids=[str(body[:24]) for body, _ in BODIES])
def test_a_body_that_is_no_json_object_is_refused(refused, body, word):
    message = refused(body)["Message"]
    assert message.startswith("The request body is ") and word in message


IDS = [
    ({"Schedule": GOOD}, "StoreIds: "), ({"StoreIds": None}, "StoreIds: "), ({"StoreIds": []}, "StoreIds: "),
    ({"StoreIds": NOBODY}, "StoreIds: "), ({"StoreIds": {}}, "StoreIds: "), ({"StoreIds": ["web-1"]}, "StoreIds[0]: "),
    ({"StoreIds": [NOBODY, ""]}, "StoreIds[1]: "), ({"StoreIds": [NOBODY, 7]}, "StoreIds[1]: "), ({"StoreIds": [None]}, "StoreIds[0]: "),
    ({"StoreIds": [[NOBODY]]}, "StoreIds[0]: "),
]


@pytest.mark.parametrize("body, member", IDS, ids=[json.dumps(body) for body, _ in IDS])
def test_store_ids_that_are_none_are_refused_by_their_place(refused, body, member):
    assert refused({"Schedule": GOOD, **body})["Message"].startswith(member)


def test_unknown_stores_are_all_named(refused):
    refusal = refused({"StoreIds": [NOBODY, NOBODY_ELSE], "Schedule": GOOD})
    assert refusal["Message"].startswith("StoreIds: ") and NOBODY in refusal["Message"] and NOBODY_ELSE in refusal["Message"]
    assert [list(each) for each in refusal["FailedOperations"]] == [["Reason"]] * 2


@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_unknown_store_among_good_ones_changes_none(mock, refused, place):
    ids = [mock.store("web-1"), mock.store("web-2")]
    ids.insert(place, NOBODY)
    assert NOBODY in refused({"StoreIds": ids, "Schedule": GOOD})["Message"]


@pytest.mark.parametrize("switch, status", [("400", 400), ("404", 404), ("vendor", 400)])
def test_the_status_for_unknown_stores_is_as_the_scenario_says(serve, switch, status):
    server = serve(f"fidelity: {{ unknownIds: {json.dumps(switch)} }}")
    assert server.ask("POST", PATH, {"StoreIds": [NOBODY], "Schedule": GOOD}).status == status


@pytest.mark.parametrize("machine, word", [("found-1", "approved"), ("lonely-1", "agent")], ids=["not approved", "without an agent"])
def test_a_store_that_is_not_ready_refuses_the_whole_request(mock, refused, machine, word):
    store = mock.store(machine)
    message = refused({"StoreIds": [mock.store("web-1"), store], "Schedule": GOOD})["Message"]
    assert store in message and word in message


SCHEDULES = [
    (None, "Schedule: "), ("Daily", "Schedule: "), ([], "Schedule: "), (True, "Schedule: "), (5, "Schedule: "),
    ({"Immediate": True, "Interval": {"Minutes": 5}}, "Schedule: "), ({"Off": True, "Immediate": True}, "Schedule: "),
    ({"Interval": {"Minutes": 5}, "Daily": {"Time": "2026-11-22T20:00:00Z"}}, "Schedule: "),
    ({"Immediate": "yes"}, "Schedule.Immediate: "), ({"Immediate": 1}, "Schedule.Immediate: "), ({"Immediate": {}}, "Schedule.Immediate: "),
    ({"Interval": 5}, "Schedule.Interval: "), ({"Interval": {}}, "Schedule.Interval.Minutes: "),
    ({"Interval": {"Minutes": None}}, "Schedule.Interval.Minutes: "), ({"Interval": {"Minutes": 0}}, "Schedule.Interval.Minutes: "),
    ({"Interval": {"Minutes": -5}}, "Schedule.Interval.Minutes: "), ({"Interval": {"Minutes": 1.5}}, "Schedule.Interval.Minutes: "),
    ({"Interval": {"Minutes": 2147483648}}, "Schedule.Interval.Minutes: "), ({"Interval": {"Minutes": "soon"}}, "Schedule.Interval.Minutes: "),
    ({"Daily": "20:00"}, "Schedule.Daily: "), ({"Daily": {}}, "Schedule.Daily.Time: "),
    ({"Weekly": {"Time": "2026-11-22T20:00:00Z"}}, "Schedule.Weekly.Days: "), ({"Weekly": {"Days": [1]}}, "Schedule.Weekly.Time: "),
    ({"Weekly": {"Days": [], "Time": "2026-11-22T20:00:00Z"}}, "Schedule.Weekly.Days: "),
    ({"Weekly": {"Days": None, "Time": "2026-11-22T20:00:00Z"}}, "Schedule.Weekly.Days: "),
    ({"Weekly": {"Days": "Monday", "Time": "2026-11-22T20:00:00Z"}}, "Schedule.Weekly.Days: "),
    ({"Weekly": {"Days": [1, 7], "Time": "2026-11-22T20:00:00Z"}}, "Schedule.Weekly.Days[1]: "),
    ({"Weekly": {"Days": ["Mon"], "Time": "2026-11-22T20:00:00Z"}}, "Schedule.Weekly.Days[0]: "),
    ({"Weekly": {"Days": [-1], "Time": "2026-11-22T20:00:00Z"}}, "Schedule.Weekly.Days[0]: "),
    ({"Monthly": {"Time": "2026-11-22T20:00:00Z"}}, "Schedule.Monthly.Day: "), ({"Monthly": {"Day": 3}}, "Schedule.Monthly.Time: "),
    ({"Monthly": {"Day": 0, "Time": "2026-11-22T20:00:00Z"}}, "Schedule.Monthly.Day: "),
    ({"Monthly": {"Day": 28, "Time": "2026-11-22T20:00:00Z"}}, "Schedule.Monthly.Day: "),
    ({"ExactlyOnce": {"Time": ""}}, "Schedule.ExactlyOnce.Time: "), ({"ExactlyOnce": True}, "Schedule.ExactlyOnce: "),
]


@pytest.mark.parametrize("schedule, member", SCHEDULES, ids=[json.dumps(schedule) for schedule, _ in SCHEDULES])
def test_a_malformed_schedule_is_refused_by_its_member(mock, refused, schedule, member):
    refusal = refused({"StoreIds": [mock.store("web-1")], "Schedule": schedule})
    assert refusal["Message"].startswith(member) and list(refusal) == ["ErrorCode", "Message"]


def test_a_schedule_left_out_is_refused_with_the_way_to_switch_it_off(mock, refused):
    message = refused({"StoreIds": [mock.store("web-1")]})["Message"]
    assert message.startswith("Schedule: ") and "{}" in message


TIMES = [
    "20:00", "2026-11-22 20:00:00Y", "11/31/2026 10:00:00 AM", "Mon, 22 Nov 2026 10:00:00 GMT", "22.11.2026", "2026-11-31T00:00:00Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
    "2026-11-22T24:00:01Z", "2026-11-22T20:60:00Z", "2026-11-22T20:00:00.Z", "2026-11-22T20:00:00.1234567890Z",
    "2026-11-22T20:00:00+15:00", "2026-11-22T20:00:00ZZ", "- 2026-11-22T20:00:00Z", "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+01:00", "/Date()/", "/Date(12345678901234567)/", "/Date(1", "2026-11-22T20:00:00 - Z", "now", "1795377600",
]


@pytest.mark.parametrize("time", TIMES)
def test_a_malformed_time_is_refused(mock, refused, time):
    message = refused({"StoreIds": [mock.store("web-1")], "Schedule": {"Daily": {"Time": time}}})["Message"]
    assert message.startswith("Schedule.Daily.Time: ")


def test_a_very_long_value_is_not_repeated_in_full(mock, refused):
    message = refused({"StoreIds": [mock.store("web-1")], "Schedule": {"Daily": {"Time": "x" * 100_000}}})["Message"]
    assert len(message) < 400


def test_the_same_member_twice_counts_as_its_last_mention(mock):
    store = mock.store("web-1")
    body = '{"StoreIds":["%s"],"Schedule":{"Interval":{"Minutes":0}},"schedule":{"Interval":{"Minutes":21}}}' % store
    assert mock.ask("POST", PATH, body).status == 204
    assert mock.schedule_of(store) == {"Interval": {"Minutes": 21}}
