"""The Pulumi engine on the lab's stack: what `simpul lab up` types for its user.

In: the lab's environment. Out: a stack whose state stands in files, encrypted with a passphrase made for this lab.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from simpul.errors import OutsideError, UsageError
from simpul.lab.environment import BACKEND, PASSPHRASE, STACK, variables
from simpul.lab.place import STATE
from simpul.lab.step import Progress
from simpul.project import ROOT
from simpul.status.stack import HOST

CONFIG = ROOT / f"Pulumi.{STACK}.yaml"
KEPT = STATE / CONFIG.name
"""The stack's configuration is the lab's, not the clone's: the clone has a link to it."""


CRASH = "goroutine "
"""How the first line of a Go program's trace begins after a panic."""

HEARTBEAT = "@ "
"""How a line begins that says only that the engine still works."""


def prepare(declaration: Mapping[str, Any], region: str) -> None:
    """Make the stack, if there is none yet, and give it `declaration`."""
    BACKEND.mkdir(parents=True, exist_ok=True)
    (STATE / "home").mkdir(exist_ok=True)
    if not PASSPHRASE.exists():
        _private(PASSPHRASE, secrets.token_urlsafe(32))
    if not KEPT.exists():
        _private(KEPT, "{}\n")
    if not CONFIG.is_symlink():
        _link()
    run("stack", "select", "--create", STACK)
    settings = yaml.safe_load(KEPT.read_text()) or {}
    settings["config"] = {"alicloud:region": region, "simpul:city": dict(declaration)}
    KEPT.write_text(yaml.safe_dump(settings, sort_keys=False))


def rehearsed() -> dict[str, Any]:
    """Give the declaration of the running lab; CityError when none is up."""
    variables()
    declaration: dict[str, Any] = yaml.safe_load(KEPT.read_text())["config"]["simpul:city"]
    return declaration


def hosts() -> set[str]:
    """Return the names of the hosts that the stack's state has."""
    resources = json.loads(run("stack", "export"))["deployment"].get("resources") or ()
    return {each["urn"].rpartition("::")[2] for each in resources if each["type"] == HOST}


def recover(progress: Progress) -> None:
    """Take back the lock of a run that is dead; what it had begun, the program finds in the cloud."""
    for lock in (BACKEND / ".pulumi" / "locks").rglob("*.json"):
        # Not `pulumi cancel`: it takes back every lock, that of a run which is alive too.
        if not _runs(json.loads(lock.read_text())["pid"]):
            progress("a run was cut off: taking back its lock")
            lock.unlink(missing_ok=True)


def clear(progress: Progress) -> None:
    """Have the state forget the creations that a dead run had begun: after an `up` the program has them."""
    if json.loads(run("stack", "export"))["deployment"].get("pending_operations"):
        progress("what the cut-off run had begun is found: clearing its marks from the state")
        run("refresh", "--yes", "--skip-preview", "--clear-pending-creates")


def up(progress: Progress, *, terminal: bool = False) -> None:
    """Run `pulumi up` as a user would: each line of it told to `progress`.

    On the user's own `terminal` it draws its progress itself, and only what it has to say beside that is told. Raises
    OutsideError when it fails; what failed stands in the lines.
    """
    command = ["pulumi", "up", "--yes", "--skip-preview", "--suppress-outputs"]
    if not terminal:
        command += ["--non-interactive", "--color=never"]
    code, crashed = _run(command, progress, terminal=terminal)
    if crashed:
        # A crash of the engine's own is a run that was cut off like any other, and the next one goes on from there.
        recover(progress)
        code, _ = _run(command, progress, terminal=terminal)
    if code != 0:
        raise OutsideError.at(
            "pulumi up", "failed", f"exit code {code}", "mend what the lines above say, then simpul lab up"
        )


def run(*arguments: str) -> str:
    """Run `pulumi` with `arguments` and give what it printed; OutsideError with its words when it fails."""
    done = subprocess.run(
        ["pulumi", *arguments, "--non-interactive"],
        cwd=ROOT,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise OutsideError.at(f"pulumi {arguments[0]}", "failed", (done.stderr or done.stdout).strip())
    return done.stdout


def _run(command: list[str], progress: Progress, *, terminal: bool) -> tuple[int, bool]:
    """Run `command` to its end and tell its lines to `progress`; give its exit code, and if it crashed.

    On a `terminal` its standard output stays there. A crash is told on standard error, which is read either way.
    """
    out, err = (None, subprocess.PIPE) if terminal else (subprocess.PIPE, subprocess.STDOUT)
    crashed = False
    with subprocess.Popen(command, cwd=ROOT, env=_environment(), stdout=out, stderr=err, text=True) as process:
        try:
            for line in process.stderr or process.stdout or ():
                crashed |= line.startswith(CRASH)
                if line.strip() and not line.startswith(HEARTBEAT):
                    progress(line.rstrip())
            return process.wait(), crashed
        except KeyboardInterrupt:
            # The terminal has sent the signal to the engine too: it ends its work in order and says so.
            process.wait()
            raise


def _environment() -> dict[str, str]:
    return {**os.environ, **variables()}


def _runs(pid: int) -> bool:
    """Say whether the process is an engine: an id that became free is given to other programs."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == "pulumi"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _link() -> None:
    try:
        CONFIG.symlink_to(KEPT)
    except FileExistsError:
        raise UsageError.at(
            str(CONFIG), f"is in the way: the lab's own stack has the name {STACK}", next="give that stack another name"
        ) from None


def _private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text)
