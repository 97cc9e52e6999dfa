"""The vendor's own policies: none that gives a whole product away."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Resource, Rule, law


def check(attachment: Resource) -> Iterator[Breach]:
    """Find a policy of the vendor's that allows everything."""
    name = str(attachment.get("policyName"))
    if attachment.get("policyType") == "System" and (name == "AdministratorAccess" or name.endswith("FullAccess")):
        yield Breach("gives a whole product, or the account, away", name, "Write a policy of the city's own.")


RULE = Rule(
    id="privilege-system-policy",
    title="Nobody is given AdministratorAccess or a product's FullAccess",
    source=law("UU PDP 27/2022 art 39; BSSN 4/2021", "access is kept to those who need it, and to what they need"),
    looks_at="attachments of the vendor's own policies to roles, users and groups",
    english="Attach policies of the city's own instead of AdministratorAccess or FullAccess.",
    indonesian="Gunakan kebijakan milik kota, bukan AdministratorAccess atau FullAccess.",
    on=Resource,
    types=(
        "alicloud:ram/rolePolicyAttachment:RolePolicyAttachment",
        "alicloud:ram/userPolicyAttachment:UserPolicyAttachment",
        "alicloud:ram/groupPolicyAttachment:GroupPolicyAttachment",
    ),
    check=check,
)
