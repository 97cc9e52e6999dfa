"""A machine's disk: what it has written, over the base image that all machines share.

Enters a machine's folder and the base image; leaves a mounted root. The container runtime's own folder is a plain one
beside it, since an overlay can't lie on an overlay.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from simpul.command import run
from simpul.errors import OutsideError

RUNTIME = "/var/lib/rancher"
"""Where k3s keeps containers' layers."""


def mount(folder: Path, base: Path) -> Path:
    """Mount the disk in `folder` over `base`, unless it is; give the root."""
    root = folder / "root"
    for part in ("root", "upper", "work", "runtime"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    if not base.is_dir():
        raise OutsideError.at(
            f"machine {folder.name}", "its base image isn't made", str(base), "simpul lab up makes it"
        )
    if not root.is_mount():
        layers = f"lowerdir={base},upperdir={folder / 'upper'},workdir={folder / 'work'}"
        run(["mount", "-t", "overlay", "overlay", "-o", layers, str(root)], where=f"machine {folder.name}")
    return root


def unmount(folder: Path) -> None:
    """Unmount what is mounted below `folder`, the deepest first."""
    for target in reversed(_list_mounts(folder)):
        # A process of the operator's that looks into the folder keeps no machine from ending.
        run(["umount", "--lazy", target], where=f"machine {folder.name}")


def erase(folder: Path) -> None:
    """Unmount the disk and remove it."""
    unmount(folder)
    if folder.exists():
        shutil.rmtree(folder)


def _list_mounts(folder: Path) -> list[str]:
    targets = (line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines())
    return [target for target in targets if Path(target).is_relative_to(folder)]
