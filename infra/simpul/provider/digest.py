"""The digest of a folder: another one whenever a file in it is, so that a changed recipe is a change of what is made.

In goes a folder, out comes a SHA-256 in hex.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path


def digest(top: Path, *, beside: Collection[str] = (), salt: bytes = b"") -> str:
    """Return the digest of all files below `top` but those in the entries `beside`, and of `salt`.

    Hidden files and an editor's don't count: while someone reads a file, nothing is made of it anew.
    """
    summed = hashlib.sha256(salt)
    for path in sorted(top.rglob("*")):
        inside = path.relative_to(top)
        if path.is_file() and inside.parts[0] not in beside and not any(map(_is_passing, inside.parts)):
            summed.update(f"\0{inside}\0".encode())
            summed.update(hashlib.sha256(path.read_bytes()).digest())
    return summed.hexdigest()


def _is_passing(name: str) -> bool:
    return name.startswith(".") or name.endswith("~")
