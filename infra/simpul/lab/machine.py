"""A machine of the lab: a whole Debian in a systemd-nspawn container, with an address in one of the lab's LANs.

Enters a Spec; leaves a running machine with its record in STATE. A machine outlives the process that started it. Its
power can be cut, and it boots again from the disk that it had.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from ipaddress import IPv4Address
from pathlib import Path

from simpul.command import run as run_program
from simpul.errors import OutsideError
from simpul.lab import cgroup, disk, identity, network, rootfs
from simpul.lab.place import PREFIX, STATE
from simpul.process import read_beginning

MACHINES = STATE / "machines"

RECORD = "machine.json"

STOP_SECONDS = 20.0
"""How long a machine may take to power off before its power is cut."""

ENTER = """while [ "$1" != -- ]; do echo $$ > "$1"; shift; done; shift; exec "$@" """
"""Joins the groups (and tells its process id) by the files given before `--`, then becomes the program after it."""

NSPAWN = (
    "systemd-nspawn", "--quiet", "--boot", "--register=no", "--keep-unit", "--link-journal=no",
    "--resolv-conf=off", "--timezone=off", "--console=read-only",
    # What Kubernetes needs of a host, as far as the operator's machine has it itself.
    "--capability=all", "--system-call-filter=@keyring bpf perf_event_open", "--bind=/dev/kmsg",
)  # fmt: skip


@dataclass(frozen=True)
class Spec:
    """What a machine is asked to be: its host name, its LAN's number, its address, and who may log in.

    `trusted` is the certificate (PEM) of an authority that it trusts beside those of the world.
    """

    name: str
    number: int
    address: IPv4Address
    authorized_key: str
    user: str = "simpul"
    trusted: str = ""


@dataclass(frozen=True)
class Machine:
    """A machine that was started. `began` tells its process from a later one with the same id."""

    name: str
    address: str
    user: str
    host_key: str
    pid: int
    began: str

    @property
    def running(self) -> bool:
        """Say whether its process lives."""
        return read_beginning(self.pid) == self.began


def start(spec: Spec, base: Path | None = None) -> Machine:
    """Boot the machine, from its own disk if it has one; one that runs is left as it is.

    `base` is the base image, by default the lab's. Raises OutsideError if the disk or the container can't start.
    """
    found = find(spec.name)
    if found and found.running:
        return found
    folder = MACHINES / spec.name
    folder.mkdir(parents=True, exist_ok=True)
    kill(spec.name)  # what a machine that ended by itself has left
    root = disk.mount(folder, base or rootfs.find())
    host_key = identity.give(root, spec)
    pid = _boot(spec, folder, root)
    machine = Machine(
        name=spec.name, address=str(spec.address), user=spec.user, host_key=host_key, pid=pid,
        began=read_beginning(pid) or "",
    )  # fmt: skip
    (folder / RECORD).write_text(json.dumps(asdict(machine), indent=2) + "\n")
    return machine


def start_all(specs: Sequence[Spec], base: Path | None = None) -> list[Machine]:
    """Boot several machines at once, in the order of `specs`."""
    with ThreadPoolExecutor(max_workers=max(1, len(specs))) as pool:
        return list(pool.map(lambda spec: start(spec, base), specs))


def find(name: str) -> Machine | None:
    """Give the record of the machine `name`, if it was ever started and not removed."""
    try:
        return Machine(**json.loads((MACHINES / name / RECORD).read_text()))
    except FileNotFoundError:
        return None


def list_all() -> list[Machine]:
    """Give the records of all machines."""
    found = (find(path.parent.name) for path in sorted(MACHINES.glob(f"*/{RECORD}")))
    return [machine for machine in found if machine]


def wait_ssh(machine: Machine, seconds: float = 60.0) -> None:
    """Wait until the machine answers SSH. Raises OutsideError with the last lines of its console if it doesn't."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and machine.running:
        if _answers_ssh(machine.address):
            return
        time.sleep(0.2)
    raise OutsideError.at(
        f"machine {machine.name}",
        f"doesn't answer SSH at {machine.address} within {seconds:.0f} s",
        _read_console(machine.name),
    )


