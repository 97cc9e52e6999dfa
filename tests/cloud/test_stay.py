"""What holds data stays what and where it is, whatever zones and stores the declaration has later."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cloud import change, engine
from lab.cloud.client import Client, serve
from lab.cloud.fake import FakeBacking, FakeCaches, FakeDatabases
from simpul.lab.cloud.product import kvstore, rds, tair
from simpul.recording import Recording, record

HOLDING = ("kms.", "rds.", "kvstore.", "redis.", "oss.", "hbr.Vault", "vpc.Switch")
"""What holds data, what encrypts it, and the switches in which it stands."""

STORES = [
    {"name": "reports", "data": "internal", "database": True, "cache": True, "bucket": True},
    {"name": "population", "data": "personal", "database": True, "bucket": True},
    {"name": "sessions", "data": "personal", "cache": True},
]
A, B, C = (f"ap-southeast-5{letter}" for letter in "abc")


@pytest.fixture(scope="module")
def before() -> Recording:
    return record(change.declare({"cloud.stores": STORES}))


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serve(tmp_path_factory.mktemp("cloud"), FakeBacking()) as client:
        yield client


@pytest.mark.parametrize("zones", [[B, A], [A, B, C], [C, B, A], [B, C, A]], ids="-".join)
def test_other_zones_touch_nothing_that_holds_data(before: Recording, cloud: Client, zones: list[str]) -> None:
    assert _held(before, cloud, {"cloud.stores": STORES, "cloud.zones": zones}) == {
        f"vpc.Switch simpul-6471-{whose}-{each}": "create"
        for each in zones
        for whose in ("switch", "pods")
        if each == C
    }


def test_a_first_store_of_personal_data_only_adds(cloud: Client) -> None:
    one = [each for each in STORES if each["data"] != "personal"]
    before = record(change.declare({"cloud.stores": one}))
    came = _held(before, cloud, {"cloud.stores": STORES})
    assert set(came.values()) == {"create"}
    assert set(_held(record(change.declare({"cloud.stores": STORES})), cloud, {"cloud.stores": one}).values()) == {
        "delete"
    }


def _held(before: Recording, cloud: Client, changed: dict[str, Any]) -> change.Effect:
    effects = change.by_plugin(cloud, before, record(change.declare(changed)))
    return {name: effect for name, effect in effects.items() if name.startswith(HOLDING)}


@pytest.mark.engine
def test_a_failover_and_a_disk_that_grew_show_nothing_and_a_store_goes_in_one_run(tmp_path: Path) -> None:
    databases, caches = FakeDatabases(), FakeCaches()
    with serve(tmp_path / "cloud", FakeBacking(), databases=databases, caches=caches) as cloud:
        held = engine.removable(change.declare({"cloud.stores": STORES}))
        stack = engine.open_stack(cloud, tmp_path, held)
        engine.make(stack)
        for kind in (rds, kvstore, tair):
            for each in cloud.estate.store.all(kind.INSTANCE):
                kind.fail_over(cloud.estate, each.id)
        for each in cloud.estate.store.all(rds.INSTANCE):
            rds.grow(cloud.estate, each.id, 400)
        assert engine.run(stack.up, refresh=True).changes.keys() == {"same"}

        fewer = [{**each, "database": each.get("database", False) and each["data"] == "personal"} for each in STORES]
        stack.workspace.program = engine.declare(engine.removable(change.declare({"cloud.stores": fewer})))
        gone = engine.run(stack.up)
        assert (gone.said, gone.done - {"same"}) == ([], {"delete"})
        assert (databases.databases.keys(), databases.accounts.keys()) == ({"population"}, {"population"})
