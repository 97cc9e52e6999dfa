"""Databases: spoken to with TLS."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Resource, Rule, law
from simpul.policy.vendor import DATABASE


def check(database: Resource) -> Iterator[Breach]:
    """Find a database without TLS."""
    if database.get("sslAction") not in ("Open", "Update", UNKNOWN):
        yield Breach("can be spoken to without TLS", _shown(database.get("sslAction")), "Set sslAction to Open.")


def _shown(value: object) -> str:
    return f'sslAction "{value}"' if value else "no sslAction"


RULE = Rule(
    id="encryption-database-transit",
    title="Databases speak TLS",
    source=law(
        "UU PDP 27/2022 arts 35, 46; BSSN 4/2021", "data is protected on its way; systems of government use TLS"
    ),
    looks_at="sslAction of RDS instances",
    english="Open TLS on every database.",
    indonesian="Aktifkan TLS pada setiap basis data.",
    on=Resource,
    types=(DATABASE,),
    check=check,
)
