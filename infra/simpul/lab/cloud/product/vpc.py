"""Networks and switches: their ranges nest and don't overlap, their zones exist."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any, Final

from simpul.lab.cloud import reference, region
from simpul.lab.cloud.cidr import network, overlap
from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.refusal import Refusal

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

PRIVATE: Final = tuple(IPv4Network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
RESERVED: Final = 4
"""Addresses of each switch that the vendor keeps for itself."""
DEFAULT: Final = "172.16.0.0/12"
BLOCK: Final = "alicloud:vpc/ipv4CidrBlock:Ipv4CidrBlock"
MOST: Final = 5
"""Secondary ranges of a VPC."""


class Network(Kind):
    """A VPC."""

    token = reference.NETWORK
    prefix = "vpc"

    def examine(self, order: Order) -> None:
        """Refuse a range that isn't private, or not between /8 and /28."""
        wanted = network(order.inputs.get("cidrBlock") or DEFAULT)
        if not any(wanted.subnet_of(each) for each in PRIVATE) or wanted.prefixlen > 28:  # noqa: PLR2004 the vendor's bound
            raise Refusal("InvalidCidrBlock.NotSupported", f"The CIDR block {wanted} is not a private one up to /28.")
        if order.record is not None:
            self._examine_switches(order.estate, order.record, wanted)

    def _examine_switches(self, estate: Estate, vpc: Record, wanted: IPv4Network) -> None:
        """Refuse a range that leaves out a switch which is there."""
        ranges = [wanted, *(network(each) for each in secondary(estate, vpc.id))]
        for each in estate.store.all(reference.SWITCH):
            inside = network(each.outputs["cidrBlock"])
            if each.outputs.get("vpcId") == vpc.id and not any(inside.subnet_of(range_) for range_ in ranges):
                raise Refusal("InvalidCidrBlock.NotSupported", f"{each.id} ({inside}) would lie outside of {wanted}.")

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give the router and its table, which come with a VPC."""
        del identity
        table = region.draw(order.estate.region, "vtb")
        return {
            "cidrBlock": order.inputs.get("cidrBlock") or DEFAULT,
            "routerId": region.draw(order.estate.region, "vrt"),
            "routeTableId": table,
            "routerTableId": table,
            "isDefault": order.inputs.get("isDefault", False),
            "dnsHostnameStatus": order.inputs.get("dnsHostnameStatus", "DISABLED"),
        }

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give its switches."""
        switches = [each for each in estate.store.all(reference.SWITCH) if each.outputs["vpcId"] == record.id]
        return {"vswitchIds": [each.id for each in switches], "secondaryCidrBlocks": secondary(estate, record.id)}


class Ipv4CidrBlock(Kind):
    """A range of a VPC beside its own."""

    token = BLOCK
    parts = ("vpcId", "secondaryCidrBlock")

    def examine(self, order: Order) -> None:
        """Refuse a range over one that the VPC has, and a sixth one."""
        vpc = order.estate.store.get(reference.NETWORK, str(order.inputs.get("vpcId")))
        if vpc is None or not order.inputs.get("secondaryCidrBlock") or order.record is not None:
            return
        taken = blocks(order.estate, vpc)
        if len(taken) > MOST:
            raise Refusal("QuotaExceeded.SecondaryCidrBlock", f"{vpc.id} has {MOST} secondary CIDR blocks.")
        wanted = network(order.inputs["secondaryCidrBlock"])
        if overlap(wanted, [(vpc.id, each) for each in taken]):
            raise Refusal("InvalidCidrBlock.Overlapped", f"The CIDR block {wanted} overlaps one of {vpc.id}.")

    def guard(self, estate: Estate, record: Record) -> None:
        """Refuse to take away a range in which there are switches."""
        gone = network(record.outputs["secondaryCidrBlock"])
        for each in estate.store.all(reference.SWITCH):
            within = network(each.outputs["cidrBlock"]).subnet_of(gone)
            if within and each.outputs["vpcId"] == record.outputs["vpcId"]:
                raise Refusal("DependencyViolation.VSwitch", f"{each.id} is in {gone}.")


class Switch(Kind):
    """A vSwitch: a part of a VPC in one zone."""

    token = reference.SWITCH
    prefix = "vsw"

    def examine(self, order: Order) -> None:
        """Refuse an unknown zone, and a range outside of the VPC or over that of another switch."""
        zone = order.inputs.get("zoneId") or order.inputs.get("availabilityZone")
        if zone not in region.ZONES[order.estate.region]:
            raise Refusal(
                "InvalidZoneId.NotFound", f"The specified zone {zone} does not exist in {order.estate.region}."
            )
        vpc = order.estate.store.get(reference.NETWORK, str(order.inputs.get("vpcId")))
        if vpc is None or not order.inputs.get("cidrBlock"):
            missing = "VpcId" if vpc is None else "CidrBlock"
            raise Refusal(f"MissingParameter.{missing}", f"The parameter {missing} is mandatory for this action.")
        wanted = network(order.inputs["cidrBlock"])
        ranges = blocks(order.estate, vpc)
        if not any(wanted.subnet_of(network(each)) for each in ranges):
            inside = " or ".join(ranges)
            raise Refusal(
                "InvalidCidrBlock.Malformed", f"The CIDR block {wanted} is not inside of {vpc.id}'s {inside}."
            )
        siblings = [each for each in order.others() if each.outputs.get("vpcId") == vpc.id]
        if other := overlap(wanted, [(each.id, each.outputs["cidrBlock"]) for each in siblings]):
            raise Refusal("InvalidCidrBlock.Overlapped", f"The CIDR block {wanted} overlaps the one of {other}.")

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give both spellings of its zone."""
        del identity
        zone = order.inputs.get("zoneId") or order.inputs.get("availabilityZone")
        return {"zoneId": zone, "availabilityZone": zone, "isDefault": order.inputs.get("isDefault", False)}

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give the route table, that of its VPC, and how many addresses it has."""
        vpc = estate.store.get(reference.NETWORK, record.outputs["vpcId"])
        free = network(record.outputs["cidrBlock"]).num_addresses - RESERVED
        return {
            "availableIpAddressCount": free,
            "routeTableId": vpc.outputs["routeTableId"] if vpc else "",
            "resourceGroupId": vpc.outputs["resourceGroupId"] if vpc else "",
        }


def secondary(estate: Estate, vpc: str) -> list[str]:
    """Give the ranges of a VPC beside its own."""
    return [each.outputs["secondaryCidrBlock"] for each in estate.store.all(BLOCK) if each.outputs["vpcId"] == vpc]


def blocks(estate: Estate, vpc: Record) -> list[str]:
    """Give all ranges of a VPC."""
    return [vpc.outputs["cidrBlock"], *secondary(estate, vpc.id)]
