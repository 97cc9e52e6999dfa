"""Access keys: each ends by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Estate, Resource, Rule, law
from simpul.policy.document import Statement, statements
from simpul.policy.vendor import RAM_POLICY

KEY = "alicloud:ram/accessKey:AccessKey"
ATTACHMENT = "alicloud:ram/userPolicyAttachment:UserPolicyAttachment"


def check(estate: Estate) -> Iterator[Breach]:
    """Find keys of users whose permissions don't end, or who have none that is known to."""
    policies = _policies_by_user(estate)
    for key in estate.of(KEY):
        held = {id(policy): policy for user in _users(key) for policy in policies.get(user, ())}
        documents = [policy.get("policyDocument") or policy.get("document") for policy in held.values()]
        if UNKNOWN in documents:
            continue
        allowing = [each for text in documents for each in statements(text) if each.allows]
        if not allowing or any(_is_endless(statement) for statement in allowing):
            advice = "End every permission of its user: Condition DateLessThan acs:CurrentTime."
            yield Breach("opens the cloud without end", "no end in the policies of its user", advice, key)


def _policies_by_user(estate: Estate) -> dict[str, list[Resource]]:
    policies: dict[str, list[Resource]] = defaultdict(list)
    for policy in estate.of(RAM_POLICY):
        for attachment in estate.beside(policy, ATTACHMENT, "policyName", "policyName"):
            for user in _users(attachment):
                policies[user].append(policy)
    return policies


def _users(resource: Resource) -> list[str]:
    """Name the user that `resource` is about: by its name, and by the resource that the name comes of."""
    name = resource.get("userName")
    return [*resource.refs.get("userName", ()), *([name] if isinstance(name, str) else [])]


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
