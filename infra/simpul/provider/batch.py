"""Gathering what is asked for at about the same moment, so that it is done in one go.

The engine asks for each host by itself, each from a thread of its own. `submit` hands in one and waits for its
result; the work is done once for all that came until nothing more came for a little while.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Final, Generic, Protocol, TypeVar

QUIET_SECONDS: Final = 0.3
LONGEST_SECONDS: Final = 3.0


class Named(Protocol):
    """Something that has a name; two of the same name never share a batch."""

    @property
    def name(self) -> str: ...


J = TypeVar("J", bound=Named)
R = TypeVar("R")


class Batch(Generic[J, R]):
    """A meeting place of jobs."""

    def __init__(self, work: Callable[[Sequence[J]], Mapping[str, R]], *, quiet: float = QUIET_SECONDS) -> None:
        """Do jobs by `work`, which returns a result by name, once `quiet` seconds passed without another job."""
        self._work = work
        self._quiet = quiet
        self._lock = threading.Lock()
        self._waiting: list[tuple[J, Future[R]]] = []
        self._last = 0.0

    def submit(self, job: J) -> R:
        """Do `job` together with whatever else comes now; return its result, or raise what the work raised."""
        future: Future[R] = Future()
        with self._lock:
            first = not self._waiting
            self._waiting.append((job, future))
            self._last = time.monotonic()
        if first:
            threading.Thread(target=self._gather, daemon=True).start()
        return future.result()

    def _gather(self) -> None:
        start = time.monotonic()
        while True:
            with self._lock:
                rest = min(self._last + self._quiet, start + LONGEST_SECONDS) - time.monotonic()
            if rest <= 0:
                break
            time.sleep(rest)
        with self._lock:
            taken, self._waiting = self._split()
            again = bool(self._waiting)
        if again:
            threading.Thread(target=self._gather, daemon=True).start()
        self._do(taken)

    def _split(self) -> tuple[dict[str, tuple[J, Future[R]]], list[tuple[J, Future[R]]]]:
        taken: dict[str, tuple[J, Future[R]]] = {}
        left = []
        for job, future in self._waiting:
            if job.name in taken:
                left.append((job, future))
            else:
                taken[job.name] = (job, future)
        return taken, left

    def _do(self, taken: Mapping[str, tuple[J, Future[R]]]) -> None:
        try:
            results = self._work([job for job, _ in taken.values()])
            for name, (_, future) in taken.items():
                future.set_result(results[name])
        except Exception as error:  # noqa: BLE001 it belongs to those who wait, whatever it is
            for _, future in taken.values():
                if not future.done():
                    future.set_exception(error)
