"""Where inputs break the vendor's words: a type and its inputs enter, violations leave.

What isn't known yet (UNKNOWN) breaks nothing, but it is there: that a key needs its role is told before either is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from jsonschema import Draft202012Validator, ValidationError, validators
from jsonschema.protocols import Validator

from simpul.constraint.load import Constraints, Together, find
from simpul.provider.wire import UNKNOWN, has_unknown

_PRESENT: Final = "something that isn't known yet"


@dataclass(frozen=True)
class Violation:
    """Inputs that the vendor refuses: where (a path, "" for several inputs together), its rule, and what was got."""

    path: str
    parameter: str
    says: str
    got: Any = None


def violations(token: str, inputs: Mapping[str, Any]) -> Iterator[Violation]:
    """List what is wrong with the `inputs` of a resource of the type `token`; nothing for a type that isn't known."""
    constraints = find(token)
    if constraints is None:
        return
    for path, validator in _singles(token):
        for value in values(inputs, path):
            if not has_unknown(value) and not validator.is_valid(value):
                known = constraints.inputs[path]
                yield Violation(path, known.parameters[0], known.says, value)
    for rule, validator, names in _togethers(token):
        if any(has_unknown(inputs.get(name)) for name in names):
            continue
        seen = {name: _PRESENT if has_unknown(value) else value for name, value in inputs.items() if value is not None}
        if not validator.is_valid(seen):
            yield Violation("", rule.parameters[0], rule.says)


def values(inputs: Any, path: str) -> Iterator[Any]:
    """List the values that stand at `path` in `inputs`, those in lists one by one."""
    key, _, rest = path.partition(".")
    for each in inputs if isinstance(inputs, list) else [inputs]:
        value = each.get(key) if isinstance(each, Mapping) else None
        if value is None or value is UNKNOWN:
            continue
        if rest:
            yield from values(value, rest)
        else:
            yield value


def _max_bytes(_: Validator, most: int, value: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(value, str) and len(value.encode()) > most:
        yield ValidationError(f"{value!r} has more than {most} bytes")


_extend: Any = validators.extend
_VALIDATOR: Any = _extend(Draft202012Validator, {"maxBytes": _max_bytes})


@cache
def _singles(token: str) -> tuple[tuple[str, Validator], ...]:
    inputs = _known(token).inputs.values()
    return tuple((each.path, _VALIDATOR(each.schema)) for each in inputs if each.schema is not None)


@cache
def _togethers(token: str) -> tuple[tuple[Together, Validator, frozenset[str]], ...]:
    """Return the rules between inputs, each with the inputs whose values it asks for, not only whether they are."""
    return tuple((each, _VALIDATOR(each.schema), frozenset(_asked(each.schema))) for each in _known(token).together)


def _known(token: str) -> Constraints:
    found = find(token)
    if found is None:
        raise KeyError(token)
    return found


def _asked(schema: Any) -> Iterator[str]:
    if isinstance(schema, Mapping):
        yield from (name for name, inner in (schema.get("properties") or {}).items() if inner not in (True, False))
        for keyword in ("allOf", "anyOf", "oneOf"):
            for inner in schema.get(keyword, ()):
                yield from _asked(inner)
        for keyword in ("if", "then", "else", "not"):
            yield from _asked(schema.get(keyword))
