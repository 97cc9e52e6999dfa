"""Classic load balancers: an address on the cloud's network, which a cluster's node answers for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab.cloud import address, reference, region
from simpul.lab.cloud.kind import Kind, Order

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

BALANCER: Final = "alicloud:slb/applicationLoadBalancer:ApplicationLoadBalancer"


class ApplicationLoadBalancer(Kind):
    """A classic load balancer; the SDK calls it so."""

    token = BALANCER
    prefix = "lb"
    stable: ClassVar[Mapping[str, Any]] = {
        "status": "active",
        "instanceChargeType": "PayByCLCU",
        "loadBalancerSpec": "slb.lcu.elastic",
    }

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give its address, its zones, and whether it looks outward."""
        del identity
        inside = bool(order.inputs.get("vswitchId"))
        master, slave = region.ZONES[order.estate.region][:2]
        return {
            "address": order.inputs.get("address") or address.take(order.estate.store),
            "addressType": order.inputs.get("addressType", "intranet" if inside else "internet"),
            "masterZoneId": order.inputs.get("masterZoneId", master),
            "slaveZoneId": order.inputs.get("slaveZoneId", slave),
            "paymentType": order.inputs.get("paymentType", "PayAsYouGo"),
            "modificationProtectionStatus": order.inputs.get("modificationProtectionStatus", "NonProtection"),
            "specification": order.inputs.get("loadBalancerSpec", "slb.lcu.elastic"),
        }

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give the VPC of its switch."""
        switch = estate.store.get(reference.SWITCH, str(record.outputs.get("vswitchId")))
        vpc = switch.outputs["vpcId"] if switch else ""
        return {"vpcId": vpc, "networkType": "vpc" if vpc else "classic", "loadBalancerId": record.id}

    def suppress(self, name: str, wanted: Mapping[str, Any]) -> bool:
        """Keep quiet about a bandwidth that isn't paid for, and a switch or address of an outward one."""
        outward = wanted.get("addressType") == "internet"
        by_traffic = wanted.get("internetChargeType", "PayByTraffic") == "PayByTraffic"
        if name == "bandwidth":
            return by_traffic or not outward
        if name in ("vswitchId", "address"):
            return outward
        return (name == "internetChargeType" and not outward) or super().suppress(name, wanted)
