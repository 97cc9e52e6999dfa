"""A program of the lab that goes on when the command that started it has ended: the cloud, a registry, a database.

In: a name and an argument list. Out: a process, its record and its log in STATE/<name>/. A name may have a folder in
front of it, by which the programs of a kind are found again.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from simpul.errors import OutsideError
from simpul.lab.place import STATE
from simpul.process import read_beginning

PATIENCE_SECONDS = 30.0


def folder(name: str) -> Path:
    """Give the folder of the daemon `name`."""
    return STATE / name


def running(name: str) -> bool:
    """Say whether the daemon `name` runs: the process that was recorded, not a later one with its id."""
    try:
        record = json.loads((folder(name) / "process.json").read_text())
    except FileNotFoundError:
        return False
    return record["began"] is not None and bool(read_beginning(record["pid"]) == record["began"])


def find(parent: str) -> list[str]:
    """Give the names of the daemons that have `parent` in front of them, also of those that have ended."""
    return sorted(f"{parent}/{path.parent.name}" for path in (STATE / parent).glob("*/process.json"))


def start(
    name: str,
    argv: Sequence[str | Path],
    ready: Callable[[], bool],
    *,
    env: Mapping[str, str] | None = None,
    gently: signal.Signals = signal.SIGTERM,
) -> None:
    """Start the daemon `name` unless it runs, and wait until `ready`.

    `env` is its whole environment if it isn't the caller's own; `gently` is the signal on which it ends in order.
    Raises OutsideError when there is no such program, and with the last lines of its log when it ends or isn't ready
    in time.
    """
    if running(name):
        return
    home = folder(name)
    home.mkdir(parents=True, exist_ok=True)
    process = _launch(name, argv, env)
    record = {"pid": process.pid, "began": read_beginning(process.pid), "gently": gently.value}
    fresh = home / "process.json.new"
    fresh.write_text(json.dumps(record))
    fresh.replace(home / "process.json")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if ready():
            return
        time.sleep(0.1)
    code = process.poll()
    stop(name)
    last = (home / "log").read_text(errors="replace").splitlines()[-8:]
    what = f"doesn't answer within {PATIENCE_SECONDS:.0f} s" if code is None else f"ended with exit code {code}"
    raise OutsideError.at(f"lab {name}", what, "\n".join(last), f"its log is {home / 'log'}; simpul lab up")


def _launch(name: str, argv: Sequence[str | Path], env: Mapping[str, str] | None) -> subprocess.Popen[bytes]:
    with (folder(name) / "log").open("ab") as log:
        try:
            return subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True, env=env
            )
        except FileNotFoundError:
            raise OutsideError.at(
                f"lab {name}", f"the program {argv[0]} isn't installed", next="simpul lab up"
            ) from None


def stop(name: str) -> None:
    """End the daemon `name`, gently if it lets itself. One that doesn't run is no error."""
    for forced in (False, True):
        if not running(name):
            return
        record = json.loads((folder(name) / "process.json").read_text())
        with contextlib.suppress(ProcessLookupError):
            os.kill(record["pid"], signal.SIGKILL if forced else record.get("gently", signal.SIGTERM))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while running(name) and time.monotonic() < deadline:
            time.sleep(0.1)
