"""A rule of a world: which requests it strikes was said with `World.on`, what it does to them is said here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from keyfactor_mock.world import World


class Rule:
    """A rule for some requests. Each method adds an effect; effects apply in the order of their stages, not of the calls."""

    def __init__(self, world: World, name: str, keys: dict[str, Any]) -> None:
        self._world, self.name, self._keys = world, name, keys

    def does(self, *effects: dict[str, Any]) -> Rule:
        """Any effects as scenario files write them: `does({"limit": {"tokens": 2, "refill": "1/s"}})`; none at all strikes too."""
        self._keys["do"] = self._keys.get("do", []) + list(effects)
        self._world.change("PUT", f"rules/{self.name}?strict", self._keys)
        return self

    @property
    def has_effect(self) -> bool:
        """Whether it is on the server: each effect adds to it, and the first one sends it."""
        return "do" in self._keys

    @property
    def operation(self) -> str:
        """The operation that it strikes."""
        return str(self._keys["operation"])

    def refuse(self, failure: str | None = None, **more: Any) -> Rule:
        """Sends a named failure (`keyfactor-mock failures`), or status, code, message, body, headers, retryAfter. No work is done."""
        return self.does({"refuse": failure if failure and not more else {**({"failure": failure} if failure else {}), **more}})

    def answer(self, body: Any = None, **more: Any) -> Rule:
        """Sends a custom response, with status and headers; also for operations that the mock does not support."""
        return self.does({"answer": {**({} if body is None else {"body": body}), **more}})

    def alter(self, **what: Any) -> Rule:
        """Alters the real response: status, headers, patch (a JSON merge patch)."""
        return self.does({"alter": what})

    def delay(self, duration: str, at: str = "request") -> Rule:
        """Delays before the work, or with `at="reply"` after it; on the wall clock."""
        return self.does({"delay": duration, "at": at})

    def breaks(self, how: str, **more: Any) -> Rule:
        """Sends a reply that violates HTTP: stall, slow-headers, wrong-length, garbage, dribble, bad-chunk, …"""
        return self.does({"break": how, **more})

    def reset(self, at: str = "request") -> Rule:
        """Sends RST and no data; with `at="reply"` after the work is done."""
        return self.breaks("reset", at=at)

    def close(self, at: str = "request") -> Rule:
        """Sends FIN and no data; with `at="reply"` after the work is done."""
        return self.breaks("close", at=at)

    def truncate(self, keep: str = "50%", then: str = "close") -> Rule:
        """Does the work, but sends only a part of the body with the full Content-Length."""
        return self.breaks("truncate", keep=keep, then=then)

    def change(self, **parts: Any) -> Rule:
        """Changes the estate for the next request: `change(agents=[{"machine": "uo-1", "status": "disapproved"}])`."""
        return self.does({"change": parts})

    def remove(self) -> None:
        """Removes the rule."""
        self._world.change("DELETE", f"rules/{self.name}")
