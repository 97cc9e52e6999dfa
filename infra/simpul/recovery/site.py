"""A site's backups, taken now and put back.

In: a site's code. Out: a Site, whose hosts are as the last run left them and are reached as they are declared now: a
disk that was replaced has another SSH key. Raises UsageError for a site that there isn't, OutsideError for what fails
on a host or on the way there.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

from simpul.city import City, parse
from simpul.errors import CityError, OutsideError, Problem, UsageError
from simpul.provider import run, ssh
from simpul.status import backup, stack
from simpul.status.backup import Backup

PLAYBOOK: Final = "restore.yml"
LONGEST_SECONDS: Final = 24 * 60 * 60
"""How long a restore may take: all of a site comes over its line."""
POLL_SECONDS: Final = 2

UNITS: Final = ("simpul-backup.service", "simpul-backup-send.service")
LATER: Final = 75
"""With this the second ends when its bucket can't be reached (EX_TEMPFAIL)."""

BEGIN: Final = f"""
import subprocess
subprocess.run(["systemctl", "start", "--no-block", *{UNITS!r}], check=True)
"""
ASK: Final = f"""
import json, subprocess
def show(unit):
    told = ["systemctl", "show", "--property", "ActiveState,Job,Result,ExecMainStatus", unit]
    lines = subprocess.run(told, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    said = ["journalctl", "--unit", unit, "--lines", "3", "--output", "cat", "--no-pager"]
    words = subprocess.run(said, stdout=subprocess.PIPE, text=True, check=True).stdout
    return {{**dict(line.split("=", 1) for line in lines), "said": words}}
print(json.dumps([show(unit) for unit in {UNITS!r}]))
"""


@dataclass(frozen=True)
class Taken:
    """What became of a backup that was asked for: why it couldn't be sent, or None where the bucket has it."""

    host: str
    unsent: str | None


@dataclass(frozen=True)
class Site:
    """A site: its entry in the stack's output `backups`, and how its hosts are reached and made."""

    code: str
    city: City
    output: Mapping[str, Any]
    machines: Mapping[str, run.Machine]

    @property
    def hosts(self) -> tuple[str, ...]:
        """Name the hosts that write backups, the server first."""
        return tuple(self.output["hosts"])

    @property
    def timezone(self) -> ZoneInfo:
        """Give the city's time zone, in which its people read and write moments."""
        return ZoneInfo(self.city.timezone)

    @cached_property
    def backups(self) -> tuple[Backup, ...]:
        """List the backups in the bucket, the oldest first."""
        return backup.sent(self.output)

    def choose(self, host: str | None, at: datetime | None) -> Backup:
        """Choose the last backup of `host` (the server) that was begun until the moment `at` (now).

        Raises UsageError for a host that writes none, CityError where there is none so old.
        """
        name = host or self.hosts[0]
        if name not in self.hosts:
            raise UsageError.at("--host", "has no backups at this site", name, f"one of: {', '.join(self.hosts)}")
        own = [each for each in self.backups if each.host == name]
        found = [each for each in own if at is None or each.begun <= at]
        if not found:
            first = own[0].begun.astimezone(self.timezone).isoformat() if own else None
            what = "has no backup in the bucket" + (" so old" if own else "")
            advice = f"its first is of {first}" if first else f"while the host is well: simpul site backup {self.code}"
            raise CityError.at(f"host {name}", what, at.isoformat() if at else None, advice)
        return found[-1]


def find(code: str) -> Site:
    """Find the site `code` of the selected stack. UsageError for one that it hasn't."""
    outputs = {each["site"]: each for each in stack.read().outputs.get("backups") or ()}
    if code not in outputs:
        advice = f"one of: {', '.join(outputs)}" if outputs else "pulumi up makes what backups are written to"
        raise UsageError.at("CODE", "isn't a site of this stack that has backups", code, advice)
    city, inputs = parse(stack.declared()), stack.hosts()
    declared = {host.name: host for site in city.sites if site.code == code for host in site.hosts}
    machines = {}
    for name in outputs[code]["hosts"]:
        known = inputs[name]
        if host := declared.get(name):
            place = {"address": str(host.address), "port": host.port, "user": host.user, "hostKey": host.host_key}
            known = {**known, **place}
        machines[name] = run.Machine(
            ssh.Connection.of(known), known["group"], timeout=LONGEST_SECONDS, vars=known["vars"]
        )
    return Site(code, city, outputs[code], machines)


def take(site: Site, host: str, *, stop: threading.Event) -> Taken:
    """Have `host` take a backup now and send it; return when both are done."""
    connection = site.machines[host].connection
    ssh.run(connection, BEGIN, stop=stop)
    while True:
        taking, sending = json.loads(ssh.run(connection, ASK, stop=stop))
        if not any(map(_is_going_on, (taking, sending))):
            break
        time.sleep(POLL_SECONDS)
    for each in (taking, sending):
        if each["Result"] != "success":
            raise OutsideError.at(f"host {host}", "its backup failed", each["said"].strip(), connection.command)
    return Taken(host, sending["said"].strip() if sending["ExecMainStatus"] == str(LATER) else None)


def restore(site: Site, chosen: Backup, *, over: bool, on_task: Callable[[str], None], stop: threading.Event) -> None:
    """Make a host what it was when the backup `chosen` was begun, and wait until its cluster runs.

    One that has a cluster or volumes is refused, unless they may be lost (`over`). Cut off, the same goes on.
    """
    machine = site.machines[chosen.host]
    ssh.reach(machine.connection, stop=stop)
    asked = {**machine.vars, "backup_at": chosen.name, "backup_over": over}
    outcome = run.run(PLAYBOOK, [replace(machine, vars=asked, on_task=on_task)], stop=stop)[chosen.host]
    if outcome.fault:
        what = f"failed at “{outcome.fault.task}”: {outcome.fault.message}"
        raise OutsideError(Problem(f"host {chosen.host}", what, next="once that is mended: the same command goes on"))


def _is_going_on(unit: Mapping[str, str]) -> bool:
    return unit["ActiveState"] not in ("inactive", "failed") or unit.get("Job", "0") not in ("", "0")
