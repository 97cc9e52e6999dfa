"""Where each of the vendor's types stands in the picture: its panel, and what is told of it.

A type stands where its service does, unless it has a place of its own. What has words here is told one by one; all
else is counted, by the name that its type has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from simpul.recording import Registered

PANELS = {
    "entrance": "Entrance",
    "dns": "Names",
    "tunnel": "Tunnels over the internet",
    "line": "Leased lines",
    "network": "Network",
    "cluster": "Kubernetes",
    "database": "Databases",
    "cache": "Caches",
    "storage": "Buckets",
    "backup": "Backups",
    "key": "Keys",
    "registry": "Images",
    "log": "Logs",
    "audit": "Record of who did what",
    "monitor": "Alarms",
    "identity": "Who may do what",
}
"""The title of each panel."""

SERVICES = {
    "actiontrail": "audit",
    "alb": "entrance",
    "alidns": "dns",
    "cas": "entrance",
    "cen": "line",
    "cms": "monitor",
    "cr": "registry",
    "cs": "cluster",
    "dns": "dns",
    "ecs": "network",
    "expressconnect": "line",
    "hbr": "backup",
    "kms": "key",
    "kvstore": "cache",
    "log": "log",
    "nlb": "entrance",
    "oss": "storage",
    "pvtz": "dns",
    "ram": "identity",
    "rds": "database",
    "redis": "cache",
    "resourcemanager": "network",
    "slb": "entrance",
    "sls": "log",
    "vpc": "network",
    "vpn": "tunnel",
    "waf": "entrance",
    "wafv3": "entrance",
}
"""The panel of each of the vendor's services, by the SDK's name of it."""

OWN = {
    "cs/registryEnterpriseNamespace": "registry",
    "cs/registryEnterpriseRepo": "registry",
    "cs/registryEnterpriseSyncRule": "registry",
    "vpc/bgpGroup": "line",
    "vpc/bgpPeer": "line",
    "vpc/bgpNetwork": "line",
    "vpc/flowLog": "log",
}
"""The panel of a type that doesn't stand with its service."""

SHORT = {"acl", "bgp", "cen", "dns", "eip", "https", "oidc", "rds", "snat", "vbr", "vpc", "vpn", "worm"}
"""Words that are written in capitals."""

Words = Callable[[str, Mapping[str, Any]], str]


def _named(what: str) -> Words:
    last = what.rpartition(" ")[2]

    def words(name: str, inputs: Mapping[str, Any]) -> str:
        del inputs
        own = name.removeprefix(last).lstrip("-")
        return f"{what} {own}" if own else what

    return words


def _database(name: str, inputs: Mapping[str, Any]) -> str:
    del name
    size = f"{inputs['instanceType']}, {_number(inputs['instanceStorage'])} GiB"
    return f"{inputs['tags']['simpul:data-class']} data: {inputs['engine']} {_number(inputs['engineVersion'])}, {size}"


def _pool(name: str, inputs: Mapping[str, Any]) -> str:
    scaling = inputs.get("scalingConfig") or {}
    least, most = scaling.get("minSize", inputs.get("desiredSize")), scaling.get("maxSize")
    count = f"{_number(least)} to {_number(most)}" if most and most != least else _number(least)
    return f"nodes {name}: {count} x {', '.join(inputs['instanceTypes'])}"


def _bucket(name: str, inputs: Mapping[str, Any]) -> str:
    ends = ("noncurrentVersionExpirations", "expirations")
    over = [each for rule in inputs["lifecycleRules"] for key in ends for each in rule.get(key) or ()]
    kept = f"{_number(over[0].get('days'))} days" if over else "the last stays"
    return f"{name}: {inputs['tags']['simpul:data-class']} data, {kept}"


def _number(value: Any) -> str:
    return f"{float(value):g}" if value is not None else "?"


TOLD: Mapping[str, Words] = {
    "alb/loadBalancer": _named("load balancer"),
    "nlb/loadBalancer": _named("load balancer"),
    "slb/applicationLoadBalancer": lambda name, inputs: f"load balancer {name}, {inputs['addressType']}",
    "alidns/domain": _named("public zone"),
    "dns/alidnsDomain": lambda _, inputs: f"public zone {inputs.get('domainName', '')}",
    "pvtz/zone": lambda _, inputs: f"private zone {inputs.get('zoneName', inputs.get('name', ''))}",
    "vpn/gateway": lambda name, inputs: f"gateway {name}, {_number(inputs['bandwidth'])} Mbit/s",
    "cen/transitRouter": _named("transit router"),
    "expressconnect/virtualBorderRouter": lambda name, inputs: f"{name}: VLAN {_number(inputs['vlanId'])}",
    "cs/managedKubernetes": lambda name, inputs: f"cluster {name}, {inputs['clusterSpec']}",
    "cs/nodePool": _pool,
    "rds/instance": _database,
    "rds/database": _named("database"),
    "rds/rdsDatabase": _named("database"),
    "kvstore/instance": lambda name, inputs: f"{name}, {inputs.get('instanceClass', '')}",
    "redis/tairInstance": lambda name, inputs: f"{name}, {inputs.get('instanceClass', '')}",
    "oss/bucket": _bucket,
    "kms/key": lambda name, inputs: f"{name}: {inputs['tags']['simpul:data-class']} data",
    "log/store": lambda name, inputs: f"{name}, {_number(inputs.get('retentionPeriod'))} days",
    "actiontrail/trail": _named("trail"),
    "ram/role": _named("role"),
    "ram/user": _named("user"),
    "cr/namespace": _named("namespace"),
    "cs/registryEnterpriseNamespace": _named("namespace"),
    "cs/registryEnterpriseRepo": _named("repository"),
    "cr/registryEnterpriseInstance": _named("enterprise registry"),
    "hbr/vault": _named("vault"),
    "vpc/natGateway": _named("way out: NAT gateway"),
    "vpc/networkAcl": _named("around all switches:"),
    "ecs/securityGroup": _named("around the nodes:"),
}
"""What is told of each resource of a type, by its short name and inputs."""


def short(type_: str) -> str:
    """Give a vendor's type as this module names it: `vpc/switch`."""
    return type_.removeprefix("alicloud:").partition(":")[0]


def panel(type_: str) -> str:
    """Give the panel of a vendor's type; KeyError for a service that has none."""
    key = short(type_)
    return OWN.get(key) or SERVICES[key.partition("/")[0]]


def tell(resource: Registered, prefix: str) -> str:
    """Give the words for a resource that is told by itself, "" for one that is counted."""
    words = TOLD.get(short(resource.type))
    name = resource.name.removeprefix(prefix).lstrip("-") or resource.name
    return words(name, resource.inputs) if words else ""


def noun(type_: str, count: int) -> str:
    """Give a count with the name of its type, without what its panel is about: `3 route entries`."""
    words = _words(type_)
    for other in TOLD:
        about = _words(f":{other.partition('/')[2]}")
        if words[: len(about)] == about and panel(type_) == panel(f"alicloud:{other}") and len(words) > len(about):
            words = words[len(about) :]
            break
    return f"{count} {_plural(' '.join(words)) if count > 1 else ' '.join(words)}"


def _words(type_: str) -> list[str]:
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", type_.rpartition(":")[2].removeprefix("Alidns")).lower().split()
    return [each.upper() if each in SHORT else each for each in parts]


def _plural(words: str) -> str:
    if words.endswith("y") and words[-2] not in "aeiou":
        return f"{words[:-1]}ies"
    return f"{words}es" if words.endswith(("s", "x", "ch")) else f"{words}s"
