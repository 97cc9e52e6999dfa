"""The city's Kubernetes in the cloud: an ACK managed cluster, its work nodes, the way in for the operator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_alicloud as alicloud

from simpul.cloud import day, settlement
from simpul.cloud.addon import Addons, AddonsArgs, at_creation
from simpul.cloud.found import Listed, ask
from simpul.cloud.frame import Frame
from simpul.cloud.identity import Identity
from simpul.cloud.key import STRICTEST, Keys
from simpul.cloud.logs import LogStores
from simpul.cloud.network import Network, vpcs
from simpul.cloud.pods import Pods
from simpul.errors import OutsideError, Problem
from simpul.kubeconfig import Credential, write

BASIC = ("", "ack.standard")
"""How the vendor calls the edition from which its plugin does bring a cluster to another."""

FLANNELS = ("nodeCidrMask", "podCidr")
"""What flannel alone has: whatever the vendor tells of it for another network, a cluster isn't made anew for it."""

LOGGED = ("apiserver", "kcm", "scheduler", "ccm")
"""Parts of the control plane that say in the log project what they do."""

LEFT = {"SLB": "delete", "ALB": "delete", "PrivateZone": "delete", "SLS_Data": "retain", "SLS_ControlPlane": "retain"}
"""What becomes of what the cluster made by itself when it goes: its logs are the city's record, and stay."""

MAINTENANCE_HOURS = "3h"
MAINTENANCE_DAY = "Sunday"


