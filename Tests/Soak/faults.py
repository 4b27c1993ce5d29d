"""What each rule of soak.yaml does, as a client and the journal tell it.

`TRUE` stands for the status that the request would have without the rule.
"""

from typing import NamedTuple

TRUE = -1


class Fault(NamedTuple):
    """What a rule does: the journal's delivery and status (0 for none), and the kinds of thing that a client may see."""

    delivery: str
    status: int
    seen: tuple


def _whole(status=TRUE):
    return Fault("whole", status, ("whole",))


def _broken(*seen):
    return Fault("broken", TRUE, seen)


_NOTHING = {"reset": Fault("reset", 0, ("reset",)), "close": Fault("closed", 0, ("closed",)), "stall": Fault("never", 0, ("silence",))}

FAULTS = {
    "want-hold": Fault("left", 0, ("gone",)),
    "want-pause": _whole(),
    "want-stall-request": _NOTHING["stall"], "want-stall-reply": _NOTHING["stall"],
    "want-stall-headers": _broken("silence"), "want-stall-body": _broken("silence"),
    "want-long-dribble": Fault("whole", TRUE, ("gone",)),
    "outage": _whole(503), "falls-ill": _whole(), "is-ill": _whole(502), "recovers": _whole(),
    "quota": _whole(429), "every-ninth": _whole(403), "changes": _whole(),
    "reset-request": _NOTHING["reset"], "reset-reply": _NOTHING["reset"],
    "close-request": _NOTHING["close"], "close-reply": _NOTHING["close"],
    "truncated": _broken("cut"), "truncated-reset": _broken("cut", "reset"), "dribbled": Fault("whole", TRUE, ("whole",)),
    "slow-headers": Fault("whole", TRUE, ("whole",)), "too-short": _broken("cut"), "garbage": _broken("garbage"), "bad-chunk": _broken("cut"),
    "half-json": _whole(200), "down": _whole(503), "own-refusal": _whole(418), "answered": _whole(203), "altered": _whole(504),
    "patched": _whole(), "slow-before": _whole(), "slow-after": _whole(), "token-refused": _whole(401),
    "live": _whole(503),
}

# Rules of connections: which error a client meets, by a part of its text.
CONNECTION_FAULTS = {
    "certificate has expired": "tls-expired", "Hostname mismatch": "tls-wrong-name", "unable to get local issuer": "tls-untrusted",
    "self-signed certificate": "tls-untrusted", "self signed certificate": "tls-untrusted",
    "PROTOCOL_VERSION": "tls-old-protocol", "EOF": "tls-cut", "timed out": "tls-stall",
}
