"""What pages follow along with: what has happened since a cursor, waited for; and why a request was or was not struck."""

import threading

import pytest

from support.control import Remote

RULE = {"name": "second", "operation": "GET /Agents", "calls": 2, "do": [{"refuse": "unavailable"}]}


@pytest.fixture
def world(serve_module, request):
    return Remote(serve_module(""))


def changes(world, since=None, wait=0, **more):
    asked = {"wait": wait, **({"since": since} if since else {}), **more}
    return world.control("GET", "changes?" + "&".join(f"{name}={value}" for name, value in asked.items()))


def test_what_has_happened_is_said_once_in_rows_without_bodies(world):
    before = changes(world)
    world.request()
    world.request(path="/Agnets")
    news = changes(world, before["cursor"])
    assert [(row["method"], row["path"], row["status"], row["effect"]) for row in news["exchanges"]] == [
        ("GET", "/KeyfactorAPI/Agents", 200, "none"), ("GET", "/KeyfactorAPI/Agnets", 404, "none")]
    assert all(row["durationMs"] > 0 and row["world"] == "default" and "body" not in row and "headers" not in row for row in news["exchanges"])
    assert "GET /Agents" in news["exchanges"][1]["why"] and news["continues"]
    assert changes(world, news["cursor"])["exchanges"] == []


EVENTS = {
    "a request": lambda world: world.request(),
    "a rule": lambda world: world.control("POST", "rules", {**RULE, "ttl": "1h"}),
    "the clock": lambda world: world.control("PUT", "clock", {"mode": "frozen"}),
    "time that is moved": lambda world: world.control("POST", "clock/advance", {"by": "1h"}),
    "the estate": lambda world: world.control("PATCH", "estate", {"agents": [{"machine": "uo-9"}]}),
    "an empty journal": lambda world: world.control("DELETE", "journal"),
    "a reset": lambda world: world.control("POST", "reset"),
}


@pytest.mark.parametrize("happens", EVENTS.values(), ids=EVENTS)
def test_who_waits_is_woken(world, happens):
    cursor = changes(world)["cursor"]
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(changes(world, cursor, wait=60)))
    waiting.start()
    happens(world)
    waiting.join()
    assert answers[0]["cursor"] != cursor
    assert answers[0]["continues"] is (happens is not EVENTS["a reset"])
    world.control("POST", "reset")


def test_a_wait_ends_when_nothing_happens_and_asks_for_no_more_than_a_minute(world):
    cursor = changes(world)["cursor"]
    assert changes(world, cursor, wait=1)["cursor"] == cursor == changes(world, cursor, wait="1s")["cursor"]
    for wrong in 61, "61s", "-1", "s", "1m":
        assert "0 to 60" in world.refused("GET", f"changes?wait={wrong}")
    for wrong in "x", "1.2", "1.2.3.4", "-1.0.0", "9" * 40:
        assert "cursor" in world.refused("GET", f"changes?since={wrong}")


def test_a_request_that_is_held_back_is_shown_as_pending(world):
    world.control("POST", "rules", {"name": "slow", "operation": "GET /Agents", "do": [{"delay": "1s", "at": "request"}]})
    cursor = changes(world)["cursor"]
    asking = threading.Thread(target=world.request)
    asking.start()
    held = changes(world, cursor, wait=60)
    assert [row["delivery"] for row in held["pending"]] == ["pending"] and held["pending"][0]["n"] is None
    asking.join()
    done = changes(world, cursor)
    assert done["pending"] == [] and done["exchanges"][-1]["durationMs"] >= 1000
    world.control("POST", "reset")


def test_why_is_noted_only_while_somebody_asks(serve):
    world = Remote(serve("rules:\n  - { name: other, operation: POST /Agents/Approve, do: [] }\n"))
    world.request()
    assert "asked" not in world.last()
    world.control("POST", "rules", RULE)
    changes(world, why="true")
    assert [world.request().status for _ in range(3)] == [200, 503, 200]
    asked = [each.get("asked") for each in world.journal()[1:]]
    assert [[(line["rule"], line["strikes"]) for line in lines] for lines in asked] == [
        [("second", False), ("other", False)], [("second", True), ("other", False)], [("second", False), ("other", False)]]
    assert asked[0][0]["why"] == "is not due: this is call 1, and it strikes call 2"
    assert asked[1] == [{"rule": "second", "strikes": True, "why": "strikes: refuse unavailable"}, {"rule": "other", "strikes": False, "why": "does not match: its operation is POST /Agents/Approve"}]


def test_why_shows_no_secret(serve):
    world = Remote(serve(""))
    world.control("POST", "rules", {"name": "key", "operation": "GET /Agents", "where": {"header.X-Api-Key": "right"}, "do": []})
    changes(world, why="true")
    world.request(headers={"X-Api-Key": "s3cr3t-of-a-client"})
    assert world.last()["asked"][0]["why"] == "does not match: header.X-Api-Key is (struck out)" and "s3cr3t" not in str(world.last())


def test_counts_draws_and_strikes_are_the_same_whether_somebody_asks_or_not(serve):
    rules = """
seed: 7
rules:
  - { name: limit, operation: GET /Agents, do: [ { limit: { tokens: 5, refill: 1/h } } ] }
  - { name: chance, operation: GET /Agents, chance: 30%, maxRun: 2, do: [ { refuse: unavailable } ] }
  - { name: every, operation: GET /Agents, calls: every 3, becomes: ill, do: [ { refuse: forbidden } ] }
clock: { mode: frozen }
"""
    seen = []
    for asks in False, True:
        world = Remote(serve(rules))
        if asks:
            changes(world, why="true")
        statuses = world.statuses(20)
        seen.append((statuses, [(rule["matches"], rule["strikes"]) for rule in world.control("GET", "rules")]))
    assert seen[0] == seen[1] and len(set(seen[0][0])) > 2


def test_following_changes_no_count(serve):
    world = Remote(serve(""))
    before = [world.control("GET", page) for page in ("coverage", "journal")], world.control("POST", "verify")
    for _ in range(3):
        changes(world, why="true")
        world.ask("GET", "ui")
    assert before == ([world.control("GET", page) for page in ("coverage", "journal")], world.control("POST", "verify"))
