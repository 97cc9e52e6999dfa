"""A run of Ansible leaves nothing outside of its private folder, which is gone afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from provider.fakehost import Machine
from simpul.provider import run, scratch, ssh


def test_a_run_leaves_nothing_where_it_was_started(
    start: Callable[[str], Machine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = start("machine")
    here, temp = tmp_path / "here", tmp_path / "temp"
    here.mkdir()
    temp.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setattr("tempfile.tempdir", str(temp))
    monkeypatch.setattr(scratch, "base", lambda: temp)
    connection = ssh.Connection("machine", "127.0.0.1", machine.port, "simpul", machine.host_key)
    outcome = run.run("site.yml", [run.Machine(connection, "server", 120, {"root": str(machine.root)})], stop=Event())[
        "machine"
    ]
    assert outcome.kubeconfig == "none", outcome.fault
    assert not list(here.iterdir())
    assert not list(temp.iterdir())


NAMES = ("server", "agent", "true", "12")
"""What a host may be called that means something in an inventory, or that YAML reads as no text."""


def test_a_host_may_be_called_as_a_group_or_as_what_yaml_reads_otherwise(start: Callable[[str], Machine]) -> None:
    """A host called `server` made its group, and with it all others, part of no play."""
    machine = start("machine")
    machines = []
    for index, name in enumerate(NAMES):
        root = machine.root / name
        root.mkdir()
        connection = ssh.Connection(name, "127.0.0.1", machine.port, "simpul", machine.host_key)
        machines.append(run.Machine(connection, ("agent", "server")[index % 2], 120, {"root": str(root)}))
    outcomes = run.run("site.yml", machines, stop=Event())
    assert [(name, outcome.fault) for name, outcome in outcomes.items() if not outcome.finished] == []
    assert {name for name, outcome in outcomes.items() if outcome.kubeconfig} == set(NAMES[1::2])
