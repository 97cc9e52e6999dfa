"""A declaration refuses a store with a database just where the vendor refuses its name, no more and no less."""

from __future__ import annotations

import pytest

from cloud.change import declare
from simpul import constraint
from simpul.city.rule.store import OWN, RESERVED
from simpul.errors import CityError

ACCOUNT, DATABASE = "alicloud:rds/rdsAccount:RdsAccount", "alicloud:rds/database:Database"
TAKEN = ("users", "reports", "tax-office", "orders", "analysis", "ab", "p-g", "population")


@pytest.mark.parametrize("name", [*sorted(RESERVED | OWN), "a", "pg", "pgreports", *TAKEN])
def test_a_store_is_refused_where_its_account_or_database_would_be(name: str) -> None:
    login = name.replace("-", "_")
    refused = [
        *constraint.violations(ACCOUNT, {"accountName": login}),
        *constraint.violations(DATABASE, {"dataBaseName": login}),
    ]
    assert bool(refused) == (name not in TAKEN)
    if "_" in name:  # no store is called so
        return
    stores = [{"name": name, "data": "internal", "database": True}]
    if refused:
        with pytest.raises(CityError, match=r"stores\[0\]\.name"):
            declare({"cloud.stores": stores})
    else:
        declare({"cloud.stores": stores})


@pytest.mark.parametrize("name", ["user", "a", "pgreports"])
def test_a_store_without_a_database_may_be_called_so(name: str) -> None:
    declare({"cloud.stores": [{"name": name, "data": "internal", "cache": True}]})
