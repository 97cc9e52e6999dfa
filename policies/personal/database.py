"""Databases with personal data: one database, one workload."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from simpul.policy import UNKNOWN, Breach, Estate, Resource, Rule, entries, law

PRIVILEGE = "alicloud:rds/accountPrivilege:AccountPrivilege"


def check(estate: Estate) -> Iterator[Breach]:
    """Find a database that several accounts may enter."""
    entered: dict[str, dict[str, Resource]] = defaultdict(dict)
    for privilege in estate.of(PRIVILEGE):
        account = _named(privilege.refs.get("accountName", ()), privilege.get("accountName"))
        for database in entries(privilege.get("dbNames")):
            if account:
                entered[str(database)][account] = privilege
    for database, by in entered.items():
        if len(by) > 1:
            got = ", ".join(sorted(by))
            latest = list(by.values())[-1]
            yield Breach(f"lets several workloads into database {database}", got, "Give each its own.", latest)


def _named(refs: tuple[str, ...], value: object) -> str:
    if value not in (None, UNKNOWN):
        return str(value)
    return refs[0] if refs else ""


RULE = Rule(
    id="personal-database",
    title="A database is one workload's",
    source=law("UU PDP 27/2022 arts 16, 39", "data is used for its purpose alone; another workload is another purpose"),
    looks_at="which accounts have privileges on which databases of RDS instances",
    english="Give each workload a database and an account of its own.",
    indonesian="Beri setiap beban kerja basis data dan akun tersendiri.",
    unwaivable="the people whose data it is aren't asked, and what was told of them can't be taken back",
    on=Estate,
    check=check,
)
