"""Digests of files, by which what is made of them is known again: images, charts, playbooks, programs, the lab's k3s.

In: files and the folder that their names begin in. Out: a SHA-256 in hex, another one whenever a file's name or content
is. What is named by one carries its first SHORT digits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from pathlib import Path

SHORT = 12
"""How many digits a name carries: enough to never meet another of its kind."""


def of(files: Iterable[Path], top: Path, salt: bytes = b"") -> str:
    """Return the digest of `files`, in their order and with their names below `top`, and of `salt`."""
    total = hashlib.sha256(salt)
    for path in files:
        content = path.read_bytes()
        total.update(f"{path.relative_to(top).as_posix()} {len(content)}\n".encode())
        total.update(content)
    return total.hexdigest()


def plain(content: bytes) -> str:
    """Return the digest of bytes, where files' names don't count or what is made follows from settings alone."""
    return hashlib.sha256(content).hexdigest()


def whole(top: Path) -> list[Path]:
    """Return all files below `top`."""
    return sorted(path for path in top.rglob("*") if path.is_file())


def settled(top: Path, *, beside: Collection[str] = ()) -> list[Path]:
    """Return the files below `top` but those in the entries `beside`, hidden ones and an editor's.

    While someone reads a file, nothing is made of it anew.
    """
    parts = {path: path.relative_to(top).parts for path in whole(top)}
    return [path for path in parts if parts[path][0] not in beside and not any(map(_is_passing, parts[path]))]


def _is_passing(name: str) -> bool:
    return name.startswith(".") or name.endswith("~")
