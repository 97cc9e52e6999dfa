"""What is inside of a property, against the SDK: the bridge puts the names of lists there into the plural too."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from lab.cloud.used import KNOWN
from simpul.lab.cloud import schema
from simpul.lab.cloud.schema import Property


@pytest.mark.parametrize("token", KNOWN, ids=lambda token: token.rpartition(":")[2])
def test_the_sdk_has_every_name_inside_of_a_property(token: str) -> None:
    resource = schema.load().get(token)
    assert resource is not None
    _, module, name = token.split(":")
    package = importlib.import_module(f"pulumi_alicloud.{module.partition('/')[0]}")
    assert list(unknown(package, getattr(package, f"{name}Args"), resource.properties)) == []


def unknown(package: Any, args: type, facts: Mapping[str, Property], path: str = "") -> Iterator[str]:
    """Go through the names inside of `facts` that the SDK's class `args` hasn't."""
    known = {
        getattr(each.fget, "_pulumi_name", name): each.fget.__annotations__["return"]
        for name, each in vars(args).items()
        if isinstance(each, property)
    }
    for fact in facts.values():
        if not fact.settable:
            continue
        if path and fact.name not in known:
            yield f"{path}.{fact.name}"
        inner = re.search(r"'(\w+Args)'", str(known.get(fact.name, "")))
        if fact.fields and inner:
            inputs = importlib.import_module(f"{package.__name__}._inputs")
            yield from unknown(package, getattr(inputs, inner[1]), fact.fields, f"{path}.{fact.name}".lstrip("."))
