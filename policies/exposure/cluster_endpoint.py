"""The cluster's API: private, or public by declaration."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, choice
from simpul.policy.vendor import CLUSTER


def check(cluster: Resource) -> Iterator[Breach]:
    """Find an API that is public though the declaration doesn't say so."""
    public = cluster.get("slbInternetEnabled")
    if public not in (False, UNKNOWN) and not cluster.frame.api_public:
        advice = "Set slbInternetEnabled to false, or declare cloud.api public, with those whom it lets in."
        yield Breach("has an API that the world can reach", str(public is None or public).lower(), advice)


RULE = Rule(
    id="exposure-cluster-endpoint",
    title="A cluster's API is private, or public by declaration with an allow-list",
    source=choice("who reaches the API can try its passwords and its next flaw"),
    looks_at="slbInternetEnabled of ACK clusters, which is true where it isn't said; cloud.api of the declaration",
    english="Keep the cluster's API private; where it must be public, declare it with an allow-list.",
    indonesian="Jaga API klaster tetap privat; bila harus publik, nyatakan beserta daftar izinnya.",
    on=Resource,
    types=(CLUSTER,),
    check=check,
)
