"""The city's Kubernetes in the cloud: an ACK managed cluster, its work nodes, the way in for the operator."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_alicloud as alicloud

from simpul.cloud import day, settlement
from simpul.cloud.found import Listed, ask
from simpul.cloud.frame import Frame
from simpul.cloud.identity import Identity
from simpul.cloud.key import STRICTEST, Keys
from simpul.cloud.logs import LogStores
from simpul.cloud.network import Network, vpcs

PODS_PER_NODE_MASK = 24
"""A node gets a /24 of the pods' range, as k3s gives its nodes."""

ADDONS = (
    "flannel",
    "csi-plugin",
    "csi-provisioner",
    "ack-pod-identity-webhook",
    "ack-node-problem-detector",
    "metrics-server",
    "loongcollector",
)
"""The pods' network; the two by which the vendor's disks become volumes; the one that hands a pod the role of its
service account; what autorepair and autoscaling look at; what brings pods' logs out. What isn't named may not be there.
"""

LOGGED = ("apiserver", "kcm", "scheduler", "ccm")
"""Parts of the control plane that say in the log project what they do."""

STORAGE_CLASS = "alicloud-disk-topology-alltype"
"""A class that ACK itself makes: a disk of the best kind that the node's zone has, made where the pod is put."""

LEFT = {"SLB": "delete", "ALB": "delete", "PrivateZone": "delete", "SLS_Data": "retain", "SLS_ControlPlane": "retain"}
"""What becomes of what the cluster made by itself when it goes: its logs are the city's record, and stay."""

MAINTENANCE_HOURS = "3h"
MAINTENANCE_DAY = "Sunday"


@dataclass(frozen=True)
class ClusterArgs:
    """What a cluster stands in: the network of its nodes, the keys of its secrets and disks, where its logs go.

    `api_name` is how its API is called, in the city's own networks and at the gate.
    """

    frame: Frame
    network: Network
    keys: Keys
    logs: LogStores
    api_name: str


@dataclass(frozen=True)
class Pool:
    """Nodes of one kind: how many, to how many they may grow by themselves, and which machine each is."""

    role: str
    nodes: int
    most: int
    instance: str


@dataclass(frozen=True)
class Trust:
    """By what RAM knows the cluster's service accounts: the provider's name in RAM, and its issuer."""

    provider: pulumi.Output[str]
    issuer: pulumi.Output[str]


