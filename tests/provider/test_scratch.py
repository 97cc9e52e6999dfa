"""Folders for secrets: in memory, their owner's alone, and gone with whoever made them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from simpul.provider import scratch


def test_they_are_in_memory_and_their_owner_s_alone() -> None:
    with scratch.folder() as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        mounts = [line.split()[1:3] for line in Path("/proc/self/mounts").read_text().splitlines()]
        assert [str(scratch.base()), "tmpfs"] in mounts
    assert not folder.exists()


def test_what_a_killed_one_left_is_swept_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "base", lambda: tmp_path)
    pid = os.getpid()
    gone, foreign = tmp_path / f"simpul-{pid}-1-abc", tmp_path / "simpul-lab-7"
    link = tmp_path / f"simpul-{pid}-2-abc"
    for each in (gone, foreign):
        each.mkdir()
    link.symlink_to(foreign)
    with scratch.folder() as ours:
        scratch.sweep()
        assert ours.exists()
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted([foreign.name, link.name])
