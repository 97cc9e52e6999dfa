"""IPv4: addresses of hosts and routers, the range that the address plan hands out from, and ranges outside of it."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from simpul.city.form.special import PRIVATE, special, unreachable
from simpul.city.form.unfit import unfit
from simpul.city.wording import choice

_WIDEST_PUBLIC = 16
_TRANSFER_PREFIX = 30

_EXAMPLE = 'Write four numbers from 0 to 255, such as "10.30.1.11".'
_EXAMPLE_RANGE = 'Write its first address and its prefix, such as "10.64.0.0/11".'


def check_address(value: Any) -> IPv4Address:
    """Give the address if a host can have it and a site's other hosts can reach it there."""
    address = value if isinstance(value, IPv4Address) else _read_address(value)
    if block := unreachable(address):
        raise unfit(
            f"is an address that no other machine can reach, of {block}",
            "Write the host's address in the site's network.",
        )
    return address


def check_range(value: Any) -> IPv4Network:
    """Give the range if it is a private network."""
    network = value if isinstance(value, IPv4Network) else _read_range(value)
    if not any(network.subnet_of(block) for block in PRIVATE):
        raise unfit("isn't a private range", f'Take it from {choice(PRIVATE)}, such as "10.64.0.0/11".')
    return network


def check_public_address(value: Any) -> IPv4Address:
    """Give the address if it can be reached from the internet."""
    address = value if isinstance(value, IPv4Address) else _read_address(value)
    if block := special(address):
        raise unfit(
            f"isn't a public address, so the cloud can't reach it: it is of {block}",
            "Write the router's public IPv4 address; one behind a carrier's has none, and a link of kind internet.",
        )
    return address


def check_public_range(value: Any) -> IPv4Network:
    """Give the range if it is of the internet, and not all of it."""
    network = value if isinstance(value, IPv4Network) else _read_range(value)
    if network.prefixlen >= _WIDEST_PUBLIC and (block := special(network)):
        raise unfit(
            f"isn't a range of public addresses: it has a part of {block}",
            'Write the range that its users come from, as the internet sees it, such as "203.0.113.0/28".',
        )
    if network.prefixlen < _WIDEST_PUBLIC:
        raise unfit(
            f"isn't a range of public addresses, a /{_WIDEST_PUBLIC} or smaller",
            'Write the range that its users come from, such as "203.0.113.0/28".',
        )
    return network


def check_transfer_range(value: Any) -> IPv4Network:
    """Give the range if it is a private /30: two ends of a line."""
    network = check_range(value)
    if network.prefixlen != _TRANSFER_PREFIX:
        raise unfit(
            f"isn't a /{_TRANSFER_PREFIX}", 'Write a private one that nothing else has, such as "172.31.255.0/30".'
        )
    return network


def _read_address(value: Any) -> IPv4Address:
    if not isinstance(value, str):
        raise unfit("must be an IPv4 address", _EXAMPLE)
    try:
        address = ip_address(value)
    except ValueError:
        bare, slash, _ = value.partition("/")
        raise unfit(
            "isn't an IPv4 address", f'Write the address alone: "{bare}".' if slash and bare else _EXAMPLE
        ) from None
    if isinstance(address, IPv6Address):
        raise unfit("is an IPv6 address, and the clusters of a city speak IPv4", _EXAMPLE)
    return address


def _read_range(value: Any) -> IPv4Network:
    if not isinstance(value, str) or not value.partition("/")[2].isdecimal():
        raise unfit("isn't a range of IPv4 addresses", _EXAMPLE_RANGE)
    try:
        network = IPv4Network(value, strict=False)
    except ValueError:
        raise unfit("isn't a range of IPv4 addresses", _EXAMPLE_RANGE) from None
    if value != str(network):
        raise unfit("doesn't begin where a range of its size begins", f'Write "{network}".')
    return network


Address = Annotated[IPv4Address, BeforeValidator(check_address), WithJsonSchema({"type": "string", "format": "ipv4"})]
PublicAddress = Annotated[
    IPv4Address, BeforeValidator(check_public_address), WithJsonSchema({"type": "string", "format": "ipv4"})
]

_RANGE = WithJsonSchema({"type": "string", "pattern": r"^\d+\.\d+\.\d+\.\d+/\d+$"})
Range = Annotated[IPv4Network, BeforeValidator(check_range), _RANGE]
PublicRange = Annotated[IPv4Network, BeforeValidator(check_public_range), _RANGE]
TransferRange = Annotated[IPv4Network, BeforeValidator(check_transfer_range), _RANGE]
