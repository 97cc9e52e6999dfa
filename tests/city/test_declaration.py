"""Parsing: what comes out is what was declared, and whatever goes in, nothing but a CityError comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from simpul.city import parse
from simpul.errors import CityError

CASE = Path(__file__).with_name("case").joinpath("ok.whole.yaml")
WHOLE: dict[str, Any] = yaml.safe_load(CASE.read_text("utf-8"))["config"]["simpul:city"]

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.dates()
    | st.text()
    | st.sampled_from(
        ["64.71.02", "10.64.0.1", "10.30.5.11", "server", "bpn-timur-1", "ap-southeast-5a", "a/b", "x@y:z"]
    )
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.integers(), inner, max_size=4),
    max_leaves=8,
)


def places(data: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the path of every value in `data`."""
    children = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in children:
        yield (*above, key)
        yield from places(value, (*above, key))


def replace(data: Any, place: tuple[Any, ...], value: Any) -> Any:
    """Give a copy of `data` with `value` at `place`."""
    copy = deepcopy(data)
    target = copy
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    return copy


def problems_of(data: Any) -> tuple[str, ...]:
    """Give where the problems of `data` are; none if it is a city."""
    try:
        parse(data)
    except CityError as error:
        problems = error.problems
    else:
        return ()
    assert problems
    assert all(problem.what and problem.next for problem in problems)
    return tuple(problem.where for problem in problems)


@given(ANYTHING)
def test_nothing_at_all_makes_it_fail_otherwise(data: Any) -> None:
    assert problems_of(data)


@settings(max_examples=200)
@given(st.sampled_from(list(places(WHOLE))), ANYTHING, st.sampled_from(list(places(WHOLE))), ANYTHING)
def test_no_two_values_anywhere_make_it_fail_otherwise(
    place: tuple[Any, ...], value: Any, other: tuple[Any, ...], other_value: Any
) -> None:
    spoilt = replace(WHOLE, place, value)
    if other[: len(place)] != place:
        spoilt = replace(spoilt, other, other_value)
    assert all(where == "city" or where.startswith(("city.", "city[")) for where in problems_of(spoilt))


@pytest.mark.parametrize("place", list(places(WHOLE)), ids=str)
def test_an_unfit_value_is_told_at_its_own_place(place: tuple[Any, ...]) -> None:
    unfit = object()  # neither text nor number, mapping or list
    where = "city" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    assert where in problems_of(replace(WHOLE, place, unfit))


@pytest.mark.parametrize("mode", ["json", "python"])
def test_a_city_that_is_written_out_reads_as_itself(mode: str) -> None:
    city = parse(WHOLE)
    assert parse(city.model_dump(mode=mode)) == city


def test_problems_come_in_the_order_of_the_declaration(declaration: dict[str, Any]) -> None:
    declaration["sites"][1]["hosts"][1]["role"] = "server"
    declaration["sites"][0]["number"] = 0
    declaration["name"] = 7
    turned = dict(reversed(declaration.items()))
    assert problems_of(declaration) == ("city.name", "city.sites[0].number", "city.sites[1].hosts")
    assert problems_of(turned) == ("city.sites[0].number", "city.sites[1].hosts", "city.name")


def test_the_data_is_left_as_it_was(declaration: dict[str, Any]) -> None:
    before = deepcopy(declaration)
    parse(declaration)
    assert declaration == before
