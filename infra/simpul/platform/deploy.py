"""Put the workloads that a city wants where they belong."""

from __future__ import annotations

from collections.abc import Sequence

from simpul.city import City
from simpul.handover import CloudEstate, Endpoint, SiteEstate
from simpul.platform.authority import Authority
from simpul.platform.messaging import Messaging, MessagingArgs


def deploy(city: City, cloud: CloudEstate, sites: Sequence[SiteEstate]) -> tuple[Endpoint, ...]:
    """Deploy the workloads of `city`; give where clients find them."""
    prefix = f"simpul-{city.slug}"
    authority = Authority(f"{prefix}-authority", f"Simpul {city.name}")
    endpoints: list[Endpoint] = []
    if city.workloads.messaging is not None:
        args = MessagingArgs(city.workloads.messaging, city.registry.address, cloud, sites, authority)
        endpoints += Messaging(f"{prefix}-messaging", args).endpoints
    return tuple(endpoints)
