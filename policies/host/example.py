"""Addresses: none stands in the declaration that only documents have."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from simpul.city import City
from simpul.city.form.special import example
from simpul.policy import Breach, Declaration, Rule, choice


def check(declaration: Declaration) -> Iterator[Breach]:
    """Find addresses of documents in a city that is more than a rehearsal."""
    city = declaration.city
    found = [f"{place} {address}" for place, address in _addresses(city) if example(address)]
    if found and not city.rehearsal:
        yield Breach(
            "has addresses that only documents have, and that nobody can reach",
            f"{len(found)}, the first of them {found[0]}",
            "Write those that the carrier gave you. In the project's own example they are on purpose.",
        )


def _addresses(city: City) -> Iterator[tuple[str, IPv4Address | IPv4Network]]:
    yield from (("cloud.api.allow", allowed) for allowed in city.cloud.api.allow)
    for site in city.sites:
        if site.link.gateway is not None:
            yield f"the gateway of {site.code}", site.link.gateway
        yield from ((f"a range of {site.code}", each) for each in site.link.ranges)
        yield from ((f"host {host.name}", host.address) for host in site.hosts)


RULE = Rule(
    id="host-example",
    title="No address is one of those that only documents have",
    source=choice("a tunnel to 203.0.113.1 is made, paid and never up; the project's own example has such addresses"),
    looks_at="gateways, hosts' addresses and cloud.api.allow of the declaration",
    english="Replace the addresses of the example by your own.",
    indonesian="Ganti alamat contoh dengan alamat Anda sendiri.",
    severity="warning",
    on=Declaration,
    check=check,
)
