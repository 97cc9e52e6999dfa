"""Private folders for files that hold secrets while a program reads them.

Each is in memory, readable by its owner alone, and gone when the work is done. Its name says which process made it:
those that a killed one left are removed by the keepers of its programs, else by the next that starts.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Final

from simpul.process import read_beginning

_PREFIX: Final = "simpul"
_IN_MEMORY: Final = frozenset({"tmpfs", "ramfs"})
_SHARED_MEMORY: Final = Path("/dev/shm")  # noqa: S108 mkdtemp makes private folders in it
_NAME: Final = "[0-9]*-[0-9]*-*"

_open: set[Path] = set()


@contextmanager
def folder() -> Iterator[Path]:
    """Make a private folder for as long as the block runs."""
    start = beginning()
    path = Path(tempfile.mkdtemp(prefix=Path(start).name, dir=Path(start).parent))  # mkdtemp makes it 0700
    _open.add(path)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        _open.discard(path)


def write(path: Path, text: str) -> Path:
    """Write `text` to a new file that its owner alone can read."""
    path.touch(mode=0o600)
    path.write_text(text)
    return path


def beginning() -> str:
    """Return how the paths of this process' folders begin: where they are, and whose they are."""
    pid = os.getpid()
    return str(base() / f"{_PREFIX}-{pid}-{read_beginning(pid)}-")


def clear() -> None:
    """Remove every folder that is still there."""
    for path in tuple(_open):
        shutil.rmtree(path, ignore_errors=True)


def sweep() -> None:
    """Remove the folders of this user whose process has ended without doing so."""
    for path in base().glob(f"{_PREFIX}-{_NAME}"):
        pid, started = path.name.split("-")[1:3]
        with suppress(OSError):
            if path.lstat().st_uid == os.geteuid() and not path.is_symlink() and read_beginning(int(pid)) != started:
                shutil.rmtree(path, ignore_errors=True)


@cache
def base() -> Path:
    """Return the folder in memory that the folders are made in; that of temporary files where there is none."""
    ours = os.environ.get("XDG_RUNTIME_DIR")
    for path in [*([Path(ours)] if ours else []), _SHARED_MEMORY]:
        if _in_memory(path) and os.access(path, os.W_OK | os.X_OK):
            return path
    return Path(tempfile.gettempdir())


def _in_memory(path: Path) -> bool:
    """Say whether the file system of `path` is one that is kept in memory alone."""
    kinds: dict[str, str] = {}
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, where, kind, *_ = line.split()
        kinds[where] = kind  # a later mount hides an earlier one
    holding = [kinds[str(each)] for each in (path.resolve(), *path.resolve().parents) if str(each) in kinds]
    return path.is_dir() and holding[0] in _IN_MEMORY
