"""VPN: gateways of a VPC, the gateways at the other end, and the IPsec connections between them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab.cloud import reference, region
from simpul.lab.cloud.kind import Kind, Order, Source
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.rule import Address, Apart, Cidr, Known, Needed, Sole

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

GATEWAY: Final = "alicloud:vpn/gateway:Gateway"
CUSTOMER: Final = "alicloud:vpn/customerGateway:CustomerGateway"
CONNECTION: Final = "alicloud:vpn/connection:Connection"
ROUTE: Final = "alicloud:vpc/routeEntry:RouteEntry"
BANDWIDTHS: Final = (10, 100, 200, 500, 1000)
"""Mbit/s that a gateway is sold with."""
PUBLIC: Final = "198.51.100.{}"
"""Where a gateway answers. Nothing does: the range is one for documents (RFC 5737)."""


class Gateway(Kind):
    """A VPN gateway, with an address for each of its two tunnels."""

    token = GATEWAY
    prefix = "vpn"
    unread: ClassVar[frozenset[str]] = frozenset({"autoPay", "period"})
    settled: ClassVar[frozenset[str]] = frozenset({"disasterRecoveryVswitchId", "enableIpsec", "enableSsl"})
    stable: ClassVar[Mapping[str, Any]] = {
        "status": "active",
        "businessStatus": "Normal",
        "networkType": "public",
        "paymentType": "PayAsYouGo",
        "instanceChargeType": "PostPaid",
        "vpnType": "Normal",
        "sslConnections": 5,
    }
    rules = (Known("bandwidth", BANDWIDTHS, "InvalidSpec.NotFound"),)
    references = (Reference("disasterRecoveryVswitchId", reference.SWITCH, "InvalidVSwitchId.NotFound"),)

    def examine(self, order: Order) -> None:
        """Refuse switches of another VPC, and two of one zone."""
        given = [order.inputs.get(name) for name in ("vswitchId", "disasterRecoveryVswitchId")]
        switches = [each for text in given if text and (each := order.estate.store.get(reference.SWITCH, text))]
        for each in switches:
            if each.outputs["vpcId"] != order.inputs["vpcId"]:
                raise Refusal("InvalidVSwitchId.NotFound", f"{each.id} is not in {order.inputs['vpcId']}.")
        if len(switches) > len({each.outputs["zoneId"] for each in switches}):
            raise Refusal("InvalidParameter.DisasterRecoveryVSwitchId", "The two switches are in one zone.")

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give its addresses, and when it was made."""
        del identity
        names = [
            "internetIp",
            *(["disasterRecoveryInternetIp"] if order.inputs.get("disasterRecoveryVswitchId") else []),
        ]
        taken = {each.outputs.get(name) for each in order.others() for name in ("internetIp", names[-1])}
        free = (text for number in range(1, 255) if (text := PUBLIC.format(number)) not in taken)
        return {"createTime": _now(), **dict(zip(names, free, strict=False))}

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give what lists tell in words of their own."""
        del estate
        values = record.outputs
        said = {True: "enable", False: "disable"}
        return {
            "enableIpsec": said[values["enableIpsec"]],
            "enableSsl": said[values["enableSsl"]],
            "sslVpn": said[values["enableSsl"]],
            "specification": f"{values['bandwidth']}M",
        }

    def suppress(self, name: str, wanted: Mapping[str, Any]) -> bool:
        """Keep quiet about a period that isn't paid for ahead."""
        return super().suppress(name, {"paymentType": wanted.get("paymentType", "PayAsYouGo")})


