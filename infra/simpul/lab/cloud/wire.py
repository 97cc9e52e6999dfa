"""Values of the protocol as this cloud uses them.

In and out: protobuf Structs. Secrets are opened on the way in; on the way out, what the schema calls sensitive is
sealed as one. Null values are left out: the engine sends them for what isn't given.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf.struct_pb2 import Struct

from simpul.lab.cloud.schema import Property
from simpul.provider.wire import Secret, pack, plain, unpack


def read(struct: Struct) -> dict[str, Any]:
    """Open a Struct."""
    opened: dict[str, Any] = _given(plain(unpack(struct)))
    return opened


def write(values: Mapping[str, Any], properties: Mapping[str, Property]) -> Struct:
    """Close `values`, which `properties` describe, into a Struct."""
    return pack(_seal(values, properties))


def _given(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _given(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_given(each) for each in value]
    return value


def _seal(values: Mapping[str, Any], properties: Mapping[str, Property]) -> dict[str, Any]:
    return {name: _seal_one(value, properties.get(name)) for name, value in values.items()}


def _seal_one(value: Any, fact: Property | None) -> Any:
    if fact is None:
        return value
    if isinstance(value, list):
        sealed: Any = [_seal(each, fact.fields) if isinstance(each, Mapping) else each for each in value]
    else:
        sealed = _seal(value, fact.fields) if isinstance(value, Mapping) else value
    return Secret(sealed) if fact.sensitive and value != "" else sealed
