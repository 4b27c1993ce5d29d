"""Verdicts: every form of expectation met, failed and indeterminate; what came nearest; and waiting for it instead of sleeping."""

import json
import threading
import time

import pytest

from support.control import Remote, connection, on, until
from support.mock import SLOWNESS, basic, option

CUSTOM = "POST /OrchestratorJobs/Custom"
AGENTS = "GET /Agents"


@pytest.fixture(scope="module")
def shared(serve_module):
    return Remote(serve_module())


@pytest.fixture
def world(shared):
    shared.control("POST", "reset")
    return shared


def judged(world, *expectations):
    """The result of one expectation, or of several."""
    verdict = world.control("POST", "verify", {"expect": list(expectations)})
    assert [each["expected"] for each in verdict["results"]] == list(expectations)
    results = verdict["results"]
    worst = next((word for word in ("failed", "indeterminate") if word in [each["verdict"] for each in results]), "met")
    assert verdict["verdict"] == worst
    for each in results:
        if each["verdict"] == "met":
            assert each["nearest"] == []
    return results if len(results) != 1 else results[0]


def verdict(world, expectation):
    return judged(world, expectation)["verdict"]


def requests(count=None, **selection):
    return {"requests": selection} | ({} if count is None else {"count": count})


# MARK: Requests


@pytest.mark.parametrize(
    "count, met",
    [
        (3, True), ("3", True), (2, False), (4, False), ("2-3", True), ("3-9", True), ("4-9", False), ("1-2", False), ("3+", True),
        ("4+", False), (0, False), (None, True),
    ],
)
def test_counts(world, count, met):
    world.statuses(3)
    result = judged(world, requests(count, operation=AGENTS))
    assert result["verdict"] == ("met" if met else "failed")
    assert result["found"] == "3 requests"


def test_without_a_count_one_is_enough(world):
    assert verdict(world, requests(operation=AGENTS)) == "failed"
    world.request()
    assert verdict(world, requests(operation=AGENTS)) == "met"
    assert verdict(world, requests(0, operation="GET /JobTypes/**")) == "met"


def test_choices(world):
    world.request(headers={"Authorization": basic("one", "x")})
    world.request(path="/Agents?PageReturned=2&pq.returnLimit=5", headers={"X-Run": "7"})
    world.request("POST", "/OrchestratorJobs/Custom", {"JobTypeName": "Nothing", "JobFields": {"ParamInt": 5}})
    world.control("POST", "rules", {"name": "struck", "operation": "GET /PamProviders", "do": [{"refuse": "unavailable"}]})
    world.request(path="/PamProviders")
    world.server.ask("POST", "/oauth2/token", "grant_type=client_credentials&client_id=a&client_secret=b")
    chosen = {
        1: [{"where": {"caller": "one"}}, {"status": 200, "where": {"caller": "one"}}],
        2: [{"where": {"header.X-Run": "7"}}, {"where": {"query.PageReturned": {"above": 1}}}, {"where": {"query.returnLimit": 5}}],
        3: [{"operation": CUSTOM}, {"where": {"body.JobFields.ParamInt": {"above": 3}}}, {"where": {"method": "POST"}, "status": 400}],
        4: [{"status": 503}, {"rule": "struck"}, {"operation": "GET /**", "where": {"status": {"above": 500}}}],
        5: [{"operation": "token"}],
    }
    for number, selections in chosen.items():
        for selection in selections:
            result = judged(world, requests(1, **selection))
            assert result["verdict"] == "met", (number, result)


def test_path_parameters(world):
    world.request(path="/Agents/" + world.agent())
    where = {"operation": "GET /Agents/{id}", "where": {"path.id": {"regex": "^[0-9a-f-]{36}$"}}}
    assert verdict(world, requests(1, **where)) == "met"


def test_the_nearest_are_shown_with_what_is_wrong(world):
    world.request(path="/JobTypes/Custom")
    world.request("POST", "/OrchestratorJobs/Custom", {"JobTypeName": "Wrong"})
    world.request("POST", "/OrchestratorJobs/Custom", {"JobTypeName": "Right"})
    world.request()
    result = judged(world, requests(operation=CUSTOM, status=200, where={"body.JobTypeName": "Right"}))
    assert result["verdict"] == "failed" and result["found"] == "0 requests"
    # As near as one another are the right status and the right operation; the more similar path comes first.
    assert [near["n"] for near in result["nearest"]] == [3, 2, 1]
    first = result["nearest"][0]
    assert (first["method"], first["path"], first["status"]) == ("POST", "/KeyfactorAPI/OrchestratorJobs/Custom", 400)
    assert first["criteria"] == [
        {"criterion": "operation", "wanted": CUSTOM, "found": CUSTOM, "met": True},
        {"criterion": "status", "wanted": "200", "found": "400", "met": False},
        {"criterion": "body.JobTypeName", "wanted": "Right", "found": "'Right'", "met": True},
    ]


