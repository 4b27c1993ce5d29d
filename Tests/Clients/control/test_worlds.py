"""Worlds: how a request finds its own, how they are made, forked, dropped and put back, and that nothing of one shows in another."""

import http.client
import json
import multiprocessing
import random
import threading
import time

import pytest

from support.control import AGENTS, UO_1, Remote, connection, on, resident, until
from support.mock import SLOWNESS, basic, grew_at_most, option

MAPPED = """
auth:
  mode: both
  users:
    - { name: 'EXAMPLE\\ops', password: s3cret, world: ops }
    - { name: 'EXAMPLE\\anybody', password: s3cret }
  clients:
    - { id: ci, secret: s3cret, world: ci-world }
    - { id: other, secret: s3cret }
"""
OPS = {"Authorization": basic("EXAMPLE\\ops", "s3cret")}
ANYBODY = {"Authorization": basic("EXAMPLE\\anybody", "s3cret")}
CHANCE = """
seed: 42
clock: { start: 2026-03-01T09:00:00Z, mode: frozen }
rules:
  - { name: flaky, operation: GET /Agents, chance: 50%, do: [ { refuse: unavailable } ] }
"""


@pytest.fixture(scope="module")
def plain(serve_module):
    return Remote(serve_module())


@pytest.fixture(scope="module")
def mapped(serve_module):
    return Remote(serve_module(MAPPED))


def counts(remote):
    """How many requests each world has had."""
    return {world["name"]: world["requests"] for world in remote.control("GET", "worlds")}


def found(remote, method="GET", path=AGENTS, body=None, headers=None, status=200):
    """The one world that a request goes to."""
    before = counts(remote)
    reply = remote.server.ask(method, path, body, headers)
    assert reply.status == status, reply
    worlds = [name for name, requests in counts(remote).items() if requests > before.get(name, 0)]
    assert len(worlds) == 1, worlds
    return worlds[0]


def token(remote, prefix="", client="other", headers=None):
    form = f"grant_type=client_credentials&client_id={client}&client_secret=s3cret"
    with connection(remote.server) as kept:
        status, body = on(kept, "POST", f"{prefix}/oauth2/token", form, headers)
    assert status == 200, body
    return {"Authorization": "Bearer " + json.loads(body)["access_token"]}


# MARK: Finding


def test_a_request_that_names_no_world_is_in_default(plain):
    assert found(plain) == "default"


@pytest.mark.parametrize("base", ["/KeyfactorAPI", "/Keyfactor/API"])
def test_a_world_is_found_by_the_prefix_before_either_base_path(plain, base):
    assert found(plain, path=f"/w/by-prefix{base}/Agents") == "by-prefix"


def test_a_world_is_found_by_the_header(plain):
    assert found(plain, headers={"X-Mock-World": "by-header"}) == "by-header"
    assert found(plain, headers={"x-mock-world": "by-header"}) == "by-header"


def test_the_header_comes_before_the_prefix(plain):
    assert found(plain, path="/w/prefix/KeyfactorAPI/Agents", headers={"X-Mock-World": "header"}) == "header"
    assert "prefix" not in counts(plain)


def test_default_can_be_named_like_any_other(plain):
    assert found(plain, headers={"X-Mock-World": "default"}) == "default"
    assert found(plain, path="/w/default/KeyfactorAPI/Agents") == "default"


@pytest.mark.parametrize("name", ["a", "n" * 64, "Test.Name_1-2", ".", "..", "-"])
def test_good_names(plain, name):
    assert found(plain, path=f"/w/{name}/KeyfactorAPI/Agents") == name
    assert found(plain, headers={"X-Mock-World": name}) == name
    assert plain.at(name).control("GET", "journal")["evicted"] == 0


