"""Which IPv4 addresses nobody on the internet has: an address or a range enters, what keeps it from them leaves.

As of the registries' state of November 2026:
https://www.iana.org/assignments/iana-ipv4-special-registry and https://www.iana.org/assignments/multicast-addresses.
Python's own `is_global` follows an older state in some of its versions, and says nothing of why.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network


@dataclass(frozen=True)
class Block:
    """A range with a purpose of its own, and where that is written."""

    range: IPv4Network
    what: str
    source: str

    def __str__(self) -> str:
        return f"{self.range}, {self.what} ({self.source})"


PRIVATE = tuple(IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
"""What RFC 1918 leaves to private networks, and what a VPC may have."""

SHARED = IPv4Network("100.64.0.0/10")
"""Between a carrier and its customers, who have none of their own then; the vendor's own services are there too."""

EXAMPLES = tuple(
    Block(IPv4Network(block), "for examples in documents", "RFC 5737")
    for block in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
)
"""Nobody has one. This project's own declaration and pages do, so they hold, and the rule host-example tells."""

SPECIAL = (
    Block(IPv4Network("0.0.0.0/8"), "this network itself", "RFC 791"),
    *(Block(block, "private networks", "RFC 1918") for block in PRIVATE),
    Block(SHARED, "between a carrier and its customers", "RFC 6598"),
    Block(IPv4Network("127.0.0.0/8"), "a machine itself", "RFC 1122"),
    Block(IPv4Network("169.254.0.0/16"), "a link without a router", "RFC 3927"),
    Block(IPv4Network("192.0.0.0/24"), "protocols' own", "RFC 6890"),
    Block(IPv4Network("192.31.196.0/24"), "AS112's name servers", "RFC 7535"),
    Block(IPv4Network("192.52.193.0/24"), "multicast tunnels", "RFC 7450"),
    Block(IPv4Network("192.88.99.0/24"), "once for relays to IPv6", "RFC 7526"),
    Block(IPv4Network("192.175.48.0/24"), "AS112's name servers", "RFC 7534"),
    Block(IPv4Network("198.18.0.0/15"), "tests of devices", "RFC 2544"),
    Block(IPv4Network("224.0.0.0/4"), "multicast", "RFC 5771"),
    Block(IPv4Network("240.0.0.0/4"), "reserved, with broadcast", "RFC 1112, 8190"),
)
"""All but the examples."""

LOCAL = (*PRIVATE, SHARED)
"""Where machines of one network reach each other all the same."""


def special(network: IPv4Network | IPv4Address) -> Block | None:
    """Give what of the internet's special ranges `network` has a part of."""
    wanted = IPv4Network(network)
    return next((block for block in SPECIAL if block.range.overlaps(wanted)), None)


def unreachable(address: IPv4Address) -> Block | None:
    """Give what keeps `address` from being another machine's, in whatever network."""
    block = special(address)
    return None if block is None or block.range in LOCAL else block


def example(network: IPv4Network | IPv4Address) -> bool:
    """Tell whether `network` has a part of what stands in documents."""
    return any(block.range.overlaps(IPv4Network(network)) for block in EXAMPLES)
