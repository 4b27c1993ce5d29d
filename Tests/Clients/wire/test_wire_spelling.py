"""How paths, query names and values of PowerShell are spelt in the field, and that all of it is understood."""

import json
from urllib.parse import quote, quote_plus

import pytest

from support.mock import talk
from support.shapes import go_sdk, powershell, python_1

SCHEDULE = "POST /KeyfactorAPI/CertificateStores/Schedule"

PATHS = [
    ("/keyfactorapi/status/EndPoints", "the odd case of scripts"),
    ("/KeyfactorApi/Status/Endpoints", "the documentation's other case"),
    ("/KEYFACTORAPI/STATUS/ENDPOINTS", "capitals"),
    ("/Keyfactor/API/Status/Endpoints", "the base path of container installs"),
    ("/keyfactor/api/status/endpoints", "the same in small letters"),
    ("/KeyfactorAPI//Status/Endpoints", "a doubled slash after the base path"),
    ("//KeyfactorAPI/Status//Endpoints", "doubled slashes elsewhere"),
    ("/KeyfactorAPI/Status/Endpoints/", "a trailing slash"),
    ("/KeyfactorAPI/Status/Endpoints//?", "two trailing slashes and an empty query"),
    ("/KeyfactorAPI/Status/End%70oints", "a letter percent-encoded"),
    ("http://localhost:8443/KeyfactorAPI/Status/Endpoints", "the absolute form of a proxy"),
]


@pytest.mark.parametrize("path", [path for path, _ in PATHS], ids=[reason for _, reason in PATHS])
def test_the_same_path_is_meant_by(mock, path):
    reply = talk(mock, python_1("GET " + path), secure=True)
    assert reply.status == 200 and "GET /Agents" in reply.json


MISSES = [
    ("/KeyfactorAPIStatus/EndPoints", "a slash is missing after /KeyfactorAPI", "a script that forgets the slash"),
    ("/KeyfactorAPI/Status/Endpoint", "nearest is GET /Status/Endpoints", "a letter too few"),
    ("/KeyfactorAPI/Reports", "", "an operation that is not served"),
    ("/KeyfactorAPI", "", "the base path alone"),
    ("/KeyfactorAPI/Agents%2F", "", "an encoded slash is no slash"),
    ("/", "is not below a base path", "outside any base path"),
]


@pytest.mark.parametrize("path, why", [case[:2] for case in MISSES], ids=[case[2] for case in MISSES])
def test_a_miss_is_a_404_that_says_what_was_nearest(mock, path, why):
    reply = talk(mock, python_1("GET " + path), secure=True)
    assert reply.status == 404 and list(reply.json) == ["ErrorCode", "Message"]
    assert why in (reply.header("X-Mock-Why") or "") and reply.header("X-Mock-Why")


def test_a_miss_is_reported_in_ascii_whatever_the_path_holds(mock):
    reply = talk(mock, "GET /KeyfactorAPI/\u00fc HTTP/1.1\r\nHost: x\r\n\r\n".encode(), secure=True)
    assert reply.status == 404 and reply.header("X-Mock-Why").isascii()


NAMES = [
    ("QueryString={}&ReturnLimit=10", "as command 11 documents them"),
    ("querystring={}&returnlimit=10", "small letters"),
    ("pq.queryString={}&pq.returnLimit=10", "pq."),
    ("PQ.QUERYSTRING={}&Pq.ReturnLimit=10", "PQ. in capitals"),
    ("certificateStoreQuery.queryString={}&certificateStoreQuery.returnLimit=10", "certificateStoreQuery."),
    ("query.queryString={}&pageReturned=1", "a prefix on one name and none on the other"),
    ("&&pq.queryString={}&&", "empty parameters"),
    ("QueryString=nothing&pq.queryString={}", "the same name twice: the last counts"),
    ("pq.queryString={}&RoleIdList=1&SkipCount=0", "parameters of other releases"),
]


@pytest.mark.parametrize("blank", ["+", "%20"])
@pytest.mark.parametrize("query", [query for query, _ in NAMES], ids=[reason for _, reason in NAMES])
def test_a_query_is_found_under(mock, query, blank):
    wanted = f"ClientMachine{blank}-eq{blank}%22uo-1%22"
    reply = talk(mock, go_sdk("GET /KeyfactorAPI/Agents?" + query.format(wanted)), secure=True)
    assert [each["ClientMachine"] for each in reply.json] == ["uo-1"] and reply.header("X-Total-Count") == "1"


EXPRESSIONS = [
    ('ClientMachine -eq "uo-1"', ["uo-1"]),
    ('(ClientMachine -eq "uo-1")', ["uo-1"]),
    ('clientmachine -startswith "UO-"', ["uo-1", "uo-2", "uo-3", "uo-4"]),
    ("status -eq 2", ["uo-1", "uo-4"]),
    ('Status -eq "2"', ["uo-1", "uo-4"]),
    ('Capabilities -contains "custom_"', ["uo-1", "uo-3"]),
    ('Status -eq 2 AND Capabilities -contains "LOGS"', ["uo-1"]),
    ('(Status -eq 1 OR Status -eq 3)AND ClientMachine -ne "uo-2"', ["uo-3"]),
    ('LastSeen -gt "%TODAY-1%"', ["uo-1", "uo-2", "uo-3", "uo-4"]),
    ("Version -ne null", ["uo-1", "uo-2", "uo-3", "uo-4"]),
    ('Capabilities -contains \u201cLOGS\u201d', ["uo-1", "uo-2", "uo-3"]),
    ("", ["uo-1", "uo-2", "uo-3", "uo-4"]),
]


