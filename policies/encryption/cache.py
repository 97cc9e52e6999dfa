"""Caches: encrypted where they lie, if they write anything down."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, law
from simpul.policy.vendor import CACHE, TAIR, data_class

COMMUNITY = "redis."
"""How the vendor's classes begin that can't be encrypted; fit for what isn't personal, and kept in memory."""


def check(cache: Resource) -> Iterator[Breach]:
    """Find a cache whose files aren't encrypted."""
    state = cache.get("tdeStatus")
    if str(cache.get("instanceClass")).startswith(COMMUNITY) and data_class(cache) in ("public", "internal"):
        return
    if state is not UNKNOWN and str(state).lower() != "enabled":
        yield Breach("isn't encrypted at rest", f"tdeStatus {state or 'not said'}", "Set tdeStatus to Enabled.")


RULE = Rule(
    id="encryption-cache",
    title="Caches are encrypted at rest, those with personal data always",
    source=law("UU PDP 27/2022 arts 35, 46", "a cache writes what it holds to a disk, and that is personal data too"),
    looks_at="tdeStatus of Redis and Tair instances; not of those that can't have it and hold nothing personal",
    english="Encrypt what a cache writes down.",
    indonesian="Enkripsi berkas yang ditulis oleh cache.",
    on=Resource,
    types=(CACHE, TAIR),
    check=check,
)
