"""A registry's address, and what the vendor calls its registries inside of a VPC and outside."""

from __future__ import annotations

import socket

INSIDE = "-vpc"
"""By which the first label of a name ends that a VPC alone resolves: registry-vpc.ap-southeast-5.aliyuncs.com."""

VENDOR = ".aliyuncs.com"

PORT, WAIT = 443, 3.0
"""Where a registry of the vendor's answers, and for how many seconds one is waited for."""


def host(address: str) -> str:
    """Return the host of a registry's address, with its port if it has one."""
    return address.partition("/")[0]


def namespace(address: str) -> str:
    """Return what stands behind the host of a registry's address."""
    return address.partition("/")[2]


def outside(address: str) -> str:
    """Return the address by which who isn't in a VPC reaches the same registry; another's than the vendor's stays."""
    if not host(address).endswith(VENDOR):
        return address
    first, dot, rest = address.partition(".")
    return first.removesuffix(INSIDE) + dot + rest


def reachable(address: str) -> str:
    """Return the address by which this machine reaches the registry: that of a VPC where it answers, else `outside`.

    Which one holds is asked of the door itself: of an older registry the world resolves the name that a VPC alone
    reaches.
    """
    if outside(address) != address and _answers(host(address)):
        return address
    return outside(address)


def _answers(called: str) -> bool:
    try:
        socket.create_connection((called, PORT), WAIT).close()
    except OSError:
        return False
    return True
