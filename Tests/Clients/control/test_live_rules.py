"""Rules that come and go while the server runs, and scenarios that are swapped."""

import http.client
import json
import threading

import pytest

from support.control import AGENTS, Remote, connection, until

SCENARIO = """
seed: 5
rules:
  - { name: first, operation: GET /JobTypes/Custom, calls: 2, do: [ { refuse: unavailable } ] }
  - { name: second, operation: GET /PamProviders, calls: 3, do: [ { refuse: text-500 } ] }
"""


def rule(name, operation="GET /Agents", **more):
    return {"name": name, "operation": operation, **({"do": [{"refuse": "unavailable"}]} | more)}


@pytest.fixture(scope="module")
def shared(serve_module):
    return Remote(serve_module(SCENARIO))


@pytest.fixture
def world(shared):
    shared.control("PUT", "scenario", SCENARIO)
    return shared


def names(world):
    return list(world.rules())


def test_rules_are_shown_with_their_counts(world):
    world.statuses(2, "/JobTypes/Custom")
    assert world.control("GET", "rules") == [
        {"name": "first", "operation": "GET /JobTypes/Custom", "live": False, "matches": 2, "strikes": 1, "do": ["refuse unavailable"]},
        {"name": "second", "operation": "GET /PamProviders", "live": False, "matches": 0, "strikes": 0, "do": ["refuse text-500"]},
    ]


def test_a_rule_strikes_at_once_and_no_more_once_it_is_gone(world):
    assert world.statuses(1) == [200]
    said = world.control("POST", "rules", rule("live"))
    assert [each["name"] for each in said] == ["live"], "the answer has what was added"
    assert names(world) == ["live", "first", "second"]
    assert said[0]["live"] and not world.rules()["first"]["live"] and "expires" not in said[0]
    assert world.statuses(2) == [503, 503]
    assert world.rules()["live"]["strikes"] == 2 and world.last()["rule"] == "live"
    assert world.ask("DELETE", "rules/live").status == 204
    assert world.statuses(1) == [200]
    assert "no rule 'live'" in world.refused("DELETE", "rules/live", status=404)


def test_order(world):
    world.control("POST", "rules", rule("a"))
    world.control("POST", "rules", [rule("b"), rule("c")])
    assert names(world) == ["a", "b", "c", "first", "second"]
    world.control("PUT", "rules/d", {"operation": "GET /Agents", "do": []})
    assert names(world) == ["a", "b", "c", "d", "first", "second"]
    # One that is there keeps its place.
    world.control("PUT", "rules/b", {"operation": "GET /Agents", "do": []})
    world.control("PUT", "rules/first", {"operation": "GET /Agents", "do": []})
    assert names(world) == ["a", "b", "c", "d", "first", "second"]
    # The upper one strikes.
    world.request()
    assert {name: each["strikes"] for name, each in world.rules().items()} == {"a": 1, "b": 0, "c": 0, "d": 0, "first": 0, "second": 0}


def test_a_live_rule_comes_before_the_scenarios(world):
    world.control("POST", "rules", rule("live", "GET /JobTypes/Custom", calls=1, do=[{"refuse": "text-500"}]))
    assert world.statuses(3, "/JobTypes/Custom") == [500, 200, 503]


def test_counts_stay_when_others_come_and_go(world):
    world.statuses(1, "/JobTypes/Custom")
    world.statuses(2, "/PamProviders")
    world.control("POST", "rules", [rule("x"), rule("y")])
    world.control("DELETE", "rules/x", status=204)
    world.control("PUT", "rules/y", {"operation": "GET /Agents", "do": []})
    assert world.statuses(1, "/JobTypes/Custom") == [503]
    world.control("DELETE", "rules/first", status=204)
    assert world.statuses(1, "/PamProviders") == [500]
    assert world.rules()["second"]["matches"] == 3


def test_a_replaced_rule_starts_counting_again(world):
    world.control("PUT", "rules/it", {"operation": "GET /Agents", "calls": 2, "do": [{"refuse": "unavailable"}]})
    assert world.statuses(1) == [200]
    world.control("PUT", "rules/it", {"operation": "GET /Agents", "calls": 2, "do": [{"refuse": "unavailable"}]})
    assert world.statuses(2) == [200, 503]
    assert world.rules()["it"]["matches"] == 2


def test_draws_do_not_depend_on_other_rules(world):
    flaky = rule("flaky", chance="50%")
    world.control("POST", "rules", flaky)
    alone = world.statuses(30)
    assert set(alone) == {200, 503}
    world.control("POST", "reset")
    world.control("POST", "rules", rule("other", "GET /Status/HealthCheck", chance="50%"))
    world.control("POST", "rules", flaky)
    mixed = []
    for number in range(30):
        world.request(path="/Status/HealthCheck")
        mixed += world.statuses(1)
        if number == 10:
            world.control("DELETE", "rules/other", status=204)
    assert mixed == alone


