"""The declaration: a mapping enters, a City or all its problems leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from simpul.city.fault import Fault, to_problems
from simpul.city.model import City
from simpul.city.problem import explain
from simpul.city.rule import check
from simpul.city.rule.draft import Draft
from simpul.errors import CityError, Problem


def parse(data: Mapping[str, Any]) -> City:
    """Read a city's declaration, the value of `simpul:city`. CityError with all its problems."""
    city, problems = examine(data)
    if city is None or problems:
        raise CityError.of(problems)
    return city


def examine(data: Any) -> tuple[City | None, list[Problem]]:
    """Give the city, as far as its models accept `data`, and all problems of it."""
    if isinstance(data, Mapping):
        data = dict(data)
    city, faults = _validate(data)
    unfit = {fault.loc for fault in faults}
    faults.extend(check(Draft(data, unfit)))
    return city, to_problems(faults, data)


def _validate(data: Any) -> tuple[City | None, list[Fault]]:
    try:
        return City.model_validate(data), []
    except ValidationError as error:
        return None, list(explain(error))
