"""NAT gateways and their SNAT entries: an entry's address is one that is bound to the gateway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab.cloud import reference, region
from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.product.eip import bound
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

    def guard(self, estate: Estate, record: Record) -> None:
        """Refuse to go while entries are in its table."""
        super().guard(estate, record)
        for entry in estate.store.all(ENTRY):
            if entry.outputs["snatTableId"] == record.outputs["snatTableIds"]:
                raise Refusal("DependencyViolation.SNATEntry", f"{entry.id} is still in {record.id}'s SNAT table.")

    def suppress(self, name: str, wanted: Mapping[str, Any]) -> bool:
        """Keep quiet about a size that an enhanced gateway doesn't have."""
        enhanced = name == "specification" and wanted.get("internetChargeType", "PayByLcu") == "PayByLcu"
        return enhanced or super().suppress(name, wanted)


class SnatEntry(Kind):
    """A rule that sends a switch's or a range's traffic out through an address."""

    token = ENTRY

    def examine(self, order: Order) -> None:
        """Refuse an unknown table, an address that isn't the gateway's, and a source given twice."""
        table = order.inputs["snatTableId"]
        gateways = order.estate.store.all(GATEWAY)
        gateway = next((each for each in gateways if each.outputs["snatTableIds"] == table), None)
        if gateway is None:
            raise Refusal("InvalidSnatTableId.NotFound", f"The specified SNAT table {table} does not exist.")
        for address in order.inputs["snatIp"].split(","):
            if address not in bound(order.estate, gateway.id):
                raise Refusal("EIP_NOT_IN_GATEWAY", f"The address {address} is not bound to {gateway.id}.")
        source = _source(order.inputs)
        entries = [each for each in order.others() if each.outputs["snatTableId"] == table]
        if any(_source(each.outputs) == source for each in entries):
            raise Refusal("Forbidden.SourceVSwitchId.Duplicated", f"{table} has an entry for {source[0]} already.")

    def mint(self, order: Order) -> str:
        """Make an id as the vendor's plugin does: table and entry."""
        return f"{order.inputs['snatTableId']}:{region.draw(order.estate.region, 'snat')}"

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give its own id, and the range of its switch."""
        switch = order.estate.store.get(reference.SWITCH, str(order.inputs.get("sourceVswitchId")))
        source = {"sourceCidr": switch.outputs["cidrBlock"]} if switch else {}
        return {"snatEntryId": identity.rpartition(":")[2], **source}

    def listed(self, record: Record) -> str:
        """Give its own id: lists leave the table out, which the vendor's plugin puts before it."""
        return str(record.outputs["snatEntryId"])

    references = (reference.Reference("sourceVswitchId", reference.SWITCH, "InvalidVSwitchId.NotFound"),)


def _source(values: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(values[name] for name in ("sourceVswitchId", "sourceCidr") if values.get(name))[:1]