def test_nothing_is_near_where_nothing_was_asked_or_too_much(world):
    assert judged(world, requests(operation=AGENTS))["nearest"] == []
    world.statuses(3)
    counted = judged(world, requests(2, operation=AGENTS))["nearest"]
    assert [near["n"] for near in counted] == [1, 2, 3], "too many: those that were counted"
    assert all(each["met"] for near in counted for each in near["criteria"])


@pytest.mark.parametrize("selector", ["header.authorization", "body.Password", "body.Deep.SecretValue", "query.password"])
def test_secrets_are_not_shown_by_what_is_near(world, selector):
    body = {"Password": "hush-1", "Deep": {"SecretValue": "hush-1"}}
    world.request("POST", "/CertificateStores?password=hush-1", body, {"Authorization": "Basic hush-1"})
    result = judged(world, requests(operation="POST /CertificateStores", where={selector: "another"}))
    assert result["verdict"] == "failed"
    assert "hush-1" not in json.dumps(result) and "(struck out)" in json.dumps(result)


def test_secrets_in_a_text_of_json_are_not_shown_by_what_is_near(world):
    world.request("POST", "/CertificateStores", {"Properties": json.dumps({"ServerPassword": "hush-1"})})
    assert "hush-1" not in json.dumps(judged(world, requests(where={"body.Properties": "another"})))


# MARK: Followed by


def followed(selection, **following):
    return {"requests": selection, "followedBy": following}


@pytest.fixture
def stumbling(serve_module):
    """The first request for the agents is refused."""
    return Remote(serve_module("rules: [ { name: first, operation: GET /Agents, calls: 1, do: [ { refuse: unavailable } ] } ]"))


def test_followed_by(stumbling):
    one, two = ({"headers": {"Authorization": basic(user, "x")}} for user in ("one", "two"))
    expected = followed({"operation": AGENTS, "status": 503}, status=200)
    assert verdict(stumbling, expected) == "met", "nothing to be followed"
    stumbling.request(**one)
    failed = judged(stumbling, expected)
    assert failed["verdict"] == "failed" and failed["found"] == "nothing follows request 1 (GET /KeyfactorAPI/Agents)"
    # Neither another caller's nor another operation's.
    stumbling.request(**two)
    stumbling.request(path="/JobTypes/Custom", **one)
    assert verdict(stumbling, expected) == "failed"
    stumbling.request(**one)
    assert verdict(stumbling, expected) == "met"
    assert verdict(stumbling, {**expected, "count": 1}) == "met"
    assert verdict(stumbling, {**expected, "count": 2}) == "failed"
    wrong = judged(stumbling, {**expected, "followedBy": {"status": 404}})
    assert wrong["verdict"] == "failed"
    assert wrong["found"] == "request 1 is followed by request 4, which does not match"
    assert wrong["nearest"][0]["n"] == 4
    assert wrong["nearest"][0]["criteria"] == [{"criterion": "status", "wanted": "404", "found": "200", "met": False}]


def test_followed_soon_enough_and_not_too_soon(world):
    world.request(headers={"X-First": "1"})
    first = {"requests": {"where": {"header.x-first": "1"}}}
    world.request()
    assert verdict(world, {**first, "followedBy": {"within": "60s"}}) == "met"
    assert verdict(world, {**first, "followedBy": {"status": 200, "within": "60s"}}) == "met"
    late = judged(world, {**first, "followedBy": {"status": 200, "notBefore": "60s"}})
    assert late["verdict"] == "failed"
    criteria = {each["criterion"]: each for each in late["nearest"][0]["criteria"]}
    assert criteria["status"]["met"] and not criteria["notBefore"]["met"]


def test_another_miss_is_no_following_request(world):
    world.request(path="/Reports")
    world.request(path="/Reports")
    assert verdict(world, followed({"operation": "GET /Reports"}, where={"method": "GET"})) == "failed"


# MARK: Every, jobs, run


