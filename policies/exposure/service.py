"""Services: no port of every node, no address that the cluster doesn't give."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Manifest, Rule, choice


def check(service: Manifest) -> Iterator[Breach]:
    """Find a NodePort, and external addresses."""
    if service.get("spec", "type") == "NodePort":
        yield Breach("opens a port on every node", "NodePort", "Use ClusterIP, or the city's load balancer.")
    if service.get("spec", "externalIPs"):
        got = ", ".join(map(str, service.get("spec", "externalIPs")))
        yield Breach("takes addresses that aren't the cluster's", got, "Leave externalIPs out.")


RULE = Rule(
    id="exposure-service",
    title="No Service opens a port on every node",
    source=choice("a NodePort passes by the load balancer and what it lets in; externalIPs takes others' traffic"),
    looks_at="the type and externalIPs of Services",
    english="Reach services through the cluster's own load balancer.",
    indonesian="Jangkau layanan lewat penyeimbang beban klaster.",
    on=Manifest,
    types=("Service",),
    check=check,
)
