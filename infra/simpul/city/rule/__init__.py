"""What the declaration's parts owe each other: a draft enters, faults leave.

A rule looks at a draft, not at the models: what can be read of a declaration is checked even if other parts
of it are wrong, so that whoever wrote it sees everything at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpul.city.rule import api, client, cloud, link, reserved, site, store, unique, wilayah

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simpul.city.fault import Fault
    from simpul.city.rule.draft import Draft

RULES = (
    wilayah.check_city,
    wilayah.check_name,
    wilayah.check_sites,
    wilayah.check_vendor,
    cloud.check_region,
    cloud.check_zones,
    cloud.check_zone_count,
    cloud.check_growth,
    api.check_allow,
    cloud.check_registry,
    cloud.check_room,
    client.check_names,
    client.check_places,
    client.check_protocols,
    store.check_database_name,
    store.check_disk,
    reserved.check_stores,
    reserved.check_hosts,
    site.check_server,
    site.check_home,
    site.check_addresses,
    link.check_ends,
    link.check_way_in,
    link.check_hosts,
    link.check_transfer,
    unique.check,
    unique.check_tunnels,
    unique.check_vlans,
)


def check(draft: Draft) -> Iterator[Fault]:
    """Apply every rule."""
    for rule in RULES:
        yield from rule(draft)
