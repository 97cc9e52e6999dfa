"""Buckets: not deleted while something is in them."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Resource, Rule, choice
from simpul.policy.vendor import BUCKET


def check(bucket: Resource) -> Iterator[Breach]:
    """Find a bucket that is emptied to be deleted."""
    if bucket.get("forceDestroy") is True:
        yield Breach("is deleted with all that is in it", "forceDestroy", "Leave forceDestroy out.")


RULE = Rule(
    id="protection-bucket",
    title="A bucket isn't deleted while something is in it",
    source=choice("what holds data is deleted in two steps: emptied by somebody, then deleted"),
    looks_at="forceDestroy of OSS buckets",
    english="Don't let a bucket be deleted with what is in it.",
    indonesian="Jangan izinkan bucket dihapus beserta isinya.",
    on=Resource,
    types=(BUCKET,),
    protective=True,
    check=check,
)
