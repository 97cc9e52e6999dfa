"""The city's Kubernetes in the cloud: an ACK managed cluster, its work nodes, the way in for the operator."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_alicloud as alicloud

from simpul.cloud import settlement
from simpul.cloud.found import Listed, Pause
from simpul.cloud.frame import Frame
from simpul.cloud.identity import Identity
from simpul.cloud.network import Network

PODS_PER_NODE_MASK = 24
"""A node gets a /24 of the pods' range, as k3s gives its nodes."""

ADDONS = ("flannel", "csi-plugin", "csi-provisioner")
"""The pods' network, and the two by which the vendor's disks become volumes: what isn't named may not be there."""

STORAGE_CLASS = "alicloud-disk-topology-alltype"
"""A class that ACK itself makes: a disk of the best kind that the node's zone has, made where the pod is put."""


@dataclass(frozen=True)
class ClusterArgs:
    """What a cluster stands in, and the network that its nodes are in."""

    frame: Frame
    network: Network


class Cluster(pulumi.ComponentResource):
    """An ACK managed cluster with a pool of nodes for its own parts and one for workloads, across the city's zones."""

    kubeconfig: pulumi.Output[str]
    pools: tuple[alicloud.cs.NodePool, ...]

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the cluster `name` as `args` say."""
        super().__init__("simpul:cloud:Cluster", name, {}, opts)
        self._frame, self._network = args.frame, args.network
        size = args.frame.size
        control_plane = self._control_plane()
        self.pools = (
            self._pool(control_plane, "system", size.system_nodes, size.system_instance),
            self._pool(control_plane, "work", size.work_nodes, size.work_instance),
        )
        credential = alicloud.cs.get_cluster_credential_output(
            cluster_id=control_plane.id, opts=pulumi.InvokeOutputOptions(parent=self, depends_on=list(self.pools))
        )
        self.kubeconfig = pulumi.Output.secret(credential.kube_config)
        self.register_outputs({"clusterId": control_plane.id, "kubeconfig": self.kubeconfig})

    def _control_plane(self) -> alicloud.cs.ManagedKubernetes:
        frame, network = self._frame, self._network
        identity = frame.identity
        return alicloud.cs.ManagedKubernetes(
            identity.prefix,
            name=identity.sole,
            cluster_spec=frame.size.cluster,
            resource_group_id=frame.group,
            security_group_id=network.security_group.id,
            vswitch_ids=[switch.id for switch in network.switches],
            pod_cidr=str(frame.plan.cloud.pods),
            service_cidr=str(frame.plan.cloud.services),
            node_cidr_mask=PODS_PER_NODE_MASK,
            new_nat_gateway=False,  # the network has its own
            slb_internet_enabled=frame.city.cloud.api.public,
            proxy_mode="iptables",
            addons=[alicloud.cs.ManagedKubernetesAddonArgs(name=addon) for addon in ADDONS],
            timezone=frame.city.timezone,
            tags=identity.tags(),
            opts=frame.child(self, "cluster", identity.sole, [network.exit]),
        )

    def _pool(
        self, control_plane: alicloud.cs.ManagedKubernetes, role: str, nodes: int, instance: str
    ) -> alicloud.cs.NodePool:
        frame, network = self._frame, self._network
        name = frame.identity.name(role)
        return alicloud.cs.NodePool(
            name,
            node_pool_name=name,
            cluster_id=control_plane.id,
            vswitch_ids=[switch.id for switch in network.switches],
            desired_size=str(nodes),
            instance_types=[instance],
            instance_charge_type="PostPaid",
            multi_az_policy="BALANCE",
            system_disk_category="cloud_essd",
            system_disk_size=frame.size.disk_gib,
            system_disk_encrypted=True,
            security_group_ids=[network.security_group.id],
            tags=frame.identity.tags(),
            opts=frame.child(self, "node pool", name),
        )


def listed(identity: Identity, pause: Pause) -> Listed:
    """List what the cloud holds of the cluster, once it is between no two states."""
    vpcs = {vpc.id for vpc in alicloud.vpc.get_networks(name_regex=f"^{identity.prefix}", tags=identity.mark).vpcs}
    for cluster in settlement.clusters(identity.sole, vpcs, pause):
        yield "cluster", cluster.cluster_name, cluster.id
        for pool in alicloud.cs.get_kubernetes_node_pools(cluster_id=cluster.id).nodepools:
            yield "node pool", pool.node_pool_name, f"{cluster.id}:{pool.node_pool_id}"
