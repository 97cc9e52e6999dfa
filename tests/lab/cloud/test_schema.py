"""The facts against the SDK that programs are written with, for the types that the program uses."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from lab.cloud.test_list import LISTS
from lab.cloud.used import KNOWN
from simpul.lab.cloud import schema
from simpul.lab.cloud.lookup import subject
from simpul.lab.cloud.schema import Property


def arguments(token: str) -> dict[str, Any]:
    """Give the SDK's arguments of a resource type, with their annotations."""
    _, module, name = token.split(":")
    resource = getattr(importlib.import_module(f"pulumi_alicloud.{module.partition('/')[0]}"), name)
    known = vars(sys.modules[resource.__module__])
    made = known.get(f"{name}InitArgs", known.get(f"{name}Args")).__init__
    return {name: each.annotation for name, each in inspect.signature(made).parameters.items() if name != "__self__"}


def snake(name: str) -> str:
    """Turn a name of the protocol into the SDK's."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


@pytest.mark.parametrize("token", KNOWN, ids=lambda token: token.rpartition(":")[2])
def test_the_sdk_takes_what_the_facts_let_a_program_set(token: str) -> None:
    resource = schema.load().get(token)
    assert resource is not None
    settable = {snake(each.name) for each in resource.properties.values() if each.settable}
    assert settable == set(arguments(token))


@pytest.mark.parametrize("token", KNOWN, ids=lambda token: token.rpartition(":")[2])
def test_a_list_travels_as_the_sdk_sends_it(token: str) -> None:
    resource = schema.load().get(token)
    assert resource is not None
    for name, annotation in arguments(token).items():
        fact = next(each for each in resource.properties.values() if snake(each.name) == name)
        if fact.type in ("list", "set"):
            assert (fact.shape in ("list", "set")) == ("Sequence[" in str(annotation)), name


def inside(package: Any, klass: Any, fields: Iterable[Property], path: str = "") -> Iterator[str]:
    """Give the paths of properties that the SDK reads under another name or in another shape."""
    getters = {getattr(each.fget, "_pulumi_name", name): each.fget for name, each in vars(klass).items() if _is(each)}
    for fact in (each for each in fields if not each.removed):
        where, getter = f"{path}{fact.name}", getters.get(fact.name)
        if getter is None:
            yield where
            continue
        annotation = str(getter.__annotations__["return"])
        if ("Sequence[" in annotation) != (fact.shape in ("list", "set")):
            yield f"{where}: {annotation}"
        if fact.fields and (found := re.search(r"outputs\.(\w+)", annotation)):
            yield from inside(package, getattr(package.outputs, found[1]), fact.fields.values(), f"{where}.")


def _is(member: Any) -> bool:
    return isinstance(member, property) and member.fget is not None


@pytest.mark.parametrize("token", [token for token, _ in LISTS], ids=lambda token: token.rpartition(":")[2])
def test_the_sdk_reads_all_that_a_list_answers(token: str) -> None:
    source = schema.load().get(token)
    assert source is not None
    _, path, name = token.split(":")
    package = importlib.import_module(f"pulumi_alicloud.{path.partition('/')[0]}")
    klass = getattr(package, f"{name[:1].upper()}{name[1:]}Result")
    assert list(inside(package, klass, source.properties.values())) == []


def test_every_type_of_the_vendor_can_be_read() -> None:
    facts = schema.load()
    types = [resource for token in facts if (resource := facts.get(token)) is not None]
    assert len(types) == 1910
    assert sum(each.is_data for each in types) == 759


def test_most_lists_are_found_by_their_name(cloud: Any) -> None:
    facts = schema.load()
    lists = [facts.get(token) for token in facts if token.rpartition(":")[2].startswith("get")]
    found = sum(subject(cloud.estate, each) is not None for each in lists if each is not None)
    assert found > 400
