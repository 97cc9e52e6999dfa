"""Settings of the operator's kernel that a lab needs otherwise: changed when it comes up, as they were when it is down.

In: a setting's name and the least that it has to be. Out: the kernel, and a record in STATE of what it was before.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from simpul.errors import OutsideError
from simpul.lab.place import STATE

SETTINGS: Final = Path("/proc/sys")
RECORD: Final = STATE / "kernel.json"


def read(name: str) -> int:
    """Return the setting `name`, such as fs.inotify.max_user_instances."""
    return int(_path(name).read_text())


def lift(name: str, least: int) -> None:
    """Raise the setting `name` to `least` unless it is as high. OutsideError where the kernel doesn't let us."""
    before = read(name)
    if before >= least:
        return
    try:
        _path(name).write_text(f"{least}\n")
    except OSError as error:
        words = f"is too low, and can't be raised here: {error.strerror}"
        raise OutsideError.at(
            name, words, str(before), f"where this machine's kernel is set: {name} = {least}"
        ) from None
    known = _recorded()
    was = known.get(name, {}).get("was", before)
    RECORD.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    RECORD.write_text(json.dumps({**known, name: {"was": was, "is": least}}))


def restore() -> None:
    """Set back what a lab changed; a setting that somebody else has changed since stays as it is."""
    for name, each in _recorded().items():
        if read(name) == each["is"]:
            _path(name).write_text(f"{each['was']}\n")
    RECORD.unlink(missing_ok=True)


def _recorded() -> dict[str, dict[str, int]]:
    return dict(json.loads(RECORD.read_text())) if RECORD.exists() else {}


def _path(name: str) -> Path:
    return SETTINGS / name.replace(".", "/")
