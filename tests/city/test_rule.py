"""Rules among parts: each looks at what can be read, and leaves alone what it can't."""

from __future__ import annotations

from typing import Any

import pytest

from simpul.city import load
from simpul.city.rule import RULES, check
from simpul.city.rule.cloud import REGIONS, ZONES
from simpul.city.rule.draft import EACH, Draft, Spot
from simpul.city.rule.reserved import check_stores
from simpul.lab.cloud import region as lab
from simpul.project import ROOT
from simpul.recording import record


def places(data: Any, unfit: frozenset[tuple[int | str, ...]] = frozenset()) -> list[tuple[int | str, ...]]:
    """Give where the rules find faults."""
    return [fault.loc for fault in check(Draft(data, unfit))]


def test_a_good_declaration_has_no_fault(declaration: dict[str, Any]) -> None:
    assert places(declaration) == []


@pytest.mark.parametrize("data", [None, 7, "city", [], {}, {"sites": None}, {"sites": [None]}])
def test_rules_say_nothing_of_what_is_not_there(data: Any) -> None:
    assert places(data) == []


def test_a_value_that_was_found_unfit_is_no_other_fault_too(declaration: dict[str, Any]) -> None:
    declaration["sites"][1]["number"] = declaration["sites"][0]["number"]
    assert places(declaration) == [("sites", 1, "number")]
    assert places(declaration, frozenset({("sites", 1, "number")})) == []
    assert places(declaration, frozenset({("sites", 1)})) == []


def test_a_role_that_cannot_be_read_may_be_the_servers(declaration: dict[str, Any]) -> None:
    site = declaration["sites"][1]
    site["hosts"][0]["role"] = "servre"
    assert places(declaration, frozenset({("sites", 1, "hosts", 0, "role")})) == []
    site["hosts"][0]["role"] = "agent"
    assert places(declaration) == [("sites", 1, "hosts")]


@pytest.mark.parametrize(
    ("address", "abroad"),
    [
        ("simpul-registry.ap-southeast-1.cr.aliyuncs.com/kota", True),
        ("simpul-registry-vpc.cn-hangzhou.cr.aliyuncs.com/kota", True),
        ("registry.ap-southeast-1.aliyuncs.com/kota", True),
        ("registry-vpc.cn-hangzhou.aliyuncs.com/kota", True),
        ("simpul-registry-vpc.ap-southeast-5.cr.aliyuncs.com/kota", False),
        ("registry-vpc.ap-southeast-5.aliyuncs.com/kota", False),
        ("registry.ap-southeast-1.example.go.id/kota", False),
        ("10.213.0.1:5000/kota", False),
    ],
)
def test_the_vendors_registries_abroad_are_known(declaration: dict[str, Any], address: str, abroad: bool) -> None:  # noqa: FBT001
    declaration["registry"]["address"] = address
    assert places(declaration) == ([("registry", "address")] if abroad else [])


def test_a_draft_finds_every_fit_value_at_a_path() -> None:
    draft = Draft({"a": [{"b": 1}, {"b": 2}, {"c": 3}, 4]}, frozenset({("a", 1, "b")}))
    assert list(draft.find("a", EACH, "b")) == [Spot(("a", 0, "b"), 1)]
    assert draft.get("a", 2, "c") == 3
    assert draft.get("a", 9, "c") is None


def test_each_rule_is_applied_once() -> None:
    assert len(set(RULES)) == len(RULES)


def test_the_zones_are_those_of_the_lab_s_cloud() -> None:
    assert set(ZONES) == {region for regions in REGIONS.values() for region in regions}
    assert {region: zones for region, zones in lab.ZONES.items() if region in ZONES} == ZONES


def test_no_store_takes_the_namespace_of_a_release_of_the_platform() -> None:
    city = load(ROOT / "Pulumi.balikpapan.yaml")
    taken = {each.inputs["namespace"] for each in record(city).resources if each.type == "simpul:helm:Release"}
    assert len(taken) > 1
    stores = [{"name": each, "data": "internal"} for each in sorted(taken)]
    faults = [fault.loc for fault in check_stores(Draft({"cloud": {"stores": stores}}, frozenset()))]
    assert faults == [("cloud", "stores", at, "name") for at in range(len(stores))]