def test_every(world):
    expected = {"every": {"operation": "* /**"}, "has": {"header.x-keyfactor-requested-with": "APIClient", "status": 200}}
    assert judged(world, expected)["found"] == "all of 0 requests"
    world.statuses(3)
    assert judged(world, expected)["found"] == "all of 3 requests"
    with connection(world.server) as kept:
        kept.request("GET", "/KeyfactorAPI/Agents")
        kept.getresponse().read()
    world.request(path="/Nothing")
    result = judged(world, expected)
    assert result["verdict"] == "failed"
    assert result["found"] == "2 of 5 requests do not, the first is request 4"
    assert [near["n"] for near in result["nearest"]] == [4, 5]
    assert [each["met"] for each in result["nearest"][0]["criteria"]] == [False, True]
    assert verdict(world, {"every": {"operation": AGENTS, "status": 200}, "has": {"caller": "127.0.0.1"}}) == "met"


def test_jobs(world):
    def jobs(count, **choice):
        return {"jobs": choice, "count": count}

    assert verdict(world, jobs(0)) == "met" and verdict(world, jobs("1+")) == "failed"
    agent = world.agent()
    world.job(agent)
    world.job(agent)
    assert judged(world, jobs(2))["found"] == "2 jobs"
    assert verdict(world, jobs(2, jobType="samplecustomjobtype", agent="UO-1")) == "met"
    assert verdict(world, jobs(0, jobType="FetchLogs")) == "met" and verdict(world, jobs(0, agent="uo-2")) == "met"
    # Those that are over count as well.
    for job in world.control("GET", "jobs"):
        while world.control("POST", f"jobs/{job['id']}/advance")["state"] != "over":
            pass
    assert world.control("GET", "jobs") == []
    assert verdict(world, jobs(2, agent="uo-1")) == "met"


def test_the_whole_run(world):
    assert verdict(world, {"unmatched": 0, "unusedRules": 0}) == "met"
    world.request(path="/Reports")
    answer = [{"answer": {"status": 200}}]
    world.control("POST", "rules", [{"name": name, "operation": f"GET /{name}", "do": answer} for name in ("A", "B")])
    assert verdict(world, {"unmatched": 1}) == "met" and verdict(world, {"unmatched": 0}) == "failed"
    assert judged(world, {"unusedRules": 0})["found"] == "2 unused rules ('A', 'B')"
    # What a rule answers is not unmatched.
    world.request(path="/A")
    assert verdict(world, {"unmatched": 1, "unusedRules": 1}) == "met"


def test_unmatched_requests_are_forgotten_with_the_journal(world):
    world.request(path="/Reports")
    world.control("DELETE", "journal")
    assert verdict(world, requests(0)) == "met"
    assert verdict(world, {"unmatched": 0}) == "met"


def test_what_was_deleted_is_missed_by_nobody(world):
    world.statuses(3)
    world.control("DELETE", "journal")
    world.request()
    assert verdict(world, requests(1, operation=AGENTS)) == "met"


def test_each_world_has_a_verdict_of_its_own(world):
    world.at("one").request()
    assert verdict(world.at("one"), requests(1)) == "met"
    assert "no world 'two'" in world.at("two").refused("POST", "verify", {}, status=404)
    assert verdict(world.new("two"), requests(1)) == "failed"


# MARK: Indeterminate


@pytest.fixture(scope="module")
def evicted(serve_module):
    """A world that dropped many of its exchanges for the agents, and kept the last ones."""
    world = Remote(serve_module("", "--journal-bytes", "1048576"))
    with connection(world.server) as kept:
        for _ in range(40):
            on(kept, "POST", "/KeyfactorAPI/CertificateStores", "x" * 60_000)
    assert world.control("GET", "journal?limit=0")["evicted"] > 0
    world.request(path="/Reports")
    return world


@option("--journal-bytes")
@pytest.mark.parametrize(
    "expectation, wanted",
    [
        (requests("1+", operation="GET /Reports"), "met"),
        (requests("2+", operation="GET /Reports"), "indeterminate"),
        (requests(1, operation="GET /Reports"), "indeterminate"),
        (requests(0, operation="GET /Reports"), "failed"),
        (requests("0-1", operation="GET /Reports"), "indeterminate"),
        (requests(0, operation=AGENTS), "indeterminate"),
        (requests(operation=AGENTS), "indeterminate"),
        ({"every": {}, "has": {"method": "POST"}}, "failed"),
        ({"every": {}, "has": {"caller": "127.0.0.1"}}, "indeterminate"),
        (followed({"operation": "GET /Reports"}, status=200), "failed"),
        (followed({"operation": "GET /Nothing"}, status=200), "indeterminate"),
        ({"unmatched": 1, "unusedRules": 0}, "met"),
        ({"unmatched": 0}, "failed"),
        ({"jobs": {}, "count": 0}, "met"),
    ],
    ids=str,
)
def test_evicted_exchanges_are_not_guessed(evicted, expectation, wanted):
    result = judged(evicted, expectation)
    assert result["verdict"] == wanted
    assert ("what could change that is no longer in the journal" in result["found"]) == (wanted == "indeterminate")


