"""Addresses on the cloud's network: what machines, servers, load balancers and elastic addresses get.

In: the store. Out: the lowest one that nobody has. Call it inside the store's lock.
"""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Final

from simpul.lab import place
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.store import Store

STORAGE: Final = str(place.network(place.CLOUD)[2])
"""Where object storage answers: a region has one, whatever buckets there are."""
FIRST_MACHINE: Final = 11
FIRST_PUBLIC: Final = 128
GATEWAY: Final = 254


def take(store: Store) -> str:
    """Take one for a server, a load balancer or an elastic address. Raises Refusal when none is left."""
    return _lowest(store, FIRST_PUBLIC, GATEWAY, set())


def take_machine(store: Store, also: set[str]) -> str:
    """Take one for a machine; `also` are taken but not written down yet. Raises Refusal when none is left."""
    return _lowest(store, FIRST_MACHINE, FIRST_PUBLIC, also)


def _lowest(store: Store, first: int, end: int, also: set[str]) -> str:
    taken = {record.outputs.get(name) for record in store.all() for name in ("address", "ipAddress")} | also
    for record in store.all():
        taken |= {machine["address"] for machine in record.behind.get("machines", ())}
        taken |= {record.behind.get("address")}
    free = (str(_address(number)) for number in range(first, end))
    found = next((each for each in free if each not in taken), None)
    if found is None:
        raise Refusal("QuotaExceeded.Address", f"The lab's cloud network has no address left from .{first} on.")
    return found


def _address(number: int) -> IPv4Address:
    return place.network(place.CLOUD)[number]
