"""Fake machines, and stacks that the real engine works on."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from provider.engine import Engine
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
def engine(tmp_path: Path) -> Engine:
    """Make a project of its own, with an empty stack."""
    missing = [program for program in ("pulumi", "ssh", "helm") if shutil.which(program) is None]
    assert not missing, f"not on PATH: {', '.join(missing)}; make test puts the pinned ones there"
    return Engine(tmp_path / "project")
