"""Express Connect: border routers at the end of a leased line. The line itself is the carrier's, not the program's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_interface
from typing import Any, ClassVar, Final

from simpul.lab.cloud import region
from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.product.cen import BORDER
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.rule import Address, Sole

LINE: Final = re.compile(r"pc-[a-z0-9]{6,}")
"""The id of a line. Any of that form is taken for one that the carrier has laid: no program makes one."""
VLANS: Final = range(3000)


class VirtualBorderRouter(Kind):
    """A border router: a VLAN of a line, with an address at each end."""

    token = BORDER
    prefix = "vbr"
    stable: ClassVar[Mapping[str, Any]] = {
        "status": "active",
        "detectMultiplier": 3,
        "minRxInterval": 1000,
        "minTxInterval": 1000,
    }
    rules = (
        Address("localGatewayIp", "InvalidLocalGatewayIp.Malformed"),
        Address("peerGatewayIp", "InvalidPeerGatewayIp.Malformed"),
        Sole(("physicalConnectionId", "vlanId"), "InvalidVlanId.AlreadyExist"),
    )

    def examine(self, order: Order) -> None:
        """Refuse a line that can't be one, a VLAN that lines don't have, and ends in two networks."""
        values = order.inputs
        if not LINE.fullmatch(values["physicalConnectionId"]):
            line = values["physicalConnectionId"]
            raise Refusal("InvalidPhysicalConnectionId.NotFound", f"The specified line {line} does not exist.")
        if values["vlanId"] not in VLANS:
            raise Refusal("InvalidVlanId.Malformed", f"The VLAN {values['vlanId']} is not from 0 to {VLANS[-1]}.")
        mask = values["peeringSubnetMask"]
        try:
            ends = [ip_interface(f"{values[name]}/{mask}") for name in ("localGatewayIp", "peerGatewayIp")]
        except ValueError as error:
            raise Refusal("InvalidPeeringSubnetMask.Malformed", f"The mask {mask} is not valid.") from error
        if ends[0].network != ends[1].network or ends[0] == ends[1]:
            raise Refusal("InvalidPeerGatewayIp.Mismatch", f"{ends[0].ip} and {ends[1].ip} are no two ends of a link.")

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give its route table."""
        del identity
        return {"routeTableId": region.draw(order.estate.region, "vtb")}
