#!/usr/bin/python3
"""A host's backups: taken every night, kept here, sent when the link is there, cleared when they are over.

Runs on a host, with its Python and standard library, restic and rclone. What it copies: the state of the cluster with
its token and keys, where the host is a server, and every local volume. See docs/adr/0032-site-backups.md for why.

Backups are restic's, in repositories that are only ever added to: a new one begins every `whole_days`, and an old one
goes as a whole. So the bucket, in which nothing can be changed, holds the same files as the host. A record is written
when a backup is whole, here and then there; its name says all that is needed to find the backup again.

Exit codes: 0 done, 1 failed, 75 the bucket couldn't be reached and the next try may do.
"""

from __future__ import annotations

import argparse
import calendar
import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SETTINGS = Path("/etc/simpul/backup/settings.json")
FORM = "%Y%m%dT%H%M%SZ"
"""Moments in names: UTC, so that names are in the order of time."""
DAY = 24 * 60 * 60
RECORD = re.compile(r"(?P<moment>\d{8}T\d{6}Z)\.(?P<repository>\d{8}T\d{6}Z)\.(?P<snapshot>[0-9a-f]{8,64})\.json")
STILL_SECONDS = 60
"""How long pods may stand still at most: what they were sent meanwhile waits, and their probes allow twice as much."""
INCOMPLETE = 3
"""restic's exit code when it couldn't read all: files went while it looked."""
PATIENCE = (
    *("--contimeout", "15s", "--timeout", "60s"),
    *("--retries", "2", "--low-level-retries", "3", "--transfers", "2"),
)
"""How rclone treats a poor line: it gives up soon, as the next try goes on where this one was."""
REFUSALS = ("AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "NoSuchBucket")
LATER = 75
"""EX_TEMPFAIL of sysexits.h."""


class Fault(Exception):  # noqa: N818 it is a person's to read
    """What stops a backup: `code` is the exit code."""

    def __init__(self, what: str, code: int = 1) -> None:
        super().__init__(what)
        self.code = code


@dataclass(frozen=True, order=True)
class Record:
    """A backup that is whole: when it was begun, the repository that it is in, and its snapshot there."""

    moment: str
    repository: str
    snapshot: str

    @property
    def name(self) -> str:
        return f"{self.moment}.{self.repository}.{self.snapshot}.json"

    @classmethod
    def of(cls, name: str) -> Record | None:
        found = RECORD.fullmatch(name)
        return cls(**found.groupdict()) if found else None


@dataclass(frozen=True)
class Settings:
    """What the host was told, as the role has written it; folders are others' in tests alone."""

    bucket: str
    folder: str
    days: int
    whole_days: int
    locked_days: int
    home: Path = Path("/var/lib/simpul/backup")
    secrets: Path = Path("/etc/simpul/backup")
    k3s: Path = Path("/var/lib/rancher/k3s")
    node: Path = Path("/etc/rancher/node")
    program: str = "/usr/local/bin/k3s"
    root: Path = Path("/")

    @classmethod
    def read(cls, path: Path) -> Settings:
        told = json.loads(path.read_text())
        folders = ("home", "secrets", "k3s", "node", "root")
        return cls(**{name: Path(value) if name in folders else value for name, value in told.items()})

    @property
    def database(self) -> Path:
        """Where k3s keeps the cluster's state."""
        return self.k3s / "server" / "db"

    @property
    def volumes(self) -> Path:
        """Where k3s's provisioner makes volumes, a folder each."""
        return self.k3s / "storage"

    @property
    def dump(self) -> Path:
        """Where a copy of the cluster's state lies that is whole."""
        return self.home / "datastore"

    @property
    def repositories(self) -> Path:
        return self.home / "repository"

    @property
    def records(self) -> Path:
        return self.home / "record"

    @property
    def place(self) -> str:
        """The host's folder in the bucket, as rclone names it."""
        return f"store:{self.bucket}/{self.folder}"


# ---- programs --------------------------------------------------------------------------------------------------------


def run(argv: list[str], *, seconds: float | None = None, allow: Iterable[int] = (0,)) -> str:
    """Run a program and give what it prints. Raises Fault with its last words, and when it takes too long.

    It knows nothing of the environment: what that says of buckets and repositories is about others.
    """
    own = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=seconds, env=own, check=False)
    except FileNotFoundError:
        raise Fault(f"{argv[0]}: isn't there") from None
    except subprocess.TimeoutExpired:
        raise Fault(f"{argv[0]}: took longer than {seconds} s") from None
    if done.returncode not in allow:
        said = "; ".join(done.stderr.strip().splitlines()[-3:])
        raise Fault(f"{argv[0]} {argv[1]}: {said or f'exit code {done.returncode}'}")
    return done.stdout


