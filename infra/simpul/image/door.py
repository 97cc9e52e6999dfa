"""The door to a registry that this machine reaches: the vendor calls one otherwise inside of a VPC and outside."""

from __future__ import annotations

import socket

from simpul.city.registry import host, outside

PORT, WAIT = 443, 3.0
"""Where a registry of the vendor's answers, and for how many seconds one is waited for."""


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
