"""Stores with a database: PostgreSQL and its vendor take their names, and the size of the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpul.city.fault import Fault
from simpul.city.rule.draft import EACH, Draft
from simpul.city.wording import show

if TYPE_CHECKING:
    from collections.abc import Iterator

RESERVED = frozenset(
    [
        "all",
        "analyse",
        "analyze",
        "and",
        "any",
        "array",
        "as",
        "asc",
        "asymmetric",
        "authorization",
        "binary",
        "both",
        "case",
        "cast",
        "check",
        "collate",
        "collation",
        "column",
        "concurrently",
        "constraint",
        "create",
        "cross",
        "current_catalog",
        "current_date",
        "current_role",
        "current_schema",
        "current_time",
        "current_timestamp",
        "current_user",
        "default",
        "deferrable",
        "desc",
        "distinct",
        "do",
        "else",
        "end",
        "except",
        "false",
        "fetch",
        "for",
        "foreign",
        "freeze",
        "from",
        "full",
        "grant",
        "group",
        "having",
        "ilike",
        "in",
        "initially",
        "inner",
        "intersect",
        "into",
        "is",
        "isnull",
        "join",
        "lateral",
        "leading",
        "left",
        "like",
        "limit",
        "localtime",
        "localtimestamp",
        "natural",
        "not",
        "notnull",
        "null",
        "offset",
        "on",
        "only",
        "or",
        "order",
        "outer",
        "overlaps",
        "placing",
        "primary",
        "references",
        "returning",
        "right",
        "select",
        "session_user",
        "similar",
        "some",
        "symmetric",
        "table",
        "tablesample",
        "then",
        "to",
        "trailing",
        "true",
        "union",
        "unique",
        "user",
        "using",
        "variadic",
        "verbose",
        "when",
        "where",
        "window",
        "with",
    ]
)
"""The words that PostgreSQL takes for no name: https://www.postgresql.org/docs/16/sql-keywords-appendix.html"""

OWN = frozenset({"postgres", "template0", "template1"})
"""Databases and the account that every server has already."""

PREFIX = "pg"
"""How no account's name begins."""

STEP = 5
"""Disks are sold in steps of so many GiB."""


def check_database_name(draft: Draft) -> Iterator[Fault]:
    """Find a store whose database and account nobody could make: they have its name, with _ for -."""
    for spot in draft.find("cloud", "stores", EACH):
        store = spot.value if isinstance(spot.value, dict) else {}
        name = store.get("name")
        if store.get("database") is True and isinstance(name, str) and (what := _unfit(name.replace("-", "_"))):
            advice = f'Call the workload otherwise, such as "{name}-data", or leave its database out.'
            if name.startswith(PREFIX):
                advice = f'Call the workload otherwise, such as "data-{name}", or leave its database out.'
            yield Fault((*spot.loc, "name"), what, show(name), advice)


def check_disk(draft: Draft) -> Iterator[Fault]:
    """Find a disk of a size that isn't sold."""
    for spot in draft.find("cloud", "sizes", "database_gib"):
        if isinstance(spot.value, int) and spot.value % STEP:
            larger = spot.value + STEP - spot.value % STEP
            yield Fault(
                spot.loc, f"isn't a multiple of {STEP}, as disks are sold", show(spot.value), f"Write {larger}."
            )


def _unfit(login: str) -> str | None:
    """Return why PostgreSQL or its vendor refuses `login`."""
    if len(login) == 1:
        return "is too short for a database: it has at least 2 letters"
    if login in RESERVED:
        return "is a word of PostgreSQL's own, which no database or account can be called"
    if login in OWN:
        return "is a database that every PostgreSQL has already"
    if login.startswith(PREFIX):
        return f"begins with {PREFIX}, as no account's name may"
    return None
