"""Differences as paths in Pulumi's notation."""

from __future__ import annotations

from typing import Any

import pytest

from simpul.provider.compare import changes, join
from simpul.provider.kind import Change
from simpul.provider.wire import UNKNOWN


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({}, {"a": None}, []),
        ({}, {"a": 1}, [Change("a", "add")]),
        ({"a": 1}, {}, [Change("a", "delete")]),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, [Change("a.c")]),
        ({"a": [1, 2]}, {"a": [1, 3, 4]}, [Change("a[1]"), Change("a[2]", "add")]),
        ({"a": {"x.y/z": 1}}, {"a": {"x.y/z": 2}}, [Change('a["x.y/z"]')]),
        ({"a": 1}, {"a": UNKNOWN}, [Change("a")]),
        ({"a": 1}, {"a": [1]}, [Change("a")]),
    ],
)
def test_the_deepest_property_that_differs(old: Any, new: Any, expected: list[Change]) -> None:
    assert changes(old, new, properties=["a"]) == expected


def test_only_the_named_properties_count_and_some_force_a_replacement() -> None:
    found = changes({"a": 1, "b": 1, "c": 1}, {"a": 2, "b": 2, "c": 2}, properties=["a", "b"], replace=["b"])
    assert found == [Change("a"), Change("b", replace=True)]


def test_paths() -> None:
    assert join("", "a") == "a"
    assert join("a", 0) == "a[0]"
    assert join("drift", "file /etc/x") == 'drift["file /etc/x"]'
