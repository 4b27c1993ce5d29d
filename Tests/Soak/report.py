"""What a run tells people."""

from collections import Counter

import judge
from faults import FAULTS
from ledger import Counts, quantile

# Memory is judged from this minute of a long run on; of a short one from this share of the judged life on.
FROM_MINUTE, FROM_SHARE = 5, 0.4
# How far medians of RSS may be apart. In a short run what is bounded has only just been reached.
BOUND, SHORT_BOUND = 0.05, 0.10
SHORT = 15


class Life:
    """One life of the server."""

    def __init__(self, server):
        self.ready, self.at_start, self.samples = server.seconds_to_ready, server.at_start, []
        self.counts, self.at_end = Counts(), None
        self.held = None


class Story:
    """All lives, and the end."""

    def __init__(self):
        self.lives, self.stopped_after, self.memory = [], None, None

    def life(self, server):
        self.lives.append(Life(server))
        return self.lives[-1]

    def judge_memory(self, life, minutes, before):
        """Judges the life's RSS after its warm-up. `before` is how many seconds of the run came before it."""
        length = life.samples[-1][0]
        is_long = minutes >= SHORT
        warm_up = FROM_MINUTE * 60 - before if is_long else FROM_SHARE * length
        bound = BOUND if is_long else SHORT_BOUND
        self.memory = (warm_up, bound, *judge.steady(life.samples, warm_up, bound))

    def __str__(self):
        lines = []
        whole = Counts()
        for number, life in enumerate(self.lives, 1):
            whole.add(life.counts)
            seconds = life.samples[-1][0] if life.samples else 0
            found = f"Life {number}: ready after {life.ready:.2f} s, {seconds:.0f} s, {life.counts.total} requests"
            if life.at_end:
                found += (f"; RSS {judge.mib(life.at_start.rss)} MiB at the start, {judge.mib(life.at_end.rss)} at the end; descriptors "
                         f"{life.at_start.descriptors}, {life.at_end.descriptors} at the end; threads {life.at_start.threads}, "
                         f"{life.at_end.threads} at the end")
            if life.held:
                found += f"; {life.held[0]} worlds and {judge.mib(life.held[1])} MiB of journals in the end"
            lines.append(found)
        kills = sum(life.at_end is not None for life in self.lives[:-1])
        lines.append(f"kill -9: {kills}; each time the same CA, the same ports, and nothing remembered")
        if self.memory:
            warm_up, bound, spread, medians = self.memory
            lines.append(f"RSS after the warm-up of {warm_up:.0f} s: {spread:.1%} apart (bound {bound:.0%}); medians of tenths, MiB: "
                         + " ".join(map(judge.mib, medians)))
        if self.stopped_after is not None:
            lines.append(f"SIGTERM: exit code 0 after {self.stopped_after:.2f} s")
        seconds = sum(life.samples[-1][0] for life in self.lives if life.samples)
        struck = sum(whole.strikes.values())
        lines.append(f"Requests: {whole.total} of Command's, {whole.total / seconds:.0f}/s, {struck} struck by a rule; "
                     f"{whole.other['requests to the control interface']} to the control interface")
        if whole.times:
            half, most = (quantile(whole.times, share) * 1e3 for share in (0.5, 0.99))
            lines.append(f"Replies that no rule struck: p50 {half:.2f} ms, p99 {most:.2f} ms")
        if idle := sorted(FAULTS.keys() - whole.strikes.keys() - {"live"}):
            lines.append("Rules that struck nobody: " + ", ".join(idle))
        by_operation = Counter()
        for (operation, _), count in whole.requests.items():
            by_operation[operation] += count
        sums = {"By operation": by_operation, "By delivery": whole.deliveries, "By rule": whole.strikes, "Other": whole.other}
        for title, counts in sums.items():
            lines.append(title + ": " + ", ".join(f"{name} {count}" for name, count in sorted(counts.items())))
        return "\n".join(lines)
