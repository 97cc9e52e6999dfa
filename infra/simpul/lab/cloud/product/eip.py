"""Elastic addresses, and what they are bound to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab.cloud import address
from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.refusal import Refusal

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

ADDRESS: Final = "alicloud:ecs/eipAddress:EipAddress"
ASSOCIATION: Final = "alicloud:ecs/eipAssociation:EipAssociation"
SNAT_ENTRY: Final = "alicloud:vpc/snatEntry:SnatEntry"
TYPES: Final = {"ngw": "Nat", "lb": "SlbInstance", "i": "EcsInstance", "eni": "NetworkInterface", "havip": "HaVip"}


def bound(estate: Estate, instance: str) -> set[str]:
    """Give the addresses that are bound to an instance."""
    mine = {each.outputs["allocationId"] for each in _associations(estate) if each.outputs["instanceId"] == instance}
    return {each.outputs["ipAddress"] for each in estate.store.all(ADDRESS) if each.id in mine}


def _associations(estate: Estate) -> list[Record]:
    return estate.store.all(ASSOCIATION)


class EipAddress(Kind):
    """An elastic address."""

    token = ADDRESS
    prefix = "eip"
    stable: ClassVar[Mapping[str, Any]] = {
        "bandwidth": "5",
        "internetChargeType": "PayByTraffic",
        "instanceChargeType": "PostPaid",
        "paymentType": "PayAsYouGo",
        "isp": "BGP",
        "netmode": "public",
        "mode": "NAT",
    }

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give it an address of its own."""
        return {
            "ipAddress": order.inputs.get("ipAddress") or address.take(order.estate.store),
            "allocationId": identity,
        }

    def observe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Say whether it is in use."""
        used = any(each.outputs["allocationId"] == record.id for each in _associations(estate))
        return {"status": "InUse" if used else "Available"}

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give what it is bound to."""
        found = next((each for each in _associations(estate) if each.outputs["allocationId"] == record.id), None)
        instance, kind = (found.outputs["instanceId"], found.outputs["instanceType"]) if found else ("", "")
        bound_to = {"associatedInstanceId": instance, "associatedInstanceType": kind}
        return {"instanceId": instance, "instanceType": kind, **bound_to}


class EipAssociation(Kind):
    """An elastic address bound to an instance."""

    token = ASSOCIATION
    stable: ClassVar[Mapping[str, Any]] = {"mode": "NAT"}
    references = (
        Reference("allocationId", ADDRESS, "InvalidAllocationId.NotFound", "IncorrectEipStatus"),
        Reference("instanceId", "", "InvalidInstanceId.NotFound", "DependencyViolation.EIPS"),
    )

    def examine(self, order: Order) -> None:
        """Refuse an address that is bound already."""
        allocation = order.inputs["allocationId"]
        if any(each.outputs["allocationId"] == allocation for each in order.others()):
            raise Refusal("InvalidAssociation.Duplicated", f"{allocation} is bound to an instance already.")

    def mint(self, order: Order) -> str:
        """Make an id as the vendor's plugin does: address and instance."""
        return f"{order.inputs['allocationId']}:{order.inputs['instanceId']}"

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Say what kind of instance it is."""
        del identity
        return {"instanceType": TYPES.get(order.inputs["instanceId"].partition("-")[0], "EcsInstance")}

    def guard(self, estate: Estate, record: Record) -> None:
        """Refuse to go while an SNAT entry sends traffic through the address."""
        super().guard(estate, record)
        eip = estate.store.get(ADDRESS, record.outputs["allocationId"])
        for entry in estate.store.all(SNAT_ENTRY):
            if eip and eip.outputs["ipAddress"] in entry.outputs["snatIp"].split(","):
                raise Refusal("InvalidIpStatus.HasBeenUsedBySnatTable", f"{entry.id} uses {eip.outputs['ipAddress']}.")
