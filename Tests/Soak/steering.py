"""How a test steers its world: time, estate, rules, journal, verdicts; and how worlds come and go."""

import json

import traffic
from ledger import Wrong
from life import Life
from rude import CUSTOM, JOB


def advance(life):
    life.control("POST", "clock/advance", {"by": life.random.choice(["30s", "10m", "50m"])})


def clock(life):
    life.control("PUT", "clock", life.random.choice([{"mode": "frozen"}, {"mode": "running"}, {"rate": 60}]))


def look(life):
    page = life.random.choice(["clock", "jobs", "estate", "scenario", "rules", "coverage", "journal?limit=3", "journal?status=404&limit=3"])
    life.control("GET", page)


def look_at_the_server(life):
    life.client.control("GET", life.random.choice(["metrics", "worlds", "info", "readyz", "ca.pem"]))


def move_a_job(life):
    if jobs := life.control("GET", "jobs"):
        life.control("POST", f"jobs/{life.random.choice(jobs)['id']}/advance", status=(200, 404))


def estate(life):
    life.control("PATCH", "estate", {"agents": [{"machine": "uo-9", "status": life.random.choice(["new", "approved"])}]})


def live_rule(life):
    rule = {"operation": "GET " + life.random.choice(["/PamProviders", "/Status/Endpoints"]), "do": [{"refuse": "unavailable"}],
            "ttl": life.random.choice(["20ms", "1h"])}
    name = f"live-{life.random.randrange(4)}"
    how = life.random.choice(["put", "put", "delete"])
    if how == "put":
        life.control("PUT", "rules/" + name, rule)
    else:
        life.control("DELETE", "rules/" + name, status=(204, 404))


def clear_the_journal(life):
    life.settle()
    life.control("DELETE", "journal")
    life.is_cleared = True


def await_in_vain(life):
    """For a moment, or for long, and the client leaves."""
    never = [{"jobs": {"agent": "nobody"}, "count": 1}]
    if life.random.random() < 0.5:
        verdict = life.control("POST", "await", {"timeout": "10ms", "expect": never})["verdict"]
        if verdict != "failed":
            raise Wrong(f"awaiting a job of nobody should fail in the world {life.name}, and is {verdict}")
        return
    line = life.client.new_line()
    body = json.dumps({"timeout": "10m", "expect": never})
    line.send(f"POST /_mock/{life.below}await HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
    life.random.choice([line.close, line.abort])()


def mistakes(life):
    method, page, body, status = life.random.choice([
        ("POST", "rules", {"operation": "GET /Agents", "do": [{"refuse": "unavailible"}]}, 400), ("GET", "nothing", None, 404),
        ("PUT", "scenario", "estate: { form: empty }", 400), ("PUT", "journal", None, 405)])
    life.control(method, page, body, status)


STEPS = {
    advance: 2, clock: 0.5, look: 3, look_at_the_server: 0.5, move_a_job: 1, estate: 0.5, live_rule: 2, clear_the_journal: 0.1,
    await_in_vain: 1, mistakes: 1,
}


# MARK: Worlds


def born(client):
    """A new world."""
    life = Life(client, client.next_world())
    how = client.random.choice(["named", "made", "forked", "scenario"])
    client.counts.other["worlds " + how] += 1
    if how == "named":
        traffic.agents(life)
    elif how == "made":
        client.control("POST", "worlds", {"name": life.name}, 201)
    elif how == "forked":
        client.control("POST", "worlds", {"name": life.name, "from": client.fresh_template()}, 201)
    elif how == "scenario":
        # Another release that answers the same here; the world is made by naming it.
        life.control("PUT", "scenario", client.scenario + 'product: "24.4"\n')
    return life


def ended(life):
    """Closes the books on a world, and drops it, or resets it. Returns the world if it continues."""
    life.close()
    if life.random.random() < 0.1:
        held_across_a_reset(life)
    how = life.random.choice(["reset", "reset from", "fork", "drop", "drop", "leave"])
    life.client.counts.other["worlds " + how] += 1
    if how == "reset":
        life.control("POST", "reset")
        life.begin()
    elif how == "reset from":
        life.control("POST", "reset", {"from": life.client.fresh_template()})
        life.begin()
    elif how == "fork":
        fork = Life(life.client, life.client.next_world(), life.strikes())
        life.client.control("POST", "worlds", {"name": fork.name, "from": life.name}, 201)
        life.client.control("DELETE", "worlds/" + life.name, status=204)
        return fork
    else:
        if how == "drop":
            life.client.control("DELETE", "worlds/" + life.name, status=204)
        return None
    return life


def held_across_a_reset(life):
    """A request that waits before its work while the world is reset is closed without it, and is in no journal."""
    _, head, content = life.message(CUSTOM, "/OrchestratorJobs/Custom", JOB, want="pause")
    line = life.client.new_line()
    with life.struck("want-pause"):
        line.send(head + content)
    life.control("POST", "reset")
    life.begin()
    came = line.receive("POST")
    if came.kind == "closed":
        life.client.counts.other["held across a reset"] += 1
    elif (came.kind, came.status) == ("whole", 200):
        # The pause was over before the reset came.
        life.client.counts.requests[CUSTOM, 200] += 1
        life.client.counts.strikes["want-pause"] += 1
    else:
        raise Wrong(f"a request held across a reset should be closed; came: {came}")
    line.close()
