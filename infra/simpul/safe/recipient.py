"""Keys of age: who may open what was saved, and by what. Files are as age's own programs write them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import pyrage

from simpul.errors import UsageError

_PRIVATE: Final = "AGE-SECRET-KEY-"
_MAKE: Final = "age-keygen makes a key: its public half, age1…, is a recipient, its private one opens"


def recipients(given: Iterable[str], files: Iterable[Path]) -> list[Any]:
    """Read recipients, age1… or a public SSH key, as `given` and from `files` of one a line; comments begin with #.

    UsageError for what is none, for a private key, which is never shown, and for none at all.
    """
    written = [*given, *(line for file in files for line in _lines(file, "--recipients"))]
    if not written:
        raise UsageError.at("--recipient", "is missing: nobody could open what is saved", None, _MAKE)
    return [_recipient(text) for text in written]


def identities(file: Path) -> list[Any]:
    """Read the private keys in `file`, of age or of SSH (without a passphrase). UsageError for a file without one."""
    lines = _lines(file, "--identity")
    try:
        if any("PRIVATE KEY-----" in line for line in lines):
            return [pyrage.ssh.Identity.from_buffer(file.read_bytes())]
        found = [pyrage.x25519.Identity.from_str(line) for line in lines]
    except pyrage.IdentityError:
        found = []
    if not found:
        what = "has no private key that opens what is saved, or another's line"
        raise UsageError.at(f"--identity {file}", what, None, _MAKE)
    return found


def _recipient(text: str) -> Any:
    if text.upper().startswith(_PRIVATE):
        what = "is a private key, which opens what is saved, and was given as a recipient"
        raise UsageError.at("--recipient", what, "a private key", "Give its public half: age-keygen -y FILE")
    kind = pyrage.ssh.Recipient if text.startswith("ssh-") else pyrage.x25519.Recipient
    try:
        return kind.from_str(text)
    except pyrage.RecipientError:
        raise UsageError.at("--recipient", "isn't a recipient of age", f'"{text}"', _MAKE) from None


def _lines(file: Path, option: str) -> list[str]:
    try:
        text = file.read_text()
    except (OSError, ValueError) as error:
        raise UsageError.at(f"{option} {file}", "can't be read", str(error), "name the file with the keys") from None
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
