"""Daemons are known by their process, not by its id alone, and end when they are told to."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from simpul.errors import OutsideError
from simpul.lab import daemon
from simpul.process import read_beginning

# A daemon goes on when Python's own handle on it is gone: that is what it is for.
pytestmark = pytest.mark.filterwarnings("ignore:.*Popen.__del__:pytest.PytestUnraisableExceptionWarning")

NAME = "cloud"
LONG = ["sleep", "300"]


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(daemon, "STATE", tmp_path)
    yield tmp_path
    daemon.stop(NAME)


def record(state: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((state / NAME / "process.json").read_text())
    return found


def test_it_runs_from_start_to_stop(state: Path) -> None:
    assert not daemon.running(NAME)
    daemon.start(NAME, LONG, lambda: True)
    assert daemon.running(NAME)
    pid = record(state)["pid"]
    assert Path(f"/proc/{pid}/comm").read_text() == "sleep\n"
    assert os.getsid(int(str(pid))) == pid, "it isn't in the session of the command that started it"
    daemon.stop(NAME)
    assert not daemon.running(NAME)
    assert read_beginning(int(str(pid))) is None


def test_start_returns_when_it_is_ready_and_not_before(state: Path) -> None:
    sign = state / "sign"
    daemon.start(NAME, ["sh", "-c", f"sleep 0.3; touch {sign}; exec sleep 300"], sign.exists)
    assert sign.exists()


def test_one_that_runs_isn_t_started_again(state: Path) -> None:
    daemon.start(NAME, LONG, lambda: True)
    first = record(state)
    daemon.start(NAME, LONG, lambda: pytest.fail("it was started again"))
    assert record(state) == first


def test_another_process_with_its_id_isn_t_taken_for_it(state: Path) -> None:
    (state / NAME).mkdir()
    with subprocess.Popen(LONG) as other:
        try:
            (state / NAME / "process.json").write_text(json.dumps({"pid": other.pid, "began": "1"}))
            assert not daemon.running(NAME)
            daemon.stop(NAME)
            assert other.poll() is None
            daemon.start(NAME, LONG, lambda: True)
            assert record(state)["pid"] != other.pid
        finally:
            other.kill()


def test_one_that_doesn_t_let_itself_be_ended_is_killed(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daemon, "PATIENCE_SECONDS", 0.3)
    sign = state / "sign"
    daemon.start(NAME, ["sh", "-c", f"trap '' TERM; touch {sign}; while :; do sleep 0.05; done"], lambda: True)
    while not sign.exists():
        pass
    daemon.stop(NAME)
    assert not daemon.running(NAME)


def test_it_is_ended_by_the_signal_that_it_takes_as_gentle(state: Path) -> None:
    sign = state / "sign"
    # Not SIGINT: a shell that was started in another's background can't trap it.
    script = f"trap 'echo ended in order; exit' USR1; trap '' TERM; touch {sign}; while :; do sleep 0.05; done"
    daemon.start(NAME, ["sh", "-c", script], sign.exists, gently=signal.SIGUSR1)
    daemon.stop(NAME)
    assert (state / NAME / "log").read_text() == "ended in order\n"


def test_it_has_the_environment_that_it_is_given_and_nothing_else(state: Path) -> None:
    log = state / NAME / "log"
    daemon.start(
        NAME, ["/bin/sh", "-c", "/usr/bin/env; exec /bin/sleep 300"], lambda: log.read_text() != "", env={"ONE": "1"}
    )
    assert "ONE=1" in log.read_text()
    assert "HOME=" not in log.read_text()


def test_those_of_a_kind_are_found_by_what_stands_in_front_of_their_names() -> None:
    daemon.start("server/one", LONG, lambda: True)
    daemon.start(NAME, LONG, lambda: True)
    assert daemon.find("server") == ["server/one"]
    daemon.stop("server/one")
    assert daemon.find("server") == ["server/one"]
    assert daemon.find("other") == []


def test_one_that_ends_is_an_error_with_its_code_and_last_words() -> None:
    with pytest.raises(OutsideError) as caught:
        daemon.start(NAME, ["sh", "-c", "echo 'no port is free' >&2; exit 7"], lambda: False)
    [problem] = caught.value.problems
    assert (problem.where, problem.what, problem.got) == ("lab cloud", "ended with exit code 7", "no port is free")


def test_one_that_is_never_ready_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daemon, "PATIENCE_SECONDS", 0.3)
    with pytest.raises(OutsideError, match="doesn't answer within"):
        daemon.start(NAME, LONG, lambda: False)
    assert not daemon.running(NAME)


def test_a_program_that_there_isn_t_is_told() -> None:
    with pytest.raises(OutsideError, match="lab cloud: the program no-such-thing isn't installed"):
        daemon.start(NAME, ["no-such-thing"], lambda: False)


def test_its_words_are_kept_over_several_lives(state: Path) -> None:
    log = state / NAME / "log"
    for word in ("first", "second"):
        daemon.start(NAME, ["sh", "-c", f"echo {word}; exec sleep 300"], lambda word=word: word in log.read_text())
        daemon.stop(NAME)
    assert log.read_text() == "first\nsecond\n"
