"""Debian's servers of databases and images, in a root of their own: the operator's machine gets none of them.

Enters nothing but the operator's apt setting; leaves a folder in the cache, made once for each recipe, and command
lines that run a program in it. Its packages are unpacked and not set up, so none of their scripts runs and no service
starts. A program sees that root, its own folder as HOME and the machine's network, and runs as a user of its own; its
mounts are in a namespace that ends with it, so that nothing of it stays.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simpul import digest
from simpul.command import run
from simpul.lab import rootfs
from simpul.project import CACHE

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGES: Final = ("docker-registry", "postgresql-15", "redis-server")
USER: Final = 61026
"""The user and group that servers run as: a number that Debian gives to nobody."""
HOME: Final = "/srv"
"""Where a program finds its own folder."""

ENVIRONMENT: Final = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}
"""All that a program knows of the operator's environment."""

FILES: Final = {
    "etc/passwd": f"root:x:0:0:root:/:/bin/false\nsimpul:x:{USER}:{USER}::{HOME}:/bin/false\n",
    "etc/group": f"root:x:0:\nsimpul:x:{USER}:\n",
}

UNPACK: Final = (
    'set -o pipefail; for deb in "$1"/var/cache/apt/archives/*.deb; do '
    'dpkg-deb --fsys-tarfile "$deb" | tar --extract --keep-directory-symlink --directory "$1" || exit; done'
)

ENTER: Final = (
    'mount --bind /dev "$1/dev"; mount --bind "$2" "$1$3"; root="$1"; user="$4"; shift 4; '
    'exec chroot --userspec="$user:$user" "$root" "$@"'
)
"""Becomes the program, once it has the machine's devices and its own folder: the process keeps its id throughout."""


def find() -> Path:
    """Give the folder where the root is, or will be."""
    recipe = json.dumps([rootfs.SUITE, PACKAGES, FILES, UNPACK])
    return CACHE / "server" / digest.plain(recipe.encode())[: digest.SHORT]


def build(progress: Callable[[str], None]) -> Path:
    """Make the root if the cache hasn't it, and give its folder.

    Raises UsageError without root, OutsideError if debootstrap fails (no mirror, no disk).
    """
    return rootfs.make_once(find(), lambda root: _make(root, progress))


def command(home: Path, *argv: str) -> list[str]:
    """Give the command line that runs `argv` in the root, with `home` as its own folder."""
    enter = ["sh", "-ec", ENTER, "server", str(find()), str(home), HOME, str(USER)]
    return ["unshare", "--mount", "--", *enter, *argv]


def own_all(folder: Path) -> None:
    """Give a folder with all that is in it to the user that servers run as."""
    if folder.stat().st_uid != USER:
        run(["chown", "--recursive", f"{USER}:{USER}", folder], where="lab servers")


def own(path: Path, mode: int) -> None:
    """Give a file or folder to the user that servers run as."""
    os.chown(path, USER, USER)
    path.chmod(mode)


def _make(root: Path, progress: Callable[[str], None]) -> None:
    progress(f"servers: Debian {rootfs.SUITE}'s {', '.join(PACKAGES)} (half a minute)")
    rootfs.debootstrap(root, PACKAGES, "--foreign")  # chooses and fetches the packages, and sets up none of them
    run(["bash", "-c", UNPACK, "unpack", root], where="lab servers")
    for name, text in FILES.items():
        (root / name).write_text(text)
    (root / HOME.removeprefix("/")).mkdir(exist_ok=True)
    for spent in ("var/cache/apt/archives", "debootstrap"):
        shutil.rmtree(root / spent)
