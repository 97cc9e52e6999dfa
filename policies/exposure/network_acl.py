"""Network ACLs: of the world, only what answers and what comes to 443 and 80."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from simpul.policy import UNKNOWN, Breach, Resource, Rule, choice, entries
from simpul.policy.place import WORLD

WEB = (80, 443)
EPHEMERAL = 1024
"""From here on ports are the answers' (RFC 6335 calls what is below it the system's)."""


def check(acl: Resource) -> Iterator[Breach]:
    """Find an entry that lets the world in to a port below 1024 that isn't 80 or 443."""
    for at, entry in enumerate(entries(acl.get("ingressAclEntries"))):
        if not isinstance(entry, Mapping) or entry.get("policy") != "accept":
            continue
        if entry.get("sourceCidrIp") in WORLD and _lets_in(entry):
            got = f"{entry.get('protocol')} {entry.get('port')}"
            yield Breach(
                f"is open to the world: ingressAclEntries[{at}]", got, "Accept 443, 80 and answers (from 1024 on)."
            )


def _lets_in(entry: Mapping[str, object]) -> bool:
    port, protocol = entry.get("port"), entry.get("protocol")
    if UNKNOWN in (port, protocol) or protocol in ("icmp", "icmpv6"):
        return False
    first, _, last = str(port or "-1/-1").partition("/")
    if protocol == "all" or first == "-1":
        return True
    return int(first) < EPHEMERAL and not (int(first) in WEB and first == last)


RULE = Rule(
    id="exposure-network-acl",
    title="Network ACLs let the world in to 443 and 80 alone",
    source=choice("a second wall behind the security groups, which one mistaken rule there can't open"),
    looks_at="ingress entries of network ACLs that accept 0.0.0.0/0",
    english="Accept from the world only 443, 80 and answers on ports from 1024 on.",
    indonesian="Terima dari luar hanya 443, 80, dan jawaban pada porta mulai 1024.",
    on=Resource,
    types=("alicloud:vpc/networkAcl:NetworkAcl",),
    check=check,
)
