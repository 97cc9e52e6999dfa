"""Clusters: deleted only by who first says so."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, choice
from simpul.policy.vendor import CLUSTER


def check(cluster: Resource) -> Iterator[Breach]:
    """Find a cluster that one mistaken call deletes."""
    if cluster.get("deletionProtection") not in (True, UNKNOWN):
        yield Breach("can be deleted by one mistaken call", "no deletionProtection", "Set deletionProtection to true.")


RULE = Rule(
    id="protection-cluster",
    title="Clusters are protected from deletion",
    source=choice("a cluster's volumes hold data; what holds data is deleted in two steps"),
    looks_at="deletionProtection of ACK clusters",
    english="Protect every cluster from deletion.",
    indonesian="Lindungi setiap klaster dari penghapusan.",
    on=Resource,
    types=(CLUSTER,),
    protective=True,
    check=check,
)
