"""The cluster's API: private, whatever is declared. Whoever is declared comes through the gate."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, choice
from simpul.policy.vendor import CLUSTER


def check(cluster: Resource) -> Iterator[Breach]:
    """Find an API with a public address of its own, which no list guards."""
    public = cluster.get("slbInternetEnabled")
    if public not in (False, UNKNOWN):
        advice = "Set slbInternetEnabled to false; declare cloud.api public for a gate that lets in whom you list."
        yield Breach("has an API that the world can reach", str(public is None or public).lower(), advice)


RULE = Rule(
    id="exposure-cluster-endpoint",
    title="A cluster's API has no public address of its own",
    source=choice("who reaches the API can try its passwords and its next flaw"),
    looks_at="slbInternetEnabled of ACK clusters, which is true where it isn't said",
    english="Keep the cluster's API private; let those outside in through the gate, by an allow-list.",
    indonesian="Jaga API klaster tetap privat; pihak luar masuk hanya lewat gerbang dengan daftar izin.",
    on=Resource,
    types=(CLUSTER,),
    check=check,
)
