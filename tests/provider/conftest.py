"""Fake machines, and stacks that the real engine works on."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from provider.engine import Engine, until
from provider.fakehost import Machine, machine

PLAYBOOKS = Path(__file__).parent / "playbook"


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Machine]]:
    """Start fake machines by name; all let in the same key, which the environment names as an operator's does."""
    monkeypatch.setenv("SIMPUL_PLAYBOOKS", str(PLAYBOOKS))
    with ExitStack() as machines:

        def start(name: str) -> Machine:
            made = machines.enter_context(machine(name, tmp_path))
            monkeypatch.setenv("ANSIBLE_PRIVATE_KEY_FILE", str(made.identity))
            return made

        yield start


@pytest.fixture
def closed_loops(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close the event loops that the Automation API leaves open when a run fails; they would be warned of later."""
    made: list[asyncio.AbstractEventLoop] = []
    make = asyncio.new_event_loop

    def record() -> asyncio.AbstractEventLoop:
        made.append(make())
        return made[-1]

    monkeypatch.setattr(asyncio, "new_event_loop", record)
    yield
    # A program that the engine refused may take a moment more to notice.
    until(lambda: not any(loop.is_running() for loop in made))
    for loop in made:
        loop.close()


@pytest.fixture
def engine(tmp_path: Path, closed_loops: None) -> Engine:
    """Make a project of its own, with an empty stack."""
    missing = [program for program in ("pulumi", "ssh", "helm") if shutil.which(program) is None]
    assert not missing, f"not on PATH: {', '.join(missing)}; make test puts the pinned ones there"
    return Engine(tmp_path / "project")
