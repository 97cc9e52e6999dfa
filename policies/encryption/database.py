"""Databases: encrypted where they lie."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, law
from simpul.policy.vendor import DATABASE


def check(database: Resource) -> Iterator[Breach]:
    """Find a database without a key for its disks and without encryption of its files."""
    key, tde = database.get("encryptionKey"), database.get("tdeStatus")
    if UNKNOWN not in (key, tde) and not key and tde != "Enabled":
        yield Breach("isn't encrypted at rest", "no encryptionKey", "Give it a KMS key by encryptionKey.")


RULE = Rule(
    id="encryption-database",
    title="Databases are encrypted at rest",
    source=law(
        "UU PDP 27/2022 arts 35, 46", "personal data is protected; what is encrypted isn't disclosed by a lost disk"
    ),
    looks_at="encryptionKey and tdeStatus of RDS instances",
    english="Encrypt the database's disks with a key of the city's own.",
    indonesian="Enkripsi disk basis data dengan kunci milik kota.",
    on=Resource,
    types=(DATABASE,),
    check=check,
)
