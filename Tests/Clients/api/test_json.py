"""Bodies that are JSON to .NET only: the lenient reader against Python's, and what clients of Command send.

What the server has read is seen in the journal, which shows a body that is no plain JSON as it was read.
"""

import json
import random
import string

import pytest

from support.control import Remote, connection, on

CUSTOM = "/KeyfactorAPI/OrchestratorJobs/Custom"
SCHEDULE = "/KeyfactorAPI/CertificateStores/Schedule"
NOT_JSON = b"is not valid JSON"
TEXTS = ["", "a", "it's", 'say "x"', "C:\\dir", "line\r\nfeed\t", "é€\U0001f600", "/* no comment */", "// none", "{}[],:", "\x01\x7f", "null", "0x1"]
NAMES = TEXTS + ["Name", "_x", "$ref", "a1", "true"]


@pytest.fixture(scope="module")
def world(serve_module):
    return Remote(serve_module())


def document(draw, depth=4):
    kind = draw.randrange(7 if depth else 5)
    if kind < 2:
        return draw.choice(TEXTS)
    if kind < 5:
        return draw.choice([None, True, False, 0, -7, 31, 2**31, 0.5, -12.25])
    if kind == 5:
        return [document(draw, depth - 1) for _ in range(draw.randrange(5))]
    return {draw.choice(NAMES): document(draw, depth - 1) for _ in range(draw.randrange(5))}


def blanks(draw):
    return draw.choice(["", "", "", " ", "\r\n", "\t", "\xa0", "/* , ' */", "// ] }\n", "/**//***/"])


def quoted(draw, text):
    quote = draw.choice("'\"")
    return quote + "".join(written(draw, each, quote) for each in text) + quote


def written(draw, character, quote):
    if character in (quote, "\\"):
        return "\\" + character
    if draw.randrange(8) == 0 and ord(character) < 0x10000:
        return f"\\u{ord(character):04x}"
    return "\\'" if character == "'" and draw.randrange(2) else character


def lenient(draw, value):
    """A value as a careless writer writes it."""
    if isinstance(value, str):
        return quoted(draw, value)
    if isinstance(value, dict):
        pairs = [
            blanks(draw) + (name if name.replace("_", "").replace("$", "").isalnum() and name.isascii() and draw.randrange(2) else quoted(draw, name))
            + blanks(draw) + ":" + blanks(draw) + lenient(draw, each) + blanks(draw)
            for name, each in value.items()
        ]
        return "{" + ",".join(pairs) + draw.choice(["", "," + blanks(draw)] if pairs else [blanks(draw)]) + "}"
    if isinstance(value, list):
        items = [blanks(draw) + lenient(draw, each) + blanks(draw) for each in value]
        return "[" + ",".join(items) + draw.choice(["", ","] if items else [""]) + "]"
    if value is None:
        return draw.choice(["null", "undefined"])
    if type(value) is int and value > 0:
        return draw.choice([str(value), hex(value), oct(value).replace("o", "")])
    return draw.choice([".5", "0.5"]) if value == 0.5 else json.dumps(value)


def read_by(world, bodies):
    """What the server has read of each body; `...` for one that it cannot read."""
    world.control("POST", "reset")
    with connection(world.server) as kept:
        readable = [NOT_JSON not in on(kept, "POST", CUSTOM, body, {"Content-Type": "application/json"})[1] for body in bodies]
    shown = [exchange["body"] for exchange in world.journal(limit=len(bodies))]
    assert len(shown) == len(bodies)
    return [json.loads(body, strict=False) if is_read else ... for body, is_read in zip(shown, readable)]


def by_python(body):
    """What Python's parser reads; `...` for what it cannot read, or reads although no standard says so."""

    def refuse(_):
        raise ValueError

    try:
        return json.loads(body.decode(), parse_constant=refuse)
    except (ValueError, RecursionError):
        return ...


@pytest.mark.parametrize("seed", range(4))
def test_what_a_careless_writer_writes_is_read_as_it_was_meant(world, seed):
    draw = random.Random(seed)
    meant = [document(draw) for _ in range(500)]
    bodies = [(blanks(draw) + lenient(draw, each) + draw.choice(["", " trailing", "}", "//"] if isinstance(each, (dict, list)) else [""])).encode() for each in meant]
    for value, body, found in zip(meant, bodies, read_by(world, bodies)):
        assert found == value, body


@pytest.mark.parametrize("seed", range(4))
def test_what_python_reads_of_a_mutated_document_the_server_reads_the_same(world, seed):
    draw = random.Random(100 + seed)
    bodies, agreed = [], 0
    for number in range(500):
        value = document(draw)
        body = bytearray((lenient(draw, value) if number % 2 else json.dumps(value, ensure_ascii=bool(number % 4))).encode())
        for _ in range(draw.randrange(3)):
            place = draw.randrange(len(body) + 1)
            body[place:place + draw.randrange(3)] = draw.choice([b"", b" ", b",", b"'", b'"', b"\\", b"]", b"}", b"0", b"/", bytes([draw.randrange(1, 256)])])
        bodies.append(bytes(body) or b"0")
    for body, found in zip(bodies, read_by(world, bodies)):
        expected = by_python(body)
        if expected is not ...:
            assert found == expected and type(found) is type(expected), body
            agreed += 1
    assert agreed > 100


def test_as_clients_send_it(mock):
    """A body that a script has put together by hand."""
    store = mock.store("web-1")
    body = f"// schedule\r\n{{ StoreIds: ['{store}',], \"Schedule\": {{'Interval': {{Minutes: ' 61 '}} /* hourly */ }},\r\n}}}}"
    assert mock.ask("POST", SCHEDULE, body).status == 204
    assert mock.schedule_of(store) == {"Interval": {"Minutes": 61}}


def test_strict_worlds_hold_clients_to_the_rfc(serve):
    server = serve("fidelity: { json: strict }")
    for body in [b"{'StoreIds':[]}", b'{"StoreIds":[],}', b'{"a":"\t"}', b"{}{}", b"/**/{}", b"{a:1}"]:
        refusal = server.ask("POST", SCHEDULE, body)
        assert refusal.status == 400 and NOT_JSON in refusal.body
        assert refusal.header("X-Mock-Why").startswith("fidelity: { json: strict }")
    for body in [b"{", b"", b"{a:}"]:
        assert "strict" not in server.ask("POST", SCHEDULE, body).header("X-Mock-Why")


@pytest.mark.parametrize("query", ["returnLimit=1%20", "pageReturned=%201", "SortAscending=+0", "returnLimit=%091%0a"])
def test_blanks_around_a_number_of_the_query_are_nothing(mock, query):
    assert mock.ask("GET", f"/KeyfactorAPI/Agents?{query}").status == 200


@pytest.mark.parametrize("word", list(string.ascii_letters[:4]) + ["tru", "yes", "1", "on", "t rue"])
def test_another_word_is_no_boolean(mock, word):
    body = {"ClientMachine": "m", "Type": 2, "AgentId": mock.agent("uo-1"), "ServerUseSsl": word}
    assert "ServerUseSsl" in mock.ask("PUT", "/KeyfactorAPI/CertificateStores/DiscoveryJob", body).json["Message"]
