"""A world from its beginning to its end, as its one client sees it."""

import base64
import contextlib
import json
import time
from collections import Counter

from ledger import Ledger, Sent, Wrong
from wire import PATIENCE, Came

BASE = "/KeyfactorAPI"
LOGINS = {name: "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode() for name, secret in
          {"ops": "s3cret", "reader": "s3cret", "stranger": "x"}.items()}
GONE = Came("gone")
# A page of the journal is read after so many requests or bytes, long before the journal may have let them go.
MOST, MOST_BYTES = 20, 20_000


class Life:
    """What is known of a world, and its ledger. `client` has the connections and the control interface."""

    def __init__(self, client, name, strikes=()):
        self.client, self.name, self.random = client, name, client.random
        self.below = f"worlds/{name}/"
        self.begin(strikes)

    def begin(self, strikes=()):
        """Everything is as the scenario says, or as the world that it was copied from, with the strikes of its rules."""
        self.strikes_before = Counter(strikes)
        self.ledger = Ledger()
        self.token, self.stores, self.job_types, self.is_cleared = None, [], [], False

    def control(self, method, page, body=None, status=200):
        """The world's own page of the control interface."""
        return self.client.control(method, self.below + page, body, status)

    # MARK: Requests

    def message(self, operation, path, body=None, login="ops", want=None, kind="application/json", prefix=BASE):
        """The head of a request, its body, and its number."""
        number = self.client.next_number()
        by_header = self.random.random() < 0.5
        target = ("" if by_header else "/w/" + self.name) + prefix + path
        fields = [f"{operation.split(' ')[0]} {target} HTTP/1.1", "Host: localhost", "X-Correlation-Id: " + number, "Content-Type: " + kind,
                  "x-keyfactor-requested-with: APIClient"]
        if login:
            fields.append("Authorization: " + (f"Bearer {self.token}" if self.token and login == "ops" else LOGINS[login]))
        if by_header:
            fields.append("X-Mock-World: " + self.name)
        if want:
            fields.append("Prefer: " + want)
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        if body is not None:
            fields.append(f"Content-Length: {len(content)}")
        return number, ("\r\n".join(fields) + "\r\n\r\n").encode(), content

    def ask(self, operation, path, body=None, expect=200, counted=None, patience=PATIENCE, pieces=None, **more):
        """One request and what came of it. `counted` is the operation that the journal names, if it is another."""
        number, head, content = self.message(operation, path, body, **more)
        line = self.client.line()
        began = time.perf_counter()
        if pieces:
            self.client.dribble(line, head + content, pieces)
        else:
            line.send(head + content)
        came = line.receive(operation.split(" ")[0], patience)
        if came.kind == "silence":
            self.expect_in_journal(number)
        self.note(number, head, operation, expect, came, time.perf_counter() - began, counted, len(content))
        return came

    def note(self, number, head, operation, expect, came, seconds=0, counted=None, size=0):
        """Puts down a request that was sent whole."""
        sent = Sent(number, head.split(b"\r\n")[0].decode("latin-1"), counted or operation, expect, came, seconds)
        self.ledger.note(sent, 1500 + len(head) + size + len(came.body))
        if len(self.ledger.pending) >= MOST or self.ledger.bytes >= MOST_BYTES:
            self.settle()

    def settle(self):
        """Reads on in the journal, and judges it."""
        if self.ledger.pending:
            self.ledger.judge(self.control("GET", f"journal?since={self.ledger.read_to}&order=oldest&limit={10 * MOST}"))

    def expect_in_journal(self, number):
        """Waits until the journal has a request whose reply the client does not wait for, and no longer as pending."""
        expected = [{"requests": {"where": {"header.X-Correlation-Id": number}}, "count": "1+"}]
        verdict = self.control("POST", "await", {"timeout": f"{PATIENCE}s", "expect": expected})
        if verdict["verdict"] != "met":
            raise Wrong(f"request {number} was sent whole in the world {self.name} and is not in its journal after {PATIENCE} s: {verdict}")
        deadline = time.monotonic() + PATIENCE
        while any(each["n"] is None and each["headers"].get("X-Correlation-Id") == number for each in self.control("GET", "journal?limit=20")["exchanges"]):
            if time.monotonic() > deadline:
                raise Wrong(f"request {number} is still pending in the world {self.name} although its client left {PATIENCE} s ago")

    @contextlib.contextmanager
    def struck(self, rule):
        """Waits, after what is done inside, until a rule has struck once more than before: a request that it holds has no number in the journal yet."""
        before = self.strikes()[rule]
        yield
        deadline = time.monotonic() + PATIENCE
        while self.strikes()[rule] == before:
            if time.monotonic() > deadline:
                raise Wrong(f"the rule {rule} has not struck a request that was sent to the world {self.name}, after {PATIENCE} s")

    def strikes(self):
        """How often each of the scenario's rules has struck."""
        return Counter({rule["name"]: rule["strikes"] for rule in self.control("GET", "rules") if not rule["live"]})

    # MARK: The end

    def close(self):
        """Settles, and compares sums: what the server counted must be what this client counted."""
        self.settle()
        counts = self.ledger.counts
        if counts.total == 0:
            return
        self._compare("answers", _met(self.control("GET", "coverage")), _by_operation(counts.requests))
        own = Counter({name: count for name, count in counts.strikes.items() if not name.startswith("live-")})
        self._compare("strikes", +self.strikes(), own + self.strikes_before)
        if not self.is_cleared:
            self._verify(counts)
        self.client.counts.add(counts)

    def _compare(self, what, found, own):
        if found != own:
            apart = {key: (found.get(key), own.get(key)) for key in found.keys() | own.keys() if found.get(key) != own.get(key)}
            raise Wrong(f"the world {self.name} and its client do not agree on {what}; (the server's, the client's): {apart}")

    def _verify(self, counts):
        """The judge must find as many requests of each operation as were made; what the journal dropped leaves it in doubt."""
        by_operation = Counter()
        for (operation, _), count in counts.requests.items():
            if operation != "none":
                by_operation[operation] += count
        expected = [{"requests": {"operation": name}, "count": count} for name, count in by_operation.items()]
        verdict = self.control("POST", "verify", {"expect": expected})
        is_whole = self.control("GET", "journal?limit=1")["evicted"] == 0
        if verdict["verdict"] not in (("met",) if is_whole else ("met", "indeterminate")):
            wrong = [(each["expected"], each["found"]) for each in verdict["results"] if each["verdict"] == "failed"]
            raise Wrong(f"verify does not agree with the client in the world {self.name}: {wrong or verdict}")
        self.client.counts.other["verdicts " + verdict["verdict"]] += 1


def _met(coverage):
    """The coverage's counts, with all that met no operation as one."""
    met = coverage["operations"]["met"]
    found = {(name, 0 if status == "nothing" else int(status)): count for name, each in met.items() for status, count in each.items()}
    return found | ({("none", None): coverage["unmatched"]} if coverage["unmatched"] else {})


def _by_operation(requests):
    counts = Counter()
    for (operation, status), count in requests.items():
        counts[operation, None if operation == "none" else status] += count
    return dict(counts)
