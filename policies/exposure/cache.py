"""Caches: no address of theirs is public, and no list lets everybody in."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, entries, law
from simpul.policy.place import WORLD
from simpul.policy.vendor import CACHE, TAIR

PUBLIC = "alicloud:kvstore/connection:Connection"


def check(cache: Resource) -> Iterator[Breach]:
    """Find a public address of a cache, an allow-list of everybody, and a cache without a password."""
    if cache.type == PUBLIC:
        yield Breach("gives a cache a public address", cache.type, "Leave it out; reach it within the VPC.")
        return
    listed = cache.get("securityIps")
    for address in entries(listed.split(",") if isinstance(listed, str) else listed):
        if str(address).strip() in WORLD:
            yield Breach("lets everybody in", f'securityIps "{address}"', "List the cluster's ranges alone.")
    if cache.get("vpcAuthMode") not in (None, "Open", UNKNOWN):
        yield Breach("asks for no password within the VPC", str(cache.get("vpcAuthMode")), "Set vpcAuthMode to Open.")


RULE = Rule(
    id="exposure-cache",
    title="No cache is public, and each asks for a password",
    source=law("UU PDP 27/2022 art 39", "personal data is kept from access by those who have no right to it"),
    looks_at="public connections of Redis instances, allow-lists and vpcAuthMode of Redis and Tair",
    english="Give caches no public address, and let in only the ranges that need them, with a password.",
    indonesian="Jangan beri cache alamat publik; izinkan hanya rentang yang perlu, dengan kata sandi.",
    unwaivable="what anybody can reach is found within the hour",
    on=Resource,
    types=(CACHE, TAIR, PUBLIC),
    check=check,
)
