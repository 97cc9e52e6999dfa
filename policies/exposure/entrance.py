"""The entrance: the ports of the city's messages aren't for the whole internet."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Declaration, Rule, choice


def check(declaration: Declaration) -> Iterator[Breach]:
    """Find sites for which everybody is let in."""
    codes = [site.code for site in declaration.city.sites if site.link.open]
    if codes:
        yield Breach(
            "opens the ports of its messages to the whole internet, for all of its sites",
            f"link.open of {', '.join(codes)}",
            "Declare the public address of the site's router (link.gateway), or its carrier's ranges (link.ranges).",
        )


RULE = Rule(
    id="exposure-entrance",
    title="Messages come in from where the sites are",
    source=choice("TLS and a password are one wall; who doesn't reach the port has none to try at"),
    looks_at="link.open of the declaration's sites",
    english="Give each site's router an address that stays, or name its carrier's ranges.",
    indonesian="Beri router setiap kantor alamat tetap, atau sebutkan rentang alamat operatornya.",
    severity="warning",
    on=Declaration,
    check=check,
)
