"""Inputs against the vendor's words: known, unknown and missing ones."""

from __future__ import annotations

import pytest

from simpul import constraint
from simpul.constraint import Constraints, load
from simpul.constraint.violation import values
from simpul.provider.wire import UNKNOWN

TOKEN = "alicloud:shop/thing:Thing"
FACTS = {
    "sdk": "alibabacloud-shop20260101 1.0.0",
    "provider": "resource_alicloud_shop_thing.go",
    "operations": ["CreateThing"],
    "inputs": {
        "name": {"parameter": "CreateThing.Name", "says": "2 to 4 letters", "schema": {"minLength": 2, "maxLength": 4}},
        "tags": {
            "parameter": "CreateThing.Tag",
            "says": "values of at most 3 bytes",
            "schema": {"additionalProperties": {"maxBytes": 3}},
        },
        "places.zone": {"parameter": "CreateThing.Zone", "says": "a or b", "schema": {"enum": ["a", "b"]}},
    },
    "together": [
        {
            "parameter": "CreateThing.Role",
            "says": "a key needs its role",
            "schema": {"dependentRequired": {"key": ["role"]}},
        },
        {
            "parameter": "CreateThing.Size",
            "says": "the large kind has 10 or more",
            "schema": {
                "if": {"properties": {"kind": {"const": "large"}}, "required": ["kind"]},
                "then": {"properties": {"size": {"minimum": 10}}, "required": ["size"]},
            },
        },
    ],
}


@pytest.fixture(autouse=True)
def _thing(monkeypatch: pytest.MonkeyPatch) -> None:
    known = Constraints.read("shop/thing:Thing", FACTS)
    monkeypatch.setattr(load, "_all", lambda: {TOKEN: known})


def broken(**inputs: object) -> list[str]:
    return [each.says for each in constraint.violations(TOKEN, inputs)]


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"name": "abc"}, []),
        ({"name": "a"}, ["2 to 4 letters"]),
        ({"name": UNKNOWN}, []),
        ({"name": None}, []),
        ({"tags": {"owner": "abc"}}, []),
        ({"tags": {"owner": "aé€"}}, ["values of at most 3 bytes"]),
        ({"places": [{"zone": "a"}, {"zone": "z"}, {"zone": "y"}, UNKNOWN]}, ["a or b", "a or b"]),
        ({"places": {"zone": "z"}}, ["a or b"]),
        ({"key": "k"}, ["a key needs its role"]),
        ({"key": UNKNOWN}, ["a key needs its role"]),
        ({"key": UNKNOWN, "role": UNKNOWN}, []),
        ({"key": "k", "role": None}, ["a key needs its role"]),
        ({"kind": "large", "size": 10}, []),
        ({"kind": "large", "size": 9}, ["the large kind has 10 or more"]),
        ({"kind": "large"}, ["the large kind has 10 or more"]),
        ({"kind": UNKNOWN}, []),
        ({"kind": "large", "size": UNKNOWN}, []),
    ],
)
def test_what_breaks_the_vendors_words(inputs: dict[str, object], said: list[str]) -> None:
    assert broken(**inputs) == said


def test_a_type_that_nobody_knows_breaks_nothing() -> None:
    assert list(constraint.violations("alicloud:shop/other:Other", {"name": "a"})) == []


def test_a_path_leads_through_lists_and_single_blocks() -> None:
    assert list(values({"a": [{"b": [1, 2]}, {"b": 3}, {}]}, "a.b")) == [[1, 2], 3]
