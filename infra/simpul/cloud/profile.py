"""Sizes of a city's cloud side by profile. An engineering choice, measured by nobody but the city that uses it."""

from __future__ import annotations

from dataclasses import dataclass

from simpul.city import Cloud


@dataclass(frozen=True)
class Size:
    """How large the cloud side is.

    `nodes` work nodes of one of `instance_types` (vCPU and memory by the vendor's names), with system disks of
    `disk_gib`; `bandwidth_mbps` of the address through which the city's workloads reach out.
    """

    cluster_spec: str
    nodes: int
    instance_types: tuple[str, ...]
    disk_gib: int
    bandwidth_mbps: int


PROFILES = {
    "small": Size("ack.pro.small", 2, ("ecs.g7.large", "ecs.g6.large"), 60, 20),
    "standard": Size("ack.pro.small", 3, ("ecs.g7.xlarge", "ecs.g6.xlarge"), 120, 100),
    "large": Size("ack.pro.xlarge", 6, ("ecs.g7.2xlarge", "ecs.g6.2xlarge"), 120, 200),
}


def size(cloud: Cloud) -> Size:
    """Give the size that `cloud` declares: its profile, with what it overrides."""
    chosen = PROFILES[cloud.profile]
    if cloud.nodes is None:
        return chosen
    return Size(chosen.cluster_spec, cloud.nodes, chosen.instance_types, chosen.disk_gib, chosen.bandwidth_mbps)
