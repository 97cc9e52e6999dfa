"""Put the workloads that a city wants where they belong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pulumi

from simpul.city import City
from simpul.cloud.identity import Identity
from simpul.handover import CloudEstate, Endpoint, ImageRegistry, SiteEstate
from simpul.platform.authority import Authority
from simpul.platform.messaging import Messaging, MessagingArgs
from simpul.platform.storage import Storage


def deploy(
    city: City, cloud: CloudEstate, sites: Sequence[SiteEstate], images: ImageRegistry | None
) -> tuple[Endpoint, ...]:
    """Deploy the workloads of `city`, whose pods pull by the login of `images`; give where clients find them."""
    identity = Identity.of(city, pulumi.get_stack())
    prefix = identity.prefix
    # Named by what never changes: an authority that is called otherwise is another, and all its certificates too.
    authority = Authority(f"{prefix}-authority", f"Simpul {city.wilayah} ({identity.short})")
    if cloud.cluster.disk_key is not None:
        cloud = replace(cloud, cluster=Storage(f"{prefix}-storage", cloud.cluster).cluster)
    endpoints: list[Endpoint] = []
    if city.workloads.messaging is not None:
        args = MessagingArgs(
            city.workloads.messaging, city.slug, city.registry.address, images, cloud, sites, authority
        )
        endpoints += Messaging(f"{prefix}-messaging", args).endpoints
    return tuple(endpoints)
