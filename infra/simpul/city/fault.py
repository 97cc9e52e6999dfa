"""A fault found in the declaration, before it becomes a Problem: its place is still a path of keys.

Faults of all sources enter, Problems leave, in the order in which their places stand in the declaration.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simpul.city.wording import Loc, where
from simpul.errors import Problem


@dataclass(frozen=True)
class Fault:
    """What is wrong at `loc`, what was found there, and what would do."""

    loc: Loc
    what: str
    got: str | None
    next: str


def to_problems(faults: Iterable[Fault], data: Any) -> list[Problem]:
    """Give the Problems of `faults` in the order of the declaration `data`."""
    ordered = sorted(faults, key=lambda fault: _position(fault.loc, data))
    return [Problem(where(fault.loc), fault.what, fault.got, fault.next) for fault in ordered]


def _position(loc: Loc, data: Any) -> tuple[int, ...]:
    """Give where `loc` stands in `data`, as positions from the top; what isn't there comes last."""
    position: list[int] = []
    for step in loc:
        if isinstance(data, Mapping):
            keys = list(data)
            position.append(keys.index(step) if step in keys else len(keys))
            data = data.get(step)
        elif isinstance(data, Sequence) and not isinstance(data, str) and isinstance(step, int):
            position.append(step)
            data = data[step] if step < len(data) else None
    return tuple(position)
