"""What the vendor's plugin says about inputs before anything is made.

In: a resource's facts and the inputs of a program (values may be UNKNOWN). Out: a `Verdict`: the inputs with types
set right and defaults filled in, every failure (property path and reason), and warnings about deprecated ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from simpul.lab.cloud import limit
from simpul.lab.cloud.schema import Property, Resource
from simpul.provider.wire import UNKNOWN


@dataclass(frozen=True)
class Failure:
    """One thing that is wrong: the path of the property as Pulumi writes it, and the vendor's words."""

    path: str
    reason: str


@dataclass
class Verdict:
    """What came of a check."""

    inputs: dict[str, Any] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def check(resource: Resource, given: Mapping[str, Any]) -> Verdict:
    """Hold `given` to the vendor's facts about `resource`."""
    verdict = Verdict()
    verdict.inputs = _object(resource.properties, given, "", verdict)
    verdict.failures.extend(_combinations(resource, resource.properties, verdict.inputs, verdict.inputs, ""))
    _fill(resource, resource.properties, verdict.inputs, verdict.inputs)
    if resource.deprecated:
        verdict.warnings.append(resource.deprecated)
    return verdict


def _object(fields: Mapping[str, Property], given: Mapping[str, Any], path: str, verdict: Verdict) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in given.items():
        where = f"{path}.{name}" if path else name
        fact = fields.get(name)
        reason = _refuse_key(fields, name, fact)
        if fact is None or reason:
            verdict.failures.append(Failure(where, str(reason)))
            continue
        if fact.deprecated:
            verdict.warnings.append(f"{where}: {fact.deprecated}")
        found[name] = _value(fact, value, where, verdict)
    for fact in fields.values():
        if fact.required and not fact.removed and fact.name not in given:
            where = f"{path}.{fact.name}" if path else fact.name
            reason = f'Missing required argument. The argument "{fact.tf}" is required, but no definition was found.'
            verdict.failures.append(Failure(where, reason))
    return found


def _refuse_key(fields: Mapping[str, Property], name: str, fact: Property | None) -> str | None:
    if fact is None:
        near = get_close_matches(name, [each.name for each in fields.values() if each.settable], 1)
        return "Invalid or unknown key." + (f" Did you mean `{near[0]}`?" if near else "")
    if fact.removed:
        return f'"{fact.tf}": [REMOVED] {fact.removed}'
    if not fact.settable:
        return (
            f'Value for unconfigurable attribute. Can\'t configure a value for "{fact.tf}": '
            "its value will be decided automatically based on the result of applying this configuration."
        )
    return None


def _value(fact: Property, value: Any, path: str, verdict: Verdict) -> Any:
    if value is UNKNOWN:
        return value
    match fact.shape:
        case "object":
            return _structure(fact, value, path, verdict)
        case "list" | "set":
            return _items(fact, value, path, verdict)
        case "map":
            return _entries(fact, value, path, verdict)
        case shape:
            return _scalar(fact, shape, value, path, verdict)


def _structure(fact: Property, value: Any, path: str, verdict: Verdict) -> Any:
    if isinstance(value, Mapping):
        return _object(fact.fields, value, path, verdict)
    return _mistyped("object", value, path, verdict)


def _items(fact: Property, value: Any, path: str, verdict: Verdict) -> Any:
    if not isinstance(value, list):
        return _mistyped(fact.type, value, path, verdict)
    if fact.max_items is not None and len(value) > fact.max_items:
        reason = f"Too many list items. Attribute {fact.tf} supports {fact.max_items} item maximum, but config has "
        verdict.failures.append(Failure(path, f"{reason}{len(value)} declared."))
    if fact.min_items is not None and len(value) < fact.min_items:
        reason = f"Not enough list items. Attribute {fact.tf} requires {fact.min_items} item minimum, but config has "
        verdict.failures.append(Failure(path, f"{reason}only {len(value)} declared."))
    if fact.fields:
        return [
            each if each is UNKNOWN else _structure(fact, each, f"{path}[{number}]", verdict)
            for number, each in enumerate(value)
        ]
    kind = str(fact.elem or "string")
    return [_scalar(fact, kind, each, f"{path}[{number}]", verdict) for number, each in enumerate(value)]


def _entries(fact: Property, value: Any, path: str, verdict: Verdict) -> Any:
    if not isinstance(value, Mapping):
        return _mistyped("map", value, path, verdict)
    kind = fact.elem if fact.elem in ("int", "float", "bool") else "string"
    return {key: _scalar(fact, kind, each, f"{path}.{key}", verdict) for key, each in value.items()}


