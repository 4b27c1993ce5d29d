"""Scenarios, rules, seeds and expectations that are too much: refused with what is wrong, or done, and the server lives.

Who writes them is trusted, and may make their own world slow; nobody else's answers may become wrong.
"""

import json
import time

import pytest

from support.hostile import COST, bounded, processor_time
from support.mock import talk

STATUS = b"GET /KeyfactorAPI/Status/Endpoints HTTP/1.1\r\nHost: localhost\r\n\r\n"
MOST = 8 << 20
BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 10)}]\n" for n in range(9))
TEXTS = {
    "lists 10,000 deep": "[" * 10_000 + "]" * 10_000, "mappings 10,000 deep": '{"a":' * 10_000 + "1" + "}" * 10_000,
    "blocks 10,000 deep": "".join(" " * depth + "a:\n" for depth in range(3_000)), "dashes 10,000 deep": "- " * 10_000 + "a",
    "aliases that multiply": BOMB, "an alias of itself": "a: &a [ *a ]", "8 MiB of one word": "a" * MOST, "8 MiB of a key": "a" * (MOST - 10) + ": 1",
    "the same key 100,000 times": "seed: 1\n" * 100_000, "20,000 unknown keys": "".join(f"k{number}: 1\n" for number in range(20_000)),
    "4,000,000 empty elements": "{rules: [" + "a," * 4_000_000 + "a]}", "bytes that are no UTF-8": b"scenario: \xff\xfe", "UTF-16": "scenario: a".encode("utf-16"),
    "a NUL": b"scenario: a\0b", "100,000 documents": "---\na: 1\n" * 100_000, "a tag": "!!python/object/apply:os.system [ 'touch /tmp/evil' ]",
    "1e999999 for a seed": "seed: 1e999999", "400 digits for a seed": "seed: " + "9" * 400, "a negative seed": "seed: -1", "100,000 comments": "#\n" * 100_000 + "a: 1",
    "a count without end": "estate: { certificateStores: [ { machine: m, path: p, count: 999999999999 } ] }",
}


@pytest.fixture(scope="module")
def server(serve_module):
    return serve_module("", "--log-level", "error")


PAGES = [("PUT", "scenario"), ("POST", "rules"), ("PUT", "rules/a"), ("PATCH", "estate"), ("POST", "verify"), ("POST", "await"), ("POST", "reset"), ("PUT", "clock"),
         ("POST", "clock/advance"), ("POST", "worlds")]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_that_is_too_much_is_refused_everywhere_and_changes_nothing(server, text):
    before = server.ask("GET", "/_mock/scenario").body
    for method, page in PAGES if len(text) < 1 << 20 else PAGES[:3]:
        start = processor_time(server)
        reply = server.ask(method, f"/_mock/{page}", text)
        cost = processor_time(server) - start
        print(f"\n{method} {page}: {reply.status}, {cost:.0f} ms, {reply.body[:100]}", end="")
        assert 400 <= reply.status < 500, (page, reply)
        assert list(reply.json)[0] == "error" and len(reply.body) < 70_000
        assert cost < 10 * COST, page
    assert server.ask("GET", "/_mock/scenario").body == before
    assert talk(server, STATUS).status == 200


def rules(matcher, selector="body.JobFields.ParamText"):
    return f"rules: [ {{ name: r, operation: POST /OrchestratorJobs/Custom, where: {{ {selector}: {matcher} }}, do: [ {{ refuse: unavailable }} ] }} ]"


def order(server, text, headers=None):
    job = {"AgentId": "e89c945f-da62-482c-9495-ecf36abbd2dd", "JobTypeName": "SampleCustomJobType", "JobFields": {"ParamInt": "3", "ParamText": text}}
    return server.ask("POST", "/KeyfactorAPI/OrchestratorJobs/Custom", job, headers).status


@pytest.mark.parametrize("pattern", ["x.*y", "a.*b.*c", "(a|b)*c", "[a-z]+[0-9]", r"\w+\d$"])
@pytest.mark.parametrize("letter", "xab")
def test_a_pattern_costs_little_whatever_a_client_sends(serve, pattern, letter):
    """Matching goes back and tries again, which grows with the square of the text: so no text above 2 KiB is looked into, and
    docs/SCENARIOS.md says what that may cost."""
    server = serve(rules(f"{{ regex: '{pattern}' }}"), "--log-level", "error")
    for length in 2048, 2049, 60_000:
        before = processor_time(server)
        assert order(server, letter * length) == 200
        cost = processor_time(server) - before
        print(f"\n{pattern} on {length} letters: {cost:.0f} ms", end="")
        assert cost < COST


