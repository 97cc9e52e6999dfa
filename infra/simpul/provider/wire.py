"""The engine's property values as Python values, and back.

In comes a protobuf struct as the engine sends it; out go plain Python values in which a secret is wrapped in
`Secret` and a value that isn't known yet is `UNKNOWN`. `plain` takes the wrappers off, `pack` is the way back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from google.protobuf.struct_pb2 import NULL_VALUE, ListValue, Struct, Value
from pulumi.runtime import rpc

# The protocol's own marks. The SDK keeps them under private names, but they are part of the wire format.
_MARK: Final = rpc._special_sig_key  # noqa: SLF001 see above
_SECRET: Final = rpc._special_secret_sig  # noqa: SLF001 see above
_OUTPUT: Final = rpc._special_output_value_sig  # noqa: SLF001 see above

Path = tuple[str | int, ...]


class Unknown(Enum):
    """The one value that stands for whatever is known only after other resources exist."""

    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown.UNKNOWN


@dataclass(frozen=True)
class Secret:
    """A value that the engine must encrypt in the state and hide everywhere else."""

    value: Any

    def __repr__(self) -> str:
        return "Secret(…)"


def unpack(struct: Struct) -> dict[str, Any]:
    """Read `struct`, keeping secrets and unknowns as `Secret` and `UNKNOWN`."""
    return {key: _unpack(value) for key, value in struct.fields.items()}


def pack(values: Mapping[str, Any]) -> Struct:
    """Write `values`, which may hold `Secret` and `UNKNOWN` at any depth."""
    return Struct(fields={key: _pack(value) for key, value in values.items()})


def plain(value: Any) -> Any:
    """Take every `Secret` off `value`, at any depth."""
    if isinstance(value, Secret):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def has_unknown(value: Any) -> bool:
    """Whether any part of `value` isn't known yet."""
    if isinstance(value, Secret):
        return has_unknown(value.value)
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return value is UNKNOWN


def secret_paths(value: Any, base: Path = ()) -> Iterator[Path]:
    """Yield the path of every `Secret` in `value`; what lies below a secret is part of it."""
    if isinstance(value, Secret):
        yield base
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from secret_paths(item, (*base, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from secret_paths(item, (*base, index))


def _unpack(value: Value) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            return UNKNOWN if value.string_value == rpc.UNKNOWN else value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_unpack(item) for item in value.list_value.values]
        case "struct_value":
            return _unpack_struct(value.struct_value)
        case _:
            return None


def _unpack_struct(struct: Struct) -> Any:
    match struct.fields[_MARK].string_value if _MARK in struct.fields else "":
        case mark if mark == _SECRET:
            return Secret(_unpack(struct.fields["value"]))
        case mark if mark == _OUTPUT:
            inner = _unpack(struct.fields["value"]) if "value" in struct.fields else UNKNOWN
            secret = "secret" in struct.fields and struct.fields["secret"].bool_value
            return Secret(inner) if secret else inner
        case _:
            return unpack(struct)


def _pack(value: Any) -> Value:  # noqa: PLR0911 a case for each kind
    match value:
        case None:
            return Value(null_value=NULL_VALUE)
        case Unknown():
            return Value(string_value=rpc.UNKNOWN)
        case Secret():
            marked = {_MARK: Value(string_value=_SECRET), "value": _pack(value.value)}
            return Value(struct_value=Struct(fields=marked))
        case bool():
            return Value(bool_value=value)
        case int() | float():
            return Value(number_value=value)
        case str():
            return Value(string_value=value)
        case Mapping():
            return Value(struct_value=pack(value))
        case Sequence():
            return Value(list_value=ListValue(values=[_pack(item) for item in value]))
        case _:
            message = f"a property value can't be of type {type(value).__name__}"
            raise TypeError(message)