@dataclass(frozen=True)
class ClusterArgs:
    """What a cluster stands in: the networks of its nodes and pods, the keys of its secrets and disks, its logs' place.

    `api_name` is how its API is called, in the city's own networks and at the gate.
    """

    frame: Frame
    network: Network
    pods: Pods
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

    credential: pulumi.Output[Credential]
    """What opens it; where it answers depends on what is in front of it."""

    key: pulumi.Output[str]
    """The key of its secrets and disks: what it keeps opens all that the city has."""

    pools: tuple[alicloud.cs.NodePool, ...]
    trust: Trust
    address: pulumi.Output[str]
    """Where its API answers in the city's own networks."""

    ready: tuple[pulumi.Resource, ...]
    """What workloads wait for: nodes, and components on them."""

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the cluster `name` as `args` say."""
        super().__init__("simpul:cloud:Cluster", name, {}, opts)
        self._args, self._frame = args, args.frame
        size = args.frame.size
        self.key = args.keys.key_id(STRICTEST)
        control_plane = self._control_plane()
        self.pools = (
            self._pool(control_plane, Pool("system", size.system_nodes, size.system_nodes, size.system_instance)),
            self._pool(control_plane, Pool("work", size.work_nodes, size.work_nodes_max, size.work_instance)),
        )
        self._scale(control_plane)
        components = AddonsArgs(args.frame, control_plane.id, self.pools, args.logs)
        addons = Addons(args.frame.identity.name("addons"), components, pulumi.ResourceOptions(parent=self))
        self.ready = (*self.pools, *addons.installed)
        provider = control_plane.rrsa_metadata
        self.trust = Trust(provider.ram_oidc_provider_arn, provider.rrsa_oidc_issuer_url)
        self.address = control_plane.slb_intranet
        told = alicloud.cs.get_cluster_credential_output(
            cluster_id=control_plane.id, opts=pulumi.InvokeOutputOptions(parent=self, depends_on=list(self.pools))
        )
        texts = told.certificate_authority
        parts: pulumi.Output[list[str]] = pulumi.Output.all(texts.cluster_cert, texts.client_cert, texts.client_key)
        self.credential = pulumi.Output.secret(parts.apply(lambda known: Credential(*known)))
        self.register_outputs({"clusterId": control_plane.id})

    def kubeconfig(self, host: pulumi.Input[str], called: str = "") -> pulumi.Output[str]:
        """Give the administrator's kubeconfig for the API at `host`, which shows a certificate for `called`."""
        name = self._frame.identity.sole
        written: pulumi.Output[str] = pulumi.Output.all(host, self.credential).apply(
            lambda known: write(name, known[0], known[1], called)
        )
        return pulumi.Output.secret(written)

    def _control_plane(self) -> alicloud.cs.ManagedKubernetes:
        frame, network, identity = self._frame, self._args.network, self._frame.identity
        needs = [*network.ready, self._args.pods.exit]
        options = frame.child(self, alicloud.cs.ManagedKubernetes, identity.sole, needs)
        return alicloud.cs.ManagedKubernetes(
            identity.prefix,
            name=identity.sole,
            cluster_spec=frame.size.cluster,
            resource_group_id=frame.group,
            security_group_id=network.security_group.id,
            vswitch_ids=[switch.id for switch in network.switches],
            pod_vswitch_ids=[switch.id for switch in self._args.pods.switches],
            service_cidr=str(frame.plan.cloud.services),
            new_nat_gateway=False,  # the network has its own
            slb_internet_enabled=False,  # the world comes through the gate, if at all
            custom_san=self._args.api_name,
            proxy_mode="iptables",
            addons=at_creation(),
            enable_rrsa=True,
            encryption_provider_key=self.key,
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
            deletion_protection=frame.protects(identity.prefix),
            delete_options=[
                alicloud.cs.ManagedKubernetesDeleteOptionArgs(resource_type=made, delete_mode=mode)
                for made, mode in LEFT.items()
            ],
            timezone=frame.city.timezone,
            tags=identity.tags(),
            opts=frame.stay(options, *FLANNELS),
        )

    def _pool(self, control_plane: alicloud.cs.ManagedKubernetes, pool: Pool) -> alicloud.cs.NodePool:
        frame, network = self._frame, self._args.network
        name = frame.identity.name(pool.role)
        grows = pool.most > pool.nodes
        options = frame.child(self, alicloud.cs.NodePool, name, network.ready)
        return alicloud.cs.NodePool(
            name,
            node_pool_name=name,
            cluster_id=control_plane.id,
            resource_group_id=frame.group,
            vswitch_ids=[switch.id for switch in network.switches],
            # The vendor takes a number for a pool that stays, bounds for one that grows, never both. How many one that
            # grows has is what the vendor tells, and no change.
            desired_size=None if grows else str(pool.nodes),
            scaling_config=_scaling(pool),
            instance_types=[pool.instance],
            instance_charge_type="PostPaid",
            image_type="AliyunLinux3ContainerOptimized",
            multi_az_policy="BALANCE",
            system_disk_category="cloud_essd",
            system_disk_performance_level="PL0",
            system_disk_size=frame.size.disk_gib,
            system_disk_encrypted=True,
            system_disk_encrypt_algorithm="aes-256",
            system_disk_kms_key=self.key,
            instance_metadata_options=alicloud.cs.NodePoolInstanceMetadataOptionsArgs(http_tokens="required"),
            kubelet_configuration=_kubelet(),
            management=_management(),
            labels=[alicloud.cs.NodePoolLabelArgs(key="simpul/pool", value=pool.role)],
            security_group_ids=[network.security_group.id],
            tags=frame.identity.tags(),
            opts=frame.stay(options, "desiredSize") if grows else options,
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


def _scaling(pool: Pool) -> alicloud.cs.NodePoolScalingConfigArgs:
    """Give how a pool grows. One that doesn't says so: the vendor's plugin leaves alone what isn't said."""
    if pool.most == pool.nodes:
        return alicloud.cs.NodePoolScalingConfigArgs(enable=False, type="cpu")
    return alicloud.cs.NodePoolScalingConfigArgs(enable=True, type="cpu", min_size=pool.nodes, max_size=pool.most)


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


async def listed(identity: Identity, spec: str = "") -> Listed:
    """List what the cloud holds of the cluster, once it is between no two states.

    Raises OutsideError for one that stands in another specification than `spec`, and can't be brought to it.
    """
    own = {vpc.id for vpc in await vpcs(identity)}
    for cluster in await settlement.clusters(identity.sole, own):
        _examine(cluster, spec)
        yield alicloud.cs.ManagedKubernetes, cluster.cluster_name, cluster.id
        for pool in (await ask(alicloud.cs.get_kubernetes_node_pools_output(cluster_id=cluster.id))).nodepools:
            yield alicloud.cs.NodePool, pool.node_pool_name, f"{cluster.id}:{pool.node_pool_id}"


def _examine(cluster: Any, spec: str) -> None:
    """Refuse another specification: the vendor's plugin says that it changes it, and calls nothing that would."""
    stands = cluster.cluster_spec
    if not spec or stands == spec or (stands in BASIC and spec not in BASIC):
        return
    way = f'aliyun cs PUT /api/v2/clusters/{cluster.id} --body \'{{"cluster_spec":"{spec}"}}\''
    raise OutsideError(
        Problem(
            where="city.cloud.sizes.cluster",
            what="the vendor's plugin can't give a standing cluster another specification",
            got=f"{spec} is declared, {cluster.id} is {stands}",
            next=f"{way}, then: pulumi refresh; or declare {stands}",
        )
    )