def test_a_text_above_2048_bytes_fits_no_pattern(serve):
    server = serve(rules("{ regex: 'a$' }"))
    assert order(server, "b" * 2047 + "a") == 503
    assert order(server, "b" * 2048 + "a") == 200
    assert order(server, "ä" * 1023 + "ba") == 503
    assert order(server, "ä" * 1024 + "a") == 200


def test_a_pattern_that_goes_back_without_end_is_the_scenarios_own_fault_and_holds_one_thread(serve):
    """Documented in docs/SCENARIOS.md: nothing stops such a pattern. The other threads go on serving."""
    server = serve(rules("{ regex: '(a+)+$' }"), "--log-level", "error", "--threads", "2")
    costs = []
    for length in 8, 10, 12:
        before = processor_time(server)
        assert order(server, "a" * length + "!") == 200
        costs.append(processor_time(server) - before)
    print(f"\n8, 10, 12 letters: {costs} ms", end="")
    assert talk(server, STATUS).status == 200


VERIFY = [
    ("a count beyond 64 bits", '{"expect":[{"requests":{},"count":' + "9" * 400 + "}]}", 400),
    ("a count of 1e999999", '{"expect":[{"requests":{},"count":"1e999999+"}]}', 400),
    ("a negative count", '{"expect":[{"requests":{},"count":-1}]}', 400),
    ("a pattern that is none", '{"expect":[{"requests":{"where":{"header.a":{"regex":"("}}},"count":1}]}', 400),
    ("a pattern of 1 MiB", '{"expect":[{"requests":{"where":{"header.a":{"regex":"' + "a" * (1 << 20) + '"}}},"count":"0+"}]}', 400),
    ("a pattern nested 5,000 deep", '{"expect":[{"requests":{"where":{"header.a":{"regex":"' + "(" * 5_000 + ")" * 5_000 + '"}}},"count":"0+"}]}', 400),
    ("10,000 expectations", '{"expect":[' + ",".join(['{"requests":{"operation":"GET /Agents"},"count":"0+"}'] * 10_000) + "]}", 200),
]


@pytest.mark.parametrize("body, status", [case[1:] for case in VERIFY], ids=[case[0] for case in VERIFY])
def test_expectations_that_are_too_much(serve, body, status):
    server = serve("", "--log-level", "error")
    for _ in range(50):
        server.ask("GET", "/KeyfactorAPI/Agents", headers={"a": "aaaa"})
    start = time.monotonic()
    reply = server.ask("POST", "/_mock/verify", body)
    print(f"\n{reply.status} in {time.monotonic() - start:.2f} s: {reply.body[:200]}", end="")
    assert reply.status == status
    assert talk(server, STATUS).status == 200


def test_worlds_without_end_are_bounded(serve):
    """Anybody who may send requests may name worlds; those that are not asked for the longest go first."""
    server = serve("", "--log-level", "error", "--max-worlds", "500")
    for number in range(1_000):
        assert talk_in(server, f"first{number}") == 200
    with bounded(server, "5,000 worlds", 500 * 64) as peak:
        for number in range(5_000):
            assert talk_in(server, f"w{number}") == 200
        peak()
    assert len(server.ask("GET", "/_mock/worlds").json) <= 501


def talk_in(server, world):
    return talk(server, f"GET /KeyfactorAPI/Agents HTTP/1.1\r\nHost: localhost\r\nX-Mock-World: {world}\r\nConnection: close\r\n\r\n".encode()).status


def test_tokens_and_callers_without_end_are_bounded(serve):
    """A token for each request, and a rule that counts by caller: neither table grows forever."""
    server = serve("auth: { mode: any }\nrules: [ { name: r, operation: GET /Agents, per: caller, calls: 1-2, do: [ { refuse: unavailable } ] } ]", "--log-level", "error")
    form = "grant_type=client_credentials&client_id=c&client_secret=s"
    with bounded(server, "tokens", 16 << 10) as peak:
        for _ in range(2_000):
            assert server.ask("POST", "/oauth2/token", form, {"Content-Type": "application/x-www-form-urlencoded"}).status == 200
        peak()
    assert json.loads(server.ask("GET", "/_mock/info").body)
