"""Disks: encrypted, those of nodes and those that stand alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from simpul.policy import UNKNOWN, Breach, Resource, Rule, entries, law
from simpul.policy.vendor import NODES

TRUE = (True, "true", UNKNOWN)


def check(owner: Resource) -> Iterator[Breach]:
    """Find a disk that isn't encrypted."""
    match owner.type:
        case "alicloud:ecs/ecsDisk:EcsDisk":
            own = owner.get("encrypted") in TRUE
        case _:
            own = owner.get("systemDiskEncrypted") in TRUE
    if not own:
        yield Breach("has a disk that isn't encrypted", "not encrypted", "Set it to be encrypted.")
    for at, disk in enumerate(entries(owner.get("dataDisks"))):
        if isinstance(disk, Mapping) and disk.get("encrypted") not in TRUE:
            yield Breach(f"has a disk that isn't encrypted: dataDisks[{at}]", "not encrypted", "Set encrypted to true.")


RULE = Rule(
    id="encryption-disk",
    title="Disks are encrypted",
    source=law("UU PDP 27/2022 arts 35, 46", "a disk that leaves the vendor's hall shows nothing"),
    looks_at="the system's and data disks of node pools and of machines, and disks that stand alone",
    english="Encrypt every disk, of nodes too.",
    indonesian="Enkripsi setiap disk, termasuk disk node.",
    on=Resource,
    types=(NODES, "alicloud:ecs/instance:Instance", "alicloud:ecs/ecsDisk:EcsDisk"),
    check=check,
)