def _scalar(fact: Property, kind: str, value: Any, path: str, verdict: Verdict) -> Any:
    if value is UNKNOWN or kind in ("map", "list"):
        return value
    try:
        typed = _convert(kind, value)
    except ValueError:
        return _mistyped(kind, value, path, verdict)
    text = str(typed).lower() if isinstance(typed, bool) else str(typed)
    if fact.enum and text not in fact.enum:
        allowed = " ".join(f'"{each}"' if kind == "string" else each for each in fact.enum)
        got = "(sensitive value)" if fact.sensitive else text
        verdict.failures.append(Failure(path, f"expected {fact.tf} to be one of [{allowed}], got {got}"))
    if fact.check and (reason := limit.refuse(fact.check, fact.tf, typed)):
        shown = reason.replace(str(value), "(sensitive value)") if fact.sensitive else reason
        verdict.failures.append(Failure(path, shown))
    return typed


def _convert(kind: str, value: Any) -> Any:  # noqa: PLR0911 a case for each pair of types
    """Set a scalar right as the vendor's plugin does: "5" is the int 5, 5 is the string "5"."""
    match kind, value:
        case "bool", bool():
            return value
        case "bool", "true" | "false":
            return value == "true"
        case "int", int() if not isinstance(value, bool):
            return value
        case "int", str():
            return int(value)
        case "float", int() | float() if not isinstance(value, bool):
            return value
        case "float", str():
            return float(value)
        case "string", bool():
            return str(value).lower()
        case "string", str() | int() | float():
            return str(value)
        case _:
            raise ValueError(value)


def _mistyped(kind: str, value: Any, path: str, verdict: Verdict) -> Any:
    reason = f"expected type '{kind}', got unconvertible type '{type(value).__name__}'"
    verdict.failures.append(Failure(path, reason))
    return value


def _present(root: Mapping[str, Any], path: Sequence[str]) -> Any:
    value: Any = root
    for name in path:
        if value is UNKNOWN or not isinstance(value, Mapping) or name not in value:
            return UNKNOWN if value is UNKNOWN else None
        value = value[name]
    return value


def _combinations(
    resource: Resource, fields: Mapping[str, Property], level: Mapping[str, Any], root: Mapping[str, Any], path: str
) -> Iterator[Failure]:
    for fact in fields.values():
        if fact.removed:
            continue
        where = f"{path}.{fact.name}" if path else fact.name
        value = level.get(fact.name)
        yield from _conflicts(resource, fact, value, root, where)
        if fact.exactly_one:
            yield from _exactly_one(resource, fact, root, where)
        if fact.at_least_one and not any(_present(root, resource.resolve(each)) for each in fact.at_least_one):
            names = ",".join(sorted(fact.at_least_one))
            yield Failure(where, f'Missing required argument. "{fact.tf}": one of `{names}` must be specified')
        if isinstance(value, Mapping) and fact.shape == "object":
            yield from _combinations(resource, fact.fields, value, root, where)


def _conflicts(
    resource: Resource, fact: Property, value: Any, root: Mapping[str, Any], where: str
) -> Iterator[Failure]:
    if value is None or value is UNKNOWN:
        return
    for other in fact.conflicts:
        if _present(root, resource.resolve(other)) not in (None, UNKNOWN):
            yield Failure(where, f'Conflicting configuration arguments. "{fact.tf}": conflicts with {other}')


def _exactly_one(resource: Resource, fact: Property, root: Mapping[str, Any], where: str) -> Iterator[Failure]:
    values = {each: _present(root, resource.resolve(each)) for each in fact.exactly_one}
    chosen = [each for each, value in values.items() if value is not None and value is not UNKNOWN]
    names = ",".join(sorted(fact.exactly_one))
    if len(chosen) > 1:
        reason = f"only one of `{names}` can be specified, but `{','.join(chosen)}` were specified."
        yield Failure(where, f'Invalid combination of arguments. "{fact.tf}": {reason}')
    elif not chosen and UNKNOWN not in values.values():
        yield Failure(where, f'Invalid combination of arguments. "{fact.tf}": one of `{names}` must be specified')


def _fill(resource: Resource, fields: Mapping[str, Property], level: dict[str, Any], root: Mapping[str, Any]) -> None:
    for fact in fields.values():
        taken = any(_present(root, resource.resolve(each)) is not None for each in fact.conflicts)
        if fact.default is not None and fact.settable and not fact.deprecated and not taken:
            level.setdefault(fact.name, fact.default)
        value = level.get(fact.name)
        for each in value if isinstance(value, list) and fact.fields else [value]:
            if isinstance(each, dict) and fact.fields:
                _fill(resource, fact.fields, each, root)
