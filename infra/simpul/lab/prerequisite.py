"""What the operator's machine must be and have before a lab comes up.

In: this machine, and how many hosts the lab will have. Out: nothing, or every reason at once why not. Debian's packages
that are missing are installed, and noted in the cache, as they stay; the kernel's limit is raised while the lab is up.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from simpul.command import run
from simpul.errors import OutsideError, Problem
from simpul.lab import kernel
from simpul.lab.step import Progress
from simpul.project import CACHE

PACKAGES = {
    "buildah": "buildah",  # builds images
    "debootstrap": "debootstrap",  # makes the hosts' base
    "ip": "iproute2",  # bridges and network namespaces
    "modprobe": "kmod",  # loads what the hosts need of this machine's kernel
    "nft": "nftables",  # keeps other users out of the lab's networks
    "ssh-keygen": "openssh-client",
    "systemd-nspawn": "systemd-container",  # boots the hosts
}
"""Programs that a lab needs of Debian, and the packages that have them."""

MODULES: dict[str, Callable[[], bool]] = {
    "br_netfilter": Path("/proc/sys/net/bridge").exists,
    "overlay": lambda: "\toverlay\n" in Path("/proc/filesystems").read_text(),
}
"""Kernel modules that hosts need, and how to tell that one is there, as a module or built in."""

INOTIFY = "fs.inotify.max_user_instances"
"""How many inotify instances one user may have; the machines of a lab share root's."""

SERVER_INSTANCES = 22
"""What a machine with a control plane takes: systemd, containerd, the kubelet and the pods' watches."""

INSTALLED = CACHE / "packages"
"""The packages that labs have installed, a line for each."""

AGENT_INSTANCES = 14
"""What a machine with a kubelet alone takes."""

OWN_INSTANCES = 16
"""What is left to the services of the operator's machine itself."""


def ensure(progress: Progress, *, servers: int, agents: int) -> None:
    """Make sure that a lab with so many hosts at its sites can come up here.

    Raises OutsideError with all that is in its way.
    """
    problems = _platform() or [*_user(), *_packages()]
    if problems:
        raise OutsideError(*problems)
    missing = sorted({package for program, package in PACKAGES.items() if shutil.which(program) is None})
    if missing:
        progress(f"installing {', '.join(missing)}")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        run(["apt-get", "update", "-q"], where="apt-get update", env=environment)
        run(
            ["apt-get", "install", "-q", "-y", "--no-install-recommends", *missing],
            where="apt-get install",
            env=environment,
            stdin="",
        )
        _note(missing)
    _load_modules()
    _make_room(servers, agents, progress)


def installed() -> list[str]:
    """List the packages that labs have installed on this machine."""
    return INSTALLED.read_text().split() if INSTALLED.exists() else []


def _note(packages: Iterable[str]) -> None:
    INSTALLED.parent.mkdir(parents=True, exist_ok=True)
    INSTALLED.write_text("".join(f"{each}\n" for each in sorted({*installed(), *packages})))


def _load_modules() -> None:
    """Load what a host can't load itself: its kernel is this machine's. OutsideError when a module isn't there."""
    for module, sign in MODULES.items():
        if not sign():
            run(["modprobe", module], where=f"kernel module {module}")


def refuse_others() -> None:
    """Refuse who can't have a lab: another platform than Linux, another user than root. Raises OutsideError."""
    if problems := _platform() or [*_user()]:
        raise OutsideError(*problems)


def _platform() -> list[Problem]:
    if sys.platform == "linux":
        return []
    return [
        Problem("this machine", "a lab runs on Linux alone", sys.platform, "use a Debian 12 machine, or a virtual one")
    ]


def _user() -> Iterator[Problem]:
    if os.geteuid() != 0:
        yield Problem(
            "this user",
            "a lab makes network bridges and boots hosts, which root alone may",
            f"uid {os.geteuid()}",
            "become root: sudo -s",
        )


def _packages() -> Iterator[Problem]:
    if shutil.which("apt-get") is None:
        yield Problem(
            "this machine",
            "a lab takes programs from Debian's packages, and there is no apt-get",
            next="use a Debian 12 machine",
        )


def _make_room(servers: int, agents: int, progress: Progress) -> None:
    """Raise too low a limit. One that is reached shows as a host on which k3s starts and never gets ready."""
    # The cloud's cluster is two machines more: its control plane and a node.
    needed = OWN_INSTANCES + (servers + 1) * SERVER_INSTANCES + (agents + 1) * AGENT_INSTANCES
    if kernel.read(INOTIFY) < needed:
        enough = max(512, 1 << (needed - 1).bit_length())
        progress(f"{INOTIFY} is {enough} while the lab is up")
        kernel.lift(INOTIFY, enough)
