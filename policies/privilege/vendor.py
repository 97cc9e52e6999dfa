"""A vendor's role: it ends, and reaches one area alone."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.city import Purpose
from simpul.policy import UNKNOWN, Breach, Estate, Resource, Rule, law
from simpul.policy.document import Statement, statements
from simpul.policy.vendor import RAM_POLICY, ROLE, is_for

ATTACHMENT = "alicloud:ram/rolePolicyAttachment:RolePolicyAttachment"
AREA = "acs:ResourceTag/simpul:wilayah"


def check(estate: Estate) -> Iterator[Breach]:
    """Find what a vendor may do without end, or outside of its area."""
    for role in estate.of(ROLE):
        if not is_for(role, Purpose.VENDOR):
            continue
        documents = [policy.get("policyDocument") or policy.get("document") for policy in _policies(estate, role)]
        if UNKNOWN in documents:
            continue
        allowing = [each for text in documents for each in statements(text) if each.allows]
        yield from _check(role, allowing)


def _policies(estate: Estate, role: Resource) -> list[Resource]:
    attached = {id(attachment) for attachment in estate.beside(role, ATTACHMENT, "roleName", "roleName", "id")}
    return [
        policy
        for policy in estate.of(RAM_POLICY)
        if any(id(each) in attached for each in estate.beside(policy, ATTACHMENT, "policyName", "policyName", "id"))
    ]


def _check(role: Resource, allowing: list[Statement]) -> Iterator[Breach]:
    for statement in allowing:
        got = ", ".join(statement.actions[:3])
        if statement.end is None:
            yield Breach(
                "lets a vendor work without end", got, "Add DateLessThan acs:CurrentTime with the last day.", role
            )
        areas = statement.names(AREA)
        if not areas or not all(area.startswith(role.frame.wilayah) for area in areas):
            advice = f"Add StringLike {AREA} with the area's code and what begins with it."
            yield Breach("lets a vendor work outside of its area", got, advice, role)


RULE = Rule(
    id="privilege-vendor",
    title="A vendor's access ends and stays in its area",
    source=law(
        "UU PDP 27/2022 arts 39, 51", "who processes for the city does so within its instruction, and no longer"
    ),
    looks_at="the policies of roles with simpul:purpose vendor: their end, and simpul:wilayah of what they reach",
    english="End a vendor's access on a declared day, and bind it to the code of its area by tag.",
    indonesian="Akhiri akses vendor pada hari yang dinyatakan, dan batasi pada kode wilayahnya lewat tag.",
    on=Estate,
    check=check,
)