class Backups:
    """The backups of this host."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def restic(
        self, repository: str, *argv: str | Path, seconds: float | None = None, allow: Iterable[int] = (0,)
    ) -> str:
        """Run restic on a repository of this host."""
        at, secret = self.settings.repositories / repository, self.settings.secrets / "password"
        own = ["restic", *map(str, argv), "--repo", str(at), "--password-file", str(secret), "--no-cache"]
        return run(own, seconds=seconds, allow=allow)

    def rclone(self, *argv: str | Path) -> str:
        """Run rclone. What it can't do may do later, unless the bucket has answered and said no."""
        own = ["rclone", *map(str, argv), "--config", str(self.settings.secrets / "rclone.conf"), *PATIENCE]
        try:
            return run(own)
        except Fault as fault:
            if any(word in str(fault) for word in REFUSALS):
                raise Fault(f"the bucket {self.settings.bucket} refuses: {fault}") from None
            raise Fault(f"the bucket {self.settings.bucket} can't be reached: {fault}", LATER) from None

    # ---- take --------------------------------------------------------------------------------------------------------

    def take(self) -> Record:
        """Take a backup. Volumes are read twice: the second time their pods stand still, and little is left to read."""
        moment, repository = now(), self._repository()
        self.restic(repository, "unlock", "--remove-all")  # of a run that was killed: this one is alone
        first = self._read(repository, allow=(0, INCOMPLETE))
        self._copy_state()
        with still(self.users):
            whole = self._read(repository, "--parent", first["snapshot_id"], seconds=STILL_SECONDS)
        self.restic(repository, "forget", first["snapshot_id"])
        record = Record(moment, repository, whole["snapshot_id"])
        self._write(record, {"bytes": whole["total_bytes_processed"], "files": whole["total_files_processed"]})
        self._clear()
        return record

    def _repository(self) -> str:
        """Give the repository that backups are added to, a new one when the last is `whole_days` old."""
        names = sorted(path.parent.name for path in self.settings.repositories.glob("*/config"))
        if names and age(names[-1]) < self.settings.whole_days * DAY:
            return names[-1]
        name = now()
        shutil.rmtree(self.settings.repositories / name, ignore_errors=True)
        self.restic(name, "init")
        return name

    def _read(
        self, repository: str, *options: str, seconds: float | None = None, allow: Iterable[int] = (0,)
    ) -> dict[str, Any]:
        """Have restic read all that is to be kept; give its summary."""
        paths = [str(path) for path in self._kept() if path.exists()]
        if not paths:
            raise Fault(f"there is nothing to back up: no {self.settings.database}, no {self.settings.volumes}")
        said = self.restic(repository, "backup", "--json", *options, *paths, seconds=seconds, allow=allow)
        told = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
        summary: dict[str, Any] = next(each for each in told if each.get("message_type") == "summary")
        return summary

    def _kept(self) -> tuple[Path, ...]:
        server = self.settings.k3s / "server"
        keys = tuple(server / name for name in ("token", "tls", "cred"))
        return (*keys, self.settings.dump, self.settings.node, self.settings.volumes)

    def _copy_state(self) -> None:
        """Copy the cluster's state while k3s writes to it: SQLite by its own backup, etcd by k3s's snapshot."""
        dump, database = self.settings.dump, self.settings.database
        shutil.rmtree(dump, ignore_errors=True)
        if not database.exists():
            return
        dump.mkdir(mode=0o700, parents=True)
        if (database / "state.db").exists():
            copy_sqlite(database / "state.db", dump / "state.db")
        elif (database / "etcd").exists():
            run([self.settings.program, "etcd-snapshot", "save", "--name", "simpul", "--etcd-snapshot-dir", str(dump)])
            [snapshot] = dump.glob("simpul*")
            snapshot.rename(dump / "etcd")

    def users(self) -> set[int]:
        """List the processes of pods that have a volume of this host."""
        return users({path.name for path in self.settings.volumes.glob("*/")})

    # ---- what is there -----------------------------------------------------------------------------------------------

    def kept(self) -> list[Record]:
        """List the backups on this host, the oldest first."""
        found = [Record.of(path.name) for path in self.settings.records.glob("*.json")]
        return sorted(each for each in found if each)

    def _sent_mark(self, record: Record) -> Path:
        return (self.settings.records / record.name).with_suffix(".sent")

    def _write(self, record: Record, about: dict[str, Any]) -> None:
        """Write down that a backup is whole: at once or not at all."""
        self.settings.records.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = self.settings.records / "new"
        new.write_text(json.dumps({"format": 1, **about}) + "\n")
        new.replace(self.settings.records / record.name)

    def _clear(self) -> None:
        """Take away the repositories that are over: never the last, and none of which something is still to be sent.

        What is in the bucket need not be here for as long: the last two stay, for a restore without a line.
        """
        names = sorted({each.repository for each in self.kept()})
        for name in names[:-1]:
            backups = [each for each in self.kept() if each.repository == name]
            is_over = age(backups[-1].moment) > self.settings.days * DAY
            is_spare = name in names[:-2] and all(self._sent_mark(each).exists() for each in backups)
            if is_over or is_spare:
                for each in backups:
                    self._sent_mark(each).unlink(missing_ok=True)
                    (self.settings.records / each.name).unlink()
                shutil.rmtree(self.settings.repositories / name)
        for path in self.settings.repositories.glob("*"):  # of a run that was killed before its first backup was whole
            if path.name not in names:
                shutil.rmtree(path)

    # ---- send --------------------------------------------------------------------------------------------------------

    def send(self) -> list[Record]:
        """Send what the bucket hasn't; give it. Goes on where it was cut off: a file that is there is whole."""
        waiting = [each for each in self.kept() if not self._sent_mark(each).exists()]
        for repository in sorted({each.repository for each in waiting}):
            here, there = self.settings.repositories / repository, f"{self.settings.place}/{repository}"
            self.rclone("copy", here, there, "--ignore-existing", "--exclude", "locks/**")
            for each in waiting:
                if each.repository == repository:
                    self.rclone("copy", self.settings.records / each.name, self._records_there())
                    self._sent_mark(each).touch()
        if waiting and self.settings.locked_days:
            self._clear_bucket()
        return waiting

    def _records_there(self) -> str:
        return f"{self.settings.place}/record"

    def sent(self) -> dict[Record, str]:
        """List the backups in the bucket, with when the bucket took each."""
        said = json.loads(self.rclone("lsjson", self._records_there(), "--use-server-modtime") or "[]")
        found = {Record.of(each["Name"]): each["ModTime"][:19] for each in said}
        return {record: moment for record, moment in found.items() if record}

    def _clear_bucket(self) -> None:
        """Take from the bucket the repositories that are over and no longer locked: never the last."""
        sent = self.sent()
        for name in sorted({each.repository for each in sent})[:-1]:
            backups = sorted(each for each in sent if each.repository == name)
            newest = min(age(sent[each], "%Y-%m-%dT%H:%M:%S") for each in backups)
            is_locked = newest < (self.settings.locked_days + 1) * DAY
            if age(backups[-1].moment) > self.settings.days * DAY and not is_locked:
                self.rclone("purge", f"{self.settings.place}/{name}")
                for each in backups:
                    self.rclone("deletefile", f"{self._records_there()}/{each.name}")

    # ---- restore -----------------------------------------------------------------------------------------------------

    def restore(self, at: str) -> Record:
        """Put back the last backup that was begun by the moment `at`, on a host that has none of it.

        Cut off, it is begun again and goes on with what has come. Raises Fault on a host with a cluster or volumes.
        """
        self._refuse_occupied()
        there = self._there()
        record = self._find(at, there)
        self._fetch(record, there)
        self._begun().touch()
        self.restic(record.repository, "restore", record.snapshot, "--target", self.settings.root, "--verify")
        self._place_state()
        self._begun().unlink()
        return record

    def _begun(self) -> Path:
        return self.settings.home / "restore-begun"

    def _refuse_occupied(self) -> None:
        there = [
            path for path in (self.settings.database, self.settings.volumes) if path.exists() and any(path.iterdir())
        ]
        if there and not self._begun().exists():
            raise Fault(f"isn't blank: {' and '.join(map(str, there))} would be overwritten")

    def _there(self) -> list[Record]:
        """List the backups in the bucket; none where it can't be asked and this host has some of its own."""
        try:
            return list(self.sent())
        except Fault as fault:
            if not self.kept():
                raise
            sys.stderr.write(f"{fault}; goes by what is on this host\n")
            return []

    def _find(self, at: str, there: list[Record]) -> Record:
        found = sorted(each for each in {*there, *self.kept()} if each.moment <= at)
        if not found:
            raise Fault(f"there is no backup until {at} in {self.settings.place} or on this host")
        return found[-1]

    def _fetch(self, record: Record, sent: list[Record]) -> None:
        """Bring the repository of a backup from the bucket, which has what is `sent`, unless it is here."""
        if record in self.kept():
            return
        here, there = self.settings.repositories / record.repository, f"{self.settings.place}/{record.repository}"
        self.rclone("copy", there, here, "--size-only")
        # With what else is in it, as the next backup is added to the same one.
        self.settings.records.mkdir(mode=0o700, parents=True, exist_ok=True)
        for each in sorted(sent):
            if each.repository == record.repository:
                self.rclone("copy", f"{self._records_there()}/{each.name}", self.settings.records)
                self._sent_mark(each).touch()

    def _place_state(self) -> None:
        """Put the copy of the cluster's state where k3s looks for it."""
        dump, database = self.settings.dump, self.settings.database
        if (dump / "state.db").exists():
            database.mkdir(mode=0o700, parents=True, exist_ok=True)
            for stale in database.glob("state.db-*"):
                stale.unlink()
            shutil.copy2(dump / "state.db", database / "state.db")
        elif (dump / "etcd").exists():
            shutil.rmtree(database / "etcd", ignore_errors=True)
            (database / "reset-flag").unlink(missing_ok=True)  # of a restore that was cut off: k3s resets once
            run([self.settings.program, "server", "--cluster-reset", f"--cluster-reset-restore-path={dump / 'etcd'}"])


