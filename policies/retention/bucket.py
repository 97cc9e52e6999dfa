"""Buckets: what becomes of old things in them is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from simpul.city import Purpose
from simpul.policy import Breach, Resource, Rule, entries, law
from simpul.policy.vendor import BUCKET, is_for

ENDS = ("expirations", "noncurrentVersionExpirations")


def check(bucket: Resource) -> Iterator[Breach]:
    """Find a bucket without a lifecycle by which anything ends.

    Not of backups: their age alone would take a silent site's last one, so who writes them clears them away.
    """
    if is_for(bucket, Purpose.BACKUP):
        return
    if bucket.get("lifecycleRules") is not None:
        rules = bucket.props["lifecycleRules"]
        listed = entries(rules)
        if len(listed) != len(rules if isinstance(rules, list) else [rules]) or any(_ends(rule) for rule in listed):
            return
    yield Breach("doesn't say what becomes of old objects", "no lifecycle that ends any", "Give it a lifecycle rule.")


def _ends(rule: object) -> bool:
    return isinstance(rule, Mapping) and rule.get("enabled") is not False and any(rule.get(key) for key in ENDS)


RULE = Rule(
    id="retention-bucket",
    title="Buckets say what becomes of old objects",
    source=law("UU PDP 27/2022 arts 16, 44", "personal data is deleted when its time is over; old versions count too"),
    looks_at="lifecycleRules of OSS buckets; not of those with simpul:purpose backup, which their writers clear",
    english="Give each bucket a lifecycle that ends old objects or old versions.",
    indonesian="Beri setiap bucket siklus hidup yang mengakhiri objek atau versi lama.",
    on=Resource,
    types=(BUCKET,),
    check=check,
)
