"""Private folders for files that hold secrets while a program reads them.

Each is readable by its owner alone and gone when the work is done, or when the provider is told to end.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_open: set[Path] = set()


@contextmanager
def folder() -> Iterator[Path]:
    """Make a private folder for as long as the block runs."""
    path = Path(tempfile.mkdtemp(prefix="simpul-"))  # mkdtemp makes it 0700
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


def clear() -> None:
    """Remove every folder that is still there."""
    for path in tuple(_open):
        shutil.rmtree(path, ignore_errors=True)
