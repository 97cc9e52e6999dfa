"""Clusters: something holds the NetworkPolicies that are put in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from simpul.policy import UNKNOWN, Breach, Resource, Rule, law
from simpul.policy.vendor import CLUSTER

HOLDS = "terway-eniip"
ADVICE = (
    'Make it with the component terway-eniip, configured with {"NetworkPolicy":"true"}; it can\'t be changed later.'
)


def check(cluster: Resource) -> Iterator[Breach]:
    """Find a cluster whose pods' network takes NetworkPolicies and holds none."""
    addons = cluster.get("addons")
    if addons is UNKNOWN:
        return
    named = {each.get("name"): each.get("config") for each in addons or () if each.get("disabled") is not True}
    if HOLDS not in named:
        yield Breach("takes NetworkPolicies and holds none", f"its components are {', '.join(named) or 'none'}", ADVICE)
    elif named[HOLDS] is not UNKNOWN and not _holds(named[HOLDS]):
        yield Breach("takes NetworkPolicies and holds none", f"{HOLDS} with {named[HOLDS] or 'no config'}", ADVICE)


def _holds(config: Any) -> bool:
    try:
        told = json.loads(config or "{}")
    except ValueError:
        return False
    return str(told.get("NetworkPolicy", "")).lower() == "true"


RULE = Rule(
    id="network-enforced",
    title="A cluster's network holds the policies that it is given",
    source=law("UU PDP 27/2022 arts 39, 56", "data doesn't leave without a decision: what was decided has to be held"),
    looks_at="the components of ACK clusters",
    english="Make clusters with a pods' network that holds NetworkPolicies: Terway, told so.",
    indonesian="Buat klaster dengan jaringan pod yang menegakkan NetworkPolicy: Terway, dengan opsinya.",
    on=Resource,
    types=(CLUSTER,),
    check=check,
)