@pytest.mark.parametrize("name", ["", "n" * 65, "a%20b", "a:b", "%61", "ä".encode().decode("latin-1")])
def test_bad_names_are_refused_with_the_reason(plain, name):
    before = counts(plain)
    replies = [plain.server.ask("GET", AGENTS, headers={"X-Mock-World": name})]
    if name.isascii():
        replies.append(plain.server.ask("GET", f"/w/{name}/KeyfactorAPI/Agents"))
    for reply in replies:
        assert reply.status == 404, reply
        assert "a world's name is 1 to 64 letters" in reply.header("X-Mock-Why")
    assert counts(plain) == before


def test_the_control_interface_is_not_below_a_prefix(plain):
    before = counts(plain)
    for path in ("/w/x/_mock", "/w/x/_mock/", "/w/x/_mock/info", "/w/default/_mock/reset"):
        reply = plain.server.ask("POST" if "reset" in path else "GET", path)
        assert reply.status == 404
        assert "/_mock/worlds/" in reply.header("X-Mock-Why")
    assert counts(plain) == before


def test_the_header_names_the_world_of_a_control_page_too(plain):
    before = counts(plain)
    plain.request(headers={"X-Mock-World": "named-by-header"})
    assert len(plain.ask("GET", "journal", headers={"X-Mock-World": "named-by-header"}).json["exchanges"]) == 1
    assert len(plain.ask("GET", "worlds/named-by-header/journal", headers={"X-Mock-World": "named-by-header"}).json["exchanges"]) == 1
    for page, name in (("worlds/default/journal", "named-by-header"), ("journal", "a b"), ("journal", "")):
        refused = plain.ask("GET", page, headers={"X-Mock-World": name})
        assert refused.status == 400 and "X-Mock-World" in refused.json["error"], refused
    # Pages about the server belong to no world.
    for page in ("livez", "metrics", "worlds", "control.openapi.json"):
        assert plain.ask("GET", page, headers={"X-Mock-World": "nobody-made-this"}).status == 200
    assert plain.ask("POST", "worlds", {"name": "by-post"}, {"X-Mock-World": "nobody-made-this"}).status == 201
    assert set(counts(plain)) - set(before) == {"named-by-header", "by-post"}


def test_one_prefix_is_taken_and_no_second(plain):
    assert found(plain, path="/w/outer/w/inner/KeyfactorAPI/Agents", status=404) == "outer"
    assert "inner" not in counts(plain)


def test_a_token_leads_to_the_world_that_gave_it_out(mapped):
    bearer = token(mapped, "/w/issuer")
    assert found(mapped, headers=bearer) == "issuer"
    by_header = token(mapped, headers={"X-Mock-World": "issuer-2"})
    assert found(mapped, headers=by_header) == "issuer-2"
    assert found(mapped, headers=token(mapped)) == "default"


def test_header_and_prefix_come_before_the_token_which_counts_in_its_world_alone(mapped):
    bearer = token(mapped, "/w/issuer-3")
    assert found(mapped, path="/w/stranger/KeyfactorAPI/Agents", headers=bearer, status=401) == "stranger"
    assert found(mapped, headers={**bearer, "X-Mock-World": "stranger-2"}, status=401) == "stranger-2"


def test_a_token_of_a_dropped_world_does_not_bring_it_back(mapped):
    bearer = token(mapped, "/w/short")
    mapped.control("DELETE", "worlds/short", status=204)
    assert found(mapped, headers=bearer, status=401) == "default"
    refused = mapped.server.ask("GET", AGENTS, headers=bearer)
    assert refused.header("X-Mock-Why") == "the token was issued by the world 'short', which does not exist any more"
    assert "short" not in counts(mapped)


def test_users_and_clients_have_the_worlds_of_the_scenario(mapped):
    assert found(mapped, headers=OPS) == "ops"
    assert found(mapped, headers={"Authorization": basic("ops", "s3cret")}) == "ops"
    assert found(mapped, headers=ANYBODY) == "default"
    assert found(mapped, "POST", "/oauth2/token", "grant_type=client_credentials&client_id=ci&client_secret=s3cret") == "ci-world"
    by_header = {"Authorization": basic("ci", "s3cret")}
    assert found(mapped, "POST", "/oauth2/token", "grant_type=client_credentials", by_header) == "ci-world"
    assert found(mapped, headers=token(mapped, client="ci")) == "ci-world"


