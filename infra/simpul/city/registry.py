"""A registry's address, and what the vendor calls its registries inside of a VPC and outside."""

from __future__ import annotations

INSIDE = "-vpc"
"""By which the first label of a name ends that a VPC alone resolves: registry-vpc.ap-southeast-5.aliyuncs.com."""

VENDOR = ".aliyuncs.com"


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
