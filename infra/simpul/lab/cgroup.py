"""A control group of its own for each machine of the lab.

The kubelet inside makes its groups below the machine's, so that nothing of it stands among the groups of the
operator's machine. Enters a machine's name; leaves the files into which a process writes its id to belong there. The
layout of the operator's machine (version 1, 2 or both) is taken as it is.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from simpul.errors import OutsideError

ROOT = Path("/sys/fs/cgroup")

NOT_CONTROLLERS = ("systemd", "unified")
"""Version 1's hierarchies without a controller. Machines that shared one would remove each other's units' groups."""

PATIENCE = 5.0


def prepare(name: str) -> list[Path]:
    """Make the group `name` in every hierarchy; give each one's cgroup.procs."""
    procs = []
    for hierarchy in _list_all():
        group = hierarchy / name
        group.mkdir(exist_ok=True)
        for setting in ("cpuset.cpus", "cpuset.mems"):
            # Version 1 lets no process in before these are given.
            if hierarchy.name == "cpuset" and not (group / setting).read_text().strip():
                (group / setting).write_text((hierarchy / setting).read_text())
        procs.append(group / "cgroup.procs")
    return procs


def remove(name: str) -> None:
    """Kill what still runs in the group, and remove it with all below it.

    Raises OutsideError if a process in it can't be ended.
    """
    for hierarchy in _list_all():
        if (group := hierarchy / name).is_dir():
            _empty(group)
            for folder, _, _ in os.walk(group, topdown=False):
                Path(folder).rmdir()


def _list_all() -> list[Path]:
    kinds = (ROOT / kind for kind in NOT_CONTROLLERS)
    return [*list_hierarchies(), *(folder for folder in kinds if folder.is_dir())]


def find(prefix: str) -> set[str]:
    """Give the names of the groups that begin with `prefix`."""
    return {path.name for hierarchy in list_hierarchies() for path in hierarchy.glob(f"{prefix}*") if path.is_dir()}


def list_hierarchies() -> list[Path]:
    """Give the root of each hierarchy with controllers: one in version 2."""
    if (ROOT / "cgroup.controllers").exists():
        return [ROOT]
    folders = {path.resolve() for path in ROOT.iterdir() if (path / "cgroup.procs").exists()}
    return sorted(folder for folder in folders if folder.name not in NOT_CONTROLLERS)


def _empty(group: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while pids := _list_processes(group):
        for pid in pids:
            _kill(pid)
        if time.monotonic() > deadline:
            raise OutsideError.at(
                f"control group {group}", "processes in it can't be ended", str(pids), f"ps -fp {pids[0]}"
            )
        time.sleep(0.05)


def _list_processes(group: Path) -> list[int]:
    return [int(pid) for file in group.rglob("cgroup.procs") for pid in file.read_text().split()]


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
