"""Counting while 16 clients ask at once, each on a connection that it keeps: nothing is counted twice, nothing forgotten."""

import collections
import http.client
import threading

import pytest

from support.mock import PATIENCE, basic
from support.connection import CUSTOM, JOB, jobs

CLIENTS, REQUESTS = 16, 1000
BELL = "clock: { mode: frozen }\n"


def storm(server, requests=REQUESTS, method="GET", path="/KeyfactorAPI/Agents", body=None, names=None):
    """So many requests by 16 clients at once; the statuses of each client, in its order."""
    statuses = [[] for _ in range(CLIENTS)]
    left, lock, together = iter(range(requests)), threading.Lock(), threading.Barrier(CLIENTS)

    def client(number):
        connection = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=PATIENCE)
        fields = {**server.headers, **({"Authorization": basic(names[number], "x")} if names else {})}
        together.wait()
        while True:
            with lock:
                if next(left, None) is None:
                    break
            connection.request(method, path, body, fields)
            response = connection.getresponse()
            response.read()
            statuses[number].append(response.status)
        connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(map(len, statuses)) == requests and sum(map(bool, statuses)) > 1
    return statuses


def count(statuses):
    return collections.Counter(status for each in statuses for status in each)


@pytest.mark.parametrize("calls, strikes", [("500", 1), ("1-500", 500), ("every 4", 250), ("[ 1, 999, 1000, 1001 ]", 3), ("301+", 700)])
def test_a_rule_strikes_exactly_its_calls_among_1000_requests(serve, calls, strikes):
    server = serve(BELL + f"rules: [ {{ name: due, operation: GET /Agents, calls: {calls}, do: [ {{ refuse: unavailable }} ] }} ]")
    for _ in range(3):
        assert count(storm(server)) == {503: strikes, 200: REQUESTS - strikes}
        (rule,) = server.ask("GET", "/_mock/rules").json
        assert (rule["matches"], rule["strikes"]) == (REQUESTS, strikes)
        assert server.ask("POST", "/_mock/reset").status == 200


def test_work_is_done_for_exactly_those_that_are_let_pass(serve):
    """Struck before the work, after it, or not at all; what the journal says of each adds up to the jobs that exist."""
    rules = """
rules:
  - { name: before, operation: POST /**, calls: 1-200, do: [ { refuse: unavailable } ] }
  - { name: after, operation: POST /**, calls: 1-200, do: [ { alter: { status: 504, body: "<html>late</html>" } } ] }
"""
    server = serve(BELL + rules)
    assert count(storm(server, 600, "POST", CUSTOM, JOB)) == {503: 200, 504: 200, 200: 200}
    assert len(jobs(server)) == 400
    entries = server.ask("GET", "/_mock/journal?limit=10000").json["exchanges"]
    effects = collections.Counter((each["rule"], each["effect"], each["status"]) for each in entries if each["method"] == "POST")
    assert effects == {("before", "none", 503): 200, ("after", "committed", 504): 200, (None, "committed", 200): 200}
    assert sorted(each["n"] for each in entries) == list(range(1, len(entries) + 1))


def test_a_phase_changes_once(serve):
    rules = """
rules:
  - { name: falls, operation: GET /Agents, while: healthy, calls: 300, becomes: ill, do: [ { refuse: text-500 } ] }
  - { name: ill, operation: GET /Agents, while: ill, calls: 1-100, do: [ { refuse: unavailable } ] }
  - { name: rises, operation: GET /Agents, while: ill, becomes: well, do: [ { refuse: gateway-502-html } ] }
"""
    server = serve(BELL + rules)
    for _ in range(3):
        assert count(storm(server)) == {200: REQUESTS - 102, 500: 1, 503: 100, 502: 1}
        assert server.ask("POST", "/_mock/reset").status == 200


def test_each_of_16_callers_is_counted_separately(serve):
    server = serve(BELL + "rules: [ { operation: GET /Agents, calls: 2-4, per: caller, do: [ { refuse: unavailable } ] } ]")
    names = [f"EXAMPLE\\user{number}" for number in range(CLIENTS)]
    statuses = storm(server, names=names)
    for each in statuses:
        assert [number for number, status in enumerate(each, 1) if status == 503] == [number for number in (2, 3, 4) if number <= len(each)]
    # 16 connections of one caller share a count.
    assert count(storm(server, names=["EXAMPLE\\all"] * CLIENTS)) == {503: 3, 200: REQUESTS - 3}


@pytest.mark.parametrize("per, expected", [("", 250), (", per: caller", None)], ids=["for all", "for each caller"])
def test_a_limit_of_250_tokens_lets_250_pass(serve, per, expected):
    tokens = 250 if expected else 20
    server = serve(BELL + f'rules: [ {{ operation: "* /**", do: [ {{ limit: {{ tokens: {tokens}, refill: 1/h{per} }} }} ] }} ]')
    statuses = storm(server, names=[f"user{number}" for number in range(CLIENTS)])
    if expected:
        assert count(statuses) == {200: expected, 429: REQUESTS - expected}
    else:
        for each in statuses:
            assert each == [200] * min(tokens, len(each)) + [429] * (len(each) - tokens)


def test_chance_takes_as_many_draws_as_there_are_requests(serve):
    """Who gets which draw is open while many ask at once; how many of 1,000 are struck is not."""
    server = serve(BELL + "seed: 7\nrules: [ { name: odds, operation: GET /Agents, chance: 30%, do: [ { refuse: unavailable } ] } ]")
    first = count(storm(server))
    assert server.ask("POST", "/_mock/reset").status == 200
    assert count(storm(server)) == first and 240 < first[503] < 360


def test_connections_are_counted_as_well(serve):
    server = serve(BELL + "rules: [ { operation: connection, calls: 101-150, do: [ { break: close } ] } ]")
    struck, lock = [], threading.Lock()

    def client():
        for _ in range(20):
            try:
                assert server.ask("GET", "/KeyfactorAPI/Agents").status == 200
            except (http.client.RemoteDisconnected, ConnectionResetError):
                with lock:
                    struck.append(1)

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(struck) == 50
