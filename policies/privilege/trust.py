"""Roles: each says who may take it."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, law
from simpul.policy.document import Statement, statements
from simpul.policy.vendor import ROLE

SUBJECT = "oidc:sub"


def check(role: Resource) -> Iterator[Breach]:
    """Find a role that anybody may take, or any workload of a cluster."""
    text = role.get("assumeRolePolicyDocument") or role.get("document")
    if text is UNKNOWN:
        return
    trusting = [statement for statement in statements(text) if statement.allows]
    if not trusting:
        yield Breach("doesn't say who may take it", "no trust policy", "Write an assumeRolePolicyDocument.")
    for statement in trusting:
        yield from _check(statement)


def _check(statement: Statement) -> Iterator[Breach]:
    for kind, name in statement.principals or (("*", "nobody"),):
        if name == "*" or kind == "*" or (kind == "RAM" and name.split(":")[-2:-1] == ["*"]):
            yield Breach(
                "may be taken by anybody", f'{kind} "{name}"', "Name the account, the service or the provider."
            )
        elif kind == "Federated" and not [s for s in statement.names(SUBJECT) if s != "*"]:
            advice = f'Ask for {SUBJECT} "system:serviceaccount:NAMESPACE:NAME".'
            yield Breach("may be taken by every workload of the cluster", f'{kind} "{name}"', advice)


RULE = Rule(
    id="privilege-trust",
    title="A role names who may take it",
    source=law("UU PDP 27/2022 art 39; BSSN 4/2021", "access is kept to those who need it, and each is known"),
    looks_at="the trust policies of RAM roles",
    english="Name the accounts, services or service accounts that may take a role.",
    indonesian="Sebutkan akun, layanan, atau service account yang boleh memakai sebuah peran.",
    on=Resource,
    types=(ROLE,),
    check=check,
)
