"""Backup vaults: encrypted with a key of the city's own."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, law
from simpul.policy.vendor import VAULT


def check(vault: Resource) -> Iterator[Breach]:
    """Find a vault that isn't encrypted by KMS."""
    if vault.get("encryptType") not in ("KMS", UNKNOWN):
        yield Breach(
            "isn't encrypted with a KMS key", str(vault.get("encryptType") or "nothing"), "Set encryptType: KMS."
        )


RULE = Rule(
    id="encryption-vault",
    title="Backup vaults are encrypted with KMS",
    source=law("UU PDP 27/2022 arts 35, 46", "a backup holds what its original holds, and is protected as well"),
    looks_at="encryptType of backup vaults",
    english="Encrypt backup vaults with a KMS key.",
    indonesian="Enkripsi brankas cadangan dengan kunci KMS.",
    on=Resource,
    types=(VAULT,),
    check=check,
)
