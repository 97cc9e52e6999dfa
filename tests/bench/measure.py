"""Several runs of one piece of work, and how they look in a table.

In: a function. Out: a Row with the seconds of each run. The first run counts as much as the others, except where the
case itself warms up.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Row:
    """What was measured: `what` was done `by` whom, and the seconds of each run."""

    what: str
    by: str
    seconds: tuple[float, ...]


def measure(what: str, by: str, work: Callable[[], object], runs: int) -> Row:
    """Do `work` so many times."""
    seconds = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return Row(what, by, tuple(seconds))


def header() -> str:
    """Give the head of the table."""
    return "| What | By | Median | Fastest | Slowest | Runs |\n|---|---|---:|---:|---:|---:|"


def line(row: Row) -> str:
    """Give a row of the table."""
    times = " | ".join(_show(value) for value in (median(row.seconds), min(row.seconds), max(row.seconds)))
    return f"| {row.what} | {row.by} | {times} | {len(row.seconds)} |"


def _show(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"
