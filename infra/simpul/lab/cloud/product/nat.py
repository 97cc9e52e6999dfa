"""NAT gateways and their SNAT entries: an entry's address is one that is bound to the gateway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab.cloud import reference, region
from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.product.eip import bound
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.refusal import Refusal

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

GATEWAY: Final = "alicloud:vpc/natGateway:NatGateway"
ENTRY: Final = "alicloud:vpc/snatEntry:SnatEntry"


class NatGateway(Kind):
    """A NAT gateway, enhanced unless it says otherwise."""

    token = GATEWAY
    prefix = "ngw"
    settled: ClassVar[frozenset[str]] = frozenset({"vswitchId", "networkType"})
    stable: ClassVar[Mapping[str, Any]] = {
        "natType": "Enhanced",
        "networkType": "internet",
        "internetChargeType": "PayByLcu",
        "paymentType": "PayAsYouGo",
        "instanceChargeType": "PostPaid",
        "eipBindMode": "MULTI_BINDED",
        "icmpReplyEnabled": True,
    }

    def examine(self, order: Order) -> None:
        """Refuse a gateway without a switch, or with one of another VPC."""
        switch = order.estate.store.get(reference.SWITCH, str(order.inputs.get("vswitchId")))
        if switch is None:
            raise Refusal("MissingParameter.VSwitchId", "An enhanced NAT gateway needs the parameter VSwitchId.")
        if switch.outputs["vpcId"] != order.inputs["vpcId"]:
            raise Refusal("InvalidVSwitchId.NotFound", f"{switch.id} is not in {order.inputs['vpcId']}.")

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give its tables."""
        del identity
        place = order.estate.region
        return {"snatTableIds": region.draw(place, "stb"), "forwardTableIds": region.draw(place, "ftb")}

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give the addresses that are bound to it."""
        return {"ipLists": sorted(bound(estate, record.id)), "resourceGroupId": region.DEFAULT_GROUP}

    def suppress(self, name: str, wanted: Mapping[str, Any]) -> bool:
        """Keep quiet about a size that an enhanced gateway doesn't have."""
        enhanced = name == "specification" and wanted.get("internetChargeType", "PayByLcu") == "PayByLcu"
        return enhanced or super().suppress(name, wanted)


class SnatEntry(Kind):
    """A rule that sends a switch's or a range's traffic out through an address."""

    token = ENTRY
    prefix = "snat"
    parts = ("snatTableId", "snatEntryId")
    own = "snatEntryId"
    references = (
        Reference("sourceVswitchId", reference.SWITCH, "InvalidVSwitchId.NotFound"),
        Reference("snatTableId", GATEWAY, "InvalidSnatTableId.NotFound", by="snatTableIds"),
    )

    def examine(self, order: Order) -> None:
        """Refuse an address that isn't the gateway's, and a source given twice."""
        table = order.inputs["snatTableId"]
        [gateway] = [each for each in order.estate.store.all(GATEWAY) if each.outputs["snatTableIds"] == table]
        for address in order.inputs["snatIp"].split(","):
            if address not in bound(order.estate, gateway.id):
                raise Refusal("EIP_NOT_IN_GATEWAY", f"The address {address} is not bound to {gateway.id}.")
        source = _source(order.inputs)
        entries = [each for each in order.others() if each.outputs["snatTableId"] == table]
        if any(_source(each.outputs) == source for each in entries):
            raise Refusal("Forbidden.SourceVSwitchId.Duplicated", f"{table} has an entry for {source[0]} already.")

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give the range of its switch."""
        del identity
        switch = order.estate.store.get(reference.SWITCH, str(order.inputs.get("sourceVswitchId")))
        return {"sourceCidr": switch.outputs["cidrBlock"]} if switch else {}

    def listed(self, record: Record) -> str:
        """Give its own id: lists leave the table out, which the vendor's plugin puts before it."""
        return str(record.outputs["snatEntryId"])


def _source(values: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(values[name] for name in ("sourceVswitchId", "sourceCidr") if values.get(name))[:1]
