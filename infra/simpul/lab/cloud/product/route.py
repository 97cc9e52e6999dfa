"""Routes of a VPC: its tables and their entries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab.cloud import reference
from simpul.lab.cloud.cidr import network
from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.rule import Cidr, Known, Sole

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

TABLE: Final = "alicloud:vpc/routeTable:RouteTable"
ATTACHMENT: Final = "alicloud:vpc/routeTableAttachment:RouteTableAttachment"
HOPS: Final = (
    "Instance", "RouterInterface", "VpnGateway", "HaVip", "NetworkInterface", "NatGateway", "IPv6Gateway", "Attachment",
    "Ipv4Gateway", "GatewayEndpoint", "Ecr",
)  # fmt: skip


class RouteTable(Kind):
    """A route table beside the one that each VPC has."""

    token = TABLE
    prefix = "vtb"
    stable: ClassVar[Mapping[str, Any]] = {"associateType": "VSwitch", "routePropagationEnable": True}

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give its router and its switches."""
        vpc = estate.store.get(reference.NETWORK, record.outputs["vpcId"])
        bound = [each.outputs for each in estate.store.all(ATTACHMENT) if each.outputs["routeTableId"] == record.id]
        return {
            "routeTableId": record.id,
            "routeTableType": "Custom",
            "routerType": "VRouter",
            "routerId": vpc.outputs["routerId"] if vpc else "",
            "vswitchIds": [each["vswitchId"] for each in bound],
        }


class RouteTableAttachment(Kind):
    """A switch bound to a route table: to one only."""

    token = ATTACHMENT
    parts = ("routeTableId", "vswitchId")
    references = (Reference("routeTableId", TABLE, "InvalidRouteTableId.NotFound", "DependencyViolation.VSwitch"),)
    rules = (Sole(("vswitchId",), "OperationFailed.VSwitchBound"),)


class RouteEntry(Kind):
    """An entry of a route table, that of a VPC or one beside it. Its id says all of it."""

    token = "alicloud:vpc/routeEntry:RouteEntry"  # noqa: S105 not a password
    references = (Reference("nexthopId", "", "InvalidNexthopId.NotFound"),)
    rules = (
        Cidr("destinationCidrblock"),
        Known("nexthopType", HOPS, "InvalidNexthopType.NotFound"),
        Sole(("routeTableId", "destinationCidrblock"), "RouterEntryConflict.Duplicated"),
    )

    def examine(self, order: Order) -> None:
        """Refuse an unknown table, and a destination in the VPC itself."""
        vpc = _network(order)
        if order.inputs.get("destinationCidrblock"):
            wanted = network(order.inputs["destinationCidrblock"])
            inside = network(vpc.outputs["cidrBlock"])
            if wanted.subnet_of(inside):
                raise Refusal("InvalidCidrBlock.Overlapped", f"The destination {wanted} is in the VPC's {inside}.")

    def mint(self, order: Order) -> str:
        """Make an id as the vendor's plugin does: table, router, destination, next hop."""
        values = order.inputs
        parts = [values["routeTableId"], _network(order).outputs["routerId"]]
        return ":".join(
            [*parts, *(values.get(name, "") for name in ("destinationCidrblock", "nexthopType", "nexthopId"))]
        )

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give the router of its VPC."""
        del identity
        return {"routerId": _network(order).outputs["routerId"]}

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give what lists call otherwise."""
        del estate
        values = record.outputs
        called = {"cidrBlock": "destinationCidrblock", "instanceId": "nexthopId", "nextHopType": "nexthopType"}
        return {name: values.get(own, "") for name, own in called.items()} | {"type": "Custom", "status": "Available"}


def _network(order: Order) -> Record:
    """Give the VPC of an entry's table. Raises Refusal when there is no such table."""
    store, table = order.estate.store, order.inputs["routeTableId"]
    beside = store.get(TABLE, table)
    for vpc in store.all(reference.NETWORK):
        if table == vpc.outputs["routeTableId"] or (beside and beside.outputs["vpcId"] == vpc.id):
            return vpc
    raise Refusal("InvalidRouteTableId.NotFound", f"The specified route table {table} does not exist.")
