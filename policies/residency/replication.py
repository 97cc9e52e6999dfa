"""Copies of buckets: none abroad."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Resource, Rule, law
from simpul.policy.place import foreign_region


def check(replication: Resource) -> Iterator[Breach]:
    """Find a replication to a region abroad, and one that goes by the vendor's worldwide acceleration."""
    location = replication.get("destination", "location")
    if foreign_region(location, replication.frame):
        yield Breach(
            "copies a bucket abroad", f'"{location}"', "Replicate within the country, or back up with a vault."
        )
    if replication.get("destination", "transferType") == "oss_acc":
        advice = "Leave destination.transferType out."
        yield Breach("sends its copies over the vendor's worldwide network", '"oss_acc"', advice)


RULE = Rule(
    id="residency-replication",
    title="No bucket is copied abroad",
    source=law("PP 71/2019 art 20(2)", "public data is stored in Indonesia, and a copy is a storing"),
    looks_at="the destination of every bucket replication",
    english="Replicate buckets only to regions of the city's country.",
    indonesian="Replikasi bucket hanya ke wilayah di dalam negeri.",
    unwaivable="what was abroad can't be called back",
    on=Resource,
    types=("alicloud:oss/bucketReplication:BucketReplication",),
    check=check,
)
