"""The record of who did what: all of it, and in two places."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, law
from simpul.policy.vendor import TRAIL


def check(trail: Resource) -> Iterator[Breach]:
    """Find a trail that leaves out events or regions, or goes to one place alone."""
    for prop in ("eventRw", "trailRegion"):
        if trail.get(prop) not in ("All", UNKNOWN):
            yield Breach(f"leaves something out: {prop}", str(trail.get(prop) or "nothing"), f"Set {prop} to All.")
    if not trail.get("slsProjectArn"):
        yield Breach("can't be searched", "no slsProjectArn", "Send it to a log project.")
    if not trail.get("ossBucketName"):
        yield Breach("has no copy that can't be changed", "no ossBucketName", "Send it to a locked bucket too.")
    if trail.get("status") not in (None, "Enable", UNKNOWN):
        yield Breach("isn't on", str(trail.get("status")), "Set status to Enable.")


RULE = Rule(
    id="audit-trail-complete",
    title="The record is whole, searchable and kept twice",
    source=law(
        "UU PDP 27/2022 arts 31, 46", "a breach is told of within 3x24 hours: what happened must be found by then"
    ),
    looks_at="events, regions and destinations of every ActionTrail",
    english="Record all events of all regions, to a log store and to a locked bucket.",
    indonesian="Catat semua peristiwa di semua wilayah, ke log dan ke bucket terkunci.",
    on=Resource,
    types=(TRAIL,),
    check=check,
)