@pytest.mark.parametrize("expression, machines", EXPRESSIONS, ids=[each or "nothing" for each, _ in EXPRESSIONS])
def test_an_expression_met_in_the_field_selects(mock, expression, machines):
    reply = talk(mock, go_sdk(f"GET /KeyfactorAPI/Agents?pq.sortField=ClientMachine&pq.queryString={quote(expression)}"), secure=True)
    assert [each["ClientMachine"] for each in reply.json] == machines


STORE_EXPRESSIONS = [
    ('StorePath -eq "/etc/ssl/app.pem" AND ClientMachine -eq "web-1"', {"web-1"}),
    ('ContainerId -eq "3"', {"web-2"}),
    ('CertStoreType -ne null AND Approved -eq "false"', {"found-1"}),
    ('(Category -eq "2")AND Approved -eq false', {"found-1"}),
    ("AgentId -eq null", {"lonely-1"}),
    ('Container -eq "Mail servers" OR Container -eq "web servers"', {"mail-1", "web-2"}),
]


@pytest.mark.parametrize("expression, machines", STORE_EXPRESSIONS, ids=[each for each, _ in STORE_EXPRESSIONS])
def test_an_expression_about_stores_selects(mock, expression, machines):
    reply = talk(mock, go_sdk("GET /KeyfactorAPI/CertificateStores?certificateStoreQuery.queryString=" + quote_plus(expression)), secure=True)
    assert {each["ClientMachine"] for each in reply.json} == machines


TIMES = [
    ("\\/Date(1795377600000)\\/", "2026-11-22T20:00:00Z", "Windows PowerShell 5.1"),
    ("/Date(1795377600000)/", "2026-11-22T20:00:00Z", "the same without the escapes"),
    ("/Date(1795377600000+0200)/", "2026-11-22T20:00:00Z", "the same with a zone, which changes nothing"),
    ("2026-11-22T20:00:00.1234567+02:00", "2026-11-22T18:00:00.1234567Z", "PowerShell 7: seven digits and an offset"),
    ("2026-11-22T20:00:00.0000000-05:00", "2026-11-23T01:00:00Z", "seven digits of zero, west of Greenwich"),
    ("2026-11-22T20:00:00", "2026-11-22T20:00:00Z", "no zone, which means UTC"),
]


@pytest.mark.parametrize("time, expected", [case[:2] for case in TIMES], ids=[case[2] for case in TIMES])
def test_a_time_of_powershell_is_understood(mock, time, expected):
    store = mock.store("web-1")
    body = '{\r\n    "Schedule":  {\r\n        "ExactlyOnce":  {\r\n            "Time":  "%s"\r\n        }\r\n    },\r\n    "StoreIds":  [\r\n "%s" ]\r\n}'
    reply = talk(mock, powershell(SCHEDULE, body % (time, store)), secure=True)
    assert reply.status == 204
    assert mock.schedule_of(store) == {"ExactlyOnce": {"Time": expected}}


@pytest.mark.parametrize("time", [
    {"value": "/Date(1795377600000)/", "DisplayHint": 2, "DateTime": "Sunday, November 22, 2026 8:00:00 PM"}, "tomorrow", 20, None, []],
    ids=["a Get-Date that became an object", "a word", "a number", "null", "an array"])
def test_something_else_than_a_time_is_refused_by_its_name(mock, time):
    store = mock.store("web-1")
    before = mock.schedule_of(store)
    body = json.dumps({"Schedule": {"Daily": {"Time": time}}, "StoreIds": [store]}, indent=4)
    reply = talk(mock, powershell(SCHEDULE, body), secure=True)
    assert reply.status == 400 and reply.json["Message"].startswith("Schedule.Daily.Time: ")
    assert mock.schedule_of(store) == before


def test_a_health_check_of_a_script_gets_exactly_204(mock):
    assert talk(mock, powershell("GET /keyfactorapi/status/healthcheck"), secure=True).status == 204


def test_a_body_with_a_byte_order_mark_is_read(mock):
    store = mock.store("web-1")
    body = "\ufeff" + json.dumps({"StoreIds": [store], "Schedule": {"Interval": {"Minutes": 11}}})
    assert talk(mock, powershell(SCHEDULE, body), secure=True).status == 204


def test_a_body_that_is_not_json_is_refused_with_its_place(mock):
    reply = talk(mock, powershell(SCHEDULE, '{"StoreIds": [], "Schedule": {"Daily": {"Time": "x"}}'), secure=True)
    assert reply.status == 400 and "line 1, column 54" in reply.json["Message"]


def test_of_a_body_that_is_closed_too_early_the_first_value_counts(mock):
    """As the vault plugin's: a brace too many in the middle."""
    body = '{"StoreIds": ["%s"], "Schedule": {"Interval": {"Minutes": 12}}}, "CollectionId": 0 }' % mock.store("web-1")
    assert talk(mock, powershell(SCHEDULE, body), secure=True).status == 204
