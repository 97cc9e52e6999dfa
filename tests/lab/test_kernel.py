"""Settings of the kernel: raised while a lab is up, and as they were when it is down."""

from __future__ import annotations

from pathlib import Path

import pytest

from simpul.errors import OutsideError
from simpul.lab import kernel

NAME = "fs.inotify.max_user_instances"


@pytest.fixture(autouse=True)
def setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a kernel of the test's own."""
    monkeypatch.setattr(kernel, "SETTINGS", tmp_path / "sys")
    monkeypatch.setattr(kernel, "RECORD", tmp_path / "state" / "kernel.json")
    file = tmp_path / "sys" / "fs" / "inotify" / "max_user_instances"
    file.parent.mkdir(parents=True)
    file.write_text("128\n")
    return file


def test_what_is_enough_stays(setting: Path) -> None:
    kernel.lift(NAME, 128)
    kernel.restore()
    assert setting.read_text() == "128\n"
    assert not kernel.RECORD.exists()


def test_what_was_raised_twice_becomes_what_it_was_first() -> None:
    for least in (512, 1024):
        kernel.lift(NAME, least)
        assert kernel.read(NAME) == least
    kernel.restore()
    assert kernel.read(NAME) == 128
    kernel.restore()


def test_what_somebody_else_has_set_since_stays(setting: Path) -> None:
    kernel.lift(NAME, 512)
    setting.write_text("8192\n")
    kernel.restore()
    assert kernel.read(NAME) == 8192


def test_a_kernel_that_lets_nobody_change_it_is_told_with_the_value(
    setting: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "write_text", refuse)
    with pytest.raises(OutsideError, match=rf"{NAME}: is too low, .*Read-only file system \(got 128\)\n.*{NAME} = 512"):
        kernel.lift(NAME, 512)
