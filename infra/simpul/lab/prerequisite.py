"""What the operator's machine must be and have before a lab comes up.

In: this machine, and how many hosts the lab will have. Out: nothing, or every reason at once why not. Debian's packages
that are missing are installed.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from simpul.command import run
from simpul.errors import OutsideError, Problem
from simpul.lab.step import Progress

PACKAGES = {
    "buildah": "buildah",  # builds images
    "debootstrap": "debootstrap",  # makes the hosts' base
    "docker-registry": "docker-registry",  # the images' registry
    "ip": "iproute2",  # bridges and network namespaces
    "modprobe": "kmod",  # loads what the hosts need of this machine's kernel
    "ssh-keygen": "openssh-client",
    "systemd-nspawn": "systemd-container",  # boots the hosts
}
"""Programs that a lab needs of Debian, and the packages that have them."""

MODULES: dict[str, Callable[[], bool]] = {
    "br_netfilter": Path("/proc/sys/net/bridge").exists,
    "overlay": lambda: "\toverlay\n" in Path("/proc/filesystems").read_text(),
}
"""Kernel modules that hosts need, and how to tell that one is there, as a module or built in."""

INOTIFY = Path("/proc/sys/fs/inotify/max_user_instances")
"""How many inotify instances one user may have; the machines of a lab share root's."""

SERVER_INSTANCES = 22
"""What a machine with a control plane takes: systemd, containerd, the kubelet and the pods' watches."""

AGENT_INSTANCES = 14
"""What a machine with a kubelet alone takes."""

OWN_INSTANCES = 16
"""What is left to the services of the operator's machine itself."""


def ensure(progress: Progress, *, servers: int, agents: int) -> None:
    """Make sure that a lab with so many hosts at its sites can come up here.

    Raises OutsideError with all that is in its way.
    """
    problems = _platform() or [*_user(), *_packages(), *_inotify(servers, agents)]
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
    _load_modules()


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


def _inotify(servers: int, agents: int) -> Iterator[Problem]:
    """Find too low a limit. One that is reached shows as a host on which k3s starts and never gets ready."""
    # The cloud's cluster is two machines more: its control plane and a node.
    needed = OWN_INSTANCES + (servers + 1) * SERVER_INSTANCES + (agents + 1) * AGENT_INSTANCES
    allowed = int(INOTIFY.read_text())
    if allowed < needed:
        enough = max(512, 1 << (needed - 1).bit_length())
        yield Problem(
            "fs.inotify.max_user_instances",
            f"is too low for {servers + agents} hosts and the cloud's cluster, which need {needed}",
            str(allowed),
            f"sysctl -w fs.inotify.max_user_instances={enough}",
        )