def test_header_and_prefix_come_before_the_user(mapped):
    assert found(mapped, path="/w/elsewhere/KeyfactorAPI/Agents", headers=OPS) == "elsewhere"
    assert found(mapped, headers={**OPS, "X-Mock-World": "elsewhere-2"}) == "elsewhere-2"


# MARK: Making, forking, dropping, putting back


def test_a_world_is_made_by_whoever_names_it_first(plain):
    plain.at("first-use").request()
    plain.at("first-use-by-control").control("PUT", "clock", {})
    assert {"first-use", "first-use-by-control"} <= set(counts(plain))


def test_making_and_dropping(plain):
    made = plain.control("POST", "worlds", {"name": "made"}, status=201)
    assert made == {"name": "made", "requests": 0, "jobs": 0, "generation": 0}
    assert "already" in plain.refused("POST", "worlds", {"name": "made"}, status=409)
    plain.control("DELETE", "worlds/made", status=204)
    assert "no world 'made'" in plain.refused("DELETE", "worlds/made", status=404)
    assert "made" not in counts(plain)


def test_default_is_neither_made_nor_dropped(plain):
    plain.refused("POST", "worlds", {"name": "default"}, status=409)
    assert "always exists" in plain.refused("DELETE", "worlds/default", status=409)


@pytest.mark.parametrize(
    "body, said",
    [
        ({}, "needs the key 'name'"),
        ({"name": "a b"}, "a world's name"),
        ({"name": "n" * 65}, "a world's name"),
        ({"nam": "x"}, "did you mean 'name'?"),
        ("name: [", "body:"),
    ],
)
def test_mistakes_in_a_new_world_are_shown_with_their_place(plain, body, said):
    assert said in plain.refused("POST", "worlds", body)


def test_forking_or_resetting_from_nothing(plain):
    assert "no world 'nowhere'" in plain.refused("POST", "worlds", {"name": "orphan", "from": "nowhere"}, status=404)
    assert "no world 'nowhere'" in plain.refused("POST", "reset", {"from": "nowhere"}, status=404)
    assert not {"orphan", "nowhere"} & set(counts(plain))


def test_a_page_that_does_not_exist_makes_no_world(plain):
    plain.at("misspelt").refused("GET", "jorunal", status=404)
    assert "misspelt" not in counts(plain)


STATEFUL = """
auth: { mode: both, users: [ { name: tester, password: s3cret } ], clients: [ { id: other, secret: s3cret } ] }
clock: { start: 2026-03-01T09:00:00Z, mode: frozen }
rules:
  - { name: second, operation: GET /JobTypes/Custom, calls: 2, do: [ { refuse: unavailable } ] }
  - { name: ill, operation: GET /Status/HealthCheck, becomes: ill, do: [] }
  - { name: is-ill, operation: GET /PamProviders, while: ill, do: [ { refuse: text-500 } ] }
"""


