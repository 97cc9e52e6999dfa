"""Cloud Enterprise Network: its transit router in this region, what is attached to it, and the routes between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab.cloud import reference, region
from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.rule import Cidr, Known, Needed, Sole, zones

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

INSTANCE: Final = "alicloud:cen/instance:Instance"
ROUTER: Final = "alicloud:cen/transitRouter:TransitRouter"
TABLE: Final = "alicloud:cen/transitRouterRouteTable:TransitRouterRouteTable"
VPC: Final = "alicloud:cen/transitRouterVpcAttachment:TransitRouterVpcAttachment"
VBR: Final = "alicloud:cen/transitRouterVbrAttachment:TransitRouterVbrAttachment"
BORDER: Final = "alicloud:expressconnect/virtualBorderRouter:VirtualBorderRouter"

IN_CEN: Final = Reference("cenId", INSTANCE, "ParameterCenInstanceId", "InvalidOperation.CenInstanceStatus")
ON_ROUTER: Final = Reference(
    "transitRouterId",
    ROUTER,
    "InvalidTransitRouterId.NotFound",
    "OperationFailed.AttachmentExist",
    by="transitRouterId",
)
IN_TABLE: Final = Reference(
    "transitRouterRouteTableId",
    TABLE,
    "InvalidTransitRouterRouteTableId.NotFound",
    "OperationFailed.RouteTableInUse",
    by="transitRouterRouteTableId",
)
ATTACHED: Final = Reference(
    "transitRouterAttachmentId",
    VPC,
    "InvalidTransitRouterAttachmentId.NotFound",
    "OperationFailed.AttachmentInUse",
    by="transitRouterAttachmentId",
    also=(VBR,),
)


class Instance(Kind):
    """A CEN instance, which is in no region."""

    token = INSTANCE
    prefix = "cen"
    worldwide = True
    stable: ClassVar[Mapping[str, Any]] = {"status": "Active", "protectionLevel": "REDUCED"}

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give its id as lists call it."""
        del estate
        return {"cenId": record.id}


class TransitRouter(Kind):
    """The transit router of a CEN in a region: there is one."""

    token = ROUTER
    prefix = "tr"
    parts = ("cenId", "transitRouterId")
    own = "transitRouterId"
    stable: ClassVar[Mapping[str, Any]] = {"status": "Active", "type": "Enterprise"}
    references = (IN_CEN,)
    rules = (Sole(("cenId",), "OperationFailed.TransitRouterExist"),)

    def adopt(self, estate: Estate, record: Record) -> None:
        """Make the table that each router has."""
        estate.attach(record, TABLE, {"transitRouterId": record.outputs["transitRouterId"]})


class TransitRouterRouteTable(Kind):
    """A table of routes: the router's own, or another one."""

    token = TABLE
    prefix = "vtb"
    parts = ("transitRouterId", "transitRouterRouteTableId")
    own = "transitRouterRouteTableId"
    references = (ON_ROUTER,)
    stable: ClassVar[Mapping[str, Any]] = {"status": "Active"}

    def observe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Say whether it is the router's own."""
        del estate
        return {"transitRouterRouteTableType": "System" if record.owner else "Custom"}


class Attachment(Kind):
    """Something attached to a router: what all of them have in common."""

    prefix = "tr-attach"
    worldwide = True
    parts = ("cenId", "transitRouterAttachmentId")
    own = "transitRouterAttachmentId"

    def mint(self, order: Order) -> str:
        """Make an id as the vendor's plugin does, of the CEN, which the router knows where the program doesn't say."""
        return f"{_router(order).outputs['cenId']}:{self.draw(order)}"

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give the CEN and the router that it is at."""
        del identity
        router = _router(order).outputs
        return {"cenId": router["cenId"], "transitRouterId": router["transitRouterId"]}


class TransitRouterVpcAttachment(Attachment):
    """A VPC attached to a router, with a switch in each of its zones."""

    token = VPC
    stable: ClassVar[Mapping[str, Any]] = {
        "status": "Attached",
        "resourceType": "VPC",
        "paymentType": "PayAsYouGo",
        "vpcOwnerId": region.ACCOUNT,
        "orderType": "PayByCenOwner",
    }
    references = (IN_CEN, ON_ROUTER)
    rules = (
        Known("zoneMappings.zoneId", zones, "IllegalParam.ZoneId"),
        Sole(("transitRouterId", "vpcId"), "InstanceExist.VpcAttachment"),
    )

    def examine(self, order: Order) -> None:
        """Refuse a switch that is in another VPC or zone than is said of it."""
        mappings = order.inputs["zoneMappings"]
        if len(mappings) > len({each["zoneId"] for each in mappings}):
            raise Refusal("IllegalParam.ZoneMappings", "A zone is mapped twice.")
        for each in mappings:
            switch = order.estate.store.get(reference.SWITCH, each["vswitchId"])
            place = (order.inputs["vpcId"], each["zoneId"])
            if switch and (switch.outputs["vpcId"], switch.outputs["zoneId"]) != place:
                raise Refusal("InvalidVSwitchId.NotFound", f"{switch.id} is not in {place[0]} and {place[1]}.")

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give its CEN, and its name as lists call it."""
        del estate
        name = record.outputs.get("transitRouterVpcAttachmentName", "")
        return {"cenId": record.id.partition(":")[0], "transitRouterAttachmentName": name}