@option("--journal-bytes")
def test_failed_comes_before_indeterminate_before_met(evicted):
    met, failed, unknown = {"unmatched": 1}, {"unmatched": 0}, requests(0, operation=AGENTS)
    assert [each["verdict"] for each in judged(evicted, met, unknown)] == ["met", "indeterminate"]
    assert [each["verdict"] for each in judged(evicted, unknown, failed, met)] == ["indeterminate", "failed", "met"]


# MARK: Given and the scenario's


def test_the_scenarios_expectations_are_judged_unless_others_are_given(serve):
    world = Remote(serve("seed: 99\nexpect: [ { requests: { operation: GET /Agents }, count: 2 } ]"))
    said = world.control("POST", "verify")
    assert (said["verdict"], said["seed"]) == ("failed", 99)
    assert said["results"][0]["expected"] == requests(2, operation=AGENTS)
    assert world.control("POST", "verify", {}) == said
    nothing = world.control("POST", "verify", {"expect": []})
    assert (nothing["verdict"], nothing["results"]) == ("met", []) and "nothing is expected" in nothing["warnings"][0]
    assert world.control("POST", "verify", {"expect": [requests(0)]})["verdict"] == "met"
    assert world.control("POST", "verify", "expect:\n- { requests: {}, count: 0 }\n")["verdict"] == "met"
    world.statuses(2)
    assert world.control("POST", "verify")["verdict"] == "met"
    assert world.control("POST", "await", {"timeout": "1ms"})["verdict"] == "met"


@pytest.mark.parametrize(
    "body, said",
    [
        ({"expect": [{"request": {}}]}, "did you mean 'requests'?"),
        ({"expect": [{"requests": {"operation": "nonsense"}}]}, "^"),
        ({"expect": [{"requests": {"status": "many"}}]}, "a whole number from 100 to 599"),
        ({"expect": [{"requests": {}, "count": "many"}]}, "such as 3, 1-3 or 3+"),
        ({"expect": [{"requests": {"where": {"haeder.x": "1"}}}]}, "haeder.x"),
        ({"expect": [{"requests": {"where": {"header.x": {"regex": "("}}}}]}, "regex"),
        ({"expect": [{"jobs": {}}]}, "count"),
        ({"expect": [{"every": {}}]}, "has"),
        ({"expect": {}}, "list"),
        ({"expct": []}, "did you mean 'expect'?"),
    ],
    ids=str,
)
@pytest.mark.parametrize("page", ["verify", "await"])
def test_mistakes_are_shown_with_their_place(world, page, body, said):
    why = world.refused("POST", page, {**body, "timeout": "1s"} if page == "await" else body)
    assert said in why and "body:1:" in why and "^" in why


# MARK: Await


class Awaiting(threading.Thread):
    """An await on a connection of its own."""

    def __init__(self, world, expectation, timeout=f"{10 * SLOWNESS}s"):
        super().__init__()
        self.world, self.body = world, {"expect": [expectation], "timeout": timeout}
        self.start()

    def run(self):
        began = time.monotonic()
        self.reply = self.world.ask("POST", "await", self.body)
        self.took = time.monotonic() - began

    @property
    def verdict(self):
        self.join(20 * SLOWNESS)
        assert self.reply.status == 200, self.reply
        return self.reply.json["verdict"]


@pytest.mark.alone
def test_await_returns_at_once_if_it_is_met(world):
    world.request()
    waiting = Awaiting(world, requests(1, operation=AGENTS))
    assert waiting.verdict == "met" and waiting.took < 1 * SLOWNESS


@pytest.mark.alone
def test_await_returns_as_soon_as_it_is_met(world):
    waiting = Awaiting(world, requests("2+", operation=AGENTS))
    world.request()
    world.request(path="/JobTypes/Custom")
    assert waiting.is_alive()
    world.request()
    done = time.monotonic()
    assert waiting.verdict == "met"
    assert time.monotonic() - done < 1 * SLOWNESS
    assert waiting.reply.json["results"][0]["found"] == "2 requests"


