"""What of the city the cloud holds already, so that a creation that was cut off is adopted and not made twice.

When the operator's machine dies between the cloud's making of a resource and the engine's writing of its state, the
resource exists and the state doesn't know it. The vendor lets two VPCs, NAT gateways or addresses have one name, so
the next run would make a second one, and the city would pay for both. Therefore the program first asks what is this
stack's, and hands the id to Pulumi's own `import`. Where the state knows the resource, the id is the same and nothing
happens. What is another stack's is never handed over: adopted, it would go with this stack's destroy.

In: the identity. Out: ids by kind and name. It only reads.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pulumi_alicloud as alicloud

from simpul.cloud import settlement
from simpul.cloud.identity import Identity
from simpul.errors import OutsideError, Problem

Listed = Iterable[tuple[str, str]]
"""Names with ids."""


@dataclass(frozen=True)
class Found:
    """Ids of the city's resources that are there, by kind and name."""

    ids: dict[tuple[str, str], str] = field(default_factory=dict)

    def id(self, kind: str, name: str) -> str | None:
        """Give the id of the `kind` named `name`, or None when the cloud has none."""
        return self.ids.get((kind, name))


def find(identity: Identity, pause: Callable[[float], None] = time.sleep) -> Found:
    """Ask the cloud what it holds of this stack; wait with `pause` for a cluster that is between two states.

    Raises OutsideError when a name is there twice, or is another's: then a person must say which one stays.
    """
    ids: dict[tuple[str, str], str] = {}
    problems: list[Problem] = []
    for kind, listed in _listings(identity, pause):
        for name, id_ in listed:
            if ids.setdefault((kind, name), id_) != id_:
                problems.append(_twice(kind, name, ids[kind, name], id_))
    if problems:
        raise OutsideError(*problems)
    return Found(ids)


def _listings(identity: Identity, pause: Callable[[float], None]) -> Iterable[tuple[str, Listed]]:
    """List every kind by this stack's tags; where a listing has none, by the title or by what the thing stands in."""
    names, tags = f"^{identity.prefix}", identity.tags
    yield "group", _groups(identity)
    vpcs = alicloud.vpc.get_networks(name_regex=names, tags=tags).vpcs
    yield "vpc", ((vpc.vpc_name, vpc.id) for vpc in vpcs)
    switches = alicloud.vpc.get_switches(name_regex=names, tags=tags).vswitches
    yield "switch", ((switch.vswitch_name, switch.id) for switch in switches)
    gateways = alicloud.vpc.get_nat_gateways(name_regex=names, tags=tags, enable_details=True).gateways
    yield "nat", ((gateway.nat_gateway_name, gateway.id) for gateway in gateways)
    for gateway in gateways:
        for table in gateway.snat_table_ids:
            entries = alicloud.vpc.get_snat_entries(snat_table_id=table).entries
            yield "snat", ((entry.snat_entry_name, f"{table}:{entry.snat_entry_id}") for entry in entries)
    addresses = alicloud.ecs.get_eip_addresses(name_regex=names, tags=tags).addresses
    yield "address", ((address.address_name, address.id) for address in addresses)
    yield (
        "association",
        ((address.address_name, f"{address.id}:{address.instance_id}") for address in addresses if address.instance_id),
    )
    security = alicloud.ecs.get_security_groups(name_regex=names, tags=tags).groups
    yield "security group", ((group.name, group.id) for group in security)
    balancers = alicloud.slb.get_application_load_balancers(name_regex=names, tags=tags).balancers
    yield "balancer", ((balancer.load_balancer_name, balancer.id) for balancer in balancers)
    clusters = settlement.clusters(identity.sole, {vpc.id for vpc in vpcs}, pause)
    yield "cluster", ((cluster.cluster_name, cluster.id) for cluster in clusters)
    for cluster in clusters:
        pools = alicloud.cs.get_kubernetes_node_pools(cluster_id=cluster.id).nodepools
        yield "node pool", ((pool.node_pool_name, f"{cluster.id}:{pool.node_pool_id}") for pool in pools)


def _groups(identity: Identity) -> Listed:
    """List the group of the stack's name, which has to have its title too."""
    groups = alicloud.resourcemanager.get_resource_groups(name_regex=f"^{identity.sole}$").groups
    for group in groups:
        if group.display_name != identity.title:
            raise OutsideError.at(
                f"cloud group {group.name}",
                f"isn't this stack's, which is called {identity.title}",
                f"{group.display_name} ({group.id})",
                next="deploy under another stack name, or give the group that display name if it is this stack's",
            )
    return [(group.name, group.id) for group in groups]


def _twice(kind: str, name: str, first: str, second: str) -> Problem:
    return Problem(
        where=f"cloud {kind} {name}",
        what="it is in the cloud twice with this stack's tags, one of them left by a run that was cut off",
        got=f"{first} and {second}",
        next=f"see which one the stack knows (pulumi stack export | grep -e {first} -e {second}) and delete the other",
    )
