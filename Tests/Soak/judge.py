"""Whether a life of the server was as it should be: its memory, its descriptors and threads, its sums."""

import re
import statistics
import time
from collections import Counter

from faults import CONNECTION_FAULTS
from ledger import Wrong

# Descriptors of connections that a client has ended are gone at once on an idle machine; on a busy one well before --idle-timeout, which
# may not be what closes them.
SETTLING = 10
_SAMPLE = re.compile(r'^keyfactor_mock_(\w+?)(?:\{(.*)\})? (\S+)$', re.M)


def metrics(server):
    """{name: {labels: value}}."""
    found = {}
    for name, labels, value in _SAMPLE.findall(server.mock.ask("GET", "/_mock/metrics").body.decode()):
        found.setdefault(name, {})[tuple(re.findall(r'="([^"]*)"', labels))] = float(value)
    return found


def remembers_nothing(server):
    """A server that was killed has kept its CA alone."""
    worlds = server.mock.ask("GET", "/_mock/worlds").json
    counted = metrics(server)
    new = [{"name": "default", "requests": 0, "jobs": 0, "generation": 0}]
    if worlds != new or "requests_total" in counted or "strikes_total" in counted:
        raise Wrong(f"a new server should know nothing of the one before; it has the worlds {worlds} and counted {counted}")


def sums(server, counts):
    """What the server counted in all worlds must be what all clients counted. Answers what its worlds and journals hold."""
    found = metrics(server)
    _compare("requests_total", {(name, int(status)): n for (name, status), n in found.get("requests_total", {}).items()}, counts.requests)
    _compare("strikes_total", {name: n for (name,), n in found.get("strikes_total", {}).items()}, counts.strikes)
    timed = counts.total - counts.deliveries["left"] + counts.other["held across a reset"]
    _compare("answer_seconds_count", {"all": found["answer_seconds_count"][()]}, {"all": timed})
    worlds = len(server.mock.ask("GET", "/_mock/worlds").json)
    _compare("worlds", {"all": found["worlds"][()]}, {"all": worlds})
    rules = {rule["name"]: rule for rule in server.mock.ask("GET", "/_mock/rules").json}
    own = {name: counts.other[name] for name in sorted(set(CONNECTION_FAULTS.values()))} | {"broken": counts.other["connections broken"]}
    counted = {name: rules[name]["strikes"] for name in own if name in rules}
    counted["broken"] = rules["connection-reset"]["strikes"] + rules["connection-close"]["strikes"]
    _compare("strikes of connections", counted, own)
    return worlds, found["journal_bytes"][()]


def _compare(what, found, own):
    found, own = +Counter(found), +Counter(own)
    if found != own:
        apart = {key: (found[key], own[key]) for key in found.keys() | own.keys() if found[key] != own[key]}
        raise Wrong(f"{what}: the server and its clients do not agree; (the server's, the clients'): {apart}")


def idle(server):
    """No connection is open: the descriptors must be those of the start. Answers the facts."""
    deadline = time.monotonic() + SETTLING
    while (now := server.facts()).descriptors != server.at_start.descriptors:
        if time.monotonic() > deadline:
            open_now = [each.readlink() for each in (server.folder / "fd").iterdir()]
            raise Wrong(f"{now.descriptors} descriptors are open {SETTLING} s after the last client left, {server.at_start.descriptors} "
                        f"at the start: {', '.join(map(str, open_now))}")
        time.sleep(0.05)
    return now


def steady(samples, warm_up, bound):
    """Memory and threads after the warm-up. `samples` are (seconds, facts). Answers the growth of RSS, as a share, and its parts.

    Single samples move with what clients do at that moment; so ten medians are compared, each of a tenth of the time.
    """
    after = [facts for seconds, facts in samples if seconds >= warm_up]
    if len(after) < 50:
        raise Wrong(f"{len(after)} samples after the warm-up are too few to judge memory; the run must be longer")
    tenths = [after[len(after) * n // 10:len(after) * (n + 1) // 10] for n in range(10)]
    medians = [statistics.median(each.rss for each in tenth) for tenth in tenths]
    spread = max(medians) / min(medians) - 1
    if spread > bound:
        raise Wrong(f"RSS is not flat: medians of tenths after the warm-up are {', '.join(map(mib, medians))} MiB, {spread:.1%} apart; "
                    f"allowed are {bound:.0%}")
    most = max(facts.threads for seconds, facts in samples if seconds < warm_up)
    if (threads := max(each.threads for each in after)) > most:
        raise Wrong(f"{threads} threads after the warm-up, and at most {most} in it")
    return spread, medians


def mib(count):
    return f"{count / 2**20:.1f}"
