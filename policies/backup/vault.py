"""Backup vaults: nobody can delete what is in them before its time."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, choice
from simpul.policy.vendor import VAULT


def check(vault: Resource) -> Iterator[Breach]:
    """Find a vault without its lock."""
    if vault.get("wormEnabled") not in (True, UNKNOWN):
        yield Breach("can be emptied by whoever gets in", "no wormEnabled", "Set wormEnabled to true.")


RULE = Rule(
    id="backup-vault",
    title="Backup vaults are immutable",
    source=choice("the PDNS 2 ransomware of 2024 left 282 agencies without a backup; what can't be changed survives"),
    looks_at="wormEnabled of backup vaults",
    english="Lock backup vaults.",
    indonesian="Kunci brankas cadangan.",
    unwaivable="backups that can be deleted are what somebody who has broken in deletes first",
    on=Resource,
    types=(VAULT,),
    protective=True,
    check=check,
)
