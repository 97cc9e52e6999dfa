"""Outputs that the vendor computes, for any resource type, from the schema alone.

In: a type's facts, its inputs, its id and place. Out: a value for every property. A product says better where it
knows better.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import chain, repeat
from typing import Any

from simpul.lab.cloud import region as place
from simpul.lab.cloud.schema import Property, Resource
from simpul.provider.wire import UNKNOWN


def outputs(
    resource: Resource, inputs: Mapping[str, Any], identity: str, region: str, old: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Give all outputs: what was put in, and what the vendor adds; inside of objects what it had added to `old`."""
    found: dict[str, Any] = {}
    for fact in resource.properties.values():
        if fact.removed:
            continue
        if fact.name in inputs:
            found[fact.name] = _complete(fact, inputs[fact.name], (old or {}).get(fact.name))
        elif fact.computed:
            found[fact.name] = _known(resource, fact, inputs, identity, region)
    return found


def renew(resource: Resource, inputs: Mapping[str, Any], old: Mapping[str, Any], region: str) -> dict[str, Any]:
    """Give the outputs after an update: the new inputs, and what was computed before."""
    fresh = outputs(resource, inputs, "", region, old)
    kept = {name: old[name] for name in fresh if name not in inputs and name in old}
    if "name" in kept and resource.naming in inputs:
        kept["name"] = inputs[str(resource.naming)]
    return fresh | kept


def merge(known: Any, better: Any) -> Any:
    """Lay what a product knows better over what the schema gives, inside of objects too."""
    if isinstance(known, Mapping) and isinstance(better, Mapping):
        return {**known, **{name: merge(known.get(name), each) for name, each in better.items()}}
    if isinstance(known, list) and isinstance(better, list) and len(known) == len(better):
        return [merge(old, new) for old, new in zip(known, better, strict=True)]
    return better


def preview(resource: Resource, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Give the outputs as far as they are known before anything is made."""
    facts = [each for each in resource.properties.values() if not each.removed]
    unset = {each.name: UNKNOWN for each in facts if each.computed and each.name not in inputs}
    return {**unset, **inputs}


def _complete(fact: Property, value: Any, old: Any = None) -> Any:
    """Fill in what the vendor computes inside of an object that the program gave."""
    if isinstance(value, list) and fact.fields:
        before = old if isinstance(old, list) else []
        return [_complete(fact, each, was) for each, was in zip(value, chain(before, repeat(None)), strict=False)]
    if not isinstance(value, Mapping) or not fact.fields:
        return value
    was = old if isinstance(old, Mapping) else {}
    blank = {
        each.name: was.get(each.name, zero(each))
        for each in fact.fields.values()
        if each.computed and each.name not in value
    }
    return {**blank, **{key: _complete(fact.fields[key], each, was.get(key)) for key, each in value.items()}}


def _known(  # noqa: PLR0911 a case for each name that means the same everywhere
    resource: Resource, fact: Property, inputs: Mapping[str, Any], identity: str, region: str
) -> Any:
    if fact.type != "string":
        return zero(fact)
    own = f"{resource.label[:1].lower()}{resource.label[1:]}Id"
    match fact.name:
        case "name" if resource.naming in inputs:
            return inputs[str(resource.naming)]
        case "status" | "state" if not fact.enum:
            return "Available"
        case "createTime" | "creationTime" | "createDate" | "gmtCreate" | "createdTime":
            return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case "regionId" | "region":
            return region
        case "accountId" | "ownerId":
            return place.ACCOUNT
        case "resourceGroupId":
            return place.DEFAULT_GROUP
        case name if name == own:
            return identity.rpartition(":")[2]
        case _:
            return zero(fact)


def zero(fact: Property) -> Any:
    """Give what the vendor answers where nothing is set: the first allowed value, or an empty one."""
    if fact.default is not None:
        return fact.default
    if fact.enum and fact.shape == "string":
        return fact.enum[0]
    blank: dict[str, Any] = {"string": "", "int": 0, "float": 0, "bool": False, "map": {}, "list": [], "set": []}
    if fact.shape == "object":
        return {each.name: zero(each) for each in fact.fields.values() if each.computed}
    return blank[fact.shape]
