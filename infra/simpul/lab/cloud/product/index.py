"""The account and the places it can use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from simpul.lab.cloud import region
from simpul.lab.cloud.kind import Source
from simpul.lab.cloud.refusal import Refusal

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate

SOLD = ["VSwitch", "Instance", "Disk", "Rds", "KVStore", "Slb", "PolarDB", "MongoDB", "IoOptimized"]


class Account(Source):
    """Whose the cloud is."""

    token = "alicloud:index/getAccount:getAccount"  # noqa: S105 not a password

    def answer(self, estate: Estate, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Give the account's id."""
        del estate, inputs
        return {"id": region.ACCOUNT}


class CallerIdentity(Source):
    """Who asks."""

    token = "alicloud:index/getCallerIdentity:getCallerIdentity"  # noqa: S105 not a password

    def answer(self, estate: Estate, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Give the lab's own user: whoever has its port is that one."""
        del estate, inputs
        return {
            "accountId": region.ACCOUNT,
            "arn": f"acs:ram::{region.ACCOUNT}:user/simpul-lab",
            "identityType": "RAMUser",
        }


class Regions(Source):
    """The regions, or the current one."""

    token = "alicloud:index/getRegions:getRegions"  # noqa: S105 not a password

    def answer(self, estate: Estate, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Give the regions of that name, or the current one."""
        if inputs.get("current") and inputs.get("name") not in (None, estate.region):
            raise Refusal("InvalidRegionId.NotFound", f"The current region is not {inputs['name']}.")
        wanted = estate.region if inputs.get("current") else inputs.get("name")
        ids = [each for each in region.ZONES if wanted in (None, each)]
        regions = [{"id": each, "regionId": each, "localName": region.NAMES[each]} for each in ids]
        return {"ids": ids, "regions": regions}


class Zones(Source):
    """The zones of the region."""

    token = "alicloud:index/getZones:getZones"  # noqa: S105 not a password

    def answer(self, estate: Estate, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Give the region's zones."""
        ids = list(region.ZONES[estate.region])
        kind = inputs.get("availableInstanceType")
        if kind is not None and not region.INSTANCE_TYPE.fullmatch(kind):
            ids = []
        zones = [{"id": each, "localName": each, "availableResourceCreation": SOLD} for each in ids]
        return {"ids": ids, "zones": zones if inputs.get("enableDetails") else [{"id": each} for each in ids]}
