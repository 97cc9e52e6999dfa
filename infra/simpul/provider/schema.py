"""The provider's Pulumi schema, and what follows from it: defaults, and whether inputs have the right shape.

`schema.json` beside this file is the one place that says which properties a resource type has. The engine and
other tools read it as it is; `problems` holds the inputs of a program against it.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from simpul.provider.compare import join
from simpul.provider.kind import Failure
from simpul.provider.wire import UNKNOWN

_FILE = Path(__file__).with_name("schema.json")
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


@cache
def text() -> str:
    """Return the schema as the engine wants it."""
    return _FILE.read_text()


@cache
def _schema() -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", json.loads(text()))


def version() -> str:
    """Return the provider's version."""
    return str(_schema()["version"])


def tokens() -> frozenset[str]:
    """Return the type tokens of all resources."""
    return frozenset(_schema()["resources"])


def defaults(token: str) -> dict[str, Any]:
    """Return what inputs of `token` are when a program leaves them out."""
    properties = _schema()["resources"][token]["inputProperties"]
    return {name: spec["default"] for name, spec in properties.items() if "default" in spec}


def problems(token: str, inputs: Mapping[str, Any]) -> list[Failure]:
    """Find what is missing, unknown or of the wrong type in `inputs` of `token`."""
    spec = _schema()["resources"][token]
    return list(_object(inputs, spec["inputProperties"], spec["requiredInputs"], ""))


def _object(
    values: Mapping[str, Any], properties: Mapping[str, Any], required: list[str], base: str
) -> Iterator[Failure]:
    for name in required:
        if values.get(name) is None:
            yield Failure(join(base, name), "is required")
    for name, value in values.items():
        path = join(base, name)
        if name in properties:
            yield from _value(value, properties[name], path)
        elif not name.startswith("__"):  # the engine's own (__defaults and the like)
            near = difflib.get_close_matches(name, properties, n=1)
            hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(properties)}"
            yield Failure(path, f"is not a property{hint}")


def _value(value: Any, spec: Mapping[str, Any], path: str) -> Iterator[Failure]:
    if value is None or value is UNKNOWN:
        return
    spec = _resolve(spec)
    if not spec:
        return
    if not _has_type(value, spec["type"]):
        yield Failure(path, f"must be of type {spec['type']} (got {type(value).__name__})")
        return
    if "enum" in spec and value not in (allowed := [case["value"] for case in spec["enum"]]):
        yield Failure(path, f"must be one of {', '.join(allowed)} (got {value})")
    if "properties" in spec:
        yield from _object(value, spec["properties"], spec.get("required", []), path)
    elif "additionalProperties" in spec:
        for key, item in value.items():
            yield from _value(item, spec["additionalProperties"], join(path, key))
    elif "items" in spec:
        for index, item in enumerate(value):
            yield from _value(item, spec["items"], join(path, index))


def _has_type(value: Any, name: str) -> bool:
    wanted = _TYPES[name]
    return isinstance(value, wanted) and (bool in wanted or not isinstance(value, bool))


def _resolve(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = spec.get("$ref")
    if reference is None:
        return spec
    if reference.startswith("#/types/"):
        return cast("Mapping[str, Any]", _schema()["types"][reference.removeprefix("#/types/")])
    return {}  # pulumi.json#/Any
