"""Jobs that come at about the same moment are done in one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock

import pytest

from simpul.provider.batch import Batch


@dataclass(frozen=True)
class Job:
    name: str


class Worker:
    """Does jobs and remembers which it was given together."""

    def __init__(self) -> None:
        self.rounds: list[list[str]] = []
        self._lock = Lock()

    def work(self, jobs: Sequence[Job]) -> Mapping[str, str]:
        with self._lock:
            self.rounds.append(sorted(job.name for job in jobs))
        return {job.name: job.name.upper() for job in jobs}


def submit(batch: Batch[Job, str], *names: str) -> list[str]:
    with ThreadPoolExecutor(len(names)) as pool:
        return list(pool.map(lambda name: batch.submit(Job(name)), names))


def test_each_gets_its_own_result_of_one_round() -> None:
    worker = Worker()
    assert submit(Batch(worker.work, quiet=0.1), "a", "b", "c") == ["A", "B", "C"]
    assert worker.rounds == [["a", "b", "c"]]


def test_the_same_name_waits_for_another_round() -> None:
    worker = Worker()
    assert submit(Batch(worker.work, quiet=0.1), "a", "a", "b") == ["A", "A", "B"]
    assert sorted(worker.rounds) == [["a"], ["a", "b"]]


def test_what_the_work_raises_everyone_hears() -> None:
    def work(jobs: Sequence[Job]) -> Mapping[str, str]:
        raise LookupError(jobs[0].name)

    with pytest.raises(LookupError):
        submit(Batch(work, quiet=0.1), "a", "b")
