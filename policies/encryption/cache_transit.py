"""Caches: spoken to with TLS."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, law
from simpul.policy.vendor import CACHE, TAIR


def check(cache: Resource) -> Iterator[Breach]:
    """Find a cache without TLS."""
    prop = "sslEnable" if cache.type == CACHE else "sslEnabled"
    state = cache.get(prop)
    if state not in ("Enable", "Update", UNKNOWN):
        yield Breach("can be spoken to without TLS", f"{prop} {state or 'not said'}", f"Set {prop} to Enable.")


RULE = Rule(
    id="encryption-cache-transit",
    title="Caches speak TLS",
    source=law("UU PDP 27/2022 arts 35, 46; BSSN 4/2021", "data is protected on its way"),
    looks_at="sslEnable of Redis and sslEnabled of Tair instances",
    english="Enable TLS on every cache.",
    indonesian="Aktifkan TLS pada setiap cache.",
    on=Resource,
    types=(CACHE, TAIR),
    check=check,
)
