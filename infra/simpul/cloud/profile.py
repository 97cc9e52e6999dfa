"""Sizes of a city's cloud side by profile. An engineering choice, measured by nobody but the city that uses it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from simpul.city import Cloud


@dataclass(frozen=True)
class Size:
    """How large the cloud side is; the fields are those of the declaration's `cloud.sizes`, which say what they are."""

    cluster: str
    system_nodes: int
    system_instance: str
    work_nodes: int
    work_nodes_max: int
    work_instance: str
    disk_gib: int
    nat_mbps: int
    database: str
    database_gib: int
    cache: str
    registry: str
    vpn_mbps: int = 100
    """The same in every profile: the vendor's plugin makes another gateway for another bandwidth, with new addresses,
    which all offices would have to be told."""


PROFILES = {
    "small": Size(
        cluster="ack.pro.small",
        system_nodes=1,
        system_instance="ecs.g7.large",
        work_nodes=1,
        work_nodes_max=3,
        work_instance="ecs.g7.large",
        disk_gib=60,
        nat_mbps=20,
        database="pg.x2.medium.2c",
        database_gib=50,
        cache="redis.master.small.default",
        registry="default",
    ),
    "standard": Size(
        cluster="ack.pro.small",
        system_nodes=2,
        system_instance="ecs.g7.xlarge",
        work_nodes=3,
        work_nodes_max=9,
        work_instance="ecs.g7.xlarge",
        disk_gib=120,
        nat_mbps=100,
        database="pg.x4.large.2c",
        database_gib=200,
        cache="redis.master.mid.default",
        registry="enterprise",
    ),
    "large": Size(
        cluster="ack.pro.small",
        system_nodes=3,
        system_instance="ecs.g7.2xlarge",
        work_nodes=6,
        work_nodes_max=30,
        work_instance="ecs.g7.2xlarge",
        disk_gib=120,
        nat_mbps=200,
        database="pg.x4.xlarge.2c",
        database_gib=500,
        cache="redis.master.stand.default",
        registry="enterprise",
    ),
}


def size(cloud: Cloud) -> Size:
    """Give the size that `cloud` declares: its profile, with what it overrides."""
    chosen = replace(PROFILES[cloud.profile], **cloud.sizes.model_dump(exclude_none=True))
    return replace(chosen, work_nodes_max=max(chosen.work_nodes, chosen.work_nodes_max))