class TransitRouterVbrAttachment(Attachment):
    """A border router attached to a router."""

    token = VBR
    stable: ClassVar[Mapping[str, Any]] = {
        "status": "Attached",
        "vbrOwnerId": region.ACCOUNT,
        "orderType": "PayByCenOwner",
    }
    references = (IN_CEN, ON_ROUTER, Reference("vbrId", BORDER, "InvalidVbrId.NotFound", "DependencyViolation.Cen"))
    rules = (Sole(("vbrId",), "InstanceExist.VbrAttachment"),)


class TransitRouterRouteEntry(Kind):
    """A route of a table, to an attachment or to nowhere."""

    token = "alicloud:cen/transitRouterRouteEntry:TransitRouterRouteEntry"  # noqa: S105 not a password
    prefix = "rte"
    parts = ("transitRouterRouteTableId", "transitRouterRouteEntryId")
    own = "transitRouterRouteEntryId"
    stable: ClassVar[Mapping[str, Any]] = {"status": "Active"}
    references = (
        IN_TABLE,
        Reference(
            "transitRouterRouteEntryNextHopId",
            VPC,
            "InvalidTransitRouterAttachmentId.NotFound",
            "OperationFailed.AttachmentInUse",
            by="transitRouterAttachmentId",
            also=(VBR,),
        ),
    )
    rules = (
        Cidr("transitRouterRouteEntryDestinationCidrBlock", "IllegalParam.DestinationCidrBlock"),
        Needed(
            ("transitRouterRouteEntryNextHopId",),
            "MissingParam.NextHopId",
            ("transitRouterRouteEntryNextHopType", ("Attachment",)),
        ),
        Sole(
            ("transitRouterRouteTableId", "transitRouterRouteEntryDestinationCidrBlock"),
            "OperationFailed.RouteEntryExist",
        ),
    )


class TransitRouterRouteTableAssociation(Kind):
    """The table by which an attachment's traffic goes: there is one."""

    token = "alicloud:cen/transitRouterRouteTableAssociation:TransitRouterRouteTableAssociation"  # noqa: S105 as above
    parts = ("transitRouterAttachmentId", "transitRouterRouteTableId")
    references = (ATTACHED, IN_TABLE)
    stable: ClassVar[Mapping[str, Any]] = {"status": "Active"}
    rules = (Sole(("transitRouterAttachmentId",), "OperationFailed.AssociationExist"),)

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give what is attached."""
        return _attached(estate, record)


class TransitRouterRouteTablePropagation(Kind):
    """A table that learns the routes of an attachment."""

    token = "alicloud:cen/transitRouterRouteTablePropagation:TransitRouterRouteTablePropagation"  # noqa: S105 as above
    parts = ("transitRouterAttachmentId", "transitRouterRouteTableId")
    references = (ATTACHED, IN_TABLE)
    stable: ClassVar[Mapping[str, Any]] = {"status": "Active"}
    rules = (Sole(("transitRouterAttachmentId", "transitRouterRouteTableId"), "OperationFailed.PropagationExist"),)

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give what is attached."""
        return _attached(estate, record)


def _attached(estate: Estate, record: Record) -> dict[str, Any]:
    wanted = record.outputs["transitRouterAttachmentId"]
    for token, name in ((VPC, "vpcId"), (VBR, "vbrId")):
        for each in estate.store.all(token):
            if each.outputs["transitRouterAttachmentId"] == wanted:
                return {"resourceId": each.outputs[name], "resourceType": each.outputs["resourceType"]}
    return {}


def _router(order: Order) -> Record:
    """Give the router of an attachment: the one that is named, else the CEN's. Raises Refusal when there is none."""
    named, cen = order.inputs.get("transitRouterId"), order.inputs.get("cenId")
    for each in order.estate.store.all(ROUTER):
        if named == each.outputs["transitRouterId"] or (not named and cen == each.outputs["cenId"]):
            return each
    raise Refusal("InvalidTransitRouterId.NotFound", f"The CEN {cen} has no transit router {named or 'here'}.")