class Cluster(pulumi.ComponentResource):
    """An ACK managed cluster with a pool of nodes for its own parts and one for workloads, across the city's zones."""

    kubeconfig: pulumi.Output[str]
    pools: tuple[alicloud.cs.NodePool, ...]
    trust: Trust
    address: pulumi.Output[str]
    """Where its API answers in the city's own networks."""

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the cluster `name` as `args` say."""
        super().__init__("simpul:cloud:Cluster", name, {}, opts)
        self._args, self._frame = args, args.frame
        size = args.frame.size
        control_plane = self._control_plane()
        self.pools = (
            self._pool(control_plane, Pool("system", size.system_nodes, size.system_nodes, size.system_instance)),
            self._pool(control_plane, Pool("work", size.work_nodes, size.work_nodes_max, size.work_instance)),
        )
        self._scale(control_plane)
        provider = control_plane.rrsa_metadata
        self.trust = Trust(provider.ram_oidc_provider_arn, provider.rrsa_oidc_issuer_url)
        self.address = control_plane.slb_intranet
        credential = alicloud.cs.get_cluster_credential_output(
            cluster_id=control_plane.id, opts=pulumi.InvokeOutputOptions(parent=self, depends_on=list(self.pools))
        )
        self.kubeconfig = pulumi.Output.secret(credential.kube_config)
        self.register_outputs({"clusterId": control_plane.id, "kubeconfig": self.kubeconfig})

    def _control_plane(self) -> alicloud.cs.ManagedKubernetes:
        frame, network, identity = self._frame, self._args.network, self._frame.identity
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
            slb_internet_enabled=False,  # the world comes through the gate, if at all
            custom_san=self._args.api_name,
            proxy_mode="iptables",
            addons=[alicloud.cs.ManagedKubernetesAddonArgs(name=addon) for addon in ADDONS],
            enable_rrsa=True,
            encryption_provider_key=self._key(),
            audit_log_config=alicloud.cs.ManagedKubernetesAuditLogConfigArgs(
                enabled=True, sls_project_name=self._args.logs.project
            ),
            control_plane_log_components=list(LOGGED),
            control_plane_log_project=self._args.logs.project,
            control_plane_log_ttl=str(frame.city.retention.logs_days),
            maintenance_window=_maintenance(frame.city.timezone),
            operation_policy=alicloud.cs.ManagedKubernetesOperationPolicyArgs(
                cluster_auto_upgrade=alicloud.cs.ManagedKubernetesOperationPolicyClusterAutoUpgradeArgs(
                    enabled=True, channel="patch"
                )
            ),
            deletion_protection=frame.city.cloud.protect,
            delete_options=[
                alicloud.cs.ManagedKubernetesDeleteOptionArgs(resource_type=made, delete_mode=mode)
                for made, mode in LEFT.items()
            ],
            timezone=frame.city.timezone,
            tags=identity.tags(),
            opts=frame.child(self, alicloud.cs.ManagedKubernetes, identity.sole, network.ready),
        )

    def _pool(self, control_plane: alicloud.cs.ManagedKubernetes, pool: Pool) -> alicloud.cs.NodePool:
        frame, network = self._frame, self._args.network
        name = frame.identity.name(pool.role)
        grows = pool.most > pool.nodes
        return alicloud.cs.NodePool(
            name,
            node_pool_name=name,
            cluster_id=control_plane.id,
            resource_group_id=frame.group,
            vswitch_ids=[switch.id for switch in network.switches],
            # The vendor takes a number for a pool that stays, bounds for one that grows, never both.
            desired_size=None if grows else str(pool.nodes),
            scaling_config=alicloud.cs.NodePoolScalingConfigArgs(
                enable=True, type="cpu", min_size=pool.nodes, max_size=pool.most
            )
            if grows
            else None,
            instance_types=[pool.instance],
            instance_charge_type="PostPaid",
            image_type="AliyunLinux3ContainerOptimized",
            multi_az_policy="BALANCE",
            system_disk_category="cloud_essd",
            system_disk_performance_level="PL0",
            system_disk_size=frame.size.disk_gib,
            system_disk_encrypted=True,
            system_disk_encrypt_algorithm="aes-256",
            system_disk_kms_key=self._key(),
            instance_metadata_options=alicloud.cs.NodePoolInstanceMetadataOptionsArgs(http_tokens="required"),
            kubelet_configuration=_kubelet(),
            management=_management(),
            labels=[alicloud.cs.NodePoolLabelArgs(key="simpul/pool", value=pool.role)],
            security_group_ids=[network.security_group.id],
            tags=frame.identity.tags(),
            opts=frame.child(self, alicloud.cs.NodePool, name, network.ready),
        )

    def _scale(self, control_plane: alicloud.cs.ManagedKubernetes) -> None:
        """Let pools grow while pods wait, and shrink when nodes are idle. It is there once, and set again as it is."""
        alicloud.cs.AutoscalingConfig(
            self._frame.identity.name("autoscaling"),
            cluster_id=control_plane.id,
            expander="least-waste",
            scale_down_enabled=True,
            scan_interval="30s",
            unneeded_duration="10m",
            cool_down_duration="10m",
            utilization_threshold="0.5",
            skip_nodes_with_system_pods=True,
            skip_nodes_with_local_storage=True,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _key(self) -> pulumi.Output[str]:
        """Give the key of the most guarded data that a city may have: what the cluster keeps opens all of it."""
        return self._args.keys.key_id(STRICTEST)


def _maintenance(timezone: str) -> alicloud.cs.ManagedKubernetesMaintenanceWindowArgs:
    """Give when the vendor may work on the cluster: a night of the city's in which offices are closed the day after."""
    return alicloud.cs.ManagedKubernetesMaintenanceWindowArgs(
        enable=True,
        maintenance_time=f"2026-01-04T01:00:00.000+{day.OFFSETS[timezone]:02}:00",
        duration=MAINTENANCE_HOURS,
        weekly_period=MAINTENANCE_DAY,
    )


def _kubelet() -> alicloud.cs.NodePoolKubeletConfigurationArgs:
    """Give how a node is kept from what one pod can do to it, and from who asks it without a password."""
    return alicloud.cs.NodePoolKubeletConfigurationArgs(
        read_only_port="0",
        container_log_max_size="50Mi",
        container_log_max_files="5",
        pod_pids_limit="4096",
    )


def _management() -> alicloud.cs.NodePoolManagementArgs:
    """Give what the vendor does with nodes by itself: repair, patch, update, one at a time."""
    return alicloud.cs.NodePoolManagementArgs(
        enable=True,
        auto_repair=True,
        auto_repair_policy=alicloud.cs.NodePoolManagementAutoRepairPolicyArgs(restart_node=True),
        auto_upgrade=True,
        auto_upgrade_policy=alicloud.cs.NodePoolManagementAutoUpgradePolicyArgs(auto_upgrade_kubelet=True),
        auto_vul_fix=True,
        auto_vul_fix_policy=alicloud.cs.NodePoolManagementAutoVulFixPolicyArgs(restart_node=True, vul_level="asap"),
        max_unavailable=1,
    )


async def listed(identity: Identity) -> Listed:
    """List what the cloud holds of the cluster, once it is between no two states."""
    own = {vpc.id for vpc in await vpcs(identity)}
    for cluster in await settlement.clusters(identity.sole, own):
        yield alicloud.cs.ManagedKubernetes, cluster.cluster_name, cluster.id
        for pool in (await ask(alicloud.cs.get_kubernetes_node_pools_output(cluster_id=cluster.id))).nodepools:
            yield alicloud.cs.NodePool, pool.node_pool_name, f"{cluster.id}:{pool.node_pool_id}"
