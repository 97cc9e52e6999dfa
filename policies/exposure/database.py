"""Databases: no address of theirs is public, and no list lets everybody in."""

from __future__ import annotations

from collections.abc import Iterator

from simpul.policy import Breach, Resource, Rule, entries, law
from simpul.policy.place import WORLD
from simpul.policy.vendor import DATABASE

PUBLIC = (
    "alicloud:rds/connection:Connection",
    "alicloud:rds/dbProxyPublic:DbProxyPublic",
    "alicloud:rds/dbInstanceEndpointAddress:DbInstanceEndpointAddress",
)


def check(database: Resource) -> Iterator[Breach]:
    """Find a public address of a database, and an allow-list of everybody."""
    if database.type in PUBLIC:
        yield Breach("gives a database a public address", database.type, "Leave it out; reach it within the VPC.")
    for address in entries(database.get("securityIps")):
        if address in WORLD:
            yield Breach("lets everybody in", f'securityIps "{address}"', "List the cluster's ranges alone.")


RULE = Rule(
    id="exposure-database",
    title="No database is public",
    source=law("UU PDP 27/2022 art 39", "personal data is kept from access by those who have no right to it"),
    looks_at="public connections and endpoints of RDS instances, and their allow-lists",
    english="Give databases no public address, and let in only the ranges that need them.",
    indonesian="Jangan beri basis data alamat publik; izinkan hanya rentang yang memerlukannya.",
    unwaivable="what anybody can reach is found within the hour",
    on=Resource,
    types=(DATABASE, *PUBLIC),
    check=check,
)
