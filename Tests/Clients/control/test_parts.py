"""Parts of what exists and of what has been, for those who look: kinds of the estate, all jobs, requests that are sent again."""

import base64

import pytest

from support.control import Remote

FROZEN = "clock: { start: 2026-03-01T09:00:00Z, mode: frozen }\n"
OPS = {"Authorization": "Basic " + base64.b64encode(b"ops:s3cret").decode()}


@pytest.fixture
def world(serve):
    return Remote(serve(FROZEN))


def test_a_kind_is_what_the_whole_estate_has_of_it(world):
    whole = world.control("GET", "estate")
    for kind in "agents", "storeTypes", "certificateStores", "certificates", "templates", "roles", "jobTypes":
        part = world.control("GET", f"estate?kind={kind}&limit=1000")
        assert part == {"kind": kind, "total": len(whole[kind]), "rows": whole[kind]}


def test_a_kind_is_searched_without_case_and_in_pages(world):
    world.control("PATCH", "estate", {"containers": [{"name": f"Web {number:03}"} for number in range(250)] + [{"name": "Mail"}]})
    page = world.control("GET", "estate?kind=containers&q=WEB&offset=100&limit=50")
    assert page["total"] == 250 and [row["name"] for row in page["rows"]] == [f"Web {number:03}" for number in range(100, 150)]
    assert len(world.control("GET", "estate?kind=containers")["rows"]) == 100
    assert world.control("GET", "estate?kind=containers&q=nothing") == {"kind": "containers", "total": 0, "rows": []}
    assert world.control("GET", "estate?kind=containers&offset=9999999999")["rows"] == []
    assert "Did you mean 'agents'?" in world.refused("GET", "estate?kind=agnts")
    assert "only with 'kind'" in world.refused("GET", "estate?q=a")


def test_all_jobs_are_said_with_what_has_happened(world):
    world.job(world.agent())
    (job,) = world.control("GET", "jobs?all=true")
    assert (job["state"], job["attempts"][0]["ended"], job["attempts"][0]["result"]) == ("InProcess", None, None)
    while world.control("POST", f"jobs/{job['id']}/advance")["state"] != "over":
        pass
    (job,) = world.control("GET", "jobs?all=true")
    assert job["state"] == "over" and job["jobType"] == "SampleCustomJobType" and job["agent"] == "uo-1"
    (attempt,) = job["attempts"]
    assert attempt["result"] == "Success" and attempt["began"] <= attempt["ended"]
    assert world.control("GET", "jobs") == []


def test_a_request_is_sent_again_in_its_world_with_its_credentials(serve):
    server = serve("auth: { mode: basic, users: [ { name: ops, password: s3cret } ] }\n")
    world = Remote(server).new("mine")
    world.request(headers=OPS)
    assert world.control("POST", "journal/1/replay") == {"status": 200, "isSent": True}
    one, two = world.journal()
    assert {key: one[key] for key in ("caller", "path", "status", "headers")} == {key: two[key] for key in ("caller", "path", "status", "headers")}
    assert Remote(server).journal() == []


def test_however_the_reply_breaks_the_report_does_not(world):
    world.request()
    for effect, reported in [
        ({"break": "reset", "at": "reply"}, {"status": None, "isSent": False}), ({"break": "stall", "at": "request"}, {"status": None, "isSent": False}),
        ({"refuse": "unavailable"}, {"status": 503, "isSent": True}), ({"delay": "50ms", "at": "request"}, {"status": 200, "isSent": True})]:
        world.control("PUT", "rules/breaks", {"operation": "GET /Agents", "do": [effect]})
        assert world.control("POST", "journal/1/replay") == reported, effect


def test_what_the_journal_has_not_kept_whole_is_not_sent_again(world):
    world.request("POST", "/Agents/Approve", ["x" * 60_000, "y" * 60_000])
    assert "only a part" in world.refused("POST", "journal/1/replay", status=409)
    assert "no exchange" in world.refused("POST", "journal/7/replay", status=404)
