"""The cloud side of a city, whole: resource group, network, entrance, cluster."""

from __future__ import annotations

import pulumi
import pulumi_alicloud as alicloud

from simpul.city import City, Plan
from simpul.cloud.cluster import STORAGE_CLASS, Cluster, ClusterArgs
from simpul.cloud.found import find
from simpul.cloud.identity import Identity
from simpul.cloud.network import Network, NetworkArgs
from simpul.cloud.profile import size
from simpul.handover import CloudEstate, ClusterHandle


class Cloud(pulumi.ComponentResource):
    """Everything of the city that stands in Alibaba Cloud. `estate` is what the platform gets of it."""

    estate: CloudEstate

    def __init__(self, city: City, plan: Plan, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the cloud side of `city`, with the ranges of `plan`."""
        identity = Identity.of(city, pulumi.get_stack())
        super().__init__("simpul:cloud:Cloud", identity.prefix, {}, opts)
        found, chosen = find(identity), size(city.cloud)
        child = pulumi.ResourceOptions(parent=self)
        group = alicloud.resourcemanager.ResourceGroup(
            identity.prefix,
            resource_group_name=identity.sole,
            display_name=identity.title,
            tags=identity.tags,
            opts=pulumi.ResourceOptions(parent=self, import_=found.id("group", identity.sole)),
        )
        network = Network(identity.name("network"), NetworkArgs(identity, plan, chosen, found, group.id), child)
        balancer = alicloud.slb.ApplicationLoadBalancer(
            identity.name("entrance"),
            load_balancer_name=identity.name("entrance"),
            address_type="internet",
            internet_charge_type="PayByTraffic",
            instance_charge_type="PayByCLCU",
            resource_group_id=group.id,
            tags=identity.tags,
            opts=pulumi.ResourceOptions(parent=self, import_=found.id("balancer", identity.name("entrance"))),
        )
        cluster = Cluster(
            identity.name("cluster"),
            ClusterArgs(identity, plan, chosen, found, group.id, network, city.timezone),
            child,
        )
        self.estate = CloudEstate(
            cluster=ClusterHandle(
                identity.prefix, None, cluster.kubeconfig, (cluster.nodes, balancer), storage_class=STORAGE_CLASS
            ),
            balancer_id=balancer.id,
            balancer_address=balancer.address,
            vpc_id=network.vpc.id,
            nat_address=network.address.ip_address,
        )
        self.register_outputs({"vpcId": network.vpc.id, "balancerAddress": balancer.address})
