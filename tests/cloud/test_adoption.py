"""Two stacks of one city in one account, on a real engine: each makes its own, and adopts its own after a loss."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from cloud.cut import LOST
from cloud.engine import balikpapan, open_stack, removable, run
from lab.cloud.client import Client, serve
from lab.cloud.estate import CLUSTER, GROUP
from lab.cloud.fake import FakeBacking
from simpul.city import City, Site

UNREAD = 31
"""To the cluster, the keys and their instance, the buckets, the databases, the contact, each site's user and policy,
the roles and theirs, the engine adds what the vendor's plugin doesn't read back."""

KEYED = 8
"""Two tunnels, two lines, two databases' accounts, a cache and the registry get new keys, as the old ones went with the
state."""

MODULES = tuple(
    f"alicloud:{module}/"
    for module in (
        *("actiontrail", "cen", "cms", "cr", "cs", "dns", "ecs", "expressconnect", "hbr", "kms", "kvstore", "log"),
        *("oss", "pvtz", "ram", "rds", "resourcemanager", "slb", "vpc", "vpn"),
    )
)
"""Modules whose resources are adopted, all but the types below."""

UNLISTED = (
    *LOST,
    "alicloud:cs/autoscalingConfig:AutoscalingConfig",  # set again as it is, as all below
    "alicloud:cs/kubernetesAddon:KubernetesAddon",
    "alicloud:ecs/securityGroupRule:SecurityGroupRule",  # the vendor takes one that is there already for made
    "alicloud:oss/bucketAcl:BucketAcl",
    "alicloud:oss/bucketHttpsConfig:BucketHttpsConfig",
    "alicloud:oss/bucketLogging:BucketLogging",
    "alicloud:oss/bucketPolicy:BucketPolicy",
    "alicloud:oss/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "alicloud:rds/accountPrivilege:AccountPrivilege",
    "alicloud:rds/backupPolicy:BackupPolicy",
)
"""The vendor has no list of these, or needs none."""


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Client]:
    with serve(tmp_path / "cloud", FakeBacking()) as client:
        yield client


def elsewhere(city: City) -> City:
    """Give what is there once in the world another place: domain, routers, VLANs."""
    return city.model_copy(
        update={"domain": f"staging.{city.domain}", "sites": tuple(map(_elsewhere, city.sites))},
    )


def _elsewhere(site: Site) -> Site:
    link = site.link
    gateway = link.gateway + 100 if link.gateway else None
    line = link.line.model_copy(update={"vlan": link.line.vlan + 100}) if link.line else None
    return site.model_copy(update={"link": link.model_copy(update={"gateway": gateway, "line": line})})


def held(cloud: Client) -> Counter[str]:
    """Count what the cloud holds of each type of these modules, but for what the vendor adds by itself."""
    return Counter(each.token for each in cloud.estate.store.all() if each.token.startswith(MODULES) and not each.owner)


def lost(cloud: Client) -> list[tuple[str, str]]:
    """Give what the vendor lists nowhere and refuses to make twice, or would make twice: token and id."""
    return [(token, each.id) for token in LOST for each in cloud.estate.store.all(token)]


def sweep(cloud: Client, mine: list[tuple[str, str]]) -> None:
    """Delete it, as a person has to after a loss."""
    for token, id_ in mine:
        cloud.estate.delete(token, id_)


@pytest.mark.engine
def test_each_of_two_stacks_makes_and_adopts_its_own(cloud: Client, tmp_path: Path) -> None:
    declared = removable(balikpapan())
    city = open_stack(cloud, tmp_path, declared)
    city.up()
    once, mine = held(cloud), lost(cloud)
    assert (once[GROUP], once[CLUSTER]) == (1, 1)

    staging = open_stack(cloud, tmp_path, elsewhere(declared), "staging")
    assert "import" not in run(staging.up).changes
    twice = held(cloud)
    assert twice == once + once

    city.workspace.remove_stack("balikpapan", force=True)
    sweep(cloud, mine)
    city = open_stack(cloud, tmp_path, declared)
    adopted = run(city.up).changes
    assert adopted["import"] == sum(number for token, number in once.items() if token not in UNLISTED)
    assert adopted["update"] == UNREAD + KEYED
    assert all(each.inputs["addons"] for each in cloud.estate.store.all(CLUSTER))
    assert held(cloud) - twice == {}

    gone = run(staging.destroy)
    assert (gone.said, gone.done) == ([], {"delete"})
    assert run(city.up, refresh=True).changes.keys() == {"same"}
    assert held(cloud) == once
