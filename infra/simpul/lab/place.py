"""Where the lab keeps its things, and the numbers of its network: constants alone."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

STATE = Path("/var/lib/simpul/lab")
"""The running lab: its Pulumi state, keys, machines and process ids."""

LOCK = Path("/run/lock/simpul-lab")
"""Held by the command that changes the lab: there is one lab on a machine."""

RANGE = IPv4Network("10.213.0.0/16")
"""Every network of the lab is taken from here."""

PREFIX = "simpul-"
"""Every bridge, network namespace, machine and interface of the lab begins with this."""

REGISTRY = "10.213.0.1:5000"
"""Where the lab's image registry listens: the operator's leg in the cloud's network."""

SERVERS = "server"
"""The folder in STATE of what stands behind the cloud's databases, buckets and registries."""

CLOUD = 0
"""The number of the cloud's network, as sites have theirs."""


def network(number: int) -> IPv4Network:
    """Give the local network of site `number`, or the cloud's for CLOUD."""
    return IPv4Network(f"10.213.{number}.0/24")


def desk(number: int) -> IPv4Address:
    """Give the operator's own address in network `number`: a desk in that office."""
    return network(number)[1]


def gateway(number: int) -> IPv4Address:
    """Give the address of the wide area network's leg in network `number`."""
    return network(number)[254]
