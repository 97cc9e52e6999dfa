"""Network ACLs: what may go in and out of switches, and the switches that they are bound to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab.cloud import reference
from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.rule import Cidr, Form

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

ACL: Final = "alicloud:vpc/networkAcl:NetworkAcl"
ATTACHMENT: Final = "alicloud:vpc/vpcNetworkAclAttachment:VpcNetworkAclAttachment"
PORTS: Final = r"(-1/-1|\d{1,5}/\d{1,5})"


class NetworkAcl(Kind):
    """A network ACL."""

    token = ACL
    prefix = "nacl"
    rules = (
        Cidr("ingressAclEntries.sourceCidrIp"),
        Cidr("egressAclEntries.destinationCidrIp"),
        Form("ingressAclEntries.port", PORTS, "InvalidParameter.Port"),
        Form("egressAclEntries.port", PORTS, "InvalidParameter.Port"),
    )

    def observe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give the switches that it is bound to."""
        bound = [each.outputs for each in estate.store.all(ATTACHMENT) if each.outputs["networkAclId"] == record.id]
        names = ("resourceId", "resourceType", "status")
        return {"resources": [{name: each[name] for name in names} for each in bound]}


class VpcNetworkAclAttachment(Kind):
    """A switch bound to a network ACL: to one only."""

    token = ATTACHMENT
    parts = ("networkAclId", "resourceId")
    stable: ClassVar[Mapping[str, Any]] = {"status": "BINDED"}
    references = (
        Reference("networkAclId", ACL, "InvalidNetworkAcl.NotFound", "NetworkAclExistBinding"),
        Reference("resourceId", reference.SWITCH, "InvalidVSwitchId.NotFound", "DependencyViolation.NetworkAcl"),
    )

    def examine(self, order: Order) -> None:
        """Refuse a switch that is bound already, or in another VPC."""
        switch, acl = order.inputs["resourceId"], order.inputs["networkAclId"]
        if any(each.outputs["resourceId"] == switch for each in order.others()):
            raise Refusal("NetworkAclExistBinding", f"{switch} is bound to a network ACL already.")
        store = order.estate.store
        places = {each.outputs["vpcId"] for each in (store.get(ACL, acl), store.get(reference.SWITCH, switch)) if each}
        if len(places) > 1:
            raise Refusal("InvalidVSwitchId.NotFound", f"{switch} is not in the VPC of {acl}.")
