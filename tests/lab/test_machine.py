"""A machine's record: it names the process that was started, and never another one."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from simpul.errors import OutsideError
from simpul.lab import machine
from simpul.lab.machine import Machine
from simpul.process import read_beginning


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "600"]) as started:
        yield started
        started.kill()


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(machine, "MACHINES", tmp_path)
    return tmp_path


def record(pid: int, began: str | None = None) -> Machine:
    began = began if began is not None else read_beginning(pid) or ""
    return Machine("bpn-1", "127.0.0.1", "simpul", "ssh-ed25519 AAAA", pid, began)


def write(machines: Path, found: Machine) -> None:
    (machines / found.name).mkdir()
    (machines / found.name / machine.RECORD).write_text(json.dumps(asdict(found)))
    (machines / found.name / "console.log").write_text("Welcome\nno disk left\n")


def test_a_machine_runs_as_long_as_its_process(process: subprocess.Popen[bytes]) -> None:
    found = record(process.pid)
    assert found.running
    process.kill()
    process.wait()
    assert not found.running


def test_a_process_that_has_ended_but_was_not_waited_for_runs_no_more(process: subprocess.Popen[bytes]) -> None:
    found = record(process.pid)
    process.kill()
    assert_ends(found)


def assert_ends(found: Machine) -> None:
    machine._wait_end(found, seconds=10)
    assert not found.running


def test_another_process_with_the_same_id_is_not_the_machine(process: subprocess.Popen[bytes]) -> None:
    assert not record(process.pid, began="1").running


def test_records_are_read_back(machines: Path, process: subprocess.Popen[bytes]) -> None:
    found = record(process.pid)
    write(machines, found)
    assert machine.find("bpn-1") == found
    assert machine.list_all() == [found]
    assert machine.find("bpn-2") is None


def test_what_runs_in_a_machine_needs_a_running_one(machines: Path) -> None:
    with pytest.raises(OutsideError, match="machine bpn-1: isn't running"):
        machine.run("bpn-1", ["true"])


@pytest.mark.parametrize(("greeting", "answers"), [(b"SSH-2.0-OpenSSH\r\n", True), (b"220 mail\r\n", False)])
def test_ssh_answers_when_its_greeting_comes(
    monkeypatch: pytest.MonkeyPatch, greeting: bytes, *, answers: bool
) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(greeting)
        monkeypatch.setattr(socket, "create_connection", lambda _address, timeout: ours)
        assert machine._answers_ssh("10.213.1.11") is answers


def test_a_machine_that_ended_is_told_with_its_consoles_last_words(
    machines: Path, process: subprocess.Popen[bytes]
) -> None:
    ended = replace(record(process.pid), began="1")
    write(machines, ended)
    with pytest.raises(OutsideError, match="no disk left"):
        machine.wait_ssh(ended)
