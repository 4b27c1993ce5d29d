"""An entry of the journal, and verdicts about them, as tests read them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any


class Exchange:
    """A request with its reply, from the journal. docs/CONTROL.md describes the members."""

    n: int | None
    at: str
    wall: str
    caller: str
    method: str
    methodAsSent: str | None = None
    path: str
    query: str | None
    headers: dict[str, str]
    body: str | None
    bodyLength: int | None = None
    operation: str | None
    rule: str | None
    failure: str | None
    effect: str
    status: int | None
    replyHeaders: dict[str, str]
    replyBody: str | None
    replyBodyLength: int | None = None
    delivery: str
    bytesIn: int
    bytesOut: int
    why: str | None = None

    def __init__(self, entry: Mapping[str, Any]) -> None:
        self.__dict__.update(entry)

    def header(self, name: str) -> str | None:
        """A header field of the request, None if it was not sent. Of credentials only the scheme is shown."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)

    @property
    def json(self) -> Any:
        """The request's body, parsed as JSON."""
        if self.body is None:
            raise ValueError(f"{self} has no body")
        return json.loads(self.body)

    def __repr__(self) -> str:
        return f"{self.n} {self.method} {self.path} -> {self.status or self.delivery}" + (f" (rule {self.rule})" if self.rule else "")


def shortcoming(result: Mapping[str, Any]) -> Iterator[str]:
    """Describes why an expectation is not met, and the nearest exchanges."""
    yield f"{result['verdict']}: expected {json.dumps(result['expected'])}, found {result['found']}"
    if result.get("neverStruck"):
        yield f"  never struck: {', '.join(result['neverStruck'])}"
    for near in result["nearest"]:
        kind = "counted" if all(each["met"] for each in near["criteria"]) else "nearest"
        yield f"  {kind}: {near['n']} {near['method']} {near['path']} -> {near['status']}"
        unmet = [each for each in near["criteria"] if not each["met"]]
        yield from (f"    {each['criterion']}: wanted {each['wanted']}, found {each['found']}" for each in unmet)
