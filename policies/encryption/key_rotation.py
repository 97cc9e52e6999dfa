"""Keys: changed regularly."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, choice
from simpul.policy.vendor import KEY

SYMMETRIC = (None, "Aliyun_AES_256", "Aliyun_AES_128", "Aliyun_AES_192", "Aliyun_SM4")


def check(key: Resource) -> Iterator[Breach]:
    """Find a symmetric key that isn't rotated."""
    if key.get("keySpec") in SYMMETRIC and key.get("automaticRotation") not in ("Enabled", UNKNOWN):
        got = str(key.get("automaticRotation") or "nothing")
        yield Breach("isn't rotated", got, "Set automaticRotation to Enabled, and a rotationInterval.")


RULE = Rule(
    id="encryption-key-rotation",
    title="Keys are rotated",
    source=choice("what one version of a key encrypted is all that its loss discloses"),
    looks_at="automaticRotation of symmetric KMS keys",
    english="Rotate every key.",
    indonesian="Rotasikan setiap kunci.",
    on=Resource,
    types=(KEY,),
    check=check,
)
