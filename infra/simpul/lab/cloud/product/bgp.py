"""BGP on a leased line: what a border router tells and hears of the routes at the other end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.product.cen import BORDER
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.rule import Address, Known, Sole

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

GROUP: Final = "alicloud:vpc/bgpGroup:BgpGroup"
PEER: Final = "alicloud:vpc/bgpPeer:BgpPeer"
OWN_ASN: Final = 45104
"""The vendor's own number, where the program gives no other."""
ASNS: Final = range(1, 4294967296)


class BgpGroup(Kind):
    """The number of the network at the other end, for the peers of a border router."""

    token = GROUP
    prefix = "bgpg"
    references = (Reference("routerId", BORDER, "InvalidRouterId.NotFound", "DependencyViolation.BgpGroup"),)
    stable: ClassVar[Mapping[str, Any]] = {"ipVersion": "IPV4", "localAsn": OWN_ASN, "routeLimit": 110}
    rules = (Known("peerAsn", ASNS, "InvalidPeerAsn.Malformed"),)


class BgpPeer(Kind):
    """A router at the other end."""

    token = PEER
    prefix = "bgp"
    references = (Reference("bgpGroupId", GROUP, "InvalidBgpGroupId.NotFound", "DependencyViolation.BgpPeer"),)
    stable: ClassVar[Mapping[str, Any]] = {"ipVersion": "IPV4"}
    rules = (
        Address("peerIpAddress", "InvalidPeerIpAddress.Malformed"),
        Sole(("bgpGroupId", "peerIpAddress"), "InvalidPeerIpAddress.Duplicated"),
    )

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give its name, which is its id."""
        del order
        return {"bgpPeerName": identity}

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give the border router of its group."""
        group = estate.store.get(GROUP, record.outputs["bgpGroupId"])
        return {"routerId": group.outputs["routerId"] if group else ""}
