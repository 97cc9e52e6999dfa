"""Permissions: nobody may do everything to everything."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Resource, Rule, law
from simpul.policy.document import statements
from simpul.policy.vendor import RAM_POLICY

EVERYTHING = ("*", "*:*")


def check(policy: Resource) -> Iterator[Breach]:
    """Find a statement that allows every action."""
    for statement in statements(policy.get("policyDocument") or policy.get("document")):
        allowed = [action for action in statement.actions if action in EVERYTHING]
        if statement.allows and allowed:
            yield Breach("allows everything", f'Action "{allowed[0]}"', "Name the actions that are needed.")


RULE = Rule(
    id="privilege-everything",
    title="No policy allows everything",
    source=law("UU PDP 27/2022 art 39; BSSN 4/2021", "access is kept to those who need it, and to what they need"),
    looks_at="the actions that RAM policies allow",
    english="Allow the actions that are needed, by name; never *:*.",
    indonesian="Izinkan hanya tindakan yang diperlukan, sebutkan namanya; jangan pernah *:*.",
    on=Resource,
    types=(RAM_POLICY,),
    check=check,
)