def test_a_fork_takes_all_along_and_goes_its_own_way(serve):
    default = Remote(serve(STATEFUL))
    default.server.headers["Authorization"] = basic("tester", "s3cret")
    default.job(default.agent())
    default.control("POST", "clock/advance", {"by": "2h"})
    assert default.statuses(1, "/JobTypes/Custom") == [200]
    default.request(path="/Status/HealthCheck")
    bearer = token(default)
    fork = default.new("fork", **{"from": "default"})
    # Estate, clock, counts, phase and tokens are those of the source; the journal is empty.
    assert fork.control("GET", "estate") == default.control("GET", "estate")
    assert fork.control("GET", "jobs") == default.control("GET", "jobs") != []
    assert fork.control("GET", "clock")["now"] == "2026-03-01T11:00:00Z"
    assert fork.journal() == [] and default.journal() != []
    assert fork.control("GET", "coverage")["operations"]["met"] == {}
    assert fork.request(path="/PamProviders").status == 500
    assert fork.statuses(2, "/JobTypes/Custom") == [503, 200]
    assert fork.request(headers=bearer).status == 200
    # What happens later in one does not show in the other.
    fork.control("PATCH", "estate", {"agents": [{"machine": "only-in-the-fork"}]})
    fork.control("POST", "clock/advance", {"by": "1h"})
    default.control("PATCH", "estate", {"agents": [{"machine": "only-in-default"}]})
    assert default.statuses(2, "/JobTypes/Custom") == [503, 200]
    machines = [{agent["machine"] for agent in world.control("GET", "estate")["agents"]} for world in (default, fork)]
    assert "only-in-default" in machines[0] - machines[1] and "only-in-the-fork" in machines[1] - machines[0]
    assert default.control("GET", "clock")["now"] == "2026-03-01T11:00:00Z"
    fork.control("POST", "reset")
    assert fork.control("GET", "jobs") == [] != default.control("GET", "jobs")


def test_reset_puts_everything_back_and_says_what_went(serve):
    world = Remote(serve(STATEFUL)).new("w1")
    world.server.headers["Authorization"] = basic("tester", "s3cret")
    before = world.control("GET", "estate")
    world.job(world.agent())
    world.control("POST", "clock/advance", {"by": "2h"})
    world.request(path="/Status/HealthCheck")
    world.statuses(2, "/JobTypes/Custom")
    bearer = token(world, "/w/w1")
    assert world.request(headers=bearer).status == 200
    held = len(world.journal())
    assert world.control("POST", "reset") == {"generation": 1, "dropped": {"jobs": 1, "exchanges": held}}
    assert world.control("GET", "estate") == before
    assert world.control("GET", "clock")["now"] == "2026-03-01T09:00:00Z"
    assert world.journal() == [] == world.control("GET", "jobs")
    assert {(rule["matches"], rule["strikes"]) for rule in world.rules().values()} == {(0, 0)}
    assert world.request(headers=bearer).status == 401
    assert world.request(path="/PamProviders").status == 200
    assert world.statuses(2, "/JobTypes/Custom") == [200, 503]
    assert world.control("POST", "reset", {})["generation"] == 2
    assert world.control("POST", "reset", {"from": "default"})["generation"] == 3


def test_a_saved_state_is_a_fork_to_go_back_to(serve):
    default = Remote(serve("clock: { start: 2026-03-01T09:00:00Z, mode: frozen }"))
    default.job(default.agent())
    default.new("saved", **{"from": "default"})
    saved = default.control("GET", "jobs")
    for _ in range(2):
        default.job(default.agent())
        default.control("POST", "clock/advance", {"by": "1h"})
        assert default.control("GET", "jobs") != saved
        default.control("POST", "reset", {"from": "saved"})
        assert default.control("GET", "jobs") == saved
        assert default.control("GET", "clock")["now"] == "2026-03-01T09:00:00Z"
    # What is made after going back has the ids that it had the first time.
    first = default.job(default.agent()).json
    default.control("POST", "reset", {"from": "saved"})
    assert default.job(default.agent()).json == first


def test_a_reset_from_itself_empties_the_journal(serve):
    world = Remote(serve())
    world.statuses(3)
    assert world.control("POST", "reset", {"from": "default"})["dropped"]["exchanges"] == 3
    assert world.journal() == []


