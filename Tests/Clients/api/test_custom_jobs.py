"""POST /OrchestratorJobs/Custom: what it takes, what it answers, what it refuses."""

import concurrent.futures
import datetime
import http.client
import json

import pytest

PATH = "/KeyfactorAPI/OrchestratorJobs/Custom"
NOBODY = "aaaaaaaa-0000-4000-8000-000000000001"
MOMENT = "2027-01-05T08:00:00Z"


@pytest.fixture
def made(mock):
    """Asks for a job of a type on uo-1 and answers the whole response."""

    def send(job_type="Custom_Backup", **more):
        reply = mock.ask("POST", PATH, {"AgentId": mock.agent("uo-1"), "JobTypeName": job_type, **more})
        assert (reply.status, reply.header("Content-Type")) == (200, "application/json; charset=utf-8"), reply
        return reply.json

    return send


def fields_of(job):
    return [(each["JobTypeField"], each["Value"]) for each in job["JobFields"]]


def test_a_job_without_more_is_immediate_and_has_the_types_defaults(mock, made):
    job = made()
    assert (job["OrchestratorId"], job["JobTypeName"], job["Schedule"]) == (mock.agent("uo-1"), "Custom_Backup", {"Immediate": True})
    assert fields_of(job) == [("Target", "everything")]
    asked = datetime.datetime.fromisoformat(job["RequestTimestamp"].replace("Z", "+00:00"))
    assert abs(asked - datetime.datetime.now(datetime.timezone.utc)) < datetime.timedelta(seconds=30)


SCHEDULES = [
    {"Immediate": True}, {"Interval": {"Minutes": 30}}, {"Daily": {"Time": MOMENT}}, {"Weekly": {"Days": ["Monday", "Friday"], "Time": MOMENT}},
    {"Monthly": {"Day": 3, "Time": MOMENT}}, {"ExactlyOnce": {"Time": MOMENT}},
]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=[next(iter(each)) for each in SCHEDULES])
def test_a_schedule_is_repeated_as_it_was_sent_with_its_date(made, schedule):
    assert made(Schedule=schedule)["Schedule"] == schedule


def test_a_schedule_is_repeated_in_the_vendors_spelling(made):
    sent = {"weekly": {"days": [1, "FRIDAY"], "time": "2027-01-05T10:00:00.120+02:00"}}
    assert made(Schedule=sent)["Schedule"] == {"Weekly": {"Days": ["Monday", "Friday"], "Time": "2027-01-05T08:00:00.12Z"}}


@pytest.mark.parametrize("schedule", [None, {"Immediate": None}], ids=["null", "only null members"])
def test_no_schedule_is_immediate(mock, schedule):
    body = {"AgentId": mock.agent("uo-1"), "JobTypeName": "NoFields", "Schedule": schedule}
    reply = mock.ask("POST", PATH, body)
    if schedule is None:
        assert reply.json["Schedule"] == {"Immediate": True}
    else:
        assert reply.status == 400 and reply.json["Message"].startswith("Schedule: ")


FIELDS = [
    ("Custom_Backup", {"Target": "x", "PathName": "/y"}, [("Target", "x"), ("PathName", "/y")], "both"),
    ("Custom_Backup", {"PathName": "/y", "Target": "x"}, [("Target", "x"), ("PathName", "/y")], "in the type's order, not the request's"),
    ("Custom_Backup", {"tARGET": "x"}, [("Target", "x")], "names without regard to case"),
    ("Custom_Backup", {"Target": None}, [("Target", "everything")], "null is no value"),
    ("Custom_Backup", {"Target": ""}, [("Target", "")], "an empty text is one"),
    ("Custom_Backup", {"Target": 'a "b" \\ \u00fc \U0001f600 </\n\t'}, [("Target", 'a "b" \\ \u00fc \U0001f600 </\n\t')], "every character"),
    ("Custom_Backup", {"Target": 1.50}, [("Target", "1.5")], "a number becomes a text"),
    ("Custom_Backup", None, [("Target", "everything")], "null for all fields"),
    ("Custom_Backup", {}, [("Target", "everything")], "an empty object"),
    ("NoFields", {}, [], "a type without fields"),
    ("EveryType", {"Whole": 7, "When": "2025-01-01T08:10:55", "Sure": False, "Text": "t"},
     [("Whole", "7"), ("When", "2025-01-01T08:10:55"), ("Sure", "false"), ("Text", "t")], "numbers and booleans as JSON has them"),
    ("EveryType", {"Whole": "-2147483648", "Sure": "TRUE", "Text": 0},
     [("Whole", "-2147483648"), ("Sure", "TRUE"), ("Text", "0")], "numbers and booleans as texts"),
]


