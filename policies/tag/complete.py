"""Tags: whose a resource is, where, for what, and with which data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from simpul.city import PURPOSE, Purpose
from simpul.policy import UNKNOWN, Breach, Resource, Rule, law
from simpul.policy.vendor import BUCKET

TAGS = (
    "simpul:city",
    "simpul:wilayah",
    "simpul:stack",
    "simpul:managed-by",
    "simpul:site",
    "simpul:workload",
    "simpul:data-class",
    "simpul:owner",
)
NARROW = "alicloud:dns/alidnsDomain:AlidnsDomain"
"""A tag's key has no colon there, and its value no dot: simpul-wilayah: "6471"."""

FEW = {
    "alicloud:cms/monitorGroup:MonitorGroup": ("simpul:wilayah", "simpul:stack", "simpul:managed-by"),
    "alicloud:redis/tairInstance:TairInstance": (
        *("simpul:wilayah", "simpul:stack", "simpul:managed-by", "simpul:workload", "simpul:data-class"),
    ),
}
"""What takes few tags has those by which it is known as the stack's, then those that say what is in it: a group for
monitoring takes three, a cache of Tair five."""

TAGGABLE = frozenset(Path(__file__).with_name("taggable.txt").read_text().split())


def check(resource: Resource) -> Iterator[Breach]:
    """Find tags that aren't there, and an area that isn't the city's."""
    if resource.type not in TAGGABLE:
        return
    tags = resource.get("tags")
    if tags is UNKNOWN:
        return
    narrow = resource.type == NARROW
    wanted = [each.replace(":", "-") if narrow else each for each in FEW.get(resource.type, TAGS)]
    lacking = [name for name in wanted if not (tags or {}).get(name)]
    if lacking:
        yield Breach(f"lacks tags: {', '.join(lacking)}", None, "Give it all of identity.tags().")
    purpose = (tags or {}).get(PURPOSE)
    if resource.type == BUCKET and purpose not in (*Purpose, UNKNOWN):
        advice = f"Tag it {PURPOSE}: {Purpose.DATA}, {Purpose.BACKUP} or {Purpose.AUDIT}."
        yield Breach("doesn't say what it is for", f'"{purpose}"' if purpose else f"no {PURPOSE}", advice)
    area = (tags or {}).get("simpul-wilayah" if narrow else "simpul:wilayah")
    own = resource.frame.wilayah.replace(".", "") if narrow else resource.frame.wilayah
    if area not in (None, UNKNOWN) and not str(area).startswith(own):
        advice = f"Write {own} or a code below it."
        yield Breach("is tagged with an area outside of the city", f'"{area}"', advice)


RULE = Rule(
    id="tag-complete",
    title="Every resource says whose it is and what for",
    source=law("Perpres 95/2018, 132/2022", "a government keeps an inventory of its applications and infrastructure"),
    looks_at="tags of all that can have some (taggable.txt, from the vendor's schema); of buckets, simpul:purpose too",
    english="Tag each resource with city, wilayah, stack, site, workload, data class, owner and what manages it.",
    indonesian="Beri tag kota, wilayah, stack, lokasi, beban kerja, kelas data, pemilik, dan pengelola.",
    on=Resource,
    types=("alicloud:*",),
    check=check,
)
