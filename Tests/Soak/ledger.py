"""What one client sent to one world and what came of it, held against the journal, entry by entry and in sum."""

import math
from collections import Counter
from dataclasses import dataclass, field

from faults import FAULTS, TRUE
from wire import Came


class Wrong(Exception):
    """The server did what it should not have; the text is for people."""


@dataclass
class Sent:
    """A request that was sent whole, what it should be answered where no rule strikes it, and what came."""

    number: str
    line: str
    operation: str
    expected: int
    came: Came
    seconds: float = 0

    def __str__(self):
        return (f"    request {self.number}: {self.line}\n    expected: {self.expected}, or what the rule that struck it does\n"
                f"    came: {self.came}")


@dataclass
class Counts:
    """Sums that can be added: over a world's life, and over a server's."""

    requests: Counter = field(default_factory=Counter)
    strikes: Counter = field(default_factory=Counter)
    deliveries: Counter = field(default_factory=Counter)
    # Times of replies that no rule struck, by the logarithm of the microseconds: buckets of 5 %.
    times: Counter = field(default_factory=Counter)
    other: Counter = field(default_factory=Counter)

    def add(self, more):
        for mine, theirs in zip(vars(self).values(), vars(more).values()):
            mine.update(theirs)

    @property
    def total(self):
        return sum(self.requests.values())


def quantile(times, share):
    """Seconds below which this share of the times lies, to 5 %."""
    left = sum(times.values()) * share
    for bucket in sorted(times):
        left -= times[bucket]
        if left <= 0:
            return math.exp((bucket + 0.5) / 20) / 1e6
    return math.nan


class Ledger:
    """One world's, from its beginning or its last reset to the next."""

    def __init__(self):
        self.counts = Counts()
        self.pending = {}
        self.cut_off = set()
        self.read_to = 0
        self.bytes = 0

    def note(self, sent, size):
        """A request that the server got whole: the journal must have it."""
        self.pending[sent.number] = sent
        self.bytes += size

    def judge(self, page):
        """Strikes off what a page of the journal tells, and fails where the two do not agree."""
        if page["evicted"] > self.read_to:
            raise Wrong(f"the journal dropped {page['evicted']} exchanges, {self.read_to} of them read; raise --journal-bytes in plan.py")
        for entry in page["exchanges"]:
            if entry["n"] is None:
                # A rule still holds it back; it comes again when its work is done.
                continue
            self.read_to = entry["n"]
            number = entry["headers"].get("X-Correlation-Id")
            sent = self.pending.pop(number, None)
            if sent is None:
                how = "that was never sent whole" if number in self.cut_off else "that this client did not send, or that came before"
                raise Wrong(f"the journal has an exchange {how}: {entry}")
            self._judge(sent, entry)
        if self.pending:
            raise Wrong("the journal lacks what was sent:\n" + "\n".join(str(each) for each in self.pending.values()))
        self.bytes = 0

    def _judge(self, sent, entry):
        rule, came = entry["rule"], sent.came
        found = (entry["operation"] or "none", entry["status"] or 0, entry["delivery"])
        delivery, status, seen = _meant(entry, sent.expected, came)
        problem = None
        if found != (sent.operation, status, delivery):
            problem = f"the journal should have {(sent.operation, status, delivery)} and has {found}"
        elif came.kind not in seen:
            problem = f"the client should see one of {seen}"
        elif came.kind in ("whole", "cut") and came.status != status:
            problem = f"the client should see status {status}"
        if problem:
            raise Wrong(f"{problem}; struck by {rule or 'no rule'}\n{sent}\n    journal: {entry}")
        self.counts.requests[sent.operation, status] += 1
        self.counts.deliveries[delivery] += 1
        if rule:
            self.counts.strikes[rule] += 1
        elif came.kind == "whole":
            self.counts.times[int(math.log(max(sent.seconds, 1e-6) * 1e6) * 20)] += 1


def _meant(entry, expected, came):
    """Delivery, status and what may be seen of a request that a rule strikes, or none."""
    rule = entry["rule"]
    if rule is None:
        return "whole", expected, ("whole", "gone")
    fault = FAULTS["live" if rule.startswith("live-") else rule]
    if rule == "slow-before" and came.kind == "gone" and entry["delivery"] == "left":
        return "left", 0, ("gone",)
    status = expected if fault.status == TRUE else fault.status
    # Where HTTP has no body, a broken one comes down to the end of the connection.
    return fault.delivery, status, fault.seen + ("gone",) + (("whole",) if status == 204 and fault.delivery == "broken" else ())
