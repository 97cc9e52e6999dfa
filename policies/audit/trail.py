"""A record of who did what in the account: there is one."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Estate, Rule, law
from simpul.policy.vendor import STORES, TRAIL


def check(estate: Estate) -> Iterator[Breach]:
    """Find data without a record of who touches it."""
    data = list(estate.of(*STORES))
    if data and not any(estate.of(TRAIL)):
        yield Breach(
            "is touched without a record", "no ActionTrail", "Make a trail to a log store and a bucket.", data[0]
        )


RULE = Rule(
    id="audit-trail",
    title="There is a record of who did what in the cloud",
    source=law(
        "UU PDP 27/2022 arts 31, 46", "processing is recorded; without it no breach can be told of in 3x24 hours"
    ),
    looks_at="the stack's ActionTrail, wherever it holds data",
    english="Record every call to the cloud's API.",
    indonesian="Catat setiap panggilan ke API cloud.",
    on=Estate,
    check=check,
)