class CustomerGateway(Kind):
    """The gateway at the other end: an address, known once."""

    token = CUSTOMER
    prefix = "cgw"
    rules = (Address("ipAddress", "InvalidIpAddress.Malformed"),)

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give when it was made."""
        del order, identity
        return {"createTime": _now()}

    def examine(self, order: Order) -> None:
        """Refuse an address that another one has, for the same ASN or none."""
        wanted = (order.inputs["ipAddress"], order.inputs.get("asn"))
        if any((each.outputs["ipAddress"], each.outputs.get("asn")) == wanted for each in order.others()):
            raise Refusal("InvalidIpAddress.AlreadyExist", f"The address {wanted[0]} is a customer gateway's already.")


class Connection(Kind):
    """An IPsec connection: one tunnel, or two on a gateway in two zones."""

    token = CONNECTION
    prefix = "vco"
    unread: ClassVar[frozenset[str]] = frozenset({"autoConfigRoute", "networkType"})
    stable: ClassVar[Mapping[str, Any]] = {
        "status": "ike_sa_not_established",
        "networkType": "public",
        "enableDpd": True,
        "enableNatTraversal": True,
    }
    references = (
        Reference("vpnGatewayId", GATEWAY, "InvalidVpnGatewayInstanceId.NotFound"),
        Reference("customerGatewayId", CUSTOMER, "InvalidCustomerGatewayInstanceId.NotFound"),
    )
    rules = (
        Needed(("customerGatewayId", "tunnelOptionsSpecifications"), "MissingParameter.CustomerGatewayId"),
        Cidr("localSubnets", "InvalidLocalSubnet.Malformed"),
        Cidr("remoteSubnets", "InvalidRemoteSubnet.Malformed"),
        Apart("remoteSubnets", "localSubnets", "InvalidRemoteSubnet.Overlapped"),
        Sole(("vpnGatewayId", "customerGatewayId"), "InvalidVpnConnection.AlreadyExists"),
        Sole(("vpnGatewayId", "localSubnets", "remoteSubnets"), "InvalidVpnConnection.AlreadyExists"),
    )

    def examine(self, order: Order) -> None:
        """Refuse two tunnels that aren't one of each role."""
        tunnels = order.inputs.get("tunnelOptionsSpecifications", ())
        roles = sorted(each.get("role", "") for each in tunnels)
        if tunnels and roles not in (["master", "slave"], ["master"]):
            raise Refusal("InvalidTunnelOptions.Role", f"The roles of tunnels are master and slave, not {roles}.")

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give when it was made, and what its tunnels are."""
        del identity
        gateway = order.estate.store.get(GATEWAY, order.inputs["vpnGatewayId"])
        tunnels = [
            {
                **each,
                "tunnelId": region.draw(order.estate.region, "tun"),
                "state": "active",
                "status": "ike_sa_not_established",
                "internetIp": _end(gateway, each),
            }
            for each in order.inputs.get("tunnelOptionsSpecifications", ())
        ]
        return {"createTime": _now(), **({"tunnelOptionsSpecifications": tunnels} if tunnels else {})}

    def describe(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Give what lists tell in words of their own."""
        del estate
        values = record.outputs
        return {
            "localSubnet": ",".join(values["localSubnets"]),
            "remoteSubnet": ",".join(values["remoteSubnets"]),
            "vcoHealthChecks": values.get("healthCheckConfig"),
            "vpnBgpConfigs": values.get("bgpConfig"),
            "ikeConfigs": values.get("ikeConfig"),
            "ipsecConfigs": values.get("ipsecConfig"),
        }


class RouteEntry(Kind):
    """A route of a gateway, into one of its connections."""

    token = "alicloud:vpn/routeEntry:RouteEntry"  # noqa: S105 not a password
    parts = ("vpnGatewayId", "nextHop", "routeDest")
    stable: ClassVar[Mapping[str, Any]] = {"status": "normal", "routeEntryType": "custom"}
    references = (
        Reference("vpnGatewayId", GATEWAY, "InvalidVpnGatewayInstanceId.NotFound"),
        Reference("nextHop", CONNECTION, "InvalidVpnConnectionInstanceId.NotFound"),
    )
    rules = (
        Cidr("routeDest", "InvalidRouteDest.Malformed"),
        Sole(("vpnGatewayId", "routeDest", "weight"), "VpnRouteEntry.AlreadyExists"),
    )

    def adopt(self, estate: Estate, record: Record) -> None:
        """Publish it in the VPC's own route table, where it is asked for."""
        gateway = estate.store.get(GATEWAY, record.outputs["vpnGatewayId"])
        vpc = estate.store.get(reference.NETWORK, gateway.outputs["vpcId"]) if gateway else None
        if gateway and vpc and record.outputs["publishVpc"]:
            hop = {"nexthopType": "VpnGateway", "nexthopId": gateway.id}
            route = {"destinationCidrblock": record.outputs["routeDest"], **hop}
            estate.attach(record, ROUTE, {"routeTableId": vpc.outputs["routeTableId"], **route})


class GatewayZones(Source):
    """The zones in which gateways are sold."""

    token = "alicloud:vpn/getGatewayZones:getGatewayZones"  # noqa: S105 not a password

    def answer(self, estate: Estate, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Give the region's zones, for a bandwidth that is sold."""
        sold = inputs["spec"] in {f"{each}M" for each in BANDWIDTHS}
        ids = list(region.ZONES[estate.region]) if sold else []
        return {"ids": ids, "zones": [{"zoneId": each, "zoneName": each} for each in ids]}


def _end(gateway: Record | None, tunnel: Mapping[str, Any]) -> str:
    name = "internetIp" if tunnel.get("role") == "master" else "disasterRecoveryInternetIp"
    return str(gateway.outputs.get(name, "")) if gateway else ""


def _now() -> int:
    return int(time.time() * 1000)
