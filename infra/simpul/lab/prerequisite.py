"""What the operator's machine must be and have before a lab comes up.

In: this machine. Out: nothing, or every reason at once why not. Debian's packages that are missing are installed.
"""

from __future__ import annotations

import os
import shutil
import sys

from simpul.errors import OutsideError, Problem
from simpul.lab.command import run
from simpul.lab.step import Progress

PACKAGES = {
    "buildah": "buildah",  # builds images
    "debootstrap": "debootstrap",  # makes the hosts' base
    "docker-registry": "docker-registry",  # the images' registry
    "ip": "iproute2",  # bridges and network namespaces
    "nft": "nftables",
    "ssh-keygen": "openssh-client",
    "systemd-nspawn": "systemd-container",  # boots the hosts
}
"""Programs that a lab needs of Debian, and the packages that have them."""


def ensure(progress: Progress) -> None:
    """Make sure that a lab can come up here.

    Raises OutsideError with all that is in its way.
    """
    problems = [*_machine()]
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


def _machine() -> list[Problem]:
    problems = []
    if sys.platform != "linux":
        return [
            Problem(
                "this machine",
                "a lab runs on Linux alone",
                sys.platform,
                "use a Debian 12 machine, or a virtual one",
            )
        ]
    if os.geteuid() != 0:
        problems.append(
            Problem(
                "this user",
                "a lab makes network bridges and boots hosts, which root alone may",
                f"uid {os.geteuid()}",
                "sudo make lab",
            )
        )
    if shutil.which("apt-get") is None:
        problems.append(
            Problem(
                "this machine",
                "a lab takes programs from Debian's packages, and there is no apt-get",
                next="use a Debian 12 machine",
            )
        )
    return problems
