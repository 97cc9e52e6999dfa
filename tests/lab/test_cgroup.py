"""The machines' control groups, in a folder that looks like the kernel's."""

from __future__ import annotations

from pathlib import Path

import pytest

from simpul.lab import cgroup


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(cgroup, "ROOT", tmp_path)
    return tmp_path


def make(hierarchy: Path) -> None:
    hierarchy.mkdir(exist_ok=True)
    (hierarchy / "cgroup.procs").touch()


def test_in_version_1_a_machine_joins_each_hierarchy_once(root: Path) -> None:
    for name in ("memory", "cpu,cpuacct", "systemd", "unified"):
        make(root / name)
    (root / "cpu").symlink_to("cpu,cpuacct")
    (root / "cpuacct").symlink_to("cpu,cpuacct")
    joined = [file.parent.parent.name for file in cgroup.prepare("simpul-a")]
    assert sorted(joined) == ["cpu,cpuacct", "memory", "systemd", "unified"]
    assert cgroup.find("simpul-") == {"simpul-a"}


def test_in_version_2_there_is_one_tree(root: Path) -> None:
    make(root)
    (root / "cgroup.controllers").write_text("cpu memory")
    make(root / "system.slice")
    assert cgroup.prepare("simpul-a") == [root / "simpul-a" / "cgroup.procs"]


def test_a_group_is_removed_with_all_below_it(root: Path) -> None:
    make(root / "memory")
    (root / "memory" / "simpul-a" / "kubepods" / "burstable").mkdir(parents=True)
    cgroup.remove("simpul-a")
    cgroup.remove("simpul-a")
    assert cgroup.find("simpul-") == set()
