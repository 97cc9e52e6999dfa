"""Nodes and machines: no public address of their own."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, choice
from simpul.policy.vendor import NODES


def check(machine: Resource) -> Iterator[Breach]:
    """Find a machine with a public address."""
    width = machine.get("internetMaxBandwidthOut")
    if width not in (None, 0, UNKNOWN):
        yield Breach("has a public address of its own", f"{width} Mbit/s", "Leave internetMaxBandwidthOut out.")


RULE = Rule(
    id="exposure-node",
    title="Nodes have no public address",
    source=choice("what goes out does so by the NAT gateway, what comes in by the gateway; a node needs neither"),
    looks_at="internetMaxBandwidthOut of node pools and machines",
    english="Give nodes no public address.",
    indonesian="Jangan beri node alamat publik.",
    on=Resource,
    types=(NODES, "alicloud:ecs/instance:Instance"),
    check=check,
)
