"""Ranges of addresses, as the vendor takes them.

In: what a program gave. Out: an IPv4 range, or Refusal in the vendor's words.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, ip_network

from simpul.lab.cloud.refusal import Refusal

MALFORMED = "InvalidCidrBlock.Malformed"


def network(text: str, code: str = MALFORMED) -> IPv4Network:
    """Read a range. Raises Refusal with `code` if it is none, or has host bits."""
    try:
        found = ip_network(text)
    except ValueError as error:
        raise Refusal(code, f"The specified CIDR block {text} is not valid: {error}.") from error
    if not isinstance(found, IPv4Network):
        raise Refusal(code, f"The specified CIDR block {text} is not an IPv4 one.")
    return found


def overlap(wanted: IPv4Network, taken: Iterable[tuple[str, str]]) -> str | None:
    """Give the id of the first of `taken` (id, range) that `wanted` overlaps."""
    return next((identity for identity, each in taken if each and wanted.overlaps(ip_network(each))), None)
