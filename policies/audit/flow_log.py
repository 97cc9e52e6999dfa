"""Networks: who spoke with whom is recorded."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Estate, Rule, law

NETWORK = "alicloud:vpc/network:Network"
FLOW_LOG = "alicloud:vpc/flowLog:FlowLog"


def check(estate: Estate) -> Iterator[Breach]:
    """Find networks without a record of all that goes through them."""
    for network in estate.of(NETWORK):
        records = estate.beside(network, FLOW_LOG, "resourceId", "id")
        whole = any(record.get("trafficType") in ("All", UNKNOWN) for record in records)
        if not whole and not estate.is_open(FLOW_LOG, "resourceId"):
            yield Breach(
                "has no record of who spoke with whom", "no flow log", "Give it one, trafficType All.", network
            )


RULE = Rule(
    id="audit-flow-log",
    title="Networks record who spoke with whom",
    source=law("UU PDP 27/2022 art 46", "to tell what a breach disclosed, one must know where data went"),
    looks_at="the flow log beside every VPC",
    english="Record all traffic of every VPC.",
    indonesian="Catat semua lalu lintas setiap VPC.",
    on=Estate,
    check=check,
)
