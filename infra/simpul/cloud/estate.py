"""The cloud side of a city, whole: every component, in the order in which they stand on each other."""

from __future__ import annotations

from functools import partial

import pulumi
import pulumi_alicloud as alicloud

from simpul.city import City, Plan
from simpul.cloud import (
    access,
    barrier,
    cluster,
    entrance,
    found,
    gate,
    group,
    holding,
    key,
    line,
    logs,
    monitor,
    names,
    network,
    pods,
    tunnel,
)
from simpul.cloud.access import Access, AccessArgs
from simpul.cloud.barrier import Barrier, BarrierArgs
from simpul.cloud.cluster import Cluster, ClusterArgs
from simpul.cloud.entrance import Entrance
from simpul.cloud.found import Found, token
from simpul.cloud.frame import Frame, outlasts
from simpul.cloud.gate import Gate, GateArgs
from simpul.cloud.guard import Guard, released
from simpul.cloud.holding import Ground, hold
from simpul.cloud.identity import Identity
from simpul.cloud.key import Keys, KeysArgs
from simpul.cloud.line import Lines, LinesArgs
from simpul.cloud.logs import Logs
from simpul.cloud.monitor import Monitor, MonitorArgs, Watched
from simpul.cloud.names import Names, NamesArgs
from simpul.cloud.network import Network, NetworkArgs
from simpul.cloud.pods import Pods, PodsArgs
from simpul.cloud.profile import size
from simpul.cloud.tunnel import Tunnels, TunnelsArgs
from simpul.handover import CloudEstate, ClusterHandle, Staying
from simpul.policy import day

LISTINGS = (
    group.listed,
    logs.listed,
    network.listed,
    pods.listed,
    barrier.listed,
    key.listed,
    *holding.LISTINGS,
    entrance.listed,
    cluster.listed,
    gate.listed,
    tunnel.listed,
    line.listed,
    access.listed,
    names.domains_listed,
    names.zones_listed,
    monitor.listed,
)
"""How each component says what the cloud holds of it."""


def find(city: City) -> Found:
    """Ask the cloud what it holds of `city` in this stack. Raises OutsideError where a person has to decide."""
    clusters = partial(cluster.listed, spec=size(city.cloud).cluster)
    listings = [clusters if each is cluster.listed else each for each in LISTINGS]
    return found.find(Identity.of(city, pulumi.get_stack()), listings, lambda each: each.when.holds(city))


class Cloud(pulumi.ComponentResource):
    """Everything of the city that stands in Alibaba Cloud. `estate` is what the platform gets of it."""

    estate: CloudEstate

    def __init__(self, city: City, plan: Plan, there: Found, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the cloud side of `city`, with the ranges of `plan`; `there` is what a cut-off run left of it."""
        identity = Identity.of(city, pulumi.get_stack())
        guard = Guard(city, there, day.today())
        guarded = pulumi.ResourceOptions(transformations=[guard.transform])
        super().__init__("simpul:cloud:Cloud", identity.prefix, {}, pulumi.ResourceOptions.merge(opts, guarded))
        child = pulumi.ResourceOptions(parent=self)
        resource_group = alicloud.resourcemanager.ResourceGroup(
            identity.prefix,
            resource_group_name=identity.sole,
            display_name=identity.title,
            tags=identity.tags(),
            opts=pulumi.ResourceOptions(
                parent=self,
                import_=there.id(alicloud.resourcemanager.ResourceGroup, identity.sole),
                retain_on_delete=outlasts(city, there),
            ),
        )
        account, let_go = alicloud.get_account().id, released(city, day.today())
        frame = Frame(city, identity, plan, size(city.cloud), there, resource_group.id, account, let_go)
        log = Logs(identity.name("logs"), frame, child).stores
        net = Network(identity.name("network"), NetworkArgs(frame, log), child)
        inner = Pods(identity.name("pods"), PodsArgs(frame, net), child)
        Barrier(identity.name("barrier"), BarrierArgs(frame, net, inner), child)
        keys = Keys(identity.name("keys"), KeysArgs(frame, net), child)
        held = hold(Ground(frame, net, keys, log), self)
        way_in = Entrance(identity.name("entrance"), frame, child)
        called = names.api(city)
        kubernetes = Cluster(identity.name("cluster"), ClusterArgs(frame, net, inner, keys, log, called), child)
        tunnels = Tunnels(identity.name("tunnels"), TunnelsArgs(frame, net), child).handles
        lines = Lines(identity.name("lines"), LinesArgs(frame, net), child).handles
        roles = Access(identity.name("access"), AccessArgs(frame, kubernetes.trust, held.buckets, keys), child).roles
        api = kubernetes.address
        public = Gate(identity.name("gate"), GateArgs(frame, net, api), child) if city.cloud.api.public else None
        outside = public.address if public else None
        named = NamesArgs(frame, net, way_in.balancer.address, api, outside, held.databases, held.caches)
        Names(identity.name("names"), named, child)
        watched = (
            *held.watched,
            Watched("address", "nat", net.address.id),
            Watched("balancer", "entrance", way_in.balancer.id),
            Watched("cluster", "cluster", kubernetes.pools[0].cluster_id),
        )
        Monitor(identity.name("monitor"), MonitorArgs(frame, watched), child)
        self.estate = CloudEstate(
            cluster=ClusterHandle(
                identity.prefix,
                None,
                # The gate's own name, and not that of the city's domain: it is there before the domain is delegated.
                kubernetes.kubeconfig(outside, called) if outside else kubernetes.kubeconfig(api),
                (*kubernetes.ready, way_in.balancer),
                disk_key=kubernetes.key,
            ),
            balancer_id=way_in.balancer.id,
            balancer_address=way_in.balancer.address,
            vpc_id=net.vpc.id,
            nat_address=net.address.ip_address,
            guests_id=way_in.guests,
            databases=held.databases,
            caches=held.caches,
            buckets=held.buckets,
            backups=held.backups,
            tunnels=tunnels,
            lines=lines,
            image_registry=held.image_registry,
            roles=roles,
            stays=self._stays(frame, (resource_group, net.vpc, *net.switches), (*keys.stays, *held.stays)),
        )
        guard.end()
        self.register_outputs({"vpcId": net.vpc.id, "balancerAddress": way_in.balancer.address})

    def _stays(
        self, frame: Frame, ground: tuple[pulumi.CustomResource, ...], locked: tuple[Staying, ...]
    ) -> tuple[Staying, ...]:
        """Give what stays when the city is taken away: what was `locked`, and the `ground` that it stands on."""
        if not frame.outlasts:
            return ()
        pulumi.log.warn(
            "What was locked while the city was protected stays when it is taken away now, with its keys: "
            "`pulumi stack output stays` names it all, and until when; do it before `pulumi destroy`",
            resource=self,
        )
        grounds = (Staying(token(type(each)), each.id, "as long as what is in it") for each in ground)
        return (*grounds, *locked)
