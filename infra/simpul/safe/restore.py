"""Get a stack back: what was saved and a key enter; its state in the backend, its settings and passphrase leave.

All is looked at before anything is written, and what is there already is overwritten only if that is said.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyrage

from simpul.errors import CityError, OutsideError, Problem, UsageError
from simpul.project import ROOT
from simpul.safe import passphrase, private
from simpul.safe.content import Content
from simpul.safe.engine import Engine


@dataclass(frozen=True)
class Restored:
    """Which stack is there again, as it was when, with how many resources; and where its passphrase stands."""

    stack: str
    saved: str
    version: str
    resources: int
    passphrase: Path


def restore(
    file: Path,
    keys: Sequence[Any],
    passphrase_file: Path,
    *,
    overwrite: bool = False,
    environment: Mapping[str, str] = os.environ,
    root: Path = ROOT,
) -> Restored:
    """Restore the stack in `file`, which one of `keys` opens, into the backend; its passphrase into `passphrase_file`.

    Raises UsageError for a file or keys that don't fit, OutsideError where the passphrase doesn't open the state or
    Pulumi fails, CityError with all that is there already unless it is to be overwritten (`overwrite`).
    """
    content = _open(file, keys)
    passphrase.hold(content, str(file))
    # Pulumi takes the variable before the file, so another word in it would be asked of the state.
    own = {name: value for name, value in environment.items() if name != passphrase.VARIABLE}
    engine = Engine({**own, passphrase.FILE: str(passphrase_file.absolute())}, root)
    there = engine.has(content.stack)
    if problems := [] if overwrite else list(_in_the_way(content, engine, passphrase_file, there=there)):
        raise CityError.of(problems)
    private.write(passphrase_file, content.passphrase.encode())
    settings = engine.settings(content.stack).resolve()  # it may be a link, which stays one
    private.write(settings, content.settings.encode())
    if not there:
        engine.make(content.stack)
    engine.take_in(content.stack, content.state)
    private.write(settings, content.settings.encode())  # as it was: the engine has written it anew
    engine.select(content.stack)
    return Restored(content.stack, content.saved, content.version, content.resources, passphrase_file)


def _open(file: Path, keys: Sequence[Any]) -> Content:
    try:
        return Content.from_bytes(pyrage.decrypt(file.read_bytes(), list(keys)), str(file))
    except OSError as error:
        raise UsageError.at(str(file), "can't be read", error.strerror, "name the file that was saved") from None
    except pyrage.DecryptError as error:
        advice = "name the key of one of those for whom it was saved"
        raise UsageError.at(str(file), "isn't opened by the key, or isn't whole", str(error), advice) from None


def _in_the_way(content: Content, engine: Engine, kept: Path, *, there: bool) -> Iterator[Problem]:
    advice = "Look whether it is the newer one; to lose what is there: --overwrite."
    if there:
        yield Problem(f"stack {content.stack}", "is in the backend already", None, advice)
    for path, text in ((engine.settings(content.stack), content.settings), (kept, content.passphrase)):
        if path.exists() and _read(path).strip() != text.strip():
            yield Problem(str(path), "is there already, and says something else", None, advice)
    if not kept.parent.is_dir():
        yield Problem(str(kept), "is in a folder that isn't there", str(kept.parent), "Make it, for its owner alone.")


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise OutsideError.at(str(path), "can't be read", str(error), "move it away") from None