def run(name: str, argv: Sequence[str], *, stdin: str | None = None, seconds: float | None = None) -> str:
    """Run a program in the machine as root and give its output. Raises OutsideError if it fails."""
    return run_program([*_enter(name), *argv], where=f"machine {name}", stdin=stdin, seconds=seconds)


def put(name: str, source: Path, target: str, mode: str = "0644") -> None:
    """Copy a file into the machine as root's."""
    with source.open("rb") as file:
        done = subprocess.run(
            [*_enter(name), "install", "-D", "-m", mode, "/dev/stdin", target],
            stdin=file, capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode != 0:
        raise OutsideError.at(f"machine {name}", f"{target} can't be written", done.stderr.strip())


def stop(name: str, *, keep_disk: bool = False) -> None:
    """Remove the machine and its disk; with `keep_disk` power it off in order and leave the disk.

    A machine that isn't there is no error.
    """
    if keep_disk and (machine := find(name)) and machine.running:
        os.kill(machine.pid, signal.SIGTERM)  # systemd-nspawn tells the machine's init to power off
        _wait_end(machine, STOP_SECONDS)
    kill(name)
    if not keep_disk:
        disk.erase(MACHINES / name)


def kill(name: str) -> None:
    """Cut the machine's power. Its disk stays, and `start` boots from it."""
    if (machine := find(name)) and machine.running:
        os.kill(machine.pid, signal.SIGKILL)
        _wait_end(machine, STOP_SECONDS)
    cgroup.remove(f"{PREFIX}{name}")
    network.unplug(f"{PREFIX}{name}")
    disk.unmount(MACHINES / name)


def stop_all(names: Iterable[str] | None = None) -> None:
    """Stop the machines `names`, or all that there are or that an earlier lab left behind."""
    left = {path.name for path in MACHINES.glob("*") if path.is_dir()}
    left |= {group.removeprefix(PREFIX) for group in cgroup.find(PREFIX)}
    wanted = sorted(left if names is None else set(names))
    with ThreadPoolExecutor(max_workers=max(1, len(wanted))) as pool:
        list(pool.map(stop, wanted))


def _boot(spec: Spec, folder: Path, root: Path) -> int:
    """Start systemd-nspawn as a process that is nobody's child, and give its id."""
    name = f"{PREFIX}{spec.name}"
    pid_file = folder / "pid"
    joins = [*cgroup.prepare(name), pid_file]
    argv = [
        *NSPAWN, f"--directory={root}", f"--machine={name}", f"--hostname={spec.name}",
        f"--network-bridge={network.name_bridge(spec.number)}", f"--bind={folder / 'runtime'}:{disk.RUNTIME}",
    ]  # fmt: skip
    pid_file.unlink(missing_ok=True)
    with (folder / "console.log").open("w") as console:
        subprocess.run(
            ["setsid", "--fork", "sh", "-c", ENTER, "machine", *map(str, joins), "--", *argv],
            stdin=subprocess.DEVNULL, stdout=console, stderr=console, check=True,
        )  # fmt: skip
    deadline = time.monotonic() + STOP_SECONDS
    while not (pid_file.exists() and pid_file.read_text().strip()):
        if time.monotonic() > deadline:
            raise OutsideError.at(f"machine {spec.name}", "can't be started", _read_console(spec.name))
        time.sleep(0.02)
    return int(pid_file.read_text())


def _enter(name: str) -> list[str]:
    """Give the program that runs another inside the machine, seen from its init process."""
    machine = find(name)
    if not machine or not machine.running:
        raise OutsideError.at(f"machine {name}", "isn't running", next="simpul lab up")
    init = Path(f"/proc/{machine.pid}/task/{machine.pid}/children").read_text().split()
    if not init:
        raise OutsideError.at(f"machine {name}", "has no init process yet", _read_console(name))
    return ["nsenter", f"--target={init[0]}", "--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wd"]


def _answers_ssh(address: str) -> bool:
    try:
        with socket.create_connection((address, 22), timeout=2) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False


def _wait_end(machine: Machine, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while machine.running and time.monotonic() < deadline:
        time.sleep(0.1)


def _read_console(name: str) -> str:
    lines = (MACHINES / name / "console.log").read_text(errors="replace").splitlines()
    return "\n".join(lines[-8:])
