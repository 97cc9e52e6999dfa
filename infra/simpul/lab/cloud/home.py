"""A server's own folder: its data and its settings, which nobody but it reads.

In: the id of what it stands behind. Out: the folder and the files in it, and the name of its daemon.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from simpul.lab import daemon, server
from simpul.lab.place import SERVERS


def name(identity: str) -> str:
    """Give the name of the server's daemon."""
    return f"{SERVERS}/{identity}"


def find(identity: str) -> Path:
    """Give the folder, which the server sees as its home."""
    return daemon.folder(name(identity)) / "home"


def make(identity: str) -> Path:
    """Make the folder unless it is there."""
    folder = find(identity)
    folder.mkdir(parents=True, exist_ok=True)
    server.own(folder, 0o700)
    return folder


def write(path: Path, text: str) -> bool:
    """Write a file for the server alone, whole or not at all; say whether it changed."""
    if path.exists() and path.read_text() == text:
        return False
    new = path.with_name(f"{path.name}.new")
    new.touch(mode=0o600)
    server.own(new, 0o600)
    new.write_text(text)
    new.replace(path)
    return True


def remove(identity: str) -> None:
    """Remove the folder, the daemon's record and its log."""
    shutil.rmtree(daemon.folder(name(identity)), ignore_errors=True)
