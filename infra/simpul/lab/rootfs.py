"""The lab's host base image: a Debian that a site's hosts and the cloud's nodes boot from.

Enters nothing but the operator's own apt setting (which mirror); leaves a folder in the cache, made once for
each recipe. It holds what Kubernetes needs of a host; who may log in is set for each machine, not here.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from simpul import digest
from simpul.command import run
from simpul.errors import UsageError
from simpul.project import CACHE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SUITE = "bookworm"

PACKAGES = (
    # a host that Ansible can reach
    "systemd-sysv", "dbus", "openssh-server", "python3", "sudo", "ca-certificates", "tzdata", "procps",
    # what the kubelet and the cluster's network call
    "iproute2", "iptables", "nftables", "conntrack", "ethtool", "socat", "util-linux", "mount", "kmod",
    # k3s carries these in its one program; the lab's stand-in takes Debian's
    "etcd-server", "etcd-client", "containerd", "runc", "containernetworking-plugins",
    # what a host's backups are made by: an office of the lab reaches no mirror
    "restic", "rclone",
    # the lab's smallest image is made of it
    "busybox-static",
)  # fmt: skip

UNWANTED_UNITS = (
    "etcd.service", "containerd.service", "nftables.service", "e2scrub_reap.service",
    "apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer", "fstrim.timer",
    "systemd-timesyncd.service", "systemd-resolved.service", "systemd-logind.service",
    "getty@.service", "console-getty.service",
)  # fmt: skip
"""Units that would work beside k3s, reach out of the lab, or spend the few processors on nothing."""

WANTED_UNITS = ("ssh.service", "systemd-networkd.service", "simpul-kubelet.service")

FILES = {
    # systemd-nspawn mounts the cgroup controllers read-only, and the kubelet makes its groups in them. It also
    # insists on three settings of the kernel, which is the operator's: a machine sees its own copy of them.
    "etc/systemd/system/simpul-kubelet.service": """\
[Unit]
Description=Let a kubelet be at home in a container
DefaultDependencies=no
Before=sysinit.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'for at in /sys/fs/cgroup/*/; do mount -o remount,bind,rw "$at" || true; done'
ExecStart=/bin/sh -ec 'mkdir -p /run/kernel; set_own() { echo "$2" > /run/kernel/"$1"; \
mount --bind /run/kernel/"$1" /proc/sys/"$(echo "$1" | tr . /)"; }; \
set_own vm.overcommit_memory 1; set_own kernel.panic 10; set_own kernel.panic_on_oops 1'

[Install]
WantedBy=sysinit.target
""",
    # A host in an office has no name server of the lab's; a lookup must fail at once instead of waiting.
    "etc/resolv.conf": "options timeout:1 attempts:1\n",
    "etc/machine-id": "",
    # Otherwise a host that is still booting answers SSH and turns everyone but root away.
    "etc/tmpfiles.d/systemd-nologin.conf": "",
    "etc/ssh/sshd_config.d/lab.conf": "PasswordAuthentication no\nPermitRootLogin no\nMaxStartups 50\n",
}

OWN_OR_SPENT = ("etc/ssh/ssh_host_*", "var/lib/dbus/machine-id", "var/cache/apt/archives/*.deb")
"""What each machine must make for itself, and what installing has left."""


def find() -> Path:
    """Give the folder where the base image is, or will be."""
    recipe = json.dumps([SUITE, PACKAGES, UNWANTED_UNITS, WANTED_UNITS, FILES, OWN_OR_SPENT])
    return CACHE / "rootfs" / digest.plain(recipe.encode())[: digest.SHORT]


def build(progress: Callable[[str], None]) -> Path:
    """Make the base image if the cache hasn't it, and give its folder.

    Raises UsageError without root, OutsideError if debootstrap fails (no mirror, no disk).
    """
    return make_once(find(), lambda root: _make(root, progress))


def make_once(target: Path, make: Callable[[Path], None]) -> Path:
    """Let `make` fill a folder that becomes `target`, unless that is there: one that was cut off is never taken for it.

    Raises UsageError without root, and what `make` raises.
    """
    if target.exists():
        return target
    if os.geteuid() != 0:
        raise UsageError.at("lab", "its Debian roots are made by root alone", next="sudo simpul lab up")
    target.parent.mkdir(parents=True, exist_ok=True)
    with _alone(target.parent):
        if not target.exists():
            _make_beside(target, make)
    return target


def _make_beside(target: Path, make: Callable[[Path], None]) -> None:
    for leftover in target.parent.glob("making-*"):
        shutil.rmtree(leftover)
    making = Path(tempfile.mkdtemp(prefix="making-", dir=target.parent))
    making.chmod(0o755)
    try:
        make(making)
        making.rename(target)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _make(root: Path, progress: Callable[[str], None]) -> None:
    _bootstrap(root, progress)
    _settle(root)


def _bootstrap(root: Path, progress: Callable[[str], None]) -> None:
    progress(f"base image: Debian {SUITE} with {len(PACKAGES)} packages (about a minute and a half)")
    debootstrap(root, PACKAGES)


def debootstrap(root: Path, packages: Iterable[str], *options: str) -> None:
    """Put SUITE with `packages` into `root`, from the mirror of the operator's machine. OutsideError if it fails."""
    mirror = find_mirror(run(["apt-get", "indextargets"], where="lab"))
    argv = ["debootstrap", "--variant=minbase", *options, f"--include={','.join(packages)}", SUITE, str(root)]
    run([*argv, mirror] if mirror else argv, where="lab")


def _settle(root: Path) -> None:
    """Write our files, choose the units, and drop what every machine must have of its own."""
    for name, text in FILES.items():
        path = root / name
        path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for pattern in OWN_OR_SPENT:
        for path in root.glob(pattern):
            path.unlink()
    shutil.rmtree(root / "var/lib/apt/lists")
    run(["systemctl", f"--root={root}", "mask", *UNWANTED_UNITS], where="lab hosts")
    run(["systemctl", f"--root={root}", "enable", *WANTED_UNITS], where="lab hosts")


def find_mirror(indextargets: str) -> str | None:
    """Read the mirror of SUITE's main component from `apt-get indextargets`.

    Takes that of another release of Debian if the operator's machine isn't SUITE (a mirror holds them all),
    and None if it isn't a Debian: debootstrap then knows one itself.
    """
    targets = [target for target in _read_targets(indextargets) if _is_debian_main(target)]
    targets.sort(key=lambda target: target.get("Release") != SUITE)
    return targets[0]["Repo-URI"] if targets else None


def _is_debian_main(target: dict[str, str]) -> bool:
    return (
        target.get("Origin") == "Debian"
        and target.get("Component") == "main"
        and target.get("Created-By") == "Packages"
        and target.get("Label") == "Debian"
    )


def _read_targets(indextargets: str) -> Iterator[dict[str, str]]:
    """Read the paragraphs of `Key: value` lines."""
    for paragraph in indextargets.split("\n\n"):
        pairs = (line.partition(": ") for line in paragraph.splitlines())
        yield {key: value for key, _, value in pairs}


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, so that two labs that start at once make one image."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
