"""Node pools of Container Service's clusters: the machines that are a cluster's nodes."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from simpul.lab.cloud import address, reference, region
from simpul.lab.cloud.cluster.backing import Node
from simpul.lab.cloud.kind import Kind, Order
from simpul.lab.cloud.product.cs import CLUSTER, POOL, cluster, switches
from simpul.lab.cloud.product.ecs import closed
from simpul.lab.cloud.reference import Reference
from simpul.lab.cloud.refusal import Refusal
from simpul.lab.cloud.rule import Known, Sole

if TYPE_CHECKING:
    from simpul.lab.cloud.estate import Estate
    from simpul.lab.cloud.store import Record


LEVELS: Final = ("PL0", "PL1", "PL2", "PL3")
EFFECTS: Final = ("NoSchedule", "PreferNoSchedule", "NoExecute")


class NodePool(Kind):
    """A node pool: machines that are a cluster's nodes."""

    token = POOL
    references = (Reference("clusterId", CLUSTER, "ErrorClusterNotFound", ""),)
    rules = (
        Known("systemDiskPerformanceLevel", LEVELS, "InvalidSystemDiskPerformanceLevel"),
        Known("dataDisks.performanceLevel", LEVELS, "InvalidDataDiskPerformanceLevel"),
        Known("taints.effect", EFFECTS, "InvalidTaint"),
        Sole(("clusterId", "nodePoolName"), "ErrorNodePoolNameExist"),
    )
    stable: ClassVar[Mapping[str, Any]] = {
        "instanceChargeType": "PostPaid",
        "imageType": "AliyunLinux3ContainerOptimized",
        "runtimeName": "containerd",
        "runtimeVersion": "1.6.38",
        "systemDiskCategory": "cloud_essd",
        "type": "ess",
        "multiAzPolicy": "BALANCE",
        "scalingPolicy": "release",
        "spotStrategy": "NoSpot",
        "cpuPolicy": "none",
    }

    def examine(self, order: Order) -> None:
        """Refuse unknown instance types, switches outside of its VPC, and bounds of its size that aren't any."""
        values = order.inputs
        for kind in values.get("instanceTypes", ()):
            if not region.INSTANCE_TYPE.fullmatch(kind):
                raise Refusal(
                    "InvalidInstanceType.NotSupported", f"The instance type {kind} is not sold in this region."
                )
        owner = order.estate.store.get(CLUSTER, values["clusterId"])
        for switch in switches(order):
            if owner is not None and switch.outputs["vpcId"] != owner.outputs.get("vpcId"):
                raise Refusal("InvalidVSwitchId.NotFound", f"{switch.id} is not in the VPC of {owner.id}.")
        bounds = values.get("scalingConfig", {})
        if bounds.get("minSize", 0) > bounds.get("maxSize", bounds.get("minSize", 0)):
            raise Refusal("InvalidParameter.MinSize", f"The size is from {bounds['minSize']} to {bounds['maxSize']}.")
        if wanted(values):
            self._examine_groups(order)

    def _examine_groups(self, order: Order) -> None:
        """Refuse a group through which no machine reaches the cluster: the vendor waits for its nodes, and gives up."""
        store, owner = order.estate.store, order.estate.store.get(CLUSTER, order.inputs["clusterId"])
        vpc = store.get(reference.NETWORK, str(owner.outputs.get("vpcId"))) if owner else None
        if owner is None or vpc is None:
            return
        named = order.inputs.get("securityGroupIds") or [owner.outputs.get("securityGroupId")]
        for group in filter(None, (store.get(reference.SECURITY_GROUP, str(each)) for each in named)):
            if lacks := list(closed(order.estate, group, vpc.outputs["cidrBlock"])):
                raise Refusal("NodePoolNodesNotReady", f"No node joins: {group.id} doesn't let through {lacks}.")

    def mint(self, order: Order) -> str:
        """Make an id as the vendor's plugin does: cluster and pool."""
        return f"{order.inputs['clusterId']}:np{secrets.token_hex(16)}"

    def compute(self, order: Order, identity: str) -> dict[str, Any]:
        """Give its own id, its scaling group and both spellings of its name."""
        name = order.inputs.get("nodePoolName") or order.inputs.get("name")
        group = region.draw(order.estate.region, "asg")
        return {"nodePoolId": identity.rpartition(":")[2], "scalingGroupId": group, "nodePoolName": name, "name": name}

    def reserve(self, order: Order, identity: str) -> dict[str, Any]:
        """Take addresses for its machines."""
        del identity
        return {"machines": _machines(order.estate, order.inputs, [])}

    def realize(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Start its machines; they join the cluster."""
        owner = estate.store.get(CLUSTER, record.outputs["clusterId"])
        if estate.clusters is not None and owner is not None and record.behind["machines"]:
            names = ", ".join(each["name"] for each in record.behind["machines"])
            estate.progress(f"{owner.outputs['name']}: nodes start: {names}")
            estate.clusters.join(cluster(owner), nodes(estate, record, record.behind["machines"]))
        return {}

    def alter(self, estate: Estate, record: Record) -> dict[str, Any]:
        """Start or remove machines so that there are as many as are wanted."""
        with estate.store.change():
            old = record.behind["machines"]
            record.behind["machines"] = _machines(estate, record.inputs, old)
            estate.store.put(record)
        gone = [each for each in old if each not in record.behind["machines"]]
        owner = estate.store.get(CLUSTER, record.outputs["clusterId"])
        if estate.clusters is not None and owner is not None and gone:
            estate.clusters.leave(cluster(owner), nodes(estate, record, gone))
        return self.realize(estate, record)

    def dismantle(self, estate: Estate, record: Record) -> None:
        """Remove its machines."""
        owner = estate.store.get(CLUSTER, record.outputs["clusterId"])
        if estate.clusters is not None and owner is not None and record.behind["machines"]:
            estate.clusters.leave(cluster(owner), nodes(estate, record, record.behind["machines"]))


def nodes(estate: Estate, record: Record, machines: list[dict[str, str]]) -> list[Node]:
    """Give what a pool's machines are to be as nodes: zones in turn, the pool's labels and taints."""
    values = record.outputs
    switches = [estate.store.get(reference.SWITCH, each) for each in values.get("vswitchIds", ())]
    zones = [each.outputs["zoneId"] for each in switches if each is not None] or [region.ZONES[estate.region][0]]
    labels = {each["key"]: each.get("value", "") for each in values.get("labels", ())}
    labels["alibabacloud.com/nodepool-id"] = values["nodePoolId"]
    labels["topology.kubernetes.io/region"] = estate.region
    taints = [
        f"{each['key']}={each.get('value', '')}:{each.get('effect', 'NoSchedule')}" for each in values.get("taints", ())
    ]
    return [
        Node(
            each["name"],
            each["address"],
            labels | {"topology.kubernetes.io/zone": zones[number % len(zones)]},
            taints,
        )
        for number, each in enumerate(machines)
    ]


def wanted(values: Mapping[str, Any]) -> int:
    """Give how many nodes a pool asks for. Raises Refusal for a number that is none."""
    size = values.get("desiredSize") or values.get("nodeCount") or values.get("scalingConfig", {}).get("minSize", 0)
    if not str(size).isdigit():
        raise Refusal("InvalidParameter.DesiredSize", f"The desired size {size} is not a number of nodes.")
    return int(size)


def _machines(estate: Estate, values: Mapping[str, Any], have: list[dict[str, str]]) -> list[dict[str, str]]:
    """Give the machines of a pool: those it has as far as it needs them, and new ones with addresses taken."""
    if estate.clusters is None:
        return []
    count = min(wanted(values), estate.clusters.most_nodes)
    machines = have[:count]
    while len(machines) < count:
        free = address.take_machine(estate.store, {each["address"] for each in machines})
        name = f"ack-{values['clusterId'][1:7]}-{free.rpartition('.')[2]}"
        machines.append({"name": name, "address": free})
    return machines