def test_a_rule_goes_by_itself_after_its_ttl(world):
    said = world.control("POST", "rules", rule("short", ttl="150ms"))
    assert said[0]["name"] == "short" and said[0]["expires"].endswith("Z")
    assert world.statuses(1) == [503]
    until(lambda: world.request().status == 200)
    assert names(world) == ["first", "second"]
    world.control("POST", "rules", rule("short"))
    world.control("PUT", "rules/short", {"operation": "GET /Agents", "do": [], "ttl": "1ms"})
    until(lambda: "short" not in world.rules())


def test_a_ttl_is_on_the_wall_clock(world):
    world.control("POST", "rules", rule("long", ttl="1h"))
    world.control("POST", "clock/advance", {"by": "5d"})
    assert world.statuses(1) == [503]


def test_a_rule_that_goes_leaves_the_counts_of_others(world):
    world.statuses(1, "/JobTypes/Custom")
    world.control("POST", "rules", rule("short", ttl="1ms"))
    until(lambda: "short" not in world.rules())
    assert world.statuses(1, "/JobTypes/Custom") == [503]


def test_a_reset_takes_live_rules_away(world):
    world.control("POST", "rules", rule("live"))
    world.control("POST", "reset")
    assert names(world) == ["first", "second"]


def test_rules_are_those_of_one_world(world):
    world.at("w1").control("POST", "rules", rule("live"))
    assert world.at("w1").statuses(1) == [503] and world.statuses(1) == [200]
    assert "live" not in world.rules()


def test_a_fork_takes_live_rules_along(world):
    world.control("POST", "rules", rule("live", calls=2))
    world.statuses(1)
    fork = world.new("fork-of-rules", **{"from": "default"})
    assert fork.statuses(2) == [503, 200]
    assert world.statuses(1) == [503]


def test_phases_that_a_live_rule_brings(world):
    world.control("POST", "rules", [rule("ill", do=[], becomes="ill"), rule("is-ill", "GET /PamProviders", **{"while": "ill"})])
    assert world.statuses(1, "/PamProviders") == [200]
    world.request()
    assert world.statuses(1, "/PamProviders") == [503]
    world.control("POST", "rules", rule("another", "GET /Status/Endpoints"))
    assert world.statuses(1, "/PamProviders") == [503], "the phase stays"


@pytest.mark.parametrize(
    "method, page, body, said",
    [
        ("POST", "rules", {"operation": "GET /Agents", "do": [{"refuse": "unavailible"}]}, "did you mean 'unavailable'?"),
        ("POST", "rules", {"name": "x", "do": []}, "operation"),
        ("POST", "rules", [rule("ok"), {"name": "bad", "operation": "GET /Agents", "do": [{"dely": "1s"}]}], "did you mean 'delay'?"),
        ("POST", "rules", rule("first"), "first"),
        ("POST", "rules", [rule("twice"), rule("twice")], "twice"),
        ("POST", "rules", rule("x", ttl="soon"), "ttl"),
        ("POST", "rules", rule("x", do=[{"change": {"certificateStores": [{"machine": "m", "path": "/p", "agent": "nobody"}]}}]), "nobody"),
        ("POST", "rules", "name: [", "body:2:1: a value is missing"),
        ("PUT", "rules/x", {"operation": "GET /Agents", "calls": "5-2", "do": []}, "5-2"),
        ("PUT", "rules/x", {"operation": "GET /Agents", "do": [{"delay": "1"}]}, "delay"),
    ],
    ids=str,
)
def test_mistakes_are_shown_with_their_place_and_change_nothing(world, method, page, body, said):
    why = world.refused(method, page, body)
    assert said in why and why.startswith("body:") and "^" in why
    assert names(world) == ["first", "second"]


def test_the_path_names_the_rule(world):
    assert "Leave the name out" in world.refused("PUT", "rules/x", rule("y"))
    assert "Did you mean 'first'?" in world.refused("DELETE", "rules/frist", status=404)


def test_a_name_with_a_blank_and_a_slash(world):
    world.control("POST", "rules", {"operation": "GET /Agents", "do": []})
    assert names(world)[0] == "GET /Agents"
    assert world.ask("DELETE", "rules/GET%20%2FAgents").status == 204


def test_a_name_in_the_path_is_as_short_as_one_in_a_body(world):
    world.refused("POST", "rules", rule("r" * 129))
    world.refused("PUT", "rules/" + "r" * 129, {"operation": "GET /Agents", "do": []})


def test_rules_may_be_yaml(world):
    world.control("POST", "rules", "- name: yaml\n  operation: GET /Agents\n  do: [ { refuse: unavailable } ]\n")
    assert world.statuses(1) == [503]