@pytest.mark.parametrize("job_type, sent, expected", [case[:3] for case in FIELDS], ids=[case[3] for case in FIELDS])
def test_fields_are_taken(made, job_type, sent, expected):
    assert fields_of(made(job_type, JobFields=sent)) == expected


def test_the_type_is_found_in_any_case_and_returned_as_it_is_spelt(made):
    assert made("custom_BACKUP")["JobTypeName"] == "Custom_Backup"


def test_the_same_job_twice_is_two_jobs(made):
    assert made("NoFields")["JobId"] != made("NoFields")["JobId"]


@pytest.mark.parametrize("name", ["FetchLogs", "Fetch Logs", "fetchlogs"])
def test_logs_can_be_fetched_where_the_agent_can(made, name):
    job = made(name)
    assert fields_of(job) == [] and job["JobTypeName"] == "FetchLogs"


def body(mock, **changes):
    made = {"AgentId": mock.agent("uo-1"), "JobTypeName": "EveryType", "JobFields": {"Text": "x"}, **changes}
    return {key: value for key, value in made.items() if value is not Ellipsis}


REFUSED = [
    ({"AgentId": ...}, 400, "AgentId: "), ({"AgentId": None}, 400, "AgentId: "), ({"AgentId": ""}, 400, "AgentId: "),
    ({"AgentId": "uo-1"}, 400, "AgentId: "), ({"AgentId": 1}, 400, "AgentId: "), ({"AgentId": [NOBODY]}, 400, "AgentId: "),
    ({"AgentId": NOBODY}, 404, f"Agent with id of '{NOBODY}' does not exist"),
    ({"JobTypeName": ...}, 400, "JobTypeName: "), ({"JobTypeName": None}, 400, "JobTypeName: "), ({"JobTypeName": ""}, 400, "JobTypeName: "),
    ({"JobTypeName": 5}, 400, "JobTypeName: "), ({"JobTypeName": "Nothing"}, 404, "Job type with name 'Nothing' does not exist"),
    ({"JobTypeName": "SampleCustomJobType", "JobFields": {}}, 400, "JobFields.ParamInt: "),
    ({"JobFields": ...}, 400, "JobFields.Text: "), ({"JobFields": None}, 400, "JobFields.Text: "), ({"JobFields": {}}, 400, "JobFields.Text: "),
    ({"JobFields": {"Text": None}}, 400, "JobFields.Text: "), ({"JobFields": {"Text": "x", "Texts": "y"}}, 400, "JobFields.Texts: "),
    ({"JobFields": [{"Text": "x"}]}, 400, "JobFields: "), ({"JobFields": "Text=x"}, 400, "JobFields: "),
    ({"JobFields": {"Text": ["x"]}}, 400, "JobFields.Text: "), ({"JobFields": {"Text": {"a": "x"}}}, 400, "JobFields.Text: "),
    ({"JobFields": {"Text": "x", "Whole": "seven"}}, 400, "JobFields.Whole: "), ({"JobFields": {"Text": "x", "Whole": 1.5}}, 400, "JobFields.Whole: "),
    ({"JobFields": {"Text": "x", "Whole": 2147483648}}, 400, "JobFields.Whole: "), ({"JobFields": {"Text": "x", "Whole": ""}}, 400, "JobFields.Whole: "),
    ({"JobFields": {"Text": "x", "When": "tomorrow"}}, 400, "JobFields.When: "), ({"JobFields": {"Text": "x", "Sure": "yes"}}, 400, "JobFields.Sure: "),
    ({"JobFields": {"Text": "x", "Sure": 1}}, 400, "JobFields.Sure: "),
    ({"Schedule": {}}, 400, "Schedule: "), ({"Schedule": {"Off": True}}, 400, "Schedule: "), ({"Schedule": "now"}, 400, "Schedule: "),
    ({"Schedule": {"Immediate": True, "Interval": {"Minutes": 1}}}, 400, "Schedule: "),
    ({"Schedule": {"Interval": {"Minutes": 0}}}, 400, "Schedule.Interval.Minutes: "),
    ({"Schedule": {"Monthly": {"Day": 28, "Time": MOMENT}}}, 400, "Schedule.Monthly.Day: "),
    ({"Schedule": {"Weekly": {"Days": [], "Time": MOMENT}}}, 400, "Schedule.Weekly.Days: "),
    ({"Schedule": {"ExactlyOnce": {"Time": "soon"}}}, 400, "Schedule.ExactlyOnce.Time: "),
]


