"""A public API: the declaration says who may reach it."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from simpul.policy import Breach, Declaration, Rule, choice

WIDEST = 24
"""An office goes out by no more addresses than this prefix gives: 256."""


def check(declaration: Declaration) -> Iterator[Breach]:
    """Find a public endpoint without an allow-list, or with one of everybody."""
    endpoint = declaration.city.cloud.api
    if not endpoint.public:
        return
    wide = [network for network in map(str, endpoint.allow) if ip_network(network).prefixlen < WIDEST]
    if wide or not endpoint.allow:
        got = ", ".join(wide) or "an empty list"
        advice = "List the operators' own addresses."
        yield Breach("lets everybody reach the cluster's API", f"cloud.api.allow {got}", advice)


RULE = Rule(
    id="exposure-endpoint-list",
    title="A public API has an allow-list",
    source=choice("a public API without a list is open to the world's scanners within minutes"),
    looks_at="cloud.api of the declaration",
    english="Where the API is public, list the addresses that may reach it.",
    indonesian="Bila API publik, daftarkan alamat yang boleh menjangkaunya.",
    on=Declaration,
    check=check,
)
