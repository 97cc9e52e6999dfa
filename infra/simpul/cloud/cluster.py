"""The city's Kubernetes in the cloud: an ACK managed cluster, its work nodes, the way in for the operator."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_alicloud as alicloud

from simpul.city import Plan
from simpul.cloud.found import Found
from simpul.cloud.identity import Identity
from simpul.cloud.network import Network
from simpul.cloud.profile import Size

PODS_PER_NODE_MASK = 24
"""A node gets a /24 of the pods' range, as k3s gives its nodes."""

ADDONS = ("flannel", "csi-plugin", "csi-provisioner")
"""The pods' network, and the two by which the vendor's disks become volumes: what isn't named may not be there."""

STORAGE_CLASS = "alicloud-disk-topology-alltype"
"""A class that ACK itself makes: a disk of the best kind that the node's zone has, made where the pod is put."""


@dataclass(frozen=True)
class ClusterArgs:
    """What a cluster is made of. `group` is the id of its resource group."""

    identity: Identity
    plan: Plan
    size: Size
    found: Found
    group: pulumi.Output[str]
    network: Network
    timezone: str


class Cluster(pulumi.ComponentResource):
    """An ACK managed cluster with one pool of work nodes across the city's zones."""

    kubeconfig: pulumi.Output[str]
    nodes: alicloud.cs.NodePool

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the cluster `name` as `args` say."""
        super().__init__("simpul:cloud:Cluster", name, {}, opts)
        self.args = args
        control_plane = self._control_plane()
        self.nodes = self._nodes(control_plane)
        credential = alicloud.cs.get_cluster_credential_output(
            cluster_id=control_plane.id, opts=pulumi.InvokeOutputOptions(parent=self, depends_on=[self.nodes])
        )
        self.kubeconfig = pulumi.Output.secret(credential.kube_config)
        self.register_outputs({"clusterId": control_plane.id, "kubeconfig": self.kubeconfig})

    def _control_plane(self) -> alicloud.cs.ManagedKubernetes:
        args = self.args
        return alicloud.cs.ManagedKubernetes(
            args.identity.prefix,
            name=args.identity.sole,
            cluster_spec=args.size.cluster_spec,
            resource_group_id=args.group,
            security_group_id=args.network.security_group.id,
            vswitch_ids=[switch.id for switch in args.network.switches],
            pod_cidr=str(args.plan.cloud.pods),
            service_cidr=str(args.plan.cloud.services),
            node_cidr_mask=PODS_PER_NODE_MASK,
            new_nat_gateway=False,  # the network has its own
            slb_internet_enabled=True,
            proxy_mode="iptables",
            addons=[alicloud.cs.ManagedKubernetesAddonArgs(name=addon) for addon in ADDONS],
            timezone=args.timezone,
            tags=args.identity.tags,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[args.network.exit],
                import_=args.found.id("cluster", args.identity.sole),
            ),
        )

    def _nodes(self, control_plane: alicloud.cs.ManagedKubernetes) -> alicloud.cs.NodePool:
        args = self.args
        name = args.identity.name("work")
        return alicloud.cs.NodePool(
            name,
            node_pool_name=name,
            cluster_id=control_plane.id,
            vswitch_ids=[switch.id for switch in args.network.switches],
            desired_size=str(args.size.nodes),
            instance_types=list(args.size.instance_types),
            instance_charge_type="PostPaid",
            multi_az_policy="BALANCE",
            system_disk_category="cloud_essd",
            system_disk_size=args.size.disk_gib,
            system_disk_encrypted=True,
            security_group_ids=[args.network.security_group.id],
            tags=args.identity.tags,
            opts=pulumi.ResourceOptions(parent=self, import_=args.found.id("node pool", name)),
        )