# ---- what is copied --------------------------------------------------------------------------------------------------


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database that others write to, as it is at one moment."""
    with contextlib.closing(sqlite3.connect(source)) as read, contextlib.closing(sqlite3.connect(target)) as write:
        read.backup(write)
    target.chmod(0o600)


def users(volumes: set[str], processes: Path = Path("/proc")) -> set[int]:
    """List the processes of pods in whose view one of the folders `volumes` is mounted."""
    found = set()
    for process in processes.glob("[0-9]*"):
        try:
            if "kubepods" not in (process / "cgroup").read_text():
                continue
            roots = [line.split()[3] for line in (process / "mountinfo").read_text().splitlines()]
        except OSError:
            continue  # it has ended
        if any(volumes & set(root.split("/")) for root in roots):
            found.add(int(process.name))
    return found


@contextlib.contextmanager
def still(listed: Callable[[], set[int]]) -> Iterator[None]:
    """Have the processes that are `listed` stand still for as long as the block runs.

    What is on their disk is then what a power cut would leave there, at one moment: a program that outlives that
    outlives a restore. Nothing is lost: what they are sent waits in their connections.
    """
    stopped: set[int] = set()
    try:
        while new := listed() - stopped:
            stopped |= new
            send_signal(new, signal.SIGSTOP)
        yield
    finally:
        send_signal(stopped, signal.SIGCONT)


def send_signal(processes: Iterable[int], which: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, which)


# ---- time ------------------------------------------------------------------------------------------------------------


def now() -> str:
    return time.strftime(FORM, time.gmtime())


def age(moment: str, form: str = FORM) -> float:
    """Give how many seconds ago a moment was."""
    return time.time() - calendar.timegm(time.strptime(moment, form))


# ---- command line ----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def alone(home: Path) -> Iterator[None]:
    """Wait until no other run works on the backups, and keep others out."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main(argv: list[str]) -> int:
    """Do what the command line says; print what was done as JSON."""
    parser = argparse.ArgumentParser(description="The backups of this host.")
    parser.add_argument("command", choices=("take", "send", "restore", "wake"))
    parser.add_argument("--at", default="", help="restore the last backup until this moment, as 20261129T013000Z")
    parser.add_argument("--settings", type=Path, default=SETTINGS)
    given = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what stands still goes on
    try:
        backups = Backups(Settings.read(given.settings))
        if given.command == "wake":  # after a run that was killed
            send_signal(backups.users(), signal.SIGCONT)
            return 0
        with alone(backups.settings.home):
            done = act(backups, given.command, given.at or now())
    except Fault as fault:
        sys.stderr.write(f"{fault}\n")
        return fault.code
    sys.stdout.write(json.dumps([each.name for each in done]) + "\n")
    return 0


def act(backups: Backups, command: str, at: str) -> list[Record]:
    if command == "take":
        return [backups.take()]
    if command == "send":
        return backups.send()
    return [backups.restore(at)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
