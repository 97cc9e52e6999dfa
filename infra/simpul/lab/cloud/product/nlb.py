"""Network load balancers: in two zones or more, with listeners, each for a group of servers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab.cloud import reference
from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.rule import Address, Known, Sole

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record

BALANCER: Final = "alicloud:nlb/loadBalancer:LoadBalancer"
SERVERS: Final = "alicloud:nlb/serverGroup:ServerGroup"
SERVER: Final = "alicloud:nlb/serverGroupServerAttachment:ServerGroupServerAttachment"
LISTENER: Final = "alicloud:nlb/listener:Listener"
LEAST_ZONES: Final = 2


class LoadBalancer(Kind):
    """A network load balancer."""

    token = BALANCER
    prefix = "nlb"
    worldwide = True
    stable: ClassVar[Mapping[str, Any]] = {
        "status": "Active",
        "loadBalancerBusinessStatus": "Normal",
        "loadBalancerType": "Network",
        "addressIpVersion": "Ipv4",
        "paymentType": "PayAsYouGo",
        "crossZoneEnabled": True,
        "modificationProtectionStatus": "NonProtection",
    }
    rules = (Known("addressType", ("Internet", "Intranet"), "IllegalParam.AddressType"),)

    def examine(self, order: Order) -> None:
        """Refuse fewer than two zones, one twice, and a switch of another zone or VPC."""
        mappings = order.inputs["zoneMappings"]
        if len({each["zoneId"] for each in mappings}) < max(LEAST_ZONES, len(mappings)):
            raise Refusal("IllegalParam.ZoneMappings", f"At least {LEAST_ZONES} different zones are needed.")
        for each in mappings:
            switch = order.estate.store.get(reference.SWITCH, each["vswitchId"])
            there = {name: switch.outputs[name] for name in ("zoneId", "vpcId")} if switch else {}
            if there != {"zoneId": each["zoneId"], "vpcId": order.inputs["vpcId"]}:
                raise Refusal("Mismatch.ZoneIdVSwitchId", f"{each['vswitchId']} is not in {each['zoneId']} of the VPC.")

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give the name under which the world finds it."""
        return {"dnsName": f"{identity}.{order.estate.region}.nlb.aliyuncs.com"}

    def guard(self, estate: Estate, record: Record) -> None:
        """Refuse to delete one that is protected."""
        super().guard(estate, record)
        if record.outputs.get("deletionProtectionEnabled"):
            raise Refusal("OperationDenied.DeletionProtection", f"{record.id} is protected from deletion.")


class ServerGroup(Kind):
    """Servers, by their instances or their addresses."""

    token = SERVERS
    prefix = "sgp"
    worldwide = True
    stable: ClassVar[Mapping[str, Any]] = {
        "status": "Available",
        "serverGroupType": "Instance",
        "protocol": "TCP",
        "scheduler": "Wrr",
        "addressIpVersion": "Ipv4",
    }


class ServerGroupServerAttachment(Kind):
    """A server of a group."""

    token = SERVER
    references = (Reference("serverGroupId", SERVERS, "ResourceNotFound.serverGroup", "ResourceInUse.serverGroup"),)
    stable: ClassVar[Mapping[str, Any]] = {"status": "Available", "weight": 100}
    rules = (
        Known("serverType", ("Ecs", "Eni", "Eci", "Ip"), "IllegalParam.ServerType"),
        Address("serverIp", "IllegalParam.ServerIp"),
    )

    def examine(self, order: Order) -> None:
        """Refuse an address in a group of instances, and an instance in a group of addresses."""
        group = order.estate.store.get(SERVERS, order.inputs["serverGroupId"])
        by_address = order.inputs["serverType"] == "Ip"
        if group is not None and by_address != (group.outputs["serverGroupType"] == "Ip"):
            raise Refusal("Mismatch.ServerType", f"{group.id} is of type {group.outputs['serverGroupType']}.")
        if any(each.id == self.mint(order) for each in order.others()):
            raise Refusal("ResourceAlreadyExist.BackendServer", f"{order.inputs['serverId']} is in the group already.")

    def mint(self, order: Order) -> str:
        """Put the id together as the vendor's plugin does."""
        values = order.inputs
        parts = (values["serverGroupId"], values["serverId"], values["serverType"], values.get("port", 0))
        return "_".join(str(each) for each in parts)

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give the address of a server that is one."""
        del identity
        values = order.inputs
        return {"serverIp": values.get("serverIp") or (values["serverId"] if values["serverType"] == "Ip" else "")}


class Listener(Kind):
    """A port that a balancer answers at."""

    token = LISTENER
    prefix = "lsn"
    worldwide = True
    references = (
        Reference("loadBalancerId", BALANCER, "ResourceNotFound.loadBalancer", ""),
        Reference("serverGroupId", SERVERS, "ResourceNotFound.serverGroup", "ResourceInUse.serverGroup"),
    )
    stable: ClassVar[Mapping[str, Any]] = {"status": "Running", "idleTimeout": 900}
    rules = (Sole(("loadBalancerId", "listenerPort"), "ResourceAlreadyExist.Listener"),)

    def draw(self, order: Order) -> str:
        """Make an id as the vendor's: it ends in the port."""
        return f"{super().draw(order)}@{order.inputs['listenerPort']}"
