"""The engine on the lab's stack: its configuration, its locks, and how it fails. The program itself is a stand-in."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from simpul.errors import OutsideError, UsageError
from simpul.lab import engine

DECLARED = {"name": "Balikpapan", "sites": [{"code": "64.71.01", "number": 1}]}
PULUMI = """#!/bin/sh
echo "$*" >> {folder}/asked
test -f {folder}/refusal || exit 0
cat {folder}/refusal
exit 255
"""


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a state and a clone of the test's own, and a pulumi that writes down what it is asked."""
    folder = tmp_path / "state"
    folder.mkdir()
    clone = tmp_path / "clone"
    clone.mkdir()
    program = tmp_path / "programs" / "pulumi"
    program.parent.mkdir()
    program.write_text(PULUMI.format(folder=tmp_path))
    program.chmod(0o755)
    for name, value in {
        "STATE": folder,
        "ROOT": clone,
        "BACKEND": folder / "pulumi",
        "PASSPHRASE": folder / "passphrase",
        "KEPT": folder / "Pulumi.lab.yaml",
        "CONFIG": clone / "Pulumi.lab.yaml",
    }.items():
        monkeypatch.setattr(engine, name, value)
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    monkeypatch.setenv("PATH", path)
    monkeypatch.setattr(engine, "variables", lambda: {"PATH": path})
    return folder


def asked(state: Path) -> list[str]:
    file = state.parent / "asked"
    return file.read_text().splitlines() if file.exists() else []


@contextmanager
def process(tmp_path: Path, name: str) -> Iterator[int]:
    """Run a process that has the name `name`; give its id."""
    program = tmp_path / name
    shutil.copy("/bin/sleep", program)
    with subprocess.Popen([str(program), "300"]) as running:
        try:
            yield running.pid
        finally:
            running.kill()


def lock(state: Path, name: str, pid: int) -> Path:
    file = state / "pulumi" / ".pulumi" / "locks" / "organization" / "simpul" / "lab" / f"{name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"pid": pid, "username": "root", "hostname": "here", "timestamp": "2026-01-01"}))
    return file


def test_the_stack_gets_the_declaration_and_keeps_what_pulumi_wrote(state: Path) -> None:
    kept = state / "Pulumi.lab.yaml"
    kept.write_text("encryptionsalt: v1:salt\nconfig: {old: true}\n")
    engine.prepare(DECLARED, "ap-southeast-5")
    assert yaml.safe_load(kept.read_text()) == {
        "encryptionsalt": "v1:salt",
        "config": {"alicloud:region": "ap-southeast-5", "simpul:city": DECLARED},
    }
    assert engine.CONFIG.readlink() == kept
    assert asked(state) == ["stack select --create lab --non-interactive"]
    assert engine.rehearsed() == DECLARED


def test_the_passphrase_is_made_once_and_root_s_alone(state: Path) -> None:
    engine.prepare(DECLARED, "ap-southeast-5")
    passphrase = state / "passphrase"
    first = passphrase.read_text()
    engine.prepare(DECLARED, "ap-southeast-5")
    assert passphrase.read_text() == first
    assert len(first) >= 32
    assert [stat.S_IMODE(file.stat().st_mode) for file in (passphrase, engine.KEPT)] == [0o600, 0o600]


def test_a_stack_of_the_user_s_own_with_that_name_is_left_alone() -> None:
    engine.CONFIG.write_text("mine")
    with pytest.raises(UsageError, match="is in the way"):
        engine.prepare(DECLARED, "ap-southeast-5")
    assert engine.CONFIG.read_text() == "mine"


def test_only_the_lock_of_a_dead_run_is_taken_back(state: Path, tmp_path: Path) -> None:
    told: list[str] = []
    with process(tmp_path, "other") as other, process(tmp_path, "gone") as gone:
        pass
    with process(tmp_path, "pulumi") as living, process(tmp_path, "other") as other:
        ours, dead, reused = lock(state, "a", living), lock(state, "b", gone), lock(state, "c", other)
        engine.recover(told.append)
    assert ours.exists()
    assert not dead.exists()
    assert not reused.exists(), "its process id is another program's by now"
    assert told == ["a run was cut off: taking back its lock"] * 2


def test_without_a_lock_there_is_nothing_to_take_back(state: Path) -> None:
    engine.recover(pytest.fail)
    with_folder = state / "pulumi" / ".pulumi" / "locks"
    with_folder.mkdir(parents=True)
    engine.recover(pytest.fail)
    assert asked(state) == []


def test_what_the_engine_says_when_it_fails_is_told(state: Path) -> None:
    (state.parent / "refusal").write_text("error: the passphrase is wrong\n")
    with pytest.raises(OutsideError, match=r"pulumi stack: failed \(got error: the passphrase is wrong\)"):
        engine.run("stack", "select")


def test_each_line_of_a_run_is_told_and_a_failed_one_is_an_error(state: Path) -> None:
    (state.parent / "refusal").write_text(" +  simpul-6471 creating\n\nerror: no quota\n")
    told: list[str] = []
    with pytest.raises(OutsideError, match="exit code 255"):
        engine.up(told.append)
    assert told == [" +  simpul-6471 creating", "error: no quota"]
    assert asked(state)[-1].startswith("up --yes --skip-preview")


@pytest.mark.parametrize("terminal", [False, True])
def test_an_engine_that_crashes_is_one_that_was_cut_off_and_is_run_again(
    state: Path, capfd: pytest.CaptureFixture[str], *, terminal: bool
) -> None:
    program = state.parent / "programs" / "pulumi"
    once = state.parent / "once"
    program.write_text(
        f"#!/bin/sh\ntest -e {once} && exec echo done\ntouch {once}\n"
        "echo 'panic: oh' >&2\necho 'goroutine 1 [running]:' >&2\nexit 2\n"
    )
    told: list[str] = []
    engine.up(told.append, terminal=terminal)
    seen = capfd.readouterr().out.splitlines()
    assert told + seen == ["panic: oh", "goroutine 1 [running]:", "done"]
    assert seen == (["done"] if terminal else []), "what Pulumi draws stays on the terminal"
