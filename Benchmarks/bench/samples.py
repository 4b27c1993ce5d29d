"""The measured values, before they become tables."""

from statistics import median


class Samples:
    """The values of each contestant, round by round."""

    def __init__(self):
        self.seen = {}

    def add(self, key, value):
        self.seen.setdefault(key, []).append(value)

    def median(self, key, of=lambda value: value):
        return median(of(value) for value in self.seen[key])

    def ratio(self, key, to, of=lambda value: value):
        """The median of the ratios of each round, which removes the effect of a slow round."""
        return median(of(a) / of(b) for a, b in zip(self.seen[key], self.seen[to], strict=True))

    def steps(self, key, to):
        return [a.per_second / b.per_second for a, b in zip(self.seen[key], self.seen[to], strict=True)]

    def spread(self, key, to, of):
        ratios = [of(a) / of(b) for a, b in zip(self.seen[key], self.seen[to], strict=True)]
        return f"{min(ratios):.2f}–{max(ratios):.2f}"
