"""A program of the lab that goes on when the command that started it has ended: the cloud, the registry.

In: a name and an argument list. Out: a process, its record and its log in STATE/<name>/.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from simpul.errors import OutsideError
from simpul.lab.place import STATE
from simpul.lab.process import read_beginning

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


def start(name: str, argv: Sequence[str | Path], ready: Callable[[], bool]) -> None:
    """Start the daemon `name` unless it runs, and wait until `ready`.

    Raises OutsideError with the last lines of its log when it ends, or isn't ready in time.
    """
    if running(name):
        return
    home = folder(name)
    home.mkdir(parents=True, exist_ok=True)
    with (home / "log").open("ab") as log:
        process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True
        )
    record = {"pid": process.pid, "began": read_beginning(process.pid)}
    (home / "process.json").write_text(json.dumps(record))
    deadline = time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if ready():
            return
        time.sleep(0.1)
    stop(name)
    last = (home / "log").read_text(errors="replace").splitlines()[-8:]
    raise OutsideError.at(f"lab {name}", f"doesn't answer within {PATIENCE_SECONDS:.0f} s", "\n".join(last))


def stop(name: str) -> None:
    """End the daemon `name`, gently if it lets itself. One that doesn't run is no error."""
    for kind in (signal.SIGTERM, signal.SIGKILL):
        if not running(name):
            return
        os.kill(json.loads((folder(name) / "process.json").read_text())["pid"], kind)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while running(name) and time.monotonic() < deadline:
            time.sleep(0.1)
