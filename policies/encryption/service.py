"""Services that are reached from outside of the cluster: each port says that it speaks TLS."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Manifest, Rule, choice

SPEAKS_TLS = ("https", "tls", "secure-mqtt", "postgresql-tls")


def check(service: Manifest) -> Iterator[Breach]:
    """Find a port of a load balancer that doesn't say so."""
    if service.get("spec", "type") != "LoadBalancer":
        return
    for port in service.get("spec", "ports") or ():
        said = str(port.get("appProtocol") or "")
        if said not in SPEAKS_TLS and not said.endswith(("-tls", "/tls")):
            advice = "Serve it with TLS and say so: appProtocol https, secure-mqtt, or a name that ends in -tls."
            yield Breach(f"lets port {port.get('port')} be reached from outside without TLS", said or "nothing", advice)


RULE = Rule(
    id="encryption-service",
    title="What is reached from outside of a cluster speaks TLS",
    source=choice("UU PDP 27/2022 art 35 asks for protection on the way; a manifest shows it only by what a port says"),
    looks_at="appProtocol of the ports of Services of the type LoadBalancer",
    english="Serve what is reached from outside with TLS, and say so by appProtocol.",
    indonesian="Layani akses dari luar klaster dengan TLS, dan nyatakan lewat appProtocol.",
    on=Manifest,
    types=("Service",),
    check=check,
)
