"""Who may connect to a database server, as the file that PostgreSQL reads it from.

In: the vendor's allow-list and the range of the instance's VPC. Out: pg_hba.conf. In the lab every machine of a VPC
stands in the cloud's one network, so an entry that has a part of the VPC lets that network in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, ip_network

from simpul.lab import place
from simpul.lab.cloud.refusal import Refusal


def read(entry: str) -> IPv4Network:
    """Read an entry of an allow-list, an address or a range. Raises Refusal if it is neither."""
    try:
        found = ip_network(entry, strict=False)
    except ValueError:
        found = None
    if not isinstance(found, IPv4Network):
        raise Refusal("InvalidSecurityIPList.Format", f"The security IP {entry} is not an address or a range.")
    return found


def allow(entries: Iterable[str], vpc: str) -> list[str]:
    """Give the ranges that an allow-list lets in here; nobody connects from 127.0.0.1."""
    ranges = [read(entry) for entry in entries]
    found = {each for each in ranges if not each.is_loopback}
    if vpc and any(each.overlaps(IPv4Network(vpc)) for each in found):
        found.add(place.network(place.CLOUD))
    return [str(each) for each in sorted(found)]


def lines(ranges: Sequence[str], *, encrypted: bool) -> str:
    """Give pg_hba.conf: the cloud itself by its socket, all others by password from `ranges`, `encrypted` or not."""
    kind = "hostssl" if encrypted else "host"
    rules = ["local all postgres peer map=cloud", *(f"{kind} all all {each} scram-sha-256" for each in ranges)]
    return "\n".join(rules) + "\n"
