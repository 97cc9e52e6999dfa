"""Save a stack: the environment's stack enters, a file that named keys open leaves. Nothing plain reaches a disk."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyrage

from simpul.errors import OutsideError, UsageError
from simpul.project import ROOT
from simpul.safe import passphrase, private
from simpul.safe.content import Content
from simpul.safe.engine import Engine


@dataclass(frozen=True)
class Saved:
    """Which stack was saved, where, with how many resources."""

    stack: str
    file: Path
    resources: int


def save(
    keys: Sequence[Any],
    to: Path | None = None,
    stack: str | None = None,
    *,
    environment: Mapping[str, str] = os.environ,
    root: Path = ROOT,
) -> Saved:
    """Save `stack`, or the one that is selected, for the holders of `keys`, into `to` or a file of the day's name.

    Raises UsageError for a file that is there or a passphrase that isn't, OutsideError where the passphrase doesn't
    open the state, or Pulumi fails.
    """
    word = passphrase.read(environment)
    engine = Engine(environment, root)
    name = stack or engine.selected()
    now = datetime.now(UTC)
    file = to or Path(f"{name}-{now:%Y%m%dT%H%M%SZ}.age")
    if file.exists():
        raise UsageError.at(f"--to {file}", "is there already", None, "name another file")
    if not file.parent.is_dir():
        raise UsageError.at(f"--to {file}", "is in a folder that isn't there", str(file.parent), "make it")
    settings = engine.settings(name)
    content = Content(
        stack=name,
        saved=now.isoformat(timespec="seconds"),
        version=version("simpul"),
        settings=_read(settings),
        passphrase=word,
        state=engine.export(name),
    )
    passphrase.hold(content, f"stack {name}")
    private.write(file, pyrage.encrypt(content.to_bytes(), list(keys)))
    return Saved(name, file, content.resources)


def _read(settings: Path) -> str:
    try:
        return settings.read_text("utf-8")
    except OSError as error:
        advice = "run this in the clone in which pulumi up runs"
        raise OutsideError.at(str(settings), "the stack's settings can't be read", error.strerror, advice) from None
