"""Requests to a resource type without an engine, with what it logs kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from simpul.provider.kind import Request, Values


@dataclass
class Lines:
    """A log that keeps its lines."""

    shown: list[str] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)

    def progress(self, text: str) -> None:
        self.shown.append(text)

    def alert(self, text: str) -> None:
        self.alerts.append(text)


def request(*, inputs: Values, log: Lines | None = None, **more: Any) -> Request:
    """Make a request as the server would."""
    urn = "urn:pulumi:trial::trial::a:b:C::it"
    return Request(urn=urn, log=log or Lines(), inputs=inputs, **more)