def test_what_waits_in_a_world_is_closed_when_that_is_dropped(serve):
    world = Remote(serve("rules: [ { operation: GET /Agents, do: [ { delay: 500ms } ] } ]")).new("waits")
    with connection(world.server) as kept:
        kept.request("GET", "/w/waits/KeyfactorAPI/Agents")
        until(lambda: world.rules()["GET /Agents"]["strikes"] == 1)
        Remote(world.server).control("DELETE", "worlds/waits", status=204)
        with pytest.raises(http.client.RemoteDisconnected):
            kept.getresponse()
        # Nothing is kept of it in a new world of that name.
        assert Remote(world.server).new("waits").journal() == []


# MARK: Apart


def test_worlds_share_nothing(serve):
    """The same is done in one world; another, untouched, is as it was."""
    default = Remote(serve(STATEFUL))
    default.server.headers["Authorization"] = basic("tester", "s3cret")
    one, other = default.new("one"), default.new("other")
    before = {page: other.control("GET", page) for page in ("estate", "clock", "jobs", "rules", "journal", "coverage", "scenario")}
    one.job(one.agent())
    one.control("PATCH", "estate", {"agents": [{"machine": "new-1"}]})
    one.control("POST", "clock/advance", {"by": "2h"})
    one.request(path="/Status/HealthCheck")
    one.statuses(3, "/JobTypes/Custom")
    bearer = token(one, "/w/one")
    one.control("POST", "rules", {"name": "live", "operation": "GET /Agents", "do": []})
    one.control("PUT", "clock", {"mode": "scaled", "rate": 5})
    assert {page: other.control("GET", page) for page in before} == before
    assert other.request(path="/PamProviders").status == 200 and one.request(path="/PamProviders").status == 500
    assert other.request(headers=bearer).status == 401
    one.control("PUT", "scenario", "seed: 77")
    assert other.control("GET", "scenario") == before["scenario"]
    assert other.control("GET", "info")["seed"] == 1 and one.control("GET", "info")["seed"] == 77


def test_draws_are_other_in_another_world_and_the_same_in_another_run(serve):
    runs = []
    for _ in range(2):
        default = Remote(serve(CHANCE))
        runs.append({name: default.at(name).statuses(60) for name in ("one", "two", "three")})
    assert runs[0] == runs[1]
    assert len({tuple(draws) for draws in runs[0].values()}) == 3
    # What another world does in between changes nothing.
    default = Remote(serve(CHANCE))
    mixed = [(default.at("one").request().status, default.at("two").request().status) for _ in range(60)]
    assert [list(each) for each in zip(*mixed)] == [runs[0]["one"], runs[0]["two"]]


def test_ids_are_other_in_another_world_and_the_same_in_another_run(serve):
    runs = []
    for _ in range(2):
        default = Remote(serve(CHANCE.split("rules:")[0]))
        ids = []
        for name in ("one", "two"):
            world = default.at(name)
            world.job(world.agent())
            ids.append(world.control("GET", "jobs")[0]["id"])
        runs.append(ids)
    assert runs[0] == runs[1] and runs[0][0] != runs[0][1]


# MARK: Many


