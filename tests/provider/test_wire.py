"""Property values: what the engine sends, as Python values and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simpul.provider.wire import UNKNOWN, Secret, has_unknown, pack, plain, secret_paths, unpack

SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text()
VALUES = st.recursive(
    SCALARS | st.just(UNKNOWN),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | inner.map(Secret),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), VALUES))
def test_what_is_packed_comes_back(values: dict[str, Any]) -> None:
    assert unpack(pack(values)) == values


def test_whole_numbers_are_integers() -> None:
    values = unpack(pack({"port": 22.0, "share": 0.5}))
    assert [type(values["port"]), type(values["share"])] == [int, float]


def test_a_secret_is_never_shown() -> None:
    assert "hunter2" not in repr(Secret("hunter2"))


def test_wrappers_come_off_at_any_depth() -> None:
    marked = {"users": [{"name": "a", "password": Secret("p")}], "all": Secret({"deep": Secret(1)})}
    assert plain(marked) == {"users": [{"name": "a", "password": "p"}], "all": {"deep": 1}}
    assert set(secret_paths(marked)) == {("users", 0, "password"), ("all",)}


@pytest.mark.parametrize("value", [UNKNOWN, [UNKNOWN], {"a": {"b": [UNKNOWN]}}, Secret(UNKNOWN)])
def test_an_unknown_is_found_at_any_depth(value: Any) -> None:
    assert has_unknown(value)
    assert not has_unknown({"a": [1, {"b": None}]})


def test_what_has_no_place_on_the_wire_is_refused() -> None:
    with pytest.raises(TypeError, match="object"):
        pack({"a": object()})