@pytest.mark.alone
def test_await_fails_when_its_time_is_over(world):
    world.request(path="/JobTypes/Custom")
    waiting = Awaiting(world, requests(operation=AGENTS), "300ms")
    assert waiting.verdict == "failed"
    assert 0.3 <= waiting.took < 1.3 * SLOWNESS
    assert [near["n"] for near in waiting.reply.json["results"][0]["nearest"]] == [1]


def test_await_of_jobs(world):
    waiting = Awaiting(world, {"jobs": {"agent": "uo-1"}, "count": 1})
    world.job(world.agent())
    assert waiting.verdict == "met" and waiting.took < 2 * SLOWNESS


@pytest.mark.parametrize("step", ["POST reset", "PUT scenario", "POST worlds/await-1/reset"])
def test_await_continues_across_a_reset(world, step):
    world = world.at("await-1")
    world.statuses(3)
    waiting = Awaiting(world, requests(1, operation=AGENTS))
    method, page = step.split()
    world.control(method, page.removeprefix("worlds/await-1/"))
    world.request()
    assert waiting.verdict == "met" and waiting.took < 2 * SLOWNESS


def test_await_in_one_world_is_not_met_by_another(world):
    waiting = Awaiting(world.at("await-2"), requests(1, operation=AGENTS), "200ms")
    world.at("await-3").request()
    assert waiting.verdict == "failed"


def test_await_ends_with_its_world(shared):
    world = shared.new("await-4")
    waiting = Awaiting(world, requests(operation=AGENTS), "3s")
    until(lambda: "await-4" in shared.ask("GET", "worlds").body.decode())
    waiting.join(0.2)
    shared.control("DELETE", "worlds/await-4", status=204)
    waiting.join(10 * SLOWNESS)
    assert waiting.took < 2 * SLOWNESS


def test_many_awaits_at_once(world):
    waiting = [Awaiting(world, requests(f"{count}+", operation=AGENTS)) for count in range(1, 31)]
    world.statuses(30)
    done = time.monotonic()
    assert {each.verdict for each in waiting} == {"met"}
    assert time.monotonic() - done < 2 * SLOWNESS


def test_a_client_that_leaves_takes_its_await_along(world):
    body = json.dumps({"expect": [requests(operation=AGENTS)], "timeout": "10m"})
    for _ in range(20):
        with connection(world.server) as kept:
            kept.request("POST", "/_mock/await", body)
    assert world.statuses(3) == [200] * 3
    waiting = Awaiting(world, requests(3, operation=AGENTS))
    assert waiting.verdict == "met"


@pytest.mark.parametrize(
    "body, said",
    [
        ({"expect": []}, "timeout"), ({"timeout": "11m"}, "at most 10m"), ({"timeout": "soon"}, "timeout"), ({"timeout": 3}, "timeout"),
    ],
)
def test_mistakes_in_the_time(world, body, said):
    assert said in world.refused("POST", "await", body)


# MARK: Time


@pytest.fixture(scope="module")
def long(serve_module):
    """A world with 3,000 exchanges in its journal, or fewer where each costs more to judge."""
    world = Remote(serve_module())
    with connection(world.server) as kept:
        for _ in range(3_000 // SLOWNESS):
            on(kept, "GET", "/KeyfactorAPI/JobTypes/Custom")
    return world


@pytest.mark.alone
def test_awaits_do_not_hold_up_requests(long):
    began = time.monotonic()
    verdict(long, requests(operation=AGENTS))
    once = time.monotonic() - began
    waiting = [Awaiting(long, requests(operation=AGENTS), f"{20 * SLOWNESS}s") for _ in range(8)]
    took = []
    with connection(long.server) as kept:
        for _ in range(15):
            began = time.monotonic()
            on(kept, "GET", "/KeyfactorAPI/JobTypes/Custom")
            took.append(time.monotonic() - began)
    long.request()
    assert {each.verdict for each in waiting} == {"met"}
    # One that is judged at the moment may be in the way, all eight may not.
    assert sorted(took)[7] < 4 * once + 0.03


@pytest.mark.alone
def test_what_follows_is_found_in_time(long):
    began = time.monotonic()
    verdict(long, followed({"operation": "GET /JobTypes/Custom"}, status=200))
    assert time.monotonic() - began < 0.3 * SLOWNESS