def work(port, names):
    """One client process: in each of its worlds a job and agent of its own; returns what it finds there."""
    kept = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    faults = []
    for step in range(2):
        for name in names:
            base = f"/w/{name}/KeyfactorAPI"
            if step == 0:
                status, body = on(kept, "PATCH", f"/_mock/worlds/{name}/estate", json.dumps({"agents": [{"machine": f"uo-{name}"}]}))
                agent = UO_1.search(on(kept, "GET", base + "/Agents")[1].decode())[1]
                job = {"AgentId": agent, "JobTypeName": "SampleCustomJobType", "JobFields": {"ParamInt": "1", "ParamText": name}}
                for _ in range(3):
                    if on(kept, "POST", base + "/OrchestratorJobs/Custom", json.dumps(job))[0] != 200:
                        faults.append(f"{name}: a job was refused")
                on(kept, "GET", base + f"/Nowhere/{name}")
                continue
            machines = {agent["ClientMachine"] for agent in json.loads(on(kept, "GET", base + "/Agents")[1])}
            if machines != {"uo-1", "uo-2", f"uo-{name}"}:
                faults.append(f"{name}: agents {machines}")
            jobs = json.loads(on(kept, "GET", f"/_mock/worlds/{name}/jobs")[1])
            if len(jobs) != 3:
                faults.append(f"{name}: {len(jobs)} jobs")
            exchanges = json.loads(on(kept, "GET", f"/_mock/worlds/{name}/journal?order=oldest")[1])["exchanges"]
            if [each["n"] for each in exchanges] != list(range(1, 7)):
                faults.append(f"{name}: exchanges {[each['n'] for each in exchanges]}")
            for each in exchanges:
                if not each["path"].startswith("/KeyfactorAPI/") or "Nowhere" in each["path"] and not each["path"].endswith("/" + name):
                    faults.append(f"{name}: {each['path']}")
                if each["body"] and json.loads(each["body"])["JobFields"]["ParamText"] != name:
                    faults.append(f"{name}: {each['body']}")
    kept.close()
    return faults


@pytest.mark.alone
def test_two_hundred_worlds_at_once_know_nothing_of_each_other(serve, capsys):
    default = Remote(serve())
    names = [f"test-{number}" for number in range(200)]
    began = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(8) as pool:
        faults = pool.starmap(work, [(default.server.http_port, names[number::8]) for number in range(8)])
    took = time.monotonic() - began
    assert [fault for some in faults for fault in some] == []
    assert counts(default) == {"default": 0, **{name: 6 for name in names}}
    assert default.journal() == [] == default.control("GET", "jobs")
    with capsys.disabled():
        print(f"\n  200 worlds, 8 processes: {took:.1f} s")
    assert took < 10 * SLOWNESS


def test_ten_thousand_worlds_are_small_and_quick(serve, capsys):
    default = Remote(serve())
    times = {"make": [], "fork": [], "reset": []}

    def timed(kind, *request):
        began = time.perf_counter()
        status, _ = on(kept, *request)
        times[kind].append(time.perf_counter() - began)
        assert status in (200, 201), status

    with connection(default.server) as kept:
        timed("make", "POST", "/_mock/worlds", '{"name": "warm"}')
        times["make"].clear()
        empty = resident(default.server)
        for number in range(10_000):
            timed("make", "POST", "/_mock/worlds", f'{{"name": "world-{number}"}}')
        each = (resident(default.server) - empty) / 10_000
        for number in range(1_000):
            timed("fork", "POST", "/_mock/worlds", f'{{"name": "fork-{number}", "from": "world-{number}"}}')
        for number in range(1_000):
            timed("reset", "POST", f"/_mock/worlds/world-{number}/reset")
    assert default.control("GET", "info")["worlds"] == 11_002
    with capsys.disabled():
        middle = ", ".join(f"{kind} {sorted(all)[len(all) // 2] * 1e6:.0f} us" for kind, all in times.items())
        print(f"\n  10,000 worlds: {each:.0f} bytes each; {middle} (median, with the request)")
    # 4 KB in a release build; the rest is for debug builds.
    grew_at_most(8192, each)


@pytest.mark.alone
def test_a_fork_of_a_large_world_costs_little(serve, capsys):
    default = Remote(serve("estate: { from: large }"))
    default.request()
    with connection(default.server) as kept:
        before, began = resident(default.server), time.perf_counter()
        for number in range(200):
            assert on(kept, "POST", "/_mock/worlds", f'{{"name": "fork-{number}", "from": "default"}}')[0] == 201
        took, each = (time.perf_counter() - began) / 200, (resident(default.server) - before) / 200
    with capsys.disabled():
        print(f"\n  forks of 10,000 stores: {took * 1e6:.0f} us, {each:.0f} bytes each")
    assert took < 0.01 * SLOWNESS
    grew_at_most(16_384, each)