def test_calls_never_race_while_rules_come_and_go(world):
    """Eight clients ask while another client changes rules: the count of the rule that stays is exact."""
    statuses = []
    stop = threading.Event()

    def ask():
        with connection(world.server) as kept:
            for _ in range(50):
                kept.request("GET", "/KeyfactorAPI/JobTypes/Custom")
                reply = kept.getresponse()
                reply.read()
                statuses.append(reply.status)

    def change():
        while not stop.is_set():
            world.control("PUT", "rules/other", {"operation": "GET /PamProviders", "do": []})
            world.control("DELETE", "rules/other", status=204)

    askers, changer = [threading.Thread(target=ask) for _ in range(8)], threading.Thread(target=change)
    for each in (*askers, changer):
        each.start()
    for each in askers:
        each.join()
    stop.set()
    changer.join()
    assert len(statuses) == 400 and statuses.count(503) == 1
    assert world.rules()["first"]["matches"] == 400


# MARK: The whole scenario


def test_the_scenario_is_shown_as_it_was_written(world):
    reply = world.ask("GET", "scenario")
    assert reply.body.decode() == SCENARIO
    assert "yaml" in reply.header("Content-Type")


def test_a_swapped_scenario_starts_the_world_afresh(world):
    world.job(world.agent())
    world.control("POST", "rules", rule("live"))
    other = "scenario: other\nseed: 6\nestate: { from: empty }\nrules: [ { operation: GET /Nowhere, do: [] } ]\n"
    said = world.control("PUT", "scenario", other)
    assert said["scenario"] == "other" and said["generation"] > 0
    assert "GET /Nowhere" in said["warnings"][0] and said["warnings"][0].startswith("line 4: ")
    assert world.ask("GET", "scenario").body.decode() == other
    assert names(world) == ["GET /Nowhere"]
    assert world.journal() == [] == world.control("GET", "jobs") == world.control("GET", "estate")["agents"]
    assert world.control("GET", "info")["seed"] == 6
    world.control("POST", "reset")
    assert world.control("GET", "estate")["agents"] == [], "a reset goes back to the scenario swapped in"
    assert world.new("fresh").control("GET", "info")["seed"] == 5, "other worlds begin as the server did"


@pytest.mark.parametrize(
    "bad", ["ruls: []", "rules: [ { operation: GET /Agents, do: [ { refuse: unavailible } ] } ]", "a: [", "estate: { agents: [ {} ] }"]
)
def test_a_scenario_with_a_mistake_changes_nothing(world, bad):
    world.control("POST", "rules", rule("live"))
    world.statuses(2)
    before = {page: world.control("GET", page) for page in ("rules", "journal", "estate", "scenario", "worlds")}
    assert world.refused("PUT", "scenario", bad).startswith("body:")
    assert {page: world.control("GET", page) for page in before} == before


def test_an_empty_scenario_is_the_calm_one(world):
    world.control("PUT", "scenario", "")
    assert world.rules() == {}
    assert world.statuses(1) == [200]


def test_options_override_a_scenario_that_is_loaded_later(serve):
    world = Remote(serve("", "--seed", "7", "--product", "10.5"))
    world.control("PUT", "scenario", 'seed: 9\nproduct: "12.3"\n')
    info = world.control("GET", "info")
    assert (info["seed"], info["product"]) == (7, "10.5")


@pytest.mark.parametrize("swap", [("PUT", "scenario", ""), ("POST", "reset", None)], ids=["scenario", "reset"])
@pytest.mark.parametrize("at", ["request", "reply"])
def test_a_request_held_across_a_swap_is_closed(serve, swap, at):
    world = Remote(serve(f"rules: [ {{ name: it, operation: POST /OrchestratorJobs/Custom, do: [ {{ delay: 400ms, at: {at} }} ] }} ]"))
    body = json.dumps({"AgentId": world.agent(), "JobTypeName": "SampleCustomJobType", "JobFields": {"ParamInt": "1"}})
    with connection(world.server) as kept:
        kept.request("POST", "/KeyfactorAPI/OrchestratorJobs/Custom", body, world.server.headers)
        until(lambda: world.rules()["it"]["strikes"] == 1)
        world.control(*swap)
        with pytest.raises(http.client.RemoteDisconnected):
            kept.getresponse()
    assert world.control("GET", "jobs") == [] == world.journal()


def test_a_request_held_by_a_rule_that_goes_is_answered(world):
    world.control("POST", "rules", rule("slow", do=[{"delay": "300ms"}]))
    with connection(world.server) as kept:
        kept.request("GET", AGENTS)
        until(lambda: world.rules()["slow"]["strikes"] == 1)
        world.control("DELETE", "rules/slow", status=204)
        assert kept.getresponse().status == 200
    assert world.last()["rule"] == "slow"
