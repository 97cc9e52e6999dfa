"""Access keys: each ends by itself."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Estate, Resource, Rule, law
from simpul.policy.document import Statement, statements
from simpul.policy.vendor import RAM_POLICY

KEY = "alicloud:ram/accessKey:AccessKey"
ATTACHMENT = "alicloud:ram/userPolicyAttachment:UserPolicyAttachment"


def check(estate: Estate) -> Iterator[Breach]:
    """Find keys of users whose permissions don't end, or who have none that is known to."""
    for key in estate.of(KEY):
        policies = [policy for attachment in _attachments(estate, key) for policy in _policies(estate, attachment)]
        documents = [policy.get("policyDocument") or policy.get("document") for policy in policies]
        if UNKNOWN in documents:
            continue
        allowing = [each for text in documents for each in statements(text) if each.allows]
        if not allowing or any(_is_endless(statement) for statement in allowing):
            advice = "End every permission of its user: Condition DateLessThan acs:CurrentTime."
            yield Breach("opens the cloud without end", "no end in the policies of its user", advice, key)


def _attachments(estate: Estate, key: Resource) -> list[Resource]:
    return [a for a in estate.of(ATTACHMENT) if _same(a, key, "userName")]


def _policies(estate: Estate, attachment: Resource) -> list[Resource]:
    return [policy for policy in estate.of(RAM_POLICY) if attachment.is_of("policyName", policy, "policyName")]


def _same(one: Resource, other: Resource, prop: str) -> bool:
    """Tell whether two resources mean the same user: by its name, or by the resource that the name comes of."""
    shared = set(one.refs.get(prop, ())) & set(other.refs.get(prop, ()))
    name = one.get(prop)
    return bool(shared) or (name not in (None, UNKNOWN) and name == other.get(prop))


def _is_endless(statement: Statement) -> bool:
    return statement.end is None


RULE = Rule(
    id="privilege-key-end",
    title="An access key ends by itself",
    source=law("UU PDP 27/2022 art 39; BSSN 4/2021", "a key that is lost and forgotten must not open data for ever"),
    looks_at="RAM users' access keys, and the end in every permission of their user",
    english="Give every permission of a user with a key a last moment.",
    indonesian="Beri batas waktu pada setiap izin pengguna yang memiliki kunci akses.",
    on=Estate,
    check=check,
)