def test_nothing_breaks_while_worlds_are_made_forked_put_back_and_dropped_under_load(serve):
    """Many clients do everything at once in a few worlds. The server lives, and no request is answered wrongly."""
    default = Remote(serve("rules: [ { name: slow, operation: GET /PamProviders, do: [ { delay: 5ms, at: reply } ] } ]"))
    names = ["a", "b", "c"]
    odd = []

    def work(number):
        draw = random.Random(number)
        with connection(default.server) as kept:
            for _ in range(150):
                one, other = draw.sample(names, 2)
                steps = [
                    ("GET", f"/w/{one}/KeyfactorAPI/Agents", None), ("GET", f"/w/{one}/KeyfactorAPI/PamProviders", None),
                    ("POST", f"/_mock/worlds/{one}/reset", "{}"), ("POST", f"/_mock/worlds/{one}/reset", f'{{"from": "{other}"}}'),
                    ("DELETE", f"/_mock/worlds/{one}", None), ("POST", "/_mock/worlds", f'{{"name": "{one}", "from": "{other}"}}'),
                    ("PUT", f"/_mock/worlds/{one}/rules/r", '{"operation": "GET /Agents", "do": []}'),
                    ("DELETE", f"/_mock/worlds/{one}/rules/r", None), ("GET", f"/_mock/worlds/{one}/journal", None),
                    ("POST", f"/_mock/worlds/{one}/verify", '{"expect": [{"every": {}, "has": {"status": 200}}]}'),
                    ("POST", f"/_mock/worlds/{one}/await", '{"expect": [{"requests": {}, "count": "3+"}], "timeout": "3ms"}'),
                    ("GET", "/_mock/worlds", None), ("GET", "/_mock/metrics", None), ("PUT", f"/_mock/worlds/{one}/scenario", "seed: 4"),
                    ("POST", f"/_mock/worlds/{one}/clock/advance", '{"by": "1h"}'),
                ]
                method, path, body = draw.choice(steps)
                try:
                    status, said = on(kept, method, path, body)
                except http.client.RemoteDisconnected:
                    # Held across a reset.
                    kept.close()
                    if not path.endswith("PamProviders") and not path.endswith("Agents"):
                        odd.append((method, path, "closed"))
                    continue
                if status not in (200, 201, 204, 404, 409) or b'"verdict":"failed"' in said and path.endswith("verify"):
                    odd.append((method, path, status, said))

    threads = [threading.Thread(target=work, args=[number]) for number in range(12)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert odd == []
    assert default.control("GET", "info")["worlds"] <= 4
    for name in names:
        default.ask("DELETE", f"worlds/{name}")
    assert "keyfactor_mock_journal_bytes 0\n" in default.control("GET", "metrics")


@option("--strict-worlds")
def test_strict_worlds_are_made_by_post_alone(serve):
    default = Remote(serve("", "--strict-worlds"))
    for headers, path in (({"X-Mock-World": "unknown"}, AGENTS), ({}, "/w/unknown/KeyfactorAPI/Agents")):
        reply = default.server.ask("GET", path, headers=headers)
        assert reply.status == 404
        assert "no world 'unknown'" in reply.header("X-Mock-Why")
    assert "--strict-worlds" in default.at("unknown").refused("GET", "journal", status=404)
    assert set(counts(default)) == {"default"}
    known = default.new("known")
    assert known.statuses(1) == [200]
    assert default.statuses(1) == [200]


@option("--max-worlds")
def test_worlds_not_asked_for_the_longest_go_first(serve):
    default = Remote(serve("", "--max-worlds", "32"))
    for number in range(32):
        default.at(f"w{number}").request()
    default.at("w0").request()
    default.at("w32").request()
    names = set(counts(default))
    assert {"default", "w0", "w31", "w32"} <= names and "w1" not in names
    assert len(names) <= 33
    assert "--max-worlds is 32" in default.server.errors
