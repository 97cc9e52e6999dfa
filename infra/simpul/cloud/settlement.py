"""Wait until a cluster of this stack is between no two states: the vendor's plugin would adopt a half-made one.

In: the cluster's name, and the VPCs that are this stack's, as the listing of clusters isn't filtered by tags.
Out: what is listed once it runs, or nothing once it is gone.
"""

from __future__ import annotations

from asyncio import sleep
from collections.abc import Collection
from typing import Any

import pulumi
import pulumi_alicloud as alicloud

from simpul.cloud.found import ask
from simpul.errors import OutsideError, Problem

PAUSES = (1, 1, 2, 2, 5, *(10 for _ in range(180)))
"""Seconds between two looks: half an hour in all, and short at first, as most waits are."""

RUNNING = "running"
PASSING = {"initial", "updating", "upgrading", "scaling", "removing", "deleting"}
"""States that end by themselves."""


async def clusters(name: str, vpcs: Collection[str]) -> list[Any]:
    """List the clusters `name` in `vpcs`. Raises OutsideError for one that doesn't come to run or to be gone."""
    told: set[str] = set()
    for seconds in PAUSES:
        found = await _list(name, vpcs)
        passing = [each for each in found if each.state in PASSING]
        if not passing:
            break
        for each in passing:
            if each.state not in told:
                pulumi.log.info(f"Waiting for the cluster {name} ({each.id}), which is {each.state}")
                told.add(each.state)
        await sleep(seconds)
    if stuck := [each for each in found if each.state != RUNNING]:
        raise OutsideError(*(_stuck(each) for each in stuck))
    return found


async def _list(name: str, vpcs: Collection[str]) -> list[Any]:
    listed = (await ask(alicloud.cs.get_clusters_output(name_regex=f"^{name}$"))).clusters
    return [each for each in listed if each.vpc_id in vpcs]


def _stuck(cluster: Any) -> Problem:
    waits = cluster.state in PASSING
    return Problem(
        where=f"cloud cluster {cluster.cluster_name}",
        what=f"doesn't come to run in {sum(PAUSES) // 60} minutes" if waits else "doesn't run, and won't by itself",
        got=f"{cluster.id} is {cluster.state}",
        next="run the same command again once it is running or gone"
        if waits
        else "see in the ACK console what is wrong with it; repair it there, or delete it, then run the same again",
    )