@pytest.mark.parametrize("changes, status, start", REFUSED, ids=[str(changes) for changes, _, _ in REFUSED])
def test_a_request_is_refused_by_the_member_at_fault(mock, changes, status, start):
    reply = mock.ask("POST", PATH, body(mock, **changes))
    assert reply.status == status and reply.json["Message"].startswith(start), reply
    assert list(reply.json) == ["ErrorCode", "Message"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'"x"', b'{"AgentId": "\xc3"}'])
def test_a_body_that_is_no_json_object_is_refused(mock, content):
    reply = mock.ask("POST", PATH, content)
    assert reply.status == 400 and reply.json["Message"].startswith("The request body is ")


AGENTS = [("uo-2", "NoFields", "AgentId: ", "New"), ("uo-3", "Custom_Backup", "AgentId: ", "Disapproved"),
          ("uo-4", "Custom_Backup", "JobTypeName: ", "Custom_Backup"), ("uo-4", "FetchLogs", "JobTypeName: ", "LOGS")]


@pytest.mark.parametrize("machine, job_type, start, word", AGENTS, ids=["new", "disapproved", "without the type", "without logs"])
def test_an_agent_that_cannot_do_it_is_refused(mock, machine, job_type, start, word):
    reply = mock.ask("POST", PATH, {"AgentId": mock.agent(machine), "JobTypeName": job_type})
    message = reply.json["Message"]
    assert reply.status == 400 and message.startswith(start) and machine in message and word in message


@pytest.mark.parametrize("switch, status", [("400", 400), ("404", 404), ("vendor", 404)])
def test_the_status_for_unknown_ids_is_as_the_scenario_says(serve, switch, status):
    server = serve(f"fidelity: {{ unknownIds: {json.dumps(switch)} }}")
    for wrong in {"AgentId": NOBODY, "JobTypeName": "x"}, {"AgentId": server.agent("uo-1"), "JobTypeName": "x"}:
        assert server.ask("POST", PATH, wrong).status == status


def test_jobs_asked_for_at_once_are_all_made_each_with_its_own_id(mock):
    body = json.dumps({"AgentId": mock.agent("uo-1"), "JobTypeName": "NoFields"})

    def many(_):
        connection = http.client.HTTPConnection("127.0.0.1", mock.http_port, timeout=10)
        ids = []
        for _ in range(50):
            connection.request("POST", PATH, body, mock.headers)
            ids.append(json.loads(connection.getresponse().read())["JobId"])
        connection.close()
        return ids

    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        ids = [each for some in threads.map(many, range(8)) for each in some]
    assert len(set(ids)) == 400


def test_refusals_use_up_no_job_ids(serve):
    """The same run gives the same ids, whatever was refused on the way."""
    quiet, noisy = serve(""), serve("")
    good = {"AgentId": quiet.agent("uo-1"), "JobTypeName": "SampleCustomJobType", "JobFields": {"ParamInt": 1}}
    for wrong in {}, {**good, "JobFields": {}}, {**good, "Schedule": {}}:
        assert noisy.ask("POST", PATH, wrong).status == 400
    assert quiet.ask("POST", PATH, good).json["JobId"] == noisy.ask("POST", PATH, good).json["JobId"]


def test_two_field_names_that_differ_in_case_alone_count_as_the_last(made):
    assert fields_of(made(JobFields={"Target": "first", "target": "second"})) == [("Target", "second")]
