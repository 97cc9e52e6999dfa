"""Permissions: not every action of a product on everything that it has."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Resource, Rule, law
from simpul.policy.document import statements
from simpul.policy.vendor import RAM_POLICY

READS = ("get", "list", "describe", "query", "check", "head", "batchget")


def check(policy: Resource) -> Iterator[Breach]:
    """Find a wildcard action that changes things, on any resource and under no condition."""
    for statement in statements(policy.get("policyDocument") or policy.get("document")):
        if not statement.allows or "*" not in statement.resources or statement.conditions:
            continue
        for action in statement.actions:
            product, _, verb = action.partition(":")
            if product != "*" and "*" in verb and not verb.lower().startswith(READS):
                yield Breach(
                    "allows a product's every change", f'"{action}" on "*"', "Name the resources, or the actions."
                )


RULE = Rule(
    id="privilege-wildcard",
    title="No wildcard action on a wildcard resource",
    source=law("UU PDP 27/2022 art 39; BSSN 4/2021", "access is kept to those who need it, and to what they need"),
    looks_at="statements of RAM policies that allow actions with * on all resources and under no condition",
    english="Narrow a wildcard action by its resources or by a condition.",
    indonesian="Batasi tindakan dengan wildcard berdasarkan sumber daya atau kondisi.",
    on=Resource,
    types=(RAM_POLICY,),
    check=check,
)
