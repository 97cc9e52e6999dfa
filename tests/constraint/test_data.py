"""The data about the vendor's API is whole: every type, every input that the program sends, each with its source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cloud.change import declare
from lab.cloud.used import USED, asked
from simpul import constraint
from simpul.constraint import Constraints, page
from simpul.constraint.load import HELD
from simpul.lab.cloud import schema
from simpul.recording import record

ZONES = [f"ap-southeast-5{letter}" for letter in "abc"]
PRODUCTS = Path(schema.__file__).with_name("product")
VENDOR = {"name": "penyedia", "account": "1234567890123456", "area": "64.71.05", "ends": "2027-06-30"}
CHANGES: tuple[dict[str, Any], ...] = (
    {},
    {"cloud.profile": "small"},
    {"cloud.profile": "large", "cloud.zones": ZONES},
    {"cloud.api": {"public": True, "allow": ["203.0.113.0/28"]}},
    {"vendor": VENDOR},
    {"cloud.stores.1.cache": True},
    {"cloud.protect": False},
)
"""Cities that differ in which inputs are sent."""

TYPES = constraint.every()
TYPE = pytest.mark.parametrize("known", TYPES, ids=[each.token.partition(":")[2] for each in TYPES])


@cache
def sent() -> Mapping[str, frozenset[str]]:
    """Return the paths of the inputs that the program sends, by type."""
    found: dict[str, set[str]] = {}
    for change in CHANGES:
        for each in record(declare(change)).resources:
            if each.type.startswith("alicloud:"):
                found.setdefault(each.type, set()).update(_paths(each.inputs, schema.load().get(each.type).properties))
    return {token: frozenset(paths) for token, paths in found.items()}


def _paths(inputs: Mapping[str, Any], facts: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for name, value in inputs.items():
        path = f"{above}.{name}" if above else name
        inner = facts[name].fields
        for each in value if isinstance(value, list) else [value]:
            if inner and isinstance(each, dict):
                yield from _paths(each, inner, path)
            else:
                yield path


def test_every_type_of_the_program_is_known() -> None:
    assert {each.token for each in TYPES} == set(USED)


def test_every_listing_of_the_program_is_known() -> None:
    listed = constraint.listings()
    assert {each.token for each in listed} == set(asked())
    assert all(each.operations and each.provider.endswith(".go") for each in listed)


@TYPE
def test_every_input_that_is_sent_is_known(known: Constraints) -> None:
    assert sent()[known.token] - {*known.inputs} == set()


@TYPE
def test_every_input_is_one_of_the_vendors(known: Constraints) -> None:
    resource = schema.load().get(known.token)
    assert resource is not None
    for path in known.inputs:
        facts = resource.properties
        for step in path.split("."):
            assert step in facts, path
            assert facts[step].settable, path
            facts = facts[step].fields


@TYPE
def test_every_input_says_who_holds_it_and_where_that_was_read(known: Constraints) -> None:
    assert known.operations
    assert known.sdk
    assert all(each.endswith(".go") for each in known.provider)
    for path, each in known.inputs.items():
        assert (each.schema is None) == (each.held in HELD), path
        assert each.says.strip(), path
        for parameter in each.parameters:
            assert parameter == "-" or parameter.partition(".")[0] in known.operations, (path, parameter)
        if each.schema is not None:
            assert each.accepts, path
            assert each.refuses, path
    for rule in known.together:
        assert rule.accepts, rule.says
        assert rule.refuses, rule.says
        assert all(each.partition(".")[0] in known.operations for each in rule.parameters), rule.says


@TYPE
def test_every_rule_is_a_schema(known: Constraints) -> None:
    for rule in (*known.inputs.values(), *known.together):
        if rule.schema is not None:
            Draft202012Validator.check_schema(dict(rule.schema))


@TYPE
def test_every_example_is_judged_as_it_says(known: Constraints) -> None:
    for path, each in known.inputs.items():
        if each.schema is not None:
            assert [value for value in each.accepts if _breaks(known, path, value)] == [], path
            assert [value for value in each.refuses if not _breaks(known, path, value)] == [], path


@TYPE
def test_a_least_length_that_is_told_is_held(known: Constraints) -> None:
    for path, each in known.inputs.items():
        told = re.match(r"(\d+) to \d+ (?!seconds|days|minutes|months)[a-z]", each.says)
        if told and each.schema is not None and all(isinstance(value, str) for value in each.accepts):
            short = str(each.accepts[0])[: int(told[1]) - 1]
            assert _breaks(known, path, short), (path, short)


@TYPE
def test_a_product_that_holds_an_input_is_named(known: Constraints) -> None:
    for path, each in known.inputs.items():
        if each.held == "product":
            files = re.findall(r"\w+\.py\b", each.says)
            assert files, path
            assert all((PRODUCTS / file).exists() for file in files), path


def _breaks(known: Constraints, path: str, value: Any) -> bool:
    inputs: Any = value
    for step in reversed(path.split(".")):
        inputs = {step: inputs}
    return any(each.path == path for each in constraint.violations(known.token, inputs))


def test_the_page_is_current() -> None:
    assert page.PAGE.read_text("utf-8") == page.make(), "make generate writes it anew"
