"""Steps of a long work, told as events; the command line decides how they look.

In: a title and a function that takes events. Out: events when a step begins, goes on and ends.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Event:
    """Something to tell of a step. `seconds` have passed since it began."""

    step: str
    kind: Literal["begun", "going", "done", "failed"]
    text: str
    seconds: float


Report = Callable[[Event], None]


@contextmanager
def step(report: Report, title: str) -> Iterator[Progress]:
    """Tell of the step `title` around a block, which gets a function to tell its progress with."""
    start = time.monotonic()

    def tell(kind: Literal["begun", "going", "done", "failed"], text: str = "") -> None:
        report(Event(title, kind, text, time.monotonic() - start))

    tell("begun")
    try:
        yield lambda text: tell("going", text)
    except BaseException:
        tell("failed")
        raise
    tell("done")
